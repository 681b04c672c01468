# SPDX-License-Identifier: GPL-3.0-or-later
"""``gate.md``: the comment on a merge request. What fails comes first, with what to change; what passes is one line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "gate.md"
ROWS, SECTIONS, FINDINGS = 25, 10, 5

_MARKUP = re.compile(r"[\\`*\[\]<>|#~]|(?<!\w)_|_(?!\w)")
_MARKS = {"pass": "✔", "fail": "✖", "as_before": "!", "unverifiable": "?", "not_tried": "·"}


def render(told: Mapping[str, Any]) -> str:
    return "\n".join(_lines(told)).rstrip("\n") + "\n"


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {'✔ Gate passed' if told['passed'] else '✖ Gate failed'}: {_plain(told['headline'])}"
    yield ""
    yield from _list(_plain(each) for each in told["problems"])
    yield from _table(told)
    bad = [each for each in told["tunnels"] if each["result"] == "fail"]
    worse = [each for each in told["audits"] if each["result"] == "fail"]
    sections = [*dict.fromkeys([each["audit"] or each["name"] for each in bad] + [each["tunnel"] for each in worse])]
    for name in sections[:SECTIONS]:
        tunnels = [each for each in bad if (each["audit"] or each["name"]) == name]
        yield from _section(name, tunnels, next((each for each in told["audits"] if each["tunnel"] == name), None))
    if len(sections) > SECTIONS:
        yield f"{len(sections) - SECTIONS} more stand in gate.json."
        yield ""
    yield from _quiet(told, sections)
    yield from _notes(told)


def _table(told: Mapping[str, Any]) -> Iterator[str]:
    """Every tunnel that fails or is as bad as before, and some that pass."""
    order = ("fail", "as_before", "unverifiable", "not_tried", "pass")
    tunnels = sorted(told["tunnels"], key=lambda each: order.index(each["result"]))
    if not tunnels:
        return
    yield "| Tunnel | Before | After | Outage |"
    yield "| --- | --- | --- | --- |"
    for each in tunnels[:ROWS]:
        then, now = ("; ".join(_states(each, side)) for side in ("before", "after"))
        outage = next((check["after"] for check in each["checks"] if check["id"] == "outage"), "-")
        yield f"| {_MARKS[each['result']]} {_plain(each['name'])} | {then} | {now} | {_plain(outage)} |"
    yield ""
    if len(tunnels) > ROWS:
        yield f"{len(tunnels) - ROWS} more stand in gate.json."
        yield ""


def _states(tunnel: Mapping[str, Any], side: str) -> list[str]:
    """What a tunnel does, in the words of the checks that fail; one word where it does all that it should."""
    troubled = [each for each in tunnel["checks"] if each["result"] in ("fail", "as_before") and each["id"] != "outage"]
    if not troubled:
        there = [each for each in tunnel["checks"] if each["id"] in ("up", "there")]
        if all(each[side] == "-" for each in there):
            return ["not there"]
        return [_plain(there[0][side])] if there and there[0]["id"] == "there" else ["works"]
    return [f"{_plain(each['title'])}: {_plain(each[side])}" for each in troubled[:3]]


def _section(name: str, tunnels: list[Mapping[str, Any]], audit: Mapping[str, Any] | None) -> Iterator[str]:
    yield f"### {_plain(name)}"
    yield ""
    told: list[str] = []
    for tunnel in tunnels:
        where = f"{' to '.join(tunnel['networks'])}: " if tunnel["name"] != name and len(tunnels) > 1 else ""
        for check in (each for each in tunnel["checks"] if each["result"] == "fail"):
            told.append(f"{_plain(where)}**{_plain(check['title'])}**: {_plain(check['why'])}")
            told += [f"    `{_code(line)}`" for line in check["evidence"]]
    seen: dict[str, None] = {}
    for line in told:
        seen.setdefault(line)
    for line in seen:
        yield f"  - {line.strip()}" if line.startswith("    ") else f"- {line}"
    if audit is not None:
        yield from _audit(audit)
    yield ""


def _audit(audit: Mapping[str, Any]) -> Iterator[str]:
    if audit["why"] or audit["new"]:
        cause = f"; {audit['cause']}" if audit["cause"] and audit["why"] else ""
        then, now = audit["before"] or "not there", audit["after"] or "gone"
        yield f"- **the audit**: {_plain(then)} → {_plain(now)}{_plain(cause)}"
    for finding in audit["new"][:FINDINGS]:
        yield f"  - {finding['severity']} `{_code(finding['rule'])}` {_plain(_short(audit, finding))}"
    if len(audit["new"]) > FINDINGS:
        yield f"  - {counted(len(audit['new']) - FINDINGS, 'more finding')} in gate.json"
    fixes = list(
        {fix["device"] + "".join(fix["lines"]): fix for f in audit["new"] for fix in f["fix"] if fix["lines"]}.values()
    )
    if not fixes:
        return
    yield ""
    yield "To change:"
    yield ""
    for fix in fixes[:FINDINGS]:
        yield from (f"    {words.clean(line)}" for line in (f"! {fix['device']}", *fix["lines"]))


def _short(audit: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    return words.message({"name": audit["tunnel"]}, finding)


def _quiet(told: Mapping[str, Any], shown: list[str]) -> Iterator[str]:
    """Findings that are new and fail nothing, and those that are gone."""
    lines = []
    for each in told["audits"]:
        if each["tunnel"] in shown:
            continue
        new = [f"`{_code(found['rule'])}` ({found['severity']})" for found in each["new"]]
        gone = [f"`{_code(rule)}`" for rule in each["cleared"]]
        parts = [f"{word}: {', '.join(rules)}" for word, rules in (("new", new), ("gone", gone)) if rules]
        if parts:
            lines.append(f"{_plain(each['tunnel'])}: {'; '.join(parts)}")
    if lines:
        yield "**Findings of the audit**"
        yield ""
        yield from _list(lines[:ROWS])


def _notes(told: Mapping[str, Any]) -> Iterator[str]:
    hidden = [each["name"] for each in told["tunnels"] if _unverifiable(each, "key")]
    notes = []
    if hidden:
        notes.append(f"keys not compared, both ends got a stand-in: {_plain(words.first_of(hidden, 5))}")
    rekeys = [(each["name"], why) for each in told["tunnels"] for why in _unverifiable(each, "rekey")]
    notes += [f"{_plain(name)}: fewer than two rekeys; {_plain(why)}" for name, why in rekeys[:FINDINGS]]
    notes += [_plain(each) for each in told["notes"]]
    if told["untried"]:
        notes.append(f"nothing changed for {_plain(words.first_of(told['untried'], 5))}: not tried")
    if notes:
        yield "<details><summary>Notes</summary>"
        yield ""
        yield from _list(notes)
        yield "</details>"


def _unverifiable(tunnel: Mapping[str, Any], check: str) -> list[str]:
    return [each["why"] for each in tunnel["checks"] if each["id"] == check and each["result"] == "unverifiable"]


def _list(texts: Any) -> Iterator[str]:
    some = False
    for text in texts:
        some = True
        yield f"- {text}"
    if some:
        yield ""


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda match: f"\\{match[0]}", words.one_line(text)).replace("\\<", "&lt;")


def _code(text: str) -> str:
    return words.one_line(text).replace("`", "'").replace("|", "\\|")
