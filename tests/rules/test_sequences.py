# SPDX-License-Identifier: GPL-3.0-or-later
"""The sequences of a crypto map: what is near, found as by looking at everything, and looked at once."""

from __future__ import annotations

import random
from ipaddress import ip_network

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index, overlap, within
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Network, ProxyIdentities, Selector
from tests.build import identities

DICE = random.Random(4301)


def some_network() -> Network:
    if DICE.random() < 0.2:
        return ip_network((0x20010DB8 << 96 | DICE.getrandbits(8) << 88, DICE.choice((0, 32, 36, 40))), strict=False)
    return ip_network((10 << 24 | DICE.getrandbits(8) << 16, DICE.choice((0, 8, 10, 12, 14, 16))), strict=False)


def some_traffic() -> ProxyIdentities:
    protocol = DICE.choice((0, 0, 6, 17))
    port = DICE.choice((0, 0, 80, 443)) if protocol else 0
    return ProxyIdentities(Selector(some_network(), protocol), Selector(some_network(), protocol, port, port))


@pytest.mark.parametrize("count", [0, 10, 400])
def test_what_is_near_is_what_overlaps(count: int) -> None:
    pairs = [some_traffic() for _ in range(count)]
    index = Index(pairs)
    for asked in (some_traffic() for _ in range(400)):
        every = [position for position, pair in enumerate(pairs) if overlap(asked, pair)]
        assert list(index.near(asked)) == every
        assert list(index.near(asked, 100, 300)) == [position for position in every if 100 <= position < 300]
        assert index.holds(asked) == any(within(asked, pair) for pair in pairs)


def test_what_holds_another_overlaps_it_too() -> None:
    pairs = [some_traffic() for _ in range(200)]
    held = [(a, b) for a in pairs for b in pairs if within(a, b)]
    assert len(held) > len(pairs)
    assert all(overlap(a, b) and overlap(b, a) for a, b in held)


def test_a_range_of_ports_holds_its_ports() -> None:
    every = ProxyIdentities(Selector(ip_network("10.1.0.0/16"), 6), Selector(ip_network("10.2.0.0/16"), 6, 80, 90))
    one = ProxyIdentities(Selector(ip_network("10.1.0.0/16"), 6), Selector(ip_network("10.2.0.0/16"), 6, 85, 85))
    assert within(one, every)
    assert not within(every, one)
    assert not within(identities(), every)


def test_a_hub_is_looked_at_in_proportion_to_its_tunnels() -> None:
    assert looked_at(400) <= 2.2 * looked_at(200)


def looked_at(count: int) -> int:
    """How many lines are weighed while every sequence of a hub asks what is above it."""
    sites = [identities("10.255.0.0/16", f"10.{n // 256}.{n % 256}.0/24") for n in range(count)]
    networks = Index(sites)._remote
    assert networks is not None
    return sum(len(list(networks.overlapping(site.remote.network))) for site in sites)
