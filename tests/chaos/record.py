# SPDX-License-Identifier: GPL-3.0-or-later
"""The invariants over one run through Ansible: on the lines that the lab's devices received, its journal and report."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Phase
from tests.chaos.lines import CLEARS, GAP, HARMLESS, LATE, SCOPED

if TYPE_CHECKING:
    from tests.chaos.over_ssh import Stage

PEERS = {"hq": "203.0.113.1", "branch": "198.51.100.1"}
#: How far an attempt came by the state, in order.
PHASES = tuple(str(phase) for phase in Phase)
# The journal's times are rounded to this.
ROUNDED = 0.002


class Record:
    """What the devices received in one run. ``said`` is what it told, on the screen too; ``number`` is its place."""

    def __init__(self, stage: Stage, lines: list[dict[str, Any]], said: str, number: int) -> None:
        self.stage, self.said, self.number = stage, said, number
        self.lines = [each for each in lines if each["mode"] not in ("password", "answer") and each["line"].strip()]
        self.clears = [each for each in self.lines if CLEARS.match(each["line"])]

    def judge(self, outcome: str, forced: bool) -> None:
        check = self.stage.verdict.check
        for each in self.lines:
            device, line = each["device"], each["line"]
            planned = line == f"clear crypto ipsec sa peer {PEERS[device]}"
            fine = each["mode"] == "exec" and (planned or bool(HARMLESS.match(line)))
            check("harmless", fine, f"{device} got {line!r}")
        for each in self.clears:
            device, line = each["device"], each["line"]
            check("scoped", bool(SCOPED.fullmatch(line)), f"{device} got {line!r}")
            check("once", self._count(device, line) == 1, f"{device} got {line!r} more than once")
            check("recorded", self._recorded(each), f"{device} got {line!r} before it was noted")
            lacks = list(self._not_armed(each))
            check("armed", not lacks, f"{device} was cleared, and {'; '.join(lacks)}")
        if self.clears:
            sent, acted = len(self.clears), [PHASES.index(each["phase"]) for each in self.attempts(self._run())]
            # An attempt counts its clears by what it had noted before them.
            least = PHASES.index("second_sent" if sent > 1 else "first_sent")
            check("recorded", acted != [] and max(acted) >= least, f"{sent} clears, and the state says {acted}")
        if len(self.clears) == 2:
            first, second = (datetime.fromisoformat(each["virtual"]) for each in self.clears)
            gap = (second - first).total_seconds()
            told = LATE in self.said or forced
            check("gap", 0 <= gap <= GAP or told, f"the clears are {gap:.1f} s apart, and nobody says so")
        words = self._untrue(outcome, forced)
        check("outcome", not words, f"the run says {outcome or 'nothing'}: {words}")

    def _count(self, device: str, line: str) -> int:
        return sum((each["device"], each["line"]) == (device, line) for each in self.lines)

    def _run(self) -> str:
        return sorted(self.stage.books.reports.glob("*-remediate*"))[self.number].name

    def attempts(self, run: str = "") -> list[dict[str, Any]]:
        """What the state on disk has of this run, or of all; nothing as long as there is none."""
        path = self.stage.books.reports / "state.sqlite"
        if not path.exists():
            return []
        with contextlib.closing(sqlite3.connect(path)) as state:
            rows = state.execute("select run, phase, outcome from tunnelmend_attempt order by id").fetchall()
        return [dict(zip(("run", "phase", "outcome"), row, strict=True)) for row in rows if run in ("", row[0])]

    def _journal(self) -> list[dict[str, Any]]:
        path = self.stage.books.reports / self._run() / "journal.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def _recorded(self, clear: dict[str, Any]) -> bool:
        return any(
            (note["event"], note.get("device"), note.get("command")) == ("clear", clear["device"], clear["line"])
            and note["time"] <= clear["wall"] + ROUNDED
            for note in self._journal()
        )

    def _not_armed(self, clear: dict[str, Any]) -> Iterator[str]:
        """What an end was not asked in the login that stood when this clear was received."""
        for device, peer in PEERS.items():
            before = [each for each in self.lines if each["device"] == device and each["wall"] <= clear["wall"]]
            session = clear["session"] if device == clear["device"] else max((e["session"] for e in before), default=0)
            typed = {each["line"] for each in before if each["session"] == session}
            wanted = {"show version", "show failover", f"show crypto ipsec sa peer {peer}"}
            if lacks := wanted - typed:
                yield f"{device} not asked {' and '.join(sorted(lacks))}"

    def _untrue(self, outcome: str, forced: bool) -> str:
        """Why the word of the report does not fit what the lab shows, if so."""
        healthy = self.stage.healthy()
        kind, _, gate = outcome.partition(":")
        match kind:
            case "":
                if not forced:
                    return "nobody ended it"
                return f"{self.clears[0]['device']} was cleared" if self.clears else ""
            case "aborted_gate":
                # A clear that is refused was received, and had no effect.
                return f"{len(self.clears)} clears were received" if len(self.clears) > (gate == "refused") else ""
            case "planned":
                return "a clear was received" if self.clears else ""
            case "healed" | "healed_partial":
                if not self.clears:
                    return "no clear was received"
                return "" if healthy else "the lab carries nothing"
            case "no_change":
                return "a clear was received" if self.clears else "" if healthy else "the lab carries nothing"
            case "unfinished":
                return "" if forced else "nobody ended it"
            case "half_cleared":
                return "" if self.stage.case.quirk or self.stage.case.slow else "no device was disturbed"
            case "not_healed":
                return "the lab carries packets both ways" if healthy and not self.stage.case.quirk else ""
        return "the word is not known"
