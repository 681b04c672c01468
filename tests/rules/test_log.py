# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a log that are about one tunnel: found as by reading every line, which happens once a device."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import LogLine
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import about, naming, touching
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import deletion_retries
from tests.build import BRANCH, at_hq, entry, hq, hq_config, log, tunnel
from tests.rules.maps import mapped

DICE = random.Random(402117)
PEERS = [f"198.51.100.{number}" for number in range(2, 8)]


def some_line() -> LogLine:
    peer = ip_address(DICE.choice(PEERS))
    return DICE.choice(
        [
            log("lost", 713123, peer=peer),
            log("IPSEC: deletion retry", 602304, spi=DICE.randrange(0xA0, 0xA8), peer=peer),
            log("clear", 402117, peer=ip_address(f"10.{DICE.randrange(6)}.0.1"), local=ip_address("10.1.0.9")),
            log("clear", 402117, peer=ip_address("10.2.0.1"), local=ip_address("10.9.0.9")),
            log(f"Map Tag = outside_map . Map Sequence Number = {DICE.choice((10, 20))}.", 752006),
            log("somebody typed something", 111008),
        ]
    )


def test_what_is_found_is_what_reading_every_line_finds() -> None:
    lines = tuple(some_line() for _ in range(500))
    (end, _) = tunnel(hq(at_hq(), log=lines)).ends
    peer, outside, inside = ip_address(BRANCH), ip_address("10.2.0.1"), ip_address("10.1.0.9")
    ours = [line for line in lines if line.peer == peer or "Number = 10." in line.text]
    assert list(about(end)) == ours
    assert list(touching(end, {0xA1})) == [
        line for line in lines if line in ours or line.spi == 0xA1 or (line.peer == outside and line.local == inside)
    ]
    assert list(naming(end.device, spis={0xA2, 0xA3})) == [line for line in lines if line.spi in (0xA2, 0xA3)]
    assert list(deletion_retries(end)) == [line for line in lines if line.spi == 0xA1]


class Counted(tuple[LogLine, ...]):
    """A log that knows how often it was read from its start."""

    times = 0

    def __iter__(self) -> Iterator[LogLine]:
        self.times += 1
        return super().__iter__()


def test_a_hub_with_many_tunnels_reads_its_log_once() -> None:
    lines = Counted(some_line() for _ in range(50))
    maps = tuple(mapped(10 * at, peer=peer) for at, peer in enumerate(PEERS, start=1))
    entries = [entry(peer, inbound=(0xA0 + at,), remote=f"10.{at}.0.0/16") for at, peer in enumerate(PEERS, start=2)]
    hub = replace(hq(*entries, config=hq_config(crypto_maps=maps)), log=lines)
    tunnels = pair([hub])
    assert len(tunnels) == len(PEERS)
    for each in tunnels:
        for check in rules.load():
            check.findings(each)
    assert lines.times == 1
