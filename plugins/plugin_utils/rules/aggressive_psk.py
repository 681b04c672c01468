# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel does not start in aggressive mode with a pre-shared key."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    map_lines,
    modern,
    unread_config,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import KEY, proofs
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import configured

RULE = Rule(
    id="aggressive-psk",
    title="The tunnel does not start in aggressive mode with a pre-shared key",
    severity=Severity.ERROR,
    group=Group.HYGIENE,
    rationale="Aggressive mode shows the identity and a hash made with the key to whoever listens on the way, who may "
    "then guess the key offline.",
    reads=("show running-config crypto", "show running-config all tunnel-group"),
    sources=("RFC 2409 section 5.4", "ASA command reference, crypto map set ikev1 phase1-mode"),
    fixed_by="set phase1-mode main at both ends, or certificates: a human decides",
)
SUBJECT = "IKEv1 mode with a key"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    judged = [
        (end, entry) for end, _, entry in configured(tunnel.ends) if 1 in versions(entry) and KEY in proofs(end, 1)
    ]
    words = " ".join(f"{end.name}: {entry.phase1_mode or 'main (default)'}" for end, entry in judged)
    wrong = [end for end, entry in judged if entry.phase1_mode == "aggressive"]
    if wrong:
        fix = [
            Fix(end.name, map_lines(end, f"set {'ikev1 ' if modern(end.device) else ''}phase1-mode main"))
            for end in wrong
        ]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end uses IKEv1 with a pre-shared key")
