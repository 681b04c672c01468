# SPDX-License-Identifier: GPL-3.0-or-later
"""No earlier sequence of the crypto map takes a part of the tunnel's traffic."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._shadow import in_part, judge_taken

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
    yield from judge_taken(RULE, tunnel, SUBJECT, in_part, whole=False)
