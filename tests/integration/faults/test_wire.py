# SPDX-License-Identifier: GPL-3.0-or-later
"""The TCP connection breaks at sampled bytes of the SSH login: key exchange, host key, login, channel, terminal, shell.

A crash of libssh would end the whole test process here, as it ended a whole run of Ansible.
"""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

# What the server says until the shell is open, and a little of the dialogue behind it.
LENGTH = 4600
SECONDS = 1

STALLED = [
    rf"no answer within {SECONDS} s \(.*\)\. Is ansible_host right, .* Raise ansible_connect_timeout if it is only",
    rf"no ASA prompt within {SECONDS} s.*raise ansible_connect_timeout if it is slow",
    rf"nothing came for {SECONDS} s and the prompt is missing .*ansible_connect_timeout\)",
]
ENDED = [
    r"it ended the connection before a login \(.*\)\. Either it allows no SSH from here, or there is no common SSH",
    r"ssh connect failed: Connection reset by peer\. Check ansible_host and ansible_port, and that SSH is allowed from",
    r"it ended the connection during the login \(.*\)\. An ASA allows five logins at a time: see 'show ssh sessions'",
    r"logged in, but no shell was given \(.*\)\. An ASA allows five logins at a time: see 'show ssh sessions', and end",
    r"the device closed the connection.* Look at its log and at 'show ssh sessions', then run it again",
]


def broken(server: Any, login: Any, do: str, at: int) -> str:
    """What a login says whose wire breaks there."""
    connection = login(**server.wire(do, at), ansible_connect_timeout=SECONDS)
    started = time.monotonic()
    with pytest.raises(AnsibleConnectionFailure, match=r"^hq\b") as error:
        connection.run("show version")
    assert time.monotonic() - started < 4 * SECONDS + 2
    return str(error.value)


@pytest.mark.parametrize("at", range(0, LENGTH, 230))
@pytest.mark.parametrize("do", ["close", "reset"])
def test_the_connection_ends(server: Any, login: Any, do: str, at: int) -> None:
    message = broken(server, login, do, at)
    # Whether an answer to the password came, libssh tells only after its time-out.
    assert any(re.search(words, message) for words in (*ENDED, STALLED[0])), message


@pytest.mark.parametrize("at", [0, 900, 3450, 3620, 3700, 3760, 3850, 3920, 4010, 4300])
def test_the_connection_stalls(server: Any, login: Any, at: int) -> None:
    message = broken(server, login, "stall", at)
    assert any(re.search(words, message) for words in STALLED), message


def test_the_login_is_never_answered(login: Any) -> None:
    with pytest.raises(AnsibleConnectionFailure, match=STALLED[0]):
        login(shell="silent login", ansible_connect_timeout=SECONDS).run("show version")
