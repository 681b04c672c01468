# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever goes wrong on the controller, a mending has an outcome, a line in the log, and a report that is true."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.action.mend import ActionModule, _ended
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.acting import Run
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.driver import Signals
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.remedy import Remedy
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Owner, State, StateError, pair_of
from tests.rails.lifts import LIFTS
from tests.test_acting import folder, of, report, state

__all__ = ["folder"]


def remedy(folder: RunFolder, **settings: Any) -> Remedy:
    hosts = {"hq": {"ansible_host": "192.0.2.10"}, "branch": {"ansible_host": "192.0.2.20"}}
    for host in hosts.values():
        host["ansible_connection"] = "tunnelmend.asa.cli"
    variables = {"ansible_play_hosts_all": [*hosts], "hostvars": hosts}
    return Remedy(
        Settings.of({"confirm": "hq-branch", **settings}), variables, state(folder),
        folder.path.parent / "decisions.jsonl",
    )  # fmt: skip


def action(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(ActionModule, "__init__", lambda self: None)
    made: Any = ActionModule()
    made._play_context = None
    return made


def mended(folder: RunFolder, given: Remedy, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    run = of(folder)
    with Signals() as signals:
        found = action(monkeypatch)._mended(run, given, signals)
    _ended(run, found)
    told = report(folder)["run"]
    assert (told["outcome"], told["outcome_text"]) == (found.result.outcome, found.result.text)
    assert report(folder)["actions"] == []
    lines = [json.loads(line) for line in (folder.path.parent / "decisions.jsonl").read_text().splitlines()]
    assert [(each["decision"], each["outcome"]) for each in lines] == [
        ("acted", ""),
        ("refused", found.result.outcome),
    ]
    return found.result.outcome, found.result.text


def test_a_host_without_a_connection_is_refused_before_anything_is_foreseen(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = remedy(folder)
    given.variables["hostvars"]["branch"]["ansible_connection"] = "ssh"
    closed(monkeypatch, given)
    assert mended(folder, given, monkeypatch) == (
        "aborted_gate:session",
        f"branch: set ansible_connection: tunnelmend.asa.cli for it; it is 'ssh'. {LIFTS['session']}",
    )
    assert given.state.history(pair_of(of(folder).tunnel), 0.0).attempts == ()


def _refusing(given: Remedy) -> Any:
    real = login.open_to

    class Closed:
        def close(self) -> None:
            pass

    def open_to(host: str, variables: Any, context: Any) -> Any:
        connection = given.variables["hostvars"][host]["ansible_connection"]
        return Closed() if connection == login.PLUGIN else real(host, variables, context)

    return open_to


def closed(monkeypatch: pytest.MonkeyPatch, given: Remedy) -> None:
    monkeypatch.setattr(login, "open_to", _refusing(given))


def test_a_state_that_is_out_of_reach_is_an_outcome_and_a_line_in_the_log(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_given: object) -> None:
        raise StateError("The state db.example.net is out of reach.")

    given = remedy(folder)
    closed(monkeypatch, given)
    monkeypatch.setattr(State, "lease", lost)
    assert mended(folder, given, monkeypatch) == (
        "aborted_gate:journal",
        f"Nothing was cleared. The state db.example.net is out of reach. {LIFTS['journal']}",
    )


def test_runs_that_begin_at_once_share_the_limit_of_a_day(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    given = remedy(folder, max_per_day=1)
    closed(monkeypatch, given)
    settle = Remedy.settle

    def meanwhile(self: Remedy, run: Run, lease: Any) -> None:
        settle(self, run, lease)
        other = given.state.lease("192.0.2.1-203.0.113.1", Owner.here("other", "hq-paris"), lease.since, 900.0)
        given.state.begin(other, "clear_ipsec_sa", [], lease.since)

    monkeypatch.setattr(Remedy, "settle", meanwhile)
    assert mended(folder, given, monkeypatch) == (
        "aborted_gate:blast-radius",
        "1 attempt in the last 24 hours, over all tunnels, and 1 is the limit. Look for what they have in common "
        "first. Then raise remediate_max_tunnels (one run) or remediate_max_per_day (all runs).",
    )


def test_a_row_that_fails_in_here_says_what_it_did_and_whom_it_left(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bug(*_given: object, **_options: object) -> None:
        raise ZeroDivisionError("a bug")

    made = action(monkeypatch)
    monkeypatch.setattr(ActionModule, "_mended", bug)
    monkeypatch.setattr(Run, "broken", lambda *_given: [of(folder), of(folder)])
    monkeypatch.setattr(Run, "apart", lambda run: run)
    with pytest.raises(ZeroDivisionError), Signals() as signals:
        made._each(remedy(folder, confirm="all-broken"), {"run": str(folder.path), "started": 0.0}, signals)
    assert report(folder)["run"]["outcome_text"] == (
        "0 of 2: nothing yet. NOT TRIED: hq-branch, hq-branch: this run failed (ZeroDivisionError: a bug)."
    )
