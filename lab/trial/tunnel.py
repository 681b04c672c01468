# SPDX-License-Identifier: GPL-3.0-or-later
"""What is tried: the traffic between two devices that a line of theirs is for."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp"}
EVERYTHING = ("0.0.0.0/0", "0.0.0.0/0")  # the networks of a tunnel interface


@dataclass(frozen=True, order=True)
class Tunnel:
    """Two devices and the network behind each; `networks` and `ports` are in the order of `ends`.

    `protocol` is a number, 0 for any; a port is one that the line is for, 0 where it is for any.
    """

    ends: tuple[str, str]
    networks: tuple[str, str]
    protocol: int = 0
    ports: tuple[int, int] = (0, 0)

    def other(self, device: str) -> str:
        return self.ends[1 - self.ends.index(device)]

    def within(self, other: Tunnel) -> bool:
        """Is all of its traffic the other one's, too?"""
        near = zip(self.networks, other.networks, strict=True)
        return (
            self.ends == other.ends
            and all(IPv4Network(mine).subnet_of(IPv4Network(theirs)) for mine, theirs in near)
            and other.protocol in (0, self.protocol)
            and all(theirs in (0, mine) for mine, theirs in zip(self.ports, other.ports, strict=True))
        )

    @property
    def service(self) -> str:
        """What of the traffic between the networks it is for; nothing for all of it."""
        name = PROTOCOLS.get(self.protocol, f"protocol {self.protocol}") if self.protocol else ""
        return f"{name} {' to '.join(str(port or 'any') for port in self.ports)}" if any(self.ports) else name
