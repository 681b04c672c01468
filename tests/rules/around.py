# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds a tunnel, for cases: routing tables, address translation, settings."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    IkeSettings,
    IpsecSettings,
    Nat,
    NatKind,
    NatRule,
    NatSide,
    NextHop,
    Route,
    RoutingTable,
    Sysopt,
    Tunnel,
    Version,
)
from tests.build import at_branch, at_hq, branch, branch_config, hq, hq_config, tunnel


def route(
    network: str,
    interface: str | None,
    via: str | None = "203.0.113.6",
    *,
    code: str = "S",
    tunneled: bool = False,
) -> Route:
    kind = "via" if via else "directly connected"
    hop = NextHop(ip_address(via) if via else None, interface, tunneled=tunneled)
    return Route((code,), ip_network(network), kind, (hop,))


def table(*routes: Route) -> tuple[RoutingTable, ...]:
    return (RoutingTable(routes=routes),)


HQ_ROUTES = table(route("0.0.0.0/0", "outside"), route("10.1.0.0/16", "inside", None, code="C"))
BRANCH_ROUTES = table(route("0.0.0.0/0", "outside", "198.51.100.1"), route("10.2.0.0/16", "inside", None, code="C"))


def twice(
    source: tuple[str, str],
    destination: tuple[str, str] | None = None,
    *,
    kind: NatKind = NatKind.STATIC,
    interfaces: tuple[str, str] = ("inside", "outside"),
    section: int | None = 1,
    **changes: Any,
) -> NatRule:
    """A rule of 8.3 and later, each side as real and mapped network; ``interface`` and unread names stand as words."""
    line = f"nat ({','.join(interfaces)}) source {kind.value} {' '.join(source)}"
    sides = {"source": _side(*source)}
    if destination is not None:
        line += f" destination static {destination[1]} {destination[0]}"
        sides["destination"] = _side(*destination)
    facts: dict[str, Any] = {"section": section, **changes}
    return NatRule(line, kind, real_interface=interfaces[0], mapped_interface=interfaces[1], **sides, **facts)


def _side(real: str, mapped: str) -> NatSide:
    return NatSide((real,), (mapped,), _networks(real), _networks(mapped))


def _networks(word: str) -> Any:
    if word == "any":
        return (ip_network("0.0.0.0/0"),)
    return (ip_network(word),) if "/" in word else None


PAT = twice(("any", "interface"), kind=NatKind.DYNAMIC, section=3)


def natted(*rules: NatRule, **changes: Any) -> Nat:
    return Nat(rules, **changes)


def around(
    mine: dict[str, Any] | None = None,
    theirs: dict[str, Any] | None = None,
    *,
    devices: dict[str, Any] | None = None,
    **options: Any,
) -> Tunnel:
    """A tunnel whose configurations hold these; ``devices`` is of both devices, ``left`` and ``right`` of one."""
    left, right = options.pop("left", {}), options.pop("right", {})
    sas, peers = options.pop("sas", (at_hq(),)), options.pop("peer_sas", (at_branch(),))
    return tunnel(
        hq(*sas, config=hq_config(**(mine or {})), **{**(devices or {}), **left}),
        branch(*peers, config=branch_config(**(theirs or {})), **{**(devices or {}), **right}),
        **options,
    )


def settings(**changes: Any) -> dict[str, Any]:
    """IKE, IPsec and system settings that were read and print nothing but this."""
    ike = {key: changes.pop(key) for key in list(changes) if key in IkeSettings.__dataclass_fields__}
    ipsec = {key: changes.pop(key) for key in list(changes) if key in IpsecSettings.__dataclass_fields__}
    return {
        "ike_settings": IkeSettings(**ike),
        "ipsec_settings": IpsecSettings(**ipsec),
        "sysopt": Sysopt(**changes),
    }


MODERN = {"version": Version(9, 16, 4)}
