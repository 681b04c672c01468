# SPDX-License-Identifier: GPL-3.0-or-later
"""The rails as a user meets them: what stops a remediation, what is written of it, and what the next run knows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.testing import RunningLab, running_lab
from tests.integration.playbooks import Playbooks, Run, harmful, playbooks
from tests.integration.test_remediate import BRANCH_CLEAR, HQ_CLEAR, clears

QUICK = {"remediate_soak": 0, "remediate_verify_interval": 3}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path / "lab", fault="deletion-retry") as running:
        yield running


@pytest.fixture
def books(lab: RunningLab, tmp_path: Path) -> Playbooks:
    return playbooks(lab, tmp_path / "reports")


def mend(books: Playbooks, *flags: str, **variables: Any) -> Run:
    given = {"confirm": "hq-branch", "tunnel": "hq-branch", **QUICK, **variables}
    return books.run("remediate", *flags, **{name: value for name, value in given.items() if value is not None})


def decisions(books: Playbooks) -> list[dict[str, Any]]:
    lines = (books.reports / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def refused(run: Run, gate: str) -> str:
    assert run.code == 2, run.screen
    assert run.latest["run"]["outcome"] == f"aborted_gate:{gate}"
    text = str(run.latest["run"]["outcome_text"])
    assert f"Gate {gate}: {text}" in run.words
    return text


def test_a_file_stops_every_remediation_and_each_refusal_is_in_the_log(lab: RunningLab, books: Playbooks) -> None:
    books.reports.mkdir()
    (books.reports / "STOP").write_text("freeze until Monday, ask Mia\n")
    text = refused(mend(books), "kill-switch")
    assert f"the kill switch {books.reports / 'STOP'} is there: freeze until Monday, ask Mia" in text
    checked = mend(books, "--check")
    assert checked.code == 0, checked.screen
    assert "Not now kill-switch: " in checked.words
    assert checked.latest["run"]["outcome"] == "planned"
    (books.reports / "STOP").unlink()
    text = refused(mend(books, remediate_change_pattern=r"CHG\d{7}", change_id="CHG12"), "ticket")
    assert "CHG12" in text
    assert r"CHG\d{7}" in text
    assert harmful(lab) == []
    told = [(each["decision"], each["gate"], each["tunnel"]) for each in decisions(books)]
    assert told == [
        ("refused", "kill-switch", "hq-branch"),
        ("planned", "", "hq-branch"),
        ("refused", "ticket", "hq-branch"),
    ]
    assert decisions(books)[-1]["change_id"] == "CHG12"
    assert oct((books.reports / "decisions.jsonl").stat().st_mode & 0o777) == "0o600"


def test_shadow_mode_sends_nothing_and_complains_when_it_would_have_acted_often(
    lab: RunningLab, books: Playbooks
) -> None:
    first = mend(books, remediate_shadow=True, remediate_shadow_alert=2)
    assert first.code == 0, first.screen
    assert first.latest["run"]["outcome"] == "shadow"
    assert f"would have sent hq: {HQ_CLEAR}; branch: {BRANCH_CLEAR}. Nothing was sent." in first.words
    second = mend(books, remediate_shadow=True, remediate_shadow_alert=2)
    assert second.code == 2, second.screen
    assert harmful(lab) == []
    assert [each["decision"] for each in decisions(books)] == ["planned", "shadow", "planned", "shadow"]


def test_an_approved_plan_is_carried_out_later_and_refused_once_it_is_stale(
    lab: RunningLab, books: Playbooks, tmp_path: Path
) -> None:
    assert mend(books, "--check", confirm=None).code == 0
    approved = tmp_path / "approved.json"
    approved.write_bytes((books.reports / "latest" / "plan.json").read_bytes())
    other = mend(books, tunnel="hq-paris", plan=str(approved))
    assert other.code == 2
    assert clears(lab) == []
    done = mend(books, tunnel=None, plan=str(approved))
    assert done.code == 0, done.screen
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    lab.fault("deletion-retry")
    text = refused(mend(books, tunnel=None, plan=str(approved), remediate_cool_down=0), "plan-changed")
    assert f"{approved} does not hold any more: " in text
    assert "SPIs were 0x" in text
    assert len(clears(lab)) == 2


def test_a_tunnel_that_breaks_again_is_not_cleared_again_at_once(lab: RunningLab, books: Playbooks) -> None:
    assert mend(books).code == 0
    lab.fault("deletion-retry")
    refused(mend(books), "cool-down")
    assert len(clears(lab)) == 2
    again = mend(books, remediate_cool_down=0)
    assert again.code == 0, again.screen
    assert len(clears(lab)) == 4


def test_a_run_that_was_killed_between_the_clears_is_known_to_the_next(lab: RunningLab, books: Playbooks) -> None:
    lab.quirk("hq", "slow=1")
    lab.quirk("branch", "slow=1")
    process = books.start("remediate", tunnel="branch-hq", confirm="hq-branch", **QUICK)
    deadline = time.monotonic() + 150
    while not clears(lab):
        assert time.monotonic() < deadline, process.communicate(timeout=1)
        time.sleep(0.05)
    for number in [process.pid, *books.processes()]:
        try:
            os.kill(number, signal.SIGKILL)
        except ProcessLookupError:
            continue
    with process:
        assert process.wait(30) != 0
    for name in ("hq", "branch"):
        lab.quirk(name, clear=True)
    run = mend(books, remediate_cool_down=0)
    assert "came to no end on hq-branch" in run.words, run.screen
    assert "half_cleared" in json.dumps(state(books)) or len(clears(lab)) == 2
    assert lab.status()["mirrors"]
    assert run.latest["run"]["outcome"] in ("healed", "no_change")
    assert [row["outcome"] for row in state(books)][:1] != [None]


def state(books: Playbooks) -> list[dict[str, Any]]:
    found = subprocess.run(
        ["python3", "-c", _ROWS, str(books.reports / "state.sqlite")], capture_output=True, text=True, check=True
    )
    rows: list[dict[str, Any]] = json.loads(found.stdout)
    return rows


_ROWS = """
import json, sqlite3, sys
base = sqlite3.connect(sys.argv[1])
base.row_factory = sqlite3.Row
print(json.dumps([dict(row) for row in base.execute("select * from tunnelmend_attempt order by id desc")]))
"""
