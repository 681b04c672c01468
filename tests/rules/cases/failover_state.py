# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from tests.build import half_read
from tests.rules.around import around
from tests.rules.case import Case

SAYS = "hq-branch - failover -"


def states(mine: str | None, theirs: str | None = "off") -> Tunnel:
    return around(left={"failover": mine}, right={"failover": theirs})


CASES = {
    "active and off": Case(states("active"), f"pass: {SAYS} hq: active branch: off"),
    "standby": Case(states("standby ready"), f"fail warning: {SAYS} hq: standby ready, not active branch: off"),
    "its configuration is being copied": Case(
        states("off", "sync config"), f"fail warning: {SAYS} hq: off branch: sync config, not active"
    ),
    "both groups active": Case(
        states("group 1 active, group 2 active"), f"pass: {SAYS} hq: group 1 active, group 2 active branch: off"
    ),
    "one group of two": Case(
        states("group 1 active, group 2 standby ready"),
        f"unknown: {SAYS} hq: group 1 active, group 2 standby ready, and the tunnel's group is not known",
    ),
    "without a stateful link": Case(
        around(left={"failover": "active", "failover_stateful": False}, right={"failover": "off"}),
        f"fail warning: {SAYS} hq: active, without a link for its SAs branch: off",
    ),
    "with a stateful link": Case(
        around(left={"failover": "active", "failover_stateful": True}, right={"failover": "off"}),
        f"pass: {SAYS} hq: active branch: off",
    ),
    "failover is off, and so there is no link": Case(
        around(left={"failover": "off", "failover_stateful": False}, right={"failover": "off"}),
        f"pass: {SAYS} hq: off branch: off",
    ),
    "not read": Case(states(None), f"unknown: {SAYS} the failover state of hq was not read"),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the failover state of hq was not read",
        f"unknown: {SAYS} the failover state of branch was not read",
    ),
}
