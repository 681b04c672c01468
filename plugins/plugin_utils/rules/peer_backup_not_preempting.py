# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel is with the first of its peers."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_entries,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import own_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="peer-backup-not-preempting",
    title="The tunnel is with the first of its peers",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="The device does not go back to the first peer when that answers again: the tunnel stays with the backup "
    "until its SAs are cleared.",
    reads=("show running-config crypto", "show crypto ipsec sa"),
    sources=("Cisco document 118087, Cisco ASA: EEM applet to return to the primary peer",),
    fixed_by="a clear of the backup peer's SAs, once the first peer is known to answer: a human decides",
)
SUBJECT = "peer in use"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    if all(len(entry.peers) < 2 for end in tunnel.ends for entry in own_entries(end)) and not any(
        end.device.config is None for end in tunnel.ends
    ):
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a backup peer")
        return
    yield from judge_entries(RULE, tunnel, SUBJECT, _examine)


def _examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    listed = next((each.peers for each in own_entries(end) if len(each.peers) > 1), entry.peers)
    peers = [_address(config, peer) for peer in listed]
    if len(peers) < 2:
        return passes(f"{peers[0] if peers else 'none'} (no backup)")
    if end.ipsec is None:
        return unknown(f"the SAs of {end.name} were not read")
    live = {_address(config, each.peer) for each in end.ipsec if each.sas}
    used = [peer for peer in peers if peer in live]
    if not used:
        return passes("none now")
    if used[0] == peers[0]:
        return passes(f"{peers[0]}, the first")
    return fails(f"{used[0]}, a backup of {peers[0]}", Severity.WARNING)


def _address(config: Config, peer: Address | str) -> Address | str:
    return config.names.get(peer, peer) if isinstance(peer, str) else peer
