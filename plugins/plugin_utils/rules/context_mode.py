# SPDX-License-Identifier: GPL-3.0-or-later
"""A security context that holds a tunnel is of a release that can."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    not_applicable,
    passes,
    together,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="context-mode",
    title="A security context that holds a tunnel is of a release that can",
    severity=Severity.WARNING,
    group=Group.DATA,
    rationale="Site-to-site tunnels live in contexts from 9.0(1) on, never in the system space, and a context runs no "
    "event manager applet: whoever logs in must be in the right one.",
    reads=("show version", "show mode", "show context"),
    sources=("ASA release notes 9.0(1), Site-to-Site VPN in multiple context mode", "Cisco TechNote 117883"),
    fixed_by="log in to the tunnel's context",
)
SUBJECT = "security context"
FIRST = Version(9, 0, 1)


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from together(RULE, tunnel, SUBJECT, [(end, _say(end)) for end in tunnel.ends])


def _say(end: End) -> Said:
    context, version = end.device.context, end.device.version
    if context is None:
        return not_applicable(f"{end.name} names no security context")
    if context == "system":
        return fails("the system space, which has no tunnels", Severity.WARNING)
    if version is None:
        return unknown(f"{end.name} is the context {context}, and its release was not read")
    if version < FIRST:
        words = f"{context} of {version}, and contexts have tunnels from {FIRST} on"
        return fails(words, Severity.WARNING)
    return passes(context)
