# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessList
from tests.build import BRANCH_LAN, HQ_LAN, branch_config, config_tunnel, half_read, hq, hq_config, template, tunnel
from tests.rules.case import Case
from tests.rules.maps import (
    BACK,
    THERE,
    alone,
    at_hq_only,
    both_lists,
    dynamic_hub,
    joined,
    lists,
    route_based,
    virtual,
    without_lines,
)

OTHERS = "permit ip 10.1.0.0 255.255.0.0 10.9.0.0 255.255.0.0"
CASES = {
    "mirrored": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "in another order": Case(
        config_tunnel(
            hq_config(acl=[(HQ_LAN, BRANCH_LAN), (HQ_LAN, "10.3.0.0/24")]),
            branch_config(acl=[("10.3.0.0/24", HQ_LAN), (BRANCH_LAN, HQ_LAN)]),
        ),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 2 entries branch: 2 entries",
    ),
    "the same line twice": Case(
        at_hq_only(THERE, THERE),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "a line below one that holds it proposes nothing": Case(
        at_hq_only(THERE, "permit ip 10.1.5.0 255.255.255.0 10.2.0.0 255.255.0.0"),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "a line above one that holds it is accepted": Case(
        at_hq_only("permit ip 10.1.5.0 255.255.255.0 10.2.0.0 255.255.0.0", THERE),
        (
            "fail warning: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.5.0/24 <-> "
            "10.2.0.0/16, which branch accepts; the same addresses in other lines branch: the same addresses in "
            "other lines"
        ),
    ),
    "everything at both ends": Case(
        both_lists(["permit ip any any"], ["permit ip any4 any4"]),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "any at one end and any4 at the other": Case(
        both_lists(["permit ip any 10.2.0.0 255.255.0.0"], ["permit ip 10.2.0.0 255.255.0.0 any4"]),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "ports mirror": Case(
        both_lists(
            ["permit tcp host 10.1.0.5 eq 443 host 10.2.0.5"], ["permit tcp host 10.2.0.5 host 10.1.0.5 eq https"]
        ),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "ports on the wrong side": Case(
        both_lists(
            ["permit tcp host 10.1.0.5 host 10.2.0.5 eq 443"], ["permit tcp host 10.2.0.5 host 10.1.0.5 eq https"]
        ),
        (
            "fail critical: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.0.5/32/6/0 <-> "
            "10.2.0.5/32/6/443, which branch refuses branch: only here 10.2.0.5/32/6/0 <-> 10.1.0.5/32/6/443, "
            "which hq refuses"
        ),
    ),
    "a port within all traffic": Case(
        both_lists(["permit tcp host 10.1.0.5 host 10.2.0.5 eq 443"], ["permit ip host 10.2.0.5 host 10.1.0.5"]),
        (
            "fail error: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.0.5/32/6/0 <-> "
            "10.2.0.5/32/6/443, which branch accepts branch: only here 10.2.0.5/32 <-> 10.1.0.5/32, which hq "
            "refuses"
        ),
    ),
    "hq has one more": Case(
        config_tunnel(hq_config(acl=[(HQ_LAN, BRANCH_LAN), ("10.9.0.7/32", "0.0.0.0/0")])),
        (
            "fail error: hq-branch / outside_map 10 - crypto access list - hq: only here 10.9.0.7/32 <-> "
            "0.0.0.0/0, which branch refuses branch: nothing more"
        ),
    ),
    "hq has many more": Case(
        config_tunnel(hq_config(acl=[(HQ_LAN, BRANCH_LAN)] + [(HQ_LAN, f"10.7.{n}.0/24") for n in range(6)])),
        (
            "fail error: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.0.0/16 <-> "
            "10.7.0.0/24, 10.1.0.0/16 <-> 10.7.1.0/24, 10.1.0.0/16 <-> 10.7.2.0/24, 10.1.0.0/16 <-> 10.7.3.0/24 "
            "and 2 more, which branch refuses branch: nothing more"
        ),
    ),
    "hq is the narrow end": Case(
        config_tunnel(hq_config(acl=[("10.1.0.0/17", BRANCH_LAN)])),
        (
            "fail error: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.0.0/17 <-> "
            "10.2.0.0/16, which branch accepts branch: only here 10.2.0.0/16 <-> 10.1.0.0/16, which hq refuses"
        ),
    ),
    "nothing in common": Case(
        config_tunnel(hq_config(acl=[("10.7.0.0/16", BRANCH_LAN)])),
        (
            "fail critical: hq-branch / outside_map 10 - crypto access list - hq: only here 10.7.0.0/16 <-> "
            "10.2.0.0/16, which branch refuses branch: only here 10.2.0.0/16 <-> 10.1.0.0/16, which hq refuses"
        ),
    ),
    "two halves against a whole": Case(
        config_tunnel(hq_config(acl=[("10.1.0.0/17", BRANCH_LAN), ("10.1.128.0/17", BRANCH_LAN)])),
        (
            "fail error: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.0.0/17 <-> "
            "10.2.0.0/16, 10.1.128.0/17 <-> 10.2.0.0/16, which branch accepts; the same addresses in other lines "
            "branch: only here 10.2.0.0/16 <-> 10.1.0.0/16, which hq refuses; the same addresses in other lines"
        ),
    ),
    "two quarters of IPv6 against a half": Case(
        both_lists(
            ["permit ip 2001:db8:a:2::/64 2001:db8:b::/48", "permit ip 2001:db8:a:3::/64 2001:db8:b::/48"],
            ["permit ip 2001:db8:b::/48 2001:db8:a:2::/63"],
        ),
        (
            "fail error: hq-branch / outside_map 10 - crypto access list - hq: only here 2001:db8:a:2::/64 <-> "
            "2001:db8:b::/48, 2001:db8:a:3::/64 <-> 2001:db8:b::/48, which branch accepts; the same addresses in "
            "other lines branch: only here 2001:db8:b::/48 <-> 2001:db8:a:2::/63, which hq refuses; the same "
            "addresses in other lines"
        ),
    ),
    "hq excepts a host": Case(
        at_hq_only("deny ip host 10.1.0.9 10.2.0.0 255.255.0.0", THERE),
        (
            "fail warning: hq-branch / outside_map 10 - crypto access list - hq: only here denied 10.1.0.9/32 <-> "
            "10.2.0.0/16 branch: nothing more"
        ),
    ),
    "both except a host": Case(
        both_lists(
            ["deny ip host 10.1.0.9 10.2.0.0 255.255.0.0", THERE], ["deny ip 10.2.0.0 255.255.0.0 host 10.1.0.9", BACK]
        ),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "a line that is denied above": Case(
        at_hq_only(
            THERE, "deny ip 10.1.5.0 255.255.255.0 any", "permit ip 10.1.5.0 255.255.255.0 10.3.0.0 255.255.0.0"
        ),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "the counterpart is inactive": Case(
        at_hq_only(THERE + " inactive", "permit ip 10.8.0.0 255.255.0.0 10.2.0.0 255.255.0.0"),
        (
            "fail critical: hq-branch / outside_map 10 - crypto access list - hq: only here 10.8.0.0/16 <-> "
            "10.2.0.0/16, which branch refuses branch: only here 10.2.0.0/16 <-> 10.1.0.0/16, which hq refuses"
        ),
    ),
    "the counterpart sleeps at some hours": Case(
        at_hq_only(THERE, "permit ip 10.8.0.0 255.255.0.0 10.2.0.0 255.255.0.0 time-range OFFICE"),
        (
            "unknown: hq-branch / outside_map 10 - crypto access list - it depends on whether time-range OFFICE "
            "is in force: hq: only here 10.8.0.0/16 <-> 10.2.0.0/16, which branch refuses branch: nothing more"
        ),
    ),
    "a line names an object that was not read": Case(
        config_tunnel(
            hq_config(
                access_lists={"VPN": AccessList("VPN", (), ("access-list VPN extended permit ip object LAN any",))}
            )
        ),
        (
            "unknown: hq-branch / outside_map 10 - crypto access list - hq's access list VPN cannot be "
            "followed: access-list VPN extended permit ip object LAN any"
        ),
    ),
    "no line of the list is left": Case(
        without_lines(),
        (
            "not_applicable: hq-branch / outside_map 10 - crypto access list - hq's access list VPN "
            "has no line: see map-entry-incomplete; branch's access list VPN has no line: see map-entry-incomplete"
        ),
    ),
    "no line of hq's list is left, and branch's was not read": Case(
        joined(hq_config(access_lists={}), branch_config(access_lists={}, unread=frozenset({"access-list"}))),
        (
            "not_applicable: hq-branch / outside_map 10 - crypto access list - hq's access list VPN "
            "has no line: see map-entry-incomplete"
        ),
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - crypto access list - hq's access list VPN was not read",
    ),
    "hq takes what branch proposes": Case(
        tunnel(hq(config=hq_config(map_changes={"peers": (), "dynamic_map": "DYN"}))),
        "not_applicable: hq-branch - crypto access list - hq takes what its peer proposes (dynamic map DYN)",
    ),
    "a tunnel interface has no list": Case(
        route_based(),
        (
            "not_applicable: hq-branch / Tunnel1 - crypto access list - hq protects all that is routed into "
            "Tunnel1; branch protects all that is routed into Tunnel1"
        ),
    ),
    "a tunnel policy is a list like any other": Case(
        replace(
            route_based(), ends=tuple(replace(end, map_entry=virtual(access_list="VPN")) for end in route_based().ends)
        ),
        "pass: hq-branch / Tunnel1 - crypto access list - hq: 1 entry branch: 1 entry",
    ),
    "a tunnel policy at one end": Case(
        route_based(access_list="VPN"),
        "not_applicable: hq-branch / Tunnel1 - crypto access list - branch protects all that is routed into Tunnel1",
    ),
    "a dynamic map holds more, for others and for branch": Case(
        dynamic_hub(template(access_list="VPN"), access_lists=lists("permit ip any 10.2.0.0 255.254.0.0", OTHERS)),
        "pass: hq-branch / outside_map 65535 - crypto access list - hq: 2 entries branch: 1 entry",
    ),
    "a dynamic map holds what other spokes want": Case(
        dynamic_hub(template(access_list="VPN"), access_lists=lists(OTHERS)),
        (
            "fail critical: hq-branch / outside_map 65535 - crypto access list - hq: nothing more branch: only here "
            "10.2.0.0/16 <-> 10.1.0.0/16, which hq refuses"
        ),
    ),
    "the peer is foreign": Case(
        alone(foreign_peers=[replace(tunnel()).ends[1].address]),
        (
            "not_applicable: hq-198.51.100.2 - crypto access list - 198.51.100.2 is declared foreign: judged from "
            "hq's end alone"
        ),
    ),
    "the entry names no list": Case(
        config_tunnel(hq_config(map_changes={"access_list": None})),
        (
            "unknown: hq-branch / outside_map 10 - crypto access list - hq matches no access list: see "
            "map-entry-incomplete"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - crypto access list - the configuration of branch was not read (connection timed out)",
    ),
}
