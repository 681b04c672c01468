# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkePolicy
from tests.build import POLICY, branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "a day": Case(
        tunnel(),
        "pass: hq-branch - IKE lifetime - hq: 86400 s branch: 86400 s",
    ),
    "a day, by default": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, lifetime=None),))),
        "pass: hq-branch - IKE lifetime - hq: 86400 s (default) branch: 86400 s",
    ),
    "a week at hq": Case(
        config_tunnel(hq_config(ike_policies=(replace(POLICY, lifetime=604800),))),
        "fail warning: hq-branch - IKE lifetime - hq: 604800 s branch: 86400 s",
    ),
    "without end at branch": Case(
        config_tunnel(None, branch_config(ike_policies=(POLICY, replace(POLICY, priority=20, lifetime=0)))),
        "fail warning: hq-branch - IKE lifetime - hq: 86400 s branch: 86400 s, unlimited",
    ),
    "a policy of IKEv2 is not this tunnel's": Case(
        config_tunnel(hq_config(ike_policies=(POLICY, IkePolicy(2, 1, lifetime=604800)))),
        "pass: hq-branch - IKE lifetime - hq: 86400 s branch: 86400 s",
    ),
    "no entry at either end": Case(
        replace(tunnel(), ends=tuple(replace(end, map_entry=None) for end in tunnel().ends)),
        "not_applicable: hq-branch - IKE lifetime - no end has an IKE policy for this tunnel",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKE lifetime - the configuration of branch was not read (connection timed out)"),
    ),
}
