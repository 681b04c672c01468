# SPDX-License-Identifier: GPL-3.0-or-later
"""Arm a login before anything is changed in it: the very device that was audited, on its active unit (sans I/O)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._failover import Failover
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_version import Release
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Arm, LostError, Sessions, Talk

# A unit in one of these is copying the configuration or the tables of connections, SAs among them.
_COPYING = ("sync config", "bulk sync", "sync file system", "app sync", "active applying config")


class AbortError(Exception):
    """A gate stops the sequence. ``seen`` is what it saw, without full stop; the message adds how to lift it."""

    def __init__(self, gate: str, seen: str) -> None:
        self.gate = gate
        self.seen = seen.rstrip(".")
        super().__init__(rails.message(gate, seen))


class _StandbyError(AbortError):
    """The login is on the standby unit; ``state`` is that unit's word for it."""

    def __init__(self, device: str, state: str) -> None:
        self.state = state
        super().__init__("standby", f"{device} is not the active unit ({state})")


def saw(error: Exception) -> str:
    """What went wrong, without how to lift it: for whoever has sent something and has other things to advise."""
    return error.seen if isinstance(error, AbortError) else str(error)


@dataclass(frozen=True)
class Identity:
    """Who a device is by the inventory; empty where that says nothing. ``serials`` are those of all of its units."""

    hostname: str = ""
    serials: tuple[str, ...] = ()

    def __str__(self) -> str:
        serial = f"serial {' or '.join(self.serials)}" if self.serials else ""
        return " ".join(filter(None, (self.hostname, serial)))


ANYBODY = Identity()


def arm(
    sessions: Sessions,
    device: Device,
    *,
    expected: Identity = ANYBODY,
    units: Iterable[str] = (),
    again: bool = False,
) -> Talk[None]:
    """Bind this device's login and identify it; on a failover pair, that of the unit which is active now.

    ``units`` are other hosts of the inventory by which the same device is reached. ``again`` is for a login after the
    change: a failover may have moved the device's address to its other unit meanwhile.

    :raises AbortError: ``wrong-device``, ``standby``, ``context``, or ``unread`` when it does not say who it is.
    :raises LostError: no unit can be logged in to.
    """
    places = list(dict.fromkeys((sessions.hosts.get(device.name, ""), "", *units)))
    failed: list[LostError | _StandbyError] = []
    for host in places:
        try:
            yield Arm(device.name, host)
            sessions.hosts[device.name] = host
            yield from _identify(sessions, device, expected, other_unit=bool(host), again=again)
            return
        except (LostError, _StandbyError) as error:
            failed.append(error)
    if len(failed) == 1:
        raise failed[0]
    told = [
        f"{host or device.name}: {error.state}" if isinstance(error, _StandbyError) else str(error).rstrip(".")
        for host, error in zip(places, failed, strict=True)
    ]
    words = f"{device.name} has no unit that is active and can be logged in to ({'; '.join(told)})"
    # What a unit said of itself tells more than that another was not reached.
    if any(isinstance(error, _StandbyError) for error in failed):
        raise AbortError("standby", words)
    raise LostError(words)


def read(sessions: Sessions, device: str, parser: str, command: str = "") -> Talk[Parsed[Any]]:
    """Ask again what the audit has read; ``command`` is sent where that is more than the parser's own.

    :raises AbortError: ``unread``, when the answer is refused or not whole.
    """
    answer = yield from sessions.ask(device, command or parser)
    parsed = find(parser).parse(answer.text)
    if why := answer.incomplete or answer.refusal or parsed.incomplete:
        raise AbortError("unread", f"{device}: {answer.command!r} could not be read again: {why}")
    return parsed


def _identify(sessions: Sessions, device: Device, expected: Identity, *, other_unit: bool, again: bool) -> Talk[None]:
    release: Release = (yield from read(sessions, device.name, "show version")).value
    seen = f"{release.hostname} serial {release.serial}"
    named = expected.hostname in ("", release.hostname)
    if not named or (expected.serials and release.serial not in expected.serials):
        raise AbortError("wrong-device", f"{device.name} answers as {seen}, and the inventory says {expected}")
    # The units of a pair share everything but their serial numbers.
    pair = (device.failover or "off") != "off"
    same = not device.serial or release.serial == device.serial or release.serial in expected.serials
    if release.hostname != device.hostname or not (same or (pair and (other_unit or again))):
        raise AbortError(
            "wrong-device",
            f"{device.name} now answers as {seen}; the audit read {device.hostname} serial {device.serial}",
        )
    if release.context != device.context:
        raise AbortError(
            "context",
            f"{device.name} was audited in {_space(device.context)} and now answers from {_space(release.context)}",
        )
    _check_active(device.name, (yield from read(sessions, device.name, "show failover")).value)


def _space(word: str | None) -> str:
    return {None: "single mode", "system": "the system space"}.get(word, "a security context")


def _check_active(device: str, failover: Failover) -> None:
    summary = failover.summary or ""
    if summary == "off":
        return
    mate = failover.other_host.lower() if failover.other_host else ""
    states = [summary, mate, *(state.lower() for state in failover.other_groups.values())]
    copying = next((word for state in states for word in _COPYING if word in state), "")
    if copying:
        raise AbortError(
            "standby",
            f"{device} and its other unit are not in step ({summary}{f', the other {mate}' if mate else ''}): what is "
            "cleared now may come back",
        )
    if "active" not in summary:
        raise _StandbyError(device, summary)
