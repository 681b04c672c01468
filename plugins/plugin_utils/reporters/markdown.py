# SPDX-License-Identifier: GPL-3.0-or-later
"""``report.md``: the report for a ticket or a chat."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _strip
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import is_clear

FILENAME = "report.md"

# An underscore inside a word (outside_map) is no emphasis, and escaping it spoils the text for a reader in a chat.
_MARKUP = re.compile(r"[\\`*\[\]<>|#~]|(?<!\w)_|_(?!\w)")
_MARKS = {"broken": "✖", "unknown": "?", "degraded": "!", "healthy": "✔"}


def render(document: Mapping[str, Any]) -> str:
    """Headings, one picture of each tunnel that is not healthy, and its fixes as code."""
    return "\n".join(_lines(document)).rstrip("\n") + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    run = document["run"]
    yield f"# tunnelmend {_plain(run['kind'])}: {words.headline(document)}"
    yield ""
    yield f"Run `{_code(run['id'])}`, finished {_plain(run['finished'])}"
    yield ""
    for number, told in enumerate(words.offline(document)):
        yield f"{'- ' if number else 'Offline: '}{_plain(told)}"
    if run["collected_from"]:
        yield ""
    if run["outcome"]:
        yield f"**{_plain(run['outcome'])}** {_plain(run['outcome_text'])}".rstrip()
        yield ""
    yield from _problems(document)
    yield from _plan(document["plan"])
    yield from _done(document)
    yield from _proof(document["proof"])
    yield from _steps(document["next"])
    if len(document["tunnels"]) > 1:
        yield "| Tunnel | Verdict | Cause |"
        yield "| --- | --- | --- |"
        for tunnel in document["tunnels"]:
            yield f"| {_plain(tunnel['name'])} | {_verdict(tunnel)} | {_plain(tunnel['cause'])} |"
        yield ""
    if document["gone"]:
        gone = _plain(", ".join(document["gone"]))
        yield f"Judged in `{_code(document['compared_with'])}`, and not found now: {gone}"
        yield ""
    earlier = {tunnel["name"]: tunnel for tunnel in document["before"]}
    for tunnel in document["tunnels"]:
        yield from _tunnel(tunnel, earlier.get(tunnel["name"]), not document["next"])


def _problems(document: Mapping[str, Any]) -> Iterator[str]:
    unread = [device for device in document["devices"] if not device["readable"]]
    told = [f"**{_plain(device['name'])} was not read:** {_plain(words.problems(device))}" for device in unread]
    told += [_plain(problem) for problem in document["problems"]]
    for each in told:
        yield f"- {each}"
    if told:
        yield ""


def _plan(plan: Mapping[str, Any] | None) -> Iterator[str]:
    if plan is None:
        return
    yield "**Plan**"
    yield ""
    steps = [
        *((end["device"], [*end["commands"], *end["ike_commands"]], end["reason"]) for end in plan["ends"]),
        *((step["device"], step["commands"], "traffic, so that new SAs are made") for step in plan["stimulus"]),
    ]
    for number, (device, sent, why) in enumerate(steps, 1):
        yield f"{number}. {_plain(device)}: `{_code('; '.join(sent))}` ({_plain(why)})"
    yield ""
    told = {
        "Left alone": plan["left_alone"],
        "Interrupts": plan["interrupts"],
        "Proof": plan["proof"],
        "On failure": plan["on_failure"],
        "To stop it": plan["stop"],
    }
    yield from (f"- {label}: {_plain(text)}" for label, text in told.items() if text)
    yield from (f"- Know: {_plain(text)}" for text in plan["notes"])
    yield ""


def _done(document: Mapping[str, Any]) -> Iterator[str]:
    """What was typed and read, on one time line; the ends' logs are in timeline.json and in the page."""
    strip = _strip.strip(document["timeline"])
    if strip is None or not any(row["kind"] == "command" for row in strip["now"]):
        yield from _actions(document)
        return
    yield f"| {strip['head']} | {' | '.join(map(_plain, strip['ends']))} |"
    yield f"| ---: |{' --- |' * len(strip['ends'])}"
    for row in strip["now"]:
        if row["kind"] == "log":
            continue
        said = f"`{_code(row['said'][0])}`" if row["kind"] == "command" else _plain(row["said"][0])
        said += f" {_plain(row['result'])}" if row["result"] else ""
        said += f" (×{row['times']})" if row["times"] > 1 else ""
        cells = [said if (row["side"] or 0) == place else "" for place in range(len(strip["ends"]))]
        yield f"| {row['when']} | {' | '.join(cells)} |"
    yield ""


def _proof(proof: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in proof:
        mark = {True: "✔", False: "✖", None: "?"}[each["held"]]
        yield f"- {mark} {_plain(each['name'])}: {_plain(each['value'])}"
    yield from [""] if proof else []


def _steps(steps: Sequence[str]) -> Iterator[str]:
    for text in steps:
        lead, command = words.advice(text)
        yield f"**Next:** {' '.join(filter(None, (_plain(lead), f'`{_code(command)}`' if command else '')))}"
        yield ""


def _actions(document: Mapping[str, Any]) -> Iterator[str]:
    if not document["actions"]:
        return
    yield "| Time (UTC) | Device | Sent | Answer |"
    yield "| --- | --- | --- | --- |"
    for action in document["actions"]:
        cells = (_plain(action["device"]), f"`{_code(action['command'])}`", _plain(action["result"]))
        yield f"| {action['time'][11:-1]} | {' | '.join(cells)} |"
    yield ""


def _tunnel(tunnel: Mapping[str, Any], before: Mapping[str, Any] | None, advise: bool) -> Iterator[str]:
    was = f" (was {before['verdict']})" if before else ""
    yield f"## {_plain(tunnel['name'])}: {_verdict(tunnel)}{was}"
    yield ""
    if tunnel["cause"]:
        yield _plain(tunnel["cause"])
        yield ""
    for label, each in (("Before", before), ("After" if before else "", tunnel)):
        if each and each["arrows"]:
            yield from filter(None, (label and f"{label}:", ""))
            yield from (_arrow(arrow) for arrow in each["arrows"])
            yield ""
    for label, hints in (("Ruled out", tunnel["ruled_out"]), ("It may come back", tunnel["recurrence"])):
        if hints:
            yield f"**{label}:** {_plain('; '.join(hints))}"
            yield ""
    if since := words.changed(tunnel):
        yield f"**Since the audit before** ({words.before(tunnel)}): {_plain(since)}"
        yield ""
    for finding in [*words.failing(tunnel), *words.undecided(tunnel)]:
        tag = finding["severity"] if finding["outcome"] == "fail" else finding["outcome"]
        yield f"- **{tag}** `{_code(finding['rule'])}` {_plain(finding['message'])}"
        for fix in finding["fix"]:
            yield from _fix(fix)
    if tunnel["findings"]:
        outcomes: dict[str, int] = {}
        for finding in tunnel["findings"]:
            outcomes[finding["outcome"]] = outcomes.get(finding["outcome"], 0) + 1
        yield f"- {words.tally(outcomes, words.OUTCOMES)}"
        yield ""
    if advise and tunnel["next_action"]:
        lead, command = words.advice(tunnel["next_action"])
        parts = (_plain(lead), f"`{_code(command)}`" if command else "")
        yield f"**Next:** {' '.join(filter(None, parts))}"
        yield ""


def _arrow(arrow: Mapping[str, Any]) -> str:
    mark = {True: "✔", False: "✖", None: "?"}[arrow["accepted"]]
    spi = f" on `{arrow['spi']}`" if arrow["spi"] else ""
    moved = f" ({words.traffic(arrow)})" if words.traffic(arrow) else ""
    return f"- {mark} {_plain(arrow['from'])} → {_plain(arrow['to'])}{spi}: {_plain(arrow['why'])}{moved}"


def _fix(fix: Mapping[str, Any]) -> Iterator[str]:
    if fix["lines"][:1] and is_clear(fix["lines"][0]):
        sent = _code("; ".join(fix["lines"]))
        yield f"  - on {_plain(fix['device'])}, not for pasting: the remediation sends `{sent}` at the right moment"
        return
    note = f": {_plain(fix['note'])}" if fix["note"] else ""
    yield f"  - on {_plain(fix['device'])}{note}"
    yield ""
    # Indented code cannot be closed from inside, as a fence could be by a line of backticks.
    yield from (f"          {words.clean(line)}" for line in fix["lines"])
    yield ""


def _verdict(tunnel: Mapping[str, Any]) -> str:
    return f"{_MARKS[tunnel['verdict']]} **{tunnel['verdict']}**"


def _plain(text: str) -> str:
    return _MARKUP.sub(lambda match: f"\\{match[0]}", words.one_line(text)).replace("\\<", "&lt;")


def _code(text: str) -> str:
    # A code span has no escapes; in a table a bar would still end the cell.
    return words.one_line(text).replace("`", "'").replace("|", "\\|")
