# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from tests.build import branch_config, config_tunnel, half_read, hq_config
from tests.rules.case import Case

CASES = {
    "both may do both": Case(
        config_tunnel(
            hq_config(map_changes={"connection_type": "bi-directional"}),
            branch_config(map_changes={"connection_type": "bidirectional"}),
        ),
        "pass: hq-branch / outside_map 10 - connection type - hq: bidirectional branch: bidirectional",
    ),
    "one answers and the other initiates": Case(
        config_tunnel(
            hq_config(map_changes={"connection_type": "answer-only"}),
            branch_config(map_changes={"connection_type": "originate-only"}),
        ),
        "pass: hq-branch / outside_map 10 - connection type - hq: answer-only branch: originate-only",
    ),
    "both only answer": Case(
        config_tunnel(*(each(map_changes={"connection_type": "answer-only"}) for each in (hq_config, branch_config))),
        ("fail critical: hq-branch / outside_map 10 - connection type - hq: answer-only branch: answer-only"),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - connection type - the configuration of branch was not read (connection timed out)"),
    ),
}
