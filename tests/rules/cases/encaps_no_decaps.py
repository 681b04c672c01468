# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecEntry, Tunnel
from tests.build import at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case


def _split(inbound: int, outbound: int, at: Callable[..., IpsecEntry], grown: int = 0) -> list[IpsecEntry]:
    """The SA of the networks carries what hq sends, that of the hosts what branch answers."""
    hosts = {"local": "10.1.1.5/32", "remote": "10.2.1.5/32"}
    if at is at_branch:
        hosts = {"local": hosts["remote"], "remote": hosts["local"]}
    sends, receives = ("encaps", "decaps") if at is at_hq else ("decaps", "encaps")
    return [
        at(**{sends: 1000 + grown}),
        at(inbound=(inbound + 1,), outbound=(outbound + 1,), **hosts, **{receives: 1000 + grown}),
    ]


def _seconds_apart(**options: bool) -> Tunnel:
    """Hq was read 12 s before branch the first time, and at one time with it the second."""
    left, right = hq(at_hq(encaps=1030), then=[at_hq()]), branch(at_branch(), then=[at_branch()])
    then, now = right.readings
    return tunnel(left, replace(right, readings=(replace(then, started=12.0, finished=13.0), now)), **options)


CASES = {
    "what is sent arrives": Case(
        tunnel(
            hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()]),
            branch(at_branch(encaps=1030, decaps=1030), then=[at_branch()]),
        ),
        ("pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - none is lost between the readings"),
    ),
    "lost on the way": Case(
        tunnel(hq(at_hq(encaps=1030), then=[at_hq()])),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +30 "
            "decaps +0 branch: decaps +0: lost on the way"
        ),
    ),
    "refused for their SPI": Case(
        tunnel(hq(at_hq(encaps=1030, outbound=(0xC1,)), then=[at_hq(outbound=(0xC1,))])),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +30 "
            "decaps +0 branch: decaps +0: refused for their SPI"
        ),
    ),
    "one packet proves nothing without a stimulus": Case(
        tunnel(hq(at_hq(encaps=1001), then=[at_hq()])),
        (
            "unknown: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +1 decaps +0 "
            "branch: encaps +0 decaps +0: too few packets to tell"
        ),
    ),
    "one packet is proof with a stimulus": Case(
        tunnel(hq(at_hq(encaps=1001), then=[at_hq()]), stimulated=True),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +1 "
            "decaps +0 branch: decaps +0: lost on the way"
        ),
    ),
    "one direction passes and the other does not": Case(
        tunnel(hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()]), branch(at_branch(encaps=1030), then=[at_branch()])),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +30 "
            "decaps +30 branch: decaps +0: lost on the way"
        ),
    ),
    "the other end decrypts and does not answer, which decaps-no-encaps says": Case(
        tunnel(hq(at_hq(encaps=1030), then=[at_hq()]), branch(at_branch(decaps=1030), then=[at_branch()])),
        ("pass: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - none is lost between the readings"),
    ),
    "three SAs of one access list, and each way has its own": Case(
        tunnel(
            hq(*_split(0xA1, 0xB1, at_hq, 30), then=_split(0xA1, 0xB1, at_hq)),
            branch(*_split(0xB1, 0xA1, at_branch, 30), then=_split(0xB1, 0xA1, at_branch)),
        ),
        "pass: hq-branch / 2 proxy identities - packets on the way - none is lost between the readings",
    ),
    "a burst after branch was read the second time": Case(
        tunnel(hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()])),
        (
            "unknown: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +30 decaps +30 "
            "branch: encaps +0 decaps +0: the two readings do not show the same moments"
        ),
    ),
    "an in-band login's packets before branch was read, and one more of branch's own": Case(
        tunnel(
            hq(at_hq(encaps=1112, decaps=1081), then=[at_hq()]),
            branch(at_branch(encaps=1001), then=[at_branch()]),
        ),
        (
            "unknown: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +112 decaps +81 "
            "branch: encaps +1 decaps +0: the two readings do not show the same moments"
        ),
    ),
    "a burst that may have passed before branch was read": Case(
        _seconds_apart(),
        (
            "unknown: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +30 decaps +0 "
            "branch: encaps +0 decaps +0: the two readings do not show the same moments"
        ),
    ),
    "the same with a stimulus, which is sent while both ends count": Case(
        _seconds_apart(stimulated=True),
        (
            "fail critical: hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packets on the way - hq: encaps +30 "
            "decaps +0 branch: decaps +0: lost on the way"
        ),
    ),
    "counters were reset between the readings": Case(
        tunnel(hq(at_hq(encaps=3), then=[at_hq()])),
        ("not_applicable: hq-branch - packets on the way - no SAs at both ends with counters in both readings"),
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - packets on the way - the SAs of branch were not read (connection timed out)"
    ),
}
