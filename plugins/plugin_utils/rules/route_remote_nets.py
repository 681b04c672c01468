# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tunnel protects leaves by the interface of the tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    Network,
    ProxyIdentities,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import no_entry, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_ends,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import crypto_interfaces
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected, weight
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._routes import (
    Leaves,
    Routes,
    leaves,
    of_device,
    route_line,
    unrouted,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="route-remote-nets",
    title="What the tunnel protects leaves by the interface of the tunnel",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="A crypto map sees only what is routed out of its interface, and a tunnel interface only what is routed "
    "to it: anything else is sent elsewhere in clear, or dropped, while the tunnel looks well.",
    reads=("show route", "show running-config route", "show running-config access-list"),
    sources=("ASA command reference, crypto map interface and route",),
    fixed_by="route lines: a human decides",
    practice=True,
)
SUBJECT = "route to the remote networks"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, lambda end, config: _say(tunnel, end, config), where=place(tunnel))


def _say(tunnel: Tunnel, end: End, config: Config) -> Said:
    allowed = crypto_interfaces(end)
    if end.map_entry is None:
        return not_applicable(no_entry(end))
    if not allowed:
        return not_applicable(f"{end.name}'s crypto map is on no interface: see map-not-applied")
    routes = of_device(end.device)
    if routes is None:
        return unknown(f"the routes of {end.name} were not read")
    if end.map_entry.tunnel_interface is not None and end.map_entry.access_list is None:
        return _into(end, routes, allowed[0])
    wanted = protected(tunnel, end)
    if not wanted.pairs:
        return unknown(wanted.doubt) if wanted.doubt else not_applicable(f"{end.name} protects nothing")
    return _judge(end, routes, allowed, wanted.doubt, {each.remote.network: each for each in wanted.pairs})


def _judge(
    end: End, routes: Routes, allowed: tuple[str, ...], doubt: str, wanted: dict[Network, ProxyIdentities]
) -> Said:
    good: list[str] = []
    bad: list[tuple[Leaves, str, Network]] = []
    unclear: list[str] = []
    severity = Severity.INFO
    for remote, pair in wanted.items():
        state, words = leaves(routes, remote, pair.local.network, allowed)
        if state is Leaves.THERE:
            good.append(words)
        elif state is Leaves.UNKNOWN or (state is Leaves.NOWHERE and not _sure(end, routes)):
            unclear.append(f"{remote}: {words}")
        else:
            bad.append((state, f"{remote} {words}", remote))
            whole = state is not Leaves.PARTLY and routes.live
            severity = max(severity, weight(end, pair) if whole else Severity.WARNING)
    source = "" if routes.live else " (configured)"
    if bad:
        words = f"{listed([each for _, each, _ in bad])}{source}, not by {' or '.join(allowed)}"
        fix = tuple(_fix(end, allowed[0], remote) for state, _, remote in bad if state is not Leaves.PARTLY)
        return fails(words, severity, fix=fix[:3])
    if unclear:
        return unknown(f"{end.name}'s route to {listed(unclear)}{source}")
    if doubt:
        return unknown(doubt)
    many = f"{len(wanted)} networks" if len(wanted) > 1 else str(next(iter(wanted)))
    return passes(f"{many} {listed(good)}{source}")


def _sure(end: End, routes: Routes) -> bool:
    """Whether a route that is not there is missing: a protocol or a reverse route may bring it."""
    waiting = end.map_entry is not None and end.map_entry.reverse_route and not end.ipsec
    return routes.live and not routes.doubt and not waiting


def _into(end: End, routes: Routes, interface: str) -> Said:
    """A virtual tunnel interface protects whatever is routed to it."""
    config = end.device.config
    own = config.interface(interface) if config is not None else None
    found = [
        str(way.network)
        for way in routes.by_interface.get(interface, ())
        if own is None or (way.network != own.network and way.network.network_address != own.address)
    ]
    if found:
        return passes(f"{listed(found)} by {interface}{'' if routes.live else ' (configured)'}")
    if not routes.live or not end.ipsec:
        return unknown(f"no route of {end.name} leads to {interface}, but one may come when the interface is up")
    return fails(f"no route leads to {interface}", Severity.WARNING)


def _fix(end: End, interface: str, remote: Network) -> Fix:
    note = "the gateway is that interface's next hop to the peer"
    if unrouted(end):
        note += ", which has no route either: a default route is both"
    return Fix(end.name, (route_line(interface, remote),), note=note)
