# SPDX-License-Identifier: GPL-3.0-or-later
"""Join devices into tunnels; the documentation is in pair.yml."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import correlate
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.texts import devices


def pair(
    outputs: Mapping[str, Mapping[str, Any]],
    foreign_peers: Sequence[str] = (),
    public_addresses: Mapping[str, Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    try:
        found = devices(outputs, public_addresses)
        tunnels = correlate.pair(found, foreign_peers=[ip_address(each) for each in foreign_peers])
    except (AttributeError, LookupError, ValueError) as error:
        raise AnsibleFilterError(f"tunnelmend.asa.pair: {error}") from error
    unread = [each for each in found if each.config is None]
    # No tunnel is an answer only when the configurations were there to be read.
    if unread and not tunnels:
        problems = "; ".join(problem for each in unread for problem in each.problems)
        raise AnsibleFilterError(f"tunnelmend.asa.pair: no tunnel was found: {problems}")
    return [_plain(tunnel) for tunnel in tunnels]


def _plain(tunnel: Tunnel) -> dict[str, Any]:
    return {
        "name": tunnel.name,
        "ends": [_end(end) for end in tunnel.ends],
        "missing": tunnel.missing,
        "foreign": tunnel.foreign,
    }


def _end(end: End) -> dict[str, Any]:
    return {
        "device": end.name,
        "address": None if end.address is None else str(end.address),
        "peer_address": None if end.peer_address is None else str(end.peer_address),
        "interface": end.interface,
        "crypto_map": None if end.map_entry is None else str(end.map_entry),
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"pair": pair}
