# SPDX-License-Identifier: GPL-3.0-or-later
"""The opt-in comparison of keys over SSH: one word a tunnel comes out of it, and nothing of a key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.testing import RunningLab, running_lab
from tests.integration.playbooks import Run, harmful, playbooks

KEY = "lab-psk-hq-branch"
SECRETS = ("lab-operator", "lab-enable", KEY)
COMMAND = "more system:running-config"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path_factory.mktemp("lab")) as running:
        yield running


def compared(run: Run) -> dict[str, str]:
    told: dict[str, str] = json.loads((run.reports / "latest" / "keys.json").read_text(encoding="utf-8"))
    return told


def test_the_keys_of_both_ends_are_compared_and_nothing_of_them_is_kept(lab: RunningLab, tmp_path: Path) -> None:
    run = playbooks(lab, tmp_path / "reports").audit("-vvvv", audit_compare_keys=True)
    assert compared(run) == {"hq-branch": "equal"}
    (told,) = [each for each in run.tunnel["findings"] if each["rule"] == "psk-equality"]
    assert told["outcome"] == "pass"
    assert told["message"] == "hq-branch - equal keys - hq: compared, equal branch: compared, equal"
    assert "hq: comparing its keys (it logs that its configuration was looked at)" in run.words
    assert lab.lines("hq").count(COMMAND) == lab.lines("branch").count(COMMAND) == 1
    assert [line for line in harmful(lab) if COMMAND not in str(line)] == []
    files = [path for path in run.reports.rglob("*") if path.is_file()]
    texts = {str(path): path.read_text(encoding="utf-8") for path in files} | {"the screen": run.screen}
    assert [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text] == []


def test_a_device_that_refuses_leaves_its_keys_unverifiable(lab: RunningLab, tmp_path: Path) -> None:
    lab.quirk("branch", f"authorization-failed={COMMAND}")
    try:
        run = playbooks(lab, tmp_path / "reports").audit(audit_compare_keys=True)
    finally:
        lab.quirk("branch", clear=True)
    assert compared(run) == {"hq-branch": "unverifiable"}
    assert "the keys of branch cannot be compared: branch: Command authorization failed" in run.words


def test_without_being_asked_no_key_is_read(lab: RunningLab, tmp_path: Path) -> None:
    before = lab.lines("hq").count(COMMAND)
    run = playbooks(lab, tmp_path / "reports").audit()
    assert lab.lines("hq").count(COMMAND) == before
    assert not (run.reports / "latest" / "keys.json").exists()


def test_saved_outputs_have_no_keys_to_compare(lab: RunningLab, tmp_path: Path) -> None:
    run = playbooks(lab, tmp_path / "reports").audit()
    again = playbooks(lab, tmp_path / "offline").audit(
        collect_from=str(run.reports / "latest"), audit_compare_keys=True
    )
    assert again.code == 2
    assert "audit_compare_keys asks the devices for their keys, and collect_from has none" in again.words
