# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer's tunnel-group is for site-to-site tunnels."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import tunnel_groups
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="tunnel-group-type",
    title="The peer's tunnel-group is for site-to-site tunnels",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="In a remote-access group the device takes the peer for a client, and asks it for a user name and an "
    "address from a pool: phase 1 fails though key and policy are right.",
    reads=("show running-config all tunnel-group",),
    sources=("ASA command reference, tunnel-group",),
    fixed_by="take the group away and make it again as ipsec-l2l: a human decides, and knows the key",
)
SUBJECT = "type of the tunnel-group"
L2L = "ipsec-l2l"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = tunnel_groups(RULE, tunnel, SUBJECT)
    words = " ".join(f"{end.name}: {group.name} {group.type or 'without a type'}" for end, _, group in known)
    wrong = [(end, group) for end, _, group in known if group.type not in (None, L2L)]
    untyped = [end for end, _, group in known if group.type is None]
    if wrong:
        fix = [
            Fix(
                end.name,
                (f"clear configure tunnel-group {group.name}", f"tunnel-group {group.name} type {L2L}"),
                note="the type of a group cannot be changed; note its other lines first, its key included",
            )
            for end, group in wrong
        ]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    elif untyped:
        findings.append(RULE.unknown(tunnel, SUBJECT, f"{words}: the type was not read"))
    yield from findings
    if not findings:
        yield RULE.passes(tunnel, SUBJECT, words)
