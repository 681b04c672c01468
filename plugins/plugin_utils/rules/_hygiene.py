# SPDX-License-Identifier: GPL-3.0-or-later
"""The algorithms that one end's configuration offers for a tunnel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    Finding,
    IkePolicy,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

Algorithms = Callable[[Config, CryptoMapEntry], Iterator[str]]


def judge_algorithms(
    rule: Rule, tunnel: Tunnel, subject: str, algorithms: Algorithms, weak: Mapping[str, Severity]
) -> Iterator[Finding]:
    """Judge what each end offers against a list of weak names; the worst of them sets the severity."""
    findings = unread_config(rule, tunnel, subject)
    offered = {
        end.name: list(dict.fromkeys(algorithms(end.device.config, end.map_entry)))
        for end in tunnel.ends
        if end.device.config is not None and end.map_entry is not None and versions(end.map_entry)
    }
    words = " ".join(f"{name}: {', '.join(names) or 'none'}" for name, names in offered.items())
    bad = [weak[name] for names in offered.values() for name in names if name in weak]
    if bad:
        findings.append(rule.fails(tunnel, subject, words, severity=max(bad)))
    yield from findings
    if not findings and any(offered.values()):
        yield rule.passes(tunnel, subject, words)
    elif not findings:
        yield rule.not_applicable(tunnel, subject, "no end's configuration says")


def encryption(config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for policy in _policies(config, entry):
        yield from policy.encryption
    for transform in _transforms(config, entry):
        if not transform.endswith("-hmac") and transform != "esp-none":
            yield transform.removeprefix("esp-")
    for name in entry.ikev2_proposals:
        if name in config.ipsec_proposals:
            yield from config.ipsec_proposals[name].encryption


def integrity(config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for policy in _policies(config, entry):
        yield from policy.hash
    for transform in _transforms(config, entry):
        if transform.endswith("-hmac"):
            yield transform.removeprefix("esp-").removesuffix("-hmac")
    for name in entry.ikev2_proposals:
        if name in config.ipsec_proposals:
            yield from (each for each in config.ipsec_proposals[name].integrity if each != "null")


def groups(config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for policy in _policies(config, entry):
        yield from (group.removeprefix("group") for group in policy.group)
    if entry.pfs is not None and entry.pfs != "default":
        yield entry.pfs.removeprefix("group")


def _policies(config: Config, entry: CryptoMapEntry) -> list[IkePolicy]:
    return [policy for policy in config.ike_policies if policy.version in versions(entry)]


def _transforms(config: Config, entry: CryptoMapEntry) -> Iterator[str]:
    for name in entry.transform_sets:
        if name in config.transform_sets:
            yield from config.transform_sets[name].transforms
