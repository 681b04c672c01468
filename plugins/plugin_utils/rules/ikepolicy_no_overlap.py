# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends have a common IKE policy."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    IkePolicy,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, modern
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._left import left as other_left
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    algorithms_meet,
    common_policies,
    common_versions,
    free_priority,
    policies,
    policy_list,
    policy_words,
    weakness,
    whole,
)

RULE = Rule(
    id="ikepolicy-no-overlap",
    title="Both ends have a common IKE policy",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Phase 1 fails with NO_PROPOSAL_CHOSEN. An upgrade that drops an old algorithm takes a policy away at "
    "one end in silence. Where both ends offer the other version too, the tunnel comes up with that one.",
    reads=("show running-config crypto",),
    sources=("RFC 2409 section 5", "RFC 7296 section 2.7", "ASA syslog messages, 752012 and 752013"),
    fixed_by="add a common policy at both ends: a human decides which",
)
SUBJECT = "IKE policy"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    (left, config_a, a), (right, config_b, b) = compared
    common = sorted(common_versions(a, b))
    if not common:
        yield RULE.not_applicable(tunnel, SUBJECT, "no common IKE version: see transform-no-overlap")
    for version in common:
        subject = f"IKEv{version} policy"
        mine, theirs = policies(config_a, version), policies(config_b, version)
        shared = common_policies(config_a, config_b, version)
        words = f"{left.name}: {policy_list(mine)} {right.name}: {policy_list(theirs)}"
        if shared:
            words = f"{left.name}: {policy_words(shared[0][0])} {right.name}: {policy_words(shared[0][1])}"
            yield RULE.passes(tunnel, subject, words)
        elif any(algorithms_meet(p, q) for p in mine for q in theirs):
            yield RULE.not_applicable(tunnel, subject, "the algorithms agree: see ikepolicy-auth-mismatch")
        elif not all(whole(policy) for policy in (*mine, *theirs)):
            yield RULE.unknown(tunnel, subject, f"{words}: a policy was not read in full")
        else:
            other = other_left(tunnel, version)
            severity = Severity.WARNING if other else Severity.CRITICAL
            words += f": {other}" if other else ""
            fix = _fix((left, config_a, mine), (right, config_b, theirs))
            yield RULE.fails(tunnel, subject, words, severity=severity, fix=fix)


def _fix(left: tuple[End, Config, list[IkePolicy]], right: tuple[End, Config, list[IkePolicy]]) -> list[Fix]:
    """The better one of what the ends offer first, typed at the other."""
    offers = [each for each in (left, right) if each[2]]
    if not offers:
        return []
    best = min(offers, key=lambda each: weakness(each[2][0]))
    (giver, _, known), (taker, config, _) = (left, right) if best is left else (right, left)
    return [Fix(taker.name, _typed(known[0], config, modern(taker.device)), note=f"as {giver.name} has it")]


def _typed(policy: IkePolicy, config: Config, modern_syntax: bool) -> tuple[str, ...]:
    command = f"crypto ikev{policy.version} policy" if modern_syntax else "crypto isakmp policy"
    integrity = "hash" if policy.version == 1 else "integrity"
    lines = [f"{command} {free_priority(config, policy.version, 5)}", f" encryption {' '.join(policy.encryption)}"]
    if policy.hash:
        lines.append(f" {integrity} {' '.join(policy.hash)}")
    lines.append(f" group {' '.join(policy.group)}")
    if policy.prf:
        lines.append(f" prf {' '.join(policy.prf)}")
    if policy.version == 1 and policy.authentication:
        lines.append(f" authentication {policy.authentication}")
    return tuple(lines)
