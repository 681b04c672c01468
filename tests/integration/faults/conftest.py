# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that fails on demand, and logins to it by way of the connection plugin."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.faults.script import ENABLE, Fault

ROOT = Path(__file__).resolve().parents[3]
Login = Callable[..., Any]


class Server:
    """The server's process. ``devices`` and ``known_hosts`` are what the lab has too."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        told = json.loads(self._out.readline())
        self.folder, self.key = folder, told["key"]
        self.devices = {"hq": {"host": "127.0.0.1", "port": told["port"]}}
        self.known_hosts = self.knowing(told["port"])

    @property
    def port(self) -> int:
        return int(self.devices["hq"]["port"])

    def knowing(self, port: int, key: str = "") -> str:
        """A known_hosts file with the host key for that port."""
        path = self.folder / f"known_hosts.{port}"
        path.write_text(f"[127.0.0.1]:{port} {key or self.key}\n")
        return str(path)

    def wire(self, do: str, at: int) -> dict[str, Any]:
        """The variables of a way to the server that breaks after so many bytes of what it says."""
        self._in.write(json.dumps({"do": do, "at": at}) + "\n")
        self._in.flush()
        port = int(self._out.readline())
        return {"ansible_port": port, "ansible_asa_known_hosts": self.knowing(port)}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, key: Path) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("faults")
    (folder / "key").write_bytes(key.read_bytes())
    with subprocess.Popen(
        [sys.executable, "-m", "tests.integration.faults.server", str(folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        yield Server(folder, process)
        process.kill()


@pytest.fixture
def login(server: Server, connect: Callable[..., Any]) -> Login:
    """A login that meets a fault; keywords that begin with ``ansible_`` are variables, the others are the fault's."""

    def make(**options: Any) -> Any:
        variables = {name: value for name, value in options.items() if name.startswith("ansible_")}
        fault = Fault(**{name: value for name, value in options.items() if name not in variables})
        return connect(
            server,  # stands in for a lab: it has the same two attributes
            **{
                "ansible_user": fault.user,
                "ansible_password": fault.password,
                "ansible_become_password": ENABLE,
                "ansible_libssh_look_for_keys": False,
                "ansible_connect_timeout": 5,
                "ansible_command_timeout": 5,
                **variables,
            },
        )

    return make
