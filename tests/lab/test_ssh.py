# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab over real SSH, started and stopped as its users do it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from lab.control import ControlError
from lab.daemon import DaemonError, Options, read_run, start
from lab.generate import NAMES
from lab.overview import overview
from lab.script import fault_names
from lab.stored import site_names
from lab.testing import RunningLab, running_lab

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def keypair(tmp_path_factory: pytest.TempPathFactory) -> tuple[asyncssh.SSHKey, Path]:
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path_factory.mktemp("key") / "operator.pub"
    path.write_bytes(key.export_public_key())
    return key, path


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, keypair: tuple[asyncssh.SSHKey, Path]) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path_factory.mktemp("lab"), authorized_key=keypair[1]) as running:
        yield running


@pytest.fixture(autouse=True)
def no_quirks(lab: RunningLab) -> None:
    lab.quirk("hq", clear=True)


def connect(lab: RunningLab, device: str = "hq", **options: Any) -> Any:
    found = lab.devices[device]
    login: dict[str, Any] = {"username": "operator", "password": "lab-operator", "client_keys": None, **options}
    return asyncssh.connect(
        found["host"], found["port"], known_hosts=lab.known_hosts, config=None, agent_path=None, **login
    )


async def talk(connection: asyncssh.SSHClientConnection, text: str) -> str:
    process = await connection.create_process(term_type="vt100", encoding=None)
    process.stdin.write(text.encode())
    return bytes(await asyncio.wait_for(process.stdout.read(), 10)).decode()


def run(action: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await action()

    return asyncio.run(main())


def test_a_session_over_ssh_with_checked_host_key(lab: RunningLab) -> None:
    async def session() -> str:
        async with connect(lab) as connection:
            return await talk(connection, "enable\nlab-enable\nterminal pager 0\nshow crypto ipsec sa\nexit\n")

    shown = run(session)
    assert shown.startswith("Type help or '?' for a list of available commands.\r\nhq> enable\r\nPassword: \r\nhq# ")
    assert "current outbound spi: " in shown
    assert shown.endswith("hq# exit\r\n\r\nLogoff\r\n\r\n")
    assert lab.lines("hq")[-1] == "exit"


def test_every_way_to_log_in(lab: RunningLab, keypair: tuple[asyncssh.SSHKey, Path]) -> None:
    async def session(**options: Any) -> str:
        async with connect(lab, **options) as connection:
            return await talk(connection, "exit\n")

    ways: tuple[dict[str, Any], ...] = (
        {"preferred_auth": "password"},
        {"preferred_auth": "keyboard-interactive"},
        {"preferred_auth": "publickey", "password": None, "client_keys": [keypair[0]]},
    )
    for way in ways:
        assert "Logoff" in run(partial(session, **way))


def test_wrong_credentials_and_refused_logins(lab: RunningLab) -> None:
    async def session(**options: Any) -> None:
        async with connect(lab, **options):
            pass

    with pytest.raises(asyncssh.PermissionDenied):
        run(lambda: session(password="wrong"))
    lab.quirk("hq", "refuse-login")
    with pytest.raises(asyncssh.PermissionDenied):
        run(session)


def test_the_sixth_session_is_refused(lab: RunningLab) -> None:
    async def session() -> None:
        async with connect(lab, "branch") as connection:
            for _ in range(5):
                await connection.create_process(term_type="vt100", encoding=None)
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.create_process(term_type="vt100", encoding=None)

    run(session)
    assert not lab.status()["devices"]["branch"]["sessions"]


def test_a_dropped_connection_ends_the_channel(lab: RunningLab) -> None:
    lab.quirk("hq", "drop-after=600")

    async def session() -> str:
        async with connect(lab) as connection:
            return await talk(connection, "enable\nlab-enable\nterminal pager 0\nshow running-config\n")

    assert "Cryptochecksum" not in run(session)


def test_the_incident_from_fault_to_mending(lab: RunningLab) -> None:
    """Break, look, clear both ends over SSH, look again: the whole story on the wire."""

    async def clear(device: str, peer: str) -> str:
        async with connect(lab, device) as connection:
            return await talk(connection, f"enable\nlab-enable\nclear crypto ipsec sa peer {peer}\nexit\n")

    assert lab.status()["mirrors"]
    assert lab.fault("deletion-retry") == {"fault": "deletion-retry", "at": "hq"}
    assert not lab.status()["mirrors"]
    run(lambda: clear("hq", "203.0.113.1"))
    run(lambda: clear("branch", "198.51.100.1"))
    lab.advance("10s")
    status = lab.status()
    assert status["mirrors"]
    assert status["flows"][0]["seconds_since_answer"] < 2
    assert lab.lines("branch")[-2:] == ["clear crypto ipsec sa peer 198.51.100.1", "exit"]


def computed(pid: int) -> float:
    """The processor's seconds of a process (proc(5)), which do not count how busy the machine is with others."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_fifteen_hours_take_less_than_two_seconds(lab: RunningLab) -> None:
    began = computed(lab.run["pid"])
    before = lab.status()["virtual_seconds"]
    lab.advance("15h")
    assert 0 < computed(lab.run["pid"]) - began < 4  # twice the promise, for slow machines
    assert lab.status()["virtual_seconds"] - before >= 54000


def test_control_says_what_is_wrong(lab: RunningLab) -> None:
    with pytest.raises(ControlError, match="no device named 'nowhere'"):
        lab.record("nowhere")
    with pytest.raises(ControlError, match="no fault named 'meteorite'"):
        lab.fault("meteorite")
    with pytest.raises(ControlError, match="not a duration"):
        lab.advance("soon")


def test_a_running_lab_is_used_again_but_not_for_another_site(lab: RunningLab) -> None:
    assert start(Options(folder=lab.dir))["pid"] == lab.run["pid"]
    with pytest.raises(DaemonError, match="already runs site incident-2009"):
        start(Options(site="modern-9x", folder=lab.dir))


def test_legacy_ssh_offers_only_what_old_asas_had(tmp_path: Path) -> None:
    modern = {"kex_algs": ["curve25519-sha256"], "encryption_algs": ["aes256-ctr"]}
    legacy = {
        "kex_algs": ["diffie-hellman-group1-sha1"], "encryption_algs": ["aes128-cbc"], "mac_algs": ["hmac-sha1"],
        "server_host_key_algs": ["ssh-rsa"],
    }  # fmt: skip
    with running_lab(dir=tmp_path, ssh="legacy") as old:

        async def session(**options: Any) -> str:
            async with connect(old, **options) as connection:
                return await talk(connection, "exit\n")

        assert "Logoff" in run(lambda: session(**legacy))
        # The server may hang up before the client has read why.
        with pytest.raises((asyncssh.KeyExchangeFailed, asyncssh.ConnectionLost)):
            run(lambda: session(**modern))
        assert "Logoff" in run(lambda: session(**legacy))


def test_the_command_line_without_words_lists_sites_faults_and_time() -> None:
    command = [sys.executable, "-m", "lab"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30).stdout
    listed = {line.split()[0] for line in said.splitlines() if re.match(r"  \S", line)}
    assert {*site_names(), *NAMES, *fault_names()} <= listed
    assert "python -m lab advance 15h" in said
    assert said == overview()


def test_the_command_line(tmp_path: Path) -> None:
    def lab(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lab", *arguments, "--dir", str(tmp_path)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=30)

    assert lab("status").returncode == 1
    assert lab("down").stdout == "no lab was running\n"
    up = lab("up", "modern-9x", "--fault", "lost-peer")
    try:
        assert up.returncode == 0, up.stderr
        assert "east" in up.stdout
        known = (tmp_path / "known_hosts").read_text().splitlines()
        ports = {device["port"] for device in json.loads((tmp_path / "run.json").read_text())["devices"].values()}
        assert {line.split()[0] for line in known} == {f"[127.0.0.1]:{port}" for port in ports}
        assert "already up: site modern-9x" in lab("up", "modern-9x").stdout
        assert "virtual seconds" in lab("advance", "1m").stdout
        assert json.loads(lab("status", "--json").stdout)["mirrors"]  # DPD is on here
        assert lab("quirk", "east", "level=3").stdout == "level=3\n"
        assert lab("fault", "lost-peer", "--at", "nowhere").returncode == 1
        pid = json.loads((tmp_path / "run.json").read_text())["pid"]
    finally:
        assert lab("down").returncode == 0
    assert read_run(tmp_path) is None
    assert pid > 0


def test_the_daemon_ends_when_run_json_goes(tmp_path: Path) -> None:
    running = start(Options(folder=tmp_path))
    (tmp_path / "run.json").unlink()
    port = running["control"]["port"]

    async def refused() -> bool:
        for _ in range(50):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return True
            writer.close()
            await asyncio.sleep(0.02)
        return False

    assert run(refused)


def test_a_lab_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no site 'nowhere'"):
        start(Options(site="nowhere", folder=tmp_path))
    with pytest.raises(DaemonError, match="its log says"):
        start(Options(folder=tmp_path, authorized_key=tmp_path / "missing.pub"))
