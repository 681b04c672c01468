# SPDX-License-Identifier: GPL-3.0-or-later
"""Which end of a tunnel is reached through the tunnel itself, as far as addresses and routes tell.

A clear at such an end cuts the login that sends it. Certainty would need the device's own word for where the login
comes from; what is looked at here errs on the side of calling an end in-band.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Device,
    End,
    Network,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected

Pair = tuple[Network, Network]


def in_band(
    tunnel: Tunnel, addresses: Mapping[str, Sequence[Address]], sources: Mapping[str, Address] | None = None
) -> dict[str, str]:
    """Why each end, by device, is reached through this tunnel; empty where nothing speaks for it.

    ``addresses`` are those of the logins, jump hosts included; an empty sequence is a name that does not resolve here,
    an absent device one that nobody logs in to. ``sources`` are the controller's own addresses towards each device.
    """
    return {end.name: _why(tunnel, end, addresses.get(end.name), (sources or {}).get(end.name)) for end in tunnel.ends}


def behind(tunnel: Tunnel, end: End, address: Address) -> Network | None:
    """The network at the far side of this end's tunnel that holds an address; never one of all addresses."""
    found = [there for _, there in _pairs(tunnel, end) if there.prefixlen and address in there]
    return max(found, key=lambda network: network.prefixlen, default=None)


def _pairs(tunnel: Tunnel, end: End) -> Iterator[Pair]:
    """The networks that the tunnel joins, this end's first, by its SAs and by the configuration of both ends."""
    for lane in lanes(tunnel):
        one, other = lane.identities.local.network, lane.identities.remote.network
        yield (one, other) if end is tunnel.ends[0] else (other, one)
    for each in tunnel.ends:
        for pair in protected(tunnel, each).pairs:
            mine, theirs = pair.local.network, pair.remote.network
            yield (mine, theirs) if each is end else (theirs, mine)


def _why(tunnel: Tunnel, end: End, known: Sequence[Address] | None, source: Address | None) -> str:
    if known is None:
        return ""
    if not known:
        return (
            f"the name by which {end.name} is reached (its own, or a jump host's) does not resolve here, so it cannot "
            "be ruled out that it is reached through this tunnel"
        )
    if virtual := _virtual_interface(end):
        ways = _ways(end.device, source) if source is not None else set()
        if ways:
            return _by_route(end, source, virtual) if virtual in ways else ""
    pairs = tuple(_pairs(tunnel, end))
    for address in known:
        if network := _crossed(pairs, address, source):
            return (
                f"{end.name} is reached by way of {address}{_managed(end, address)}, which lies in {network}: this "
                "tunnel may be the only way to it, and clearing it could cut the session between the two clears"
            )
        if _managed(end, address) and (doubt := protected(tunnel, end).doubt):
            return (
                f"{end.name} is reached by way of {address}{_managed(end, address)}, and what this tunnel protects is "
                f"not known whole ({doubt})"
            )
    return _by_source(end, pairs, known, source)


def _crossed(pairs: Sequence[Pair], address: Address, source: Address | None) -> Network | None:
    """The narrowest network at one side of the tunnel that holds the address, unless the controller is there as well.

    A network of all addresses holds every address and tells nothing alone: then the controller must be at the other
    side. Elsewhere a controller that is not there proves nothing: its address may be translated on the way.
    """
    found = []
    for here, there in (*pairs, *((remote, local) for local, remote in pairs)):
        if address not in here:
            continue
        crosses = source is None or (source in there if here.prefixlen == 0 else source not in here)
        if crosses:
            found.append(here)
    return max(found, key=lambda network: network.prefixlen, default=None)


def _by_source(end: End, pairs: Sequence[Pair], known: Sequence[Address], source: Address | None) -> str:
    """Reached at an address that stands for one nobody has read, from within what the other end protects."""
    if source is None or any(address in _own(end.device) for address in known):
        return ""
    ways = _ways(end.device, source)
    if ways and end.interface not in ways:
        return ""
    beyond = next((theirs for _, theirs in pairs if source in theirs and theirs.prefixlen), None)
    if beyond is None:
        return ""
    return (
        f"the controller ({source}) lies in {beyond}, which {end.name} reaches through this tunnel, and {known[0]}, by "
        f"which {end.name} is reached, is no address of its configuration: its answers may go through this tunnel"
    )


def _by_route(end: End, source: Address | None, interface: str) -> str:
    return f"{end.name}'s way back to the controller ({source}) is {interface}, which is this tunnel"


def _managed(end: End, address: Address) -> str:
    """Words for an address that only ``management-access`` makes reachable from beyond a tunnel."""
    config = end.device.config
    interface = config.interface(config.management_access) if config and config.management_access else None
    return f" (management-access {interface.nameif})" if interface and address in interface.addresses else ""


def _own(device: Device) -> set[Address]:
    interfaces = device.config.interfaces if device.config is not None else ()
    return {*device.public_addresses, *(address for each in interfaces for address in each.addresses)}


def _virtual_interface(end: End) -> str:
    """The name in routes of the virtual interface that this end's tunnel is, or nothing."""
    config = end.device.config
    if config is None or end.map_entry is None or end.map_entry.tunnel_interface is None:
        return ""
    name = end.map_entry.tunnel_interface
    return next((each.nameif or "" for each in config.interfaces if each.name == name), "")


def _ways(device: Device, target: Address) -> set[str]:
    """The interfaces by which a device's routing tables reach an address; empty when that is not known."""
    found: set[str] = set()
    for table in device.routing or ():
        holding = [
            (route.network.prefixlen, route)
            for route in table.routes
            if not isinstance(route.network, str) and target in route.network
        ]
        longest = max((length for length, _ in holding), default=0)
        for length, route in holding:
            if length == longest:
                found |= {hop.interface for hop in route.next_hops if hop.interface}
    return found
