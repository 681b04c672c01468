# SPDX-License-Identifier: GPL-3.0-or-later
"""What the driver owes a sequence: everything is typed in the login that was armed, and no signal cuts it in two."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.driver import Journal, Signals, drive
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import Dialogue
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Configure,
    Fire,
    HoldLostError,
    LostError,
    Note,
    NotSentError,
    Pause,
    Request,
    Shield,
    StoppedError,
    Talk,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.telling import Telling

CLEAR = "clear crypto ipsec sa peer 198.51.100.1"
LINES = ("tunnel-group 198.51.100.1 ipsec-attributes", " isakmp keepalive threshold 10 retry 2")


class Login:
    """A connection that logs in again at its next use, as the real one does after a loss."""

    def __init__(self, during: Callable[[], object] = lambda: None, privilege: int = 15) -> None:
        self.connected = False
        self.typed: list[str] = []
        self.logins = 0
        self.closed = 0
        self._during = during
        self._privilege = privilege
        self._dialogue: Dialogue | None = None

    @property
    def dialogue(self) -> Dialogue:
        if not self.connected or self._dialogue is None:
            self._dialogue = Dialogue("hq", privileged=True, privilege=self._privilege)
            self.connected = True
            self.logins += 1
        return self._dialogue

    def lose(self) -> None:
        self.connected = False

    def close(self) -> None:
        self.closed += 1
        self.connected = False

    def run(self, command: str) -> Answer:
        assert self.dialogue
        self.typed.append(command)
        self._during()
        return Answer(command, "")

    def fire(self, command: str) -> None:
        self.run(command)

    def configure(self, lines: tuple[str, ...]) -> ConfigAnswer:
        assert self.dialogue
        self.typed += lines
        self._during()
        return ConfigAnswer(tuple(Answer(line, "") for line in lines))


def driven(sequence: Talk[Any], login: Any, journal: Path = Path("/dev/null")) -> Any:
    with Signals() as signals:
        return drive(sequence, {"hq": login}, Journal(journal), signals)


def said(*requests: Request | Callable[[], object], ending: str = "") -> Talk[list[str]]:
    """Make these requests one after the other and tell what came of each; a callable is called in between."""
    words = []
    for request in requests:
        if callable(request):
            request()
            continue
        try:
            answer = yield request
            words.append("done" if answer is None else type(answer).__name__)
        except (LostError, StoppedError) as error:
            words.append(f"{type(error).__name__}: {error}".rstrip(": "))
            if isinstance(error, StoppedError) and ending:
                yield Note(ending)
                break
    return words


# --- only in the armed login -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", [Ask("hq", CLEAR), Configure("hq", LINES), Ask("hq", "write memory")])
def test_nothing_is_typed_in_a_login_that_was_not_armed(request_: Ask | Configure) -> None:
    what = repr(request_.command) if isinstance(request_, Ask) else "the configuration"
    words = [f"NotSentError: hq: the login that was armed has ended, so {what} was not sent"]
    assert driven(said(request_), login := Login()) == words
    assert (login.typed, login.logins) == ([], 0)
    # One that stands is no better: it was not identified.
    assert login.dialogue
    assert driven(said(request_), login) == words
    assert login.typed == []


@pytest.mark.parametrize("again", [lambda login: None, lambda login: login.dialogue])
def test_a_login_that_was_lost_is_not_replaced_in_silence(again: Callable[[Login], object]) -> None:
    """Neither by the driver, nor by somebody else's use of the connection."""
    login = Login()
    words = driven(
        said(Arm("hq"), Ask("hq", "show clock"), login.lose, lambda: again(login), Configure("hq", LINES)), login
    )
    assert words[:2] == ["done", "Answer"]
    assert words[2].startswith("NotSentError: hq: the login that was armed has ended")
    assert login.typed == ["show clock"]


def test_arming_again_binds_the_new_login() -> None:
    login = Login()
    sequence = said(Arm("hq"), Ask("hq", CLEAR), login.lose, Arm("hq"), Configure("hq", LINES), Arm("hq"))
    assert driven(sequence, login) == ["done", "Answer", "done", "ConfigAnswer", "done"]
    assert login.typed == [CLEAR, *LINES]
    assert login.logins == 2


def test_a_new_login_of_a_lower_level_is_not_armed() -> None:
    login = Login(privilege=3)
    (words,) = driven(said(Arm("hq")), login)
    assert words.startswith("PrivilegeError: hq: the prompt ends in '#', but 'show curpriv' says privilege level 3")


def test_a_login_in_which_a_line_was_fired_is_closed_before_the_next() -> None:
    """What comes back on it, late or never, belongs to no question."""
    login = Login()
    words = driven(
        said(Arm("hq"), Fire("hq", CLEAR), Ask("hq", "show clock"), Arm("hq"), Ask("hq", "show clock")), login
    )
    assert words == [
        "done",
        "done",
        "NotSentError: hq: the login that was armed has ended, so 'show clock' was not sent",
        "done",
        "Answer",
    ]
    assert login.typed == [CLEAR, "show clock"]
    assert (login.logins, login.closed) == (2, 1)


def test_a_line_that_is_fired_into_a_lost_login_was_surely_not_sent() -> None:
    login = Login()
    words = driven(said(Arm("hq"), login.lose, Fire("hq", CLEAR)), login)
    assert words[1] == f"NotSentError: hq: the login that was armed has ended, so {CLEAR!r} was not sent"
    assert login.typed == []


def test_another_host_of_a_device_takes_its_place_and_the_first_login_is_closed() -> None:
    first, other = Login(), Login()
    with Signals() as signals:
        sequence = said(Arm("hq"), Arm("hq", "hq-b"), Ask("hq", CLEAR), Arm("hq", "hq-c"))
        connections: Any = {"hq": first, "hq-b": other}
        words = drive(sequence, connections, Journal(Path("/dev/null")), signals)
    assert words == ["done", "done", "Answer", "LostError: hq: KeyError: 'hq-c'"]
    assert (first.typed, first.closed) == ([], 1)
    assert (other.typed, other.closed) == ([CLEAR], 0)


def test_whatever_a_session_raises_reaches_the_sequence_as_a_loss() -> None:
    def bug() -> None:
        raise RuntimeError("a bug")

    assert driven(said(Arm("hq"), Ask("hq", "show clock")), Login(bug)) == [
        "done",
        "LostError: hq: RuntimeError: a bug",
    ]


def test_a_journal_that_cannot_be_written_reaches_the_sequence_as_a_loss(tmp_path: Path) -> None:
    (words,) = driven(said(Note("clear", "hq", CLEAR)), Login(), tmp_path / "absent" / "journal.jsonl")
    assert words.startswith("LostError: the journal cannot be written: ")
    assert issubclass(NotSentError, LostError)


class Faulty(Journal):
    def write(self, note: Note) -> None:
        raise ValueError("attempt 1 is first_sent already")


class Held(Journal):
    def write(self, note: Note) -> None:
        raise HoldLostError("Run 1 has lost its hold on hq-branch.")


@pytest.mark.parametrize(
    ("journal", "words"),
    [
        (Faulty, "LostError: the journal cannot be written: ValueError: attempt 1 is first_sent already"),
        (Held, "HoldLostError: Run 1 has lost its hold on hq-branch."),
    ],
)
def test_whatever_a_note_raises_reaches_the_sequence_as_a_loss(journal: type[Journal], words: str) -> None:
    """Between two clears it must not be what keeps the second one from being sent."""
    login = Login()
    sequence = said(Arm("hq"), Note("clear", "hq", CLEAR), Ask("hq", CLEAR))
    with Signals() as signals:
        found = drive(sequence, {"hq": login}, journal(Path("/dev/null")), signals)  # type: ignore[dict-item]
    assert found == ["done", words, "Answer"]
    assert login.typed == [CLEAR]


def test_a_screen_that_is_gone_stops_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def gone(*_given: object, **_options: object) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr(screen.display, "display", gone)
    login = Login()
    sequence = said(Arm("hq"), Note("clear", "hq", CLEAR), Ask("hq", CLEAR), Pause(0.01, "nothing"))
    assert driven(sequence, login, tmp_path / "j") == ["done", "done", "Answer", "done"]
    assert login.typed == [CLEAR]


def test_a_fault_of_the_driver_reaches_the_sequence_as_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_given: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(Telling, "asked", asked)
    words = driven(said(Arm("hq"), Ask("hq", CLEAR), Arm("hq")), Login())
    assert words == ["done", "LostError: KeyError: 'a bug'", "done"]


# --- signals ---------------------------------------------------------------------------------------------------------


class Ended(BaseException):
    """The signal was delivered."""


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    def end(number: int, frame: object) -> None:
        raise Ended(signal.Signals(number).name)

    before = {number: signal.signal(number, end) for number in Signals.NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)


def interrupted(sequence: Talk[list[str]], login: Login, journal: Path) -> list[str]:
    """What the sequence says before the signal is delivered."""
    words: list[list[str]] = []
    with pytest.raises(Ended), Signals() as signals:
        words.append(drive(sequence, {"hq": login}, Journal(journal), signals))  # type: ignore[dict-item]
    return words[0]


def test_a_signal_cuts_a_pause_short_and_the_sequence_tells_its_end(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    signal.signal(signal.SIGALRM, signal.getsignal(signal.SIGTERM))

    def soon() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.05)

    words = interrupted(said(Arm("hq"), soon, Pause(60, "for nothing"), Ask("hq", CLEAR), ending="over"), Login(), path)
    assert words == ["done", "StoppedError"]
    assert [json.loads(line)["event"] for line in path.read_text().splitlines()] == ["over"]


def test_a_signal_cuts_short_what_a_device_is_asked(tmp_path: Path) -> None:
    """A device that hangs must not keep whoever pressed Ctrl-C for its time-out."""
    login = Login(send)
    assert interrupted(said(Arm("hq"), Ask("hq", "show version"), ending="over"), login, tmp_path / "j") == [
        "done",
        "StoppedError",
    ]


class Deaf(Login):
    """Swallows what is raised while it waits for bytes, as libssh's call back into Python does for its log."""

    def run(self, command: str) -> Answer:
        with contextlib.suppress(BaseException):
            super().run(command)
        return Answer(command, "")


def test_a_stop_that_was_swallowed_on_the_way_is_told_with_the_answer(tmp_path: Path) -> None:
    """And nothing is written after it."""
    login = Deaf(send)
    sequence = said(Arm("hq"), Ask("hq", "show version"), Shield(True), Configure("hq", LINES), ending="over")
    assert interrupted(sequence, login, tmp_path / "j") == ["done", "StoppedError"]
    assert login.typed == ["show version"]


def test_a_stop_that_was_told_is_not_told_again(tmp_path: Path) -> None:
    login = Deaf(send)
    sequence = said(Arm("hq"), Ask("hq", "show version"), Ask("hq", "show clock"), Shield(True), Note("last"))
    words = interrupted(sequence, login, tmp_path / "j")
    assert words == ["done", "StoppedError", "Answer", "done", "done"]


def test_the_next_sequence_is_stopped_too(tmp_path: Path) -> None:
    """What one was told, the next was not."""
    login = Login()
    sequences = (
        said(Arm("hq"), send, Ask("hq", "show clock"), ending="over"),
        said(Arm("hq"), Ask("hq", CLEAR), ending="over"),
    )
    words: list[tuple[bool, list[str]]] = []

    def row() -> None:
        with Signals() as signals:
            for sequence in sequences:
                came = signals.came
                words.append((came, drive(sequence, {"hq": login}, Journal(tmp_path / "j"), signals)))  # type: ignore[dict-item]

    with pytest.raises(Ended):
        row()
    assert words == [(False, ["done", "StoppedError"]), (True, ["StoppedError"])]
    assert login.typed == []


def test_a_second_signal_does_not_break_into_the_way_out(tmp_path: Path) -> None:
    """Ansible ends its workers with a SIGTERM of its own after a Ctrl-C."""

    def twice() -> None:
        try:
            send(signal.SIGINT)
        finally:
            send(signal.SIGTERM)
            way_out.append("done")

    way_out: list[str] = []
    assert interrupted(said(Arm("hq"), Ask("hq", "show clock")), Login(twice), tmp_path / "j") == [
        "done",
        "StoppedError",
    ]
    assert way_out == ["done"]


def test_a_signal_between_the_last_answer_and_the_shield_stops_the_run(tmp_path: Path) -> None:
    """A big output takes seconds to read."""
    login = Login()
    sequence = said(Arm("hq"), Ask("hq", "show version"), send, Shield(True), Configure("hq", LINES), ending="over")
    assert interrupted(sequence, login, tmp_path / "j") == ["done", "Answer", "StoppedError"]
    assert login.typed == ["show version"]


def test_nothing_more_is_asked_after_a_signal(tmp_path: Path) -> None:
    login = Login()
    words = interrupted(said(Arm("hq"), send, Ask("hq", CLEAR), ending="over"), login, tmp_path / "j")
    assert words == ["done", "StoppedError"]
    assert login.typed == []


def test_behind_a_shield_everything_is_sent_and_the_signal_waits(tmp_path: Path) -> None:
    login = Login(send)
    words = interrupted(
        said(
            Arm("hq"), Shield(True), Ask("hq", CLEAR), Configure("hq", LINES), Note("cleared"), Shield(False),
            Pause(60, "for nothing"), ending="over",
        ),
        login,
        tmp_path / "j",
    )  # fmt: skip
    assert words == ["done", "done", "Answer", "ConfigAnswer", "done", "done", "StoppedError"]
    assert login.typed == [CLEAR, *LINES]


def test_a_sequence_that_ends_behind_its_shield_has_its_result_told(tmp_path: Path) -> None:
    login = Login(send)
    words = interrupted(said(Arm("hq"), Shield(True), Configure("hq", LINES)), login, tmp_path / "j")
    assert words == ["done", "done", "ConfigAnswer"]


def test_the_first_of_several_signals_is_delivered(tmp_path: Path) -> None:
    def twice() -> None:
        send(signal.SIGHUP)
        send(signal.SIGTERM)

    with pytest.raises(Ended, match="SIGHUP"), Signals() as signals:
        drive(said(Arm("hq"), Shield(True), twice), {"hq": Login()}, Journal(tmp_path / "j"), signals)  # type: ignore[dict-item]


def test_a_signal_that_is_ignored_ends_nothing() -> None:
    """Nohup runs outlive their terminal."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def hang_up() -> None:
        send(signal.SIGHUP)

    assert driven(said(Arm("hq"), hang_up, Ask("hq", CLEAR)), Login()) == ["done", "Answer"]


def test_without_a_signal_the_handlers_are_as_they_were() -> None:
    before = [signal.getsignal(number) for number in Signals.NUMBERS]
    assert driven(said(Arm("hq"), Ask("hq", CLEAR)), Login()) == ["done", "Answer"]
    assert [signal.getsignal(number) for number in Signals.NUMBERS] == before
