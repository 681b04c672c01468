# SPDX-License-Identifier: GPL-3.0-or-later
"""No earlier sequence of the crypto map takes the tunnel's traffic."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import within
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import told
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import retyped
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._sequences import Clash
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._shadow import judge_taken

RULE = Rule(
    id="map-seq-shadow",
    title="No earlier sequence of the crypto map takes the tunnel's traffic",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="The first line that permits a packet decides, in the order of the sequences: what an earlier one takes "
    "goes to its peer, and this tunnel never starts from this end. A dynamic map loses its answers in the same way.",
    reads=("show running-config crypto", "show running-config access-list"),
    sources=("Cisco ASA CLI configuration guide, Cascading ACLs in a Crypto Map Set",),
    fixed_by="the narrower entry at a lower sequence: a human decides",
)
SUBJECT = "taken by an earlier sequence"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_taken(RULE, tunnel, SUBJECT, _say, whole=True)


def _say(end: End, config: Config, entry: CryptoMapEntry, lost: list[Clash]) -> Said:
    return fails(told(lost), Severity.ERROR, fix=_fix(end, config, entry, lost))


def _fix(end: End, config: Config, entry: CryptoMapEntry, lost: list[Clash]) -> tuple[Fix, ...]:
    first = lost[0].entry
    used = {each.sequence for each in config.crypto_maps if each.map == entry.map}
    # Where both say the same, moving one hides the other.
    narrower = all(not within(clash.theirs, clash.mine) for clash in lost)
    free = next((number for number in range(first.sequence - 1, 0, -1) if number not in used), None)
    if entry.dynamic_map is not None or not narrower or free is None or not retyped(entry):
        return ()
    note = f"moves the entry before {first}; interrupts this tunnel, and leaves its traffic in clear meanwhile"
    return (Fix(end.name, retyped(entry, free), note=note),)
