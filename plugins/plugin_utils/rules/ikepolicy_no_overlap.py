# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends have a common IKE policy."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    Finding,
    Fix,
    Group,
    IkePolicy,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, modern, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="ikepolicy-no-overlap",
    title="Both ends have a common IKE policy",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Phase 1 fails with NO_PROPOSAL_CHOSEN. An upgrade that drops an old algorithm takes a policy away at "
    "one end in silence.",
    reads=("show running-config crypto isakmp", "show running-config crypto ikev1", "show running-config crypto ikev2"),
    sources=("RFC 2409 section 5", "RFC 7296 section 2.7"),
    fixed_by="add a common policy at both ends: a human decides which",
)
SUBJECT = "IKE policy"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    (left, config_a, a), (right, config_b, b) = compared
    common = sorted(versions(a) & versions(b))
    if not common:
        yield RULE.not_applicable(tunnel, SUBJECT, "no common IKE version: see transform-no-overlap")
        return
    for version in common:
        mine, theirs = _policies(config_a, version), _policies(config_b, version)
        shared = next(((p, q) for p in mine for q in theirs if _meet(p, q)), None)
        subject = f"IKEv{version} policy"
        if shared is not None:
            words = f"{left.name}: {_words(shared[0])} {right.name}: {_words(shared[1])}"
            yield RULE.passes(tunnel, subject, words)
        else:
            words = f"{left.name}: {_list(mine)} {right.name}: {_list(theirs)}"
            example = (mine or theirs)[:1]
            fix = [Fix(end.name, _typed(policy, modern(end.device))) for end in (right,) for policy in example if mine]
            yield RULE.fails(tunnel, subject, words, fix=fix)


def _policies(config: Config, version: int) -> list[IkePolicy]:
    policies = [policy for policy in config.ike_policies if policy.version == version]
    return sorted(policies, key=lambda policy: policy.priority)


def _meet(a: IkePolicy, b: IkePolicy) -> bool:
    if a.version == 1 and a.authentication and b.authentication and a.authentication != b.authentication:
        return False
    gcm = any("gcm" in each for each in set(a.encryption) & set(b.encryption))
    hashes = gcm or not set(a.hash).isdisjoint(b.hash)
    # A PRF that is not printed is the release's default, which both ends then share.
    prf = not a.prf or not b.prf or not set(a.prf).isdisjoint(b.prf)
    return (
        not {_plain(each) for each in a.encryption}.isdisjoint(_plain(each) for each in b.encryption)
        and not {_plain(each) for each in a.group}.isdisjoint(_plain(each) for each in b.group)
        and hashes
        and prf
    )


def _plain(name: str) -> str:
    return {"aes-128": "aes"}.get(name, name.removeprefix("group"))


def _words(policy: IkePolicy) -> str:
    parts = ["/".join(policy.encryption), "/".join(policy.hash), "group " + "/".join(policy.group)]
    return " ".join([*parts, *([policy.authentication] if policy.authentication else [])])


def _list(policies: list[IkePolicy]) -> str:
    return ", ".join(_words(policy) for policy in policies) or "none"


def _typed(policy: IkePolicy, modern_syntax: bool) -> tuple[str, ...]:
    command = f"crypto ikev{policy.version} policy" if modern_syntax else "crypto isakmp policy"
    integrity = "hash" if policy.version == 1 else "integrity"
    lines = [f"{command} 5", f" encryption {' '.join(policy.encryption)}", f" {integrity} {' '.join(policy.hash)}"]
    lines.append(f" group {' '.join(policy.group)}")
    if policy.prf:
        lines.append(f" prf {' '.join(policy.prf)}")
    if policy.version == 1 and policy.authentication:
        lines.append(f" authentication {policy.authentication}")
    return tuple(lines)
