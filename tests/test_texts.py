# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that somebody else collected become snapshots."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.texts import snapshots


def test_one_text_a_command_is_one_reading() -> None:
    (only,) = snapshots("hq", {"show version": "7.2(5)", "show clock": "12:00"})
    assert [(output.command, output.text) for output in only.outputs] == [
        ("show version", "7.2(5)"),
        ("show clock", "12:00"),
    ]


def test_a_second_text_makes_a_second_reading_that_began_after_the_first_ended() -> None:
    first, second = snapshots("hq", {"show version": "7.2(5)", "show crypto ipsec sa": ["one", "two"]})
    assert [output.text for output in first.outputs] == ["7.2(5)", "one"]
    assert [output.text for output in second.outputs] == ["two"]
    assert first.finished <= second.started


@pytest.mark.parametrize(
    ("commands", "words"),
    [
        ("text", "hq: expected a dictionary of commands and their outputs, not str"),
        ({"show clock": ["1", "2", "3"]}, "hq: show clock: expected one text, or a list"),
        ({"show clock": []}, "hq: show clock: expected one text, or a list"),
        ({"show clock": [None]}, "hq: show clock: expected text, not NoneType"),
    ],
)
def test_what_is_no_text_is_refused(commands: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        snapshots("hq", commands)
