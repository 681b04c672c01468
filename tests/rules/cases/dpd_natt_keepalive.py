# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    IkeSettings,
    Keepalive,
    Origin,
    Tunnel,
    Version,
)
from tests.build import at_branch, at_hq, branch, branch_config, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

SAYS = "hq-branch - NAT keepalive -"
OFF = Keepalive(disabled=True, origin=Origin.READ)
INFINITE = Keepalive(infinite=True, origin=Origin.READ)


def _pair(
    left: IkeSettings | None, right: IkeSettings | None, release: Version | None, *keepalives: Keepalive | None
) -> Tunnel:
    at_left, at_right = keepalives or (None, None)
    return tunnel(
        hq(at_hq(), config=hq_config(ike_settings=left, keepalive=at_left), version=release),
        branch(at_branch(), config=branch_config(ike_settings=right, keepalive=at_right), version=release),
    )


NOTHING = IkeSettings()
V7, V9 = Version(7, 2, 5), Version(9, 16, 4)

CASES = {
    "DPD asks": Case(
        _pair(IkeSettings(nat_traversal=30), NOTHING, V9),
        f"pass: {SAYS} hq: threshold 10 retry 2, every 30 s branch: threshold 10 retry 2, every 20 s (default)",
    ),
    "nobody asks": Case(
        _pair(IkeSettings(nat_traversal=20), IkeSettings(nat_traversal=0), V9, OFF, INFINITE),
        f"fail info: {SAYS} hq: disabled, every 20 s branch: threshold infinite, off: nobody asks by DPD",
    ),
    "nobody asks and the default of 7.2 is off": Case(
        _pair(NOTHING, NOTHING, V7, OFF, OFF),
        f"not_applicable: {SAYS} hq: disabled, off (default) branch: disabled, off (default): no end sends any",
    ),
    "the IKE settings were not read": Case(
        _pair(None, NOTHING, V9), f"unknown: {SAYS} the IKE settings of hq were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the IKE settings of hq were not read",
    ),
}
