# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecEntry
from tests.build import at_branch, at_hq, branch, half_read, hq, tunnel
from tests.rules.case import Case


def _split(grown: int = 30) -> list[IpsecEntry]:
    """What comes in on the SA of a host goes back on that of its network."""
    return [
        at_branch(decaps=1000 + grown),
        at_branch(inbound=(0xB2,), outbound=(0xA2,), local="10.2.1.0/24", encaps=1000 + grown),
        at_branch(inbound=(0xB3,), outbound=(0xA3,), local="10.2.1.5/32", decaps=1000 + grown),
    ]


def _two_networks(grown: int = 30) -> list[IpsecEntry]:
    there = {"inbound": (0xB2,), "outbound": (0xA2,), "local": "10.3.0.0/16"}
    return [at_branch(decaps=1000 + grown), at_branch(**there, encaps=1000 + grown, decaps=1000 + grown)]


CASES = {
    "it answers": Case(
        tunnel(hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()]), stimulated=True),
        "pass: hq-branch - answers - no end decrypts without encrypting",
    ),
    "branch decrypts and never answers": Case(
        tunnel(right=branch(at_branch(decaps=1030), then=[at_branch()]), stimulated=True),
        "fail critical: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - answers - branch: decaps +30 encaps +0",
    ),
    "one-way traffic without a stimulus": Case(
        tunnel(right=branch(at_branch(decaps=1030), then=[at_branch()])),
        (
            "pass: hq-branch - answers - branch: decaps +30 encaps +0: one-way traffic is legal, and no "
            "stimulus was sent"
        ),
    ),
    "three SAs of one access list, and the answers of one go out on another": Case(
        tunnel(right=branch(*_split(), then=_split(0)), stimulated=True),
        "pass: hq-branch - answers - no end decrypts without encrypting",
    ),
    "one of two networks is not answered": Case(
        tunnel(right=branch(*_two_networks(), then=_two_networks(0)), stimulated=True),
        (
            "fail warning: hq-branch / 10.2.0.0/16 <-> 10.1.0.0/16 - answers - branch: decaps +30 encaps +0, "
            "though it answers on other proxy identities"
        ),
    ),
    "no SA": Case(
        tunnel(hq(), branch()), "not_applicable: hq-branch - answers - no SAs with counters in both readings"
    ),
    "an end was not read": Case(
        half_read(), "unknown: hq-branch - answers - the SAs of branch were not read (connection timed out)"
    ),
}
