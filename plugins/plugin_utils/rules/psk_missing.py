# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end has a pre-shared key or a certificate for its peer."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="psk-missing",
    title="Each end has a pre-shared key or a certificate for its peer",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Without either, phase 1 cannot authenticate. A masked key counts as present; whether both keys are "
    "equal is not asked, and keys are never kept.",
    reads=("show running-config tunnel-group",),
    sources=("ASA command reference, pre-shared-key",),
    fixed_by="pre-shared-key: a human knows it",
)
SUBJECT = "authentication"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    groups = [(end, end.tunnel_group) for end in tunnel.ends if end.tunnel_group is not None]
    said = {
        end.name: "pre-shared key" if group.has_key else f"certificate {group.trustpoint}" if group.trustpoint else ""
        for end, group in groups
    }
    words = " ".join(f"{name}: {what or 'neither key nor certificate'}" for name, what in said.items())
    lacking = [(end, group) for end, group in groups if not said[end.name]]
    if lacking:
        fix = [
            Fix(
                end.name,
                (
                    f"tunnel-group {group.name} ipsec-attributes",
                    f" {'ikev1 ' if modern(end.device) else ''}pre-shared-key KEY",
                ),
                note="take the key from the vault",
            )
            for end, group in lacking
        ]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and groups:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a tunnel-group: see tunnel-group-missing")
