# SPDX-License-Identifier: GPL-3.0-or-later
"""What is true between the devices, for tests to hold a report against: told without a packet, so nothing counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lab.engine.ipsec import Context
from lab.engine.network import Device, Network
from lab.engine.proxies import EVERYTHING, Ident, ident_of

if TYPE_CHECKING:
    from lab.site import Lab


def truth(lab: Lab) -> dict[str, Any]:
    """`pairs`: each two devices that are peers, every way between them (a standby unit is no end);
    `cleared`: each clear that was carried out; `script`: each trigger, how often it went off, and why it failed if so.

    A way has `known` (does its outbound SPI stand among the peer's inbound ones), `passes` (would a packet arrive
    now) and, when it would not, `why`. `protocol` is a number, 0 for any; `ports` are two closed ranges, the near
    one first.
    """
    pairs = []
    ends = [device for device in lab.network.devices.values() if not device.standby]
    for one, other in _peers(lab.network, ends):
        ways = [*_ways(lab.network, one, other), *_ways(lab.network, other, one)]
        if ways:
            pairs.append(
                {
                    "ends": [one.name, other.name], "ways": ways,
                    "mirrors": all(way["known"] for way in ways), "passes": all(way["passes"] for way in ways),
                }
            )  # fmt: skip
    lines = [line for box in lab.boxes.values() for line in box.record if line.effect]
    return {
        "pairs": pairs,
        "cleared": [asdict(line) for line in sorted(lines, key=lambda line: line.number)],
        "script": [asdict(trigger) for trigger in lab.script.triggers],
    }


def _peers(network: Network, ends: list[Device]) -> list[tuple[Device, Device]]:
    """Each two devices of which one names the other, in their order: a thousand spokes are no peers of each other."""
    number = {device.name: place for place, device in enumerate(ends)}
    found = set()
    for device in ends:
        entries = [entry for entries in device.policy.maps.values() for entry in entries]
        named = {peer for entry in entries for peer in entry.peers} | {peer for peer, _ in device.datapath.contexts}
        named |= {tunnel.destination for tunnel in device.policy.tunnels}
        owners = [network.owner(peer) for peer in named]
        places = [number[owner.name] for owner in owners if owner and owner.name in number]
        here = number[device.name]
        found |= {(min(here, there), max(here, there)) for there in places if there != here}
    return [(ends[one], ends[other]) for one, other in sorted(found)]


def _ways(network: Network, sender: Device, receiver: Device) -> list[dict[str, Any]]:
    """From one device to another: a way for each pair of identities that has SAs, or that a crypto map or a tunnel
    interface protects.
    """
    addresses = [network.seen(address) for address in receiver.addresses()]
    held = {ident: c for (peer, ident), c in sender.datapath.contexts.items() if peer in addresses}
    protected = {
        ident_of(ace, version=2): None
        for entries in sender.policy.maps.values() for entry in entries if set(entry.peers) & set(addresses)
        for ace in sender.policy.acls.get(entry.acl, ()) if ace.permit
    }  # fmt: skip
    if any(tunnel.destination in addresses for tunnel in sender.policy.tunnels):
        protected[EVERYTHING] = None
    lacking = {
        ident: None for ident in protected
        if not any(_meets(each, ident) for each in held)
    }  # fmt: skip
    found = []
    for ident, context in {**held, **lacking}.items():
        why = _obstacle(network, sender, receiver, ident, context)
        out = context.pairs[0].spi_out if context else None
        found.append(
            {
                "from": sender.name, "to": receiver.name, "local": str(ident.local), "remote": str(ident.remote),
                "protocol": ident.protocol, "ports": [ident.local_ports, ident.remote_ports],
                "spi_out": None if out is None else f"0x{out:08X}",
                "known": out in {pair.spi_in for pair in receiver.datapath.pairs()}, "passes": not why, "why": why,
            }
        )  # fmt: skip
    return found


def _meets(one: Ident, other: Ident) -> bool:
    return (
        (one.protocol == other.protocol or 0 in (one.protocol, other.protocol))
        and one.local.overlaps(other.local)
        and one.remote.overlaps(other.remote)
    )


def _obstacle(network: Network, sender: Device, receiver: Device, ident: Ident, context: Context | None) -> str:
    """Why a packet would not get through; empty when it would. The checks are those that a packet meets, in order."""
    if not sender.up:
        return f"{sender.name} is down"
    if context is None:
        return f"{sender.name} has no SA"
    pair = sender.datapath.outbound(context)
    if pair is None:
        used_up = context.pairs[0].exhausted
        return f"{sender.name} {'has used up its outbound SA' if used_up else 'does not encrypt'}"
    if not receiver.up:
        return f"{receiver.name} is down"
    if network.reach(pair.local, pair.peer, pair.nat_t) is None:
        return f"nothing passes from {pair.local} to {pair.peer}"
    there = receiver.datapath.inbound(pair.spi_out, network.seen(pair.local))
    if there is None:
        return f"{receiver.name} does not know SPI 0x{pair.spi_out:08X}"
    if not (ident.local.overlaps(there.ident.remote) and ident.remote.overlaps(there.ident.local)):
        return f"the SA at {receiver.name} is for other networks"
    return ""
