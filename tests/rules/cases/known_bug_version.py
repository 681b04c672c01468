# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, IpsecStatistics, Tunnel, Version
from tests.build import at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case

SAYS = "hq-branch - release -"
WELL = "branch: 7.2(5) is not listed"
LOST = "CSCsd48512 (peers that reconnect get no traffic through, and missing SA failures grow"
VOLUME = "CSCtq57752 (an SA whose volume is used up is not rekeyed"
NOTES = "look at its release notes"


def of(version: Version | None, *sas: Any, **changes: Any) -> Device:
    return hq(*(sas or (at_hq(),)), version=version, **changes)


def missing(device: Device, *counts: int) -> Device:
    """The device with so many missing SA failures in its readings."""
    readings = [
        replace(reading, statistics=IpsecStatistics(totals={"missing_sa_failures": count}))
        for reading, count in zip(device.readings, counts, strict=True)
    ]
    return replace(device, readings=tuple(readings))


def with_branch(device: Device) -> Tunnel:
    return tunnel(device, branch(at_branch()))


CASES = {
    "not listed": Case(tunnel(), f"pass: {SAYS} hq: 7.2(5) is not listed {WELL}"),
    "an early 7.2": Case(
        with_branch(of(Version(7, 2, 0, 30, "7.2(0)30"))),
        f"fail info: {SAYS} hq: 7.2(0)30 is listed for {LOST}): {NOTES} {WELL}",
    ),
    "an early 7.2, and the failures grow": Case(
        with_branch(missing(of(Version(7, 0, 4)), 10, 12)),
        f"fail warning: {SAYS} hq: 7.0(4) is listed for {LOST}, as is seen here): {NOTES} {WELL}",
    ),
    "the interim release that mends it": Case(
        with_branch(of(Version(7, 0, 4, 13))), f"pass: {SAYS} hq: 7.0(4) is not listed {WELL}"
    ),
    "8.6(1)": Case(
        with_branch(of(Version(8, 6, 1))), f"fail info: {SAYS} hq: 8.6(1) is listed for {VOLUME}): {NOTES} {WELL}"
    ),
    "8.6(1), and no volume is left": Case(
        with_branch(of(Version(8, 6, 1), at_hq(kilobytes=0))),
        f"fail warning: {SAYS} hq: 8.6(1) is listed for {VOLUME}, as is seen here): {NOTES} {WELL}",
    ),
    "8.6(1)5": Case(with_branch(of(Version(8, 6, 1, 5, "8.6(1)5"))), f"pass: {SAYS} hq: 8.6(1)5 is not listed {WELL}"),
    "a failover pair that keeps what it replaced": Case(
        with_branch(of(Version(9, 12, 4), at_hq(inbound=(0xA1, 0xA2)), failover="active")),
        f"fail warning: {SAYS} hq: 9.12(4) shows what CSCwc48375 describes (a failover pair keeps inbound SAs that "
        f"it has replaced): {NOTES} {WELL}",
    ),
    "the same without failover": Case(
        with_branch(of(Version(9, 12, 4), at_hq(inbound=(0xA1, 0xA2)), failover="off")),
        f"pass: {SAYS} hq: 9.12(4) is not listed {WELL}",
    ),
    "the release was not read": Case(with_branch(of(None)), f"unknown: {SAYS} the release of hq was not read"),
    "an end was not read": Case(half_read(), f"unknown: {SAYS} the release of branch was not read"),
}
