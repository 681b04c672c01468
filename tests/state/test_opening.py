# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a state from being opened or used is said: where, why, and what to do. A password never is."""

from __future__ import annotations

import contextlib
import os
import pwd
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, update

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Phase, State, StateError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._database import VERSION
from tests.state.postgres import PASSWORD, Server
from tests.state.test_leases import NOW, ONE, PAIR, holder


def refusal(url: str) -> str:
    with pytest.raises(StateError) as refused:
        State.open(url)
    words = str(refused.value)
    assert "s3cret" not in words
    return words


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that others can reach, as those of pytest cannot be."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing can be made in this folder. Root may everywhere, and is nobody for that long."""
    is_root = os.geteuid() == 0
    folder.chmod(0o555)
    if is_root:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


# --- opened ------------------------------------------------------------------------------------------------------


def test_what_was_kept_is_there_when_it_is_opened_again(url: str) -> None:
    lease = State.open(url).lease(PAIR, ONE, NOW, 600.0)
    assert holder(State.open(url)) == lease


def test_a_file_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        State.open(f"sqlite:///{tmp_path}/state.sqlite").would_have_acted(PAIR, NOW)
    finally:
        os.umask(before)
    files = list(tmp_path.iterdir())
    assert [each.name for each in files] == ["state.sqlite"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600


def test_a_bare_path_is_a_file_wherever_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    state = State.open("state.sqlite")
    monkeypatch.chdir("/")
    assert state.where == f"{tmp_path}/state.sqlite"
    assert state.would_have_acted(PAIR, NOW) == 1
    assert State.open(f"sqlite:///{tmp_path}/state.sqlite").history(PAIR, NOW).shadowed == 1


def test_postgresql_is_taken_as_psycopg_and_shown_without_its_password(postgres: Server) -> None:
    url = postgres.database().replace("postgresql+psycopg", "postgresql")
    state = State.open(url)
    assert state.where == url.replace("postgresql", "postgresql+psycopg").replace("s3cret%2F%40word", "***")
    inside = make_url(url)
    query = inside.set(password=None).update_query_dict({"password": PASSWORD}).render_as_string()
    assert State.open(query).where.endswith("&password=***")


# --- refused -----------------------------------------------------------------------------------------------------


def test_a_newer_schema_is_refused(url: str) -> None:
    state = State.open(url)
    with state.database.transaction() as connection:
        connection.execute(update(VERSION).values(version=2))
    assert refusal(url) == (
        f"The state {state.where} was made by a newer release of tunnelmend (schema 2; this one knows 1). Use the same "
        "release on every controller, or set tunnelmend_state to another place."
    )


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert refusal(f"sqlite:///{tmp_path}/absent/state.sqlite") == (
        f"The state {tmp_path}/absent/state.sqlite cannot be made: there is no folder {tmp_path}/absent. Make it "
        f"(mkdir -p -m 700 {tmp_path}/absent), or set tunnelmend_state to a file in a folder of yours."
    )


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    with read_only(folder):
        words = refusal(f"sqlite:///{folder}/state.sqlite")
    assert words == (
        f"The state {folder}/state.sqlite cannot be written: Permission denied. Let {folder}/state.sqlite and its "
        "folder belong to the user who runs this, or set tunnelmend_state to a file of yours."
    )


def test_a_folder_that_became_read_only_is_named(folder: Path) -> None:
    """The file itself may be written; SQLite wants a journal beside it."""
    state = State.open(f"sqlite:///{folder}/state.sqlite")
    (folder / "state.sqlite").chmod(0o666)
    with read_only(folder), pytest.raises(StateError) as refused:
        state.would_have_acted(PAIR, NOW)
    assert str(refused.value) == (
        f"The state {folder}/state.sqlite cannot be written: attempt to write a readonly database. Let it and its "
        "folder belong to the user who runs this."
    )


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_text("hostname hq\n" * 100)
    assert refusal(f"sqlite:///{path}") == (
        f"The state {path} is not a database: file is not a database. Move it away, or set tunnelmend_state to another "
        "file."
    )
    assert path.read_text() == "hostname hq\n" * 100


def test_a_file_that_another_process_holds_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = "ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._database"
    monkeypatch.setattr(sys.modules[package], "PATIENCE", 0)
    path = tmp_path / "state.sqlite"
    state = State.open(str(path))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StateError) as refused:
            state.history(PAIR, NOW)
    assert str(refused.value) == (
        f"The state {path} is held by another process for more than 10 s: database is locked. Find it with: "
        "fuser -v FILE"
    )


WRITE = (
    "The address of the state (tunnelmend_state) is none that can be used. Write a path, sqlite:////path/to/file or "
    "postgresql+psycopg://user:password@host/database, with every special character of the password written as %XX "
    "('@' is %40, ':' is %3A, '%' is %25)."
)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://state.sqlite",
        "mysql://tunnelmend:s3cret@db/state",
        "postgresql+psycopg2://tunnelmend:s3cret@db/state",
        "postgresql://tunnelmend:s3cret@word@db/state",
        "postgresql://db:s3cret/state",
    ],
)
def test_an_address_that_cannot_be_used_is_refused_and_not_repeated(url: str) -> None:
    assert refusal(url) == WRITE


def test_without_psycopg_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert refusal("postgresql://tunnelmend:s3cret@db/state") == (
        "The state postgresql+psycopg://tunnelmend:***@db/state needs the Python package psycopg, which is missing on "
        "the controller: pip install 'psycopg[binary]'."
    )


def test_a_wrong_password_is_said_and_not_shown(postgres: Server) -> None:
    url = postgres.url("postgres", password="s3cretive")
    assert refusal(url) == (
        f"The state {postgres.url('postgres', password='***')} refuses the user or the password: "
        f'connection to server on socket "{postgres.folder}/.s.PGSQL.5432" failed: FATAL:  password authentication '
        'failed for user "tunnelmend". Look at tunnelmend_state in the vault.'
    )


def test_a_missing_database_is_named(postgres: Server) -> None:
    assert refusal(postgres.url("absent")) == (
        f"The state {postgres.url('absent', password='***')} is not complete: connection to server "
        f'on socket "{postgres.folder}/.s.PGSQL.5432" failed: FATAL:  database "absent" does not exist. Make the '
        "database and its user (createuser, createdb -O)."
    )


def test_a_user_who_may_make_no_tables_is_told(postgres: Server) -> None:
    name = postgres.database().partition("@/")[2].partition("?")[0]
    with postgres.connect(name) as connection:
        connection.execute("CREATE USER guest PASSWORD 's3cret'")
    url = postgres.url(name, user="guest", password="s3cret")
    assert refusal(url) == (
        f"The state {url.replace('s3cret', '***')} may not be written by this user: permission denied for schema "
        "public. Let the user own the database (createdb -O)."
    )


def test_a_server_that_is_not_there_is_said() -> None:
    assert refusal("postgresql://tunnelmend:s3cret@127.0.0.1:9/state") == (
        "The state postgresql+psycopg://tunnelmend:***@127.0.0.1:9/state is out of reach: connection to server "
        'at "127.0.0.1", port 9 failed: Connection refused. See that the server runs and lets this controller in.'
    )


def test_a_server_that_went_away_is_said_and_serves_again_when_it_is_back(postgres: Server) -> None:
    state = State.open(postgres.database())
    lease = state.lease(PAIR, ONE, NOW, 600.0)
    attempt = state.begin(lease, "clear_ipsec_sa", [], NOW)
    postgres.stop()
    try:
        with pytest.raises(StateError) as refused:
            state.advance(attempt, Phase.FIRST_SENT, NOW + 1)
    finally:
        postgres.start()
    assert str(refused.value) == (
        f"The state {state.where} is out of reach: connection to server on socket "
        f'"{postgres.folder}/.s.PGSQL.5432" failed: No such file or directory. See that the server runs and lets '
        "this controller in."
    )
    state.advance(attempt, Phase.FIRST_SENT, NOW + 2)
    assert state.history(PAIR, NOW + 3).attempts[0].phase is Phase.FIRST_SENT


def test_a_server_that_goes_away_in_the_middle_keeps_nothing(postgres: Server) -> None:
    url = postgres.database()
    state = State.open(url)

    def change() -> None:
        with state.database.transaction() as connection:
            connection.execute(update(VERSION).values(version=7))
            postgres.stop()
            postgres.start()
            connection.execute(update(VERSION).values(version=8))

    with pytest.raises(StateError, match=r" is out of reach: .*\. See that the server runs"):
        change()
    assert State.open(url).history(PAIR, NOW).attempts == ()
