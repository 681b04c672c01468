# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that are on or off, by what a device printed or else by its default."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config


@dataclass(frozen=True)
class Value:
    """What holds of a setting at one end, printed or by default."""

    on: bool
    words: str


def switch(config: Config, part: str, printed: bool | None, *, default: bool) -> Value:
    """A setting that is on or off. A part read with ``all`` prints its defaults, so that what is absent is off."""
    if printed is not None:
        return Value(printed, "on" if printed else "off")
    if part in config.all_read:
        return Value(False, "off")
    return Value(default, f"{'on' if default else 'off'} (default)")
