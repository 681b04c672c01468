# SPDX-License-Identifier: GPL-3.0-or-later
"""The trustpoints that a tunnel names exist."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import KEY, local_proofs, proofs
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="trustpoint-missing",
    title="The trustpoints that a tunnel names exist",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="A trustpoint that was renewed under another name leaves the tunnel with none: certificate "
    "authentication fails at the next negotiation.",
    reads=("show running-config crypto", "show running-config all tunnel-group"),
    sources=("ASA command reference, trust-point",),
    fixed_by="trust-point of the tunnel-group, or the trustpoint itself: a human decides",
    stig=("CASA-VN-000120", "V-239949"),
)
SUBJECT = "trustpoint"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    named = [(end, _named(end)) for end in tunnel.ends if _named(end)]
    words = " ".join(f"{end.name}: {', '.join(_words(end, names))}" for end, names in named)
    blind = [end.name for end, _ in named if not _known(end)]
    if blind:
        # Not one: then the part of the configuration that defines them was hardly read.
        findings.append(RULE.unknown(tunnel, SUBJECT, f"no trustpoint of {' and '.join(blind)} was read"))
    elif any(_undefined(end, names) for end, names in named):
        # Beside a key it may be a leftover: then only a human sees whether anything depends on it.
        needed = any(KEY not in proofs(end, 1) | local_proofs(end) for end, names in named if _undefined(end, names))
        severity = Severity.ERROR if needed else Severity.WARNING
        findings.append(RULE.fails(tunnel, SUBJECT, words, severity=severity))
    yield from findings
    if not findings and named:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end names one")


def _named(end: End) -> list[str]:
    group, entry = end.tunnel_group, end.map_entry
    found = [group.trustpoint if group is not None else None, entry.trustpoint if entry is not None else None]
    return list(dict.fromkeys(name for name in found if name))


def _known(end: End) -> tuple[str, ...]:
    return end.device.config.trustpoints if end.device.config is not None else ()


def _undefined(end: End, names: list[str]) -> set[str]:
    return set(names) - set(_known(end))


def _words(end: End, names: list[str]) -> list[str]:
    return [name if name in _known(end) else f"{name}, which is not defined" for name in names]
