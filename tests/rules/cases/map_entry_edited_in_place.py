# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import at_hq, branch, branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import dynamic_hub, route_based, without_lines

LEFT = {"crypto_map": "outside_map", "sequence": 20}


CASES = {
    "the entry's own": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - SAs that the entry would not make - hq: none branch: none",
    ),
    "narrower than a line": Case(
        tunnel(hq(at_hq(local="10.1.5.0/24"))),
        "pass: hq-branch / outside_map 10 - SAs that the entry would not make - hq: none branch: none",
    ),
    "wider than every line": Case(
        tunnel(hq(at_hq(local="10.0.0.0/8"))),
        (
            "fail warning: hq-branch / outside_map 10 - SAs that the entry would not make - hq: 10.0.0.0/8 <-> "
            "10.2.0.0/16 branch: none"
        ),
    ),
    "no line any more": Case(
        tunnel(hq(at_hq(), at_hq(remote="10.7.0.0/16"))),
        (
            "fail warning: hq-branch / outside_map 10 - SAs that the entry would not make - hq: 10.1.0.0/16 <-> "
            "10.7.0.0/16 branch: none"
        ),
    ),
    "narrowed at one end, and still wanted by the other": Case(
        config_tunnel(hq_config(acl=[("10.1.0.0/24", "10.2.0.0/16")])),
        "pass: hq-branch / outside_map 10 - SAs that the entry would not make - branch: none",
    ),
    "narrowed at both ends": Case(
        config_tunnel(
            hq_config(acl=[("10.1.0.0/24", "10.2.0.0/16")]), branch_config(acl=[("10.2.0.0/16", "10.1.0.0/24")])
        ),
        (
            "fail warning: hq-branch / outside_map 10 - SAs that the entry would not make - hq: 10.1.0.0/16 <-> "
            "10.2.0.0/16 branch: 10.2.0.0/16 <-> 10.1.0.0/16"
        ),
    ),
    "with a peer that is no more": Case(
        tunnel(hq(at_hq(), config=hq_config("198.51.100.99"))),
        (
            "fail warning: hq-branch / outside_map 10 - SAs that the entry would not make - hq: peer 198.51.100.2 "
            "branch: none"
        ),
    ),
    "of a sequence that is no more": Case(
        tunnel(hq(replace(at_hq(remote="10.7.0.0/16"), **LEFT))),
        (
            "fail warning: hq-branch / outside_map 10 - SAs that the entry would not make - hq: 10.1.0.0/16 <-> "
            "10.7.0.0/16 branch: none"
        ),
    ),
    "of a dynamic map": Case(
        tunnel(
            hq(
                replace(at_hq(remote="10.7.0.0/16"), **LEFT),
                config=hq_config(dynamic_maps=(replace(hq_config().crypto_maps[0], sequence=20),)),
            )
        ),
        "pass: hq-branch / outside_map 10 - SAs that the entry would not make - hq: no SA branch: none",
    ),
    "no SA": Case(
        tunnel(hq(), branch()),
        "pass: hq-branch / outside_map 10 - SAs that the entry would not make - hq: no SA branch: no SA",
    ),
    "no line of the list is left": Case(
        without_lines(),
        (
            "not_applicable: hq-branch - SAs that the entry would not make - hq's access list VPN "
            "has no line: see map-entry-incomplete"
        ),
    ),
    "the list was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        ("unknown: hq-branch / outside_map 10 - SAs that the entry would not make - hq's access list VPN was not read"),
    ),
    "the SAs were not read": Case(
        replace(tunnel(), ends=tuple(replace(end, first=None, second=None) for end in tunnel().ends)),
        "unknown: hq-branch / outside_map 10 - SAs that the entry would not make - the SAs of hq were not read",
        "unknown: hq-branch / outside_map 10 - SAs that the entry would not make - the SAs of branch were not read",
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 10 - SAs that the entry would not make - branch: none",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        (
            "not_applicable: hq-branch - SAs that the entry would not make - hq's Tunnel1 takes what is routed to "
            "it: it has no crypto map and no access list"
        ),
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - SAs that the entry would not make - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
