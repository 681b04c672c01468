# SPDX-License-Identifier: GPL-3.0-or-later
"""Leases, attempts and shadows, each change a transaction of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import _process
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._database import (
    ATTEMPTS,
    LEASES,
    SHADOWS,
    Database,
    connect,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._model import (
    Attempt,
    BusyError,
    History,
    Lease,
    LeaseLostError,
    LimitError,
    Owner,
    Phase,
    StateError,
    moment,
)

DAY = 86400.0
_PHASES = list(Phase)
# Two that insert the same key at once: the second time one of them finds it. More is not to be expected.
_TRIES = 5


@dataclass(frozen=True)
class State:
    """What outlives a run. Every method but :meth:`open` raises :class:`StateError` when the database cannot be used.

    ``now`` is the wall clock in seconds since the epoch, everywhere: the clocks of several controllers must agree to
    much less than a lease lasts.
    """

    database: Database

    @classmethod
    def open(cls, url: str) -> State:
        """Open the state, and make its tables if they are absent.

        ``url`` is ``sqlite:////absolute/path``, a bare path, or ``postgresql+psycopg://user:password@host/database``.

        :raises StateError: it cannot be used; the message says where it is (no password), why, and what to do.
        """
        return cls(connect(url))

    @property
    def where(self) -> str:
        """Where it is, without a password."""
        return self.database.where

    # --- leases ------------------------------------------------------------------------------------------------

    def lease(self, pair: str, owner: Owner, now: float, ttl: float) -> Lease:
        """Take a pair of peers for ``ttl`` seconds, or go on with it if this very process holds it.

        The lease of a run that died is taken over: at once when its process was one of this controller, when its time
        is up when it was another's. ``why`` then says from whom.

        :raises BusyError: another run holds it.
        """
        for _ in range(_TRIES):
            try:
                with self.database.transaction() as connection:
                    return _take(connection, Lease(pair, owner, now, now + ttl))
            except IntegrityError:
                continue
        raise StateError(f"The state {self.where} gives {pair} to nobody: too many runs ask for it. Try again.")

    def renew(self, lease: Lease, now: float, ttl: float) -> Lease:
        """Hold it for ``ttl`` seconds from now.

        :raises LeaseLostError: another run took it over meanwhile: send nothing more.
        """
        with self.database.transaction() as connection:
            _held(connection, lease.pair, lease.owner)
            connection.execute(update(LEASES).where(LEASES.c.pair == lease.pair).values(until=now + ttl))
        return replace(lease, until=now + ttl)

    def release(self, lease: Lease) -> None:
        """Give it back. One that another run has taken over stays with that run."""
        with self.database.transaction() as connection:
            connection.execute(delete(LEASES).where(LEASES.c.pair == lease.pair, _is_of(LEASES, lease.owner)))

    # --- attempts ----------------------------------------------------------------------------------------------

    def begin(
        self, lease: Lease, rung: str, commands: Sequence[tuple[str, str]], now: float, most: int | None = None
    ) -> int:
        """Note what is going to be tried; it is on disk when this returns. Returns the attempt's id.

        ``commands`` are those that may be sent, each with its device, in order. Secrets in them are masked. ``most`` is
        how many runs may clear something in a day, over all pairs: of runs that begin at once no more than that pass.

        :raises LimitError: there are as many already, those counted that are about to.
        :raises LeaseLostError: another run took the pair over.
        :raises StateError: an attempt on this pair came to no end and was not resolved: nothing is repeated blindly.
        """
        with self.database.transaction() as connection:
            _held(connection, lease.pair, lease.owner)
            for open_one in _attempts(connection, lease.pair):
                if open_one.outcome is None:
                    raise StateError(f"{open_one.words} Read both ends and resolve it before anything else is tried.")
            if most is not None:
                self.database.alone(connection)
                others = _fleet(connection, now) - {_run(lease.pair, lease.owner)}
                if len(others) >= most:
                    raise LimitError(len(others))
            values: dict[str, Any] = {
                **_columns(lease.owner),
                "pair": lease.pair,
                "rung": rung,
                "commands": json.dumps([[device, mask(command)] for device, command in commands]),
                "started": now,
                "phase": Phase.ARMED.value,
                "moved": now,
                "text": "",
            }
            key = connection.execute(insert(ATTEMPTS).values(values)).inserted_primary_key
            assert key is not None
            return int(key[0])

    def advance(self, attempt: int, phase: Phase, now: float) -> None:
        """Note how far it came; it is on disk when this returns.

        Call it with :attr:`Phase.FIRST_SENT` and :attr:`Phase.SECOND_SENT` *before* that clear is sent, and send
        nothing when it raises :class:`LeaseLostError`. Any other failure before the first clear must stop the run as
        well; between the two clears it must not, since a tunnel that is cleared on one end is the worst of all.

        :raises LeaseLostError: another run took the pair over, or closed the attempt.
        :raises ValueError: the attempt is further already.
        """
        with self.database.transaction() as connection:
            found = _open_attempt(connection, attempt)
            if _PHASES.index(phase) <= _PHASES.index(found.phase):
                raise ValueError(f"attempt {attempt} is {found.phase} already, and cannot become {phase}")
            if phase in (Phase.FIRST_SENT, Phase.SECOND_SENT):
                _held(connection, found.pair, found.owner)
            connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == attempt).values(phase=phase.value, moved=now))
            if phase.acted and not found.acted:
                connection.execute(delete(SHADOWS).where(SHADOWS.c.pair == found.pair))

    def finish(self, attempt: int, outcome: str, text: str, now: float) -> None:
        """Close it: ``outcome`` is a word of the report, ``text`` its sentences. Secrets are masked.

        :raises LeaseLostError: another run closed it meanwhile; what that run noted stays.
        """
        with self.database.transaction() as connection:
            _open_attempt(connection, attempt)
            _close(connection, attempt, outcome, text, now, None)

    def resolve(self, lease: Lease, attempt: int, outcome: str, text: str, now: float) -> None:
        """Close an attempt that came to no end, once both ends were read again. Who holds the pair may do so.

        :raises LeaseLostError: another run took the pair over, or closed the attempt.
        :raises ValueError: the attempt is one on another pair.
        """
        with self.database.transaction() as connection:
            _held(connection, lease.pair, lease.owner)
            found = _open_attempt(connection, attempt)
            if found.pair != lease.pair:
                raise ValueError(f"attempt {attempt} is one on {found.pair}, and the lease is of {lease.pair}")
            _close(connection, attempt, outcome, text, now, lease.owner.run)

    # --- what was -----------------------------------------------------------------------------------------------

    def history(self, pair: str, now: float) -> History:
        """What was tried on a pair of peers. An attempt that the holder of the pair has open is not interrupted."""
        with self.database.transaction() as connection:
            attempts = _attempts(connection, pair)
            holder = _holder(connection, pair)
            shadow = connection.execute(select(SHADOWS).where(SHADOWS.c.pair == pair)).mappings().first()
            fleet = len(_fleet(connection, now))
        at_work = holder.owner if holder and not _gone(holder, holder.owner.controller, now) else None
        return History(
            pair,
            attempts,
            interrupted=next((each for each in attempts if each.outcome is None and each.owner != at_work), None),
            shadowed=shadow["times"] if shadow else 0,
            fleet=fleet,
        )

    def would_have_acted(self, pair: str, now: float) -> int:
        """Count that a run which may not act would have. Returns how often since something was last sent."""
        for _ in range(_TRIES):
            try:
                with self.database.transaction() as connection:
                    counted = update(SHADOWS).where(SHADOWS.c.pair == pair).values(times=SHADOWS.c.times + 1, last=now)
                    if not connection.execute(counted).rowcount:
                        connection.execute(insert(SHADOWS).values(pair=pair, times=1, first=now, last=now))
                    times = connection.scalar(select(SHADOWS.c.times).where(SHADOWS.c.pair == pair))
                    return int(times or 0)
            except IntegrityError:
                continue
        raise StateError(f"The state {self.where} cannot count on {pair}: too many runs do so. Try again.")


def _columns(owner: Owner) -> dict[str, Any]:
    return {
        "tunnel": owner.tunnel,
        "run": owner.run,
        "controller": owner.controller,
        "host": owner.host,
        "pid": owner.pid,
        "process_started": owner.process_started,
    }


def _owner(row: RowMapping) -> Owner:
    return Owner(row["run"], row["controller"], row["pid"], row["process_started"], row["tunnel"], row["host"])


def _is_of(table: Any, owner: Owner) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in _columns(owner).items()))


# --- leases ------------------------------------------------------------------------------------------------------


def _holder(connection: Connection, pair: str, *, to_change: bool = False) -> Lease | None:
    asked = select(LEASES).where(LEASES.c.pair == pair)
    row = connection.execute(asked.with_for_update() if to_change else asked).mappings().first()
    return Lease(pair, _owner(row), row["since"], row["until"]) if row else None


def _take(connection: Connection, wanted: Lease) -> Lease:
    held = _holder(connection, wanted.pair, to_change=True)
    values = {**_columns(wanted.owner), "since": wanted.since, "until": wanted.until}
    if held is None:
        connection.execute(insert(LEASES).values(pair=wanted.pair, **values))
        return wanted
    if held.owner == wanted.owner:
        connection.execute(update(LEASES).where(LEASES.c.pair == wanted.pair).values(until=wanted.until))
        return replace(held, until=wanted.until)
    why = _gone(held, wanted.owner.controller, wanted.since)
    if not why:
        raise BusyError(held)
    connection.execute(update(LEASES).where(LEASES.c.pair == wanted.pair).values(**values))
    who = held.owner
    words = f"Taken over from run {who.run} on {who.controller}, at work since {moment(held.since)}: {why}."
    return replace(wanted, why=words)


def _gone(held: Lease, controller: str, now: float) -> str:
    """Why the holder counts as ended, in words; empty while it must be respected.

    Of a process of this controller it is known whether it lives, whatever the clock says. Of another only its time is.
    """
    who = held.owner
    if who.host and who.host == _process.host() and who.controller == controller:
        return "" if _process.lives(who.pid, who.process_started) else f"its process {who.pid} no longer lives"
    return f"its time was up at {moment(held.until)}" if now >= held.until else ""


def _held(connection: Connection, pair: str, owner: Owner) -> None:
    held = _holder(connection, pair, to_change=True)
    if held is None or held.owner != owner:
        now = held.words if held else f"Nobody holds {pair} any more"
        raise LeaseLostError(f"Run {owner.run} has lost its hold on {owner.tunnel}. {now}. Send nothing more.")


# --- attempts ----------------------------------------------------------------------------------------------------


def _attempts(connection: Connection, pair: str) -> tuple[Attempt, ...]:
    asked = select(ATTEMPTS).where(ATTEMPTS.c.pair == pair).order_by(ATTEMPTS.c.id.desc())
    return tuple(_attempt(row) for row in connection.execute(asked).mappings())


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(
        id=row["id"],
        pair=row["pair"],
        owner=_owner(row),
        rung=row["rung"],
        commands=tuple((device, command) for device, command in json.loads(row["commands"])),
        started=row["started"],
        phase=Phase(row["phase"]),
        moved=row["moved"],
        finished=row["finished"],
        outcome=row["outcome"],
        text=row["text"],
        resolved_by=row["resolved_by"],
    )


def _open_attempt(connection: Connection, number: int) -> Attempt:
    row = connection.execute(select(ATTEMPTS).where(ATTEMPTS.c.id == number).with_for_update()).mappings().first()
    if row is None:
        raise StateError(f"There is no attempt {number}: the state was emptied or exchanged meanwhile.")
    found = _attempt(row)
    if found.outcome is not None:
        by = f" by run {found.resolved_by}" if found.resolved_by else ""
        raise LeaseLostError(f"Attempt {number} on {found.tunnel} was closed{by}: {found.outcome}. Send nothing more.")
    return found


def _close(connection: Connection, number: int, outcome: str, text: str, now: float, by: str | None) -> None:
    values = {"outcome": outcome, "text": mask(text), "finished": now, "resolved_by": by}
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.id == number).values(values))


def _fleet(connection: Connection, now: float) -> set[tuple[str, str, str]]:
    """The runs, on all pairs, that cleared something in the last day, may have, or are armed and about to."""
    asked = select(ATTEMPTS).where(ATTEMPTS.c.started > now - DAY)
    found = [_attempt(row) for row in connection.execute(asked).mappings()]
    return {_run(each.pair, each.owner) for each in found if each.acted or _about_to(connection, each, now)}


def _about_to(connection: Connection, attempt: Attempt, now: float) -> bool:
    if attempt.outcome is not None:
        return False
    held = _holder(connection, attempt.pair)
    return held is not None and held.owner == attempt.owner and not _gone(held, held.owner.controller, now)


def _run(pair: str, owner: Owner) -> tuple[str, str, str]:
    """What makes one run of its two rungs. Two controllers may begin at the same second."""
    return owner.controller, owner.run, pair
