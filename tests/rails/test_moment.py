# SPDX-License-Identifier: GPL-3.0-or-later
"""The rails of the moment: each where it refuses, with its whole message, and where it lets pass."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import Past
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails.cool_down import pause
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails.kill_switch import read as kill_switch
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import read as windows
from tests.rails.situations import NOON, failures, said

ASK = "Ask whoever stopped it. Then take the file away, or set remediate_enabled to true; --check still plans."


# --- kill-switch -----------------------------------------------------------------------------------------------------


def test_one_file_or_variable_stops_every_clear() -> None:
    assert said("kill-switch", enabled=False) == f"every clear is stopped: remediate_enabled is false. {ASK}"
    assert said("kill-switch", killed="the kill switch /run/STOP is there: freeze until Monday") == (
        f"every clear is stopped: the kill switch /run/STOP is there: freeze until Monday. {ASK}"
    )
    assert said("kill-switch") == ""


def test_the_file_says_why_in_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "STOP"
    assert kill_switch("") == kill_switch(str(file)) == kill_switch(str(file / "below")) == ""
    file.touch()
    assert kill_switch(str(file)) == f"the kill switch {file} is there"
    file.write_bytes(b"freeze\x1b[2J until \xff Monday\nask Mia\n")
    assert kill_switch(str(file)) == f"the kill switch {file} is there: freeze[2J until � Monday"
    file.write_text("x" * 1000, encoding="utf-8")
    assert kill_switch(str(file)).endswith(f"is there: {'x' * 200}")


def test_whatever_stands_there_stops_it(tmp_path: Path) -> None:
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(tmp_path / "nowhere")
    os.mkfifo(pipe)
    assert kill_switch(str(link)) == f"the kill switch {link} is there"
    assert kill_switch(str(pipe)) == f"the kill switch {pipe} is there"
    assert kill_switch(str(tmp_path)) == f"the kill switch {tmp_path} is there"


def test_a_file_that_cannot_be_looked_at_counts_as_thrown(monkeypatch: pytest.MonkeyPatch) -> None:
    def lstat(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "lstat", lstat)
    assert kill_switch("/secret/STOP") == (
        "the kill switch /secret/STOP cannot be looked at (Permission denied), and counts as thrown"
    )


# --- confirmation, ticket --------------------------------------------------------------------------------------------


def test_whoever_lets_it_clear_has_typed_what_it_clears() -> None:
    assert said("confirmation") == (
        "nobody confirmed; the plan is for hq-branch. Nothing was sent. Run it again with -e confirm=hq-branch."
    )
    assert said("confirmation", confirm="hq-brunch") == (
        'confirm is "hq-brunch"; the plan is for hq-branch. Nothing was sent. Run it again with -e confirm=hq-branch.'
    )
    assert said("confirmation", confirm="hq-branch") == said("confirmation", confirm="branch-hq") == ""


def test_a_ticket_matches_as_a_whole() -> None:
    pattern = r"CHG\d{7}"
    assert said("ticket", change_pattern=pattern) == (
        r"there is no change_id; it must match CHG\d{7}. Give the number of the ticket with -e change_id=NUMBER."
    )
    assert said("ticket", change_pattern=pattern, change_id="CHG00123456") == (
        r'change_id is "CHG00123456"; it must match CHG\d{7}. Give the number of the ticket with -e change_id=NUMBER.'
    )
    assert said("ticket", change_pattern=pattern, change_id="CHG0012345") == said("ticket") == ""


# --- window ----------------------------------------------------------------------------------------------------------

WAIT = "Wait for it; in an incident, with the agreement of whoever set it, -e remediate_window=''."


def test_outside_the_windows_nothing_is_cleared() -> None:
    night = windows("mon-fri 22:00-05:00 Europe/Berlin")
    assert said("window", windows=night) == (
        "it is Mon 2026-03-02 13:00 CET, outside the windows for changes; the next one opens Mon 2026-03-02 22:00 CET, "
        f"in 9h (mon,tue,wed,thu,fri 22:00-05:00 Europe/Berlin). {WAIT}"
    )
    never = windows("sun 02:15-02:45 Europe/Berlin")
    assert said("window", windows=never, now=NOON + 30.5).startswith("it is Mon 2026-03-02 13:00 CET, outside ")
    assert said("window", windows=windows("mon 11:00-12:01 UTC")) == said("window") == ""


# --- blast-radius ----------------------------------------------------------------------------------------------------

LOOK = (
    "Look for what they have in common first. Then raise remediate_max_tunnels (one run) or remediate_max_per_day (all "
    "runs)."
)


def test_few_tunnels_are_cleared_in_a_run_and_in_a_day() -> None:
    assert said("blast-radius", acted=1) == f"this run has acted on 1 tunnel, and 1 is its limit. {LOOK}"
    assert said("blast-radius", past=Past(acted_today=12)) == (
        f"12 attempts in the last 24 hours, over all tunnels, and 10 is the limit. {LOOK}"
    )
    assert said("blast-radius", acted=1, max_tunnels=2, past=Past(acted_today=9)) == said("blast-radius") == ""


# --- three-strikes, cool-down ----------------------------------------------------------------------------------------


def test_after_three_failures_somebody_must_look() -> None:
    escalate = (
        "Escalate: send Cisco's support the reports folders of these attempts and a show tech-support of both ends, "
        "taken before any reload. Raise remediate_max_attempts once the cause is known."
    )
    assert said("three-strikes", past=failures(90000, 93600, 97200)) == (
        "3 attempts in a row on hq-branch failed or did not last, the last at Sun 2026-03-01 11:00 UTC: a clear does "
        f"not reach the cause. {escalate}"
    )
    assert said("three-strikes", past=failures(60), max_attempts=1) == (
        "an attempt on hq-branch failed or did not last, the last at Mon 2026-03-02 11:59 UTC: a clear does not reach "
        f"the cause. {escalate}"
    )
    assert said("three-strikes", past=failures(60, 700)) == said("three-strikes") == ""


def test_between_two_attempts_there_is_a_pause() -> None:
    lift = "Wait and look for the cause meanwhile, or try at once with -e remediate_cool_down=0."
    assert said("cool-down", past=failures(60)) == (
        "the last attempt on hq-branch failed or did not last (Mon 2026-03-02 11:59 UTC, number 1 in a row); the next "
        f"is allowed at Mon 2026-03-02 12:09 UTC, in 9m. {lift}"
    )
    assert said("cool-down", past=failures(600, 4000)) == (
        "the last attempt on hq-branch failed or did not last (Mon 2026-03-02 11:50 UTC, number 2 in a row); the next "
        f"is allowed at Mon 2026-03-02 12:10 UTC, in 10m. {lift}"
    )
    assert (
        said("cool-down", past=failures(600)) == said("cool-down", past=failures(1200, 4000)) == said("cool-down") == ""
    )
    assert said("cool-down", past=failures(1), cool_down=0) == ""


@pytest.mark.parametrize(("number", "seconds"), [(1, 600), (2, 1200), (3, 2400), (4, 3600), (5, 3600), (5000, 3600)])
def test_the_pause_doubles_to_its_limit(number: int, seconds: float) -> None:
    assert pause(number, Settings()) == seconds


# --- what is told and refuses nothing --------------------------------------------------------------------------------


def test_an_attempt_that_was_cut_off_is_a_note_and_no_refusal() -> None:
    past = Past(open="run 7 had cleared hq and not branch.")
    assert rails.open_attempt(past) == (
        "An attempt before this one was cut off (run 7 had cleared hq and not branch), and nobody saw how it ended. "
        "Both ends were read again since: this run goes by what they show now."
    )
    assert rails.open_attempt(Past()) == ""


def test_a_shadow_that_watches_too_long_complains() -> None:
    shadow = Settings(shadow=True)
    assert rails.shadow_words(Past(shadowed=3), shadow) == (
        "Shadow mode would have cleared this tunnel 3 times and sent nothing: it stays broken until somebody acts. "
        "Run it with -e remediate_shadow=false, or take the shadow mode away for good."
    )
    assert rails.shadow_words(Past(shadowed=2), shadow) == rails.shadow_words(Past(shadowed=9), Settings()) == ""
    assert rails.shadow_words(Past(shadowed=1), Settings(shadow=True, shadow_alert=1)).startswith(
        "Shadow mode would have cleared this tunnel 1 time and sent nothing: "
    )
