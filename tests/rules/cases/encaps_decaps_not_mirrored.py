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


def _in_turn(sent: int, arrived: int, back: int = 0, came_back: int = 0) -> Tunnel:
    """From hq to branch and back; branch was read right after hq, both times."""
    left = hq(at_hq(encaps=1000 + sent, decaps=1000 + came_back), then=[at_hq()])
    right = branch(at_branch(encaps=1000 + back, decaps=1000 + arrived), then=[at_branch()])
    return tunnel(_at(left, (0, 0.1), (45, 45.1)), _at(right, (0.4, 0.5), (45.4, 45.5)))


def _unproven(sent: int, arrived: int, back: int = 0, came_back: int = 0) -> str:
    return (
        f"unknown: hq-branch / {LANE} - loss on the way - hq: encaps +{sent} decaps +{came_back} branch: encaps "
        f"+{back} decaps +{arrived}: not counted over the same moments, which proves no loss"
    )


CASES = {
    "all arrive": Case(_passed(1000, 1000, 1000), f"pass: hq-branch / {LANE} - loss on the way - not more than 2 %"),
    "two per cent are lost": Case(
        _passed(1000, 980), f"pass: hq-branch / {LANE} - loss on the way - not more than 2 %"
    ),
    "three per cent are lost": Case(
        _passed(1000, 970),
        (
            f"fail warning: hq-branch / {LANE} - loss on the way - hq: encaps +1000 branch: decaps +970: at least 3 % "
            "are lost"
        ),
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
        _unproven(1000, 800),
    ),
    "an in-band login's own packets, more of which reach hq than branch has counted": Case(
        _in_turn(112, 72, 80, 115), _unproven(112, 72, 80, 115)
    ),
    "the same, beside much that comes back": Case(_in_turn(1112, 1030, 5000, 5030), _unproven(1112, 1030, 5000, 5030)),
    "a burst that nobody answers, while branch was not read yet": Case(_in_turn(1000, 50), _unproven(1000, 50)),
    "a burst that nobody answers, beside a few packets that come back": Case(
        _in_turn(1000, 50, 49, 49), _unproven(1000, 50, 49, 49)
    ),
    "few are missing, which a device may have sent to its log server while it was read": Case(
        _in_turn(120, 70, 100, 100), _unproven(120, 70, 100, 100)
    ),
    "a third is lost of what is answered, with the ends read in turn": Case(
        _in_turn(3000, 2000, 3000, 3010),
        (
            f"fail warning: hq-branch / {LANE} - loss on the way - hq: encaps +3000 branch: decaps +2000: at least "
            "27 % are lost"
        ),
    ),
    "both ways lose, which no moments of the readings can do": Case(
        _in_turn(3000, 2000, 3000, 2000),
        (
            f"fail warning: hq-branch / {LANE} - loss on the way - hq: encaps +3000 branch: decaps +2000: at least "
            "27 % are lost"
        ),
        (
            f"fail warning: hq-branch / {LANE} - loss on the way - branch: encaps +3000 hq: decaps +2000: at least "
            "26 % are lost"
        ),
    ),
    "most are lost, and branch was read around hq": Case(
        _passed(1000, 50),
        (
            f"fail warning: hq-branch / {LANE} - loss on the way - hq: encaps +1000 branch: decaps +50: at least 95 % "
            "are lost"
        ),
    ),
    "the readings of branch end before a packet of hq can have arrived": Case(
        tunnel(
            _at(hq(at_hq(encaps=2000), then=[at_hq()]), (2, 3), (33, 34)),
            _at(branch(at_branch(decaps=1950), then=[at_branch()]), (0, 1), (34.5, 35)),
        ),
        _unproven(1000, 950),
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
