# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables, and the database that holds them: a file of SQLite, or PostgreSQL. What goes wrong is said in words."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Column,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    NullPool,
    Table,
    Text,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._model import StateError

#: The version of these tables.
SCHEMA = 1
# Seconds until a database that does not answer, or is held by another process, is given up.
PATIENCE = 10
# Any number, the same for all: whoever makes the tables holds it.
_MAKING = 0x74756E6E
# The same: whoever counts, and goes on by what was counted.
_COUNTING = 0x74756E6F

METADATA = MetaData()
VERSION = Table("tunnelmend_schema", METADATA, Column("version", Integer, primary_key=True))


def _owner() -> list[Column[Any]]:
    return [
        Column("tunnel", Text, nullable=False),
        Column("run", Text, nullable=False),
        Column("controller", Text, nullable=False),
        Column("host", Text, nullable=False),
        Column("pid", BigInteger, nullable=False),
        Column("process_started", BigInteger, nullable=False),
    ]


LEASES = Table(
    "tunnelmend_lease",
    METADATA,
    Column("pair", Text, primary_key=True),
    *_owner(),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
)
ATTEMPTS = Table(
    "tunnelmend_attempt",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("pair", Text, nullable=False, index=True),
    *_owner(),
    Column("rung", Text, nullable=False),
    Column("commands", Text, nullable=False),
    Column("started", Float, nullable=False),
    Column("phase", Text, nullable=False),
    Column("moved", Float, nullable=False),
    Column("finished", Float),
    Column("outcome", Text),
    Column("text", Text, nullable=False),
    Column("resolved_by", Text),
)
SHADOWS = Table(
    "tunnelmend_shadow",
    METADATA,
    Column("pair", Text, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("first", Float, nullable=False),
    Column("last", Float, nullable=False),
)


@dataclass(frozen=True)
class Database:
    """An engine, and where it is in words that may be shown."""

    engine: Engine
    where: str

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All of it is kept, on disk, or nothing. What contradicts a key is left to the caller.

        :raises StateError: the database cannot be used.
        """
        try:
            with self.engine.begin() as connection:
                if self.engine.dialect.name == "postgresql":
                    # Not in the connection's options: a pooler between may refuse those.
                    connection.execute(text(f"SET LOCAL statement_timeout = '{PATIENCE}s'"))
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise StateError(f"The state {self.where} {_why(error, self.engine.url)}") from error

    def alone(self, connection: Connection) -> None:
        """Until the end of this transaction nobody else passes here: a file of SQLite has one writer at a time anyway.

        What is counted behind this is still so when it is acted on.
        """
        if self.engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_COUNTING})"))


def connect(given: str) -> Database:
    """The database at this address, its tables made if they are absent.

    ``given`` is ``sqlite:////absolute/path``, a bare path, or ``postgresql+psycopg://user:password@host/database``.

    :raises StateError: it cannot be used, or a newer release has made it.
    """
    url = _url(given)
    if url.drivername == "postgresql+psycopg":
        database = Database(_postgresql(url), url_for_people(url))
    else:
        database = Database(_sqlite(url), str(url.database))
    _prepare(database)
    return database


def url_for_people(url: URL) -> str:
    """The address without a password, wherever it stands."""
    asterisks = {name: "***" for name in url.query if "password" in name}
    return url.update_query_dict(asterisks).render_as_string(hide_password=True).replace("%2A", "*").replace("%2F", "/")


def _url(given: str) -> URL:
    # What cannot be read is not repeated: a part of a password may be in it.
    refused = StateError(
        "The address of the state (tunnelmend_state) is none that can be used. Write a path, sqlite:////path/to/file "
        "or postgresql+psycopg://user:password@host/database, with every special character of the password written as "
        "%XX ('@' is %40, ':' is %3A, '%' is %25)."
    )
    if given and "://" not in given:
        return URL.create("sqlite", database=str(Path(given).expanduser().absolute()))
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise refused from None
    database = url.database or ""
    if url.drivername == "sqlite" and database not in ("", ":memory:") and not url.host:
        return url.set(database=str(Path(database).absolute()))
    if url.drivername in ("postgresql", "postgresql+psycopg") and "@" not in f"{database}{url.host or ''}":
        return url.set(drivername="postgresql+psycopg")
    raise refused


def _sqlite(url: URL) -> Engine:
    path = Path(str(url.database))
    folder = path.parent
    if not folder.is_dir():
        raise StateError(
            f"The state {path} cannot be made: there is no folder {folder}. Make it (mkdir -p -m 700 {folder}), or set "
            "tunnelmend_state to a file in a folder of yours."
        )
    try:
        # It tells how a site is built and when it was down: nobody else's business.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StateError(
            f"The state {path} cannot be written: {error.strerror}. Let {path} and its folder belong to the user who "
            "runs this, or set tunnelmend_state to a file of yours."
        ) from None
    # A connection a transaction: nothing is carried over a fork of Ansible, nor over a restart of the server.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def _by_hand(connection: Any, _record: object) -> None:
        # Python's sqlite3 would begin a transaction late, at the first write, when what was read may be out of date.
        connection.isolation_level = None
        # What was noted before a clear must survive a power cut right after it.
        connection.execute("PRAGMA synchronous = EXTRA")

    @event.listens_for(engine, "begin")
    def _alone(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL) -> Engine:
    # Without them a server that vanished from the network would hold a run, between two clears even, for minutes.
    limits: dict[str, Any] = {"connect_timeout": PATIENCE, "tcp_user_timeout": PATIENCE * 1000}
    limits = {name: value for name, value in limits.items() if name not in url.query}
    try:
        return create_engine(url, poolclass=NullPool, connect_args={**limits, "application_name": "tunnelmend"})
    except ImportError:
        raise StateError(
            f"The state {url_for_people(url)} needs the Python package psycopg, which is missing on the controller: "
            "pip install 'psycopg[binary]'."
        ) from None


def _prepare(database: Database) -> None:
    with database.transaction() as connection:
        if database.engine.dialect.name == "postgresql" and not inspect(connection).has_table(VERSION.name):
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MAKING})"))
        # Asked anew by whoever waited: another process may have made them meanwhile.
        if inspect(connection).has_table(VERSION.name):
            found = connection.scalar(select(VERSION.c.version)) or 0
        else:
            METADATA.create_all(connection)
            connection.execute(insert(VERSION).values(version=SCHEMA))
            found = SCHEMA
    if found != SCHEMA:
        raise StateError(
            f"The state {database.where} was made by {'a newer' if found > SCHEMA else 'another'} release of "
            f"tunnelmend (schema {found}; this one knows {SCHEMA}). Use the same release on every controller, or set "
            "tunnelmend_state to another place."
        )


# What a database says, and what that means to whoever must act on it. The first that fits counts.
_MEANINGS = (
    ("file is not a database", "is not a database: {}. Move it away, or set tunnelmend_state to another file."),
    ("malformed", "is damaged: {}. Restore it from a backup, or move it away: the history is lost then."),
    ("readonly", "cannot be written: {}. Let it and its folder belong to the user who runs this."),
    ("unable to open", "cannot be written: {}. Let it and its folder belong to the user who runs this."),
    ("is locked", f"is held by another process for more than {PATIENCE} s: {{}}. Find it with: fuser -v FILE"),
    ("is full", "has no room: {}. Make room on that disk."),
    ("authentication failed", "refuses the user or the password: {}. Look at tunnelmend_state in the vault."),
    ("no password supplied", "wants a password: {}. Add it to tunnelmend_state, in the vault."),
    ("does not exist", "is not complete: {}. Make the database and its user (createuser, createdb -O)."),
    ("permission denied", "may not be written by this user: {}. Let the user own the database (createdb -O)."),
    ("read-only", "is a copy that cannot be written: {}. Name the primary server in tunnelmend_state."),
    ("statement timeout", f"did not answer within {PATIENCE} s: {{}}. See what holds it (pg_stat_activity)."),
)


def _why(error: SQLAlchemyError, url: URL) -> str:
    words = _said(error)
    if url.password:
        words = words.replace(str(url.password), "***")
    for sign, meaning in _MEANINGS:
        if sign in words:
            return meaning.format(words)
    if url.drivername == "sqlite":
        return f"cannot be used: {words}."
    return f"is out of reach: {words}. See that the server runs and lets this controller in."


def _said(error: SQLAlchemyError) -> str:
    """What the driver said, in one line: without the statement, and without libpq's own advice."""
    origin = error.orig if isinstance(error, DBAPIError) else error
    said = getattr(getattr(origin, "diag", None), "message_primary", None) or str(origin)
    lines = [line.strip().rstrip(".;") for line in said.splitlines() if not line.startswith("\t")]
    words = "; ".join(line for line in lines if line)
    return words.removeprefix("connection failed: ").removeprefix("connection is bad: ")
