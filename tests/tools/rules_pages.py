# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pages about rules take from the tests: an example of each message, and of a tunnel as a document."""

from __future__ import annotations

import importlib
import json
import pkgutil
from dataclasses import replace
from datetime import datetime
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import tunnel_document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue.pages import generated
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    ClockReading,
    Device,
    GroupPolicy,
    NtpStatus,
    SaReading,
)
from tests import build
from tests.rules import cases


def rules_pages() -> dict[str, str]:
    """Every page about the rules, by its path below docs/."""
    return generated([check.rule for check in rules.load()], rules.missing(), _examples())


def tunnel_page() -> str:
    """A healthy tunnel with every field filled."""
    return json.dumps(tunnel_document(build.tunnel(_hq(), _branch())), indent=2) + "\n"


def _examples() -> dict[str, str]:
    """The first failure among the cases of each rule, by the limits as shipped."""
    found: dict[str, str] = {}
    for module in pkgutil.iter_modules(cases.__path__):
        every = importlib.import_module(f"{cases.__name__}.{module.name}").CASES.values()
        said = [words for case in every if not case.limits for words in case.says if words.startswith("fail ")]
        if said:
            found[module.name.replace("_", "-")] = said[0].partition(": ")[2]
    return found


def _hq() -> Device:
    return _whole(build.hq(build.at_hq(), config=build.hq_config(**_CONFIG)))


def _branch() -> Device:
    return _whole(build.branch(build.at_branch(), config=build.branch_config(**_CONFIG)))


_CONFIG: dict[str, Any] = {
    "map_changes": {"pfs": "group14"},
    "group_policies": {"DfltGrpPolicy": GroupPolicy("DfltGrpPolicy", protocols=("ikev1", "l2tp-ipsec"))},
    "management_access": "inside",
}


def _whole(device: Device) -> Device:
    return replace(
        device,
        hostname=device.name,
        groups=("asa", "emea"),
        uptime=86400,
        failover="Failover Off",
        clock=ClockReading(datetime(2026, 1, 1, 12, 0), "UTC", 0.0, 1.0, synchronized=True),
        ntp=NtpStatus(synchronized=True, stratum=3),
        readings=tuple(_read(each) for each in device.readings),
    )


def _read(reading: SaReading) -> SaReading:
    """The reading with what the tests' devices leave out."""
    ike = [
        replace(sa, encryption="aes-256", hash="SHA", lifetime=86400, lifetime_remaining=80000)
        for sa in reading.ike or ()
    ]
    return replace(reading, ipsec=tuple(replace(each, path_mtu=1500) for each in reading.ipsec or ()), ike=tuple(ike))
