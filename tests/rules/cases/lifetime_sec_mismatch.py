# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecProfile
from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "the same": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - IPsec lifetime - hq: 28800 s branch: 28800 s",
    ),
    "an hour at hq": Case(
        config_tunnel(hq_config(map_changes={"lifetime_seconds": 3600})),
        ("fail warning: hq-branch / outside_map 10 - IPsec lifetime - hq: 3600 s branch: 28800 s: 8 times apart"),
    ),
    "half at hq": Case(
        config_tunnel(hq_config(lifetime_seconds=14400)),
        ("fail info: hq-branch / outside_map 10 - IPsec lifetime - hq: 14400 s branch: 28800 s: the lower one counts"),
    ),
    "shorter at the end that only answers": Case(
        config_tunnel(hq_config(map_changes={"lifetime_seconds": 14400, "connection_type": "answer-only"})),
        (
            "fail warning: hq-branch / outside_map 10 - IPsec lifetime - hq: 14400 s branch: 28800 s: hq "
            "must rekey first and may only answer"
        ),
    ),
    "shorter at a virtual interface that only answers": Case(
        config_tunnel(
            hq_config(
                map_changes={"lifetime_seconds": 14400, "profile": "VTI"},
                ipsec_profiles={"VTI": IpsecProfile("VTI", responder_only=True)},
            )
        ),
        (
            "fail warning: hq-branch / outside_map 10 - IPsec lifetime - hq: 14400 s branch: 28800 s: hq "
            "must rekey first and may only answer"
        ),
    ),
    "longer at the end that only answers": Case(
        config_tunnel(None, branch_config(map_changes={"lifetime_seconds": 40000, "connection_type": "answer-only"})),
        ("fail info: hq-branch / outside_map 10 - IPsec lifetime - hq: 28800 s branch: 40000 s: the lower one counts"),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IPsec lifetime - the configuration of branch was not read (connection timed out)"),
    ),
}
