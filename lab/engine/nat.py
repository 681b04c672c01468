# SPDX-License-Identifier: GPL-3.0-or-later
"""A NAT that stands between a device and the internet, which knows it under a public address alone.

It translates ports, so only UDP passes: IKE, and ESP inside UDP 4500 (RFC 3947, RFC 3948). Plain ESP is lost. Packets
from the internet find the device where the NAT forwards them, or as long as the device has sent something there lately.
"""

from __future__ import annotations

from dataclasses import dataclass, field

MAPPING_SECONDS = 300.0  # RFC 4787 §4.3 recommends that a mapping lives at least so long


@dataclass
class Nat:
    """`forwards` = packets that nobody asked for are let in, too; `seconds` is how long a mapping lives unused."""

    private: str
    public: str
    forwards: bool = True
    seconds: float = MAPPING_SECONDS
    mappings: dict[str, float] = field(default_factory=dict)

    def sent(self, destination: str, now: float) -> None:
        self.mappings[destination] = now

    def lets_in(self, source: str, now: float) -> bool:
        return self.forwards or now <= self.mappings.get(source, -self.seconds - 1) + self.seconds
