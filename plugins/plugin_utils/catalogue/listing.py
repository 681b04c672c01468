# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules on the screen: all in a table, or one with everything that is known of it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._model import Catalogue, Waiver
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._nodes import near
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue.pages import CHAPTERS, limit, sources
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Rule

_WIDTH = 100
_GUTTER = 12


def of_all(catalogue: Catalogue, rules: Sequence[Rule], missing: Sequence[Rule]) -> list[str]:
    """Every rule in a line, by group; then the waivers, and what cannot be done."""
    lines = [f"The rules ({catalogue})"]
    width = max(len(rule.id) for rule in rules)
    for group, title in CHAPTERS.items():
        chapter = [rule for rule in rules if rule.group is group]
        if chapter:
            lines += ["", f"{title} ({group.name.lower()})"]
            lines += [_row(catalogue, rule, width) for rule in chapter]
    if catalogue.waivers:
        lines += ["", "Waivers"]
        lines += [f"  {_waiver_words(catalogue, waiver)}" for waiver in catalogue.waivers]
    if missing:
        lines += ["", "What cannot be done yet"]
        for rule in missing:
            lines += textwrap.wrap(f"{rule.id}: {rule.missing}", _WIDTH, initial_indent="  ", subsequent_indent="    ")
    counts = f"{len(rules)} rules, {sum(not catalogue.anywhere(rule).enabled for rule in rules)} disabled"
    lines += ["", f"{counts}, {len(catalogue.waivers)} waivers; {len(missing)} cannot be done yet"]
    elsewhere = len(catalogue.groups) + len(catalogue.devices) + len(catalogue.tunnels)
    if elsewhere:
        lines.append(
            f"Some groups, devices or tunnels have settings of their own ({elsewhere}): see {catalogue.source}"
        )
    lines.append("One rule with its reasons: -e rule=ID")
    return lines


def of_one(catalogue: Catalogue, rules: Sequence[Rule], missing: Sequence[Rule], name: str) -> list[str]:
    """All that is known of a rule, and what the catalogue says of it.

    :raises LookupError: there is no such rule; names the near ones.
    """
    undone = next((rule for rule in missing if rule.id == name), None)
    if undone is not None:
        return [undone.id, undone.title, "", *_facts([("not yet", undone.missing), ("why", undone.rationale)])]
    rule = next((rule for rule in rules if rule.id == name), None)
    if rule is None:
        raise LookupError(f"there is no rule {name!r}{near(name, [each.id for each in (*rules, *missing)])}")
    setting = catalogue.anywhere(rule)
    limits = ", ".join(f"{key} {limit(value)}" for key, value in {**rule.limits, **setting.limits}.items())
    safety = "the toolkit may do it" if rule.safe else "never done by itself"
    facts = [
        ("severity", _severity(catalogue, rule)),
        ("group", CHAPTERS[rule.group].lower()),
        ("why", rule.rationale),
        ("reads", ", ".join(rule.reads)),
        ("limits", limits),
        ("fixed by", f"{rule.fixed_by} ({safety})" if rule.fixed_by else ""),
        ("STIG", ", ".join(rule.stig)),
        ("sources", "; ".join(sources(rule))),
        ("catalogue", f"{'enabled' if setting.enabled else 'disabled'} ({catalogue})"),
        *(("waived", _waiver_words(catalogue, each)) for each in catalogue.waivers if each.rule == name),
    ]
    return [rule.id, rule.title, "", *_facts(facts)]


def plain_rule(catalogue: Catalogue, rule: Rule) -> dict[str, Any]:
    """A rule as data; ``severity`` is the worst that it gives where no group, device or tunnel says otherwise."""
    setting = catalogue.anywhere(rule)
    return {
        "id": rule.id,
        "title": rule.title,
        "group": rule.group.name.lower(),
        "severity": _worst(catalogue, rule),
        "enabled": setting.enabled,
        "limits": {**rule.limits, **setting.limits},
    }


def plain_waiver(catalogue: Catalogue, waiver: Waiver) -> dict[str, Any]:
    return {
        "rule": waiver.rule,
        "scope": waiver.scope,
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires.isoformat(),
        "expired": waiver.expired(catalogue.today),
    }


def _row(catalogue: Catalogue, rule: Rule, width: int) -> str:
    setting = catalogue.anywhere(rule)
    notes = [] if setting.enabled else ["disabled"]
    if _worst(catalogue, rule) != str(rule.severity):
        notes.append(f"by itself {rule.severity}")
    changed = {key: value for key, value in setting.limits.items() if rule.limits.get(key) != value}
    notes += [f"{key} {limit(value)} ({limit(rule.limits[key])} by itself)" for key, value in changed.items()]
    waivers = [each for each in catalogue.waivers if each.rule == rule.id]
    if waivers:
        notes.append(f"waived {len(waivers)}x")
    said = f" [{'; '.join(notes)}]" if notes else ""
    return f"  {rule.id:<{width}}  {_worst(catalogue, rule):<8}  {rule.title}{said}"


def _worst(catalogue: Catalogue, rule: Rule) -> str:
    setting = catalogue.anywhere(rule)
    severity = rule.severity if setting.severity is None else setting.severity
    return str(severity if setting.at_least is None else max(severity, setting.at_least))


def _severity(catalogue: Catalogue, rule: Rule) -> str:
    setting, worst = catalogue.anywhere(rule), _worst(catalogue, rule)
    if setting.severity is not None:
        return f"{worst} (by itself at worst {rule.severity})"
    least = f", at least {setting.at_least}" if setting.at_least is not None else ""
    return f"at worst {worst}{least}"


def _waiver_words(catalogue: Catalogue, waiver: Waiver) -> str:
    when = f"expired on {waiver.expires}" if waiver.expired(catalogue.today) else f"until {waiver.expires}"
    return f"{waiver.rule} for {waiver.scope} {when}, by {waiver.owner}: {waiver.reason}"


def _facts(facts: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, text in facts:
        if text:
            indent = " " * _GUTTER
            yield from textwrap.wrap(
                text, _WIDTH, initial_indent=f"{name:<{_GUTTER}}", subsequent_indent=indent, break_on_hyphens=False
            )
