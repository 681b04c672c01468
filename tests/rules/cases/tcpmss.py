# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from tests.build import at_hq, half_read
from tests.rules.around import around, settings
from tests.rules.case import Case

SAYS = "hq-branch - TCP segment size -"
WIDE = replace(at_hq(), path_mtu=1500, overhead=74)
NARROW = replace(at_hq(), path_mtu=1500, overhead=82)

CASES = {
    "by default, and nothing is known of the path": Case(
        around(settings(), settings()), f"pass: {SAYS} hq: 1380 (default) branch: 1380 (default)"
    ),
    "by default, and it fits": Case(
        around(settings(), settings(), sas=(WIDE,)), f"pass: {SAYS} hq: 1380 (default) branch: 1380 (default)"
    ),
    "by default, and IPsec adds more": Case(
        around(settings(), settings(), sas=(NARROW,)),
        f"fail warning: {SAYS} hq: 1380 (default) branch: 1380 (default), 1378 would fit",
    ),
    "the smaller of both holds": Case(
        around(settings(tcpmss=0), settings(tcpmss=1350), sas=(NARROW,)),
        f"pass: {SAYS} hq: no limit branch: 1350",
    ),
    "no limit at either end": Case(
        around(settings(tcpmss=0), {**settings(), "all_read": frozenset({"sysopt"})}),
        f"fail warning: {SAYS} hq: no limit branch: no limit, 1380 would fit",
    ),
    "the system options were not read": Case(
        around({}, settings()), f"unknown: {SAYS} the system options of hq were not read"
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the system options of hq were not read",
    ),
}
