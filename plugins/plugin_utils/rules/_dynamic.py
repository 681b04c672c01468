# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic crypto maps: sequences that take what a peer proposes, and can start nothing."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, CryptoMapEntry, End


def templates(config: Config, entry: CryptoMapEntry) -> tuple[CryptoMapEntry, ...]:
    """The sequences of the dynamic map that a crypto map entry refers to."""
    return tuple(each for each in config.dynamic_maps if each.map == entry.dynamic_map)


def dynamic(end: End) -> CryptoMapEntry | None:
    """The entry with a dynamic map in which this end's tunnel ends, if it does."""
    entry = end.map_entry
    return entry if entry is not None and entry.dynamic_map is not None else None
