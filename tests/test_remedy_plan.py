# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tunnel a remediation is about, where a plan that was approved names one too."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.acting import Run
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.remedy import Remedy
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import State
from tests.build import tunnel


def remedy(planned: str, tmp_path: Path) -> Remedy:
    state = State.open(f"sqlite:///{tmp_path / 'state.sqlite'}")
    return Remedy(Settings(), {}, state, tmp_path / "decisions.jsonl", {"tunnel": planned}, "plan.json")


def run(left: str, right: str) -> Run:
    """A run on a tunnel of two devices of these names."""
    one = tunnel()
    ends = tuple(
        dataclasses.replace(end, device=dataclasses.replace(end.device, name=name))
        for end, name in zip(one.ends, (left, right), strict=True)
    )
    named: Any = SimpleNamespace(tunnel=dataclasses.replace(one, name=f"{left}-{right}", ends=ends))
    return cast(Run, named)


@pytest.mark.parametrize("planned", ["hq-branch", "branch-hq"])
def test_a_plan_is_for_the_tunnel_by_either_of_its_names(planned: str, tmp_path: Path) -> None:
    remedy(planned, tmp_path).require_meant(run("hq", "branch"))
    assert remedy(planned, tmp_path).named({"tunnel": ""}) == planned


@pytest.mark.parametrize("planned", ["hq-a-branch", "branch-hq-a"])
def test_a_plan_for_another_tunnel_of_the_same_words_is_not_for_this_one(planned: str, tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail) as refused:
        remedy(planned, tmp_path).require_meant(run("hq", "branch-a"))
    assert refused.value.message == (
        f"tunnel is 'hq-branch-a', and the plan plan.json is for '{planned}': leave one of them out. Nothing was sent"
    )


def test_a_plan_is_for_one_tunnel_and_not_for_all_that_are_broken(tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail) as refused:
        remedy("hq-branch", tmp_path).named({"tunnel": "all-broken"})
    assert refused.value.message == (
        "tunnel is 'all-broken', and the plan plan.json is for 'hq-branch': leave one of them out. Nothing was sent"
    )
