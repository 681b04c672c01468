# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import BRANCH, at_hq, branch, hq, tunnel
from tests.rules.case import Case

NEW = Version(9, 18, 4, text="9.18(4)")

CASES = {
    "both speak IKEv2": Case(
        tunnel(hq(version=Version(8, 4)), branch(version=NEW)),
        "pass: hq-branch - releases - hq: 8.4(0) branch: 9.18(4)",
    ),
    "the oldest and the newest": Case(
        tunnel(hq(), branch(version=NEW)),
        (
            "fail info: hq-branch - releases - hq: 7.2(5) branch: 9.18(4): in common are only IKEv1, AES, "
            "SHA-1 and group 5"
        ),
    ),
    "the oldest and one before the removals": Case(
        tunnel(hq(version=Version(9, 8, 4)), branch()),
        (
            "fail info: hq-branch - releases - hq: 9.8(4) branch: 7.2(5): in common are only IKEv1, AES or "
            "3DES, SHA-1 or MD5 and group 5 or less"
        ),
    ),
    "a release was not read": Case(
        tunnel(hq(version=None), branch(version=NEW)),
        "unknown: hq-branch - releases - the release of hq was not read",
    ),
    "a peer of somebody else": Case(
        pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])[0],
        ("not_applicable: hq-198.51.100.2 - releases - 198.51.100.2 is declared foreign: judged from hq's end alone"),
    ),
}
