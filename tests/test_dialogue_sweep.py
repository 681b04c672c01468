# SPDX-License-Identifier: GPL-3.0-or-later
"""One login's dialogue, in memory, split, cut, stalled and deceived at every byte."""

from __future__ import annotations

import re
import time

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import (
    ClosedError,
    Dialogue,
    DialogueError,
    LoginError,
    TimedOutError,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.screen import clean
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


def test_silence_at_every_byte_is_always_an_error() -> None:
    wanted, length = reference()
    for offset in range(length):
        answers: list[Answer] = []
        wire = Wire(device(), hush=offset)
        # The blank of the last prompt is all that may be missing.
        if offset == length - 1:
            whole_session(wire, answers)
        else:
            with pytest.raises((TimedOutError, LoginError)) as error:
                whole_session(wire, answers)
            assert re.match(
                r"hq: (no ASA prompt within 30 s|nothing came for [23]0 s and the prompt is)", str(error.value)
            )
            assert wire.now <= 30 + 20, "it is given up in time"
        assert answers == wanted[: len(answers)]


@pytest.mark.parametrize(
    "strange",
    [
        (b"hq# ",),
        (b"hq#",),
        (b"\r\nhq# ",),
        (b"\r\nhq# \r\n",),
        (b"\r\nhq# ", b"\r\nhq# "),
        (b"\r\nhq# ", b"\r\nhq# ", b"\r\nhq# \r\n"),
        (b"\r\nhq> ",),
        (b"\r\nhq(config)# ",),
        (b"\r\nbranch# ",),
        (b"\r\nPassword: ",),
        (b"\r\nremark ->",),
        (b"\r\n" + MORE.encode(),),
        (MORE.encode(), b"\r              \r"),
        (b"\r\n%ASA-5-111008: User 'enable_15' executed the 'show clock' command.\r\n",),
        (b"\r\n%ASA-5-111008: text\r\nhq# ",),
    ],
)
def test_what_the_device_never_said_at_every_byte(strange: tuple[bytes, ...]) -> None:
    """A prompt look-alike or a message in between, and a chunk that ends there: nobody can tell it from the end.

    It is found out all the same. Only the last answer before an error may be a part, as the reader of a login knows,
    and a login that ends in peace has nothing but whole ones: none lost a byte, or has one of another command.
    """
    wanted, length = reference()
    for offset in range(length):
        answers: list[Answer] = []
        wire = Wire(device(), slip=(offset, strange))
        try:
            whole_session(wire, answers)
            wire(wire.dialogue.settle())
        except DialogueError:
            answers = answers[:-1]
        for answer, whole in zip(answers, wanted, strict=False):
            assert answer.incomplete or is_whole(answer.text, whole.text, b"".join(strange)), f"at byte {offset}"


def is_whole(text: str, wanted: str, strange: bytes) -> bool:
    """Whether nothing of an output is missing and nothing is in it but, at one place, what came in between."""
    text, wanted, between = ("".join(each.split()) for each in (text, wanted, clean(strange)))
    return text == wanted or text in {wanted[:at] + between + wanted[at:] for at in range(len(wanted) + 1)}


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
