# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sessions of one device share: accounts, quirks, and the record of every line received."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from lab.engine.network import Device

MAX_SESSIONS = 5  # an ASA serves five SSH sessions per context


@dataclass(frozen=True)
class Account:
    name: str
    password: str
    privilege: int


@dataclass(frozen=True)
class Effect:
    """What a clear that was carried out did at this device, counted by peer in the data path and in IKE."""

    pairs: dict[str, int]
    left: dict[str, int]
    ike: dict[str, int]
    spis: list[str]


@dataclass(frozen=True)
class Received:
    """One line as the device got it; `mode` is exec, config, password or answer.

    `number` counts the lines of all devices in the order in which they came. `effect` is None unless the line was a
    clear and was carried out: one that was refused, or that came too late, has none.
    """

    device: str
    session: int
    user: str
    privilege: int
    mode: str
    line: str
    virtual: str
    wall: float
    number: int
    effect: Effect | None = None


class Login(Protocol):
    """What a box needs to know of the sessions that are open on it."""

    enabled: bool
    privilege: int
    shown_user: str

    def die(self) -> None: ...

    def hang(self) -> None: ...


Deed = Callable[[], None]
# Given the session and the line: what is to happen before the line is carried out, and what after.
Watch = Callable[[Login, str], tuple[list[Deed], list[Deed]]]


# How a device or its login can misbehave, and the form of what stands behind `NAME=`; see lab/README.md.
# A form in brackets may be left out.
QUIRKS = {
    "refuse-login": None,
    "drop-after": "bytes",
    "pager-stuck": None,
    "authorization-failed": "prefix",
    "level": "number",
    "password-prompt-no-blank": None,
    "enable-no-password": None,
    "slow": "seconds",
    "slow-on": "prefix:seconds",
    "empty": "prefix",
    "garble": "prefix",
    "refuse-clear": "[n]",
    "hang": "prefix",
    "prompt": "template",
}

_FORMS = {
    "bytes": r"\d+", "number": r"\d+", "seconds": r"\d+(\.\d+)?", "prefix:seconds": r".+:\d+(\.\d+)?",
    "[n]": r"(\d+(-\d+)?)?",
}  # fmt: skip


@dataclass
class Box:
    """A device with everything around it that is not its engine."""

    device: Device
    accounts: dict[str, Account]
    enable_password: str
    model: str = "ASA5510"
    serial: str = "JMX1000K0AB"
    uptime: float = 0.0
    ssh: str = "modern"
    quirks: dict[str, str] = field(default_factory=dict)
    record: list[Received] = field(default_factory=list)
    sessions: int = 0
    open_sessions: int = 0
    modified_by: str = "operator"
    modified_at: str = ""
    logins: list[Login] = field(default_factory=list)
    watch: Watch = field(default=lambda login, line: ([], []))
    _clears: int = 0

    def note(self, session: int, user: str, privilege: int, mode: str, line: str) -> int:
        """Record a line; returns where it stands in the record."""
        network = self.device.network
        virtual = network.now.isoformat(timespec="milliseconds")
        number = next(network.arrivals)
        self.record.append(
            Received(self.device.name, session, user, privilege, mode, line, virtual, time.time(), number)
        )
        return len(self.record) - 1

    def holdings(self) -> tuple[Counter[tuple[str, str]], Counter[str]]:
        """The SA pairs in the data path, as peer and inbound SPI, and the IKE SAs of each peer."""
        pairs = Counter((pair.peer, f"0x{pair.spi_in:08X}") for pair in self.device.datapath.pairs())
        return pairs, Counter(sa.peer for sa in self.device.ike.sas)

    def settle(self, entry: int, before: tuple[Counter[tuple[str, str]], Counter[str]]) -> None:
        """Write beside a recorded clear what it did, seen as the difference to what was there before."""
        pairs, ike = self.holdings()
        gone = before[0] - pairs
        effect = Effect(
            dict(Counter(peer for peer, _ in gone)), dict(Counter(peer for peer, _ in pairs)), dict(before[1] - ike),
            [spi for _, spi in gone],
        )  # fmt: skip
        self.record[entry] = replace(self.record[entry], effect=effect)

    # -- quirks --------------------------------------------------------------------------------------------

    def quirk(self, name: str, line: str) -> bool:
        """Does a quirk with a prefix apply to this line?"""
        prefix = self.quirks.get(name)
        return prefix is not None and line.strip().startswith(prefix)

    def set_quirk(self, text: str) -> None:
        name, _, value = text.partition("=")
        if name not in QUIRKS:
            raise ValueError(f"no quirk named {name!r}; there are: {', '.join(QUIRKS)}")
        form = QUIRKS[name]
        if form and not value and not form.startswith("["):
            raise ValueError(f"quirk {name} needs a value: {name}={form}")
        if form in _FORMS and not re.fullmatch(_FORMS[form], value):
            raise ValueError(f"not a value of quirk {name}: {value!r} (write {name}={form.strip('[]')})")
        self.quirks[name] = value
        if name == "refuse-clear":
            self._clears = 0
        if name == "level":
            for login in self.logins:
                if login.enabled:
                    login.privilege = min(15, int(value))
                    login.shown_user = f"enable_{login.privilege}"

    def pause(self, line: str) -> float:
        """How long the device waits before it answers this line."""
        prefix, _, seconds = self.quirks.get("slow-on", ":0").rpartition(":")
        slow = float(seconds) if line.strip().startswith(prefix) else 0.0
        return slow or float(self.quirks.get("slow", 0))

    def refuses_clear(self, line: str) -> bool:
        """Counts the clears, and says whether this one is among those that are refused."""
        wanted = self.quirks.get("refuse-clear")
        if wanted is None or not line.split()[0].startswith("cl"):
            return False
        self._clears += 1
        first, dash, last = wanted.partition("-")
        return self._clears >= int(first or 1) and (not dash or self._clears <= int(last))

    # -- reloading -----------------------------------------------------------------------------------------

    def reload(self, seconds: float, silently: bool = False) -> None:
        """Crash, and come back after so many virtual seconds: every session is cut, every SA is gone.

        `silently`: nobody resets the sessions' connections before the device is back.
        """
        self.device.reload(seconds)
        self.modified_at = ""
        for login in list(self.logins):
            if silently:
                login.hang()
                self.device.scheduler.after(seconds, login.die)
            else:
                login.die()

    @property
    def up_seconds(self) -> float:
        """Since power on: before the lab began, unless the device lost power since."""
        since = self.device.scheduler.now - self.device.booted
        return since + (self.uptime if self.device.booted == 0.0 else 0.0)
