# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever ends the run, at whichever step: both clears or none, and a result that says which."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import driver
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import Dialogue
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Ask,
)
from tests.mending.scene import (
    BRANCH_CLEAR,
    HQ_CLEAR,
    PEER,
    Scene,
    lose,
    scene,
    story,
)
from tests.rails.lifts import LIFTS

# --- signals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", range(1, 1 + len(story())))
def test_a_stop_at_any_step_ends_in_a_result_that_says_what_was_cleared(step: int) -> None:
    way = scene()
    mender = way.mender()
    result = way.mend(mender, stop_at=step)
    if way.clears:
        assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
        if result.outcome == "healed":  # nothing came after it that could be cut short
            return
        assert result.outcome == "unfinished"
        assert result.text == (
            "Interrupted: cleared hq 00:00:05Z, branch 00:00:05Z; the proof was not finished. "
            "Next: run the audit (ansible-playbook playbooks/audit.yml)."
        )
        assert way.notes[-1] == "interrupted"
        assert result.judgement is None
    else:
        assert (result.outcome, result.text) == (
            "aborted_gate:interrupted",
            f"Nothing was cleared. The run was interrupted. {LIFTS['interrupted']}",
        )
        assert way.notes in (["aborted"], ["armed", "aborted"])


def test_a_stop_after_a_clear_that_was_lost_says_that_too() -> None:
    way = scene(twist=lose("hq", "clear"))
    mender = way.mender()
    quiet_until = next(n for n, each in enumerate(story(), 1) if each == Ask("hq", HQ_CLEAR))
    result = way.mend(mender, stop_at=quiet_until)
    assert result.outcome == "unfinished"
    assert result.text.startswith(
        "Interrupted: no clear was confirmed; the proof was not finished. hq: the device closed"
    )
    assert f"Whether hq carried out '{HQ_CLEAR}' is not known." in result.text


class _Wire:
    """Stands in for a login, and signals its own process while the first clear is under way."""

    def __init__(self, way: Scene, name: str, number: int = 0) -> None:
        self.way, self.name, self.number = way, name, number
        self.connected = True
        self.dialogue = Dialogue(name, privileged=True, privilege=15)

    def run(self, command: str) -> Answer:
        if command == HQ_CLEAR:
            os.kill(os.getpid(), self.number)
        return self.way.ask(self.name, command)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM])
def test_a_signal_between_the_clears_is_delivered_after_the_second_and_after_the_telling(
    number: signal.Signals, tmp_path: Path
) -> None:
    class EndedError(Exception):
        pass

    def end(came: int, frame: object) -> None:
        raise EndedError(signal.Signals(came).name)

    way = scene()
    mender = way.mender()
    typed: list[tuple[str, str]] = []
    way.twist = lambda device, command: typed.append((device, command))
    connections: Any = {name: _Wire(way, name, number) for name in PEER}
    told: list[Result] = []
    before = signal.signal(number, end)
    try:
        with pytest.raises(EndedError, match=number.name), driver.Signals() as signals:
            told.append(driver.drive(mender.run(), connections, driver.Journal(tmp_path / "journal.jsonl"), signals))
        assert signal.getsignal(number) is end
    finally:
        signal.signal(number, before)
    assert typed[-2:] == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert told[0].outcome == "unfinished"
    assert told[0].text.startswith("Interrupted: cleared hq ")
    journal = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert [line.split('"event": "')[1].split('"')[0] for line in journal] == [
        "armed",
        "clear",
        "cleared",
        "clear",
        "cleared",
        "interrupted",
    ]
    assert (tmp_path / "journal.jsonl").stat().st_mode & 0o777 == 0o600
