# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, VpnSession
from tests.build import BRANCH, at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

SAYS = "hq-branch - last start -"
DAY = 86400
OLD = {"outbound": (0xC1,)}


def _ike(device: Device, age: int) -> Device:
    last = device.readings[-1]
    old = tuple(replace(sa, lifetime=DAY, lifetime_remaining=DAY - age) for sa in last.ike or ())
    return replace(device, readings=(device.readings[0], replace(last, ike=old)))


def _branch(uptime: int | None = 30 * DAY, **changes: Any) -> Device:
    return branch(at_branch(), uptime=uptime, **changes)


def _hq(age: int, **entry: Any) -> Device:
    return _ike(hq(at_hq(seconds=28700, **entry), uptime=30 * DAY), age)


CASES = {
    "both are up for long": Case(
        tunnel(_hq(3600), _branch()),
        f"pass: {SAYS} hq started 30d ago, branch's IPsec SA is 2h 26m old; "
        "branch started 30d ago, hq's IKE SA is 1h old",
    ),
    "branch was reloaded and hq did not notice": Case(
        tunnel(_hq(3600, **OLD), _branch(600)),
        f"fail warning: {SAYS} branch started 10m ago, hq's IKE SA is 1h old",
    ),
    "branch was reloaded and the SPIs mirror": Case(
        tunnel(_hq(3600), _branch(600)),
        f"fail info: {SAYS} branch started 10m ago, hq's IKE SA is 1h old, though the SPIs mirror",
    ),
    "a session from before the reload": Case(
        tunnel(
            replace(_hq(60, **OLD), sessions=(VpnSession(ip_addr=ip_address(BRANCH), duration=7200),)), _branch(600)
        ),
        f"fail warning: {SAYS} branch started 10m ago, hq's session is 2h old",
    ),
    "an hour is allowed": Case(
        tunnel(_hq(3600, **OLD), _branch(600)),
        f"pass: {SAYS} hq started 30d ago, branch's IPsec SA is 2h 26m old; "
        "branch started 10m ago, hq's IKE SA is 1h old",
        limits={"seconds": 3600},
    ),
    "SAs outlive a unit of a failover pair": Case(
        tunnel(_hq(3600, **OLD), _branch(600, failover="active")),
        f"not_applicable: {SAYS} branch is a failover pair, whose SAs outlive a unit",
        f"pass: {SAYS} hq started 30d ago, branch's IPsec SA is 2h 26m old",
    ),
    "failover is off": Case(
        tunnel(_hq(3600, **OLD), _branch(600, failover="off")),
        f"fail warning: {SAYS} branch started 10m ago, hq's IKE SA is 1h old",
    ),
    "no SA": Case(
        tunnel(hq(uptime=DAY, states=[]), branch(uptime=DAY, states=[])),
        f"not_applicable: {SAYS} no end has an SA whose age is known",
    ),
    "the uptime was not read": Case(
        tunnel(_hq(3600), _branch(None)),
        f"unknown: {SAYS} the uptime of branch was not read",
        f"pass: {SAYS} hq started 30d ago, branch's IPsec SA is 2h 26m old",
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the uptime of hq was not read",
        f"unknown: {SAYS} the uptime of branch was not read",
    ),
}
