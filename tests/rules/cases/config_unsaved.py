# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Keepalive, Origin, Tunnel
from tests.build import at_branch, at_hq, branch, branch_config, half_read, hq, hq_config, tunnel
from tests.rules.case import Case

SAME = "as it runs"


def saved(config: Config | None, **changes: Any) -> Tunnel:
    """A tunnel of which hq has this start-up configuration, and branch the one that runs."""
    return tunnel(hq(at_hq(), saved=config, **changes), branch(at_branch(), saved=branch_config()))


CASES = {
    "both are saved": Case(saved(hq_config()), f"pass: hq-branch - start-up configuration - hq: {SAME} branch: {SAME}"),
    "a hardening was not saved": Case(
        saved(hq_config(keepalive=Keepalive(disabled=True, origin=Origin.READ))),
        "fail warning: hq-branch - start-up configuration - "
        f"hq: keepalive saved disabled, runs threshold 10 retry 2 branch: {SAME}",
    ),
    "a default that is not printed is what runs": Case(
        saved(hq_config(keepalive=Keepalive())),
        f"pass: hq-branch - start-up configuration - hq: {SAME} branch: {SAME}",
    ),
    "the map entry has another PFS group": Case(
        saved(hq_config(map_changes={"pfs": "group5"})),
        "fail warning: hq-branch - start-up configuration - "
        f"hq: crypto map outside_map 10 is saved otherwise branch: {SAME}",
    ),
    "the map stands on another interface": Case(
        saved(hq_config(crypto_map_interfaces={"outside_map": ("dsl",)})),
        "fail warning: hq-branch - start-up configuration - "
        f"hq: crypto map outside_map is saved for other interfaces branch: {SAME}",
    ),
    "a network was added to the access list": Case(
        saved(hq_config(acl=[])),
        f"fail warning: hq-branch - start-up configuration - hq: access-list VPN is saved otherwise branch: {SAME}",
    ),
    "nothing was ever saved": Case(
        saved(Config()),
        "fail warning: hq-branch - start-up configuration - hq: tunnel-group 198.51.100.2 is not saved; crypto map "
        f"outside_map 10 is not saved; access-list VPN is saved otherwise branch: {SAME}",
    ),
    "the start-up configuration of hq was not read": Case(
        saved(None), "unknown: hq-branch - start-up configuration - the start-up configuration of hq was not read"
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - start-up configuration - the configuration of branch was not read (connection timed out)",
        "unknown: hq-branch - start-up configuration - the start-up configuration of hq was not read",
    ),
}
