# SPDX-License-Identifier: GPL-3.0-or-later
"""``report.txt``: what a person reads at 3 a.m. on a plain terminal.

Plain ASCII of our own, no line wider than asked, worst first. Colour only repeats what a word already says.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "report.txt"

# From here on a healthy tunnel that nothing serious fails is a name in a list, so that the broken ones stay in sight.
FEW = 3
# A device that could not be read leaves every rule unknown, for one and the same reason.
UNDECIDED_SHOWN = 3
# When nothing can be read at all, it is for one reason too.
# What stands before the command that adds a host key; see ssh.py.
ENROL = "enrol it with: "
UNREAD_SHOWN = 10
# Findings of one rule that are told each. The report has them all.
FINDINGS_SHOWN = 3
# What can wait for daylight is a list of names, as are all warnings: the first line must not leave the screen.
FOR_DAYLIGHT = "crypto hygiene"
NAMES_SHOWN = 8

_TONES = {"broken": "bad", "unknown": "warn", "degraded": "warn", "healthy": "good"}
_ANSI = {"bad": "\x1b[1;31m", "warn": "\x1b[1;33m", "good": "\x1b[32m"}
_RESET = "\x1b[0m"
_GUTTER = 10


@dataclass(frozen=True)
class Line:
    """One line of the screen; ``tone`` is ``bad``, ``warn``, ``good`` or nothing."""

    text: str
    tone: str = ""


def render(document: Mapping[str, Any], width: int = 100, colour: bool = False, path: str = "") -> str:
    return "".join(_painted(line, colour) + "\n" for line in lines(document, width, path))


def lines(document: Mapping[str, Any], width: int = 100, path: str = "") -> Iterator[Line]:
    """The table line by line. ``path`` is where the whole report can be read."""
    width = max(width, 40)
    rule = Line("-" * width)
    run = document["run"]
    yield rule
    yield Line(words.one_line(f"tunnelmend {run['kind']} {run['finished'][:19]}Z")[:width])
    yield from (Line(piece) for piece in textwrap.wrap(words.headline(document), width))
    yield rule
    for number, told in enumerate(words.offline(document)):
        yield from _wrapped("" if number else "OFFLINE", told, width)
    yield from _unread(document, width)
    yield from _mended(document, width)
    earlier = {tunnel["name"]: words.before(tunnel) for tunnel in document["tunnels"]}
    earlier |= {tunnel["name"]: tunnel["verdict"] for tunnel in document["before"]}
    quiet = [tunnel for tunnel in document["tunnels"] if _quiet(tunnel)] if len(document["tunnels"]) > FEW else []
    for tunnel in document["tunnels"]:
        if tunnel not in quiet:
            yield from _tunnel(tunnel, document["rules"], earlier.get(tunnel["name"]), width, document["next"])
            yield Line("")
    if not document["tunnels"]:
        for text in document["next"]:
            yield from _next(words.one_line(text), width)
    if document["gone"]:
        gone = f"{', '.join(document['gone'])}: judged in {document['compared_with']}, and not found now"
        yield from _wrapped("GONE", gone, width, "warn")
    if quiet:
        yield from _wrapped("HEALTHY", ", ".join(_name(tunnel) for tunnel in quiet), width, "good")
    yield rule
    if path:
        # Never wrapped: a path that is cut cannot be copied.
        yield Line(f"Report: {words.one_line(path)}")


def _unread(document: Mapping[str, Any], width: int) -> Iterator[Line]:
    unread = [device for device in document["devices"] if not device["readable"]]
    for device in unread[:UNREAD_SHOWN]:
        why, enrol, command = (words.problems(device) or "nothing came back").partition(ENROL)
        yield from _wrapped("NOT READ", f"{device['name']}: {why}{enrol}", width, "bad")
        if command:
            # Never wrapped: a key that is cut would be enrolled wrong.
            yield Line(f"{'':<{_GUTTER}} {words.one_line(command)}", "bad")
    if len(unread) > UNREAD_SHOWN:
        yield from _wrapped("NOT READ", f"{len(unread) - UNREAD_SHOWN} more devices", width, "bad")
    for device in document["devices"]:
        if device["readable"] and device["problems"]:
            yield from _wrapped("PARTLY", f"{device['name']}: {words.problems(device)}", width, "warn")
    for problem in document["problems"]:
        yield from _wrapped("PROBLEM", problem, width, "warn")
    if not document["tunnels"] and not document["problems"]:
        yield from _wrapped("UNKNOWN", "no tunnel was judged", width, "bad")
    if unread or document["problems"]:
        yield Line("")


def _mended(document: Mapping[str, Any], width: int) -> Iterator[Line]:
    run = document["run"]
    sent = [action for action in document["actions"] if not action["command"].startswith("show ")]
    if run["outcome"]:
        tone = "good" if run["outcome"] == "healed" else "warn"
        outcome = f"{run['outcome']}: {run['outcome_text']}" if run["outcome_text"] else run["outcome"]
        yield from _wrapped("OUTCOME", outcome, width, tone)
    times = Counter((action["device"], action["command"], action["result"]) for action in sent)
    for action in sent:
        # Traffic is made again and again until the proof is complete.
        again = times.pop((action["device"], action["command"], action["result"]), 0)
        if not again:
            continue
        answer = f"  ({action['result']})" if action["result"] else ""
        answer += f"  x{again}" if again > 1 else ""
        # In UTC, as the heading; what went over the screen meanwhile has the clock of the place.
        yield from _wrapped(f"{action['time'][11:19]}Z", f"{action['device']}: {action['command']}{answer}", width)
    if run["outcome"] or sent:
        yield Line("")


def _quiet(tunnel: Mapping[str, Any]) -> bool:
    serious = any(finding["severity"] in ("critical", "error") for finding in words.failing(tunnel))
    return tunnel["verdict"] == "healthy" and not serious


def _name(tunnel: Mapping[str, Any]) -> str:
    warnings = len(words.failing(tunnel))
    return f"{tunnel['name']} ({counted(warnings, 'warning')})" if warnings else str(tunnel["name"])


def _tunnel(
    tunnel: Mapping[str, Any], rules: Mapping[str, Any], before: str | None, width: int, steps: Sequence[str]
) -> Iterator[Line]:
    changed = before not in (None, tunnel["verdict"])
    was = f"  (was {before})" if changed else ""
    yield from _wrapped(tunnel["verdict"].upper(), f"{tunnel['name']}{was}", width, _TONES[tunnel["verdict"]])
    yield from _wrapped("", tunnel["cause"], width)
    yield from _told("since", words.changed(tunnel, NAMES_SHOWN), width)
    if tunnel["verdict"] != "healthy" or changed:
        yield from _picture(tunnel, width)
    if tunnel["verdict"] == "healthy" and any(each["severity"] != "info" for each in words.failing(tunnel)):
        yield from _wrapped("", "It works now. What may break it, or is weak:", width)
    yield from _failing(tunnel, rules, width)
    yield from _undecided(tunnel, width)
    # Why it is not that stands in the report.
    yield from _told("ruled out", ", ".join(each.partition(":")[0] for each in tunnel["ruled_out"]), width)
    for hint in tunnel["recurrence"]:
        yield from _wrapped("again", hint, width, "warn")
    # What a run that acts says of the next step was said with its end in mind.
    for text in steps or [tunnel["next_action"]]:
        yield from _next(words.one_line(text), width)


def now(tunnel: Mapping[str, Any], width: int) -> Iterator[Line]:
    """A tunnel before anything is done to it: its verdict, the cause and the arrows."""
    yield from _wrapped(tunnel["verdict"].upper(), tunnel["name"], width, _TONES[tunnel["verdict"]])
    yield from _wrapped("", tunnel["cause"], width)
    yield from _picture(tunnel, width)


def _failing(tunnel: Mapping[str, Any], rules: Mapping[str, Any], width: int) -> Iterator[Line]:
    alike: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    named: dict[str, dict[str, None]] = {}
    for finding in words.failing(tunnel):
        severity, rule = finding["severity"], finding["rule"]
        later = severity == "warning" or rules.get(rule, {}).get("group") == FOR_DAYLIGHT
        if severity != "info" and later and rule != tunnel["cause_rule"]:
            named.setdefault(severity, {})[rule] = None
        elif severity != "info":
            alike.setdefault((severity, rule), []).append(finding)
    for (severity, rule), findings in alike.items():
        shown = findings[:FINDINGS_SHOWN]
        for finding in shown:
            last = finding is shown[-1] and len(findings) > len(shown)
            more = f" [{len(findings) - len(shown)} more like it in the report]" if last else ""
            text = f"{rule}: {words.message(tunnel, finding)}{more}"
            yield from _wrapped(severity, text, width, "warn" if severity == "warning" else "bad")
    for severity, names in named.items():
        yield from _wrapped(severity, words.first_of([*names], NAMES_SHOWN), width, "warn")


def _undecided(tunnel: Mapping[str, Any], width: int) -> Iterator[Line]:
    """What could not be judged, and how many findings are not told; what only repeats the cause is counted.

    It is told where it is why nothing is known; beside a verdict it is counted.
    """
    undecided = words.undecided(tunnel)
    other = [each for each in undecided if not tunnel["cause"] or not each["message"].endswith(tunnel["cause"])]
    shown = other[:UNDECIDED_SHOWN] if tunnel["verdict"] == "unknown" else []
    for finding in shown:
        yield from _wrapped(finding["outcome"], f"{finding['rule']}: {words.message(tunnel, finding)}", width, "warn")
    hidden = len(undecided) - len(shown)
    why = "more undecided" if shown else "undecided" if other else "undecided for that reason"
    yield from _wrapped("", ", ".join([*([f"{hidden} {why}"] if hidden else []), *_rest(tunnel)]), width)


def _picture(tunnel: Mapping[str, Any], width: int) -> Iterator[Line]:
    if all(arrow["accepted"] is None for arrow in tunnel["arrows"]):
        # The cause has said why nothing is known; drawing it adds no knowledge.
        return
    names = [words.one_line(arrow[side]) for arrow in tunnel["arrows"] for side in ("from", "to")]
    longest = min(max(map(len, names), default=0), width // 5)
    for arrow in tunnel["arrows"]:
        spi = f"{arrow['spi'] or '':-^10}"
        drawn = {True: f"--{spi}--->", False: f"--{spi}--X ", None: f"--{spi}--? "}[arrow["accepted"]]
        moved = f" ({words.traffic(arrow)})" if words.traffic(arrow) else ""
        lost = words.lost(arrow)
        # An arrow that arrives says by itself who has its SPI.
        accepted = f"accepted{', yet nothing arrives' if lost else ''}{moved}"
        why = accepted if arrow["accepted"] else arrow["why"]
        ends = f"{words.one_line(arrow['from']):<{longest}} {drawn} {words.one_line(arrow['to']):<{longest}}  "
        tone = "bad" if lost else {True: "good", False: "bad", None: "warn"}[arrow["accepted"]]
        yield from _wrapped("", why, width, tone, lead=ends)


def _rest(tunnel: Mapping[str, Any]) -> list[str]:
    """How many findings stand in the report alone."""
    outcomes = Counter(finding["outcome"] for finding in tunnel["findings"])
    for outcome in ("fail", "unknown", "transient", "not_applicable"):
        del outcomes[outcome]
    remarks = sum(finding["severity"] == "info" for finding in words.failing(tunnel))
    told = [counted(remarks, "remark")] if remarks else []
    return [*told, *filter(None, [words.tally(outcomes, words.OUTCOMES)])]


def _next(text: str, width: int) -> Iterator[Line]:
    lead, command = words.advice(text)
    yield from _wrapped("next", lead, width) if lead else ()
    # A command is folded as a shell folds it and never within a word, so that it can be pasted as it stands.
    room = width - _GUTTER - 3
    folded = textwrap.wrap(command, room, break_long_words=False, break_on_hyphens=False)
    for number, piece in enumerate(folded, 1):
        label = "next" if number == 1 and not lead else ""
        yield Line(f"{label:<{_GUTTER}} {piece}" + (" \\" if number < len(folded) else ""))


def _told(label: str, text: str, width: int) -> Iterator[Line]:
    """A line that is left out when there is nothing to say."""
    return _wrapped(label, text, width) if text else iter(())


def _wrapped(label: str, text: str, width: int, tone: str = "", lead: str = "") -> Iterator[Line]:
    """The text beside its label, in as many lines as it takes, each indented under where it began."""
    text, label = words.one_line(text), words.one_line(label)[:_GUTTER]
    if not text and not label:
        return
    room = width - _GUTTER - 1
    # Where the lead leaves no room, the text goes on below it.
    hang = len(lead) if len(lead) <= room // 2 + 6 else 4
    lead = words.clean(lead)
    folded = textwrap.wrap(
        text, room, initial_indent=lead, subsequent_indent=" " * hang, break_on_hyphens=False, drop_whitespace=True
    )
    for number, piece in enumerate(folded or [lead]):
        yield Line(f"{label if number == 0 else '':<{_GUTTER}} {piece}".rstrip(), tone)


def _painted(line: Line, colour: bool) -> str:
    return f"{_ANSI[line.tone]}{line.text}{_RESET}" if colour and line.tone else line.text
