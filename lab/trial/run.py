# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole trial: read both sides, find the parts of the network that changed, try each part, write it down."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from lab.trial import expectation, grammar
from lab.trial.capture import capture
from lab.trial.change import Change, change
from lab.trial.diff import commands
from lab.trial.keys import renewed, stand_ins
from lab.trial.measure import Facts, Observed, measure
from lab.trial.reading import Reading, components, read
from lab.trial.texts import SUFFIX, Problem, Text, behaves_as, checked, mask
from lab.trial.tunnel import Tunnel
from lab.trial.world import World

SCHEMA = 1
QUIET = 20.0  # seconds after which somebody who waits wants a word
BEFORE, AFTER = "before", "candidate"
_CERTIFICATES = re.compile(r"^crypto ca certificate chain ", re.M)
Found = Mapping[str, tuple[str, str]]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Wish:
    """What is to be tried. `order` names the devices in the order in which they are changed.

    Certificates are judged as of `today`, and of the clock's where nothing is said.
    """

    before: Found
    candidate: Found
    expectations: Path | None = None
    changes: Path | None = None
    order: Sequence[str] = ()
    releases: Mapping[str, str] = field(default_factory=dict)
    ignore: Sequence[str] = ()
    removed: Sequence[str] = ()
    everything: bool = False
    jobs: int = 0
    notes: Sequence[str] = ()
    today: datetime | None = None


@dataclass
class Side:
    """One side of the change, in parts that know nothing of each other."""

    texts: dict[str, Text]
    readings: dict[str, Reading]
    parts: list[tuple[str, ...]]
    declared: dict[str, Text]


@dataclass
class _Trial:
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def trial(wish: Wish, out: Path, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Try it, and write `trial.json` and the captures into `out`; the document is returned as well."""
    told = _Trial(notes=[*wish.notes])
    declared = expectation.load(wish.expectations, told.problems) if wish.expectations else {}
    sides = {
        BEFORE: _side(BEFORE, wish.before, wish, declared, told),
        AFTER: _side(AFTER, wish.candidate, wish, declared, told),
    }
    gone = [name for name in wish.before if name not in wish.candidate]
    told.problems += [
        Problem(AFTER, name, f"{name} is in {BEFORE} and not in the candidate: add {name}{SUFFIX}, "
                f"or name it as removed")
        for name in gone if name not in wish.removed
    ]  # fmt: skip
    lines, given = _lines(wish, sides, told)
    order = [*dict.fromkeys([*wish.order, *sorted({*wish.before, *wish.candidate})])]
    changed = {
        name for name in {*wish.before, *wish.candidate} if _said(wish.before, name) != _said(wish.candidate, name)
    }
    groups = _joined(part for each in sides.values() for part in each.parts)
    wanted = {name for group in groups if wish.everything or changed & {*group} for name in group}
    tried = {side: [part for part in each.parts if wanted & {*part}] for side, each in sides.items()}
    _check(sides, tried, wish, told)
    document = _document(wish, sides, tried, changed, gone, told)
    out.mkdir(parents=True, exist_ok=True)
    if not told.problems:
        say(f"{sum(len(part) for part in tried[AFTER])} devices to try, {len(changed)} of them changed")
        _try(document, sides, tried, lines, given, order, wish.ignore, out, wish.jobs, say)
    (out / "trial.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return document


def untried(problem: str, out: Path) -> dict[str, Any]:
    """The document of a trial that could not even begin; written like any other, since a pipeline reads files."""
    document = {
        "schema": SCHEMA, "problems": [asdict(Problem("", "", problem))], "notes": [], "devices": {}, "untried": [],
        "gone": [], "new_keys": [], "changes": [], "not_reached": [], "tunnels": [],
    }  # fmt: skip
    out.mkdir(parents=True, exist_ok=True)
    (out / "trial.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return document


def _said(found: Found, name: str) -> list[str] | None:
    """What counts of a file: a time stamp and a checksum in its comments is no change."""
    return [line.rstrip() for line in found[name][1].splitlines() if line.strip() and line[0] not in ":!"
            and not line.startswith("Cryptochecksum")] if name in found else None  # fmt: skip


def _side(side: str, found: Found, wish: Wish, declared: Mapping[str, Mapping[str, Any]], told: _Trial) -> Side:
    texts = checked(side, found, wish.releases, told.problems)
    if any(_CERTIFICATES.search(text.text) for text in texts.values()):
        today = wish.today or datetime.now(UTC).replace(second=0, microsecond=0)
        texts = {name: replace(text, day=today) for name, text in texts.items()}
        note = f"certificates are judged as of {today:%Y-%m-%d}"
        told.notes += [note] if note not in told.notes else []
    readings = {name: read(text) for name, text in texts.items()}
    others: dict[str, Text] = {}
    for name, each in declared.items():
        if name in texts:
            told.problems.append(Problem(side, name, f"expectations/{name}.yml: {name} has a configuration of its own"))
            continue
        try:
            others[name] = expectation.text_of(name, each, readings)
        except expectation.ExpectationError as error:
            if side == AFTER:
                told.problems.append(Problem(side, name, f"expectations/{name}.yml: {error}"))
    texts |= others
    readings |= {name: read(text) for name, text in others.items()}
    parts, _ = components(readings)
    return Side(texts, readings, parts, others)


def _lines(wish: Wish, sides: Mapping[str, Side], told: _Trial) -> tuple[dict[str, list[str]], frozenset[str]]:
    """What is typed at each device: what somebody wrote, else the difference."""
    known = {*wish.before, *wish.candidate}
    told.problems += [
        Problem("", name, f"the order names {name}, which has no configuration: {_known(known)}")
        for name in wish.order if name not in known
    ]  # fmt: skip
    written: dict[str, list[str]] = {}
    folder = wish.changes
    if folder is not None:
        for path in sorted(folder.glob("*.txt")) if folder.is_dir() else []:
            if path.stem not in known:
                what = f"{folder.name}/{path.name} is for {path.stem}, which has no configuration: {_known(known)}"
                told.problems.append(Problem("", path.stem, what))
            told_lines = path.read_text("utf-8", "backslashreplace").splitlines()
            told.problems += [
                Problem("", path.stem, f"{folder.name}/{path.name} line {number}: no device takes {line!r}", number)
                for number, line in enumerate(told_lines, 1) if not line.replace("\t", " ").isprintable()
            ]  # fmt: skip
            written[path.stem] = [
                line.strip() for line in told_lines
                if line.strip() and line.strip()[0] != "!"
                and line.split()[0] not in ("configure", "conf", "end", "enable", "write")
            ]  # fmt: skip
        if not folder.is_dir():
            told.problems.append(
                Problem("", "", f"{folder} is no folder: it has DEVICE.txt files with the lines to type")
            )
    made = {}
    for name in wish.candidate:
        before, after = (sides[side].texts.get(name) for side in (BEFORE, AFTER))
        if name not in written and before and after:
            made[name] = commands(before.text, after.text)
    return made | written, frozenset(written)


def _known(names: Iterable[str]) -> str:
    return f"there are {', '.join(sorted(names))}"


def _check(sides: Mapping[str, Side], tried: Mapping[str, Sequence[Sequence[str]]], wish: Wish, told: _Trial) -> None:
    """What would make a trial say something else than the devices will; only of what is tried."""
    passed: dict[str, dict[str, None]] = {}
    # Who points to a device whose file is wrong need not be told so.
    whole = not told.problems
    then = sides[BEFORE].readings
    removed = {a: name for name in wish.removed if name in then for a in then[name].addresses.values()}
    for side in (BEFORE, AFTER):
        each = sides[side]
        names = [name for part in tried[side] for name in part]
        _, nobody = components(each.readings)
        for (device, peer), line in nobody.items() if whole else ():
            if device in names and peer in removed:
                told.notes.append(f"{device} still points to {removed[peer]}, which is removed")
            elif device in names:
                where = f"{each.texts[device].where} line {line.number}"
                what = (
                    f"{where}: nobody has the address of the peer {peer}: add its configuration, "
                    "or declare it in expectations"
                )
                told.problems.append(Problem(side, device, what, line.number))
        for name in names:
            text = each.texts[name]
            for peer, line in each.readings[name].strangers.items():
                if line.text.startswith(tuple(wish.ignore)):
                    passed.setdefault(f"the peer {peer} is no IPv4 address", {})[name] = None
                    continue
                what = f"{text.where} line {line.number}: the lab knows no way to the peer {peer}"
                told.problems.append(Problem(side, name, f"{what}, which is no IPv4 address", line.number))
            for found in _refused(side, text, each.readings[name], wish, told):
                if name in each.declared:
                    # Its lines were made, and stand in no file.
                    hint = f"it is made for release {text.release}, and a line 'release:' in it names another"
                    told.problems.append(Problem(side, name, f"{text.where}: {found.why}; {hint}"))
                    continue
                what = f"{text.where} line {found.line.number}: {found.why}"
                if found.passed_over:
                    passed.setdefault(found.why, {})[name] = None
                else:
                    told.problems.append(Problem(side, name, what, found.line.number))
    told.notes += [f"passed over at {', '.join(names)}: {why}" for why, names in passed.items()]
    for name in dict.fromkeys(name for part in tried[AFTER] for name in part):
        text = sides[AFTER].texts[name]
        if not text.release.startswith(f"{behaves_as(text.release)}("):
            told.notes.append(f"{name} runs {text.release}; the lab behaves as {behaves_as(text.release)}")


def _refused(side: str, text: Text, reading: Reading, wish: Wish, told: _Trial) -> list[grammar.Refused]:
    try:
        return list(grammar.refused(text, reading, wish.ignore))
    except Exception as error:  # a configuration may hold anything: whatever stops the lab, the file is named
        why = f"{text.where}: the lab cannot boot it: {type(error).__name__}: {mask(str(error))}"
        told.problems.append(Problem(side, text.device, why))
        return []


def _document(
    wish: Wish, sides: Mapping[str, Side], tried: Mapping[str, Sequence[Sequence[str]]], changed: set[str],
    gone: Sequence[str], told: _Trial,
) -> dict[str, Any]:  # fmt: skip
    texts = sides[BEFORE].texts | sides[AFTER].texts
    names = {name for parts in tried.values() for part in parts for name in part}
    # Of two sides that are wrong in one way, the candidate is told.
    problems = {(each.device, each.text.partition("/")[2] or each.text): each for each in told.problems}
    return {
        "schema": SCHEMA,
        "problems": [asdict(each) for each in problems.values()],
        "notes": told.notes,
        "devices": {
            name: {
                "release": text.release, "behaves_as": behaves_as(text.release), "changed": name in changed,
                "declared": any(name in side.declared for side in sides.values()),
            }
            for name, text in sorted(texts.items())
        },
        "untried": sorted(set(texts) - names),
        "gone": list(gone),
        "new_keys": [], "changes": [], "not_reached": [], "tunnels": [],
    }  # fmt: skip


# -- trying ----------------------------------------------------------------------------------------------------


def _try(
    document: dict[str, Any], sides: Mapping[str, Side], tried: Mapping[str, Sequence[Sequence[str]]],
    lines: Mapping[str, Sequence[str]], given: frozenset[str], order: Sequence[str], ignore: Sequence[str],
    out: Path, jobs: int, say: Callable[[str], None],
) -> None:  # fmt: skip
    keys = {side: stand_ins(each.texts, each.readings) for side, each in sides.items()}
    fresh = renewed(sides[BEFORE].texts, sides[AFTER].texts, sides[AFTER].readings, keys[AFTER])
    document["new_keys"] = [{"device": one, "peer": other} for one, other in sorted(fresh)]
    tasks: list[Callable[[], Any]] = []
    for side, folder in ((BEFORE, "before"), (AFTER, "after")):
        tasks += [
            partial(
                _measure,
                {name: keys[side].texts[name] for name in _sorted(part, order)},
                out / folder,
                {n: keys[BEFORE].texts[n] for n in _sorted(part, order) if n in keys[BEFORE].texts}
                if side == AFTER
                else {},
            )
            for part in tried[side]
        ]
    # On the way from one to the other, what either hides is hidden.
    either = keys[BEFORE].hidden | keys[AFTER].hidden
    texts = {side: stand_ins(each.texts, each.readings, either).texts for side, each in sides.items()}
    # A change may join parts, or part them: it is tried among all that either side connects.
    groups = _joined([*tried[BEFORE], *tried[AFTER]])
    for group in groups:
        then, now = ({n: texts[side][n] for n in _sorted(group, order) if n in texts[side]} for side in (BEFORE, AFTER))
        # Lines that somebody wrote may be none at all, and do not lead to the candidate then.
        if then and any(lines.get(name) or name in given for name in group):
            tasks.append(partial(_change, then, now, {n: lines[n] for n in group if n in lines}, order, ignore))
    facts: dict[str, Observed] = {BEFORE: {}, AFTER: {}}
    sizes = [len(tried[BEFORE]), len(tried[AFTER])]
    changes: list[Change] = []
    for number, answer in enumerate(_all(tasks, jobs, say)):
        if number < sum(sizes):
            facts[BEFORE if number < sizes[0] else AFTER] |= answer
        else:
            changes.append(answer)
        if (number + 1) % 20 == 0:
            say(f"{number + 1} of {len(tasks)} parts tried")
    document["changes"] = [asdict(typed) for each in changes for typed in each.typed]
    document["not_reached"] = [
        {**line, "given": line["device"] in given} for each in changes for line in each.not_reached
    ]
    outages = {tunnel: outage for each in changes for tunnel, outage in each.outages.items()}
    for tunnel in sorted({*facts[BEFORE], *facts[AFTER]}, key=lambda each: _place(each, order)):
        ends = frozenset(tunnel.ends)
        document["tunnels"].append(
            {
                "ends": list(tunnel.ends), "networks": list(tunnel.networks), "service": tunnel.service,
                "before": _plain(facts[BEFORE].get(tunnel), ends in keys[BEFORE].hidden),
                "after": _plain(facts[AFTER].get(tunnel), ends in keys[AFTER].hidden),
                "change": asdict(outages[tunnel]) if tunnel in outages else None,
            }
        )  # fmt: skip


def _place(tunnel: Tunnel, order: Sequence[str]) -> tuple[Any, ...]:
    return (*(order.index(end) if end in order else len(order) for end in tunnel.ends), tunnel)


def _sorted(part: Iterable[str], order: Sequence[str]) -> list[str]:
    return sorted(part, key=lambda name: (order.index(name) if name in order else len(order), name))


def _plain(facts: Facts | None, hidden: bool) -> dict[str, Any] | None:
    return asdict(replace(facts, key="stand-in" if hidden else "clear")) if facts else None


def _joined(parts: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    groups: list[set[str]] = []
    for part in parts:
        meeting = [group for group in groups if group & {*part}]
        groups = [group for group in groups if group not in meeting] + [set(part).union(*meeting)]
    return [tuple(sorted(group)) for group in groups]


def _measure(texts: Mapping[str, Text], folder: Path, then: Mapping[str, Text]) -> Observed:
    """`then` are the same devices before the change."""

    def keep(world: World) -> None:
        capture(world, folder, world.tunnels())

    return _named(texts, lambda: measure(texts, keep, World(then).tunnels() if then else ()))


def _change(
    before: Mapping[str, Text], after: Mapping[str, Text], lines: Mapping[str, Sequence[str]], order: Sequence[str],
    ignore: Sequence[str],
) -> Change:  # fmt: skip
    return _named({**before, **after}, lambda: change(before, after, lines, order, ignore))


def _named(texts: Mapping[str, Text], task: Callable[[], Answer]) -> Answer:
    """:raises ValueError: the lab stumbles over these configurations together; names them."""
    try:
        return task()
    except Exception as error:
        where = ", ".join(text.where for text in texts.values())
        raise ValueError(f"the lab cannot try {where}: {type(error).__name__}: {mask(str(error))}") from error


def _all(tasks: Sequence[Callable[[], Answer]], jobs: int, say: Callable[[str], None]) -> Iterable[Answer]:
    """The answers in the order of the tasks, on as many processes as there are processors."""
    jobs = min(jobs or os.cpu_count() or 1, len(tasks))
    if jobs <= 1:
        yield from (task() for task in tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        begun = [pool.submit(task) for task in tasks]
        since = time.monotonic()
        for future in begun:
            while not wait([future], timeout=QUIET).done:
                done = sum(each.done() for each in begun)
                say(f"still at work after {time.monotonic() - since:.0f} s: {done} of {len(tasks)} parts tried")
            yield future.result()
