# SPDX-License-Identifier: GPL-3.0-or-later
"""Turning DPD on at both ends, driven in memory against two small devices that can fail at any step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Configure, Hardener, HardenError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Ask, LostError, Note, Shield
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import enable_dpd

PEERS = {"hq": "203.0.113.1", "branch": "198.51.100.1"}
WANTED = enable_dpd.wanted(10, 2)


@dataclass
class Device:
    """The part of an ASA that hardening sees. ``line`` is its keepalive; ``fails`` are the steps it fails at."""

    group: str
    line: str = " isakmp keepalive disable"
    refuses: bool = False
    ignores: bool = False
    lost_at: int | None = None
    saved: str = "[OK]\n"
    asked: Iterator[int] = field(default_factory=count)

    def ask(self, command: str) -> Answer:
        self._maybe_lost()
        if command == "write memory":
            return Answer(command, f"Building configuration...\n{self.saved}")
        text = (
            f"tunnel-group {self.group} type ipsec-l2l\n"
            f"tunnel-group {self.group} ipsec-attributes\n pre-shared-key *\n{self.line}\n"
        )
        return Answer(command, text)

    def configure(self, lines: tuple[str, ...]) -> ConfigAnswer:
        self._maybe_lost()
        if self.refuses:
            return ConfigAnswer((), lines[1], "Command authorization failed")
        if not self.ignores:
            self.line = lines[1]
        return ConfigAnswer(tuple(Answer(line, "") for line in lines))

    def _maybe_lost(self) -> None:
        if next(self.asked) == self.lost_at:
            raise LostError("the device closed the connection")


def harden(devices: dict[str, Device], **options: bool) -> tuple[Hardener, list[str]]:
    """Run it and return the hardener with a line for everything that was sent or noted."""
    hardener = Hardener(dict(PEERS), WANTED, clock=lambda: 0.0, **options)
    talk, reply, error = hardener.run(), None, None
    story: list[str] = []
    try:
        while True:
            request = talk.throw(error) if error else talk.send(reply)
            reply = error = None
            try:
                if isinstance(request, Ask):
                    reply = devices[request.device].ask(request.command)
                    if not request.command.startswith("show"):
                        story.append(f"{request.device}: {request.command}")
                elif isinstance(request, Configure):
                    story.append(f"{request.device}: {request.lines[1].strip()}")
                    reply = devices[request.device].configure(request.lines)
                elif isinstance(request, Note):
                    story.append(f"note {request.event} {request.device}")
                elif isinstance(request, Shield):
                    story.append("shield up" if request.up else "shield down")
            except LostError as lost:
                error = lost
    except StopIteration:
        return hardener, story
    except HardenError as stopped:
        story.append(f"stopped: {stopped}")
        return hardener, story


def pair(**branch: object) -> dict[str, Device]:
    return {"hq": Device(PEERS["hq"]), "branch": Device(PEERS["branch"], **branch)}  # type: ignore[arg-type]


ON = "isakmp keepalive threshold 10 retry 2"


def test_both_ends_are_written_and_every_write_is_noted_first() -> None:
    devices = pair()
    hardener, story = harden(devices)
    assert story == [
        "shield up",
        "note configure hq",
        f"hq: {ON}",
        "note configured hq",
        "note configure branch",
        f"branch: {ON}",
        "note configured branch",
        "shield down",
    ]
    assert hardener.done
    assert {device.line.strip() for device in devices.values()} == {ON}


@pytest.mark.parametrize("line", [f" {ON}", ""])
def test_a_value_in_effect_is_left_alone_printed_or_not(line: str) -> None:
    devices = pair(line=line)
    devices["hq"].line = line
    hardener, story = harden(devices)
    assert story == []
    assert [change.step for change in hardener.changes] == [None, None]


def test_only_the_end_that_lacks_it_is_written() -> None:
    hardener, story = harden(pair(line=f" {ON}"))
    assert [line for line in story if ON in line] == [f"hq: {ON}"]
    assert hardener.done


def test_check_mode_reads_and_writes_nothing() -> None:
    hardener, story = harden(pair(), check=True, save=True)
    assert story == []
    assert [change.diff["after"] for change in hardener.changes] == [
        f"tunnel-group {peer} ipsec-attributes\n {ON}\n" for peer in PEERS.values()
    ]


@pytest.mark.parametrize(
    ("branch", "words"),
    [
        (
            {"refuses": True},
            "branch: the device refused 'isakmp keepalive threshold 10 retry 2': Command authorization",
        ),
        ({"ignores": True}, "branch: after the change it still shows disabled"),
        ({"lost_at": 1}, "branch: the device closed the connection"),
    ],
)
def test_when_the_second_end_fails_the_first_is_set_back(branch: dict[str, object], words: str) -> None:
    devices = pair(**branch)
    hardener, story = harden(devices)
    assert story[-1].startswith(f"stopped: {words}")
    assert "hq is as it was (disabled)" in story[-1]
    assert devices["hq"].line == " isakmp keepalive disable"
    assert not hardener.done


def test_a_first_end_that_cannot_be_set_back_is_said_loudly() -> None:
    devices = pair(refuses=True)
    devices["hq"].lost_at = 3
    _, story = harden(devices)
    assert "hq COULD NOT BE SET BACK (the device closed the connection)" in story[-1]
    assert "look at 'show running-config all tunnel-group 203.0.113.1' there" in story[-1]


def test_nothing_is_written_when_an_end_cannot_be_read() -> None:
    devices = pair(lost_at=0)
    _, story = harden(devices)
    assert story == ["stopped: nothing was written: the device closed the connection"]


def test_saving_happens_only_when_asked_and_must_end_in_ok() -> None:
    _, story = harden(pair(), save=True)
    assert story[-2:] == ["note save branch", "branch: write memory"]
    _, story = harden(pair(saved="% disk full\n"), save=True)
    assert story[-1].startswith("stopped: branch: DPD is on, but 'write memory' did not end in [OK]")


@pytest.mark.parametrize(("threshold", "retry"), [(9, 2), (3601, 2), (10, 1), (10, 11)])
def test_a_value_the_device_would_refuse_is_refused_here(threshold: int, retry: int) -> None:
    with pytest.raises(ValueError, match="the threshold is 10 to 3600 seconds, the retry 2 to 10 seconds"):
        enable_dpd.wanted(threshold, retry)
