# SPDX-License-Identifier: GPL-3.0-or-later
"""The device's output ends, stalls or is reset at sampled bytes of a whole session: an error, never a part for a whole.

In memory the same is done at every byte (tests/test_dialogue_sweep.py).
"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from tests.integration.faults.script import ENABLE, SHOWN, Script
from tests.integration.faults.script import Fault as HealthyDevice

COMMANDS = ("show version", "show clock", "show running-config")
WHOLE = [SHOWN[command].replace("\r\n", "\n") for command in COMMANDS]
TYPED = ("", "enable", ENABLE, "show curpriv", "terminal pager 0", "show pager", *COMMANDS, "show curpriv")


def length() -> int:
    script = Script(HealthyDevice())
    return len(script.start() + "".join("".join(script.keys(f"{line}\n")) for line in TYPED))


# 40 offsets, spread over the session and not on a regular grid.
OFFSETS = sorted({at * 997 % length() for at in range(40)})


def read(connection: Any) -> list[str]:
    """The outputs of a session, and those of one that failed."""
    outputs: list[str] = []
    try:
        for command in COMMANDS:
            answer = connection.run(command)
            assert not answer.incomplete
            outputs.append(answer.text)
        connection.settle()
    except AnsibleConnectionFailure as error:
        connection.failed = str(error)
    return outputs


def test_a_healthy_session(login: Any) -> None:
    assert read(login()) == WHOLE


@pytest.mark.parametrize(
    ("do", "at"),
    [("close", at) for at in OFFSETS] + [("stall", at) for at in OFFSETS] + [("reset", at) for at in OFFSETS[::4]],
)
def test_cut(login: Any, do: str, at: int) -> None:
    connection = login(at=at, do=do, ansible_connect_timeout=0.5, ansible_command_timeout=0.2)
    started = time.monotonic()
    outputs = read(connection)
    assert time.monotonic() - started < 5
    assert outputs == WHOLE[: len(outputs)]
    assert re.match(r"hq: ", connection.failed)
    if do == "stall":
        assert re.search(r"no ASA prompt within 0\.5 s|nothing came for 0\.[25] s and the prompt is", connection.failed)
        assert re.search(r"ansible_(connect|command)_timeout", connection.failed)
    else:
        assert "the device closed the connection" in connection.failed
        assert connection.failed.endswith("Look at its log and at 'show ssh sessions', then run it again")
