# SPDX-License-Identifier: GPL-3.0-or-later
"""The IKE SA is made anew within a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Finding,
    Fix,
    Group,
    IkePolicy,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._hygiene import ike_policies
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import configured

RULE = Rule(
    id="ike-lifetime-long",
    title="The IKE SA is made anew within a day",
    severity=Severity.WARNING,
    group=Group.HYGIENE,
    rationale="Keys that live for days give an attacker days. In IKEv1 the shorter lifetime of the two ends counts, in "
    "IKEv2 each end keeps its own.",
    reads=("show running-config crypto",),
    sources=("RFC 7296 section 2.8", "Cisco ASA VPN STIG V2R2"),
    fixed_by="lifetime of the IKE policy: a human decides",
    stig=("CASA-VN-000360", "V-239964"),
    limits={"seconds": 86400},
)
SUBJECT = "IKE lifetime"
DEFAULT = 86400


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    limit = int(limits["seconds"])
    judged = [(end, ike_policies(config, entry)) for end, config, entry in configured(tunnel.ends)]
    judged = [(end, policies) for end, policies in judged if policies]
    words = " ".join(f"{end.name}: {', '.join(_words(policies))}" for end, policies in judged)
    long = [(end, policy) for end, policies in judged for policy in policies if _seconds(policy) > limit]
    if long:
        fix = [Fix(end.name, _lines(policy, limit, modern(end.device))) for end, policy in long]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has an IKE policy for this tunnel")


def _seconds(policy: IkePolicy) -> float:
    if policy.lifetime is None:
        return DEFAULT
    return policy.lifetime or float("inf")


def _words(policies: list[IkePolicy]) -> list[str]:
    said = []
    for policy in policies:
        if policy.lifetime is None:
            said.append(f"{DEFAULT} s (default)")
        else:
            said.append(f"{policy.lifetime} s" if policy.lifetime else "unlimited")
    return list(dict.fromkeys(said))


def _lines(policy: IkePolicy, limit: int, modern_syntax: bool) -> tuple[str, ...]:
    command = f"crypto ikev{policy.version} policy" if modern_syntax else "crypto isakmp policy"
    return f"{command} {policy.priority}", f" lifetime {'seconds ' if policy.version == 2 else ''}{limit}"
