# SPDX-License-Identifier: GPL-3.0-or-later
"""The one most likely cause, with what speaks for it and what it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    End,
    Finding,
    Group,
    LogLine,
    Outcome,
    Severity,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import naming
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive, spis
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import deletion_retries, stale_end
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._explanations import (
    ALWAYS_SUPPORTS,
    EXCLUDES,
    IKE,
    PATH,
    STAGES,
    SUPPORTS,
    SYMPTOMS,
    TRAFFIC,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._facts import Facts

CLEARABLE = ("spi-mirror-mismatch", "spi-half-match", "sa-one-sided", "kb-lifetime-zero", "child-without-ike")
"""Rules whose failure is mended by clearing the SAs of both ends, the surest sign first."""


@dataclass(frozen=True)
class Cause:
    """``rule`` is the one whose failure it is; ``words`` one sentence that names both ends."""

    rule: str
    words: str


def cause(facts: Facts, verdict: Verdict) -> Cause:
    """Why a tunnel is broken or degraded."""
    config = _configuration(facts)
    # A configuration that cannot negotiate explains what is down, and is worse than what is merely not well.
    if config and config.severity is Severity.CRITICAL and (verdict is Verdict.DEGRADED or facts.down):
        negotiates = facts.down or config.rule in TRAFFIC
        works = "" if negotiates else "works now, but the next negotiation will fail: "
        return Cause(config.rule, works + facts.words(config))
    symptom = _symptom(facts)
    finding = _explained(facts, symptom)
    if finding.rule in ("spi-mirror-mismatch", "spi-half-match"):
        return Cause(finding.rule, _mismatch(facts.tunnel, facts))
    if finding.rule == "sa-one-sided":
        return Cause(finding.rule, _one_sided(facts.tunnel))
    if finding is not symptom:
        return Cause(finding.rule, f"{facts.words(finding)}; it shows as: {facts.words(symptom)}")
    return Cause(finding.rule, f"{facts.words(finding)}: {facts.rules[finding.rule].rationale}")


def evidence(facts: Facts, of: Cause) -> tuple[str, ...]:
    """The lines the cause rests on: its own, then what other rules saw of it."""
    finding = facts.failure(of.rule)
    lines = list(finding.evidence) if finding else []
    for rule in (*SUPPORTS.get(of.rule, ()), *ALWAYS_SUPPORTS):
        for each in facts.findings:
            if each.rule == rule and rule != of.rule and each.outcome is Outcome.FAIL:
                lines.append(facts.words(each))
    return tuple(dict.fromkeys(lines))


def ruled_out(facts: Facts, of: Cause) -> tuple[str, ...]:
    """What else it could have been, and is not."""
    return tuple(words for words, rules in EXCLUDES if of.rule not in rules and facts.passed.issuperset(rules))


def _symptom(facts: Facts) -> Finding:
    """What is worst now. Among equals a clear's signs come first, in their order."""
    failing = facts.failing(Group.LIVE, Group.MATCH)
    order = {rule: place for place, rule in enumerate(CLEARABLE)}
    # Of two alike what the tunnel does now comes before what its configuration says.
    return min(
        failing,
        key=lambda each: (
            -each.severity,
            order.get(each.rule, len(order)),
            facts.rules[each.rule].group is not Group.LIVE,
        ),
    )


def _explained(facts: Facts, symptom: Finding) -> Finding:
    explaining = (facts.failure(rule) for rule in SYMPTOMS.get(symptom.rule, ()))
    return next((each for each in explaining if each and each.severity >= _least(each.rule)), symptom)


def _least(rule: str) -> Severity:
    """Where something still passes, what stops the rest of the traffic is a warning to its own rule."""
    return Severity.WARNING if rule in TRAFFIC else Severity.ERROR


def _configuration(facts: Facts) -> Finding | None:
    """The fault of the configuration that stops the tunnel first."""
    failing = facts.failing(Group.MATCH, least=Severity.ERROR)
    if not failing:
        return None
    agreed = all(alive(end) for end in facts.tunnel.ends)
    passed = {*PATH, *IKE} if agreed and facts.down else set()
    order = {rule: place for place, rule in enumerate(rule for stage in STAGES for rule in stage)}
    return min(
        failing,
        key=lambda each: (-each.severity, each.rule in passed, order.get(each.rule, len(order))),
    )


# --- the words of the faults that a clear mends ---------------------------------------------------------------------


def _mismatch(tunnel: Tunnel, facts: Facts) -> str:
    stale, proof = stale_end(tunnel)
    other = tunnel.other(stale) if stale is not None else None
    if stale is None or other is None:
        words = f"{names(tunnel.ends)} use SAs of different negotiations ({proof})"
    else:
        refused = [side for lane in facts.lanes if len(lane.up) == 2 for side in lane.refused]
        used = {number for side in refused if side.end is stale for number in side.outbound}
        what = f"the SA (SPI {spis(used)})" if used else "SAs"
        words = f"{stale.name} still uses {what} that {other.name} {_gone(other, used)}"
        if deletion_retries(stale):
            words += f": the deletion of that SA failed in {stale.name}'s data path"
        else:
            words += f" ({proof})"
    if all(alive(end) for end in tunnel.ends):
        words += "; DPD cannot see it because the IKE SA is alive"
    return words


def _gone(end: End, used: set[int]) -> str:
    """What became of an inbound SA: when it was deleted stands in that end's log, if it logs that (602304)."""
    deleted = [line for line in naming(end.device, spis=used) if _deleted(line) and line.time]
    return f"deleted at {deleted[-1].time}" if deleted else "has replaced"


def _deleted(line: LogLine) -> bool:
    return line.message_id == 602304 and line.direction is not Direction.OUTBOUND


def _one_sided(tunnel: Tunnel) -> str:
    stale, proof = stale_end(tunnel)
    other = tunnel.other(stale) if stale is not None else None
    if stale is None or other is None:
        return proof
    words = f"{stale.name} keeps SAs that {other.name} no longer has"
    mute = list(_mute(tunnel))
    if mute:
        return f"{words}, and cannot notice because DPD is disabled on {names(mute)}"
    if all(alive(end) for end in tunnel.ends):
        return f"{words}; DPD cannot see it because the IKE SA is alive"
    if not any(alive(end) for end in tunnel.ends) and all(end.ike is not None for end in tunnel.ends):
        return f"{words}, and cannot notice because there is no IKE SA for DPD to ride on"
    return words


def _mute(tunnel: Tunnel) -> Iterator[End]:
    for end in tunnel.ends:
        keepalive = end.tunnel_group.keepalive if end.tunnel_group is not None else None
        if keepalive is not None and keepalive.disabled:
            yield end
