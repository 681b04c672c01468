# SPDX-License-Identifier: GPL-3.0-or-later
"""Over real SSH: a login through the tunnel, one that follows the active unit, and the inventory of a running lab."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from lab.testing import RunningLab, running_lab

ROOT = Path(__file__).resolve().parents[2]
INVENTORY = ROOT / "inventory" / "lab" / "hosts.py"


@pytest.fixture(scope="module")
def in_band(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab("in-band-oob", dir=tmp_path_factory.mktemp("in-band")) as lab:
        yield lab


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab("failover", dir=tmp_path_factory.mktemp("failover")) as lab:
        yield lab


def connect(lab: RunningLab, device: str, timeout: float = 10) -> Any:
    found = lab.devices[device]
    return asyncssh.connect(
        found["host"], found["port"], known_hosts=lab.known_hosts, config=None, agent_path=None, login_timeout=timeout,
        username="operator", password="lab-operator", client_keys=None,
    )  # fmt: skip


class Screen:
    """One shell, read until a text shows."""

    def __init__(self, process: Any) -> None:
        self._process = process

    async def ask(self, line: str, until: str, timeout: float = 10) -> str:
        self._process.stdin.write(line.encode() + b"\n")
        shown = b""
        while not shown.endswith(until.encode()):
            shown += await asyncio.wait_for(self._process.stdout.read(4096), timeout)
        return shown.decode()


async def shell(connection: asyncssh.SSHClientConnection, name: str) -> Screen:
    screen = Screen(await connection.create_process(term_type="vt100", encoding=None))
    await screen.ask("enable", "Password: ")
    await screen.ask("lab-enable", f"{name}# ")
    return screen


def test_a_clear_through_the_tunnel_hangs_the_login_and_a_new_one_brings_it_back(in_band: RunningLab) -> None:
    async def main() -> tuple[str, str]:
        async with connect(in_band, "branch") as connection:
            screen = await shell(connection, "branch")
            before = await screen.ask("show clock", "branch# ")
            with pytest.raises(TimeoutError):
                await screen.ask("clear crypto ipsec sa", "branch# ", timeout=1)
            async with connect(in_band, "branch") as again:
                after = await (await shell(again, "branch")).ask("show clock", "branch# ")
                with pytest.raises(TimeoutError):
                    await screen.ask("show version", "branch# ", timeout=1)
            connection.abort()
        return before, after

    assert all("UTC Wed Mar 8 2023" in shown for shown in asyncio.run(main()))
    lines = in_band.lines("branch")
    assert "clear crypto ipsec sa" in lines
    assert "show version" not in lines


def test_no_login_through_a_tunnel_that_does_not_mirror_but_one_beside_it(in_band: RunningLab) -> None:
    in_band.fault("deletion-retry", "hq")

    async def main() -> str:
        with pytest.raises((TimeoutError, asyncssh.Error)):
            await asyncio.wait_for(connect(in_band, "branch"), 1.5)
        async with connect(in_band, "branch-oob") as connection:
            shown = await (await shell(connection, "branch")).ask("show clock", "branch# ")
        async with connect(in_band, "hq") as connection:
            await (await shell(connection, "hq")).ask("clear crypto ipsec sa", "hq# ")
        async with connect(in_band, "branch"):
            return shown

    assert "UTC Wed Mar 8 2023" in asyncio.run(main())
    assert in_band.status()["mirrors"]


def test_the_login_of_a_pair_goes_to_whoever_is_active(pair: RunningLab) -> None:
    async def serial(name: str) -> str:
        async with connect(pair, name) as connection:
            shown = await (await shell(connection, "hq")).ask("show version | include Serial", "hq# ")
        return shown.split("\r\n")[1]

    async def main() -> None:
        async with connect(pair, "hq") as connection:
            screen = await shell(connection, "hq")
            assert pair.failover("hq") == "hq-b"
            with pytest.raises(TimeoutError):
                await screen.ask("show clock", "hq# ", timeout=1)
            connection.abort()
        assert await serial("hq") == await serial("hq-b") == "Serial Number: 9A1HQBLAB00"
        assert await serial("hq-a") == "Serial Number: 9A1HQALAB00"

    asyncio.run(main())
    again = subprocess.run(
        [sys.executable, "-m", "lab", "failover", "hq-a", "--dir", str(pair.dir)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert again.stdout == "hq-a is active\n"
    assert {name: unit.get("failover") for name, unit in pair.status()["devices"].items()} == {
        "hq-a": "active", "hq-b": "standby", "branch": None,
    }  # fmt: skip


def inventory(folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [str(INVENTORY), "--list"],
        env={**os.environ, "LAB_DIR": str(folder)}, capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def test_the_inventory_is_of_the_lab_that_runs(pair: RunningLab, in_band: RunningLab, tmp_path: Path) -> None:
    hosts = inventory(pair.dir)
    assert hosts["asa"] == {"hosts": ["hq", "branch"]}
    assert hosts["units"] == {"hosts": ["hq-a", "hq-b"]}
    assert hosts["other_ways"] == {"children": ["units"]}
    assert hosts["_meta"]["hostvars"]["hq"] == {"lab_device": "hq"}
    hosts = inventory(in_band.dir)
    assert hosts["out_of_band"] == {"hosts": ["branch-oob"]}
    branch = hosts["_meta"]["hostvars"]["branch"]
    proxy = f"{sys.executable} {ROOT / 'lab' / 'carry.py'} {in_band.dir / 'run.json'} %h"
    assert branch == {
        "lab_device": "branch", "ansible_host": "192.168.2.1", "ansible_port": 22, "asa_oob_host": "192.0.2.2",
        "ansible_libssh_proxy_command": proxy,
    }  # fmt: skip
    assert inventory(tmp_path) == {
        "asa": {"hosts": ["hq", "branch"]},
        "_meta": {"hostvars": {name: {"lab_device": name} for name in ("hq", "branch")}},
    }


def test_a_proxy_command_reaches_a_device_by_its_own_address(in_band: RunningLab) -> None:
    command = [sys.executable, str(ROOT / "lab" / "carry.py"), str(in_band.dir / "run.json")]
    greeted = subprocess.run([*command, "192.0.2.2"], input=b"SSH-2.0-x\r\n", capture_output=True, timeout=30)
    assert greeted.stdout.startswith(b"SSH-2.0-Cisco-1.25\r\n")
    unknown = subprocess.run([*command, "192.0.2.3"], input="", capture_output=True, text=True, timeout=30)
    assert (unknown.returncode, unknown.stderr) == (
        1, "the lab has no device at 192.0.2.3; there are: 192.168.2.1, 192.0.2.2\n"
    )  # fmt: skip
    known = Path(in_band.known_hosts).read_text(encoding="utf-8")
    assert "\n192.168.2.1 ssh-ed25519 " in known
