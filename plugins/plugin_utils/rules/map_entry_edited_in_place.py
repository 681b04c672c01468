# SPDX-License-Identifier: GPL-3.0-or-later
"""The SAs are those that the entry would make now."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    IpsecEntry,
    ProxyIdentities,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import doubt, permitted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_entries,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries, retyped
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="map-entry-edited-in-place",
    title="The SAs are those that the entry would make now",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="An entry whose peer or access list was changed under a live tunnel keeps the old SAs, and with IKEv2 "
    "old traffic selectors, until it is deleted and typed again. What the device keeps without an SA cannot be read.",
    reads=("show crypto ipsec sa", "show running-config crypto", "show running-config access-list"),
    fixed_by="delete the entry and type it again: a human decides",
    practice=True,
)
SUBJECT = "SAs that the entry would not make"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(
        RULE, tunnel, SUBJECT, lambda end, config, entry: _examine(end, tunnel.other(end), config, entry)
    )


def _examine(end: End, other: End | None, config: Config, entry: CryptoMapEntry) -> Said:
    if end.ipsec is None:
        return unknown(f"the SAs of {end.name} were not read")
    live = [each for each in end.ipsec if each.sas and _of_these(end, each)]
    if not live:
        return passes("no SA")
    peers = {config.names.get(p, p) if isinstance(p, str) else p for each in own_entries(end) for p in each.peers}
    strangers = [f"peer {each.peer}" for each in live if _peer(config, each) not in peers]
    doubtful = doubt(end, config)
    lines = Index(line for each in own_entries(end) for line in permitted(config, each.access_list))
    foreign = [each.identities for each in live if doubtful is None and not lines.holds(each.identities)]
    # To type the entry again would lose what the other end still wants: there the lists must be made equal first.
    outside = [str(each) for each in foreign if not _wanted(other, each)]
    if foreign and not outside and not strangers:
        words = f"{listed([str(each) for each in foreign])} of {end.name} is in its peer's list alone"
        return not_applicable(f"{words}: see acl-not-mirrored")
    if strangers or outside:
        note = "interrupts this tunnel, and leaves its traffic in clear meanwhile"
        fix = (Fix(end.name, retyped(entry), note=note),) if entry.lines else ()
        return fails(listed(strangers + outside), Severity.WARNING, fix=fix)
    return doubtful or passes("none")


def _wanted(other: End | None, identities: ProxyIdentities) -> bool:
    """Whether the other end's lists have what this end's have no more."""
    config = other.device.config if other is not None else None
    if other is None or config is None or doubt(other, config):
        return False
    theirs = Index(line for each in own_entries(other) for line in permitted(config, each.access_list))
    return theirs.holds(identities.mirrored())


def _of_these(end: End, sas: IpsecEntry) -> bool:
    """Whether the SAs belong to one of this end's entries: those of a dynamic map have other lines."""
    entries = {(each.map, each.sequence) for each in own_entries(end)}
    if sas.crypto_map is None or sas.sequence is None or (sas.crypto_map, sas.sequence) in entries:
        return True
    config = end.device.config
    known = (*config.crypto_maps, *config.dynamic_maps) if config is not None else ()
    # A sequence that is no more left its SAs behind.
    return not any((each.map, each.sequence) == (sas.crypto_map, sas.sequence) for each in known)


def _peer(config: Config, sas: IpsecEntry) -> object:
    return config.names.get(sas.peer, sas.peer) if isinstance(sas.peer, str) else sas.peer
