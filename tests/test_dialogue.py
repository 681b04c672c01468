# SPDX-License-Identifier: GPL-3.0-or-later
"""One login's dialogue, in memory: every prompt, every refusal, every odd line end."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import (
    ClosedError,
    LoginError,
    OutOfStepError,
    TimedOutError,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.screen import clean
from tests.dialogues import CURPRIV, MORE, SHORT, Asa, Wire, logged_in


def refused(kind: type[Exception], device: Asa, password: str | None = "secret", **wire: int) -> str:
    """What a login fails with."""
    with pytest.raises(kind) as error:
        Wire(device, **wire).login(password)  # type: ignore[arg-type]
    return str(error.value)


# --- login -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hq", "hq/context", "ctx/pri/act", "hq.example.com", "ASA-5505/act", "7fw_1"])
@pytest.mark.parametrize("last", [">", "#"])
@pytest.mark.parametrize("size", [10**9, 1])
def test_learns_the_prompt(name: str, last: str, size: int) -> None:
    wire = Wire(Asa(name=name, last=last), size=size)
    dialogue = wire.login()
    assert (dialogue.prompt, dialogue.privileged, dialogue.privilege) == (name.encode(), True, 15)
    assert dialogue.pager_off
    wanted = ["show curpriv", "terminal pager 0", "show pager"]
    assert wire.device.received == (["enable", *wanted] if last == ">" else wanted)
    assert max(wire.silences) < 0.5, "a device at its prompt is not waited for"


@pytest.mark.parametrize(
    "banner",
    [
        "Property of foo#\r\nfoo#\r\nfoo# \r\n",
        f"{MORE}\r\n and {MORE}\r\n",
        "> \r\n",
        "root@host:~$ \r\n",
        "\n\rUser operator logged in to hq\n\rLogins over the last 3 days: 7.\n\r",
        "caf\xe9 \xff\r\n",
        "",
    ],
)
@pytest.mark.parametrize("size", [10**9, 7, 1])
def test_a_banner_is_no_prompt(banner: str, size: int) -> None:
    dialogue = Wire(Asa(banner=banner), size=size).login()
    assert (dialogue.prompt, dialogue.privilege) == (b"hq", 15)


def test_a_login_that_pauses_in_its_prompt_and_answers_late() -> None:
    class Sleepy(Asa):
        """Says nothing until a key, then everything at once."""

        def start(self) -> str:
            return ""

        def line(self, line: str) -> str:
            if not line and not self.received:
                self.received.append("(key)")
                return "\r\nfoo#\r\nhq"
            if not line and self.received == ["(key)"]:
                self.received.append("(key)")
                return "> \r\nhq> \r\nhq> "
            return super().line(line)

    assert Wire(Sleepy()).login().prompt == b"hq"


def test_a_banner_that_pauses_twice_at_what_looks_like_a_prompt() -> None:
    class Slow(Asa):
        pieces = ["\r\nPlease wait\r\nfoo#", "\r\nhq> \r\nhq> "]

        def start(self) -> str:
            return "foo#"

        def line(self, line: str) -> str:
            return self.pieces.pop(0) if self.pieces else super().line(line)

    assert Wire(Slow()).login().prompt == b"hq"


def test_pages_through_a_banner() -> None:
    class Paging(Asa):
        def start(self) -> str:
            return "Welcome\r\n" + MORE

        def feed(self, data: str) -> str:
            return "\r      \rto hq\r\n" + self.prompt if data == " " else super().feed(data)

    assert Wire(Paging()).login().prompt == b"hq"


@pytest.mark.parametrize("question", ["Password: ", "Password:", "\r\nUse your enable secret\r\npassword: "])
@pytest.mark.parametrize("size", [10**9, 1])
def test_enables(question: str, size: int) -> None:
    wire = Wire(Asa(question=question), size=size)
    assert wire.login().privileged
    assert [send.data for send in wire.sent if send.secret] == [b"secret\n"]


def test_enables_without_a_question() -> None:
    wire = logged_in(enable=None)
    assert wire.dialogue.privileged
    assert not [send for send in wire.sent if send.secret]


@pytest.mark.parametrize("password", [None, ""])
def test_an_empty_enable_password(password: str | None) -> None:
    assert Wire(Asa(enable="")).login(password).privileged


def test_stays_in_user_mode_when_told() -> None:
    wire = Wire(Asa())
    wire(wire.dialogue.login(enable=False))
    assert not wire.dialogue.privileged
    assert "enable" not in wire.device.received


def test_wrong_enable_password() -> None:
    message = refused(LoginError, Asa(), "gu3ss")
    assert message.startswith("hq: the enable password was refused (command: 'enable'); last bytes seen: ")
    assert "Invalid password" in message
    assert message.endswith("Set ansible_become_password to this device's enable password")
    assert "gu3ss" not in message


def test_enable_refused() -> None:
    message = refused(LoginError, Asa(outputs={"enable": "Command authorization failed\r\n"}))
    assert message.startswith(
        "hq: enable was refused (command: 'enable'); last bytes seen: 'Command authorization failed"
    )


@pytest.mark.parametrize(
    ("banner", "name", "words"),
    [
        (
            "Cisco Firepower\r\n",
            "",
            "the prompt of Firepower Threat Defense, not of an ASA; last bytes seen: '\\r\\n> '",
        ),
        ("Welcome\r\n", "admin@jump:~$", "the prompt of a Unix shell, not of an ASA"),
        ("Welcome\r\n", "[root@jump ~]#", "the prompt of a Unix shell, not of an ASA"),
        (
            "Welcome\r\n",
            "Username:",
            "the login does not end at the prompt of an ASA; last bytes seen: '\\r\\nUsername: '",
        ),
    ],
)
def test_strangers(banner: str, name: str, words: str) -> None:
    device = Asa(banner=banner, name=name, last=">" if not name else "")
    message = refused(LoginError, device)
    assert message.startswith("hq: ")
    assert words in message
    assert not device.received


def test_a_shell_that_talks_to_its_terminal() -> None:
    """Bash tells the terminal to bracket what is pasted, before each prompt and after each line."""

    class Bash(Asa):
        @property
        def prompt(self) -> str:
            return "\x1b[?2004h\x1b]0;root@jump: ~\x07root@jump:~# "

        def line(self, line: str) -> str:
            return "\r\n\x1b[?2004l\r" + self.prompt

    assert "the prompt of a Unix shell, not of an ASA" in refused(LoginError, Bash())


def test_a_login_that_never_comes_to_a_prompt() -> None:
    class Busy(Asa):
        """Never the same line twice, and nothing that is under way when the time is over."""

        def line(self, line: str) -> str:
            self.received.append("(key)")
            return f"\r\nstill loading, {len(self.received)}\r\n"

    assert "hq: no ASA prompt within 30 s; last bytes seen: '\\r\\nstill loading, " in refused(LoginError, Busy())


IOS = "% Invalid input detected at '^' marker.\r\n"


@pytest.mark.parametrize("answer", ["        ^\r\n" + IOS, "% Unknown command\r\n"])
def test_a_router(answer: str) -> None:
    """The prompt of IOS is that of an ASA, and its refusals are spelled without the ``ERROR:``."""
    message = refused(LoginError, Asa(name="Router", outputs={"show curpriv": answer}))
    assert "hq: 'show curpriv' does not answer like an ASA: " in message
    assert message.endswith("Check ansible_host")


@pytest.mark.parametrize(
    "question",
    [
        "Your password has expired.\r\nEnter new password: ",
        "WARNING: Your password has expired\r\nNew password:",
        "Password: ",
        "Old Password : ",
    ],
)
def test_a_question_for_a_password_at_login_is_never_answered(question: str) -> None:
    class Asks(Asa):
        def start(self) -> str:
            return question

    wire = Wire(Asks())
    with pytest.raises(LoginError) as error:
        wire.login()
    assert str(error.value).startswith("hq: the device asks for a password after the login; last bytes seen: ")
    assert str(error.value).endswith(
        "Nothing was typed. Log in by hand and answer it (an expired password?), then set ansible_password"
    )
    assert not wire.sent


def test_a_silent_device() -> None:
    class Silent(Asa):
        def start(self) -> str:
            return ""

        def feed(self, data: str) -> str:
            return ""

    message = refused(LoginError, Silent())
    assert message.startswith("hq: no ASA prompt within 30 s. Expected")
    assert "ansible_connect_timeout" in message


def test_a_hash_at_privilege_3_is_recorded() -> None:
    assert logged_in(last="#", outputs={"show curpriv": CURPRIV.format(3)}).dialogue.privilege == 3


def test_a_refused_curpriv_leaves_the_privilege_unknown() -> None:
    assert logged_in(outputs={"show curpriv": "Command authorization failed\r\n"}).dialogue.privilege is None


def test_a_curpriv_of_no_asa() -> None:
    message = refused(LoginError, Asa(outputs={"show curpriv": "bash: show: not found\r\n"}))
    assert message.startswith("hq: 'show curpriv' does not answer like an ASA: 'bash: show: not found' (command: 'show")


# --- pager -------------------------------------------------------------------------------------------------------


def test_the_other_spelling_of_the_pager() -> None:
    wire = logged_in(refused_lines=("terminal pager 0",))
    assert wire.device.received[2:4] == ["terminal pager 0", "no terminal pager"]
    assert wire.dialogue.pager_off


def test_the_pager_refused_in_both_spellings() -> None:
    message = refused(LoginError, Asa(refused_lines=("terminal pager 0", "no terminal pager")))
    assert message == (
        "hq: the pager cannot be turned off: ERROR: % Invalid input detected at '^' marker. (command: "
        "'no terminal pager'). Permit 'terminal pager' or 'no terminal pager' in the AAA command authorization"
    )


def test_a_low_level_may_not_turn_the_pager_off() -> None:
    refused_lines = ("terminal pager 0", "no terminal pager")
    wire = logged_in(refused_lines=refused_lines, outputs={"show curpriv": CURPRIV.format(3)})
    assert (wire.dialogue.privilege, wire.dialogue.pager_off) == (3, False)
    wire = Wire(Asa(refused_lines=refused_lines))
    wire(wire.dialogue.login(enable=False))
    assert (wire.dialogue.privileged, wire.dialogue.pager_off) == (False, False)


def test_a_pager_that_stays_on() -> None:
    message = refused(LoginError, Asa(outputs={"show pager": "pager lines 24\r\n"}))
    assert message.startswith(
        "hq: the pager is still on after it was turned off: 'pager lines 24' (command: 'show pager')"
    )


def test_a_refused_show_pager_proves_nothing() -> None:
    assert not logged_in(outputs={"show pager": "Command authorization failed\r\n"}).dialogue.pager_off


@pytest.mark.parametrize("size", [10**9, 1])
def test_a_more_makes_the_output_incomplete(size: int) -> None:
    class Paging(Asa):
        def feed(self, data: str) -> str:
            if data == "q":
                return "\r              \r" + self.prompt
            if data == "show version\n":
                return "show version\r\nline 1\r\n" + MORE
            return super().feed(data)

    wire = Wire(Paging(), size=size)
    wire.login()
    answer = wire.run("show version")
    assert answer.incomplete == "the pager stopped the output although it was turned off"
    assert [send.data for send in wire.sent].count(b"q") == 1
    assert wire.run("show clock").text == ""


def test_a_more_that_goes_on_is_text() -> None:
    text = f"banner motd {MORE}\r\nbanner motd end\r\n"
    device = Asa(outputs={"show running-config": text})
    wire = Wire(device)
    wire.login()
    stop = wire.given + len("show running-config\r\nbanner motd ") + len(MORE)
    wire.ends = frozenset({stop})
    answer = wire.run("show running-config")
    assert (answer.text, answer.incomplete) == (clean(text.encode()), "")


# --- commands ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "access-list A remark to core#",
        "access-list A remark ->",
        "branch# show version",
        "branch# ",
        "hq# show version",
        " hq# ",
        "xhq# ",
        "hq> ",
        "hq(config)# no shutdown",
        "root@hq# ",
        "Password: ",
    ],
)
def test_a_line_that_looks_like_a_prompt_does_not_end_an_output(line: str) -> None:
    """Fed so that a chunk ends at the end of the line, before its line break."""
    text = f"first\r\n{line}\r\nlast\r\n"
    wire = logged_in(outputs={"show running-config": text})
    before = wire.given + len("show running-config\r\nfirst\r\n") + len(line)
    wire.ends = frozenset({before, before + 1, before + 2})
    assert wire.run("show running-config").text == f"first\n{line}\nlast\n"
    assert wire.run("show clock").text == ""


def test_the_prompt_with_a_line_break_behind_it_does_not_end_an_output() -> None:
    wire = logged_in(outputs={"show running-config": "first\nhq# \nlast\n"})
    wire.ends = frozenset({wire.given + len("show running-config\r\nfirst\nhq# \n")})
    assert wire.run("show running-config").text == "first\nhq# \nlast\n"


PROMPT_WITHIN = "first\r\nhq# \r\nsecond\r\nshow clock\r\nthird\r\n"


def stopped_within() -> Wire:
    """A wire whose next output holds the very prompt, and whose chunk ends there: nobody can tell it from the end."""
    wire = logged_in(outputs={"show running-config": PROMPT_WITHIN, "show clock": "12:00:00\r\n"})
    wire.ends = frozenset({wire.given + len("show running-config\r\nfirst\r\nhq# ")})
    assert wire.run("show running-config").text == "first\n"
    return wire


def test_the_rest_of_an_output_is_never_taken_for_the_next() -> None:
    wire = stopped_within()
    with pytest.raises(OutOfStepError) as error:
        wire.run("show clock")
    assert str(error.value) == (
        "hq: bytes of an earlier output came before the echo, so that output was cut (command: 'show clock'); last "
        "bytes seen: 'second'. Trust nothing that was read in this login; run it again"
    )


def test_settle_proves_the_last_output() -> None:
    wire = stopped_within()
    with pytest.raises(OutOfStepError, match="more bytes of this output came after the prompt, so it was cut") as error:
        wire(wire.dialogue.settle())
    assert "command: 'show running-config'" in str(error.value)


@pytest.mark.parametrize("apart", [True, False])
def test_an_output_that_holds_the_next_echo(apart: bool) -> None:
    """Typed while the device paused behind the prompt in its output, and echoed when that output was over."""
    text = "first\r\nhq# show clock\r\nthird\r\n"
    wire = logged_in(outputs={"show running-config": text, "show clock": "12:00\r\n"})
    stops = [len("show running-config\r\nfirst\r\nhq# "), len(f"show running-config\r\n{text}hq# ")]
    wire.ends = frozenset(wire.given + stop for stop in stops[: 1 + apart])
    assert wire.run("show running-config").text == "first\n"
    with pytest.raises(OutOfStepError, match=r"an output before was cut|more bytes of this output came"):
        answer_and_settle(wire)


def answer_and_settle(wire: Wire) -> None:
    wire.run("show clock")
    wire(wire.dialogue.settle())


def test_settle_is_not_deceived_by_its_own_command() -> None:
    wire = logged_in(outputs={"more flash:log": "first\r\nhq# show curpriv\r\nUsername : other\r\nthird\r\n"})
    wire.ends = frozenset({wire.given + len("more flash:log\r\nfirst\r\nhq# ")})
    assert wire.run("more flash:log").text == "first\n"
    with pytest.raises(OutOfStepError, match="more bytes of this output came after the prompt, so it was cut"):
        wire(wire.dialogue.settle())


@pytest.mark.parametrize("size", [10**9, 1])
def test_settle_is_silent_about_a_whole_output(size: int) -> None:
    wire = Wire(Asa(outputs={"show version": SHORT}), size=size)
    wire.login()
    assert wire.run("show version").text == "Cryptochecksum: 1\n"
    wire(wire.dialogue.settle())
    wire(wire.dialogue.settle())
    assert wire.run("show version").text == "Cryptochecksum: 1\n"


def test_a_rest_that_is_nothing_but_the_prompt() -> None:
    wire = logged_in(outputs={"show running-config": "first\r\nhq# \r\n"})
    wire.ends = frozenset({wire.given + len("show running-config\r\nfirst\r\nhq# ")})
    wire.run("show running-config")
    with pytest.raises(OutOfStepError, match="bytes of an earlier output came before the echo"):
        wire.run("show clock")


LONG = "show running-config all tunnel-group 198.51.100.2 ipsec-attributes"


@pytest.mark.parametrize(
    "echo",
    [
        lambda line: f"show running-config all tunnel-gr\b\b\b\b\b\b\b\b${line[-24:]}" if line == LONG else line,
        lambda line: f"${line[-40:]}" if line == LONG else line,
        lambda line: line + "  ",
        lambda line: (
            f"show running-config all tunnel-gr\b\b\b$all tunnel-group 19\b\b\rhq# ${line[-24:]}"
            if line == LONG
            else line
        ),
        lambda line: f"{line[:20]} \r{line[20:30]}\r\n{line[30:]}" if line == LONG else line,
    ],
)
@pytest.mark.parametrize("size", [10**9, 1])
def test_an_echo_that_scrolled(echo: Callable[[str], str], size: int) -> None:
    wire = Wire(Asa(echo=echo, outputs={LONG: SHORT}), size=size)
    wire.login()
    assert wire.run(LONG).text == "Cryptochecksum: 1\n"


@pytest.mark.parametrize("rest", ["it costs $5 ", "\b\bnever "])
def test_a_rest_that_looks_like_an_echo_that_scrolled(rest: str) -> None:
    rest += LONG[-24:]
    wire = logged_in(outputs={"show running-config": f"first\r\nhq# {rest}\r\nthird\r\n", LONG: SHORT})
    cut = wire.given + len("show running-config\r\nfirst\r\nhq# ")
    wire.ends = frozenset({cut, cut + len(f"{rest}\r\n")})
    wire.run("show running-config")
    with pytest.raises(OutOfStepError, match="bytes of an earlier output came before the echo"):
        wire.run(LONG)


def test_the_echo_of_another_command() -> None:
    wire = logged_in(echo=lambda line: line + "x" if line == "show clock" else line)
    with pytest.raises(TimedOutError, match="nothing came for 20 s"):
        wire.run("show clock")


def test_a_long_text_without_an_echo_fails_at_once() -> None:
    wire = logged_in(outputs={"show clock": "x" * 5000}, echo=lambda line: "" if line == "show clock" else line)
    with pytest.raises(OutOfStepError, match="bytes of an earlier output came before the echo"):
        wire.run("show clock")


def test_silence() -> None:
    class Hanging(Asa):
        def line(self, line: str) -> str:
            return (
                "show crypto ipsec sa\r\ninterface: outside\r\n"
                if line.startswith("show crypto")
                else super().line(line)
            )

    wire = Wire(Hanging())
    wire.login()
    with pytest.raises(TimedOutError) as error:
        wire.run("show crypto ipsec sa")
    assert str(error.value) == (
        "hq: nothing came for 20 s and the prompt is missing (command: 'show crypto ipsec sa'); last bytes seen: "
        "'interface: outside\\r\\n'. If the device is only slow, raise ansible_command_timeout (at login, "
        "ansible_connect_timeout)"
    )
    assert wire.silences[-1] == 20


@pytest.mark.parametrize("changed", ["branch", "hq/customer"])
def test_another_prompt_than_at_login(changed: str) -> None:
    class Renamed(Asa):
        def answer(self, line: str) -> str:
            if line == "show clock":
                self.name = changed
            return super().answer(line)

    wire = Wire(Renamed())
    wire.login()
    with pytest.raises(TimedOutError) as error:
        wire.run("show clock")
    assert str(error.value) == (
        f"hq: nothing came for 20 s and the prompt is missing (command: 'show clock'); last bytes seen: '{changed}# '. "
        "It was 'hq#' before: did the hostname, the context or the prompt change? Then run it again"
    )


def test_a_timeout_of_its_own() -> None:
    wire = logged_in(echo=lambda line: line * 0 if line == "show tech" else line)
    with pytest.raises(TimedOutError, match="nothing came for 300 s"):
        wire(wire.dialogue.command("show tech", 300))


def test_closed_amid_an_output() -> None:
    wire = logged_in(outputs={"show version": "Cisco Adaptive Security Appliance\r\nHardware\r\n"})
    wire.cut = wire.given + len("show version\r\nCisco Adap")
    with pytest.raises(ClosedError) as error:
        wire.run("show version")
    assert str(error.value) == (
        "hq: the device closed the connection (command: 'show version'); last bytes seen: 'Cisco Adap'. "
        "Look at its log and at 'show ssh sessions', then run it again"
    )


def test_secrets_stay_out_of_messages() -> None:
    text = "tunnel-group 1 ipsec-attributes\r\n pre-shared-key gu3ss\r\n"
    wire = logged_in(outputs={"more system:running-config": text})
    wire.cut = wire.given + len("more system:running-config\r\n" + text)
    with pytest.raises(ClosedError, match="pre-shared-key \\*") as error:
        wire.run("more system:running-config")
    assert "gu3ss" not in str(error.value)
    wire = logged_in(echo=lambda line: "" if "key" in line else line)
    with pytest.raises(TimedOutError, match="pre-shared-key \\*") as timed_out:
        wire.run("pre-shared-key gu3ss")
    assert "gu3ss" not in str(timed_out.value)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"a\n\rb\n\r", "a\nb\n"),
        (b"\ra\r\r\n\rb\r\n\r", "a\nb\n"),
        (b"a\r\n\r\n\r\nb\r\n", "a\n\n\nb\n"),
        (b"a\rb\r", "a\nb\n"),
        (b"a\n\r\n\rb\n\r", "a\n\nb\n"),
        (b"a\r\r\n\r\r\nb", "a\n\nb\n"),
        (b"  indented\r\n", "  indented\n"),
        (b"\r\n \r\n", ""),
        (b"", ""),
        ("caf\xe9".encode() + b"\r\n", "caf\xe9\n"),
        (b"caf\xe9\r\n", "caf\\xe9\n"),
    ],
)
def test_clean(data: bytes, text: str) -> None:
    assert clean(data) == text


def test_many_carriage_returns_are_cleaned_in_linear_time() -> None:
    started = time.perf_counter()
    assert clean(b"a" + b"\r" * 200_000 + b"b") == "a\nb\n"
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("line", ["", "  ", "show a\nclear b", "show a\rclear b", "show ?", "sh\tver", "show \x03"])
def test_what_cannot_be_one_line_is_refused_unsent(line: str) -> None:
    wire = logged_in()
    before = len(wire.sent)
    with pytest.raises(ValueError, match="one plain command line is sent at a time, got "):
        wire.run(line)
    with pytest.raises(ValueError, match="one plain command line is sent at a time, got "):
        wire(wire.dialogue.configure(("tunnel-group 1 ipsec-attributes", line)))
    assert len(wire.sent) == before


# --- configuration -----------------------------------------------------------------------------------------------


def test_configures_and_leaves_the_mode() -> None:
    warning = "WARNING: The crypto map entry is incomplete!\r\n"
    wire = logged_in(outputs={"crypto map m 10 set pfs": warning})
    answer = wire(wire.dialogue.configure(("crypto map m 10 set pfs", "crypto map m 10 set peer 192.0.2.1")))
    assert (answer.refused, answer.reason) == ("", "")
    assert answer.warnings == ("WARNING: The crypto map entry is incomplete!",)
    assert wire.device.received[-2:] == ["crypto map m 10 set peer 192.0.2.1", "end"]
    assert wire.device.mode == ""


def test_a_refused_line_is_the_last_and_the_mode_is_left() -> None:
    wire = logged_in(refused_lines=("two",))
    answer = wire(wire.dialogue.configure(("one", "two", "three")))
    assert [each.command for each in answer.applied] == ["one"]
    assert (answer.refused, answer.reason) == ("two", "ERROR: % Invalid input detected at '^' marker.")
    assert wire.device.received[-3:] == ["one", "two", "end"]
    assert wire.run("show clock").refusal == ""


def test_a_refused_configure() -> None:
    wire = logged_in(outputs={"configure terminal": "Command authorization failed\r\n"})
    answer = wire(wire.dialogue.configure(("one",)))
    assert (answer.applied, answer.refused, answer.reason) == ((), "configure terminal", "Command authorization failed")
    assert wire.device.received[-1] == "configure terminal"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("configure terminal", "hq: configuration mode was not entered (command: 'configure terminal'). No line was"),
        ("end", "hq: 'end' did not leave configuration mode (command: 'end'). Look at the lines that were sent"),
    ],
)
def test_a_mode_that_does_not_change(line: str, message: str) -> None:
    wire = logged_in(outputs={line: "OK\r\n"})
    with pytest.raises(OutOfStepError) as error:
        wire(wire.dialogue.configure(("one",)))
    assert str(error.value).startswith(message)
