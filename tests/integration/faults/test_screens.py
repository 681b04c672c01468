# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands on the screen is odd: look-alikes of the prompt, pagers, echoes, log lines, line ends, 8-bit text."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure

from tests.integration.faults.script import INVALID, MORE, PAUSE, SHOWN

WHOLE = SHOWN["show version"].replace("\r\n", "\n")
LONG = "show running-config all tunnel-group 198.51.100.2 ipsec-attributes"


def failure(connection: Any, command: str = "show version") -> str:
    with pytest.raises(AnsibleConnectionFailure) as error:
        connection.exec_command(command)
    return str(error.value)


def shown(connection: Any, command: str = "show version") -> str:
    """An output that `raw` returns, so that it was proven whole."""
    code, text, refusal = connection.exec_command(command)
    assert (code, refusal) == (0, b"")
    return str(text.decode())


# --- prompts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "access-list A remark ->",
        "description to core#",
        "branch# ",
        "branch# show version",
        "hq> ",
        " hq# ",
        "hq(config)# no shutdown",
        "root@host:~$ ",
        "Password: ",
        MORE,
    ],
)
def test_a_line_that_looks_like_a_prompt_is_text(login: Any, line: str) -> None:
    """The device pauses behind it, so that for a while it is the last that came."""
    connection = login(answers={"show version": f"first\r\n{line}{PAUSE}\r\nlast\r\n"})
    assert shown(connection) == f"first\n{line}\nlast\n"


@pytest.mark.parametrize(
    "line",
    [
        "hq# ",
        "hq(config)# ",
        f"hq# {PAUSE}\r\nhq# ",
        f"hq# {PAUSE}show clock\r\nhq# ",
        "hq# show clock\r\nhq# ",
        "show curpriv\r\nhq# ",
    ],
)
def test_the_very_prompt_in_an_output_is_found_out(login: Any, line: str) -> None:
    answers = {"show version": f"first\r\n{line}{PAUSE}\r\nsecond\r\n"}
    message = failure(login(answers=answers))
    assert message.startswith(
        "hq: more bytes of this output came after the prompt, so it was cut (command: 'show version'); last bytes seen:"
    )
    assert message.endswith("second\\r\\nhq#'. Trust nothing that was read in this login; run it again")
    connection = login(answers=answers)
    assert connection.run("show version").text.startswith(("first\n", "show curpriv\n"))
    with pytest.raises(AnsibleConnectionFailure, match=r"^hq: .* (output|it) was cut \(command: "):
        go_on(connection)


def go_on(connection: Any) -> None:
    """The next command of a login, and its end: one of them tells that the output before was cut."""
    connection.run("show clock")
    connection.settle()


@pytest.mark.parametrize(
    "banner",
    [
        "hq> \r\nhq> \r\n",
        f"hq> {PAUSE}\r\nhq# {PAUSE}\r\nWelcome\r\n",
        f"foo# {PAUSE}\r\n",
        f"root@host:~$ {PAUSE}\r\nAuthorized users only!\r\n",
        f"{MORE}{PAUSE}\r\nProperty of hq#\r\n",
        f"Ask the help desk for a password: 555-0100{PAUSE}\r\n",
    ],
)
def test_a_banner_that_holds_prompts(login: Any, banner: str) -> None:
    assert shown(login(banner=banner)) == WHOLE


@pytest.mark.parametrize("name", ["branch", "hq/customer"])
def test_a_hostname_or_a_context_that_changes(login: Any, name: str) -> None:
    connection = login(renamed={"show version": name}, ansible_command_timeout=0.4)
    message = failure(connection)
    assert message.startswith("hq: nothing came for 0.4 s and the prompt is missing (command: 'show version'); last by")
    assert message.endswith(
        f"{name}# '. It was 'hq#' before: did the hostname, the context or the prompt change? Then run it again"
    )
    assert failure(connection).startswith("hq: "), "it logs in anew rather than go on"


# --- pager and echo ----------------------------------------------------------------------------------------------


def test_a_pager_that_says_it_is_off(login: Any) -> None:
    connection = login(pages=True)
    assert failure(connection, "show running-config") == (
        "hq: 'show running-config': the pager stopped the output although it was turned off. Log in by hand and see "
        "what 'show pager' answers"
    )
    assert shown(connection) == WHOLE


@pytest.mark.parametrize("scroll", [False, True])
@pytest.mark.parametrize("size", [0, 1])
def test_an_echo_of_a_narrow_terminal(login: Any, scroll: bool, size: int) -> None:
    connection = login(columns=50, scroll=scroll, size=size, answers={LONG: SHOWN["show version"]})
    assert shown(connection, LONG) == WHOLE


# --- log lines ---------------------------------------------------------------------------------------------------

LOG = "%ASA-5-111008: User 'enable_15' executed the 'show version' command."


@pytest.mark.parametrize("at", ["first", "fir", "first\r\nlast", "first\r\nlast\r\n"])
@pytest.mark.parametrize("size", [0, 1])
def test_a_message_within_an_output_is_kept_with_it(login: Any, at: str, size: int) -> None:
    """Whoever parses the output finds a line that it does not know; nothing of the output is lost."""
    text = "first\r\nlast\r\n"
    with_log = f"{at}{PAUSE}{LOG}\r\n{text.removeprefix(at)}"
    connection = login(answers={"show version": with_log}, size=size, pause=0.1)
    assert "".join(shown(connection).split()) == "".join(with_log.replace(PAUSE, "").split())


def test_a_message_right_behind_the_prompt(login: Any) -> None:
    connection = login(after={"show version": f"\r\n{LOG}\r\n"}, ansible_command_timeout=0.4)
    message = failure(connection)
    assert message.startswith("hq: ")
    assert "executed the 'show version' command" in message or LOG in message


def test_a_message_between_two_outputs(login: Any) -> None:
    connection = login(after={"show version": f"{PAUSE}\r\n{LOG}\r\nhq# "})
    assert connection.run("show version").text == WHOLE
    time.sleep(0.5)
    with pytest.raises(AnsibleConnectionFailure) as error:
        connection.run("show clock")
    assert str(error.value) == (
        "hq: bytes of an earlier output came before the echo, so that output was cut (command: 'show clock'); last "
        f'bytes seen: "{LOG}\\r\\nhq#". Trust nothing that was read in this login; run it again'
    )


# --- line ends and characters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("newline", ["\r\n", "\n\r", "\r\r\n", "\r\n\r", "\n"])
@pytest.mark.parametrize("size", [0, 1])
def test_line_ends(login: Any, newline: str, size: int) -> None:
    assert shown(login(newline=newline, size=size)) == WHOLE


def test_lone_carriage_returns_within_an_output(login: Any) -> None:
    assert shown(login(answers={"show version": "first\rsecond\r\rthird\r\n"})) == "first\nsecond\nthird\n"


def test_nothing_but_carriage_returns_is_an_error(login: Any) -> None:
    message = failure(login(newline="\r", ansible_connect_timeout=1))
    assert message.startswith(
        "hq: nothing came for 1 s and the prompt is missing (command: 'enable'); last bytes seen:"
    )


@pytest.mark.parametrize(
    ("encoding", "text", "wanted"),
    [
        ("latin-1", "caf\xe9 \xff", "caf\\xe9 \\xff"),
        ("utf-8", "caf\xe9 \u2192", "caf\xe9 \u2192"),
        ("utf-8", "broken \udcc3( \udce2\udc82", "broken \\xc3( \\xe2\\x82"),
        ("utf-8", "nul \x07 bell \x1b[1m", "nul \x07 bell \x1b[1m"),
    ],
)
@pytest.mark.parametrize("size", [0, 1])
def test_eight_bits(login: Any, encoding: str, text: str, wanted: str, size: int) -> None:
    connection = login(encoding=encoding, answers={"show version": f"{text}\r\n"}, banner=f"{text}\r\n", size=size)
    assert shown(connection) == f"{wanted}\n"


# --- much and slow -----------------------------------------------------------------------------------------------


def test_fifty_megabytes(login: Any) -> None:
    line, count = "      #pkts encaps: 123456, #pkts encrypt: 123456, #pkts digest: 123456\r\n", 700_000
    connection = login(answers={"show version": line}, repeat={"show version": count})
    text = shown(connection)
    assert len(text) > 50_000_000
    assert text == line.replace("\r\n", "\n") * count
    assert shown(connection, "show clock") == SHOWN["show clock"].replace("\r\n", "\n")


def test_byte_by_byte_is_not_silence(login: Any) -> None:
    connection = login(size=1, every=0.008, banner="", ansible_command_timeout=0.2)
    started = time.monotonic()
    assert connection.run("show clock").text == SHOWN["show clock"].replace("\r\n", "\n")
    assert time.monotonic() - started > 2 * 0.2


def test_a_banner_that_takes_longer_than_a_login_may(login: Any) -> None:
    connection = login(size=1, every=0.02, banner="Welcome\r\n" * 12, ansible_connect_timeout=1)
    assert re.fullmatch(
        r"hq: no ASA prompt within 1 s; last bytes seen: '.*Wel.*'\. Expected a prompt such as 'hostname>' or "
        "'hostname#'; raise ansible_connect_timeout if it is slow",
        failure(connection),
    )


# --- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ("Command authorization failed\r\n", "Command authorization failed"),
        (INVALID, "ERROR: % Invalid input detected at '^' marker."),
        ("ERROR: % Incomplete command\r\n", "ERROR: % Incomplete command"),
        ("ERROR: Command requires failover license\r\n", "ERROR: Command requires failover license"),
    ],
)
def test_what_the_device_refuses(login: Any, answer: str, refusal: str) -> None:
    connection = login(answers={"show version": answer})
    code, _, words = connection.exec_command("show version")
    assert (code, words.decode()) == (1, refusal)
    assert shown(connection, "show clock") == SHOWN["show clock"].replace("\r\n", "\n")


def test_the_words_of_a_refusal_within_an_output_are_text(login: Any) -> None:
    text = "line\r\n" * 6 + "%ASA-4-713903: ERROR: Unable to remove PeerTblEntry\r\nERROR: % Invalid input\r\n"
    assert shown(login(answers={"show version": text})) == text.replace("\r\n", "\n")
