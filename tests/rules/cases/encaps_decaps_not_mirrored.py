# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Tunnel
from tests.build import LANE, at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case


def _at(device: Device, *moments: tuple[float, float]) -> Device:
    """The device read at these moments."""
    pairs = zip(device.readings, moments, strict=True)
    return replace(device, readings=tuple(replace(each, started=a, finished=b) for each, (a, b) in pairs))


def _passed(sent: int, arrived: int, back: int = 0) -> Tunnel:
    """From hq to branch; branch was read before and after hq, so that it counted all that hq sent."""
    left = hq(at_hq(encaps=1000 + sent, decaps=1000 + back), then=[at_hq()])
    right = branch(at_branch(encaps=1000 + back, decaps=1000 + arrived), then=[at_branch()])
    return tunnel(_at(left, (2, 3), (33, 34)), _at(right, (0, 1), (35, 36)))


CASES = {
    "all arrive": Case(_passed(1000, 1000, 1000), f"pass: hq-branch / {LANE} - loss on the way - not more than 2 %"),
    "two per cent are lost": Case(
        _passed(1000, 980), f"pass: hq-branch / {LANE} - loss on the way - not more than 2 %"
    ),
    "three per cent are lost": Case(
        _passed(1000, 970),
        f"fail warning: hq-branch / {LANE} - loss on the way - hq: encaps +1000 branch: decaps +970: 3 % are lost",
    ),
    "three per cent are allowed": Case(
        _passed(1000, 970),
        f"pass: hq-branch / {LANE} - loss on the way - not more than 5 %",
        limits={"loss_percent": 5},
    ),
    "what the other way carries may be the moments of the readings": Case(
        _passed(1000, 1000, 500), f"pass: hq-branch / {LANE} - loss on the way - not more than 2 %"
    ),
    "fewer arrive while the ends were read seconds apart": Case(
        tunnel(hq(at_hq(encaps=2000), then=[at_hq()]), branch(at_branch(decaps=1800), then=[at_branch()])),
        (
            f"unknown: hq-branch / {LANE} - loss on the way - hq: encaps +1000 branch: decaps +800: the moments of the "
            "readings are too far apart to call it loss"
        ),
    ),
    "most are lost, however far apart": Case(
        tunnel(hq(at_hq(encaps=2000), then=[at_hq()]), branch(at_branch(decaps=1050), then=[at_branch()])),
        f"fail warning: hq-branch / {LANE} - loss on the way - hq: encaps +1000 branch: decaps +50: 95 % are lost",
    ),
    "nothing arrives, which encaps-no-decaps says": Case(
        _passed(1000, 0),
        "not_applicable: hq-branch - loss on the way - fewer than 50 packets between the readings",
    ),
    "a handful of packets": Case(
        _passed(49, 20), "not_applicable: hq-branch - loss on the way - fewer than 50 packets between the readings"
    ),
    "counters were reset": Case(
        tunnel(hq(at_hq(encaps=3), then=[at_hq()])),
        "not_applicable: hq-branch - loss on the way - fewer than 50 packets between the readings",
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - loss on the way - the SAs of branch were not read (connection timed out)"
    ),
}
