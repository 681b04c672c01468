# SPDX-License-Identifier: GPL-3.0-or-later
"""IPsec SAs are made anew within eight hours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    lifetime_seconds,
    map_lines,
    unread_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import configured

RULE = Rule(
    id="ipsec-lifetime-long",
    title="IPsec SAs are made anew within eight hours",
    severity=Severity.WARNING,
    group=Group.HYGIENE,
    rationale="The longer an SA lives, the more is lost with its key. The shorter lifetime of the two ends counts, so "
    "one end alone can hide the other's until it is replaced.",
    reads=("show running-config crypto",),
    sources=("RFC 7296 section 2.8", "Cisco ASA VPN STIG V2R2"),
    fixed_by="set security-association lifetime seconds, at both ends: a human decides",
    stig=("CASA-VN-000350", "V-239963"),
    limits={"seconds": 28800},
)
SUBJECT = "IPsec lifetime"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    limit = int(limits["seconds"])
    judged = [(end, lifetime_seconds(config, entry)) for end, config, entry in configured(tunnel.ends)]
    words = " ".join(f"{end.name}: {seconds} s" for end, seconds in judged)
    long = [end for end, seconds in judged if seconds > limit]
    if long:
        fix = [
            Fix(end.name, map_lines(end, f"set security-association lifetime seconds {limit}"), note="at both ends")
            for end in long
        ]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end's configuration says")
