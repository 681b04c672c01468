# SPDX-License-Identifier: GPL-3.0-or-later
"""FakeNOS, an SSH server and command line that this project did not write, is read by our connection plugin.

It proves the login on another server than asyncssh, prompts and echoes that we did not make, and an output that we did
not write, read to its last line. FakeNOS knows neither `show curpriv` nor the pager: as it is, it must be refused, with
the right words. Taught these three answers as its own inventory allows, it must be read.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleConnectionFailure
from fakenos.core.nos import Nos
from fakenos.plugins.nos import nos_plugins

from tests.outside.conftest import Connect, Server

# As an ASA answers them, after `enable` without a password.
CURPRIV = "Username : enable_15\nCurrent privilege level : 15\nCurrent Mode/s : P_PRIV"
TAUGHT = {"show curpriv": CURPRIV, "terminal pager 0": "", "show pager": "no pager"}

Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Runs FakeNOS by its own command line, with the answers that it is taught."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(**answers: str) -> Server:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        commands = {name: {"output": text, "help": "", "prompt": "{base_prompt}#"} for name, text in answers.items()}
        host: dict[str, Any] = {
            "username": "operator", "password": "lab-operator", "port": port, "platform": "cisco_asa",
            "nos": {"plugin": "cisco_asa", "configuration": {"commands": commands}},
        }  # fmt: skip
        inventory = tmp_path / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"hosts": {"fw": host}}))
        command = [sys.executable, "-m", "fakenos.plugins.utils.cli", "-i", str(inventory)]
        with (tmp_path / "fakenos.log").open("wb") as log:
            running.append(subprocess.Popen(command, stdout=log, stderr=log))
        _wait_for(port, running[-1], tmp_path / "fakenos.log")
        return Server(port, str(tmp_path / "known_hosts"))

    yield begin
    for process in running:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"FakeNOS does not listen: {log.read_text()}")


def test_read_whole(start: Start, connect: Connect) -> None:
    connection = connect(start(**TAUGHT), ansible_libssh_host_key_auto_add=True)
    dialogue = connection.dialogue
    assert (dialogue.prompt, dialogue.privilege, dialogue.pager_off) == (b"fw", 15, True)
    code, text, refusal = connection.exec_command("show version")
    assert (code, refusal) == (0, b"")
    commands = Nos(filename=nos_plugins["cisco_asa"]).commands
    assert len(commands["show version"]["output"].splitlines()) > 20
    assert text.decode().splitlines() == commands["show version"]["output"].splitlines()
    # Its longest output takes many reads; the answer after it is nobody else's.
    longest = max(commands, key=lambda name: len(commands[name]["output"] or ""))
    assert connection.exec_command(longest)[1].decode().splitlines() == commands[longest]["output"].splitlines()
    assert connection.exec_command("show version")[1] == text


def test_refused_as_it_is(start: Start, connect: Connect) -> None:
    """What does not answer `show curpriv` like an ASA may be anything."""
    with pytest.raises(AnsibleConnectionFailure) as error:
        connect(start(), ansible_libssh_host_key_auto_add=True).exec_command("show version")
    assert str(error.value) == (
        "hq: 'show curpriv' does not answer like an ASA: 'Unknown command' (command: 'show curpriv'). "
        "Check ansible_host"
    )


def test_refused_when_it_cannot_prove_that_the_pager_is_off(start: Start, connect: Connect) -> None:
    server = start(**{"show curpriv": CURPRIV})
    with pytest.raises(AnsibleConnectionFailure) as error:
        connect(server, ansible_libssh_host_key_auto_add=True).exec_command("show version")
    assert str(error.value).startswith("hq: the pager is still on after it was turned off: 'Unknown command'")
