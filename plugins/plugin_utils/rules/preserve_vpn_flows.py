# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections through the tunnel fare alike at both ends when it goes down."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._switches import Value, switch

RULE = Rule(
    id="preserve-vpn-flows",
    title="Connections through the tunnel fare alike at both ends when it goes down",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="An end that keeps its connections over a break and one that forgets them disagree afterwards: the old "
    "connections hang where new ones work, and a kept one may stay bound to an interface that is no longer the way.",
    reads=("show running-config sysopt",),
    sources=("ASA command reference, sysopt connection preserve-vpn-flows",),
    fixed_by="sysopt connection preserve-vpn-flows at both ends or at none: a human decides",
)
SUBJECT = "connections kept over a break"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    findings = unread_config(RULE, tunnel, SUBJECT)
    known: dict[str, Value] = {}
    for end in tunnel.ends:
        config = end.device.config
        if config is None:
            continue
        if config.sysopt is None or "sysopt" in config.unread:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the system options of {end.name} were not read"))
        else:
            known[end.name] = switch(config, "sysopt", config.sysopt.preserve_vpn_flows, default=False)
    yield from findings
    if findings:
        return
    words = values(tunnel, lambda end: known[end.name].words)
    if len({value.on for value in known.values()}) == 1:
        yield RULE.passes(tunnel, SUBJECT, words)
    else:
        yield RULE.fails(tunnel, SUBJECT, words)
