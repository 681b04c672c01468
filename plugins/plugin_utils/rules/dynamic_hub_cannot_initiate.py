# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends can start the tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import place, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import dynamic
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="dynamic-hub-cannot-initiate",
    title="Both ends can start the tunnel",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="An end with a dynamic map does not know its peer's address and only answers. After a clear the other "
    "end must send traffic first, so this end is cleared first and that one last.",
    reads=("show running-config crypto",),
    sources=("Cisco ASA CLI configuration guide, Using Dynamic Crypto Maps",),
    fixed_by="nothing: the design, which decides the order of a clear",
)
SUBJECT = "may start"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from (findings := unread_config(RULE, tunnel, SUBJECT))
    answering = [end for end in tunnel.ends if dynamic(end) is not None]
    if answering:
        yield RULE.fails(tunnel, SUBJECT, values(tunnel, _words), where=str(answering[0].map_entry))
    elif not findings and all(end.map_entry is None for end in tunnel.ends):
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has a crypto map entry")
    elif not findings:
        yield RULE.passes(tunnel, SUBJECT, values(tunnel, _words), where=place(tunnel))


def _words(end: End) -> str:
    entry = dynamic(end)
    if entry is not None:
        return f"no (dynamic map {entry.dynamic_map})"
    if end.map_entry is None:
        return "no entry" if end.device.config is not None else "not read"
    return "yes"
