# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends offer a common transform."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    Finding,
    Fix,
    Group,
    IpsecProposal,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, map_lines, modern, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="transform-no-overlap",
    title="Both ends offer a common transform",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Phase 2 fails with NO_PROPOSAL_CHOSEN at the next negotiation, hours after a change that looked fine. "
    "Algorithms are compared, not the names of the sets.",
    reads=("show running-config crypto",),
    sources=("RFC 7296 section 2.7",),
    fixed_by="add the common transform at both ends first, take the old one away last: a human decides",
)
SUBJECT = "transform"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    missing = [f"{end.name}'s {name}" for end, config, entry in compared for name in _undefined(config, entry)]
    if missing:
        yield RULE.unknown(tunnel, SUBJECT, f"{', '.join(missing)} was not read", where=place(tunnel))
        return
    words = " ".join(f"{end.name}: {_words(config, entry)}" for end, config, entry in compared)
    (_, config_a, a), (_, config_b, b) = compared
    if not all(entry.transform_sets or entry.ikev2_proposals for entry in (a, b)):
        yield RULE.not_applicable(tunnel, SUBJECT, "an end has none: see map-entry-incomplete", where=place(tunnel))
    elif _sets(config_a, a) & _sets(config_b, b) or any(
        _meet(p, q) for p in _proposals(config_a, a) for q in _proposals(config_b, b)
    ):
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    else:
        fix = [
            Fix(
                end.name,
                (
                    f"crypto ipsec {'ikev1 ' if modern(end.device) else ''}transform-set AES256-SHA "
                    "esp-aes-256 esp-sha-hmac",
                    *map_lines(end, f"set {'ikev1 ' if modern(end.device) else ''}transform-set AES256-SHA"),
                ),
                note="at both ends; it replaces the list of sets in the entry",
            )
            for end, _, _ in compared
        ]
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix)


def _undefined(config: Config, entry: CryptoMapEntry) -> list[str]:
    sets = [f"transform-set {name}" for name in entry.transform_sets if name not in config.transform_sets]
    return sets + [f"ipsec-proposal {name}" for name in entry.ikev2_proposals if name not in config.ipsec_proposals]


def _sets(config: Config, entry: CryptoMapEntry) -> set[frozenset[str]]:
    return {
        frozenset(_plain(transform) for transform in config.transform_sets[name].transforms)
        for name in entry.transform_sets
    }


def _plain(transform: str) -> str:
    """AES without a size is AES-128."""
    return {"esp-aes-128": "esp-aes", "aes-128": "aes"}.get(transform, transform)


def _proposals(config: Config, entry: CryptoMapEntry) -> list[IpsecProposal]:
    return [config.ipsec_proposals[name] for name in entry.ikev2_proposals]


def _meet(a: IpsecProposal, b: IpsecProposal) -> bool:
    common = {_plain(each) for each in a.encryption} & {_plain(each) for each in b.encryption}
    # AES-GCM brings its own integrity; what is typed beside it is ignored.
    if any("gcm" in each for each in common):
        return True
    return bool(common) and not set(a.integrity).isdisjoint(b.integrity)


def _words(config: Config, entry: CryptoMapEntry) -> str:
    sets = [" ".join(config.transform_sets[name].transforms) for name in entry.transform_sets]
    proposals = [
        f"ikev2 {'/'.join(each.encryption)} {'/'.join(each.integrity)}".rstrip() for each in _proposals(config, entry)
    ]
    return ", ".join(sets + proposals)
