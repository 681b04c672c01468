# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages about the rules, written from the rules themselves: one of all, and one of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit

INTRODUCTION = """# Rules

<!-- Generated from plugins/plugin_utils/rules/. To change it, change a rule. -->

What an audit asks of every tunnel. The severity is the worst that a rule gives; many give less when less is at stake.
Only the rules of the *live state* and of the *configuration match* move a tunnel's verdict. A site may change, waive
and add rules: [the catalogue](catalogue.md). On the screen: `ansible-playbook playbooks/rules.yml`."""

CHAPTERS = {
    Group.LIVE: "Live state",
    Group.DPD: "Dead peer detection",
    Group.MATCH: "Configuration match",
    Group.HYGIENE: "Crypto hygiene",
    Group.DATA: "Data quality",
    Group.SITE: "Rules of this site",
}


def overview(rules: Sequence[Rule], missing: Sequence[Rule]) -> str:
    """The page of all rules, with those that cannot be done and why."""
    counted = f"{len(rules)} rules" + (f", and {len(missing)} that cannot be done yet" if missing else "")
    parts = [INTRODUCTION, f"{counted}."]
    for group, title in CHAPTERS.items():
        rows = [f"| [{r.id}](rules/{r.id}.md) | {r.severity} | {r.title} |" for r in rules if r.group is group]
        if rows:
            head = ["| Rule | Severity | The healthy state |", "| --- | --- | --- |"]
            parts += [f"## {title}", "\n".join([*head, *rows])]
    if missing:
        rows = [f"| {rule.id} | {rule.title} | {rule.missing} |" for rule in missing]
        head = ["| Rule | The healthy state | Why not yet |", "| --- | --- | --- |"]
        parts += ["## What cannot be done yet", "\n".join([*head, *rows])]
    return "\n\n".join(parts) + "\n"


def page(rule: Rule, example: str = "") -> str:
    """All that is known of one rule. ``example`` is a message of it."""
    return "\n\n".join(_parts(rule, example)) + "\n"


def generated(rules: Sequence[Rule], missing: Sequence[Rule], examples: Mapping[str, str]) -> dict[str, str]:
    """Every page by its path below the folder of the documentation."""
    note = "<!-- Generated from plugins/plugin_utils/rules/{file}.py. To change it, change the rule. -->"
    pages = {"rules.md": overview(rules, missing)}
    for rule in rules:
        head, _, rest = page(rule, examples.get(rule.id, "")).partition("\n\n")
        written = note.format(file=rule.id.replace("-", "_"))
        pages[f"rules/{rule.id}.md"] = f"{head}\n\n{written}\n\n{rest}\n[All rules](../rules.md)\n"
    return pages


def sources(rule: Rule) -> tuple[str, ...]:
    practice = rule.practice or not rule.sources
    return (*rule.sources, *(["from engineering practice"] if practice else []))


def _parts(rule: Rule, example: str) -> Iterator[str]:
    yield f"# {rule.id}"
    yield f"**{rule.title}**"
    yield f"At worst {rule.severity}; {CHAPTERS[rule.group].lower()}."
    yield rule.rationale
    if example:
        yield f"When it fails it says, for example:\n\n```text\n{example}\n```"
    if rule.limits:
        rows = [f"| `{name}` | {limit(value)} |" for name, value in rule.limits.items()]
        yield "\n".join(["| Limit | Default |", "| --- | --- |", *rows])
    facts = []
    if rule.reads:
        facts.append(f"- Reads: {', '.join(f'`{command}`' for command in rule.reads)}")
    if rule.fixed_by:
        safety = "the toolkit may do it" if rule.safe else "never done by itself"
        facts.append(f"- Fixed by: {rule.fixed_by} ({safety})")
    if rule.stig:
        facts.append(f"- Cisco ASA VPN STIG: {', '.join(rule.stig)}")
    facts.append(f"- Sources: {'; '.join(sources(rule))}")
    yield "\n".join(facts)


def limit(value: Limit) -> str:
    """A limit as it is typed in a catalogue."""
    return str(value).lower() if isinstance(value, bool) else str(value)
