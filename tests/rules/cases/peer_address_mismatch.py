# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Interface
from tests.build import BRANCH, at_branch, at_hq, branch, branch_config, half_read, hq, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import alone, joined, route_based

PRIVATE = branch_config(interfaces=(Interface("Ethernet0/0", "outside", ip_address("192.168.1.2")),))
DHCP = branch_config(interfaces=(Interface("Ethernet0/0", "outside"),))
CASES = {
    "each names the other": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - peer - hq: peer 198.51.100.2 branch: peer 203.0.113.1",
    ),
    "branch is reached through NAT": Case(
        tunnel(hq(config=hq_config("192.0.2.77")), branch(public_addresses=(ip_address("192.0.2.77"),))),
        "pass: hq-branch / outside_map 10 - peer - hq: peer 192.0.2.77 branch: peer 203.0.113.1",
    ),
    "branch is behind a NAT that nobody told of, and its SAs prove it": Case(
        tunnel(hq(at_hq(peer="192.0.2.77"), config=hq_config("192.0.2.77")), branch(at_branch(), config=PRIVATE)),
        (
            "pass: hq-branch / outside_map 10 - peer - hq: peer 192.0.2.77 branch: 192.168.1.2: their SAs mirror, so "
            "branch is behind a NAT (tunnelmend_public_addresses tells of it)"
        ),
    ),
    "branch may be behind a NAT": Case(
        tunnel(hq(config=hq_config("192.0.2.77")), branch(config=PRIVATE)),
        (
            "unknown: hq-branch / outside_map 10 - peer - hq: peer 192.0.2.77 branch: 192.168.1.2: "
            "branch may be behind a NAT (tunnelmend_public_addresses tells of it)"
        ),
    ),
    "hq asks the DNS for branch": Case(
        tunnel(hq(config=hq_config(map_changes={"peers": ("branch.example",)})), branch(config=DHCP)),
        "unknown: hq-branch / outside_map 10 - peer - hq: peer branch.example: a name whose address was not read",
    ),
    "the SAs are older than the peer that hq names": Case(
        tunnel(hq(at_hq(), config=hq_config("198.51.100.99")), branch(at_branch())),
        "fail critical: hq-branch / outside_map 10 - peer - hq: peer 198.51.100.99 branch: 198.51.100.2",
    ),
    "hq names an address that nobody has": Case(
        tunnel(hq(config=hq_config("198.51.100.99"))),
        "fail critical: hq-branch / outside_map 10 - peer - hq: peer 198.51.100.99 branch: 198.51.100.2",
    ),
    "hq names the inside of branch": Case(
        tunnel(hq(config=hq_config("10.2.0.1"))),
        "fail critical: hq-branch / outside_map 10 - peer - hq: peer 10.2.0.1 branch: 198.51.100.2",
    ),
    "hq has no entry for branch": Case(
        tunnel(hq(config=hq_config(crypto_maps=()))),
        (
            "fail critical: hq-branch / outside_map 10 - peer - hq: no crypto map entry names this peer branch: "
            "198.51.100.2"
        ),
    ),
    "a hub takes any peer through a dynamic map": Case(
        tunnel(hq(config=hq_config(map_changes={"peers": (), "dynamic_map": "DYN"}))),
        "pass: hq-branch / outside_map 10 - peer - hq: any (dynamic map DYN) branch: peer 203.0.113.1",
    ),
    "hq names branch as its backup peer": Case(
        pair([hq(config=hq_config(["192.0.2.9", BRANCH])), branch()])[0],
        "pass: hq-branch / outside_map 10 - peer - hq: peer 192.0.2.9, 198.51.100.2 branch: peer 203.0.113.1",
    ),
    "hq names branch by a name": Case(
        joined(hq_config(names={"branch-fw": ip_address(BRANCH)}, map_changes={"peers": ("branch-fw",)})),
        "pass: hq-branch / outside_map 10 - peer - hq: peer branch-fw branch: peer 203.0.113.1",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        "pass: hq-branch / Tunnel1 - peer - hq: peer 198.51.100.2 (Tunnel1) branch: peer 203.0.113.1 (Tunnel1)",
    ),
    "a tunnel interface to an address that nobody has": Case(
        route_based(hq_peer="198.51.100.99"),
        "fail critical: hq-branch / Tunnel1 - peer - hq: peer 198.51.100.99 (Tunnel1) branch: 198.51.100.2",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - peer - the configuration of branch was not read (connection timed out)",
    ),
    "the peer is foreign": Case(
        alone(foreign_peers=[ip_address(BRANCH)]),
        "not_applicable: hq-198.51.100.2 - peer - 198.51.100.2 is declared foreign: judged from hq's end alone",
    ),
}
