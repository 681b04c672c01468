# SPDX-License-Identifier: GPL-3.0-or-later
"""Which devices of the inventory are one: the units of a failover pair, and what is said when that is not proven."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate._references import Peer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Device


class AddressClaimedTwiceError(ValueError):
    """A peer address belongs to two devices of the inventory, so nobody can say which of them is the peer."""

    def __init__(self, address: Peer, devices: Sequence[Device]) -> None:
        names = [device.name for device in devices]
        super().__init__(f"{' and '.join(names)} both claim {address}, {_why(devices)}")
        self.address = address
        self.devices = tuple(names)


def _why(devices: Sequence[Device]) -> str:
    pair = all(_paired(a, b) for a, b in itertools.pairwise(devices))
    if pair and all(_state(device) == "active" for device in devices):
        return (
            "and each says that it is the active unit of their failover pair. "
            "Mend the failover first: both of them carry traffic, or one was read before a switch-over."
        )
    if pair:
        said = ", ".join(f"{device.name}: {device.failover or 'not read'}" for device in devices)
        return f"and no unit of their failover pair says that it is the active one ({said}). Look at the failover."
    serials = {device.serial for device in devices}
    if len(serials) == 1 and None not in serials:
        one = f"and have one serial number, {serials.pop()}: one device stands twice"
        return f"{one}. Take one of them out of the inventory."
    return (
        "and neither is the other's failover standby. "
        "Take one of them out of the inventory, or correct its address or public addresses."
    )


def without_standbys(devices: Sequence[Device]) -> list[Device]:
    """Leave out the units of a failover pair that do not carry its tunnels, where the one that does is here too.

    A standby unit answers with the configuration of the active one, under that one's addresses.
    """
    units: dict[Hashable, list[Device]] = defaultdict(list)
    for device in devices:
        for key in _keys(device):
            units[key].append(device)
    idle: set[int] = set()
    for device in devices:
        if _state(device) == "active":
            idle |= {
                id(other)
                for key in _keys(device)
                for other in units[key]
                if _state(other) == "idle" and _paired(device, other)
            }
    return [device for device in devices if id(device) not in idle]


def other_units(name: str, devices: Sequence[Device]) -> tuple[str, ...]:
    """The devices of the inventory that are proven to be the other units of this one's failover pair."""
    this = next((device for device in devices if device.name == name), None)
    return tuple(device.name for device in devices if this is not None and _paired(this, device))


def _state(device: Device) -> str:
    """``active``, ``idle`` (standby, failed, disabled) or nothing: failover is off, was not read, or differs by group.

    In an active/active pair each group of contexts has a state of its own, and which group a context is in is not
    said.
    """
    states = {
        "active" if "active" in words else "idle"
        for text in (device.failover or "").lower().split(",")
        if (words := text.split()) and words != ["off"]
    }
    return states.pop() if len(states) == 1 else ""


def _keys(device: Device) -> Iterator[Hashable]:
    """What the units of a pair have in common: the host name or every address of the replicated configuration."""
    if device.hostname:
        yield "hostname", device.hostname
    if addresses := _addresses(device):
        yield "addresses", addresses
    for address in {*_own(device), *_standbys(device)}:
        yield "address", address


def _paired(a: Device, b: Device) -> bool:
    """Whether two devices are proven to be units of one pair.

    Both have failover on, one context and one host name (which is replicated), and either their configurations have
    the same addresses, or one is found under a standby address of the other, or the configuration of one was not read.
    """
    if a is b or _differ(a.context, b.context) or _differ(a.hostname, b.hostname):
        return False
    if not (_failing_over(a) and _failing_over(b)):
        return False
    if a.config is not None and b.config is not None and _addresses(a) == _addresses(b):
        return True
    if not _own(a).isdisjoint(_standbys(b)) or not _own(b).isdisjoint(_standbys(a)):
        return True
    return (a.config is None or b.config is None) and a.hostname is not None and a.hostname == b.hostname


def _differ(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and a != b


def _failing_over(device: Device) -> bool:
    return device.failover is not None and device.failover.lower() != "off"


def _addresses(device: Device) -> tuple[object, ...]:
    if device.config is None:
        return ()
    return tuple((each.nameif, each.addresses, each.standby) for each in device.config.interfaces if each.addresses)


def _own(device: Device) -> set[Address]:
    found = set(device.public_addresses)
    if device.login_address is not None:
        found.add(device.login_address)
    if device.config is not None:
        found |= {address for each in device.config.interfaces for address in each.addresses}
    return found


def _standbys(device: Device) -> set[Address]:
    if device.config is None:
        return set()
    interfaces = device.config.interfaces
    found = {each.standby for each in interfaces if each.standby is not None}
    return found | {address for each in interfaces for address in each.standby_ipv6}
