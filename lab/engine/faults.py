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

`undeletable-sa`
    The same, and an administrator's clear does not free the SA either: IKE forgets it, the data path keeps it and
    warns on, and whatever is negotiated next waits. Only a reload helps, as CSCwc48375 says of SAs that no clear
    removes ("reload both units").

`lose-delete`
    IKE DELETEs from and to one end get lost, the next N or `all`. IKEv1 never acknowledges them (RFC 2408 §3.15), so
    the sender cannot know (Cisco syslog 402114: "the peer may not acknowledge that the local SAs have been cleared").

`underlay-dead`
    Nothing passes between the outside address of one end and those of its peers: no IKE, no ESP, no ping. Logging in
    to either end still works.

`clock-wrong`
    The clock of one end is off by so much, `-90s` or `2h`, and marked as not synchronised: `show clock`, the log and
    all that the device dates (Cisco ASA Command Reference, `show clock`, `show ntp status`). IKE counts seconds and
    does not care, but for certificates: these are valid, or not, by the device's own clock.

`kb-lifetime-zero`
    The kilobyte lifetime of an outbound SA stands at 0 and no rekey is started (CSCtq57752): the SA is up and
    carries nothing. A clear helps, and so does a rekey that the other end starts.

`dead-asp-context`
    SPIs mirror, IKE is up, and yet this end's accelerated path encrypts nothing because its entry is stale (the class
    of CSCtb53186 and CSCtd36473, whose notes are not public). A rekey leaves it so. A clear makes a new entry; in the
    form `=reload` the stale one is found again even then.

`failover`
    The other unit of a pair takes over (see `failover.py`). A fault only where SAs are not replicated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lab.clock import parse_duration
from lab.engine.network import Device, Network


class FaultError(Exception):
    """The fault cannot happen in the present state."""


@dataclass(frozen=True)
class Fault:
    """`value` says what may stand behind `NAME=`, in words; `settles` when what the fault sets off takes time."""

    name: str
    default_at: str
    inject: Callable[[Network, Device, str], None]
    value: str = ""
    settles: bool = False


def _lost_peer(network: Network, device: Device, value: str) -> None:
    for each in device.chassis:
        each.power_cut()


def _deletion_retry(network: Network, device: Device, value: str) -> None:
    pair = next(device.datapath.pairs(), None)
    if pair is None:
        raise FaultError(f"{device.name} has no SA whose deletion could be refused")
    peer = network.owner(pair.peer)
    child = next((c for c in peer.ike.phase2.children if c.spi_in == pair.spi_out), None) if peer else None
    if peer is None or child is None:
        raise FaultError(f"the peer of {device.name} has no matching SA to rekey")
    pair.refuses_delete = True
    peer.ike.phase2.rekey(child)


def _undeletable_sa(network: Network, device: Device, value: str) -> None:
    _deletion_retry(network, device, value)
    next(device.datapath.pairs()).refuses_clear = True


def _lose_delete(network: Network, device: Device, value: str) -> None:
    lost = network.underlay.lost_deletes
    if value == "off":
        lost.pop(device.end, None)
    elif value in ("", "all"):
        lost[device.end] = None
    elif value.isdigit() and int(value):
        lost[device.end] = int(value)
    else:
        raise FaultError(f"lose-delete takes a number, all or off, not {value!r}")


def _underlay_dead(network: Network, device: Device, value: str) -> None:
    if value not in ("", "off"):
        raise FaultError(f"underlay-dead takes off or nothing, not {value!r}")
    peers = {peer for entries in device.policy.maps.values() for entry in entries for peer in entry.peers}
    peers |= {tunnel.destination for tunnel in device.policy.tunnels}
    # The units of a pair stand in one place: whoever is active there, the packets take the same way.
    units = [unit.device for unit in device.unit.pair.units] if device.unit else [device]
    between = {frozenset((network.seen(own), peer)) for unit in units for own in unit.addresses() for peer in peers}
    if value == "off":
        network.underlay.cut -= between
    else:
        network.underlay.cut |= between


def _clock_wrong(network: Network, device: Device, value: str) -> None:
    try:
        seconds = 0.0 if value == "off" else parse_duration(value.lstrip("+-") or "2h")
    except ValueError as error:
        raise FaultError(str(error)) from error
    for each in device.chassis:
        each.clock_error = -seconds if value.startswith("-") else seconds


def _kb_lifetime_zero(network: Network, device: Device, value: str) -> None:
    pair = next(device.datapath.pairs(), None)
    if pair is None:
        raise FaultError(f"{device.name} has no SA whose volume could be used up")
    pair.exhausted = True


def _dead_asp_context(network: Network, device: Device, value: str) -> None:
    if value not in ("", "clear", "reload"):
        raise FaultError(f"dead-asp-context is mended by a clear or a reload, not by {value!r}")
    if not device.datapath.contexts:
        raise FaultError(f"{device.name} has no SA whose entry could be stale")
    for key in device.datapath.contexts:
        device.datapath.dead[key] = value == "reload"


def _failover(network: Network, device: Device, value: str) -> None:
    if device.unit is None:
        raise FaultError(f"{device.name} is no unit of a failover pair")
    try:
        device.unit.pair.switch()
    except ValueError as error:
        raise FaultError(str(error)) from error


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("lost-peer", "branch", _lost_peer, settles=True),
        Fault("deletion-retry", "hq", _deletion_retry, settles=True),
        Fault("undeletable-sa", "hq", _undeletable_sa, settles=True),
        Fault("lose-delete", "hq", _lose_delete, "N, all or off"),
        Fault("underlay-dead", "hq", _underlay_dead, "off"),
        Fault("clock-wrong", "hq", _clock_wrong, "[-]2h, 90s or off"),
        Fault("kb-lifetime-zero", "hq", _kb_lifetime_zero),
        Fault("dead-asp-context", "hq", _dead_asp_context, "clear or reload"),
        Fault("failover", "hq", _failover),
    )
}


def place(network: Network, at: str | None, default: str) -> str:
    """The name of the device, or of the pair, where something is to happen."""
    where = at or (default if network.device(default) else next(iter(network.devices)))
    if network.device(where) is None:
        raise FaultError(f"no device named {where!r}; there are: {', '.join([*network.devices, *network.pairs])}")
    return where


def inject(network: Network, text: str, at: str | None) -> str:
    """Inject a fault, `NAME` or `NAME=VALUE`; returns the device where it happened."""
    name, _, value = text.partition("=")
    fault = FAULTS[name]
    if value and not fault.value:
        raise FaultError(f"the fault {name} takes no value")
    device = network.device(place(network, at, fault.default_at))
    assert device is not None
    fault.inject(network, device, value)
    return device.name
