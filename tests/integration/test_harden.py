# SPDX-License-Identifier: GPL-3.0-or-later
"""The hardening through Ansible and SSH: what it writes, shows, takes back, and what DPD then does for the tunnel."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.testing import RunningLab, running_lab

ROOT = Path(__file__).resolve().parents[2]
ON = "isakmp keepalive threshold 10 retry 2"
Play = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab("incident-2009", dir=tmp_path / "lab") as running:
        yield running


@pytest.fixture
def harden(lab: RunningLab, tmp_path: Path) -> Play:
    def run(*arguments: str, playbook: str = "harden") -> subprocess.CompletedProcess[str]:
        command = ["ansible-playbook", f"playbooks/{playbook}.yml", "-e", f"reports_dir={tmp_path}/reports"]
        if playbook != "audit":
            command += ["-e", "tunnel=hq-branch"]
        environment = os.environ | {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "LAB_DIR": str(lab.dir)}
        environment |= {"ANSIBLE_NOCOLOR": "1", "COLUMNS": "200"}
        return subprocess.run(
            [*command, "-e", "collect_interval=1", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def configured(lab: RunningLab, device: str) -> list[str]:
    return [entry["line"].strip() for entry in lab.record(device) if entry["mode"] == "config"]


def test_check_shows_the_diff_and_writes_nothing(lab: RunningLab, harden: Play) -> None:
    done = harden("--check", "--diff")
    assert done.returncode == 0, done.stdout
    assert "- isakmp keepalive disable" in done.stdout
    assert f"+ {ON}" in done.stdout
    assert "Nothing was written" in done.stdout
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]


def test_it_writes_both_ends_once_and_the_second_run_changes_nothing(
    lab: RunningLab, harden: Play, tmp_path: Path
) -> None:
    first = harden()
    assert first.returncode == 0, first.stdout
    assert "DPD set at hq (disabled -> threshold 10 retry 2) and branch" in " ".join(first.stdout.split())
    assert configured(lab, "hq") == ["tunnel-group 203.0.113.1 ipsec-attributes", ON, "end"]
    assert configured(lab, "branch") == ["tunnel-group 198.51.100.1 ipsec-attributes", ON, "end"]
    second = harden()
    assert "changed=0" in second.stdout
    assert "nothing to change" in second.stdout
    assert len(configured(lab, "hq")) == 3
    report = json.loads((tmp_path / "reports" / "latest" / "report.json").read_text())
    assert [f["outcome"] for f in report["tunnels"][0]["findings"] if f["rule"] == "dpd-disabled"] == ["pass"]
    assert not [entry for entry in lab.record() if "write" in entry["line"]]


def test_saving_is_asked_for(lab: RunningLab, harden: Play) -> None:
    done = harden("-e", "harden_save=true")
    assert done.returncode == 0, done.stdout
    assert [entry["device"] for entry in lab.record() if entry["line"] == "write memory"] == ["hq", "branch"]


def test_the_first_end_is_set_back_when_the_second_refuses(lab: RunningLab, harden: Play) -> None:
    lab.quirk("branch", "authorization-failed=configure")
    done = harden()
    assert done.returncode != 0
    assert "hq is as it was (disabled)" in " ".join(done.stdout.split())
    assert configured(lab, "hq")[-2:] == ["isakmp keepalive disable", "end"]
    assert configured(lab, "branch") == []


def test_a_value_out_of_range_is_refused_unsent(lab: RunningLab, harden: Play) -> None:
    done = harden("-e", "harden_dpd_threshold=5")
    assert done.returncode != 0
    assert "the threshold is 10 to 3600 seconds" in " ".join((done.stdout + done.stderr).split())
    assert configured(lab, "hq") == []


def test_with_dpd_a_lost_peer_is_noticed_and_without_it_is_not(lab: RunningLab, harden: Play) -> None:
    """The lab is the witness: the same fault before and after the hardening."""
    lab.fault("lost-peer")
    lab.advance("10m")
    assert not lab.status()["mirrors"]
    mended = harden("-e", "confirm=hq-branch", "-e", "remediate_verify_interval=2", playbook="remediate")
    assert mended.returncode == 0, mended.stdout
    assert harden().returncode == 0
    # DPD is agreed when an IKE SA is made, so the one from before must end first.
    lab.advance("26h")
    assert lab.status()["mirrors"]
    lab.fault("lost-peer")
    lab.advance("2m")
    assert lab.status()["mirrors"]
