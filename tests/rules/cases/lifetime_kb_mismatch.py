# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import config_tunnel, half_read, hq_config, tunnel
from tests.rules.case import Case

CASES = {
    "the same": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - IPsec volume - hq: 4608000 kB branch: 4608000 kB",
    ),
    "unlimited at hq": Case(
        config_tunnel(hq_config(map_changes={"lifetime_kilobytes": 0})),
        "fail warning: hq-branch / outside_map 10 - IPsec volume - hq: unlimited branch: 4608000 kB",
    ),
    "half at hq": Case(
        config_tunnel(hq_config(lifetime_kilobytes=2304000)),
        "fail info: hq-branch / outside_map 10 - IPsec volume - hq: 2304000 kB branch: 4608000 kB",
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - IPsec volume - the configuration of branch was not read (connection timed out)"),
    ),
}
