# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin
from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.aged import aged
from tests.rules.case import Case

SAYS = "hq-branch - DPD in the IKE SA -"
AFTER = "agreed 1h ago, and the configuration was not changed since"
BEFORE = "agreed 1h ago, before the configuration was last changed: if DPD was set then, this IKE SA is without it"
DOUBT = "agreed 1h ago, and whether the configuration was changed since is not known"
OFF = Keepalive(disabled=True, origin=Origin.READ)

CASES = {
    "agreed since": Case(aged(3600), f"pass: {SAYS} hq: {AFTER} branch: {AFTER}"),
    "not changed since the start": Case(aged(3600, changed=None), f"pass: {SAYS} hq: {AFTER} branch: {AFTER}"),
    "changed ten minutes ago": Case(aged(3600, changed=600), f"fail info: {SAYS} hq: {BEFORE} branch: {BEFORE}"),
    "changed at hq alone": Case(
        aged(3600, changed=600, theirs={"config_changed": None}), f"fail info: {SAYS} hq: {BEFORE} branch: {AFTER}"
    ),
    "one IKE SA before and one after": Case(
        aged(600, 7200, changed=3600),
        f"unknown: {SAYS} hq: {DOUBT.replace('1h', '10m')}",
        f"unknown: {SAYS} branch: {DOUBT.replace('1h', '10m')}",
    ),
    "when the clock was read is not known": Case(
        aged(3600, clock={"started": -math.inf, "finished": math.inf}),
        f"unknown: {SAYS} hq: {DOUBT}",
        f"unknown: {SAYS} branch: {DOUBT}",
    ),
    "a unit of a pair": Case(
        aged(3600, theirs={"failover": "active"}),
        f"unknown: {SAYS} branch: {DOUBT}",
    ),
    "the age of the IKE SA is not printed": Case(
        tunnel(),
        f"unknown: {SAYS} hq does not say how old its IKE SA is",
        f"unknown: {SAYS} branch does not say how old its IKE SA is",
    ),
    "no IKE SA": Case(
        aged(),
        f"not_applicable: {SAYS} hq has no IKE SA that is up",
        f"not_applicable: {SAYS} branch has no IKE SA that is up",
    ),
    "the IKE SAs were not read": Case(
        replace(tunnel(), ends=tuple(replace(end, first_ike=None, second_ike=None) for end in tunnel().ends)),
        f"unknown: {SAYS} the IKE SAs of hq were not read",
        f"unknown: {SAYS} the IKE SAs of branch were not read",
    ),
    "DPD is off": Case(
        aged(3600, made=config_tunnel(hq_config(keepalive=OFF), branch_config(keepalive=OFF))),
        f"not_applicable: {SAYS} hq asks nobody: see dpd-disabled and dpd-infinite-both",
        f"not_applicable: {SAYS} branch asks nobody: see dpd-disabled and dpd-infinite-both",
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} hq does not say how old its IKE SA is",
    ),
}
