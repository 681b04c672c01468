# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from tests.build import BRANCH, at_branch, at_hq, branch, half_read, hq, once, readings, tunnel
from tests.rules.case import Case

CASES = {
    "each outbound SPI is accepted": Case(
        tunnel(),
        (
            "pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - hq sends on 0x000000B1, branch "
            "accepts 0x000000B1; branch sends on 0x000000A1, hq accepts 0x000000A1"
        ),
    ),
    "neither end accepts the other": Case(
        tunnel(hq(at_hq(outbound=(0xA2280726,))), branch(at_branch(outbound=(0x5D,)))),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - hq sends on 0xA2280726, "
            "branch accepts 0x000000B1; branch sends on 0x0000005D, hq accepts 0x000000A1"
        ),
    ),
    "one direction is enough to fail": Case(
        tunnel(hq(at_hq(outbound=(0xA2280726,)))),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - hq sends on 0xA2280726, "
            "branch accepts 0x000000B1; branch sends on 0x000000A1, hq accepts 0x000000A1"
        ),
    ),
    "a rekey in progress keeps two inbound SAs and either counts": Case(
        tunnel(hq(at_hq(inbound=(0xA1, 0xA2))), branch(at_branch(inbound=(0xB1, 0xB2), outbound=(0xA2,)))),
        (
            "pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - hq sends on 0x000000B1, branch "
            "accepts 0x000000B1, 0x000000B2; branch sends on 0x000000A2, hq accepts 0x000000A1, 0x000000A2"
        ),
    ),
    "the SAs changed between the readings": Case(
        tunnel(hq(at_hq(outbound=(0xC1,)), then=[at_hq()])),
        ("transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - hq's SAs changed between the readings"),
    ),
    "an SA has less than a minute left": Case(
        tunnel(hq(at_hq(outbound=(0xC1,), seconds=42))),
        "transient: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - an SA of hq expires in 42 s",
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - SPI mirror - the SAs of branch were not read (connection timed out)"
    ),
    "an end was read once": Case(
        tunnel(once(hq(at_hq()))), "unknown: hq-branch - SPI mirror - hq was read once: a comparison needs two readings"
    ),
    "the readings do not overlap": Case(
        tunnel(
            hq(at_hq()),
            replace(branch(at_branch()), readings=readings([at_branch()], [at_branch()], [], [], start=100.0)),
        ),
        "unknown: hq-branch - SPI mirror - no instant is proven to lie between both readings of both ends",
    ),
    "one end holds as one what the other holds as two": Case(
        tunnel(
            hq(at_hq(inbound=(0xA1, 0xA2))),
            branch(at_branch(local="10.2.0.0/17"), at_branch(local="10.2.128.0/17", inbound=(0xB2,), outbound=(0xA2,))),
        ),
        (
            "pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - hq sends on 0x000000B1, branch "
            "accepts 0x000000B1, 0x000000B2; branch sends on 0x000000A1, 0x000000A2, hq accepts 0x000000A1, "
            "0x000000A2"
        ),
    ),
    "several proxy identities and only the broken one is named": Case(
        tunnel(
            hq(at_hq(), at_hq(remote="10.3.0.0/16", inbound=(0xA2,), outbound=(0xB9,))),
            branch(at_branch(), at_branch(local="10.3.0.0/16", inbound=(0xB2,), outbound=(0xA2,))),
        ),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.3.0.0/16 - SPI mirror - hq sends on 0x000000B9, "
            "branch accepts 0x000000B2; branch sends on 0x000000A2, hq accepts 0x000000A2"
        ),
    ),
    "a block was not read whole": Case(
        tunnel(hq(at_hq(incomplete="cut off in the middle"))),
        "unknown: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - SPI mirror - hq: cut off in the middle",
    ),
    "no SA anywhere": Case(
        tunnel(hq(), branch()), "not_applicable: hq-branch - SPI mirror - no proxy identities have SAs at both ends"
    ),
    "one end alone has SAs, which sa-one-sided says": Case(
        tunnel(right=branch()), "not_applicable: hq-branch - SPI mirror - no proxy identities have SAs at both ends"
    ),
    "the peer is foreign": Case(
        pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])[0],
        ("not_applicable: hq-198.51.100.2 - SPI mirror - 198.51.100.2 is declared foreign: judged from hq's end alone"),
    ),
    "the peer is in no inventory": Case(
        pair([hq(at_hq())])[0],
        (
            "unknown: hq-198.51.100.2 - SPI mirror - hq's peer 198.51.100.2 is no address of a device that "
            "was read; add it to the inventory, or declare it foreign"
        ),
    ),
}
