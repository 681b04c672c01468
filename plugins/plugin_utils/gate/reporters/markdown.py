# SPDX-License-Identifier: GPL-3.0-or-later
"""``gate.md``: the comment on a merge request. What fails comes first, with what to change; what passes is one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "gate.md"
ROWS, SECTIONS, FINDINGS, LINES, LENGTH, NETWORKS = 25, 10, 5, 40, 500, 3

_MARKUP = re.compile(r"[\\`*\[\]<>|#~]|(?<!\w)_|_(?!\w)")
_MARKS = {"pass": "✔", "fail": "✖", "as_before": "!", "unverifiable": "?", "not_tried": "·"}


def render(told: Mapping[str, Any]) -> str:
    return "\n".join(_lines(told)).rstrip("\n") + "\n"


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {'✔ Gate passed' if told['passed'] else '✖ Gate failed'}: {_plain(told['headline'])}"
    yield ""
    yield from _list(_some(_plain(each) for each in (*told["problems"], *told["to_see"])))
    yield from _table(told)
    bad = [each for each in told["tunnels"] if each["result"] == "fail"]
    worse = [each for each in told["audits"] if each["result"] == "fail"]
    sections = [*dict.fromkeys([each["audit"] or each["name"] for each in bad] + [each["tunnel"] for each in worse])]
    for name in sections[:SECTIONS]:
        tunnels = [each for each in bad if (each["audit"] or each["name"]) == name]
        audit = next((each for each in told["audits"] if each["tunnel"] == name), None)
        foreign = {device for device, each in told["devices"].items() if each["declared"]}
        several = Counter(tuple(each["ends"]) for each in told["tunnels"])
        yield from _section(name, tunnels, audit, foreign, several)
    if len(sections) > SECTIONS:
        yield f"{len(sections) - SECTIONS} more stand in gate.json."
        yield ""
    if sections:
        yield from _changed(told)
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
        outage = next((check["after"] for check in each["checks"] if check["id"] == "outage"), "-")
        name = f"{_MARKS[each['result']]} {_plain(each['name'])}"
        yield f"| {name} | {_plain(each['was'])} | {_now(each)} | {_plain(outage)} |"
    yield ""
    if len(tunnels) > ROWS:
        yield f"{len(tunnels) - ROWS} more stand in gate.json."
        yield ""


def _now(tunnel: Mapping[str, Any]) -> str:
    return f"**{_plain(tunnel['now'])}**" if tunnel["result"] == "fail" else _plain(tunnel["now"])


def _section(
    name: str, tunnels: list[Mapping[str, Any]], audit: Mapping[str, Any] | None, foreign: Collection[str],
    several: Mapping[tuple[str, ...], int],
) -> Iterator[str]:  # fmt: skip
    yield f"### {_plain(name)}"
    yield ""
    # What fails from either end, or for every network, for one reason is told once.
    told: dict[str, list[Mapping[str, Any]]] = {}
    whose: dict[str, dict[str, None]] = {}
    for tunnel in tunnels:
        for check in (each for each in tunnel["checks"] if each["result"] == "fail"):
            told.setdefault(check["why"], []).append(check)
            if several[tuple(tunnel["ends"])] > 1:
                whose.setdefault(check["why"], {})[_protects(tunnel)] = None
    for why, found in told.items():
        networks = f" ({_plain(words.first_of([*whose[why]], NETWORKS))})" if why in whose else ""
        yield f"- **{_plain(_what(found))}**{networks}: {_plain(why)}"
        yield from (f"  - `{_code(line)}`" for line in found[0]["evidence"])
    if audit is not None:
        yield from _audit(audit, foreign)
    yield ""


def _protects(tunnel: Mapping[str, Any]) -> str:
    return " to ".join(tunnel["networks"]) + (f", {tunnel['service']}" if tunnel["service"] else "")


def _audit(audit: Mapping[str, Any], foreign: Collection[str]) -> Iterator[str]:
    if audit["why"] or audit["new"]:
        # The cause is mostly the first finding with its reason, which the rule's page has.
        known = any(_short(audit, finding) in audit["cause"] for finding in audit["new"])
        cause = f"; {audit['cause']}" if audit["before"] != audit["after"] and not known else ""
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
    yield "To mend it, unless the change is taken back:"
    yield ""
    for fix in fixes[:FINDINGS]:
        whose = ", which is not ours: ask for it" if fix["device"] in foreign else ""
        yield from (f"    {words.clean(line)}" for line in (f"! {fix['device']}{whose}", *fix["lines"]))


def _what(found: list[Mapping[str, Any]]) -> str:
    titles = list(dict.fromkeys(check["fails"] for check in found))
    return "does not come up" if len(titles) > 1 and {each["id"] for each in found} == {"up"} else "; ".join(titles)


def _changed(told: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the change, as they were typed."""
    if not told["changes"]:
        return
    yield "<details><summary>The change, as it was typed</summary>"
    yield ""
    device = ""
    for each in told["changes"][:LINES]:
        if each["device"] != device:
            device = each["device"]
            yield f"    ! {words.clean(device)}"
        yield f"    {words.clean(each['line'])}"
    if len(told["changes"]) > LINES:
        yield f"    ! {len(told['changes']) - LINES} more in gate.json"
    yield ""
    yield "</details>"
    yield ""


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
        yield from _list(_some(notes))
        yield "</details>"


def _unverifiable(tunnel: Mapping[str, Any], check: str) -> list[str]:
    return [each["why"] for each in tunnel["checks"] if each["id"] == check and each["result"] == "unverifiable"]


def _some(texts: Iterable[str]) -> Iterator[str]:
    """As many as a comment holds, of which a forge takes no more than 65,536 characters."""
    every = list(texts)
    # A backslash at the end would escape what follows.
    yield from (text if len(text) <= LENGTH else text[:LENGTH].rstrip("\\") + "…" for text in every[:ROWS])
    if len(every) > ROWS:
        yield f"{len(every) - ROWS} more stand in gate.json"


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
