# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan is carried out only when it would be made the same again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan.document import (
    PlanFileError,
    differences,
    document,
    load,
)
from tests.test_plan import mismatch, planned

AGAIN = "Make it with --check; it is plan.json in that run's folder"


def saved(plan: Plan) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(document(plan, "20260101T000000Z-remediate")))
    return found


def test_the_same_plan_has_no_differences() -> None:
    assert differences(saved(planned(mismatch())), planned(mismatch())) == []


def test_it_says_which_spis_are_new() -> None:
    now = planned(mismatch())
    before = saved(now)
    before["ends"][0]["spis"]["outbound"] = [0x11]
    assert differences(before, now) == [
        f"{now.ends[0].device}'s outbound SPIs were 0x00000011, and are 0x{now.ends[0].spis['outbound'][0]:08X}"
    ]


def test_it_says_that_the_order_has_changed() -> None:
    now = planned(mismatch())
    other = replace(now, ends=tuple(reversed(now.ends)))
    names = [end.device for end in now.ends]
    assert differences(saved(other), now) == [f"the order was {names[1]}, {names[0]}, and is {names[0]}, {names[1]}"]


def test_a_command_that_somebody_wrote_into_the_file_is_never_sent() -> None:
    now = planned(mismatch())
    before = saved(now)
    before["ends"][0]["clear"]["commands"] = ["clear crypto ipsec sa"]
    assert differences(before, now) == [
        f"the command at {now.ends[0].device} was clear crypto ipsec sa, and is {now.ends[0].clear.commands[0]}"
    ]


def test_another_cause_is_another_plan() -> None:
    now = planned(mismatch())
    assert differences(saved(now) | {"failing": ["sa-one-sided"]}, now) == [
        "what fails was sa-one-sided, and is spi-mirror-mismatch"
    ]


def test_a_damaged_plan_says_so() -> None:
    now = planned(mismatch())
    assert differences(saved(now) | {"ends": [3]}, now) == [
        "the saved plan is damaged (TypeError: 'int' object is not subscriptable)"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "{path} is no plan: Expecting property name enclosed in double quotes: line 1 column 2 (char 1). "),
        ("[]", "{path} is no plan: it names no tunnel and its ends. "),
        ('{"tunnel": "a-b"}', "{path} is no plan: it names no tunnel and its ends. "),
    ],
)
def test_a_file_that_is_no_plan_is_named(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(PlanFileError) as caught:
        load(path)
    assert str(caught.value) == words.format(path=path) + AGAIN


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanFileError) as caught:
        load(tmp_path / "plan.json")
    assert str(caught.value) == f"the plan {tmp_path / 'plan.json'} cannot be read: No such file or directory. {AGAIN}"


def test_a_plan_of_a_newer_release_is_not_guessed_at(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(saved(planned(mismatch())) | {"schema": 2}))
    with pytest.raises(PlanFileError) as caught:
        load(path)
    assert str(caught.value) == f"{path} is a plan of schema 2, and this release knows 1. Plan again"
