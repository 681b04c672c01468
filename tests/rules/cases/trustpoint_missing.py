# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import BRANCH, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CERTIFICATE = {BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", trustpoint="CA")}

CASES = {
    "defined": Case(
        config_tunnel(hq_config(tunnel_groups=CERTIFICATE, trustpoints=("OLD", "CA"))),
        "pass: hq-branch - trustpoint - hq: CA",
    ),
    "not defined": Case(
        config_tunnel(hq_config(tunnel_groups=CERTIFICATE, trustpoints=("OLD",))),
        "fail error: hq-branch - trustpoint - hq: CA, which is not defined",
    ),
    "the crypto map names another": Case(
        config_tunnel(hq_config(tunnel_groups=CERTIFICATE, trustpoints=("CA",), map_changes={"trustpoint": "OLD"})),
        "fail error: hq-branch - trustpoint - hq: CA, OLD, which is not defined",
    ),
    "no trustpoint was read": Case(
        config_tunnel(hq_config(tunnel_groups=CERTIFICATE)),
        "unknown: hq-branch - trustpoint - no trustpoint of hq was read",
    ),
    "keys": Case(
        tunnel(),
        "not_applicable: hq-branch - trustpoint - no end names one",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - trustpoint - the configuration of branch was not read (connection timed out)"),
    ),
    "a leftover on the crypto map, beside a key": Case(
        config_tunnel(hq_config(trustpoints=("CA",), map_changes={"trustpoint": "OLD"})),
        "fail warning: hq-branch - trustpoint - hq: OLD, which is not defined",
    ),
}
