# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end has a tunnel-group for its peer."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_L2L_GROUP
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._new_group import new_group
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="tunnel-group-missing",
    title="Each end has a tunnel-group for its peer",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Without a group of the peer's address the device falls back to DefaultL2LGroup, which has no key: "
    "MM_WAIT_MSG4 at the other end.",
    reads=("show running-config all tunnel-group",),
    sources=("ASA command reference, tunnel-group", "Netspoc: names of L2L tunnel-groups"),
    fixed_by="tunnel-group: a human decides, and knows the key",
)
SUBJECT = "tunnel-group"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    read = [end for end in tunnel.ends if end.device.config is not None]
    wrong = [end for end in read if not _fine(end)]
    words = " ".join(f"{end.name}: {_words(end)}" for end in read)
    if wrong:
        fix = [new_group(tunnel, end) for end in wrong if end.peer_address is not None]
        # With a key in it the group that everybody falls back to answers, and nobody starts from there.
        severity = Severity.ERROR if all(_fallback_has_key(end) for end in wrong) else Severity.CRITICAL
        findings.append(RULE.fails(tunnel, SUBJECT, words, severity=severity, fix=fix))
    yield from findings
    if not findings:
        yield RULE.passes(tunnel, SUBJECT, words)


def _fine(end: End) -> bool:
    if end.tunnel_group is not None:
        return True
    # DefaultL2LGroup exists without being printed; a dynamic map may serve its peers from it.
    return end.map_entry is not None and end.map_entry.dynamic_map is not None


def _fallback_has_key(end: End) -> bool:
    config = end.device.config
    fallback = config.tunnel_groups.get(DEFAULT_L2L_GROUP) if config is not None else None
    return end.tunnel_group is None and fallback is not None and (fallback.has_key or fallback.trustpoint is not None)


def _words(end: End) -> str:
    if end.tunnel_group is None:
        if _fine(end):
            return DEFAULT_L2L_GROUP
        answers = f" ({DEFAULT_L2L_GROUP} has a key: works only while the peer initiates)"
        return f"none for {end.peer_address}{answers if _fallback_has_key(end) else ''}"
    return f"{end.tunnel_group.name} {end.tunnel_group.type or ''}".rstrip()
