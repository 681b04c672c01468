# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive
from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "read with all": Case(
        tunnel(), "pass: hq-branch - keepalive - hq: threshold 10 retry 2 branch: threshold 10 retry 2"
    ),
    "assumed at hq": Case(
        config_tunnel(hq_config(keepalive=Keepalive())),
        (
            "unknown: hq-branch - keepalive - hq: threshold 10 retry 2 (default) branch: threshold 10 retry "
            "2: read without `all`"
        ),
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - keepalive - the configuration of branch was not read (connection timed out)"
    ),
    "there is no tunnel-group": Case(
        config_tunnel(hq_config(tunnel_groups={})),
        ("not_applicable: hq-branch - keepalive - hq has no tunnel-group for this peer: see tunnel-group-missing"),
    ),
}
