# SPDX-License-Identifier: GPL-3.0-or-later
"""A clear mends what is wrong."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Group,
    Judgement,
    Outcome,
    Severity,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import sides
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import CLEARABLE

RAIL = Rail(
    id="cause",
    stage=Stage.TUNNEL,
    order=60,
    holds="A clear mends what is wrong, and no configuration keeps the SAs from coming back",
    rationale="A clear takes SAs away. Where they cannot be made again, or are not what is wrong, it makes an outage "
    "of a tunnel that may still work.",
    default=f"one of {', '.join(CLEARABLE)} fails, and no critical rule of the configuration match",
    lift="Fix that first: a clear would not reach it.",
)


def seen(situation: Situation) -> str:
    judgement, tunnel = situation.judgement, situation.tunnel
    if judgement.verdict is Verdict.HEALTHY:
        return ""
    groups = {check.rule.id: check.rule.group for check in load()}
    for finding in judgement.findings:
        if (finding.outcome, finding.severity) == (Outcome.FAIL, Severity.CRITICAL) and (
            groups.get(finding.rule) is Group.MATCH
        ):
            return f"{finding.message}: after a clear this configuration could not make SAs again"
    if clearable(judgement):
        return ""
    if situation.settings.one_sided and judgement.verdict is Verdict.UNKNOWN:
        return _alone(situation.ends[0]) if situation.ends else ""
    return (
        f"{tunnel.name} is {judgement.verdict}, but not by SAs that a clear would mend: {judgement.cause}. "
        f"Next: {judgement.next_action}"
    )


def clearable(judgement: Judgement) -> tuple[str, ...]:
    """The failing rules that a clear mends, the surest sign first."""
    failed = {each.rule for each in judgement.findings if each.outcome is Outcome.FAIL}
    return tuple(rule for rule in CLEARABLE if rule in failed)


def _alone(end: End) -> str:
    """Why one end, of whose other end nothing is known, needs no clear."""
    up = [side for side in sides(end).values() if side.up]
    if not up:
        return f"{end.name} has no SA for this tunnel, so that there is nothing to clear"
    both_ways = [side for side in up if side.grown("pkts encaps") and side.grown("pkts decaps")]
    if len(both_ways) == len(up):
        return f"{end.name} counts traffic both ways through this tunnel, which a clear would only interrupt"
    return ""
