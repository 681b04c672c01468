# SPDX-License-Identifier: GPL-3.0-or-later
"""A tunnel-group that is proposed, and the keys that belong into one."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Fix, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import local_proofs, remote_proofs

FROM_VAULT = "take the key from the vault"


def new_group(tunnel: Tunnel, end: End) -> Fix:
    """The group for an end's peer with its key, as one block.

    By its first line alone it would answer the peer in DefaultL2LGroup's place, and without the key that is there.
    """
    name = str(end.peer_address)
    lines = (f"tunnel-group {name} type ipsec-l2l", *key_lines(tunnel, end, name))
    return Fix(end.name, lines, note=f"{FROM_VAULT} first, and type all lines in one go")


def key_lines(tunnel: Tunnel, end: End, group: str) -> tuple[str, ...]:
    """What gives the group the keys that it lacks, ``KEY`` where each is typed."""
    lines = [f"tunnel-group {group} ipsec-attributes"]
    versions_ = wanted(tunnel, end)
    if 2 in versions_:
        sides = (("local", local_proofs(end)), ("remote", remote_proofs(end)))
        lines += [f" ikev2 {side}-authentication pre-shared-key KEY" for side, found in sides if not found]
    else:
        lines.append(f" {'ikev1 ' if modern(end.device) else ''}pre-shared-key KEY")
    return tuple(lines)


def wanted(tunnel: Tunnel, end: End) -> list[int]:
    """The IKE versions to judge: what this end offers, and what the other offers too when that is known."""
    mine = versions(end.map_entry) if end.map_entry is not None else frozenset()
    other = tunnel.other(end)
    theirs = versions(other.map_entry) if other is not None and other.map_entry is not None else frozenset()
    either = frozenset({1, 2}) if modern(end.device) else frozenset({1})
    return sorted(mine & theirs or mine or either)
