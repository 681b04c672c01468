# SPDX-License-Identifier: GPL-3.0-or-later
"""How a controller reaches the devices: straight, at whichever unit of a pair is active, or through a tunnel.

All real sockets are on loopback, so whether packets of a login would arrive is asked of the engine: the controller is
a host behind one device, and its packets to the far device's inside address are interesting traffic like any other.

A login that lost one packet never comes back. When a tunnel goes, an ASA takes the flows through it down, unless told
otherwise (Cisco ASA Command Reference, `sysopt connection preserve-vpn-flows`); when the other unit of a pair takes
over, nobody knows the TCP connection any more (Cisco ASA General Operations CLI Guide, "Failover").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from lab.engine.network import Device
from lab.engine.traffic import send

if TYPE_CHECKING:
    from lab.cli.box import Box
    from lab.site import Lab


@dataclass(frozen=True)
class Login:
    """One way in. `boxes` are the units that may answer.

    `controller` is set where the way leads through a tunnel, of which `through` names the near end. `address` is what
    the controller calls the device, where that is not simply a port on loopback.
    """

    name: str
    boxes: tuple[str, ...]
    context: str = ""
    group: str = "asa"
    address: str = ""
    through: str = ""
    controller: str = ""
    hostvars: dict[str, Any] = field(default_factory=dict)

    @property
    def direct(self) -> bool:
        return len(self.boxes) == 1 and not self.controller


def read_logins(data: dict[str, Any]) -> dict[str, Login]:
    """The logins of a `site.yml`: one per device and per pair, and what stands under `logins` and `management`."""
    pairs: dict[str, dict[str, str]] = data.get("pairs", {})
    pair_of = {unit: name for name, pair in pairs.items() for unit in pair.values()}
    entries: dict[str, dict[str, Any]] = {}
    for name in data["devices"]:
        if name in pair_of:
            entries |= {pair_of[name]: {"pair": pair_of[name]}, name: {"device": name, "group": "units"}}
        else:
            entries[name] = {"device": name}
    entries |= data.get("logins", {})
    found = {}
    for name, entry in entries.items():
        boxes = tuple(pairs[entry["pair"]].values()) if "pair" in entry else (str(entry["device"]),)
        way = data.get("management", {}).get(name, {})
        found[name] = Login(
            name, boxes, entry.get("context", ""), entry.get("group", "asa"),
            str(way.get("address", entry.get("address", ""))), way.get("through", ""), str(way.get("from", "")),
            data.get("hostvars", {}).get(name, {}),
        )  # fmt: skip
    return found


class Link:
    """One TCP connection to a device, as far as the engine is concerned."""

    def __init__(self, lab: Lab, login: Login) -> None:
        self._lab = lab
        self.login = login
        self.box: Box | None = None
        self.dead = False

    def connect(self) -> bool:
        """Send the first packet; True when somebody answers. Asking again is what TCP does, and stimulates anew."""
        boxes = [self._lab.boxes[name] for name in self.login.boxes]
        self.box = boxes[0] if len(boxes) == 1 else next(box for box in boxes if not box.device.standby)
        return self._arrives(self.box)

    def carries(self) -> bool:
        """Does a packet, either way, still arrive? Once no, for ever no."""
        self.dead = self.dead or self.box is None or not self._arrives(self.box)
        return not self.dead

    def _arrives(self, box: Box) -> bool:
        if len(self.login.boxes) > 1 and (box.device.standby or not box.device.up):
            return False
        return not self.login.controller or reachable(
            self._lab, box.device, IPv4Address(self.login.controller), IPv4Address(self.login.address)
        )


def reachable(lab: Lab, device: Device, controller: IPv4Address, address: IPv4Address) -> bool:
    """Does SSH from the controller to an inside address of this device get there, and the answer back?"""
    return (
        _listens(device, controller, address)
        and send(lab.network, controller, address)
        and send(lab.network, address, controller)
    )


def _listens(device: Device, controller: IPv4Address, address: IPv4Address) -> bool:
    """An ASA takes SSH through a tunnel at its `management-access` interface alone, from whom `ssh` names there."""
    nameif = device.policy.management_access
    interface = device.policy.interface(nameif)
    return (
        interface is not None
        and interface.address.ip == address
        and any(
            controller in IPv4Network(f"{words[1]}/{words[2]}")
            for words in (block.words for block in device.config.starting("ssh"))
            if len(words) == 4 and words[3] == nameif and words[1][0].isdigit()
        )
    )
