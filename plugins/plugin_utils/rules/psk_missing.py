# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end has a pre-shared key or a certificate for its peer."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import (
    CERTIFICATE,
    KEY,
    local_proofs,
    proofs,
    remote_proofs,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._new_group import FROM_VAULT, key_lines, wanted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="psk-missing",
    title="Each end has a pre-shared key or a certificate for its peer",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Without either, phase 1 cannot authenticate. IKEv2 needs two: what this end sends and what it expects. "
    "A masked key counts as present; whether both keys are equal is not asked here, and keys are never kept.",
    reads=("show running-config all tunnel-group",),
    sources=("ASA command reference, pre-shared-key", "RFC 7296 section 2.15"),
    fixed_by="pre-shared-key: a human knows it",
    stig=("CASA-VN-000310", "V-239961"),
)
SUBJECT = "authentication"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    groups = [(end, end.tunnel_group) for end in tunnel.ends if end.tunnel_group is not None]
    words = " ".join(f"{end.name}: {', '.join(_words(end, v) for v in wanted(tunnel, end))}" for end, _ in groups)
    lacking = [
        (end, group) for end, group in groups if not any(_complete(end, version) for version in wanted(tunnel, end))
    ]
    if lacking:
        fix = [Fix(end.name, key_lines(tunnel, end, group.name), note=FROM_VAULT) for end, group in lacking]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and groups:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a tunnel-group: see tunnel-group-missing")


def _complete(end: End, version: int) -> bool:
    if version == 1:
        return bool(proofs(end, 1))
    return bool(local_proofs(end) and remote_proofs(end))


def _words(end: End, version: int) -> str:
    if version == 1:
        found = proofs(end, 1)
        if KEY in found:
            return "pre-shared key"
        trustpoint = end.tunnel_group.trustpoint if end.tunnel_group is not None else None
        return f"certificate {trustpoint or ''}".rstrip() if found else "neither key nor certificate"
    sides = (("local", local_proofs(end)), ("remote", remote_proofs(end)))
    said = " and ".join(f"{side} {'key' if KEY in found else CERTIFICATE}" for side, found in sides if found)
    missing = " and ".join(side for side, found in sides if not found)
    return f"IKEv2 {said or 'neither key nor certificate'}" + (f", nothing {missing}" if said and missing else "")
