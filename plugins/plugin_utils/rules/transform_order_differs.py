# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends prefer the same transform."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    Finding,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    algorithms,
    common_versions,
    proposal_words,
    proposals,
    proposals_meet,
    transform_sets,
)

RULE = Rule(
    id="transform-order-differs",
    title="Both ends prefer the same transform",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="The initiator's order counts, so the algorithms of the tunnel depend on who started it. The weaker one "
    "comes and goes, and an audit of one end never sees why.",
    reads=("show running-config crypto",),
    fixed_by="list the sets in the same order at both ends, the strongest first: a human decides",
    practice=True,
)
SUBJECT = "preferred transform"


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
        subject = f"preferred IKEv{version} transform"
        chosen = _chosen_1(config_a, a, config_b, b) if version == 1 else _chosen_2(config_a, a, config_b, b)
        if chosen is None:
            yield RULE.not_applicable(tunnel, subject, "none in common: see transform-no-overlap", where=place(tunnel))
            continue
        mine, theirs, same = chosen
        words = f"{left.name}: {mine} {right.name}: {theirs}"
        if same:
            yield RULE.passes(tunnel, subject, words, where=place(tunnel))
        else:
            yield RULE.fails(tunnel, subject, f"{words}: who starts the tunnel decides", where=place(tunnel))


def _chosen_1(config_a: Config, a: CryptoMapEntry, config_b: Config, b: CryptoMapEntry) -> tuple[str, str, bool] | None:
    """What each end gets when it starts: its first set that the other has too."""
    mine, theirs = transform_sets(config_a, a), transform_sets(config_b, b)
    common = {algorithms(each) for each in mine} & {algorithms(each) for each in theirs}
    if not common:
        return None
    first, other = (next(each for each in sets if algorithms(each) in common) for sets in (mine, theirs))
    return " ".join(first.transforms), " ".join(other.transforms), algorithms(first) == algorithms(other)


def _chosen_2(config_a: Config, a: CryptoMapEntry, config_b: Config, b: CryptoMapEntry) -> tuple[str, str, bool] | None:
    mine, theirs = proposals(config_a, a), proposals(config_b, b)
    first = next((p for p in mine if any(proposals_meet(p, q) for q in theirs)), None)
    other = next((q for q in theirs if any(proposals_meet(p, q) for p in mine)), None)
    if first is None or other is None:
        return None
    same = all(
        _order(left, right)
        for left, right in ((first.encryption, other.encryption), (first.integrity, other.integrity))
    )
    return proposal_words(first), proposal_words(other), same and proposals_meet(first, other)


def _order(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    """Whether what both list comes in the same order."""
    common = set(mine) & set(theirs)
    return [each for each in mine if each in common] == [each for each in theirs if each in common]
