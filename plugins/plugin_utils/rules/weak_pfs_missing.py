# SPDX-License-Identifier: GPL-3.0-or-later
"""Each rekey makes new secrets (PFS)."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import map_lines, modern, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import configured, pfs_words

RULE = Rule(
    id="weak-pfs-missing",
    title="Each rekey makes new secrets (PFS)",
    severity=Severity.WARNING,
    group=Group.HYGIENE,
    rationale="Without PFS every child SA is derived from the one exchange of the IKE SA: who breaks that reads a day "
    "of traffic, and not an hour.",
    reads=("show running-config crypto",),
    sources=("RFC 7296 section 1.3.1", "Cisco ASA VPN STIG V2R2"),
    fixed_by="set pfs with the same group at both ends: a human decides, for one end alone is worse (pfs-mismatch)",
    stig=("CASA-VN-000180", "V-239954"),
)
SUBJECT = "PFS"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    judged = list(configured(tunnel.ends))
    words = " ".join(f"{end.name}: {pfs_words(end.device, entry)}" for end, _, entry in judged)
    without = [end for end, _, entry in judged if entry.pfs is None]
    if without:
        # Both ends must have the group, so the older end's release decides it.
        group = "group20" if all(modern(end.device) for end in tunnel.ends) else "group5"
        fix = [Fix(end.name, map_lines(end, f"set pfs {group}"), note="at both ends") for end in without]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end's configuration says")
