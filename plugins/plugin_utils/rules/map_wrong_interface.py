# SPDX-License-Identifier: GPL-3.0-or-later
"""The route to the peer leaves by the interface of the crypto map."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Outcome,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import takes_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_entries,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._routes import route_line, way_to
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="map-wrong-interface",
    title="The route to the peer leaves by the interface of the crypto map",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Only what leaves by the map's interface is tried against it, and IKE needs a route to the peer from "
    "there (110003). With the peer behind another interface nothing is negotiated or encrypted; a tunnel interface "
    "has its source in place of a map.",
    reads=("show route", "show running-config route", "show running-config crypto"),
    sources=("Cisco ASA CLI configuration guide, Applying Crypto Maps to Interfaces", "ASA syslog messages, 110003"),
    fixed_by="the route, or crypto map interface: a human decides which is right",
    practice=True,
)
SUBJECT = "way to the peer"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, _examine, every=True)


def _examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    applied = config.crypto_map_interfaces.get(entry.map, ())
    if not applied:
        return not_applicable(f"{end.name}'s map is applied nowhere: see map-not-applied")
    said = _judge(end, config, entry, applied)
    if entry.dynamic_map is not None and said.outcome is not Outcome.FAIL:
        # Whoever comes is answered the way he came: only a route that surely leads elsewhere is worth a word.
        return not_applicable(takes_all(end, entry))
    return said


def _judge(end: End, config: Config, entry: CryptoMapEntry, applied: tuple[str, ...]) -> Said:
    if end.peer_address is None:
        return unknown(f"{end.name}'s peer has a name whose address was not read")
    found = way_to(end.device, end.peer_address)
    if isinstance(found, str):
        return unknown(found)
    what = "map" if entry.tunnel_interface is None else "tunnel source"
    where = f"{found or 'no route'}, {what} on {', '.join(applied)}"
    interfaces = found.interfaces if found is not None else ()
    if set(interfaces) & set(applied):
        return passes(where)
    if spare := _elsewhere(config, end, interfaces):
        return passes(f"{where} (stands by for {spare})")
    if found is not None and not found.sure:
        reason = f"{end.name}: {where}, unless another route wins: the routing table was not read"
        return unknown(reason)
    return fails(where, Severity.CRITICAL, fix=() if found else (_route(end, end.peer_address, applied[0]),))


def _route(end: End, peer: Address, interface: str) -> Fix:
    note = f"or a default route by {interface}, which serves the remote networks too"
    return Fix(end.name, (route_line(interface, ip_network(peer)),), note=note)


def _elsewhere(config: Config, end: End, nameifs: tuple[str, ...]) -> CryptoMapEntry | None:
    """An entry for the same peer on the interface that the route takes: two providers, one in use at a time."""
    maps = {name for name, each in config.crypto_map_interfaces.items() if set(each) & set(nameifs)}
    named = (each for each in config.crypto_maps if each.map in maps and end.peer_address in each.peers)
    return next(named, None)
