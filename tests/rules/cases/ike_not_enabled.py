# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import branch_config, config_tunnel, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "enabled": Case(tunnel(), "pass: hq-branch - IKE enabled - hq: IKEv1 on outside branch: IKEv1 on outside"),
    "not enabled at hq": Case(
        config_tunnel(hq_config(ike_enabled={})),
        "fail critical: hq-branch - IKE enabled - hq: none on outside branch: IKEv1 on outside",
    ),
    "only the other version is enabled": Case(
        tunnel(hq(config=hq_config(ike_enabled={1: ("inside",), 2: ("outside",)}), version=Version(9, 16))),
        "fail critical: hq-branch - IKE enabled - hq: none on outside branch: IKEv1 on outside",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IKE enabled - the configuration of branch was not read (connection timed out)"),
    ),
    "no map is applied": Case(
        config_tunnel(*(each(crypto_map_interfaces={}) for each in (hq_config, branch_config))),
        "not_applicable: hq-branch - IKE enabled - no end has a crypto map on an interface",
    ),
}
