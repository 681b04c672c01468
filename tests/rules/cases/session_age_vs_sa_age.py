# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, VpnSession
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

SAYS = "hq-branch - session age -"


def _sessions(device: Device, *sessions: VpnSession) -> Device:
    return replace(device, sessions=sessions)


def _hq(duration: int | None, peer: str = BRANCH) -> Device:
    return _sessions(hq(at_hq()), VpnSession(ip_address(peer), ip_addr=ip_address(peer), duration=duration))


def _branch(*durations: int | None) -> Device:
    sessions = [VpnSession(None, ip_addr=ip_address(HQ), duration=each) for each in durations]
    return _sessions(branch(at_branch()), *sessions)


def _aged(device: Device, seconds: int) -> Device:
    """The device without sessions, whose IKE SA is so old."""
    last = device.readings[-1]
    old = tuple(replace(sa, lifetime=86400, lifetime_remaining=86400 - seconds) for sa in last.ike or ())
    return _sessions(replace(device, readings=(device.readings[0], replace(last, ike=old))))


CASES = {
    "equally old": Case(tunnel(_hq(90061), _branch(90000)), f"pass: {SAYS} hq: 1d 1h branch: 1d 1h"),
    "branch lost its state": Case(
        tunnel(_hq(90061), _branch(605)),
        f"fail info: {SAYS} hq: 1d 1h branch: 10m 5s: branch began anew, and hq did not",
    ),
    "an hour is allowed": Case(
        tunnel(_hq(3600), _branch(605)), f"pass: {SAYS} hq: 1h branch: 10m 5s", limits={"seconds": 3600}
    ),
    "hq has no session and an older IKE SA": Case(
        tunnel(_aged(hq(at_hq()), 7200), _branch(605)),
        f"fail info: {SAYS} hq: 2h branch: 10m 5s: branch began anew, and hq did not",
    ),
    "an IKE SA that is younger than the session was rekeyed": Case(
        tunnel(_aged(hq(at_hq()), 60), _branch(7200)),
        f"not_applicable: {SAYS} hq: 1m branch: 2h: nothing to compare",
    ),
    "of two sessions the older one counts": Case(
        tunnel(_hq(7200), _branch(5, 7200)), f"pass: {SAYS} hq: 2h branch: 2h"
    ),
    "another peer's session": Case(
        tunnel(_hq(7200, "192.0.2.9"), _branch(7200)),
        f"not_applicable: {SAYS} hq: no session branch: 2h: nothing to compare",
    ),
    "the sessions were not read": Case(tunnel(_hq(7200)), f"unknown: {SAYS} the sessions of branch were not read"),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the sessions of hq were not read",
        f"unknown: {SAYS} the sessions of branch were not read",
    ),
}
