# SPDX-License-Identifier: GPL-3.0-or-later
"""The names of tunnels: made unique, and looked up."""

from __future__ import annotations

import difflib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel


class UnknownTunnelError(LookupError):
    """No tunnel, or more than one, goes by that name."""


def find(tunnels: Sequence[Tunnel], name: str) -> Tunnel:
    """The tunnel of that name, its two devices in either order; names are looked up, never split at hyphens."""
    known: dict[str, list[Tunnel]] = defaultdict(list)
    for tunnel in tunnels:
        for alias in dict.fromkeys(aliases(tunnel)):
            known[alias].append(tunnel)
    exact = [tunnel for tunnel in tunnels if tunnel.name == name] or known.get(name, [])
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise UnknownTunnelError(f"{name!r} is ambiguous: say one of {', '.join(each.name for each in exact)}.")
    near = sorted({known[match][0].name for match in difflib.get_close_matches(name, known, n=5)})
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    names = ", ".join(tunnel.name for tunnel in tunnels) or "none"
    raise UnknownTunnelError(f"no tunnel is called {name!r}.{hint} Tunnels found: {names}.")


def named(found: Sequence[Tunnel]) -> tuple[Tunnel, ...]:
    """Make names unique: where the devices are not enough, the first end's map and sequence, its peer, a number."""
    tunnels = list(found)
    for suffix in (_suffix, lambda tunnel: f":{tunnel.ends[0].peer_address}"):
        often = Counter(tunnel.name for tunnel in tunnels)
        tunnels = [
            replace(tunnel, name=tunnel.name + suffix(tunnel)) if often[tunnel.name] > 1 else tunnel
            for tunnel in tunnels
        ]
    often, told = Counter(tunnel.name for tunnel in tunnels), Counter[str]()
    for position, tunnel in enumerate(tunnels):
        told[tunnel.name] += 1
        if often[tunnel.name] > 1:
            tunnels[position] = replace(tunnel, name=f"{tunnel.name}:{told[tunnel.name]}")
    return tuple(tunnels)


def _suffix(tunnel: Tunnel) -> str:
    entry = next((end.map_entry for end in tunnel.ends if end.map_entry is not None), None)
    if entry is None:
        return f":{tunnel.ends[0].peer_address}"
    return f":{entry.tunnel_interface or f'{entry.map}/{entry.sequence}'}"


def aliases(tunnel: Tunnel) -> Iterator[str]:
    """What a tunnel may be called: its devices in either order, with or without the suffix that sets it apart."""
    first = tunnel.ends[0].name
    if tunnel.both:
        others = [tunnel.ends[1].name]
    else:
        # What stands after the device's name may end in a suffix; the other peers of the entry are names too.
        entry = tunnel.ends[0].map_entry
        others = [tunnel.name.removeprefix(f"{first}-"), *map(str, entry.peers if entry is not None else ())]
    for other in others:
        there, back = f"{first}-{other}", f"{other}-{first}"
        suffix = tunnel.name.removeprefix(there) if tunnel.name.startswith(there) else ""
        yield from (there + suffix, back + suffix, there, back)
