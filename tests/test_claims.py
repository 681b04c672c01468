# SPDX-License-Identifier: GPL-3.0-or-later
"""Two devices that claim one address leave the rest of an audit unharmed."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.reports import judged_around_claims
from tests.build import branch, hq


def test_both_claimants_are_named_and_the_others_are_judged() -> None:
    judgements, problems = judged_around_claims([hq(), replace(hq(), name="hq-again"), branch()], ())
    (problem,) = problems
    assert problem.startswith("hq and hq-again both claim 203.0.113.1")
    assert problem.endswith("Until then the tunnels of hq and hq-again are not judged.")
    assert [judgement.tunnel.ends[0].name for judgement in judgements] == ["branch"]


def test_when_nothing_is_left_the_claim_is_what_is_said() -> None:
    judgements, problems = judged_around_claims([branch(), replace(branch(), name="branch-again"), hq()], ())
    assert [judgement.tunnel.ends[0].name for judgement in judgements] == ["hq"]
    assert "branch and branch-again both claim" in problems[0]
