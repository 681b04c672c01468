# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import GroupPolicy, Keepalive, Origin
from tests.build import branch_config, config_tunnel, half_read, hq_config
from tests.rules.case import Case

SAYS = "hq-branch - idle timeout -"
OFF = Keepalive(disabled=True, origin=Origin.READ)
NONE = {"group_policies": {"DfltGrpPolicy": GroupPolicy("DfltGrpPolicy", idle_timeout=0)}}
HOUR = {"group_policies": {"DfltGrpPolicy": GroupPolicy("DfltGrpPolicy", idle_timeout=60)}}

CASES = {
    "none at both ends": Case(
        config_tunnel(hq_config(**NONE), branch_config(**NONE)), f"pass: {SAYS} hq: none branch: none"
    ),
    "the default at branch": Case(
        config_tunnel(hq_config(**NONE)), f"fail info: {SAYS} hq: none branch: 30 min (default)"
    ),
    "an hour at hq": Case(
        config_tunnel(hq_config(**HOUR), branch_config(**NONE)), f"fail info: {SAYS} hq: 60 min branch: none"
    ),
    "nobody asks": Case(
        config_tunnel(hq_config(keepalive=OFF, **HOUR), branch_config(keepalive=OFF, **NONE)),
        f"not_applicable: {SAYS} hq: 60 min branch: none: no end asks by DPD",
    ),
    "the group-policies were not read": Case(
        config_tunnel(hq_config(unread=frozenset({"group-policy"})), branch_config(**NONE)),
        f"unknown: {SAYS} the group-policy of hq was not read",
    ),
    "an end was not read": Case(
        half_read(), f"unknown: {SAYS} the configuration of branch was not read (connection timed out)"
    ),
}
