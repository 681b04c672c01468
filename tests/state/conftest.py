# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test of the state runs on a file of SQLite and on a real PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import State
from tests.state.actor import Actor
from tests.state.postgres import Server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    # Not one of pytest's folders: those are closed to the user as whom it runs when we are root.
    with tempfile.TemporaryDirectory(prefix="tunnelmend-pg-") as folder:
        server = Server(Path(folder))
        server.start()
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a state that does not exist yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/state.sqlite"
    server: Server = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def state(url: str) -> State:
    return State.open(url)


@pytest.fixture
def actor() -> Iterator[Callable[[str, str], Actor]]:
    """Starts other processes, each with a run of its own, and ends them."""
    started: list[Actor] = []

    def start(url: str, run: str) -> Actor:
        started.append(Actor(url, run))
        return started[-1]

    yield start
    for each in started:
        each.kill()
