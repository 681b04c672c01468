# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit of saved outputs as a user runs it: no device is there, and none is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest

from lab.testing import RunningLab, Typist, change, running_lab
from tests.integration.playbooks import ROOT, Playbooks, Run, playbooks

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
EXAMPLES = ROOT / "tests" / "examples" / "evidence"
TYPED = (
    "show version",
    "show clock",
    "show running-config",
    "show running-config all tunnel-group",
    "show startup-config",
    "show crypto ipsec sa",
    "show crypto isakmp sa detail",
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path_factory.mktemp("lab"), fault="deletion-retry") as running:
        yield running


@pytest.fixture(scope="module")
def live(lab: RunningLab, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return playbooks(lab, tmp_path_factory.mktemp("live") / "reports").audit()


@pytest.fixture
def nowhere(tmp_path: Path) -> Playbooks:
    """No lab runs: a device that was asked would refuse the connection."""
    return Playbooks(tmp_path / "no-lab", tmp_path / "reports")


@pytest.fixture
def no_inventory(tmp_path: Path) -> str:
    path = tmp_path / "empty.yml"
    path.write_text("asa:\n  hosts: {}\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """What a person pastes who logs in to both ends and reads everything once."""
    folder = tmp_path / "logs"
    folder.mkdir()
    lab = change("incident-2009")
    for name in lab.boxes:
        typist = Typist(lab, name).enable()
        typist("terminal pager 0")
        text = "".join(f"{name}# {command}\n{typist(command)}\n" for command in TYPED)
        (folder / f"{name}.log").write_text(f"{text}{name}# \n", encoding="utf-8")
    return folder


def outcomes(run: Run) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for finding in run.tunnel["findings"]:
        found.setdefault(finding["rule"], set()).add(finding["outcome"])
    return found


def test_a_former_run_is_found_broken_again_without_any_device(
    live: Run, lab: RunningLab, nowhere: Playbooks, no_inventory: str
) -> None:
    before = len(lab.record())
    run = nowhere.audit("-i", no_inventory, collect_from=str(live.reports / "latest"), collect_interval=600)
    assert run.code == 2
    assert len(lab.record()) == before
    jsonschema.validate(run.latest, SCHEMA)
    assert run.tunnel["verdict"] == live.tunnel["verdict"] == "broken"
    assert outcomes(run) == outcomes(live)
    assert outcomes(run)["spi-mirror-mismatch"] == {"fail"}
    assert run.tunnel["read"] == live.tunnel["read"]
    assert run.latest["run"]["collected_from"] == str(live.reports / "latest")
    assert {len(device["files"]) for device in run.latest["devices"]} == {37}
    assert f"OFFLINE made of saved outputs in {live.reports / 'latest'}; no device was asked" in run.words
    assert (run.reports / "latest" / "evidence" / "hq" / "2" / "show_crypto_ipsec_sa.txt").is_file()


def test_the_names_and_addresses_of_the_inventory_count(live: Run, nowhere: Playbooks) -> None:
    run = nowhere.audit(collect_from=str(live.reports / "latest"))
    assert run.tunnel["name"] == live.tunnel["name"] == "hq-branch"


def test_logs_that_were_read_once_are_judged_by_their_configuration_alone(nowhere: Playbooks, logs: Path) -> None:
    run = nowhere.audit(collect_from=str(logs), audit_stimulus=True)
    assert run.code == 2
    assert run.tunnel["verdict"] == "unknown"
    assert run.tunnel["stimulated"] is False
    assert (
        "hq-branch is unknown: hq and branch were read once: a comparison needs two readings; failing: dpd-disabled"
        in (run.words)
    )
    found = outcomes(run)
    assert found["spi-mirror-mismatch"] == {"unknown"}
    assert found["dpd-disabled"] == {"fail"}
    assert found["acl-not-mirrored"] == {"pass"}
    assert "hq: hq.log, its clock said 2009-11-20 08:02:00 UTC" in run.words
    assert run.tunnel["read"] is None


def test_a_gate_on_the_configuration_alone(nowhere: Playbooks, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    lab = change("modern-9x")
    for name in lab.boxes:
        typist = Typist(lab, name).enable()
        typist("terminal pager 0")
        (folder / f"{name}.txt").write_text(
            "".join(f"{name}# {command}\n{typist(command)}\n" for command in TYPED[:5]) + f"{name}# \n",
            encoding="utf-8",
        )
    run = nowhere.audit(collect_from=str(folder), audit_fail_on_unknown=False)
    assert run.code == 0
    assert run.tunnel["verdict"] == "unknown"
    assert outcomes(run)["dpd-disabled"] == {"pass"}


def test_folders_of_files_need_no_inventory(nowhere: Playbooks, no_inventory: str) -> None:
    run = nowhere.audit("-i", no_inventory, collect_from=str(EXAMPLES))
    assert run.code == 2
    assert run.tunnel["name"] == "branch-hq"
    assert outcomes(run)["spi-mirror-mismatch"] == {"unknown"}


def test_devices_are_chosen_by_limit_and_by_pattern(nowhere: Playbooks, logs: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.yml"
    more.write_text("asa:\n  hosts:\n    hq: {}\n    depot: {}\n", encoding="utf-8")
    run = nowhere.audit("--limit", "hq,depot", "-i", str(more), collect_from=str(logs))
    assert [device["name"] for device in run.latest["devices"]] == ["hq"]
    run = nowhere.audit(collect_from=str(logs), tunnelmend_hosts="all:!hq")
    assert [device["name"] for device in run.latest["devices"]] == ["branch"]
    run = nowhere.audit(collect_from=str(logs), tunnelmend_hosts="depot")
    assert run.code == 2
    assert f"none of the devices in {logs} is wanted: it has branch, hq. Look at tunnelmend_hosts" in run.words


def test_what_is_no_asa_is_a_device_that_was_not_read(nowhere: Playbooks, logs: Path) -> None:
    (logs / "core.txt").write_text("core#show version\nCisco IOS Software, C2900 Software\ncore#\n", encoding="utf-8")
    run = nowhere.audit(collect_from=str(logs))
    assert run.code == 2
    assert f"core could not be read: {logs}/core.txt: it is the output of IOS, and tunnelmend reads ASAs" in run.words
    assert run.tunnel["name"] == "hq-branch"


def test_half_a_configuration_is_unknown(nowhere: Playbooks, logs: Path) -> None:
    text = (logs / "hq.log").read_text(encoding="utf-8")
    (logs / "hq.log").write_text(text[: text.index("tunnel-group ")], encoding="utf-8")
    run = nowhere.audit(collect_from=str(logs))
    assert run.code == 2
    assert (
        "hq: 'show running-config' is unknown, because the answer is incomplete: the text ends here, and no prompt "
        "behind it shows that the output is whole; save it again"
    ) in run.words


def missing(folder: Path) -> Path:
    return folder / "gone"


def empty(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


def twice(folder: Path) -> Path:
    (folder / "twice").mkdir()
    for name in ("hq.log", "hq.txt"):
        (folder / "twice" / name).write_text("", encoding="utf-8")
    return folder / "twice"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            missing,
            "gone cannot be read as a folder of saved outputs: No such file or directory. Give the folder of a run",
        ),
        (empty, "empty is empty: put one folder or one file a device into it."),
        (twice, "twice has hq twice, as hq.log and hq.txt: keep one folder or one file a device."),
    ],
)
def test_a_folder_that_cannot_be_audited_stops_the_run(
    make: Callable[[Path], Path], words: str, nowhere: Playbooks, tmp_path: Path
) -> None:
    run = nowhere.audit(collect_from=str(make(tmp_path)))
    assert run.code == 2
    assert words in run.words
    assert not run.reports.exists()


@pytest.mark.parametrize("playbook", ["remediate", "harden"])
def test_what_acts_on_devices_takes_no_saved_outputs(playbook: str, nowhere: Playbooks, logs: Path) -> None:
    run = nowhere.run(playbook, tunnel="hq-branch", collect_from=str(logs))
    assert run.code == 2
    assert (
        f"collect_from is for an audit: {playbook} acts on devices, and reads them itself. Leave it out." in run.words
    )
    assert not run.reports.exists()
