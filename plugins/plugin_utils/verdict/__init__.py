# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tunnel does now, why, and what to do next.

Only rules of the live state and of the configuration match move the verdict. Dead peer detection, crypto hygiene and
data quality tell of tomorrow: they are findings, and a finding on a tunnel that carries traffic is no outage.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import AS_SHIPPED, Catalogue, ruled
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Group,
    Judgement,
    Outcome,
    Severity,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive, unreadable, why_not
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._cause import (
    CLEARABLE,
    Cause,
    cause,
    evidence,
    ruled_out,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._facts import Facts
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._next import next_action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._recurrence import recurrence

__all__ = ["CLEARABLE", "judge"]


def judge(tunnel: Tunnel, rules: Sequence[Check], catalogue: Catalogue = AS_SHIPPED) -> Judgement:
    """What the rules find on this tunnel as the site wants them, and the verdict over it.

    :raises NoRuleError: the catalogue leaves none on.
    """
    said = ruled(catalogue, rules, tunnel)
    findings = said.told
    known = {check.rule.id: check.rule for check in rules}
    facts = Facts(tunnel, said.moving, known)
    if said.stopping and facts.down:
        facts = Facts(tunnel, (*said.moving, *said.stopping), known)
    verdict = _verdict(facts)
    if verdict in (Verdict.HEALTHY, Verdict.UNKNOWN):
        words = _why_unknown(facts) if verdict is Verdict.UNKNOWN else _healthy_words(facts)
        return Judgement(tunnel, verdict, findings, words, next_action(facts, verdict, Cause("", words)))
    found = cause(facts, verdict)
    return Judgement(
        tunnel,
        verdict,
        findings,
        found.words,
        next_action(facts, verdict, found),
        found.rule,
        evidence(facts, found),
        ruled_out(facts, found),
        recurrence(facts, found),
    )


def _verdict(facts: Facts) -> Verdict:
    live = facts.failing(Group.LIVE, least=Severity.WARNING)
    match = facts.failing(Group.MATCH, least=Severity.ERROR)
    if live and live[0].severity is Severity.CRITICAL:
        return Verdict.BROKEN
    # A negotiation that stands still, and a configuration that cannot negotiate, are an outage while no SA is up.
    if facts.down and ((match and match[0].severity is Severity.CRITICAL) or facts.failure("ike-state-not-up")):
        return Verdict.BROKEN
    if _why_unknown(facts):
        return Verdict.UNKNOWN
    return Verdict.DEGRADED if live or match else Verdict.HEALTHY


def _why_unknown(facts: Facts) -> str:
    """Why the mirror could not be judged, or nothing.

    An SA that is about to be replaced makes a *mismatch* doubtful, never a match: two SPIs of 32 bits do not agree by
    accident. So a rekey in progress is no reason to doubt a tunnel whose SPIs mirror.
    """
    tunnel = facts.tunnel
    if tunnel.foreign:
        return "" if _carries_both_ways(facts) else f"{tunnel.missing}, and no traffic was seen to pass both ways"
    reason = why_not(tunnel)
    if reason:
        return reason
    for lane in facts.lanes:
        # SAs that went between the readings are no idle tunnel, unless others of it are up.
        if (lane.up or facts.down) and lane.unsettled and not lane.mirrored:
            return lane.unsettled
        if reason := unreadable(lane):
            return reason
    # A negotiation that has just begun is none to doubt; one end that knocks since the first reading is.
    if facts.down and any(map(_knocks, tunnel.ends)) and (moving := facts.moving("ike-state-not-up")):
        return facts.words(moving)
    unproven = [each for each in facts.findings if each.rule == CLEARABLE[0] and each.outcome is Outcome.UNKNOWN]
    return unproven[0].message if unproven else ""


def _knocks(end: End) -> bool:
    """IKE stands at one and the same step in both readings, and it is not the last one."""
    first, second = ({sa.state for sa in held or ()} for held in (end.first_ike, end.second_ike))
    return bool(first & second) and not alive(end)


def _carries_both_ways(facts: Facts) -> bool:
    sides = [side for lane in facts.lanes for side in lane.sides if side.up]
    return any((side.grown("pkts encaps") or 0) > 0 and (side.grown("pkts decaps") or 0) > 0 for side in sides)


def _healthy_words(facts: Facts) -> str:
    if facts.tunnel.foreign:
        return f"traffic passes both ways; {facts.tunnel.missing}"
    if not any(lane.up for lane in facts.lanes):
        return "idle: neither end has SAs, and traffic will make them"
    if any(lane.unsettled for lane in facts.lanes):
        return "each end accepts what the other sends; a rekey is in progress or near"
    return "each end accepts what the other sends"
