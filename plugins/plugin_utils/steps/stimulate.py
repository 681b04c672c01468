# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a packet that the crypto map protects, so that SAs are negotiated and counters move.

``ping IF HOST`` leaves with the address of that interface, and so is protected only when that address lies in the local
proxy identity. Otherwise ``packet-tracer`` (7.2(1) and later) starts the negotiation with addresses of the
identities themselves; its own verdict proves nothing. Source: ASA command reference, ``ping``, ``packet-tracer``.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Config,
    End,
    Interface,
    Network,
    ProxyIdentities,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import sides
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step

# Each identity makes SAs of its own; more than a few pings would make an incident longer, not clearer.
_IDENTITIES = 4


def steps(tunnel: Tunnel) -> tuple[Step, ...]:
    """One step for each end that can start the tunnel; both ends, so that both directions are counted."""
    found = []
    for end in tunnel.ends:
        other = tunnel.other(end)
        commands = tuple(dict.fromkeys(_commands(end, other)))
        if commands and end.initiates:
            found.append(
                Step(
                    device=end.name,
                    phase=Phase.STIMULATE,
                    commands=commands,
                    interrupts="nothing",
                    proof="counters grow at both ends",
                    undo_note="nothing to take back",
                )
            )
    return tuple(found)


def _commands(end: End, other: End | None) -> Iterator[str]:
    config = end.device.config
    if config is None:
        return
    for identities in _identities(end)[:_IDENTITIES]:
        target = _host(other.device.config if other else None, identities.remote.network)
        inside = _interface(config, identities.local.network)
        if inside is not None and inside.address is not None and not identities.local.protocol:
            yield f"ping {inside.nameif} {target}"
        elif inner := _behind(config, identities):
            source = _first(identities.local.network)
            yield f"packet-tracer input {inner} icmp {source} 8 0 {target}"


def _identities(end: End) -> list[ProxyIdentities]:
    """Those that had SAs, else those of the crypto map's access list."""
    live = [each for each, side in sides(end).items() if side.up]
    if live or end.map_entry is None or end.device.config is None:
        return live
    access_list = end.device.config.access_lists.get(end.map_entry.access_list or "")
    rules = access_list.rules if access_list else ()
    return [ProxyIdentities(rule.source, rule.destination) for rule in rules if rule.permit and not rule.inactive]


def _interface(config: Config, network: Network) -> Interface | None:
    return next((each for each in config.interfaces if each.nameif and each.address and each.address in network), None)


def _behind(config: Config, identities: ProxyIdentities) -> str | None:
    """An interface that is not the one the tunnel leaves by: the traced packet enters there."""
    outside = {name for names in config.crypto_map_interfaces.values() for name in names}
    inner = [each for each in config.interfaces if each.nameif and each.nameif not in outside and not each.shutdown]
    same = [each for each in inner if each.network is not None and each.network.overlaps(identities.local.network)]
    return next((each.nameif for each in same or inner), None)


def _host(config: Config | None, network: Network) -> Address:
    """The far device's own address in that network, which is there to answer; else the network's first host."""
    interface = _interface(config, network) if config is not None else None
    return interface.address if interface is not None and interface.address is not None else _first(network)


def _first(network: Network) -> Address:
    return network.network_address if network.num_addresses == 1 else network.network_address + 1
