# SPDX-License-Identifier: GPL-3.0-or-later
"""Arm a login before anything is changed in it: the very device that was audited, on its active unit (sans I/O)."""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Arm, Sessions, Talk


class AbortError(Exception):
    """A gate stops the sequence; the message says what it saw."""

    def __init__(self, gate: str, text: str) -> None:
        self.gate = gate
        super().__init__(text)


def arm(sessions: Sessions, device: Device) -> Talk[None]:
    """Bind this device's login and identify it.

    :raises AbortError: ``wrong-device``, ``standby``, or ``unread`` when the device does not say who it is.
    """
    yield Arm(device.name)
    release = (yield from read(sessions, device.name, "show version")).value
    if release.hostname != device.hostname or (device.serial and release.serial != device.serial):
        raise AbortError(
            "wrong-device",
            f"{device.name} now answers as {release.hostname} serial {release.serial}; the audit read "
            f"{device.hostname} serial {device.serial}.",
        )
    summary = (yield from read(sessions, device.name, "show failover")).value.summary or ""
    if summary != "off" and "active" not in summary:
        raise AbortError("standby", f"{device.name} is not the active unit ({summary}): reach the active one.")


def read(sessions: Sessions, device: str, parser: str, command: str = "") -> Talk[Parsed[Any]]:
    """Ask again what the audit has read; ``command`` is sent where that is more than the parser's own.

    :raises AbortError: ``unread``, when the answer is refused or not whole.
    """
    answer = yield from sessions.ask(device, command or parser)
    parsed = find(parser).parse(answer.text)
    if why := answer.incomplete or answer.refusal or parsed.incomplete:
        raise AbortError("unread", f"{device}: {answer.command!r} could not be read again: {why}.")
    return parsed
