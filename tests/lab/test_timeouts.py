# SPDX-License-Identifier: GPL-3.0-or-later
"""Idle and session time-outs of the group-policy, and what brings a tunnel back."""

from __future__ import annotations

import pytest

from lab.testing import Typist
from tests.lab.two_ends import V2, Edit, added, both, call, ends, logged, quiet, spis


def policy(*lines: str) -> Edit:
    return added("group-policy DfltGrpPolicy attributes", *(f" {line}" for line in lines))


NONE = policy("vpn-idle-timeout none")


@pytest.mark.parametrize("edit", [str, V2])
def test_an_idle_tunnel_ends_after_thirty_minutes_by_default(edit: Edit) -> None:
    """Command reference, `vpn-idle-timeout`: 30 minutes, and DfltGrpPolicy is what L2L groups inherit."""
    lab = quiet(edit, both(edit, NONE))
    assert call(lab, "hq")
    lab.advance(1780)
    assert len(spis(ends(lab)[0])) == 1
    lab.advance(30)
    for device in ends(lab):
        assert not spis(device)
        assert not device.ike.sas


def test_the_end_of_an_idle_tunnel_is_logged_at_both_ends() -> None:
    """Syslog 713050 and 113019 with their reasons; the peer hears of it by a DELETE."""
    lab = quiet(branch=NONE)
    assert call(lab, "hq")
    lab.advance(1810)
    hq, branch = ends(lab)
    assert logged(hq, 713050) == [
        "Group = 203.0.113.1, IP = 203.0.113.1, Connection terminated for peer 203.0.113.1.  "
        "Reason: IPsec SA Idle Timeout  Remote Proxy 192.168.2.0, Local Proxy 192.168.1.0"
    ]
    assert logged(hq, 113019)[0].endswith("Reason: Idle Timeout")
    assert "Reason: Peer Terminate" in logged(branch, 713050)[0]


def test_the_next_interesting_packet_brings_an_idle_tunnel_back() -> None:
    lab = quiet()
    assert call(lab, "hq")
    lab.advance(1900)
    assert not spis(ends(lab)[0])
    assert call(lab, "branch", seconds=3)


def test_traffic_in_either_direction_keeps_a_tunnel() -> None:
    lab = quiet()
    assert call(lab, "hq")
    before = spis(ends(lab)[0])
    for end in ("hq", "branch", "hq", "branch"):
        lab.advance(1500)
        assert call(lab, end, seconds=1)
    assert spis(ends(lab)[0]) == before


def test_none_means_never() -> None:
    lab = quiet(NONE, NONE)
    assert call(lab, "hq")
    lab.advance(20000)
    assert len(spis(ends(lab)[0])) == 1
    assert "Idle Time Out: 0 Minutes" in Typist(lab, "hq").enable()("show vpn-sessiondb detail l2l")


def test_the_shorter_idle_timeout_ends_it() -> None:
    """Each end watches for itself; a policy of the tunnel-group goes before DfltGrpPolicy."""
    own = added(
        "group-policy SHORT internal", "group-policy SHORT attributes", " vpn-idle-timeout 5",
        "tunnel-group 198.51.100.1 general-attributes", " default-group-policy SHORT",
    )  # fmt: skip
    lab = quiet(NONE, own)
    assert call(lab, "hq")
    lab.advance(310)
    assert not spis(ends(lab)[0])
    assert logged(ends(lab)[1], 113019)[0].endswith("Reason: Idle Timeout")


def test_a_session_timeout_ends_a_busy_tunnel() -> None:
    """Command reference, `vpn-session-timeout`: in minutes, whatever the tunnel carries."""
    lab = quiet(policy("vpn-session-timeout 10"))
    assert call(lab, "hq", seconds=590)
    before = spis(ends(lab)[0])
    assert call(lab, "hq", seconds=20)
    assert spis(ends(lab)[0]) != before
    assert logged(ends(lab)[0], 113019)[0].endswith("Reason: Max time exceeded")
