# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import CryptoMapEntry
from tests.build import half_read, tunnel
from tests.rules.case import Case
from tests.rules.maps import dynamic_hub

CASES = {
    "no dynamic map": Case(
        tunnel(),
        "not_applicable: hq-branch - dynamic map's access list - no end takes this peer by a dynamic map",
    ),
    "with a list": Case(
        dynamic_hub(CryptoMapEntry("DYN", 10, "SITES")),
        "pass: hq-branch / outside_map 65535 - dynamic map's access list - hq: DYN 10 SITES",
    ),
    "without a list": Case(
        dynamic_hub(CryptoMapEntry("DYN", 10)),
        "fail warning: hq-branch / outside_map 65535 - dynamic map's access list - hq: DYN 10 any traffic",
    ),
    "one of two without": Case(
        dynamic_hub(CryptoMapEntry("DYN", 10, "SITES"), CryptoMapEntry("DYN", 20), CryptoMapEntry("USERS", 5)),
        (
            "fail warning: hq-branch / outside_map 65535 - dynamic map's access list - hq: DYN 10 SITES, DYN 20 "
            "any traffic"
        ),
    ),
    "the dynamic map was not read": Case(
        dynamic_hub(),
        "unknown: hq-branch / outside_map 65535 - dynamic map's access list - hq's dynamic map DYN was not read",
    ),
    "an end was not read": Case(
        half_read(),
        (
            "unknown: hq-branch - dynamic map's access list - the configuration of branch was not read "
            "(connection timed out)"
        ),
    ),
}
