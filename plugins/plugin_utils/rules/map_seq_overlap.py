# SPDX-License-Identifier: GPL-3.0-or-later
"""No earlier sequence of the crypto map takes a part of the tunnel's traffic."""

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
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import not_taken, taken, told
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_entries,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="map-seq-overlap",
    title="No earlier sequence of the crypto map takes a part of the tunnel's traffic",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="Some hosts are sent to another peer than the rest of their network. An earlier sequence that is a part "
    "of this one may be meant so; two that cross each other hardly are.",
    reads=("show running-config crypto", "show running-config access-list"),
    sources=("Cisco ASA CLI configuration guide, Cascading ACLs in a Crypto Map Set",),
    fixed_by="access lists that do not overlap: a human decides",
)
SUBJECT = "taken in part by an earlier sequence"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, _examine)


def _examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    shared = taken(end, config, whole=False)
    if shared:
        severity = Severity.INFO if all(clash.specific for clash in shared) else Severity.WARNING
        return fails(told(shared), severity)
    return not_taken(end, config, entry)
