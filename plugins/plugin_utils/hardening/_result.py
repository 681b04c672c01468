# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hardening did, for the report and for the devices as they are now."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import Change


@dataclass(frozen=True)
class Hardened:
    """How it ended: ``hardened``, ``no_change``, ``planned``, ``not_saved``, ``failed`` or ``aborted_gate:NAME``.

    ``changed`` says that a device holds (or, in check mode, would hold) something else than before. ``saved`` names
    the devices whose configuration was saved. ``configs`` are the configurations as they were read last.
    """

    outcome: str
    text: str
    changed: bool = False
    changes: tuple[Change, ...] = ()
    saved: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    configs: Mapping[str, Config] = field(default_factory=dict)


def as_hardened(devices: Sequence[Device], hardened: Hardened) -> tuple[Device, ...]:
    """The devices as they are now: what was read before, with what was read again after the change."""
    return tuple(_as_hardened(device, hardened) for device in devices)


def _as_hardened(device: Device, hardened: Hardened) -> Device:
    config = hardened.configs.get(device.name)
    if device.config is not None and config is not None:
        device = dataclasses.replace(device, config=config)
    return dataclasses.replace(device, saved=device.config) if device.name in hardened.saved else device
