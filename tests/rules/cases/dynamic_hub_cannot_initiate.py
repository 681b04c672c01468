# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import half_read, tunnel
from tests.rules.case import Case
from tests.rules.maps import dynamic_hub, entries, route_based

CASES = {
    "both name each other": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - may start - hq: yes branch: yes",
    ),
    "hq takes what branch proposes": Case(
        dynamic_hub(),
        "fail info: hq-branch / outside_map 65535 - may start - hq: no (dynamic map DYN) branch: yes",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        "pass: hq-branch / Tunnel1 - may start - hq: yes branch: yes",
    ),
    "no entry at either end": Case(
        entries(None, None),
        "not_applicable: hq-branch - may start - no end has a crypto map entry",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - may start - the configuration of branch was not read (connection timed out)",
    ),
}
