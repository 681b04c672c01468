# SPDX-License-Identifier: GPL-3.0-or-later
"""IKE is enabled on the interface to the peer."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, unread_config, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="ike-not-enabled",
    title="IKE is enabled on the interface to the peer",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Without it the device neither starts nor answers on UDP 500: MM_WAIT_MSG2 at the other end.",
    reads=("show running-config crypto",),
    sources=("ASA command reference, crypto isakmp enable", "tunnelsup.com: ISAKMP (IKE phase 1) status messages"),
    fixed_by="enable IKE: a human decides",
)
SUBJECT = "IKE enabled"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    judged = [end for end in tunnel.ends if end.interface is not None and _wanted(tunnel, end)]
    words = " ".join(f"{end.name}: {_words(tunnel, end)}" for end in judged)
    off = [end for end in judged if not _wanted(tunnel, end) & _enabled(end)]
    if not off and _apart(tunnel, judged):
        off = judged
    if off:
        fix = [Fix(end.name, (_line(tunnel, end),)) for end in off]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a crypto map on an interface")


def _wanted(tunnel: Tunnel, end: End) -> frozenset[int]:
    """What this end offers, and what the other offers too when that is known: only that can come up."""
    if end.device.config is None or end.map_entry is None:
        return frozenset()
    mine, other = versions(end.map_entry), tunnel.other(end)
    theirs = versions(other.map_entry) if other is not None and other.map_entry is not None else frozenset()
    return mine & theirs or mine


def _apart(tunnel: Tunnel, ends: list[End]) -> bool:
    """Whether both ends offer both versions and each has another one enabled."""
    wanted = {_wanted(tunnel, end) for end in ends}
    common = frozenset.intersection(*(_enabled(end) & _wanted(tunnel, end) for end in ends)) if ends else frozenset()
    return len(ends) > 1 and len(wanted) == 1 and not common


def _enabled(end: End) -> frozenset[int]:
    config = end.device.config
    enabled = config.ike_enabled if config is not None else {}
    return frozenset(version for version, nameifs in enabled.items() if end.interface in nameifs)


def _words(tunnel: Tunnel, end: End) -> str:
    on = ", ".join(f"IKEv{version}" for version in sorted(_enabled(end) & _wanted(tunnel, end)))
    return f"{on or 'none'} on {end.interface}"


def _line(tunnel: Tunnel, end: End) -> str:
    if not modern(end.device):
        return f"crypto isakmp enable {end.interface}"
    return f"crypto ikev{max(_wanted(tunnel, end) - _enabled(end))} enable {end.interface}"
