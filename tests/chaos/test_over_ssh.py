# SPDX-License-Identifier: GPL-3.0-or-later
"""The short version of ``make chaos`` through Ansible, and the search for secrets, which must find what was planted."""

from __future__ import annotations

import base64
import contextlib
import json
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab.testing import running_lab
from tests.chaos import over_ssh, planted
from tests.chaos.invariants import Verdict
from tests.chaos.over_ssh import Case
from tests.chaos.record import Record
from tests.integration.playbooks import Playbooks, harmful

# Killed between the clears with a vault and -vvvv; and stopped by Ctrl-C while it compares.
KILLED = Case(1, "deletion-retry", "SIGKILL", "hq", "clear", 0.0, True, "", False, True, True, False)
STOPPED = Case(
    2, "lost-peer", "SIGINT", "branch", "show crypto ipsec sa peer", 0.0, True, "", False, False, False, False
)


@pytest.mark.parametrize("case", [KILLED, STOPPED], ids=["killed", "stopped"])
def test_a_run_that_is_ended_by_force_harms_nothing_and_the_next_tells_the_truth(case: Case) -> None:
    summary = over_ssh.play(case)
    assert summary.violations == (), "\n".join(summary.story)
    assert summary.exercised["secrets"] == 2
    assert summary.exercised["told"] == 2


@pytest.mark.parametrize("secret", planted.SECRETS)
def test_a_secret_is_found_in_any_coding(secret: str, tmp_path: Path) -> None:
    assert list(planted.found(tmp_path, "nothing here")) == []
    assert list(planted.found(tmp_path, f"key {secret}")) == [f"{secret!r} stands in the screen"]
    for shift in range(3):
        coded = base64.b64encode(b"key"[:shift] + secret.encode() + b" and more").decode()
        assert list(planted.found(tmp_path, coded)) == [f"{secret!r} stands in the screen"]
    (tmp_path / "log").write_text(secret.encode().hex(), encoding="utf-8")
    assert list(planted.found(tmp_path)) == [f"{secret!r} stands in {tmp_path / 'log'}"]


@pytest.mark.parametrize("playbook", ["remediate", "harden"])
def test_the_password_of_the_state_stands_nowhere_though_arguments_are_shown(playbook: str, tmp_path: Path) -> None:
    left = tmp_path / "left"
    shown = {"ANSIBLE_DISPLAY_ARGS_TO_STDOUT": "1", "ANSIBLE_LOG_PATH": str(left / "ansible.log")}
    left.mkdir()
    # In a file, as in a vault: what stands on the command line Ansible itself shows.
    given = tmp_path / "given.json"
    given.write_text(json.dumps({"tunnelmend_state": planted.STATE}), encoding="utf-8")
    with running_lab(dir=tmp_path / "lab", fault="deletion-retry") as lab:
        books = Playbooks(lab.dir, left / "reports", over_ssh.variables(), shown)
        run = books.run(playbook, "-vvvv", "-e", f"@{given}", tunnel="hq-branch", confirm="hq-branch")
        assert "The state postgresql+psycopg://tunnelmend:***@127.0.0.1:1/tunnelmend is out of reach: " in run.words
        assert run.code == 2
        assert harmful(lab) == []
    assert list(planted.found(left, run.screen)) == []


def test_an_inventory_with_a_vault_holds_no_password_in_the_open(tmp_path: Path) -> None:
    flags = planted.flags(tmp_path / "given", vaulted=True)
    text = (tmp_path / "given" / "inventory" / "group_vars" / "asa.yml").read_text(encoding="utf-8")
    assert text.count("!vault |") == 2
    assert "--vault-password-file" in flags


# --- what is looked at in a lab's record can fail, too ----------------------------------------------------------------

ASKED = ("show version", "show failover", "show crypto ipsec sa peer {}")
CLEARS = {"hq": "clear crypto ipsec sa peer 203.0.113.1", "branch": "clear crypto ipsec sa peer 198.51.100.1"}
PEER = {"hq": "203.0.113.1", "branch": "198.51.100.1"}


def _judged(
    tmp_path: Path, *typed: tuple[str, str], outcome: str = "healed", healthy: bool = True, phase: str = "proving"
) -> set[str]:
    """The invariants that break when devices received this, one line a second, the clears noted in the journal.

    ``phase`` is how far the run came by the state.
    """
    folder = tmp_path / "20091120T080000-remediate"
    folder.mkdir()
    lines = [
        {"device": device, "line": line, "mode": "exec", "session": 1, "wall": 100.0 + number,
         "virtual": f"2009-11-20T08:00:{number:02d}"}
        for number, (device, line) in enumerate(typed)
    ]  # fmt: skip
    notes = [
        {"time": each["wall"], "event": "clear", "device": each["device"], "command": each["line"]} for each in lines
    ]
    (folder / "journal.jsonl").write_text("".join(json.dumps(note) + "\n" for note in notes), encoding="utf-8")
    with contextlib.closing(sqlite3.connect(tmp_path / "state.sqlite")) as state, state:
        state.execute("create table tunnelmend_attempt (id integer primary key, run text, phase text, outcome text)")
        state.execute("insert into tunnelmend_attempt (run, phase) values (?, ?)", (folder.name, phase))
    stage: Any = SimpleNamespace(
        verdict=Verdict(), books=SimpleNamespace(reports=tmp_path), healthy=lambda: healthy, case=KILLED
    )
    Record(stage, lines, "", 0).judge(outcome, forced=False)
    return {invariant for invariant, _ in stage.verdict.violations}


ARMED = [(device, line.format(PEER[device])) for device in PEER for line in ASKED]
BOTH = list(CLEARS.items())


def test_what_a_sound_run_leaves_breaks_nothing(tmp_path: Path) -> None:
    assert _judged(tmp_path, *ARMED, *BOTH) == set()


@pytest.mark.parametrize(
    ("typed", "outcome", "invariants"),
    [
        ([*ARMED, ("hq", "clear crypto ipsec sa")], "healed", {"harmless", "scoped"}),
        ([*ARMED, ("hq", CLEARS["branch"])], "healed", {"harmless"}),
        ([*ARMED, *BOTH, ("hq", "write memory")], "healed", {"harmless"}),
        ([*ARMED, BOTH[0], *BOTH], "healed", {"once"}),
        ([*ARMED[:3], *BOTH], "healed", {"armed"}),
        ([*ARMED, BOTH[0], *([("hq", "show clock")] * 8), BOTH[1]], "healed", {"gap"}),
        ([*ARMED, *BOTH], "aborted_gate:session", {"outcome"}),
        ([*ARMED, *BOTH], "", {"outcome"}),
        ([*ARMED, *BOTH], "unfinished", {"outcome"}),
        ([*ARMED, *BOTH], "no_change", {"outcome"}),
        ([], "healed", {"outcome"}),
    ],
)
def test_a_record_of_harm_is_caught(
    typed: list[tuple[str, str]], outcome: str, invariants: set[str], tmp_path: Path
) -> None:
    assert _judged(tmp_path, *typed, outcome=outcome) == invariants


@pytest.mark.parametrize("phase", ["armed", "first_sent", "first_done"])
def test_a_clear_that_the_state_does_not_have_is_caught(phase: str, tmp_path: Path) -> None:
    assert _judged(tmp_path, *ARMED, *BOTH, phase=phase) == {"recorded"}


def test_a_dead_tunnel_that_is_called_healed_is_caught(tmp_path: Path) -> None:
    assert _judged(tmp_path, *ARMED, *BOTH, healthy=False) == {"outcome"}
