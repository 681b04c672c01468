# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessList
from tests.build import BRANCH_LAN, HQ_LAN, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "mirrored": Case(tunnel(), "pass: hq-branch / outside_map 10 - crypto access list - hq: 1 entry branch: 1 entry"),
    "in another order": Case(
        config_tunnel(
            hq_config(acl=[(HQ_LAN, BRANCH_LAN), (HQ_LAN, "10.3.0.0/24")]),
            branch_config(acl=[("10.3.0.0/24", HQ_LAN), (BRANCH_LAN, HQ_LAN)]),
        ),
        "pass: hq-branch / outside_map 10 - crypto access list - hq: 2 entries branch: 2 entries",
    ),
    "hq has one more": Case(
        config_tunnel(hq_config(acl=[(HQ_LAN, BRANCH_LAN), ("10.9.0.7/32", "0.0.0.0/0")])),
        (
            "fail error: hq-branch / outside_map 10 - crypto access list - hq: only here 10.9.0.7/32 <-> "
            "0.0.0.0/0 branch: nothing more"
        ),
    ),
    "nothing in common": Case(
        config_tunnel(hq_config(acl=[("10.1.0.0/17", BRANCH_LAN)])),
        (
            "fail critical: hq-branch / outside_map 10 - crypto access list - hq: only here 10.1.0.0/17 <-> "
            "10.2.0.0/16 branch: only here 10.2.0.0/16 <-> 10.1.0.0/16"
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
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={})),
        "unknown: hq-branch / outside_map 10 - crypto access list - hq's access list VPN was not read",
    ),
    "hq takes what branch proposes": Case(
        tunnel(hq(config=hq_config(map_changes={"peers": (), "dynamic_map": "DYN"}))),
        ("not_applicable: hq-branch - crypto access list - hq takes what its peer proposes (dynamic map DYN)"),
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
        ("unknown: hq-branch - crypto access list - the configuration of branch was not read (connection timed out)"),
    ),
}
