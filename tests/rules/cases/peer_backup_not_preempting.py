# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from tests.build import BRANCH, half_read, hq_config, tunnel
from tests.rules.case import Case
from tests.rules.maps import OTHER_PEER, dynamic_hub, joined, route_based


def without_sas(made: Tunnel) -> Tunnel:
    return replace(made, ends=tuple(replace(end, first=None, second=None) for end in made.ends))


def idle(made: Tunnel) -> Tunnel:
    return replace(made, ends=tuple(replace(end, first=(), second=()) for end in made.ends))


CASES = {
    "no backup": Case(
        tunnel(),
        "not_applicable: hq-branch - peer in use - no end has a backup peer",
    ),
    "with the first": Case(
        joined(hq_config([BRANCH, OTHER_PEER])),
        (
            "pass: hq-branch / outside_map 10 - peer in use - hq: 198.51.100.2, the first branch: 203.0.113.1 (no "
            "backup)"
        ),
    ),
    "with a backup": Case(
        joined(hq_config([OTHER_PEER, BRANCH])),
        (
            "fail warning: hq-branch / outside_map 10 - peer in use - hq: 198.51.100.2, a backup of 192.0.2.9 "
            "branch: 203.0.113.1 (no backup)"
        ),
    ),
    "with nobody": Case(
        idle(joined(hq_config([OTHER_PEER, BRANCH]))),
        "pass: hq-branch / outside_map 10 - peer in use - hq: none now branch: 203.0.113.1 (no backup)",
    ),
    "the SAs were not read": Case(
        without_sas(joined(hq_config([OTHER_PEER, BRANCH]))),
        "unknown: hq-branch / outside_map 10 - peer in use - the SAs of hq were not read",
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "not_applicable: hq-branch - peer in use - no end has a backup peer",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        "not_applicable: hq-branch - peer in use - no end has a backup peer",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - peer in use - the configuration of branch was not read (connection timed out)",
    ),
}
