# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator sets for a remediation: the role's variables without their prefix ``remediate_``."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import Window, WindowError, read

PREFIX = "remediate_"
# These two are typed in an incident, and are about the run and not about how it is set up.
_WITHOUT_PREFIX = ("confirm", "change_id")
#: The least value of what is a number; there is no greatest.
LIMITS: Mapping[str, int] = {
    "shadow_alert": 1,
    "max_tunnels": 1,
    "max_per_day": 1,
    "cool_down": 0,
    "cool_down_max": 0,
    "max_attempts": 1,
    "verify_interval": 1,
    "verify_timeout": 1,
    "settle": 0,
    "soak": 0,
}
# As both Ansible's arguments and its filter `bool` read them.
_BOOLEANS = {
    **dict.fromkeys(("yes", "on", "true", "1"), True),
    **dict.fromkeys(("no", "off", "false", "0"), False),
}


class SettingsError(ValueError):
    """A setting that may not be so; the message names the variable and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """Durations are in seconds.

    ``change_id`` is the ticket given with this run, ``change_pattern`` the expression it must match as a whole (empty:
    no ticket is needed). ``windows`` are when a clear is allowed (none: always). ``kill_switch`` is a file whose being
    there forbids every clear. ``one_sided`` names the only end to clear. ``ike`` allows the second rung of the ladder,
    which takes the IKE SA down, too. ``max_per_day`` counts all tunnels over 24 hours.
    """

    confirm: str = ""
    change_id: str = ""
    change_pattern: str = ""
    windows: tuple[Window, ...] = ()
    enabled: bool = True
    kill_switch: str = ""
    shadow: bool = False
    shadow_alert: int = 3
    max_tunnels: int = 1
    max_per_day: int = 10
    cool_down: int = 600
    cool_down_max: int = 3600
    max_attempts: int = 3
    allow_in_band: bool = False
    allow_other_healer: bool = False
    underlay: bool = True
    one_sided: str = ""
    ike: bool = False
    verify_interval: float = 15.0
    verify_timeout: float = 120.0
    settle: float = 3.0
    soak: float = 600.0

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Settings:
        """Settings as an operator gave them, by their names here (``window`` for ``windows``); others are passed over.

        What is absent or ``None`` has its default.

        :raises SettingsError: names the variable and what it may be.
        """
        values: dict[str, object] = {}
        for field in dataclasses.fields(cls):
            name = "window" if field.name == "windows" else field.name
            if given.get(name) is not None:
                values[field.name] = _value(name, given[name], field.default)
        made = cls(**values)  # type: ignore[arg-type]  # each was made of its field's own type
        if made.cool_down_max < made.cool_down:
            raise SettingsError(
                f"{variable('cool_down_max')} is {made.cool_down_max}: give at least {made.cool_down}, which is "
                f"{variable('cool_down')}"
            )
        return made


AS_SHIPPED = Settings()


def variable(name: str) -> str:
    """What a setting is called in a playbook."""
    return name if name in _WITHOUT_PREFIX else PREFIX + name


def _value(name: str, value: object, default: object) -> object:
    if name == "window":
        try:
            return read(value, variable(name))
        except WindowError as error:
            raise SettingsError(str(error)) from None
    if isinstance(default, bool):
        return _boolean(name, value)
    if isinstance(default, int | float):
        return _number(name, value, whole=isinstance(default, int))
    text = str(value).strip()
    if name == "change_pattern":
        try:
            re.compile(text)
        except re.error as error:
            raise SettingsError(f"{variable(name)} is {text!r}: this is no regular expression ({error})") from None
    return text


def _boolean(name: str, value: object) -> bool:
    try:
        return _BOOLEANS[str(value).strip().lower()]
    except KeyError:
        raise SettingsError(f"{variable(name)} is {value!r}: give true or false") from None


def _number(name: str, value: object, *, whole: bool) -> float:
    least = LIMITS[name]
    try:
        number = math.nan if isinstance(value, bool) else float(str(value))
    except ValueError:
        number = math.nan
    # Not a number is not at least anything.
    if not (math.isfinite(number) and number >= least) or (whole and number != int(number)):
        kind = "a whole number" if whole else "a number"
        raise SettingsError(f"{variable(name)} is {value!r}: give {kind} from {least} on")
    return int(number) if whole else number
