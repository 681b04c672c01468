# SPDX-License-Identifier: GPL-3.0-or-later
"""What the driver owes the sequence: a clear is typed only in the login that was armed."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.driver import Journal, drive
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Ask, LostError

CLEAR = "clear crypto ipsec sa peer 198.51.100.1"


class Login:
    """A connection that logs in again at its next command, as the real one does after a loss."""

    def __init__(self, *, connected: bool) -> None:
        self.connected = connected
        self.typed: list[str] = []

    def run(self, command: str) -> Answer:
        self.connected = True
        self.typed.append(command)
        return Answer(command, "")


def one(request: Ask) -> Generator[Any, Any, str]:
    try:
        yield request
    except LostError as lost:
        return str(lost)
    return "answered"


def test_a_clear_is_not_typed_in_a_login_that_was_not_armed(tmp_path: Path) -> None:
    login = Login(connected=False)
    said = drive(one(Ask("hq", CLEAR, armed=True)), {"hq": login}, Journal(tmp_path / "journal.jsonl"))  # type: ignore[dict-item]
    assert said == f"hq: the login that was armed has ended, so {CLEAR!r} was not sent"
    assert login.typed == []


def test_it_is_typed_in_the_armed_login_and_a_question_may_log_in_again(tmp_path: Path) -> None:
    for connected, armed in ((True, True), (False, False)):
        login = Login(connected=connected)
        request = Ask("hq", CLEAR if armed else "show clock", armed=armed)
        assert drive(one(request), {"hq": login}, Journal(tmp_path / "journal.jsonl")) == "answered"  # type: ignore[dict-item]
        assert login.typed == [request.command]
