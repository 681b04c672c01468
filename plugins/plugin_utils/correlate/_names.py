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
        for alias in aliases(tunnel):
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


def named(tunnels: Sequence[Tunnel]) -> tuple[Tunnel, ...]:
    """Make names unique: where the devices are not enough, the first end's map and sequence, then its peer."""
    for suffix in (_suffix, lambda tunnel: f":{tunnel.ends[0].peer_address}"):
        often = Counter(tunnel.name for tunnel in tunnels)
        tunnels = [
            replace(tunnel, name=tunnel.name + suffix(tunnel)) if often[tunnel.name] > 1 else tunnel
            for tunnel in tunnels
        ]
    return tuple(tunnels)


def _suffix(tunnel: Tunnel) -> str:
    entry = next((end.map_entry for end in tunnel.ends if end.map_entry is not None), None)
    return f":{entry.map}/{entry.sequence}" if entry is not None else f":{tunnel.ends[0].peer_address}"


def aliases(tunnel: Tunnel) -> Iterator[str]:
    """What a tunnel may be called: its devices in either order, with or without the suffix that sets it apart."""
    names = [end.name for end in tunnel.ends] + [str(tunnel.ends[0].peer_address)] * (2 - len(tunnel.ends))
    there, back = "-".join(names), "-".join(reversed(names))
    suffix = tunnel.name.removeprefix(there)
    yield from dict.fromkeys((there + suffix, back + suffix, there, back))
