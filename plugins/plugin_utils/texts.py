# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that somebody else collected, as the snapshots and devices that the library reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Output, Snapshot


def devices(outputs: object, public_addresses: Mapping[str, Sequence[str]] | None = None) -> tuple[Device, ...]:
    """The devices of a dictionary of names, each with the dictionary that :func:`snapshots` takes.

    :raises ValueError: something is not what it should be; names it.
    """
    if not isinstance(outputs, Mapping):
        raise ValueError(f"expected a dictionary of devices and their outputs, not {_kind(outputs)}")
    public = public_addresses or {}
    return tuple(
        device(name, snapshots(name, commands), public_addresses=tuple(map(ip_address, public.get(name, ()))))
        for name, commands in outputs.items()
    )


def snapshots(device: str, commands: object) -> tuple[Snapshot, ...]:
    """One snapshot for the first texts and, if any command has two, another for the second ones.

    Whoever gives two texts vouches that every first one was read before any second one of any device: the moments are
    numbered 0 and 1.
    """
    if not isinstance(commands, Mapping):
        raise ValueError(f"{device}: expected a dictionary of commands and their outputs, not {_kind(commands)}")
    readings = {command: _readings(device, command, texts) for command, texts in commands.items()}
    count = max((len(texts) for texts in readings.values()), default=0)
    return tuple(
        Snapshot(device, moment, moment, tuple(_outputs(readings, number)))
        for number, moment in enumerate(map(float, range(count)))
    )


def _outputs(readings: Mapping[str, list[str]], number: int) -> list[Output]:
    return [
        Output(command, texts[number], float(number), float(number))
        for command, texts in readings.items()
        if number < len(texts)
    ]


def _readings(device: str, command: str, texts: object) -> list[str]:
    given = [texts] if isinstance(texts, str) else texts
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= 2:
        raise ValueError(f"{device}: {command}: expected one text, or a list of its first and its second reading")
    wrong = [text for text in given if not isinstance(text, str)]
    if wrong:
        raise ValueError(f"{device}: {command}: expected text, not {_kind(wrong[0])}")
    return [str(text) for text in given]


def _kind(value: object) -> str:
    return type(value).__name__
