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
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, modern, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._remedies import transform_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    algorithms,
    proposal_words,
    proposals,
    proposals_meet,
    transform_sets,
    undefined,
)

RULE = Rule(
    id="transform-no-overlap",
    title="Both ends offer a common transform",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Phase 2 fails with NO_PROPOSAL_CHOSEN at the next negotiation, hours after a change that looked fine. "
    "Algorithms are compared, not the names of the sets.",
    reads=("show running-config crypto",),
    sources=("RFC 7296 section 2.7", "RFC 7296 section 3.3"),
    fixed_by="add the common transform at both ends first, take the old one away last: a human decides",
)
SUBJECT = "transform"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    missing = [f"{end.name}'s {name}" for end, config, entry in compared for name in undefined(config, entry)]
    if missing:
        yield RULE.unknown(tunnel, SUBJECT, f"{', '.join(missing)} was not read", where=place(tunnel))
        return
    words = " ".join(f"{end.name}: {_words(config, entry)}" for end, config, entry in compared)
    (left, config_a, a), (right, config_b, b) = compared
    offered = proposals(config_a, a), proposals(config_b, b)
    if not all(entry.transform_sets or entry.ikev2_proposals for entry in (a, b)):
        yield RULE.not_applicable(tunnel, SUBJECT, "an end has none: see map-entry-incomplete", where=place(tunnel))
    elif _sets(config_a, a) & _sets(config_b, b) or any(proposals_meet(p, q) for p in offered[0] for q in offered[1]):
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif all(offered) and not all(each.encryption and each.integrity for each in (*offered[0], *offered[1])):
        yield RULE.unknown(tunnel, SUBJECT, f"{words}: a proposal was not read in full", where=place(tunnel))
    else:
        # IKEv2 is the better one, and both must speak it; nothing before 8.4 does.
        second = all(modern(end.device) for end in (left, right)) and bool(offered[0] or offered[1])
        lines = [(end, transform_lines(tunnel, end, second)) for end in (left, right)]
        fix = [Fix(end.name, typed, note="at both ends") for end, typed in lines if typed]
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix)


def _sets(config: Config, entry: CryptoMapEntry) -> set[frozenset[str]]:
    return {algorithms(each) for each in transform_sets(config, entry)}


def _words(config: Config, entry: CryptoMapEntry) -> str:
    sets = [" ".join(each.transforms) for each in transform_sets(config, entry)]
    return ", ".join(sets + [proposal_words(each) for each in proposals(config, entry)])
