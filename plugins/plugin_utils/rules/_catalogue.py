# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/rules.md, written from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check, Rule, load

INTRODUCTION = """# Rules

<!-- Generated from plugins/plugin_utils/rules/. To change it, change a rule. -->

What an audit asks of every tunnel. The severity is the worst that a rule gives; many give less when less is at stake.
Only the rules of the *live state* and of the *configuration match* move a tunnel's verdict.
A rule marked *practice* rests on engineering practice alone: no published page was found that says it."""

CHAPTERS = {
    Group.LIVE: "Live state",
    Group.DPD: "Dead peer detection",
    Group.MATCH: "Configuration match",
    Group.HYGIENE: "Crypto hygiene",
    Group.DATA: "Data quality",
}


def catalogue(checks: Sequence[Check] | None = None) -> str:
    """The whole page."""
    rules = [check.rule for check in (load() if checks is None else checks)]
    parts = [INTRODUCTION, *_overview(rules)]
    for group, title in CHAPTERS.items():
        parts.append(f"## {title}")
        parts.extend("\n".join(_section(rule)) for rule in rules if rule.group is group)
    return "\n\n".join(parts) + "\n"


def _overview(rules: Sequence[Rule]) -> Iterator[str]:
    rows = ["| Rule | Severity | The healthy state |", "| --- | --- | --- |"]
    for group in CHAPTERS:
        rows.extend(f"| [{r.id}](#{r.id}) | {r.severity} | {r.title} |" for r in rules if r.group is group)
    yield "\n".join(rows)


def _section(rule: Rule) -> Iterator[str]:
    yield f"### {rule.id}\n"
    yield f"**{rule.title}** ({rule.severity})\n"
    yield f"{rule.rationale}\n"
    yield f"- Reads: {', '.join(f'`{command}`' for command in rule.reads)}"
    if rule.fixed_by:
        yield f"- Fixed by: {rule.fixed_by}{' (the toolkit may)' if rule.safe else ''}"
    if rule.stig:
        yield f"- Cisco ASA VPN STIG: {', '.join(rule.stig)}"
    sources = [*rule.sources, *(["practice"] if rule.practice or not rule.sources else [])]
    yield f"- Sources: {'; '.join(sources)}"
