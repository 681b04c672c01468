# SPDX-License-Identifier: GPL-3.0-or-later
"""The IKE SA outlives its child SAs."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    lifetime_seconds,
    unread_config,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import configured, ike_lifetimes

RULE = Rule(
    id="lifetime-ike-shorter-than-ipsec",
    title="The IKE SA outlives its child SAs",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="In IKEv1 child SAs outlive an IKE SA that expires first. Until it is made again there is neither DPD "
    "nor a way to send a delete.",
    reads=("show running-config crypto",),
    fixed_by="align_lifetimes",
    safe=True,
    practice=True,
)
SUBJECT = "IKE lifetime"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    said = []
    short = False
    for end, config, entry in configured(tunnel.ends):
        lifetimes = ike_lifetimes(tunnel, end, config) if 1 in versions(entry) else []
        if not lifetimes:
            continue
        ike, ipsec = min(lifetimes), lifetime_seconds(config, entry)
        short = short or ike < ipsec
        said.append(f"{end.name}: IKE {'unlimited' if ike == float('inf') else f'{ike:.0f} s'} IPsec {ipsec} s")
    if short:
        findings.append(RULE.fails(tunnel, SUBJECT, " ".join(said)))
    yield from findings
    if not findings and said:
        yield RULE.passes(tunnel, SUBJECT, " ".join(said))
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end uses IKEv1")
