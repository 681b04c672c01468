# SPDX-License-Identifier: GPL-3.0-or-later
"""Each IKE version that an end offers has its key."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import place, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import offered, version_words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="ike-version-fallback",
    title="Each IKE version that an end offers has its key",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="An end that offers both versions starts with IKEv2 and falls back. Without keys for one of them, each "
    "start loses a try, and the tunnel hangs on the other alone.",
    reads=("show running-config crypto", "show running-config tunnel-group"),
    fixed_by="the missing keys, or one version less: a human decides",
    practice=True,
)
SUBJECT = "IKE versions"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    both = [end for end in tunnel.ends if len(offered(end)) == 2]
    words = values(tunnel, _words)
    without_group = [end for end in both if end.tunnel_group is None]
    if any(_lacking(end) for end in both):
        findings.append(RULE.fails(tunnel, SUBJECT, words, where=place(tunnel)))
    elif both and not findings and tunnel.both and len(both) == 1 and all(offered(end) for end in tunnel.ends):
        findings.append(RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), severity=Severity.INFO))
    yield from findings
    if findings:
        return
    if not both:
        yield RULE.not_applicable(tunnel, SUBJECT, f"no end offers both versions: {words}")
    elif without_group:
        reason = f"{without_group[0].name} has no tunnel-group for this peer: see tunnel-group-missing"
        yield RULE.not_applicable(tunnel, SUBJECT, reason)
    else:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))


def _words(end: End) -> str:
    lacking = _lacking(end)
    return version_words(end) + (f" ({', '.join(lacking)} missing)" if lacking else "")


def _lacking(end: End) -> list[str]:
    """The keys that a tunnel-group lacks for one of two versions; with a certificate none is missed."""
    group: TunnelGroup | None = end.tunnel_group
    if len(offered(end)) < 2 or group is None or group.trustpoint or not group.keys:
        return []
    wanted = {"ikev1": "IKEv1 key", "ikev2 local": "IKEv2 local key", "ikev2 remote": "IKEv2 remote key"}
    return [words for key, words in wanted.items() if key not in group.keys]
