# SPDX-License-Identifier: GPL-3.0-or-later
"""Several broken tunnels in a row: what stops it, and what is said of those whose turn did not come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.incident import Row
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from tests.test_acting import folder, of

__all__ = ["folder"]


def row(folder: RunFolder, came: list[bool], monkeypatch: pytest.MonkeyPatch) -> Row:
    """The same broken tunnel three times: which it is makes no difference here."""
    monkeypatch.setattr(acting.Run, "apart", lambda run: run)
    return Row([of(folder)] * 3, lambda: came[0])


def report(folder: RunFolder) -> str:
    text: str = json.loads((Path(folder.path) / "report.json").read_text())["run"]["outcome_text"]
    return text


@pytest.mark.parametrize(
    ("outcome", "came", "tried", "why"),
    [
        ("healed", True, 1, "somebody stopped this run"),
        ("not_healed", True, 1, "somebody stopped this run"),
        ("worse", True, 1, "hq-branch is worse: look at it before any other is touched"),
        ("worse", False, 1, "hq-branch is worse: look at it before any other is touched"),
        ("aborted_gate:kill-switch", False, 1, "every clear is stopped"),
        ("healed", False, 3, ""),
    ],
)
def test_a_row_ends_when_somebody_stops_it_whatever_became_of_the_last_one(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, outcome: str, came: bool, tried: int, why: str
) -> None:
    stops = [False]
    tunnels = row(folder, stops, monkeypatch)
    for run in tunnels:
        # While it is watched, say, or while what its ends tell is read.
        stops[0] = came
        tunnels.add(run, Result(outcome, "every clear is stopped." if ":" in outcome else "It works."))
    assert len(tunnels.results) == tried
    assert tunnels.stopped == (f"{why}." if ":" in outcome else why)
    ended: dict[str, Any] = tunnels.ended(folder, 0.0)
    left = {1: "hq-branch, hq-branch", 3: ""}[tried]
    left = f"hq-branch, {left}" if ":" in outcome else left
    assert report(folder).partition(" NOT TRIED: ")[2] == (f"{left}: {why}." if left else "")
    assert ended["failed"] is (outcome != "healed" or came)


def test_nothing_is_begun_once_somebody_has_stopped_it(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    tunnels = row(folder, [True], monkeypatch)
    assert list(tunnels) == []
    tunnels.ended(folder, 0.0)
    assert report(folder) == (
        "0 of 3: nothing yet. NOT TRIED: hq-branch, hq-branch, hq-branch: somebody stopped this run."
    )
