# SPDX-License-Identifier: GPL-3.0-or-later
"""What IKE keeps of each peer: its phase 1 SAs, and an entry of the session database."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.clock import Timer
from lab.engine.messages import Cookies
from lab.engine.policy import Ace, IkePolicy, MapEntry, TunnelGroup


@dataclass(eq=False)
class IkeSa:
    """One IKE SA, also while it is being negotiated."""

    peer: str
    local: str
    role: str
    cookies: Cookies
    state: str
    policy: IkePolicy | None = None
    group: TunnelGroup | None = None
    dpd: bool = False
    established: float = 0.0
    heard: float = 0.0
    rekey_of: IkeSa | None = None
    rekeying: bool = False
    queue: list[tuple[MapEntry, Ace]] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    resend: Timer | None = None
    version: int = 1
    nat_t: bool = False  # ESP goes within UDP, port 4500 (RFC 3947, RFC 7296 §2.23)

    @property
    def active(self) -> bool:
        return self.state == "MM_ACTIVE"

    @property
    def lifetime(self) -> int:
        return self.policy.lifetime if self.policy else 86400


@dataclass
class Session:
    """An entry of the VPN session database: from the first phase 1 to the last SA."""

    index: int
    peer: str
    started: float
