# SPDX-License-Identifier: GPL-3.0-or-later
"""Lanes: which SAs of the two ends belong together when the ends cut the same traffic differently."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import _overlapping
from tests.build import identities


def test_identities_that_overlap_through_a_third_make_one_lane() -> None:
    mine = [identities(local=net) for net in ("10.1.1.0/24", "10.1.2.0/24", "10.1.0.0/21")]
    theirs = [identities(local=net) for net in ("10.1.1.0/25", "10.1.2.0/25")]
    (group,) = _overlapping(mine, theirs)
    assert len(group) == len(set(group)) == 5
