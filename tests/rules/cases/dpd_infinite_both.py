# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin
from tests.build import branch_config, config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

INFINITE = Keepalive(infinite=True, origin=Origin.READ)

CASES = {
    "both ask": Case(tunnel(), "pass: hq-branch - who asks - hq: threshold 10 retry 2 branch: threshold 10 retry 2"),
    "nobody asks": Case(
        config_tunnel(hq_config(keepalive=INFINITE), branch_config(keepalive=INFINITE)),
        "fail critical: hq-branch - who asks - hq: threshold infinite branch: threshold infinite",
    ),
    "the hub only answers": Case(
        config_tunnel(hq_config(keepalive=INFINITE)),
        "pass: hq-branch - who asks - hq: threshold infinite branch: threshold 10 retry 2",
    ),
    "one end has it disabled": Case(
        config_tunnel(hq_config(keepalive=Keepalive(disabled=True, origin=Origin.READ))),
        ("not_applicable: hq-branch - who asks - hq: disabled branch: threshold 10 retry 2: see dpd-disabled"),
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - who asks - the configuration of branch was not read (connection timed out)"
    ),
}
