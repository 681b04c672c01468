# SPDX-License-Identifier: GPL-3.0-or-later
"""What the sessions of one device share: accounts, quirks, and the record of every line received."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from lab.engine.network import Device

MAX_SESSIONS = 5  # an ASA serves five SSH sessions per context


@dataclass(frozen=True)
class Account:
    name: str
    password: str
    privilege: int


@dataclass(frozen=True)
class Received:
    """One line as the device got it; `mode` is exec, config, password or pager."""

    device: str
    session: int
    user: str
    privilege: int
    mode: str
    line: str
    virtual: str
    wall: float


# How a device or its login can misbehave; each name is explained in lab/README.md.
QUIRKS = {
    "refuse-login": None,
    "drop-after": "bytes",
    "pager-stuck": None,
    "authorization-failed": "prefix",
    "level": "number",
    "password-prompt-no-blank": None,
    "enable-no-password": None,
    "slow": "seconds",
    "empty": "prefix",
    "garble": "prefix",
    "refuse-clear": None,
    "hang": "prefix",
    "prompt": "template",
}


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
    # Multiple mode: every context and the system space by name; `device` is then where a login lands.
    contexts: dict[str, Device] = field(default_factory=dict)
    admin: str = ""

    @property
    def name(self) -> str:
        return self.device.name.partition("/")[0]

    def note(self, session: int, user: str, privilege: int, mode: str, line: str) -> None:
        virtual = self.device.now.isoformat(timespec="milliseconds")
        self.record.append(Received(self.name, session, user, privilege, mode, line, virtual, time.time()))

    def quirk(self, name: str, line: str) -> bool:
        """Does a quirk with a prefix apply to this line?"""
        prefix = self.quirks.get(name)
        return prefix is not None and line.strip().startswith(prefix)

    def set_quirk(self, text: str) -> None:
        name, _, value = text.partition("=")
        if name not in QUIRKS:
            raise ValueError(f"no quirk named {name!r}; there are: {', '.join(QUIRKS)}")
        if QUIRKS[name] and not value:
            raise ValueError(f"quirk {name} needs a value: {name}={QUIRKS[name]!s}")
        self.quirks[name] = value

    @property
    def up_seconds(self) -> float:
        """Since power on: before the lab began, unless the device lost power since."""
        since = self.device.scheduler.now - self.device.booted
        return since + (self.uptime if self.device.booted == 0.0 else 0.0)
