# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines under a finding of the log: those that mean it, and the time line of the SAs once."""

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules.log_evidence import LATEST_LINES, check
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, hq, log, tunnel

AGREED = log("agreed at hq", 713049, spi=0xA1, peer=ip_address(BRANCH))
MADE = log("made at branch", 602303, spi=0xA1, peer=ip_address(HQ))
ELSEWHERE = log("made for another", 602303, spi=0xD1, peer=ip_address("192.0.2.9"))


def test_a_log_without_a_trace_still_tells_the_time_line() -> None:
    (finding,) = check(tunnel(hq(at_hq(), log=(AGREED, ELSEWHERE)), branch(at_branch(), log=(MADE,))))
    assert finding.evidence == ("hq: agreed at hq", "branch: made at branch")


def test_the_time_line_of_both_ends_stands_once() -> None:
    lost = log("lost", 713123, peer=ip_address(BRANCH))
    late = log("late", 713124, peer=ip_address(BRANCH))
    found = list(check(tunnel(hq(at_hq(), log=(AGREED, lost, late)), branch(at_branch(), log=(MADE,)))))
    assert [finding.evidence for finding in found] == [
        ("hq: lost", "hq: agreed at hq", "branch: made at branch"),
        ("hq: late",),
    ]


def test_a_long_time_line_shows_its_end() -> None:
    lines = tuple(log(f"line {number}", 602303, peer=ip_address(BRANCH)) for number in range(LATEST_LINES + 5))
    (finding,) = check(tunnel(hq(at_hq(), log=lines)))
    assert finding.evidence == tuple(f"hq: line {number}" for number in range(5, LATEST_LINES + 5))
