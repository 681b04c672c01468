# SPDX-License-Identifier: GPL-3.0-or-later
"""The incident runbook is true: its commands are typed in its order, and what it says is what comes."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.testing import RunningLab, running_lab
from tests.integration.playbooks import ROOT, Playbooks, Run, harmful, playbooks, read_until
from tests.integration.test_remediate import clears

PAGE = (ROOT / "docs" / "incident-runbook.md").read_text(encoding="utf-8")
# What is waited for, shortened; nothing else differs from what the page types.
QUICK = {
    "collect_interval": 1,
    "remediate_settle": 0,
    "remediate_verify_interval": 2,
    "remediate_verify_timeout": 8,
    "remediate_soak": 0,
}
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """One line of `By what you see`, its cells as they stand there."""

    lab: str
    says: str
    outcome: str
    code: str
    do: str

    @property
    def breaks(self) -> list[list[str]]:
        """What is given to `python -m lab`, in order."""
        named = [shlex.split(each) for each in CODE.findall(self.lab)]
        beneath = [] if "alone" in self.lab or ["fault", "deletion-retry"] in named else [["fault", "deletion-retry"]]
        return [*beneath, *named]


def table(head: str) -> list[list[str]]:
    """The cells of the table with this head."""
    lines = PAGE[PAGE.index(f"\n{head}\n") + 1 :].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


STEPS = [CODE.findall(cells[1])[0] for cells in table("| | Type | Time |")[:3]]
AUDIT, CHECK, MEND = STEPS
ROWS = [Row(*cells) for cells in table("| Lab | The screen says | Outcome | Exit | What to do |")]
OUTCOMES = {CODE.findall(cells[0])[0]: cells[1] for cells in table("| `OUTCOME` | Exit | Do |")}


@contextmanager
def broken(folder: Path, row: Row) -> Iterator[tuple[RunningLab, Playbooks]]:
    site = next((words[1] for words in row.breaks if words[0] == "up"), "incident-2009")
    with running_lab(site, dir=folder / "lab") as lab:
        for words in row.breaks:
            if words[0] != "up":
                at = ["hq"] if site != "incident-2009" and len(words) == 2 else []
                command = [sys.executable, "-m", "lab", words[0], "--dir", str(lab.dir), *words[1:], *at]
                subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        yield lab, playbooks(lab, folder / "reports")


def typed(books: Playbooks, command: str, **variables: Any) -> Run:
    """Type a command of the page."""
    playbook, *flags = shlex.split(command.removeprefix("ansible-playbook "))
    return books.run(playbook, *flags, **{**QUICK, **variables})


def works(lab: RunningLab) -> bool:
    return all(pair["passes"] for pair in lab.status()["truth"]["pairs"])


def same(row: Row, run: Run) -> None:
    """The outcome, its exit code, the words and the next step are those of the page."""
    outcome = str(run.latest["run"]["outcome"])
    assert (f"`{outcome}`", str(run.code)) == (row.outcome, row.code), run.screen
    for words in CODE.findall(row.says):
        assert words in run.words
    for words in CODE.findall(row.do):
        # Commands and names of rules are for later.
        assert words in run.words or words.startswith(("ansible", "decaps-")), words


def test_the_page_has_the_commands_that_people_type() -> None:
    assert [shlex.split(step)[1] for step in STEPS] == [
        f"playbooks/{name}.yml" for name in ("audit", *["remediate"] * 2)
    ]
    assert CHECK.removesuffix(" --check") == MEND.removesuffix(" -e confirm=hq-branch")
    assert len(PAGE.splitlines()) <= 210


def test_the_incident_is_followed_from_the_alarm_to_the_proof(tmp_path: Path) -> None:
    with broken(tmp_path, ROWS[0]) as (lab, books):
        looked = typed(books, AUDIT)
        assert looked.tunnel["verdict"] == "broken"
        assert looked.tunnel["next_action"].startswith("clear on both ends")
        planned = typed(books, CHECK)
        assert (planned.latest["run"]["outcome"], str(planned.code)) == ("planned", OUTCOMES["planned"])
        for words in ("NOW", "PLAN", "NEXT", "nothing was sent; to carry it out, with every other -e of this run: "):
            assert words in planned.words
        assert harmful(lab) == []
        mended = typed(books, MEND)
        same(ROWS[0], mended)
        assert works(lab)
        assert (books.reports / "latest" / "plan.json").exists()
        again = typed(books, AUDIT)
        assert again.tunnel["verdict"] == "healthy"
        left = typed(books, MEND)
        assert (left.latest["run"]["outcome"], left.code) == ("no_change", 0)
        assert len(clears(lab)) == 2


@pytest.mark.parametrize("row", ROWS[1:-1], ids=lambda row: row.lab)
def test_what_the_page_says_of_a_fault_is_what_comes(row: Row, tmp_path: Path) -> None:
    with broken(tmp_path, row) as (lab, books):
        run = typed(books, MEND)
        same(row, run)
        truth = lab.status()["truth"]
        if row.outcome == "`healed`":
            assert works(lab)
        else:
            assert not works(lab)
        if row.outcome.startswith("`aborted_gate"):
            assert truth["cleared"] == []
        if "audit_stimulus" in row.do:
            command, finding = (CODE.findall(row.do)[place] for place in (0, 1))
            found = typed(books, command)
            assert [each["rule"] for each in found.tunnel["findings"] if each["outcome"] == "fail"].count(finding)
            by_hand(lab)
            typed(books, command)
            assert works(lab)


def by_hand(lab: RunningLab) -> None:
    """The clear of the page, typed at both consoles."""
    (clear,) = re.findall(r"^clear crypto .+$", PAGE, re.MULTILINE)
    for device, other in (("hq", "203.0.113.1"), ("branch", "198.51.100.1")):
        lab.act(f"type {device} {clear.replace('OTHER-END-ADDRESS', other)}")


def test_a_login_on_the_standby_unit_is_refused(tmp_path: Path) -> None:
    row = ROWS[-1]
    with broken(tmp_path, row) as (lab, books):
        command = re.sub(r"hq(?=[-,])", "hq-b", MEND.replace("--limit hq,branch ", ""))
        run = typed(books, command, tunnelmend_hosts="hq-b:branch")
        outcome = str(run.latest["run"]["outcome"])
        assert (f"`{outcome}`", str(run.code)) == (row.outcome, row.code), run.screen
        for words in CODE.findall(row.says):
            assert words in run.words
        assert lab.status()["truth"]["cleared"] == []


def test_an_interruption_while_it_is_watched_leaves_the_tunnel_mended(tmp_path: Path) -> None:
    with broken(tmp_path, ROWS[0]) as (lab, books):
        playbook, *flags = shlex.split(MEND.removeprefix("ansible-playbook "))
        process = books.start(playbook, *flags, **{**QUICK, "remediate_soak": 600})
        seen = read_until(process, "hq-branch works; looking once more in ")
        assert books.reports.joinpath("latest", "report.json").read_text(encoding="utf-8").count('"healed"')
        os.killpg(process.pid, signal.SIGINT)
        run = books.ended(process, seen)
        assert (run.latest["run"]["outcome"], run.code) == ("healed", 99)
        assert "It was not watched to the end: interrupted after " in run.latest["run"]["outcome_text"]
        assert works(lab)


def test_one_end_is_cleared_alone_where_the_other_is_out_of_reach(tmp_path: Path) -> None:
    name, flag = "hq-203.0.113.1", "-e remediate_one_sided=hq"
    assert f"-e tunnel=NAME {flag}" in PAGE.replace("\n", " ")
    assert f"`{name}`" in PAGE
    with broken(tmp_path, ROWS[0]) as (lab, books):
        lab.quirk("branch", "refuse-login")
        assert [each["name"] for each in typed(books, AUDIT).latest["tunnels"]] == [name]
        run = typed(books, f"{MEND.replace('hq-branch', name)} {flag}")
        assert (run.latest["run"]["outcome"], run.code) == ("healed", 0), run.screen
        assert "203.0.113.1 was neither cleared nor read: packets that come back show that it uses" in run.words
        assert [device for device, _ in clears(lab)] == ["hq"]
