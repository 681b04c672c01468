# SPDX-License-Identifier: GPL-3.0-or-later
"""What IKE keeps of each peer: its phase 1 SAs, and an entry of the session database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.clock import Timer
from lab.engine.messages import Cookies, Delete2, Exchange
from lab.engine.policy import Ace, IkePolicy, MapEntry, TunnelGroup


@dataclass(eq=False)
class Pending:
    """An IKEv2 request that waits for its response."""

    message: Exchange | Delete2
    answered: Callable[[Exchange], None]
    failed: Callable[[], None]
    timer: Timer | None = None


@dataclass(eq=False)
class Exchanges:
    """The IKEv2 message window of one SA: what was asked, and the last answers, for requests that come again."""

    next_id: int = 0
    pending: dict[int, Pending] = field(default_factory=dict)
    # Requests that wait for the answer to the one before: message, answered, failed, how often to send it again.
    waiting: list[tuple[Any, Callable[[Exchange], None], Callable[[], None] | None, int]] = field(default_factory=list)
    answers: dict[int, Exchange] = field(default_factory=dict)


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
    aggressive: bool = False
    nat: bool = False  # the other end is not seen under the address that it has
    nat_t: bool = False  # and both ends can traverse it: ESP goes inside UDP 4500
    untried: tuple[int, ...] = ()  # IKE versions that the initiator may fall back to
    trustpoint: str = ""
    authentication: tuple[str, str] = ("PSK", "PSK")  # how this end and the other one proved themselves
    exchanges: Exchanges = field(default_factory=Exchanges)

    @property
    def active(self) -> bool:
        return self.state in ("MM_ACTIVE", "AM_ACTIVE", "READY")

    @property
    def lifetime(self) -> int:
        return self.policy.lifetime if self.policy else 86400


@dataclass
class Session:
    """An entry of the VPN session database: from the first phase 1 to the last SA."""

    index: int
    peer: str
    started: float
    group: str


class IkeSas(list[IkeSa]):
    """All IKE SAs of a device in their order, found by peer and by the initiator's cookie as well."""

    def __init__(self) -> None:
        super().__init__()
        self._by_peer: dict[str, list[IkeSa]] = {}
        self._by_cookie: dict[int, list[IkeSa]] = {}

    def append(self, sa: IkeSa) -> None:
        super().append(sa)
        self._by_peer.setdefault(sa.peer, []).append(sa)
        self._by_cookie.setdefault(sa.cookies.initiator, []).append(sa)

    def remove(self, sa: IkeSa) -> None:
        super().remove(sa)
        _take(self._by_peer, sa.peer, sa)
        _take(self._by_cookie, sa.cookies.initiator, sa)

    def keep(self, wanted: Callable[[IkeSa], bool]) -> None:
        for sa in [sa for sa in self if not wanted(sa)]:
            self.remove(sa)

    def __contains__(self, sa: object) -> bool:
        return isinstance(sa, IkeSa) and sa in self._by_peer.get(sa.peer, ())

    def of(self, peer: str) -> list[IkeSa]:
        return list(self._by_peer.get(peer, ()))

    def named(self, cookies: Cookies) -> list[IkeSa]:
        """Those whose initiator's cookie this is; the responder's may not be known yet."""
        return list(self._by_cookie.get(cookies.initiator, ()))


def _take(index: dict[Any, list[IkeSa]], key: object, sa: IkeSa) -> None:
    index[key].remove(sa)
    if not index[key]:
        del index[key]
