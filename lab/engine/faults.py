# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that really happened, put into the engine's state. What follows is the engine's doing.

`lost-peer`
    One end loses all IKE and IPsec state at once, as in a power cut; nothing is said to the other end, which keeps
    its SAs and sends into the void. DPD that both ends agreed on notices it; without DPD nothing does until the
    survivor's own rekey (RFC 3706 §1; Cisco syslog 713117: "If DPD is not enabled, this may require you to manually
    reestablish the affected tunnel").

`deletion-retry`
    The data path of one end refuses to delete an inbound SA that IKE wants replaced ("IPSEC WARNING: inbound SA
    deletion retry", seen on 7.2). The other end rekeys; this end's IKE agrees, but its data path keeps the old SA in
    use and never gets the new one. IKE stays up at both ends, so DPD has nothing to see.

`failover`
    The other unit of a pair takes over (see `failover.py`). A fault only where SAs are not replicated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lab.engine.network import Device, Network


class FaultError(Exception):
    """The fault cannot happen in the present state."""


@dataclass(frozen=True)
class Fault:
    name: str
    default_at: str
    inject: Callable[[Network, Device], None]


def _lost_peer(network: Network, device: Device) -> None:
    device.power_cut()


def _deletion_retry(network: Network, device: Device) -> None:
    pair = next(device.datapath.pairs(), None)
    if pair is None:
        raise FaultError(f"{device.name} has no SA whose deletion could be refused")
    peer = network.owner(pair.peer)
    child = next((c for c in peer.ike.phase2.children if c.spi_in == pair.spi_out), None) if peer else None
    if peer is None or child is None:
        raise FaultError(f"the peer of {device.name} has no matching SA to rekey")
    pair.refuses_delete = True
    peer.ike.phase2.rekey(child)


def _failover(network: Network, device: Device) -> None:
    if device.unit is None:
        raise FaultError(f"{device.name} is no unit of a failover pair")
    device.unit.pair.switch("Set by the config command")


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("lost-peer", "branch", _lost_peer),
        Fault("deletion-retry", "hq", _deletion_retry),
        Fault("failover", "hq-a", _failover),
    )
}


def inject(network: Network, name: str, at: str | None) -> str:
    """Inject a fault; returns the device where it happened."""
    fault = FAULTS.get(name)
    if fault is None:
        raise FaultError(f"no fault named {name!r}; there are: {', '.join(FAULTS)}")
    where = at or (fault.default_at if fault.default_at in network.devices else next(iter(network.devices)))
    if where not in network.devices:
        raise FaultError(f"no device named {where!r}; there are: {', '.join(network.devices)}")
    fault.inject(network, network.devices[where])
    return where
