# SPDX-License-Identifier: GPL-3.0-or-later
"""What earlier sequences of a crypto map take of a tunnel's traffic, at an end of any kind.

A dynamic map has no list of its own to lose: what its peer asks for is its traffic, and a static sequence that
matches the answers sends them to its own peer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import not_taken, taken, told
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import takes_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_entries,
    not_applicable,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import virtual
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._sequences import Clash, sequences

Failing = Callable[[End, Config, CryptoMapEntry, list[Clash]], Said]


def judge_taken(rule: Rule, tunnel: Tunnel, subject: str, say: Failing, *, whole: bool) -> Iterator[Finding]:
    """Ask each end; ``say`` words what it loses, all of a line or only parts."""

    def examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
        if entry.tunnel_interface is not None:
            return not_applicable(virtual(end))
        if entry.dynamic_map is not None:
            lost = [clash for clash in _answers(tunnel, end, config, entry) if clash.whole is whole]
            # It starts nothing: what is lost are its answers, in the same way.
            return say(end, config, entry, lost) if lost else not_applicable(takes_all(end, entry))
        lost = taken(end, config, whole=whole)
        return say(end, config, entry, lost) if lost else not_taken(end, config, entry)

    yield from judge_entries(rule, tunnel, subject, examine, every=True)


def _answers(tunnel: Tunnel, end: End, config: Config, entry: CryptoMapEntry) -> Iterator[Clash]:
    other = tunnel.other(end)
    if other is None or other.map_entry is None or other.map_entry.access_list is None:
        return
    others = sequences(config, entry.map)
    for line in protected(tunnel, other).pairs:
        for clash in others.above(others.before(entry), line.mirrored()):
            if end.peer_address not in clash.entry.peers:
                yield clash


def in_part(end: End, config: Config, entry: CryptoMapEntry, shared: list[Clash]) -> Said:
    return fails(told(shared), Severity.INFO if all(clash.specific for clash in shared) else Severity.WARNING)
