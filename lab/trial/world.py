# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices in memory, made of arbitrary configurations, and packets between the networks behind them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.engine.messages import Packet
from lab.engine.policy.model import PORTS
from lab.site import Lab, device_status
from lab.stored import Site
from lab.testing import Typist
from lab.trial import hosts
from lab.trial.texts import START, Text
from lab.trial.tunnel import EVERYTHING, Tunnel
from lab.truth import truth

USER, PASSWORD, ENABLE = "operator", "lab-operator", "lab-enable"
_IKE_LEGACY = ("show crypto isakmp sa detail",)
_IKE_MODERN = ("show crypto ikev1 sa detail", "show crypto ikev2 sa detail")
_IKE_PEER = re.compile(r"IKE Peer: (\S+)|^ *\d+ +\S+/\d+ +([\d.]+)/\d+ ")
_IKE_LIFETIME = re.compile(r"Lifetime *: *(\d+)")
_IKE_REMAINING = re.compile(r"Lifetime Remaining *: *(\d+)")
_IKE_ACTIVE = re.compile(r"Life/Active Time: \d+/(\d+)")
_REFUSED = ("access list", "vpn-filter")  # steps of `Loss` at which something else may pass
_SIDES = ("local", "remote")
_UP = ("MM_ACTIVE", "AM_ACTIVE", "READY", "UP-ACTIVE", "MM_STANDBY")


@dataclass(frozen=True)
class _Site(Site):
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, device: str) -> str:
        return self.texts[device]


@dataclass(frozen=True)
class Lost:
    """Whose packet did not arrive, at which device it ended, and why: see `Loss`."""

    sender: str
    device: str
    step: str
    host: str
    detail: str


class World:
    """A lab of these devices. Nothing moves before somebody sends a packet; a run is a function of the texts."""

    def __init__(self, texts: Mapping[str, Text], *, logging: bool = False) -> None:
        said = {name: _with_log(text.text) if logging else text.text for name, text in texts.items()}
        data: dict[str, Any] = {
            "clock": max((text.day for text in texts.values()), default=START), "settle": "0s",
            "enable_password": ENABLE,
            "seed": zlib.crc32("/".join(texts).encode()),
            "users": {USER: {"password": PASSWORD, "privilege": 15}},
            "devices": {
                name: {
                    "config": "", "release": text.release, "uptime": "20d", "serial": f"9A1TRIAL{number:04}",
                    "model": "ASA5510" if text.version < (9, 2) else "ASAv",
                }
                for number, (name, text) in enumerate(texts.items(), 1)
            },
        }  # fmt: skip
        self.texts = texts
        self.lab = Lab(_Site("trial", data, Path(), said), wall=lambda: 0.0)
        self._typists: dict[str, Typist] = {}
        self._instead: dict[tuple[Tunnel, str], Packet] = {}
        self._asked: dict[tuple[Tunnel, str], Packet] = {}
        self._wider: dict[Tunnel, Tunnel] = {}
        self.lost: Lost | None = None  # of the last packet, unless it arrived

    @property
    def now(self) -> float:
        return self.lab.scheduler.now

    def advance(self, seconds: float) -> None:
        self.lab.advance(seconds)

    def tunnels(self) -> list[Tunnel]:
        """Every pair of networks, and of services, that some device protects towards another one."""
        found: dict[Tunnel, None] = {}
        for pair in truth(self.lab)["pairs"]:
            one, other = pair["ends"]
            for way in pair["ways"]:
                near, far = ((way[where], _one_of(ports)) for where, ports in zip(_SIDES, way["ports"], strict=True))
                (here, port), (there, other_port) = (near, far) if way["from"] == one else (far, near)
                found[Tunnel((one, other), (here, there), way["protocol"], (port, other_port))] = None
        return list(found)

    def carried(self, asked: Iterable[Tunnel]) -> list[Tunnel]:
        """Of tunnels that are none here, those whose traffic another one of the same ends is for: networks that were
        put together, or that are routed to a tunnel interface now.
        """
        own = self.tunnels()
        wider = ((tunnel, next(filter(tunnel.within, own), None)) for tunnel in asked if tunnel not in own)
        self._wider = {tunnel: found for tunnel, found in wider if found}
        return list(self._wider)

    def second_addresses(self, tunnel: Tunnel) -> dict[str, str]:
        """Of each end that the other one knows by several addresses, the interface with the first of them."""
        found: dict[str, str] = {}
        for end, peers in self._asked_by_other(tunnel):
            interfaces = self.lab.network.devices[end].policy.interfaces
            own = {self.lab.network.seen(str(each.address.ip)): each.hardware for each in interfaces}
            mine = [own[peer] for peer in peers if peer in own]
            if len(mine) > 1:
                found.setdefault(end, mine[0])
        return found

    def asked_before(self, tunnel: Tunnel) -> dict[str, str]:
        """The firewalls that an end of it asks before the other end, each with that end."""
        found: dict[str, str] = {}
        for end, peers in self._asked_by_other(tunnel):
            owners = [owner.name for peer in peers if (owner := self.lab.network.owner(peer))]
            found |= dict.fromkeys(owners[: owners.index(end)], tunnel.other(end))
        return found

    def _asked_by_other(self, tunnel: Tunnel) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each end with the peers of an entry of the other one that names it among others."""
        for end in tunnel.ends:
            addresses = {self.lab.network.seen(each) for each in self.lab.network.devices[end].addresses()}
            for entries in self.lab.network.devices[tunnel.other(end)].policy.maps.values():
                yield from (
                    (end, entry.peers) for entry in entries if len(entry.peers) > 1 and addresses & {*entry.peers}
                )

    def shut_down(self, device: str, interface: str) -> None:
        """Take an interface away, and with it the routes that lead out by it."""
        typist = self.typist(device)
        for line in ("configure terminal", f"interface {interface}", "shutdown", "end"):
            typist(line)

    # -- packets -------------------------------------------------------------------------------------------

    def send(self, tunnel: Tunnel, sender: str) -> bool:
        """One packet from a host behind the sender to one behind the other end; True when that host gets it."""
        return self._ask(tunnel, sender) is not None

    def talk(self, tunnel: Tunnel, first: str) -> bool:
        """A question and its answer, which is only given to a question that arrived."""
        question = self._ask(tunnel, first)
        return question is not None and self._carry(tunnel.other(first), question.answer())

    def instead(self, tunnel: Tunnel, sender: str) -> str:
        """What its host says since the lists of an end refused what it said first; nothing where they did not."""
        packet = self._instead.get((tunnel, sender))
        return hosts.said(packet) if packet else ""

    def _ask(self, tunnel: Tunnel, sender: str) -> Packet | None:
        """What arrived. Whom a list refuses tries what the lists permit, and stays with what got further."""
        key = tunnel, sender
        first = self._asked.get(key)
        if first is None:
            first = self._asked[key] = hosts.question(self.lab.network.devices, tunnel, sender)
        usual = self._instead.get(key, first)
        if self._carry(sender, usual):
            return usual
        why = self.lost
        if why is None or why.step not in _REFUSED:
            return None
        for packet in (first, *hosts.others(self.lab.network.devices, tunnel, sender)):
            arrived = self._carry(sender, packet)
            if arrived or (self.lost and self.lost.step not in _REFUSED):
                self._instead[key] = packet
                return packet if arrived else None
        self.lost = why
        return None

    def _carry(self, sender: str, packet: Packet) -> bool:
        device = self.lab.network.devices[sender]
        arrived = bool(device.forward(hosts.as_sent(device, packet)))
        loss = None if arrived else self.lab.network.lost
        self.lost = Lost(sender, loss.device, loss.step, loss.host, loss.detail) if loss else None
        return arrived

    # -- what the devices show -----------------------------------------------------------------------------

    def ike_state(self, device: str, peer: str) -> str:
        """The state of the IKE SA towards a device, the one that is not up first; empty without any."""
        addresses = set(self.lab.network.devices[peer].addresses())
        states = [sa["state"] for sa in self._status(device)["ike"] if sa["peer"] in addresses]
        return min(states, key=lambda state: state in _UP, default="")

    def spis(self, tunnel: Tunnel) -> frozenset[str]:
        """The inbound SPIs of the first end for these networks and this protocol."""
        tunnel = self._wider.get(tunnel, tunnel)
        wanted = (*tunnel.networks, tunnel.protocol)
        device, other = (self.lab.network.devices[end] for end in tunnel.ends)
        # Of several tunnel interfaces, which all protect the same, the one towards the other end.
        peers = {self.lab.network.seen(address) for address in other.addresses()}
        return frozenset(
            f"0x{pair.spi_in:08X}" for pair in device.datapath.pairs()
            if (str(pair.ident.local), str(pair.ident.remote), pair.ident.protocol) == wanted
            and (tunnel.networks != EVERYTHING or pair.peer in peers)
        )  # fmt: skip

    def ike_age(self, device: str, peer: str) -> int | None:
        """How old the IKE SA towards a device is, by what the device shows; `None` without any that says."""
        addresses = set(self.lab.network.devices[peer].addresses())
        typist = self._typists.get(device)
        if typist is None:
            typist = self._typists[device] = self.typist(device)
        ages: list[int] = []
        about, lifetime = False, 0
        for command in _IKE_LEGACY if self.texts[device].legacy else _IKE_MODERN:
            for line in typist(command).splitlines():
                if found := _IKE_PEER.search(line):
                    about = (found[1] or found[2]) in addresses
                if found := _IKE_LIFETIME.search(line):
                    lifetime = int(found[1])
                if about and (found := _IKE_REMAINING.search(line)):
                    ages.append(lifetime - int(found[1]))
                elif about and (found := _IKE_ACTIVE.search(line)):
                    ages.append(int(found[1]))
        return min(ages, default=None)

    def _status(self, device: str) -> dict[str, Any]:
        return device_status(self.lab, device)

    def typist(self, device: str) -> Typist:
        return Typist(self.lab, device).enable()

    def log(self, device: str) -> list[str]:
        return [line for line in self.typist(device)("show logging").splitlines() if "%ASA-" in line]

    def devices(self) -> Iterable[str]:
        return self.texts


def _one_of(ports: tuple[int, int]) -> int:
    """A port of a range that is not every port."""
    return 0 if ports == PORTS else max(1, ports[0])


def _with_log(text: str) -> str:
    """The same with a log that keeps everything; what is said there already goes first, and so counts no more."""
    kept = [line for line in text.splitlines() if not line.startswith(("logging ", "no logging "))]
    end = next((place for place, line in enumerate(kept) if line.strip() in (": end", ":end", "end")), len(kept))
    wanted = ["logging enable", "logging timestamp", "logging buffer-size 1048576", "logging buffered debugging"]
    return "\n".join([*kept[:end], *wanted, *kept[end:]]) + "\n"
