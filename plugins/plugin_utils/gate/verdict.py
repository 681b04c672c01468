# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole change judged: every tunnel by what was seen, and by the audit of either side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.checks import checks, now, was
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.facts import Trial, Tried
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.model import (
    Audited,
    Gate,
    Result,
    Settings,
    TunnelResult,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Finding,
    Judgement,
    Outcome,
    Severity,
    Verdict,
    passing,
)

# The worse the later. What cannot be judged may hide that it is broken.
_RANK = (Verdict.HEALTHY, Verdict.DEGRADED, Verdict.UNKNOWN, Verdict.BROKEN)
_NOT_REACHED = {
    "missing": ("lacks", "has"),
    "left": ("still has", "has not"),
    "misplaced": ("has in another place", "has elsewhere among its kind"),
}


def decide(
    trial: Trial, before: Sequence[Judgement], after: Sequence[Judgement], settings: Settings,
    problems: Sequence[str] = (),
) -> Gate:  # fmt: skip
    """Judge a change. ``before`` and ``after`` are the audits of what the devices showed on either side of it.

    ``problems`` are what kept those audits from judging something.
    """
    names = Counter(tried.ends for tried in trial.tunnels)
    known = {frozenset(_ends(each)): each.tunnel.name for each in (*before, *after)}
    tunnels = tuple(_result(tried, names[tried.ends] == 1, known, settings, trial.declared) for tried in trial.tunnels)
    lists = [*_refused_by_lists(trial, tunnels)]
    return Gate(
        tunnels=tunnels,
        audits=tuple(_audited(before, after, settings)),
        problems=(
            *(each.text for each in trial.problems),
            *_refusals(trial),
            *_never_there(trial, tunnels, settings),
            *problems,
        ),
        notes=(*trial.notes, *_notes(trial), *(told for told, new in lists if not new)),
        untried=trial.untried,
        devices=trial.devices,
        typed=tuple((each.device, each.line) for each in trial.typed),
        settings=settings,
        to_see=(
            *(
                f"{one} has a new key for {other}, and {other} does not show its own: see that both are the same"
                for one, other in trial.new_keys
            ),
            *(told for told, new in lists if new),
        ),
    )


def _result(
    tried: Tried, alone: bool, known: Mapping[frozenset[str], str], settings: Settings, declared: Collection[str]
) -> TunnelResult:
    name = _name(tried, alone=alone)
    found = checks(tried, name, settings, declared)
    audit = known.get(frozenset(tried.ends), "")
    return TunnelResult(name, audit, tried.ends, tried.networks, tried.service, found, was(tried), now(tried, found))


def _name(tried: Tried, *, alone: bool) -> str:
    pair = "-".join(tried.ends)
    return pair if alone else f"{pair} {tried.protects}"


def _ends(judgement: Judgement) -> tuple[str, ...]:
    return tuple(end.device.name for end in judgement.tunnel.ends if end is not None)


def _refusals(trial: Trial) -> Iterator[str]:
    """Where the change does not go as written."""
    for each in trial.typed:
        if each.answer:
            yield f"{each.device} refuses '{each.line}': {each.answer.removeprefix('ERROR: ')}"
    for line in trial.not_reached:
        if line.given:
            what, but = _NOT_REACHED[line.kind]
            yield f"after the changes {line.device} {what} '{line.line}', which the candidate {but}"


def _never_there(trial: Trial, tunnels: Collection[TunnelResult], settings: Settings) -> Iterator[str]:
    """What was named as removed and is nothing that was tried; where nothing could be, nobody knows."""
    pairs = {"-".join(ends) for each in tunnels for ends in (each.ends, each.ends[::-1])}
    known = {*trial.devices, *(each.name for each in tunnels)}
    for name in settings.removed if not trial.problems else ():
        if name not in known | pairs:
            there = ", ".join(sorted(known))
            yield f"gate_removed names {name}, which is no device and no tunnel: there are {there}"


def _notes(trial: Trial) -> Iterator[str]:
    for line in trial.not_reached:
        if not line.given:
            what, _ = _NOT_REACHED[line.kind]
            yield f"the computed lines do not give the candidate: {line.device} {what} '{line.line}'. Give yours"
    if declared := sorted(trial.declared):
        yield f"{', '.join(declared)}: as declared, which nobody has read from a device"


def _refused_by_lists(trial: Trial, tunnels: Iterable[TunnelResult]) -> Iterator[tuple[str, bool]]:
    """Where hosts had to say what the lists let through, and whether it is so since the change."""
    for tried, result in zip(trial.tunnels, tunnels, strict=True):
        if tried.after is None or not tried.after.instead:
            continue
        said = "; ".join(dict.fromkeys(tried.after.instead.values()))
        new = tried.before is not None and tried.before.comes_up and not tried.before.instead
        why = "the change has a list refuse what passed before" if new else "a list refuses other packets"
        yield f"{result.name}: {why}, and it was tried with {said}", new


def _audited(before: Sequence[Judgement], after: Sequence[Judgement], settings: Settings) -> Iterator[Audited]:
    then = {each.tunnel.name: each for each in before}
    for judgement in after:
        yield _compared(then.pop(judgement.tunnel.name, None), judgement, settings)
    # Whether one may be gone is a matter of its networks, which the tunnels' own checks have.
    for name, gone in then.items():
        yield Audited(name, _ends(gone), gone.verdict, None)


def _compared(then: Judgement | None, now: Judgement, settings: Settings) -> Audited:
    failed = {finding.rule for finding in _failing(then)} if then else set()
    new = tuple(finding for finding in _failing(now) if finding.rule not in failed)
    cleared = tuple(sorted(failed & passing(now.findings)))
    worse = then is not None and _RANK.index(now.verdict) > _RANK.index(then.verdict)
    bad = [finding for finding in new if finding.severity >= settings.fail_on]
    why = ""
    if worse and then:
        why = f"the audit calls it {now.verdict}, and it was {then.verdict}"
    elif bad:
        why = f"the audit finds {', '.join(dict.fromkeys(finding.rule for finding in bad))}, which it did not before"
    return Audited(
        now.tunnel.name, _ends(now), then.verdict if then else None, now.verdict, now.cause, new, cleared,
        Result.FAIL if why else Result.PASS, why,
    )  # fmt: skip


def _failing(judgement: Judgement | None) -> list[Finding]:
    """What fails at a warning or worse, the worst first and the cause before all."""
    if judgement is None:
        return []
    found = [each for each in judgement.findings if each.outcome is Outcome.FAIL and each.severity >= Severity.WARNING]
    return sorted(found, key=lambda each: (each.rule != judgement.cause_rule, -each.severity))
