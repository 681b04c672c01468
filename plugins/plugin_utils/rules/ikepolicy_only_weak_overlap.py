# SPDX-License-Identifier: GPL-3.0-or-later
"""The common IKE policy is no weaker than what each end has."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    common_policies,
    common_versions,
    policies,
    policy_words,
    sound,
)

RULE = Rule(
    id="ikepolicy-only-weak-overlap",
    title="The common IKE policy is no weaker than what each end has",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="Each end looks strong by itself, and together they fall back to the one weak policy they share. An "
    "upgrade that removes it takes the tunnel down.",
    reads=("show running-config crypto",),
    fixed_by="add the strong policy of one end at the other: a human decides which",
    practice=True,
)
SUBJECT = "common IKE policy"


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
        subject = f"common IKEv{version} policy"
        shared = common_policies(config_a, config_b, version)
        strong = [[each for each in policies(config, version) if sound(each)] for config in (config_a, config_b)]
        good = next(((p, q) for p, q in shared if sound(p, q)), None)
        if not shared:
            yield RULE.not_applicable(tunnel, subject, "none: see ikepolicy-no-overlap")
        elif good is not None:
            words = f"{left.name}: {policy_words(good[0])} {right.name}: {policy_words(good[1])}"
            yield RULE.passes(tunnel, subject, words)
        elif not all(strong):
            reason = f"{policy_words(shared[0][0])}, and not each end has a stronger one: see weak-encryption, weak-dh"
            yield RULE.not_applicable(tunnel, subject, reason)
        else:
            words = (
                f"{left.name}: {policy_words(shared[0][0])}, though it has {policy_words(strong[0][0])} "
                f"{right.name}: {policy_words(shared[0][1])}, though it has {policy_words(strong[1][0])}"
            )
            yield RULE.fails(tunnel, subject, words)
