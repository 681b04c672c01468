# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that are on or off, by what a device printed or else by its default."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, End, Fix, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails, passes, unknown


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


def ike_switch(end: End, config: Config, name: str, line: str, severity: Severity, *, safe: bool = False) -> Said:
    """An end's part on a setting of IKE that should be on; ``name`` is its field, ``line`` what turns it on."""
    if config.ike_settings is None:
        return unknown(f"the IKE settings of {end.name} were not read")
    value = switch(config, "crypto", getattr(config.ike_settings, name), default=False)
    if value.on:
        return passes(value.words)
    return fails(value.words, severity, fix=(Fix(end.name, (line,), safe),))
