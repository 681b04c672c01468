# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairing and judging take time in proportion to the tunnels: counted in lines that run, so that no clock decides."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device
from tests.bench import judging

OURS = "plugin_utils"
SMALL, LARGE = 20, 80


def lines(devices: list[Device]) -> int:
    """How many lines of ours run; a loop counts each time round."""
    ran = 0

    def count(frame: FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        nonlocal ran
        if OURS not in frame.f_code.co_filename:
            return None
        ran += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        judged = judge_all(devices)
    finally:
        sys.settrace(before)
    assert len(judged) > 0
    return ran


@pytest.mark.parametrize("scene", judging.SCENES)
def test_judging_is_linear(scene: str) -> None:
    make = judging.SCENES[scene]
    judge_all(make(2))
    small, large = lines(make(SMALL)), lines(make(LARGE))
    assert small > 100 * SMALL
    assert large / small < 1.1 * LARGE / SMALL


@pytest.mark.parametrize("scene", judging.SCENES)
def test_the_devices_of_the_benchmark_make_the_tunnels_that_it_counts(scene: str) -> None:
    judging.measure(judging.SCENES[scene](5), 5)
