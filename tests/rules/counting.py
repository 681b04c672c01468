# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices that counted for all of their tunnels, and the cases that the rules about such counters share."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, IpsecEntry, IpsecStatistics
from tests.build import at_branch, at_hq, branch, half_read, hq, once, tunnel
from tests.rules.case import Case


def counted(device: Device, part: str, counter: str, *counts: int | None) -> Device:
    """The device with one counter of ``show crypto ipsec stats`` in its readings, oldest first."""
    readings = [
        replace(reading, statistics=None if count is None else IpsecStatistics(**{part: {counter: count}}))
        for reading, count in zip(device.readings, counts, strict=True)
    ]
    return replace(device, readings=tuple(readings))


def growth_cases(subject: str, part: str, counter: str, severity: str) -> dict[str, Case]:
    """Every way in which ``judge_growth`` can end, for one rule."""
    says = f"hq-branch - {subject}, device-wide -"

    def hq_counted(*counts: int | None, device: Device | None = None) -> Device:
        return counted(device or hq(at_hq()), part, counter, *counts)

    def branch_counted(*counts: int | None, device: Device | None = None) -> Device:
        return counted(device or branch(at_branch()), part, counter, *counts)

    return {
        "it stands still": Case(tunnel(hq_counted(7, 7), branch_counted(0, 0)), f"pass: {says} hq: +0 branch: +0"),
        "it grows while this tunnel shows nothing": Case(
            tunnel(hq_counted(7, 9), branch_counted(0, 0)),
            f"fail info: {says} hq: +2 branch: +0, and this tunnel shows no trouble of its own",
        ),
        "it grows with the receive errors of this tunnel": Case(
            tunnel(
                hq_counted(7, 7),
                branch_counted(1, 4, device=branch(received_badly(3), then=[received_badly(0)])),
            ),
            f"fail {severity}: {says} hq: +0 branch: +3, and branch's SAs of this tunnel count receive errors",
        ),
        "it grows with the receive errors of this tunnel, and packets pass": Case(
            tunnel(
                hq_counted(7, 7),
                branch_counted(1, 4, device=branch(received_badly(3, 1030), then=[received_badly(0)])),
            ),
            f"fail warning: {says} hq: +0 branch: +3, and branch's SAs of this tunnel count receive errors",
        ),
        "it grows while the SPIs do not mirror": Case(
            tunnel(hq(at_hq(outbound=(0xC1,))), branch_counted(1, 4)),
            f"fail {severity}: {says} branch: +3, and this tunnel's SPIs do not mirror",
            f"unknown: {says} `show crypto ipsec stats` of hq was not read",
        ),
        "it grows while one end alone has SAs": Case(
            tunnel(hq_counted(0, 0), branch_counted(1, 4, device=branch())),
            f"fail {severity}: {says} hq: +0 branch: +3, and hq alone has SAs for this tunnel",
        ),
        "it grows while nothing of this tunnel arrives": Case(
            tunnel(hq_counted(0, 0, device=hq(at_hq(encaps=1030), then=[at_hq()])), branch_counted(1, 4)),
            f"fail {severity}: {says} hq: +0 branch: +3, and branch decrypts nothing of what hq sends in this tunnel",
        ),
        "it was reset": Case(
            tunnel(hq_counted(7, 0), branch_counted(0, 0)),
            f"unknown: {says} hq's counters were reset between the readings",
        ),
        "read once": Case(
            tunnel(hq_counted(7, None), counted(once(branch(at_branch())), part, counter, 5)),
            f"unknown: {says} `show crypto ipsec stats` of hq was read once: growth needs two readings",
            f"unknown: {says} `show crypto ipsec stats` of branch was read once: growth needs two readings",
        ),
        "a release without it": Case(
            tunnel(counted(hq(at_hq()), part, "packets", 1, 2), branch_counted(0, 0)),
            f"unknown: {says} hq's release prints no such counter",
        ),
        "an end was not read": Case(
            half_read(),
            f"unknown: {says} `show crypto ipsec stats` of hq was not read",
            f"unknown: {says} `show crypto ipsec stats` of branch was not read",
        ),
    }


def received_badly(errors: int, packets: int = 1000) -> IpsecEntry:
    entry = at_branch(encaps=packets, decaps=packets)
    return replace(entry, counters={**entry.counters, "recv errors": errors})
