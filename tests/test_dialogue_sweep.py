# SPDX-License-Identifier: GPL-3.0-or-later
"""One login's dialogue, in memory, split, cut, stalled and deceived at every byte."""

from __future__ import annotations

import time

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import ClosedError, Dialogue
from tests.dialogues import MORE, Asa, Wire

SESSION = ("show version", "show crypto ipsec sa", "show running-config", "show clock")


def device() -> Asa:
    return Asa(
        banner=f"foo#\r\n{MORE}\r\nType help or '?'\r\n",
        outputs={
            "show version": "Cisco\r\nhq up 3 days\r\n",
            "show crypto ipsec sa": "interface: outside\r\n    current outbound spi: 0A\r\n  #pkts encaps: 5\r\n->\r\n",
            "show running-config": f"hostname hq\r\nbanner {MORE}\r\nbranch# \r\nremark hq#\r\nuser caf\xe9>\r\n",
            "show clock": "",
        },
    )


def whole_session(wire: Wire, answers: list[Answer]) -> Dialogue:
    """Run the session; ``answers`` keeps those that were returned before a failure."""
    dialogue = wire.login()
    for line in SESSION:
        answers.append(wire.run(line))
    return dialogue


def reference() -> tuple[list[Answer], int]:
    wire, answers = Wire(device()), []
    whole_session(wire, answers)
    return answers, wire.given


def test_split_at_every_byte_gives_the_same_answers() -> None:
    wanted, length = reference()
    assert wanted[2].text.splitlines()[1:] == [f"banner {MORE}", "branch# ", "remark hq#", "user caf\\xe9>"]
    for wire in [Wire(device(), ends=frozenset({offset})) for offset in range(1, length)] + [
        Wire(device(), size=size) for size in range(1, 40)
    ]:
        answers: list[Answer] = []
        dialogue = whole_session(wire, answers)
        assert answers == wanted
        assert (dialogue.prompt, dialogue.privilege) == (b"hq", 15)


def test_cut_at_every_byte_is_always_an_error() -> None:
    wanted, length = reference()
    for size in (10**9, 1):
        for offset in range(length):
            answers: list[Answer] = []
            wire = Wire(device(), cut=offset, size=size)
            # The blank of the last prompt is all that may be missing.
            if offset == length - 1:
                whole_session(wire, answers)
            else:
                with pytest.raises(ClosedError, match=r"^hq: the device closed the connection"):
                    whole_session(wire, answers)
            assert answers == wanted[: len(answers)]


def test_a_big_output_is_read_in_linear_time() -> None:
    line = b"      #pkts encaps: 123456, #pkts encrypt: 123456, #pkts digest: 123456\r\n"

    def seconds(megabytes: int) -> float:
        dialogue = Dialogue("hub")
        dialogue._set_prompt(b"hq", b"#")
        output = line * (megabytes * 1_000_000 // len(line))
        conversation = dialogue.command("show crypto ipsec sa")
        next(conversation)
        started = time.perf_counter()
        conversation.send(b"")
        conversation.send(b"show crypto ipsec sa\r\n")
        for start in range(0, len(output), 1024):
            conversation.send(output[start : start + 1024])
        with pytest.raises(StopIteration) as done:
            conversation.send(b"hq# ")
        took = time.perf_counter() - started
        assert len(done.value.value.text) == len(output.replace(b"\r", b""))
        return took

    small, big = seconds(5), seconds(50)
    assert big < 8
    assert big < 10 * small * 3
