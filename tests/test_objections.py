# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit must not end in peace when one of our devices was not read, whether or not a tunnel names it."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.action.judge import _objections
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Severity
from tests.build import hq


def test_a_device_that_lost_its_session_after_the_first_output_is_an_objection() -> None:
    cut = replace(hq(), config=None, problems=("hq could not be read: the device closed the connection",))
    assert cut.readable
    objections = _objections((cut,), (), Severity.CRITICAL, {}, unknown_too=True)
    assert objections == ["hq could not be read: the device closed the connection"]
    assert _objections((cut,), (), Severity.CRITICAL, {}, unknown_too=False) == []


def test_a_device_that_was_read_whole_is_none_though_a_line_was_not_understood() -> None:
    whole = replace(hq(), problems=("hq: 'show logging' has lines that are not understood: 1",))
    assert _objections((whole,), (), Severity.CRITICAL, {}, unknown_too=True) == []
