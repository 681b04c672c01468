# SPDX-License-Identifier: GPL-3.0-or-later
"""A login that changes its place, and with it the prompt; and a line that is sent without waiting for its answer."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import LoginError, Send, TimedOutError
from tests.dialogues import INVALID, Asa, Wire

CHANGE = "changeto context customer1"


@dataclass
class Multiple(Asa):
    """In multiple mode: the prompt tells the place, and the pager is the place's own."""

    base: str = "asa/act"
    pager: bool = False
    told: bool = True
    refuses: bool = False
    level: int = 15
    last: str = "#"
    name: str = "asa/act"

    def answer(self, line: str) -> str:
        if line.startswith("changeto"):
            if self.refuses:
                return INVALID
            where = line.split()[-1]
            self.name = self.base if where == "system" or not self.told else f"{self.base}/{where}"
            self.pager = True
        if line == "terminal pager 0":
            self.pager = False
        if line == "show pager":
            return "pager lines 24\r\n" if self.pager else "no pager\r\n"
        if line == "show curpriv":
            return f"Username : enable_15\r\nCurrent privilege level : {self.level}\r\n"
        return super().answer(line)


def changed(size: int = 10**9, **options: object) -> Wire:
    wire = Wire(Multiple(**options), size=size)  # type: ignore[arg-type]
    wire.login()
    wire.device.received.clear()
    return wire


@pytest.mark.parametrize("size", [10**9, 7, 1])
def test_the_prompt_of_the_new_place_is_learnt_and_the_old_one_ends_nothing(size: int) -> None:
    wire = changed(size)
    wire.device.outputs["show version"] = "asa/act# \r\nsomething\r\n"
    answer = wire(wire.dialogue.change_to(CHANGE))
    assert (answer.command, answer.text, answer.refusal) == (CHANGE, "", "")
    assert wire.dialogue.prompt == b"asa/act/customer1"
    assert wire.device.received == [CHANGE, "show curpriv", "terminal pager 0", "show pager"]
    assert wire.run("show version").text == "asa/act# \nsomething\n"
    wire(wire.dialogue.change_to("changeto system"))
    assert wire.dialogue.prompt == b"asa/act"
    assert wire.run("show clock").text == ""


def test_the_level_is_that_of_the_new_place() -> None:
    wire = changed()
    assert isinstance(wire.device, Multiple)
    wire.device.level = 3
    wire(wire.dialogue.change_to(CHANGE))
    assert wire.dialogue.privilege == 3


def test_the_last_output_of_the_new_place_can_be_proven_whole() -> None:
    wire = changed()
    wire(wire.dialogue.change_to(CHANGE))
    wire.run("show version")
    wire(wire.dialogue.settle())
    assert wire.device.received[-1] == "show curpriv"


def test_a_change_that_is_refused_stays_where_it_was() -> None:
    wire = changed(refuses=True)
    answer = wire(wire.dialogue.change_to(CHANGE))
    assert answer.refusal == "ERROR: % Invalid input detected at '^' marker."
    assert wire.dialogue.prompt == b"asa/act"
    assert wire.device.received == [CHANGE]
    assert wire.run("show version").text == ""


def test_a_prompt_that_does_not_tell_the_context_stays_the_same() -> None:
    wire = changed(told=False)
    wire(wire.dialogue.change_to(CHANGE))
    assert wire.dialogue.prompt == b"asa/act"


def test_a_pager_that_stays_on_there_is_refused() -> None:
    wire = changed()
    wire.device.outputs["terminal pager 0"] = ""
    with pytest.raises(LoginError, match="the pager is still on after it was turned off"):
        wire(wire.dialogue.change_to(CHANGE))


def test_a_device_that_goes_silent_in_the_change_is_told() -> None:
    wire = changed()
    wire.hush = wire.given + len(CHANGE) + 4
    with pytest.raises(TimedOutError, match="nothing came for 20 s"):
        wire(wire.dialogue.change_to(CHANGE))


@pytest.mark.parametrize("line", ["changeto context a\nreload", "changeto context ?", ""])
def test_more_than_one_line_is_never_typed(line: str) -> None:
    wire = changed()
    for conversation in (wire.dialogue.change_to(line), wire.dialogue.fire(line)):
        with pytest.raises(ValueError, match="one plain command line is sent at a time"):
            wire(conversation)
    assert wire.device.received == []


def test_a_line_that_is_fired_is_sent_and_nothing_is_read() -> None:
    wire = changed()
    line = "clear crypto ipsec sa peer 198.51.100.1"
    assert list(wire.dialogue.fire(line)) == [Send(line.encode() + b"\n")]
