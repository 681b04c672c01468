# SPDX-License-Identifier: GPL-3.0-or-later
"""What planning and mending share on the controller: what is asked once more right before the clears."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.remedy import Remedy
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from tests.test_acting import folder, of, state

__all__ = ["folder"]


def remedy(folder: RunFolder, **settings: Any) -> Remedy:
    return Remedy(Settings.of(settings), {}, state(folder), folder.path.parent / "decisions.jsonl")


def test_a_file_stops_a_run_that_has_begun(folder: RunFolder) -> None:
    run, asked = of(folder), remedy(folder)
    assert asked.stopped(run) is None
    stop = folder.path.parent / "STOP"
    stop.write_text("freeze until Monday\n")
    refused = asked.stopped(run)
    assert refused is not None
    assert (refused.gate, str(refused)) == (
        "kill-switch",
        f"every clear is stopped: the kill switch {stop} is there: freeze until Monday. Ask whoever stopped it. Then "
        "take the file away, or set remediate_enabled to true; --check still plans.",
    )


def test_a_window_that_closes_stops_a_run_that_has_begun(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    # Sun 2026-03-01.
    asked = remedy(folder, window="Sun 02:00-04:00 UTC")
    for hour, gate in ((3, ""), (5, "window")):
        monkeypatch.setattr("time.time", lambda hour=hour: 1772323200.0 + hour * 3600)
        refused = asked.stopped(of(folder))
        assert (refused.gate if refused else "") == gate


def test_what_somebody_typed_is_not_asked_again(folder: RunFolder) -> None:
    """The name, the ticket and the history of the tunnel were right when it began."""
    assert remedy(folder, confirm="", change_pattern="CHG[0-9]+").stopped(of(folder)) is None
