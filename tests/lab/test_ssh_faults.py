# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults and scripts of a running lab: asked for over the control channel and the command line, met over SSH."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from lab.control import ControlError
from lab.testing import RunningLab, running_lab

ROOT = Path(__file__).resolve().parents[2]
HQ_CLEAR, BRANCH_CLEAR = "clear crypto ipsec sa peer 203.0.113.1", "clear crypto ipsec sa peer 198.51.100.1"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path) as running:
        yield running


def connect(lab: RunningLab, device: str) -> Any:
    found = lab.devices[device]
    return asyncssh.connect(
        found["host"], found["port"], known_hosts=lab.known_hosts, config=None, agent_path=None, client_keys=None,
        username="operator", password="lab-operator",
    )  # fmt: skip


class Terminal:
    """A login whose answers are read up to the next prompt, or to the end of the connection."""

    def __init__(self, process: Any) -> None:
        self.process = process

    async def type(self, line: str) -> str:
        self.process.stdin.write(line.encode() + b"\n")
        return await self.read()

    async def read(self) -> str:
        text = b""
        while not text.endswith((b"# ", b"> ", b"Password: ")):
            try:
                part = await asyncio.wait_for(self.process.stdout.read(4096), 15)
            except (asyncssh.ConnectionLost, ConnectionError):
                part = b""
            if not part:
                break
            text += part
        return text.decode()


async def login(connection: Any) -> Terminal:
    terminal = Terminal(await connection.create_process(term_type="vt100", encoding=None))
    await terminal.read()
    for line in ("enable", "lab-enable"):
        await terminal.type(line)
    return terminal


def run(action: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(action())


def test_a_session_dies_at_the_clear_and_the_next_login_works(lab: RunningLab) -> None:
    assert lab.fault("dies-on-clear", "hq") == {"fault": "dies-on-clear", "at": "hq"}

    async def story() -> tuple[str, str]:
        async with connect(lab, "hq") as first:
            terminal = await login(first)
            dead = await terminal.type(HQ_CLEAR)
            await asyncio.wait_for(first.wait_closed(), 10)
        async with connect(lab, "hq") as second:
            return dead, await (await login(second)).type("show hostname")

    dead, alive = run(story)
    assert dead.strip() in ("", HQ_CLEAR)
    assert alive == "show hostname\r\nhq\r\nhq# "
    truth = lab.status()["truth"]
    assert [(line["line"], line["effect"]["pairs"]) for line in truth["cleared"]] == [(HQ_CLEAR, {"203.0.113.1": 1})]
    assert [(each["text"], each["fired"]) for each in truth["script"]] == [("after every clear at hq: drop", 1)]


def test_a_reboot_in_the_middle_cuts_every_session_and_refuses_logins_meanwhile(lab: RunningLab) -> None:
    (trigger,) = lab.when("after the first clear at hq: reboot branch 2m")
    assert (trigger["seen"], trigger["fired"]) == (0, 0)

    async def story() -> tuple[str, str, str]:
        async with connect(lab, "hq") as hq, connect(lab, "branch") as branch:
            one, other = await login(hq), await login(branch)
            answer = await one.type(HQ_CLEAR)
            await asyncio.wait_for(branch.wait_closed(), 10)
            lost = await other.read()
            with pytest.raises((OSError, asyncssh.Error)):
                await connect(lab, "branch")
            lab.advance("2m")
            async with connect(lab, "branch") as again:
                return answer, lost, await (await login(again)).type("show version | include branch up")

    answer, lost, version = run(story)
    assert answer == f"{HQ_CLEAR}\r\nhq# "
    assert lost == ""
    assert "branch up " in version
    assert " days" not in version
    assert lab.status()["devices"]["branch"]["sessions"] == 0


def test_a_silent_reboot_answers_nothing_until_the_device_is_back(lab: RunningLab) -> None:
    lab.when("before the first clear at branch: reboot here 10m silently")

    async def story() -> bool:
        async with connect(lab, "branch") as branch:
            terminal = await login(branch)
            terminal.process.stdin.write(BRANCH_CLEAR.encode() + b"\n")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(branch.wait_closed(), 1)
            lab.advance("10m")
            await asyncio.wait_for(branch.wait_closed(), 10)
            return "# " in await terminal.read()

    assert run(story) is False
    assert lab.status()["truth"]["cleared"] == []


def test_another_operator_stands_in_the_record_in_order(lab: RunningLab) -> None:
    lab.fault("another-operator", "hq")

    async def story() -> str:
        async with connect(lab, "hq") as connection:
            return await (await login(connection)).type(HQ_CLEAR)

    assert run(story) == f"{HQ_CLEAR}\r\nhq# "
    ours, other = lab.record()[-2:]
    assert [(each["device"], each["user"], each["line"]) for each in (ours, other)] == [
        ("hq", "operator", HQ_CLEAR), ("branch", "other-operator", BRANCH_CLEAR),
    ]  # fmt: skip
    assert other["number"] == ours["number"] + 1
    assert (ours["effect"]["pairs"], other["effect"]["pairs"]) == ({"203.0.113.1": 1}, {"198.51.100.1": 1})


def test_only_the_clear_is_slow_and_rights_change_in_the_session(lab: RunningLab) -> None:
    lab.quirk("hq", "slow-on=clear:0.7")

    async def story() -> list[Any]:
        async with connect(lab, "hq") as connection:
            terminal = await login(connection)
            began = time.monotonic()
            await terminal.type("show hostname")
            between = time.monotonic()
            await terminal.type("clear crypto ipsec sa counters")
            ended = time.monotonic()
            lab.quirk("hq", "level=3")
            shown = await terminal.type("show curpriv")
            lab.quirk("hq", "authorization-failed=clear crypto ipsec sa peer")
            return [between - began, ended - between, shown, await terminal.type(HQ_CLEAR)]

    fast, slow, level, refused = run(story)
    assert fast < 0.7 <= slow
    assert "Current privilege level : 3\r\n" in level
    assert refused == f"{HQ_CLEAR}\r\nCommand authorization failed\r\nhq# "


def test_control_says_what_is_wrong_with_a_script(lab: RunningLab) -> None:
    with pytest.raises(ControlError, match="not a trigger: 'reboot'"):
        lab.when("reboot")
    assert [each["text"] for each in lab.when("after 2 clear at any: drop")] == ["after 2 clear at any: drop"]
    assert lab.when(clear=True) == []
    with pytest.raises(ControlError, match="it belongs behind a trigger"):
        lab.act("drop")
    with pytest.raises(ControlError, match="lose-delete takes a number, all or off, not 'x'"):
        lab.fault("lose-delete=x")


def test_the_command_line_takes_faults_scripts_and_deeds(tmp_path: Path) -> None:
    def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lab", *arguments, "--dir", str(tmp_path)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)

    assert "no fault named 'meteorite'" in lab("up", "--fault", "meteorite").stderr
    try:
        assert lab("up", "--fault", "dead-asp-context=reload").returncode == 0
        way = "hq -> branch  192.168.1.0/24 - 192.168.2.0/24"
        assert f"{way}: does not pass: hq does not encrypt" in lab("status").stdout
        assert lab("fault", "clock-wrong=-1h", "branch").stdout == "clock-wrong=-1h happened at branch\n"
        assert lab("fault", "underlay-dead", "--at", "branch").stdout == "underlay-dead happened at branch\n"
        text = "after the first clear at hq: reboot branch"
        assert lab("when", text).stdout == f"{text}  (seen 0, went off 0)\n"
        assert lab("act", "type", "hq", HQ_CLEAR).returncode == 0
        assert "        cleared 1 of 203.0.113.1; left nothing\n" in lab("record", "hq").stdout
        assert json.loads(lab("status", "--json").stdout)["truth"]["cleared"][0]["user"] == "other-operator"
        assert lab("fault", "reboot", "branch").returncode == 0
        assert lab("when").stdout == f"{text}  (seen 0, went off 0)\n"
    finally:
        assert lab("down").returncode == 0
