# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell the peer that this end goes: ``crypto isakmp disconnect-notify``, off by default, for IKEv1 and IKEv2 alike.

It is a line of the whole device: every peer is told when its tunnel is taken down or the device reloads. 7.0 and 7.1
say ``isakmp disconnect-notify``. Source: ASA command reference, ``crypto isakmp disconnect-notify``.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, End, IkeSettings, Tunnel, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import (
    CRYPTO,
    CannotError,
    Change,
    Counts,
    Setting,
    change,
    with_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step

WITH_CRYPTO = Version(7, 2)
"""From here on the line begins with ``crypto``."""


def command(device: Device) -> str:
    short = device.version is not None and device.version < WITH_CRYPTO
    return f"{'' if short else 'crypto '}isakmp disconnect-notify"


def step(device: Device) -> Step:
    line = command(device)
    return Step(
        device=device.name,
        phase=Phase.CONFIGURE,
        commands=(line,),
        interrupts="nothing",
        proof=f"'{CRYPTO}' shows {line}",
        configure=True,
        undo=(f"no {line}",),
    )


def _on(end: End) -> bool:
    settings = end.device.config.ike_settings if end.device.config is not None else None
    return settings is not None and bool(settings.disconnect_notify)


def _words(end: End) -> str:
    return "on" if _on(end) else "off"


def _lines(end: End) -> tuple[str, ...]:
    return (f"{'' if _on(end) else 'no '}{command(end.device)}",)


def _change(end: End) -> Change:
    config = end.device.config
    if config is None or config.ike_settings is None:
        raise CannotError("unread", f"the IKE settings of {end.name} were not read")
    settings = dataclasses.replace(config.ike_settings or IkeSettings(), disconnect_notify=True)
    return change(
        SETTING,
        end,
        with_config(end, ike_settings=settings),
        f"{CRYPTO} | include disconnect-notify",
        None if _on(end) else step(end.device),
        shared=f"{command(end.device)} counts for every tunnel of {end.name}",
    )


def _changes(tunnel: Tunnel) -> tuple[Change, ...]:
    return tuple(_change(end) for end in tunnel.ends)


SETTING = Setting("disconnect-notify", "disconnect-notify", Counts.NOW, (CRYPTO,), _words, _lines, _changes)
