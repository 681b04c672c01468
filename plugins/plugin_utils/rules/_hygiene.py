# SPDX-License-Identifier: GPL-3.0-or-later
"""The algorithms that one end's configuration offers for a tunnel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    IkePolicy,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._remedies import suite_fix
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    aead,
    configured,
    pfs_group,
    proposals,
    transform_sets,
)

Algorithms = Callable[[End, Config, CryptoMapEntry], Iterator[str]]


def judge_algorithms(
    rule: Rule, tunnel: Tunnel, subject: str, algorithms: Algorithms, weak: Mapping[str, Severity]
) -> Iterator[Finding]:
    """Judge what each end offers against a list of weak names; the worst of them sets the severity."""
    findings = unread_config(rule, tunnel, subject)
    offered = {
        end.name: list(dict.fromkeys(algorithms(end, config, entry))) for end, config, entry in configured(tunnel.ends)
    }
    words = " ".join(f"{name}: {', '.join(names) or 'none'}" for name, names in offered.items())
    bad = [weak[name] for names in offered.values() for name in names if name in weak]
    if bad:
        using = [end for end in tunnel.ends if any(name in weak for name in offered.get(end.name, ()))]
        fix = [fix for end in using if (fix := suite_fix(tunnel, end, weak)) is not None]
        findings.append(rule.fails(tunnel, subject, words, severity=max(bad), fix=fix))
    yield from findings
    if not findings and any(offered.values()):
        yield rule.passes(tunnel, subject, words)
    elif not findings:
        yield rule.not_applicable(tunnel, subject, "no end's configuration says")


def encryption(end: End, config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for policy in ike_policies(config, entry):
        yield from policy.encryption
    for each in transform_sets(config, entry):
        for transform in each.transforms:
            if transform.startswith("esp-") and not transform.endswith("-hmac") and transform != "esp-none":
                yield transform.removeprefix("esp-")
    for proposal in proposals(config, entry):
        yield from proposal.encryption


def integrity(end: End, config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for policy in ike_policies(config, entry):
        yield from (each for each in policy.hash if each != "null")
    for each in transform_sets(config, entry):
        for transform in each.transforms:
            if transform.endswith("-hmac"):
                yield transform.removeprefix("esp-").removesuffix("-hmac")
            elif transform == "esp-none":
                yield "none"
    for proposal in proposals(config, entry):
        # Right beside AES-GCM, which brings its own; beside other ciphers packets are not protected from changes.
        bare = not any(map(aead, proposal.encryption))
        yield from (each for each in proposal.integrity if each != "null" or bare)


def groups(end: End, config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for policy in ike_policies(config, entry):
        yield from (group.removeprefix("group") for group in policy.group)
    group = pfs_group(end.device, entry)
    if group is not None and group != "default":
        yield group.removeprefix("group")


def ike_policies(config: Config, entry: CryptoMapEntry) -> list[IkePolicy]:
    return [policy for policy in config.ike_policies if policy.version in versions(entry)]
