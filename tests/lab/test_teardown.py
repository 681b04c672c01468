# SPDX-License-Identifier: GPL-3.0-or-later
"""Definitions that change under a tunnel: its SA goes with what it was made with."""

from __future__ import annotations

import pytest

from lab.site import Lab
from lab.testing import Typist
from tests.lab.test_dynamic_maps import DEFAULT_GROUP, DYNAMIC, IN_PLACE
from tests.lab.two_ends import V2, both, call, ends, quiet, spis

PROPOSAL = "crypto ipsec ikev2 ipsec-proposal P"


def typed(lab: Lab, *lines: str) -> list[str]:
    hq = Typist(lab, "hq").enable()
    return [hq(line) for line in ("configure terminal", *lines, "end")][1:-1]


@pytest.mark.parametrize(
    ("line", "torn"),
    [
        ("protocol esp encryption aes", True),
        ("protocol esp integrity sha-256", True),
        ("protocol esp encryption aes-256", False),
    ],
)
def test_a_proposal_that_changes_takes_its_sas_along(line: str, torn: bool) -> None:
    """VPN CLI guide, "IKEv1 Transform Sets and IKEv2 Proposals"; typed again as it was, it changes nothing."""
    lab = quiet(V2, V2)
    assert call(lab)
    before = set(spis(ends(lab)[0]))
    assert typed(lab, PROPOSAL, line) == ["", ""]
    assert (set(spis(ends(lab)[0])) == set()) is torn
    assert torn or set(spis(ends(lab)[0])) == before


@pytest.mark.parametrize(("release", "torn"), [("9.8(4)", True), ("9.16(4)", False)])
def test_without_its_line_a_proposal_has_what_the_release_takes_for_it(release: str, torn: bool) -> None:
    """3DES until 9.14, as in the command reference 8.4, `protocol esp`, and AES-256 since."""
    lab = quiet(V2, V2, (release, release))
    assert call(lab)
    typed(lab, PROPOSAL, "no protocol esp encryption aes-256")
    assert (spis(ends(lab)[0]) == []) is torn


def test_another_proposal_beside_it_takes_nothing_along() -> None:
    lab = quiet(V2, V2)
    assert call(lab)
    before = spis(ends(lab)[0])
    typed(lab, "crypto ipsec ikev2 ipsec-proposal OTHER", "protocol esp encryption aes-256", PROPOSAL)
    assert spis(ends(lab)[0]) == before


def test_the_sas_of_a_dynamic_map_go_with_its_place_and_come_again_at_another() -> None:
    """From practice: no source tells what becomes of them."""
    lab = quiet(both(DYNAMIC, DEFAULT_GROUP))
    assert call(lab, "branch")
    assert typed(lab, f"no {IN_PLACE}") == [""]
    assert spis(ends(lab)[0]) == []
    assert not call(lab, "branch")
    assert typed(lab, IN_PLACE.replace("65535", "1000")) == [""]
    assert call(lab, "branch")
    assert call(lab, "hq", seconds=1)
