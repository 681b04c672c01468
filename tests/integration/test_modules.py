# SPDX-License-Identifier: GPL-3.0-or-later
"""vpn_info in somebody's own playbook; the lab's record is the witness of what was sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lab.testing import RunningLab

ROOT = Path(__file__).resolve().parents[2]
BRANCH = "203.0.113.1"
SECRETS = ("lab-psk-hq-branch", "lab-operator", "lab-enable")


@dataclass(frozen=True)
class Played:
    """What one task returned, what stood on the screen, and the lines that the device received meanwhile."""

    result: dict[str, Any]
    screen: str
    lines: list[str]


Play = Callable[..., Played]


@pytest.fixture
def play(lab: RunningLab, tmp_path: Path) -> Iterator[Play]:
    """Runs one module of ours on hq in a playbook."""

    def run(module: str, *flags: str, **arguments: Any) -> Played:
        result = tmp_path / "result.json"
        copy = {"content": "{{ answer | to_json }}", "dest": str(result), "mode": "0600"}
        ask = {"name": "Ask", f"tunnelmend.asa.{module}": arguments, "register": "answer", "ignore_errors": True}
        keep = {"name": "Keep", "ansible.builtin.copy": copy, "delegate_to": "localhost", "check_mode": False}
        tasks = [ask, keep]
        playbook = tmp_path / "play.yml"
        playbook.write_text(json.dumps([{"name": "Play", "hosts": "hq", "gather_facts": False, "tasks": tasks}]))
        before = len(lab.lines("hq"))
        done = subprocess.run(
            [sys.executable, "-m", "ansible", "playbook", str(playbook), "-i", "inventory/lab",
             "-e", f"ansible_python_interpreter={sys.executable}", *flags],
            cwd=ROOT, text=True, capture_output=True, timeout=120,
            env=os.environ | {"LAB_DIR": str(lab.dir), "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return Played(json.loads(result.read_text()), done.stdout + done.stderr, lab.lines("hq")[before:])

    yield run
    lab.quirk("hq", clear=True)
    # The lab's traffic makes new SAs after a clear.
    lab.advance("10s")


def spis(lab: RunningLab) -> dict[str, list[int]]:
    """The SPIs that hq really has."""
    (sa,) = lab.status()["devices"]["hq"]["ipsec"]
    return {
        "inbound": [int(spi, 16) for spi in sa["spi_in"]],
        "outbound": [int(spi, 16) for spi in sa["spi_out"]],
    }


# --- vpn_info ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("flags", [(), ("--check",)])
def test_vpn_info_returns_what_the_device_has(lab: RunningLab, play: Play, flags: tuple[str, ...]) -> None:
    played = play("vpn_info", *flags)
    found = played.result
    assert (found["changed"], found["failed"], found["problems"]) == (False, False, [])
    (entry,) = found["ipsec"]
    assert entry["peer"] == BRANCH
    assert entry["identities"]["remote"]["network"] == "192.168.2.0/24"
    shown = {way: [sa["spi"] for sa in entry["sas"] if sa["direction"] == way] for way in ("inbound", "outbound")}
    assert shown == spis(lab)
    assert [(sa["peer"], sa["state"], sa["role"]) for sa in found["ike"]] == [(BRANCH, "MM_ACTIVE", "initiator")]
    assert found["device"]["name"] == found["device"]["hostname"] == "hq"
    assert found["device"]["version"]["text"] == "7.2(5)"
    assert found["device"]["config"]["tunnel_groups"][BRANCH]["keepalive"]["disabled"] is True
    assert "outputs" not in found
    assert not [line for line in played.lines if line.startswith(("cl", "conf", "wr"))]


def test_vpn_info_reads_the_sas_alone(lab: RunningLab, play: Play) -> None:
    played = play("vpn_info", gather="sas")
    assert [sa["spi"] for sa in played.result["ipsec"][0]["sas"]] == [*spis(lab)["inbound"], *spis(lab)["outbound"]]
    assert not [line for line in played.lines if line.startswith("show running-config")]


def test_vpn_info_returns_texts_without_keys(play: Play) -> None:
    outputs = play("vpn_info", raw=True).result["outputs"]
    assert outputs["show crypto ipsec sa"].startswith("interface: outside")
    assert not [secret for secret in SECRETS if secret in json.dumps(outputs)]


def test_vpn_info_says_what_was_not_read(lab: RunningLab, play: Play) -> None:
    lab.quirk("hq", "authorization-failed=show crypto ipsec")
    found = play("vpn_info", gather="sas").result
    assert found["ipsec"] is None
    assert [problem for problem in found["problems"] if "Command authorization failed" in problem]


def test_vpn_info_refuses_a_login_that_may_not_see_all(lab: RunningLab, play: Play) -> None:
    lab.quirk("hq", "level=3")
    found = play("vpn_info").result
    assert found["failed"]
    assert "'show curpriv' says privilege level 3 where 15 is needed" in found["msg"]


def test_verbose_output_has_no_keys(play: Play) -> None:
    played = play("vpn_info", "-vvv", raw=True)
    assert not played.result["failed"]
    assert "<hq> logged in at 'hq'" in played.screen
    assert not [secret for secret in SECRETS if secret in played.screen]
