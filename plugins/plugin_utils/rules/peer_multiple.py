# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry names one peer."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails, judge_entries, passes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

SEVERAL_IKEV2 = Version(9, 14, 1)
"""From here on an IKEv2 entry uses more than the first of its peers."""

RULE = Rule(
    id="peer-multiple",
    title="The entry names one peer",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="With backup peers the SAs may be with any of them: look at each before calling the tunnel down. "
    "Releases before 9.14(1) use backup peers with IKEv1 only.",
    reads=("show running-config crypto",),
    sources=("Cisco document 220638, IKEv2 crypto map backup peers",),
    fixed_by="nothing: know which peer is in use",
)
SUBJECT = "peers"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, _examine)


def _examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    words = ", ".join(map(str, entry.peers)) or "none"
    if len(entry.peers) < 2:
        return passes(words)
    version = end.device.version
    only_ikev2 = bool(entry.ikev2_proposals) and not entry.transform_sets
    if only_ikev2 and version is not None and version < SEVERAL_IKEV2:
        why = f"IKEv2 uses the first alone in {version}"
        if end.peer_address is not None and end.peer_address in entry.peers[1:] and not end.ipsec:
            return fails(f"{words} ({why}, so {end.name} cannot start the tunnel)", Severity.ERROR)
        return fails(f"{words} ({why})", Severity.WARNING)
    return fails(f"{words}, tried in this order", Severity.INFO)
