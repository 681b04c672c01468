# SPDX-License-Identifier: GPL-3.0-or-later
"""A catalogue applied: what the report tells of a tunnel, and by what its verdict is made.

The two differ for the rules of the live state alone. That a tunnel is dead is a fact and no opinion: a site may keep
such a finding from failing its audit, but no setting and no waiver may make the tunnel healthy.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._model import Catalogue, Effective, effective
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._nodes import near
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import aliases
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Finding,
    Group,
    Judgement,
    Outcome,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check

# Of two results that the settings of two ends give, the one that worries more counts.
_WORST_FIRST = (
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.TRANSIENT,
    Outcome.UNVERIFIABLE,
    Outcome.WAIVED,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)


@dataclass(frozen=True)
class Ruled:
    """The findings of a tunnel: ``told`` in its report, and those ``moving`` its verdict, cause and next step.

    ``stopping`` are those of the configurations that leave no way to negotiate, whatever the catalogue says of them: a
    tunnel that is down is down by them.
    """

    told: tuple[Finding, ...]
    moving: tuple[Finding, ...]
    stopping: tuple[Finding, ...] = ()


class NoRuleError(ValueError):
    """A catalogue leaves no rule on for a tunnel, which would then look healthy."""


def ruled(catalogue: Catalogue, checks: Sequence[Check], tunnel: Tunnel) -> Ruled:
    """What these rules say of a tunnel, as the catalogue wants them.

    :raises NoRuleError: all of them are disabled.
    """
    told: list[Finding] = []
    moving: list[Finding] = []
    stopping: list[Finding] = []
    asked = False
    layers = catalogue.layers(tunnel)
    if checks and not any(layers) and not catalogue.waivers:
        found = tuple(finding for check in checks for finding in check.findings(tunnel))
        return Ruled(found, found)
    for check in checks:
        settings = effective(check.rule, layers)
        live = check.rule.group is Group.LIVE
        # Enabled at one end is enabled: of two ends that differ the stricter counts.
        enabled = [each for each in settings if each.enabled]
        asked |= bool(enabled)
        match = check.rule.group is Group.MATCH
        if not enabled and not live and not match:
            continue
        raw, weighed = _stricter(check, tunnel, enabled or settings)
        if enabled:
            shown = [_waived(catalogue, tunnel, finding) for finding in weighed]
        else:
            shown = [_disabled(catalogue, settings[0], each) for each in raw if _moves(each)]
        told += shown if live or enabled else ()
        if match:
            stopping += (each for each in raw if each.outcome is Outcome.FAIL and each.severity is Severity.CRITICAL)
        if live:
            moving += raw
        elif enabled:
            # A site may think more of a rule than the rule itself, but a tunnel is not the worse for it.
            moving += map(_no_worse, shown, raw)
    if not asked:
        raise NoRuleError(f"no rule to judge {tunnel.name} by: {catalogue} disables every one")
    return Ruled(tuple(told), tuple(moving), tuple(stopping))


def _no_worse(shown: Finding, raw: Finding) -> Finding:
    return replace(shown, severity=raw.severity) if shown.severity > raw.severity else shown


def expired(catalogue: Catalogue, judgements: Sequence[Judgement]) -> Iterator[str]:
    """A sentence for each waiver that has expired while what it waived still fails."""
    for waiver in catalogue.waivers:
        if waiver.expired(catalogue.today) and any(
            finding.rule == waiver.rule
            and finding.outcome is Outcome.FAIL
            and catalogue.waiver(waiver.rule, judgement.tunnel) is waiver
            for judgement in judgements
            for finding in judgement.findings
        ):
            yield f"{waiver} expired on {waiver.expires}"


def unmatched(
    catalogue: Catalogue,
    judgements: Sequence[Judgement],
    devices: Collection[str] = (),
    groups: Collection[str] | None = None,
) -> Iterator[str]:
    """A sentence for each waiver that waives nothing, and for each name that nothing has.

    ``devices`` and ``groups`` are those of the inventory, ``groups`` ``None`` where that is not known. These are no
    mistakes for sure: what a catalogue speaks of may have been left out of this run, or was not read today.
    """
    tunnels = {alias for judgement in judgements for alias in aliases(judgement.tunnel)}
    titles = [judgement.tunnel.name for judgement in judgements]
    names = {*devices, *(end.name for judgement in judgements for end in judgement.tunnel.ends)}
    spoken_of = [
        ("tunnels", "tunnel", catalogue.tunnels, tunnels, titles),
        ("devices", "device", catalogue.devices, names, names),
        *([("groups", "inventory group", catalogue.groups, {*groups}, groups)] if groups is not None else []),
    ]
    for part, kind, given, known, shown in spoken_of:
        for name in given:
            if name not in known:
                yield f"{catalogue.source}: {part}.{name}: no {kind} of this run has that name{near(name, shown)}"
    for waiver in catalogue.waivers:
        concerned = [each for each in judgements if waiver.concerns(each.tunnel)]
        findings = [each for judgement in concerned for each in judgement.findings if each.rule == waiver.rule]
        where = catalogue.place(waiver.line)
        if not concerned:
            kind = "tunnel" if waiver.tunnel else "device"
            shown = titles if waiver.tunnel else names
            hint = near(waiver.scope, shown) if waiver.scope not in names else ""
            yield f"{where}: the {waiver} matches nothing: no {kind} of this run has that name{hint}"
        elif not any(each.outcome in (Outcome.FAIL, Outcome.WAIVED) for each in findings):
            yield f"{where}: the {waiver} matches nothing: the rule does not fail there"


def _stricter(check: Check, tunnel: Tunnel, settings: Sequence[Effective]) -> tuple[tuple[Finding, ...], list[Finding]]:
    """What the rule says by itself, and at the severities wanted: by the settings of the end that make it worst.

    Limits are compared by what they do and not by their size, because of some the smaller is the stricter.
    """
    results = []
    for each in settings:
        raw = check.findings(tunnel, each.limits)
        results.append((raw, [each.weighed(finding) for finding in raw]))
    if len(results) == 1:
        return results[0]
    return min(results, key=lambda result: [_worry(finding) for finding in sorted(result[1], key=_worry)])


def _worry(finding: Finding) -> tuple[int, int]:
    failing = finding.outcome is Outcome.FAIL
    return _WORST_FIRST.index(finding.outcome), -finding.severity if failing else 0


def _moves(finding: Finding) -> bool:
    return finding.outcome is Outcome.FAIL and finding.severity >= Severity.WARNING


def _disabled(catalogue: Catalogue, setting: Effective, finding: Finding) -> Finding:
    """A finding of the live state that the site switched off, and that moves the verdict all the same."""
    message = f"{finding.message} (disabled by {catalogue.place(setting.line)}; the verdict stays)"
    return replace(finding, outcome=Outcome.WAIVED, message=message)


def _waived(catalogue: Catalogue, tunnel: Tunnel, finding: Finding) -> Finding:
    if finding.outcome is not Outcome.FAIL or not catalogue.waivers:
        return finding
    waiver = catalogue.waiver(finding.rule, tunnel)
    if waiver is None:
        return finding
    if waiver.expired(catalogue.today):
        return replace(finding, evidence=(*finding.evidence, f"{waiver} expired on {waiver.expires}"))
    return replace(
        finding,
        outcome=Outcome.WAIVED,
        message=f"{finding.message} (waived until {waiver.expires} by {waiver.owner}: {waiver.reason})",
        evidence=(*finding.evidence, f"{waiver}: {catalogue.place(waiver.line)}"),
    )
