# SPDX-License-Identifier: GPL-3.0-or-later
"""Access-list lines as the packets that they are of, however they are cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, collapse_addresses

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Network, ProxyIdentities, Selector


def joined(lines: Iterable[ProxyIdentities]) -> frozenset[ProxyIdentities]:
    """The lines with neighbouring networks joined: first the local ones, then the remote ones."""
    by_local = {line.mirrored() for line in _joined(lines)}
    return frozenset(line.mirrored() for line in _joined(by_local))


def _joined(lines: Iterable[ProxyIdentities]) -> Iterator[ProxyIdentities]:
    groups: dict[tuple[int, Selector, Selector], list[Selector]] = {}
    for line in lines:
        ports = Selector(line.remote.network, line.local.protocol, line.local.port_low, line.local.port_high)
        groups.setdefault((line.local.network.version, line.remote, ports), []).append(line.local)
    for (_, remote, ports), locals_ in groups.items():
        four = [each.network for each in locals_ if isinstance(each.network, IPv4Network)]
        six = [each.network for each in locals_ if not isinstance(each.network, IPv4Network)]
        networks: list[Network] = [*four, *six]
        if len(networks) > 1:
            networks = [*collapse_addresses(four), *collapse_addresses(six)]
        for network in networks:
            yield ProxyIdentities(Selector(network, ports.protocol, ports.port_low, ports.port_high), remote)
