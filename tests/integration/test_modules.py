# SPDX-License-Identifier: GPL-3.0-or-later
"""vpn_info and clear_ipsec_sa in somebody's own playbook; the lab's record is the witness of what was sent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.tunnelmend.asa.plugins.action.clear_ipsec_sa import SHOW, _clear, _spis
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from lab.testing import RunningLab

ROOT = Path(__file__).resolve().parents[2]
BRANCH = "203.0.113.1"
CLEAR = f"clear crypto ipsec sa peer {BRANCH}"
SHOWN = (ROOT / "tests/examples/evidence/hq/1/show_crypto_ipsec_sa.txt").read_text(encoding="utf-8")
SECRETS = ("lab-psk-hq-branch", "lab-operator", "lab-enable")


@dataclass(frozen=True)
class Played:
    """What one task returned, what stood on the screen, and the lines that the device received meanwhile."""

    result: dict[str, Any]
    screen: str
    lines: list[str]

    @property
    def clears(self) -> list[str]:
        return [line for line in self.lines if line.startswith("cl")]


Play = Callable[..., Played]


@pytest.fixture
def play(lab: RunningLab, tmp_path: Path) -> Iterator[Play]:
    """Runs one module of ours on hq in a playbook, once or for each `item` of a loop."""

    def run(module: str, *flags: str, loop: Sequence[str] = (), **arguments: Any) -> Played:
        result = tmp_path / "result.json"
        copy = {"content": "{{ answer | to_json }}", "dest": str(result), "mode": "0600"}
        ask = {"name": "Ask", f"tunnelmend.asa.{module}": arguments, "register": "answer", "ignore_errors": True}
        keep = {"name": "Keep", "ansible.builtin.copy": copy, "delegate_to": "localhost", "check_mode": False}
        tasks = [ask | ({"loop": list(loop)} if loop else {}), keep]
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


# --- clear_ipsec_sa ----------------------------------------------------------------------------------------------


def test_clear_sends_one_line_and_reads_again(lab: RunningLab, play: Play) -> None:
    before = spis(lab)
    played = play("clear_ipsec_sa", peer=BRANCH)
    assert played.clears == [CLEAR]
    found = played.result
    assert (found["changed"], found["failed"], found["command"]) == (True, False, CLEAR)
    assert found["before"] == before
    assert not set(found["after"]["inbound"] + found["after"]["outbound"]) & set(before["inbound"] + before["outbound"])
    assert f"SPI 0x{min(before['inbound'] + before['outbound']):08X}" in found["msg"]


@pytest.mark.parametrize("write", [str, hex], ids=["number", "hex"])
def test_clear_while_the_expected_sas_are_there(lab: RunningLab, play: Play, write: Callable[[int], str]) -> None:
    now = spis(lab)
    played = play("clear_ipsec_sa", peer=BRANCH, expect_spis=[write(spi) for spi in now["outbound"] + now["inbound"]])
    assert played.clears == [CLEAR]
    assert played.result["before"] == now


@pytest.mark.parametrize("missing", ["inbound", "outbound", "both", "none"])
def test_other_sas_than_the_expected_are_not_cleared(lab: RunningLab, play: Play, missing: str) -> None:
    now = spis(lab)
    every = now["inbound"] + now["outbound"]
    expected = {"inbound": now["outbound"], "outbound": now["inbound"], "both": [], "none": [*every, 0x1E8246FC]}
    played = play("clear_ipsec_sa", peer=BRANCH, expect_spis=expected[missing])
    assert played.clears == []
    assert played.result["failed"]
    assert not played.result["changed"]
    assert played.result["msg"].endswith("something renegotiated meanwhile. Nothing was cleared")
    assert spis(lab) == now


def test_no_sa_to_that_peer_is_nothing_to_clear(play: Play) -> None:
    played = play("clear_ipsec_sa", peer="192.0.2.99")
    assert played.clears == []
    assert (played.result["changed"], played.result["failed"]) == (False, False)
    assert played.result["msg"] == "hq has no IPsec SA to 192.0.2.99: nothing to clear."


def test_check_mode_says_what_it_would_send(lab: RunningLab, play: Play) -> None:
    now = spis(lab)
    played = play("clear_ipsec_sa", "--check", peer=BRANCH)
    assert played.clears == []
    found = played.result
    assert (found["changed"], found["command"], found["before"], found["after"]) == (True, CLEAR, now, None)
    assert found["msg"] == f"hq: would send '{CLEAR}'. Nothing was sent."


def test_what_is_no_address_of_a_peer_is_refused_before_the_login(play: Play) -> None:
    wrong = ["", " ", "all", "0.0.0.0", "::", "224.0.0.1", "203.0.113.0/24", f"{BRANCH} {BRANCH}", f"{BRANCH}\nreload"]
    played = play("clear_ipsec_sa", peer="{{ item }}", loop=wrong)
    assert played.lines == []
    assert [each["failed"] for each in played.result["results"]] == [True] * len(wrong)
    assert not [each["msg"] for each in played.result["results"] if "Nothing was sent" not in each["msg"]]


def test_what_is_no_spi_is_refused_before_the_login(play: Play) -> None:
    wrong = ["0xNOTHEX", "1E8246FC", "", "true"]
    played = play("clear_ipsec_sa", peer=BRANCH, expect_spis=["{{ item }}"], loop=wrong)
    assert played.lines == []
    for spi, each in zip(wrong, played.result["results"], strict=True):
        assert each["failed"]
        assert f"expect_spis: {spi!r} is no SPI" in each["msg"]


@pytest.mark.parametrize(
    ("quirk", "words"),
    [
        ("authorization-failed=show crypto", "was not read: Command authorization failed"),
        ("empty=show crypto", "the output is empty"),
        ("garble=show crypto", "was not read"),
        ("hang=show crypto", "nothing came for 3 s"),
        ("level=3", "privilege level 3 where 15 is needed"),
    ],
)
def test_nothing_is_cleared_on_what_was_not_read(lab: RunningLab, play: Play, quirk: str, words: str) -> None:
    now = spis(lab)
    lab.quirk("hq", quirk)
    played = play("clear_ipsec_sa", "-e", "ansible_command_timeout=3", peer=BRANCH)
    assert played.clears == []
    assert played.result["failed"]
    assert words in played.result["msg"]
    assert spis(lab) == now


def test_a_clear_that_is_refused_changed_nothing(lab: RunningLab, play: Play) -> None:
    now = spis(lab)
    lab.quirk("hq", "refuse-clear")
    played = play("clear_ipsec_sa", peer=BRANCH)
    assert played.clears == [CLEAR]
    assert (played.result["failed"], played.result["changed"]) == (True, False)
    assert played.result["msg"].endswith("Nothing was cleared")
    assert spis(lab) == now


def test_a_clear_without_an_answer_is_not_known(lab: RunningLab, play: Play) -> None:
    lab.quirk("hq", "hang=clear")
    played = play("clear_ipsec_sa", "-e", "ansible_command_timeout=3", peer=BRANCH)
    assert played.clears == [CLEAR]
    assert (played.result["failed"], played.result["changed"], played.result["after"]) == (True, True, None)
    assert played.result["msg"].endswith(f"Whether hq carried out '{CLEAR}' is not known")


class Scripted:
    """Answers by a script, where the lab has no fault that begins only after the clear."""

    def __init__(self, *answers: str | Exception) -> None:
        self._answers = iter(answers)

    def run(self, command: str) -> Answer:
        answer = next(self._answers)
        if isinstance(answer, Exception):
            raise answer
        return Answer(command, answer)

    def settle(self) -> None:
        pass


def clear(*answers: str | Exception) -> dict[str, Any]:
    """What becomes of a clear whose answer, and that of the reading after it, are these."""
    before = _spis(SHOW.parse(SHOWN).value)
    found: dict[str, Any] = _clear(Scripted(*answers), "hq", CLEAR, f"{SHOW.command} peer {BRANCH}", before)
    return found


def test_sas_that_outlive_the_clear_are_a_failure() -> None:
    found = clear("", SHOWN)
    assert (found["failed"], found["changed"]) == (True, False)
    assert found["msg"] == f"hq still shows SPI 0xD7C3F4D7, 0xE05D5A0A after '{CLEAR}'"


@pytest.mark.parametrize("answer", ["", SHOWN[: len(SHOWN) // 2], AnsibleError("hq: the device closed the connection")])
def test_what_is_not_read_after_the_clear_does_not_hide_that_it_was_sent(answer: str | Exception) -> None:
    found = clear("", answer)
    assert (found["failed"], found["changed"], found["after"]) == (True, True, None)
    assert found["msg"].endswith(f"Before that, '{CLEAR}' was sent")


# --- both --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("module", "arguments"), [("vpn_info", {"raw": True}), ("clear_ipsec_sa", {"peer": BRANCH})])
def test_verbose_output_has_no_keys(play: Play, module: str, arguments: dict[str, Any]) -> None:
    played = play(module, "-vvv", **arguments)
    assert not played.result["failed"]
    assert "<hq> logged in at 'hq'" in played.screen
    assert not [secret for secret in SECRETS if secret in played.screen]
