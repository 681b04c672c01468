# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading without a playbook: pylibssh alone, which is the floor, and our connection plugin driven by hand.

``python -m tests.bench.clients fleet JOB`` reads many hosts with pylibssh, 20 processes at a time as Ansible's forks;
``python -m tests.bench.clients large JOB`` reads one output in one login and prints what that cost. JOB is JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from tests.bench.memory import peak_megabytes
from tests.bench.serving import HOSTNAME, PASSWORD, USER

FORKS = 20


class Client(Protocol):
    def read(self, command: str) -> str: ...

    def close(self) -> None: ...


class Bare:
    """pylibssh alone: the prompt is known, nothing is learnt, proven or masked."""

    def __init__(self, port: int, known_hosts: str) -> None:
        from pylibsshext.logging import ANSIBLE_PYLIBSSH_NOLOG
        from pylibsshext.session import Session

        self._session = Session()
        # Its trace of every packet would be a large part of what is measured, and be printed between the tables.
        self._session.set_log_level(ANSIBLE_PYLIBSSH_NOLOG)
        self._session.connect(
            host="127.0.0.1", port=port, user=USER, password=PASSWORD, look_for_keys=False, host_key_checking=True,
            knownhosts=known_hosts,
        )  # fmt: skip
        self._channel = self._session.new_channel()
        self._channel.request_shell()
        self._until(f"{HOSTNAME}> ")
        self._channel.write(b"enable\n")
        self._until("Password: ")
        self._channel.write(PASSWORD.encode() + b"\n")
        self._until(f"{HOSTNAME}# ")
        self.read("terminal pager 0")

    def read(self, command: str) -> str:
        self._channel.write(command.encode() + b"\n")
        return self._until(f"{HOSTNAME}# ").removeprefix(f"{command}\n")

    def _until(self, prompt: str) -> str:
        end, buffer = prompt.encode(), bytearray()
        while not buffer.endswith(end):
            self._channel.poll(timeout=500)
            while data := self._channel.read_nonblocking(1024):
                buffer += data
        return buffer[: -len(end)].decode().replace("\r\n", "\n")

    def close(self) -> None:
        self._channel.write(b"exit\n")
        self._channel.close()
        self._session.close()


class Ours:
    """The connection plugin as a task uses it."""

    def __init__(self, port: int, known_hosts: str) -> None:
        from ansible.playbook.play_context import PlayContext
        from ansible.plugins.loader import connection_loader, init_plugin_loader

        init_plugin_loader()
        self._connection = connection_loader.get("tunnelmend.asa.cli", PlayContext(), None)
        self._connection.set_options(
            direct={
                "host": "127.0.0.1", "port": port, "remote_user": USER, "password": PASSWORD,
                "enable_password": PASSWORD, "known_hosts": known_hosts,
            }
        )  # fmt: skip
        assert self._connection.dialogue.privileged

    def read(self, command: str) -> str:
        answer = self._connection.run(command)
        assert not answer.incomplete, answer.incomplete
        return str(answer.text)

    def close(self) -> None:
        self._connection.settle()
        self._connection.close()


CLIENTS: dict[str, Callable[[int, str], Client]] = {"bare": Bare, "ours": Ours}


def fleet(job: dict[str, Any]) -> None:
    """Read every host of the job into a file of its own."""
    with multiprocessing.get_context("fork").Pool(min(FORKS, len(job["hosts"]))) as pool:
        pool.map(_one, [(job, host) for host in job["hosts"]], chunksize=1)


def _one(work: tuple[dict[str, Any], str]) -> None:
    job, host = work
    client = Bare(job["port"], job["known_hosts"])
    with Path(job["folder"], f"{host}.txt").open("w", encoding="utf-8") as file:
        for command in job["commands"]:
            file.write(client.read(command) + "\n")
    client.close()


def large(job: dict[str, Any]) -> None:
    """Read one command so many times in one login; the login is not timed."""
    client = CLIENTS[job["client"]](job["port"], job["known_hosts"])
    client.read("show clock")
    before, began = time.process_time(), time.monotonic()
    lengths = {len(client.read(job["command"])) for _ in range(job["times"])}
    cpu, wall = time.process_time() - before, time.monotonic() - began
    client.close()
    print(json.dumps({"cpu": cpu, "wall": wall, "megabytes": peak_megabytes(), "lengths": sorted(lengths)}))


if __name__ == "__main__":
    {"fleet": fleet, "large": large}[sys.argv[1]](json.loads(sys.argv[2]))
