# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands are asked, and what becomes of answers that are not whole."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import count, islice
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope, doubted, output, snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import OutputStatus, Snapshot
from lab.testing import Typist, change

ROOT = Path(__file__).resolve().parents[1]


def read(site: str, name: str, scope: Scope, first: int | None = None) -> Snapshot:
    """The snapshot after so many commands, or the whole one."""
    typist = Typist(change(site), name).enable()
    clock = count()
    so_far = snapshot(name, scope, lambda line: Answer(line, typist(line) + "\n"), lambda: float(next(clock)))
    *_, last = islice(so_far, first)
    return last


def asked(site: str, name: str, scope: Scope) -> list[str]:
    return [each.command for each in read(site, name, scope).outputs]


@pytest.mark.parametrize(("site", "name"), [("incident-2009", "hq"), ("modern-9x", "east")])
def test_everything_is_shown_and_nothing_else_is_typed(site: str, name: str) -> None:
    commands = asked(site, name, Scope.EVERYTHING)
    assert commands[0] == "show version"
    assert all(command.startswith("show ") for command in commands)
    assert len(commands) == len(set(commands))
    order = ("show crypto ipsec sa", "show crypto ipsec stats", "show asp drop", "show vpn-sessiondb detail l2l")
    places = [commands.index(each) for each in (*order, "show logging")]
    assert places == sorted(places)


def test_the_release_decides_how_the_sas_are_asked_for() -> None:
    old, new = asked("incident-2009", "hq", Scope.SAS), asked("modern-9x", "east", Scope.SAS)
    assert [old[0], new[0]] == ["show version"] * 2
    assert any(command.startswith("show crypto isakmp sa") for command in old)
    assert any(command.startswith("show crypto ikev1 sa") for command in new)


@pytest.mark.parametrize(("site", "name"), [("incident-2009", "hq"), ("modern-9x", "east")])
def test_the_second_reading_counts_again_and_asks_nothing_else_twice(site: str, name: str) -> None:
    commands = asked(site, name, Scope.SAS)
    assert commands[-2:] == ["show crypto ipsec stats", "show asp drop"]
    assert all(" sa" in command for command in commands[1:-2])


def test_times_enclose_every_answer() -> None:
    whole = read("incident-2009", "hq", Scope.SAS)
    times = [time for each in whole.outputs for time in (each.started, each.finished)]
    assert [whole.started, *times, whole.finished] == sorted([whole.started, *times, whole.finished])


def test_what_was_read_before_a_cut_is_kept_but_for_the_last() -> None:
    cut = doubted(read("incident-2009", "hq", Scope.EVERYTHING, first=4), "hq: the device closed the connection")
    assert [each.status for each in cut.outputs] == [OutputStatus.READ] * 3 + [OutputStatus.INCOMPLETE]
    assert cut.error == "hq: the device closed the connection"
    found = device("hq", [cut])
    assert found.hostname == "hq"
    assert found.problems[0] == "hq could not be read: hq: the device closed the connection"


def test_a_login_that_failed_at_once_has_nothing_to_doubt() -> None:
    assert doubted(Snapshot("hq", 0, 1), "refused") == Snapshot("hq", 0, 1, error="refused")


@pytest.mark.parametrize(
    ("answer", "status", "detail"),
    [
        (Answer("show x", "text\n"), OutputStatus.READ, ""),
        (Answer("show x", "Command authorization failed\n"), OutputStatus.REFUSED, "Command authorization failed"),
        (Answer("show x", "half", "the pager"), OutputStatus.INCOMPLETE, "the pager"),
    ],
)
def test_what_became_of_a_command(answer: Answer, status: OutputStatus, detail: str) -> None:
    assert (output(answer, 1, 2).status, output(answer, 1, 2).detail) == (status, detail)


@pytest.mark.parametrize("action", ["collect", "vpn_info"])
def test_the_parsers_are_loaded_with_the_action_before_ansible_forks(action: str) -> None:
    plugins = "ansible_collections.tunnelmend.asa.plugins"
    code = f"import {plugins}.action.{action}, {plugins}.plugin_utils.parsers as p; print(p.load.cache_info().currsize)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": ".collections"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "1"
