# SPDX-License-Identifier: GPL-3.0-or-later
"""The IKE SA outlives its child SAs."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    lifetime_seconds,
    unread_config,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="lifetime-ike-shorter-than-ipsec",
    title="The IKE SA outlives its child SAs",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="In IKEv1 child SAs outlive an IKE SA that expires first. Until it is made again there is neither DPD "
    "nor a way to send a delete.",
    reads=("show running-config crypto",),
    fixed_by="lifetime of the IKE policy: a human decides",
    practice=True,
)
SUBJECT = "IKE lifetime"
DEFAULT = 86400


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    said = []
    short = False
    for end in tunnel.ends:
        config, entry = end.device.config, end.map_entry
        if config is None or entry is None or 1 not in versions(entry) or not _lifetimes(config):
            continue
        ike, ipsec = min(_lifetimes(config)), lifetime_seconds(config, entry)
        short = short or ike < ipsec
        said.append(f"{end.name}: IKE {ike} s IPsec {ipsec} s")
    if short:
        findings.append(RULE.fails(tunnel, SUBJECT, " ".join(said)))
    yield from findings
    if not findings and said:
        yield RULE.passes(tunnel, SUBJECT, " ".join(said))
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end uses IKEv1")


def _lifetimes(config: Config) -> list[int]:
    return [policy.lifetime or DEFAULT for policy in config.ike_policies if policy.version == 1]
