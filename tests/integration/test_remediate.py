# SPDX-License-Identifier: GPL-3.0-or-later
"""The remediation as a user runs it, over SSH against the lab: what it mends and refuses, how it is interrupted."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest

from lab.testing import RunningLab, running_lab
from tests.integration.playbooks import ROOT, Playbooks, harmful, interrupt_while_arming, playbooks, read_until
from tests.integration.test_audit import SCHEMA, SECRETS
from tests.integration.test_harden import configured, swapped

HQ_CLEAR = "clear crypto ipsec sa peer 203.0.113.1"
BRANCH_CLEAR = "clear crypto ipsec sa peer 198.51.100.1"
Fresh = Callable[..., tuple[RunningLab, Playbooks]]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Fresh]:
    """Starts a lab of this test's own, which it may mend or break."""
    running = []

    def make(fault: str | None = "deletion-retry") -> tuple[RunningLab, Playbooks]:
        manager = running_lab(dir=tmp_path / "lab", fault=fault)
        running.append(manager)
        return (lab := manager.__enter__()), playbooks(lab, tmp_path / "reports")

    yield make
    for manager in running:
        manager.__exit__(None, None, None)


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """Broken, and it stays so: every run against it is refused."""
    with running_lab(dir=tmp_path_factory.mktemp("lab"), fault="deletion-retry") as running:
        yield running


@pytest.fixture
def refused(broken: RunningLab, tmp_path: Path) -> Iterator[Playbooks]:
    yield playbooks(broken, tmp_path / "reports")
    for device in broken.devices:
        broken.quirk(device, clear=True)
    assert harmful(broken) == [], "a run that was refused sent something"


def clears(lab: RunningLab) -> list[tuple[str, str]]:
    received = sorted(lab.record(), key=lambda entry: entry["virtual"])
    return [(each["device"], each["line"]) for each in received if each["line"].startswith("clear")]


# --- it mends --------------------------------------------------------------------------------------------------------


def test_the_incident_is_mended_on_both_ends_in_order_and_then_left_alone(fresh: Fresh) -> None:
    lab, books = fresh()
    # A tunnel's name is its two devices in either order, in the confirmation too.
    run = books.remediate(confirm="branch-hq")
    assert run.code == 0, run.screen
    assert "OUTCOME healed: hq-branch: new SPIs at both ends, mirrored in two readings" in run.words
    assert re.search(r"counting both ways\. The clears went out 0\.\d s apart\.", run.words)
    assert "1. hq clear crypto ipsec sa peer 203.0.113.1 (first: hq logged that it could not delete" in run.words
    assert (run.latest["run"]["outcome"], run.tunnel["verdict"]) == ("healed", "healthy")
    assert [each["verdict"] for each in run.latest["before"]] == ["broken"]
    jsonschema.validate(run.latest, SCHEMA)
    assert lab.status()["mirrors"]
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    times = [datetime.fromisoformat(each["virtual"]) for each in lab.record() if each["line"].startswith("clear")]
    assert (max(times) - min(times)).total_seconds() < 5
    assert [each["event"] for each in run.journal] == ["armed", "clear", "cleared", "clear", "cleared", "proven"]
    evidence = (run.reports / "latest" / "evidence" / "hq").iterdir()
    assert {"1", "2", "3", "4"} <= {path.name for path in evidence}, "two readings before, two after"
    assert {oct(path.stat().st_mode & 0o777) for path in (run.reports / "latest").resolve().rglob("*.*")} == {"0o600"}

    again = books.remediate()
    assert again.code == 0, again.screen
    assert "hq-branch is healthy (each end accepts what the other sends): it was left alone." in again.words
    assert again.latest["run"]["outcome"] == "no_change"
    assert len(clears(lab)) == 2


def test_a_peer_that_lost_its_sas_is_mended_too_and_no_secret_is_told(fresh: Fresh) -> None:
    lab, books = fresh("lost-peer")
    run = books.remediate("-vvvv", confirm="branch-hq", tunnel="branch-hq")
    assert run.code == 0, run.screen
    assert run.latest["run"]["outcome"] == "healed"
    assert lab.status()["mirrors"]
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    files = [path for path in (run.reports / "latest").resolve().rglob("*") if path.is_file()]
    told = {str(path): path.read_text(encoding="utf-8") for path in files} | {"the screen": run.screen}
    assert [(name, secret) for name, text in told.items() for secret in SECRETS if secret in text] == []


# --- it refuses ------------------------------------------------------------------------------------------------------


def test_a_check_prints_the_plan_and_sends_nothing_that_changes(refused: Playbooks) -> None:
    run = refused.remediate("--check", confirm="hq-branch")
    assert run.code == 0, run.screen
    assert f"1. hq {HQ_CLEAR} (first: " in run.words
    assert f"2. branch {BRANCH_CLEAR} (second: " in run.words
    assert "Because spi-mirror-mismatch" in run.words
    assert run.latest["run"]["outcome"] == "planned"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"tunnel": "hq-brunch"}, "no tunnel is called 'hq-brunch'. Did you mean hq-branch? Tunnels found: hq-branch."),
        (
            {"confirm": "hq-brunch"},
            "confirm is 'hq-brunch', and tunnel is 'hq-branch': to confirm, type the name of the tunnel that is to be "
            "cleared. Nothing was sent to any device.",
        ),
        (
            {"confirm": "hq-branch", "remediate_window": "mon-fri 22:00-05:00 Europe/Berln"},
            "remediate_window, item 1: there is no time zone 'Europe/Berln': did you mean Europe/Berlin? Nothing was "
            "sent to any device.",
        ),
        (
            {"confirm": "hq-branch", "remediate_cool_down": "ten"},
            "remediate_cool_down is 'ten': give a whole number from 0 on. Nothing was sent to any device.",
        ),
        ({}, "Gate confirmation: nobody confirmed; the plan is for hq-branch. Nothing was sent."),
    ],
)
def test_nothing_is_sent_without_the_right_name(variables: dict[str, str], words: str, refused: Playbooks) -> None:
    run = refused.remediate(**variables)
    assert run.code == 2
    assert words in run.words


def test_what_was_not_confirmed_is_no_plan_in_the_report(refused: Playbooks) -> None:
    run = refused.remediate(confirm="")
    assert run.code == 2
    assert run.latest["run"]["outcome"] == "aborted_gate:confirmation"
    assert "OUTCOME aborted_gate:confirmation: " in run.words
    assert "OUTCOME planned" not in run.words
    assert run.latest["run"]["outcome_text"].endswith("Nothing was sent. Run it again with -e confirm=hq-branch.")
    assert not (run.reports / "latest" / "journal.jsonl").exists()


QUESTION = "or press Enter to leave: nothing has been sent"
INTERRUPTED = "Press 'C' to continue the play or 'A' to abort"


@pytest.mark.parametrize("typed", [((QUESTION, "\r"),), ((QUESTION, "\x03"), (INTERRUPTED, "c")),
                                   ((QUESTION, "\x03"), (INTERRUPTED, "a"))])  # fmt: skip
def test_whoever_leaves_at_the_question_has_sent_nothing(
    typed: tuple[tuple[str, str], ...], refused: Playbooks
) -> None:
    run = refused.at_a_terminal("remediate", *typed, tunnel="hq-branch")
    assert run.code == 2, run.screen
    assert run.latest["run"]["outcome"] == "aborted_gate:confirmation"
    assert "Run it again with -e confirm=hq-branch." in run.words
    assert not (run.reports / "latest" / "journal.jsonl").exists()


def test_a_login_that_answers_as_another_device_is_not_cleared(refused: Playbooks, tmp_path: Path) -> None:
    run = refused.run(swapped("remediate", tmp_path), tunnel="hq-branch", confirm="hq-branch")
    assert run.code == 2
    assert (
        "Gate wrong-device: Nothing was cleared. branch now answers as hq serial JMX1304K0HQ; the audit read branch "
        "serial JMX1304K0BR. See which device the address leads to, correct ansible_host, " in run.words
    )
    assert run.latest["run"]["outcome"] == "aborted_gate:wrong-device"


def test_a_run_that_leaves_an_end_out_says_which(refused: Playbooks) -> None:
    run = refused.remediate("--limit", "hq", confirm="hq-branch")
    assert run.code == 2
    assert "no tunnel is called 'hq-branch'. Tunnels found: hq-203.0.113.1." in run.words
    assert "branch is in the inventory, but not in this run: both ends are needed (look at --limit)" in run.words


@pytest.mark.parametrize("quirk", ["refuse-login", "authorization-failed=show crypto ipsec sa", "level=3"])
def test_nothing_is_cleared_on_what_was_not_read(quirk: str, broken: RunningLab, refused: Playbooks) -> None:
    broken.quirk("branch", quirk)
    run = refused.remediate(confirm="hq-branch")
    assert run.code == 2
    # Without its configuration nobody knows which device has the address that the other end names.
    assert "Nothing is cleared on what was not read." in run.words or (
        "FAILED! => Gate unread: branch could not be read: " in run.words
        and "Nothing is changed on what was not read." in run.words
        and "OUTCOME aborted_gate:unread: branch could not be read: " in run.words
    )
    assert run.latest["run"]["kind"] == "remediate"
    assert run.latest["run"]["outcome"] in ("aborted_gate:unread", "aborted_gate:both-ends")


def test_two_devices_that_claim_one_address_are_not_cleared(refused: Playbooks, tmp_path: Path) -> None:
    inventory = tmp_path / "more.yml"
    inventory.write_text("asa:\n  hosts:\n    hq-again:\n      lab_device: hq\n", encoding="utf-8")
    run = refused.remediate("-i", str(ROOT / "inventory" / "lab"), "-i", str(inventory), confirm="hq-branch")
    assert run.code == 2
    assert "hq and hq-again both claim 198.51.100.1" in run.words


def test_an_end_reached_through_the_tunnel_is_refused(refused: Playbooks, broken: RunningLab, tmp_path: Path) -> None:
    """Branch's address is one behind the tunnel; a relay makes the lab answer there."""
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY.format(port=broken.devices["branch"]["port"]), encoding="utf-8")
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(
        "asa:\n  hosts:\n    branch:\n      ansible_host: 192.168.2.1\n"
        f"      ansible_libssh_proxy_command: {sys.executable} {relay}\n"
        "      ansible_libssh_host_key_checking: false\n",
        encoding="utf-8",
    )
    run = refused.remediate("-i", str(ROOT / "inventory" / "lab"), "-i", str(inventory), confirm="hq-branch")
    assert run.code == 2
    assert (
        "Gate in-band: branch is reached by way of 192.168.2.1 (management-access inside), which lies in "
        "192.168.2.0/24: this tunnel may be the only way to it" in run.words
    )


def test_an_address_out_of_band_is_the_one_that_counts(fresh: Fresh, tmp_path: Path) -> None:
    """Branch is read through the tunnel, and cleared at the address beside it."""
    lab, books = fresh()
    relay = tmp_path / "relay.py"
    relay.write_text(RELAY.format(port=lab.devices["branch"]["port"]), encoding="utf-8")
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(
        "asa:\n  hosts:\n    branch:\n      ansible_host: 192.168.2.1\n      asa_oob_host: 127.0.0.1\n"
        f"      ansible_libssh_proxy_command: {sys.executable} {relay}\n"
        "      ansible_libssh_host_key_checking: false\n",
        encoding="utf-8",
    )
    run = books.remediate("-i", str(ROOT / "inventory" / "lab"), "-i", str(inventory), confirm="hq-branch")
    assert run.code == 0, run.screen
    assert run.latest["run"]["outcome"] == "healed"
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


RELAY = """
import os, socket, threading
far = socket.create_connection(("127.0.0.1", {port}))
def up():
    while data := os.read(0, 65536):
        far.sendall(data)
threading.Thread(target=up, daemon=True).start()
while data := far.recv(65536):
    os.write(1, data)
"""


# --- a clear fails ---------------------------------------------------------------------------------------------------


def test_a_first_clear_that_is_refused_is_not_followed_by_the_second(fresh: Fresh) -> None:
    lab, books = fresh()
    lab.quirk("hq", "refuse-clear")
    run = books.remediate(confirm="hq-branch")
    assert run.code == 2
    assert f"Nothing was cleared. hq refused '{HQ_CLEAR}': ERROR: " in run.words
    assert run.latest["run"]["outcome"] == "aborted_gate:refused"
    assert clears(lab) == [("hq", HQ_CLEAR)]


def test_a_second_clear_that_is_refused_is_told_whatever_the_proof_says(fresh: Fresh) -> None:
    lab, books = fresh()
    lab.quirk("branch", "refuse-clear")
    run = books.remediate(confirm="hq-branch", remediate_verify_timeout=10)
    outcome = run.latest["run"]["outcome"]
    assert f"branch refused '{BRANCH_CLEAR}': ERROR: " in run.words
    assert (outcome, run.code, lab.status()["mirrors"]) in [("healed", 0, True), ("half_cleared", 2, False)]
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


# --- the disk fails --------------------------------------------------------------------------------------------------


def test_evidence_that_cannot_be_kept_does_not_take_the_proof_away(fresh: Fresh) -> None:
    _, books = fresh()
    process = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", remediate_verify_interval=3)
    seen = read_until(process, "letting the clears take effect")
    (books.reports / "latest" / "evidence" / "hq" / "3").write_text("in the way", encoding="utf-8")
    run = books.ended(process, seen)
    assert run.code == 0, run.screen
    assert (run.latest["run"]["outcome"], run.tunnel["verdict"]) == ("healed", "healthy")
    assert "What was read since is not kept as evidence: [Errno 17] File exists: " in run.words


def test_a_report_that_cannot_be_written_leaves_the_result_on_the_screen(fresh: Fresh) -> None:
    lab, books = fresh()
    process = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", remediate_verify_interval=3)
    seen = read_until(process, "letting the clears take effect")
    report = books.reports / "latest" / "report.json"
    report.unlink()
    report.mkdir()
    run = books.ended(process, seen)
    assert run.code == 2
    assert "FAILED! => healed: hq-branch: new SPIs at both ends, mirrored in two readings" in run.words
    assert "But the report cannot be written to " in run.words
    assert lab.status()["mirrors"]


# --- it is not alone, or interrupted ---------------------------------------------------------------------------------


def test_of_two_remediations_at_once_exactly_one_acts(fresh: Fresh) -> None:
    lab, books = fresh()
    given = {"tunnel": "hq-branch", "confirm": "hq-branch", "remediate_verify_interval": 3}
    both = [books.start("remediate", **given) for _ in range(2)]
    runs = [books.ended(each) for each in both]
    assert sorted(run.code for run in runs) == [0, 2], [run.screen for run in runs]
    loser = next(run for run in runs if run.code)
    assert AT_WORK.search(loser.words) or "something renegotiated meanwhile" in loser.words
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


AT_WORK = re.compile(
    r"Run \S+-remediate(-2)? on \S+ \(process \d+\) is at work on hq-branch \(198\.51\.100\.1-203\.0\.113\.1\) since "
)


def _left(books: Playbooks) -> list[int]:
    """Processes of the run that have not ended soon after it."""
    deadline = time.monotonic() + 10
    while (left := books.processes()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def test_a_hardening_keeps_away_while_a_mending_is_at_work(fresh: Fresh) -> None:
    lab, books = fresh()
    mending = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", remediate_verify_interval=30)
    seen = read_until(mending, "between the two readings of the proof")
    hardening = books.run("harden", tunnel="hq-branch", collect_interval=1)
    mended = books.ended(mending, seen)
    assert mended.code == 0, mended.screen
    assert hardening.code == 2
    assert AT_WORK.search(hardening.words)
    assert "OUTCOME aborted_gate:locked: " in hardening.words
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]


def test_an_interruption_during_the_proof_says_what_was_cleared_and_leaves_no_process(fresh: Fresh) -> None:
    lab, books = fresh()
    process = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", remediate_verify_interval=60)
    seen = read_until(process, "between the two readings of the proof")
    os.killpg(process.pid, signal.SIGINT)
    run = books.ended(process, seen)
    assert run.code != 0
    assert "User interrupted execution" in run.words
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert [each["event"] for each in run.journal] == ["armed", "clear", "cleared", "clear", "cleared", "interrupted"]
    assert run.latest["run"]["outcome"] == "unfinished"
    assert INTERRUPTED.fullmatch(run.latest["run"]["outcome_text"]), run.latest["run"]["outcome_text"]
    # Ansible has no recap for it: the same words are the last on the screen.
    assert f"unfinished: {run.latest['run']['outcome_text']} Report: " in run.words, run.screen
    # An interrupted run claims nothing of what it did not see.
    assert run.tunnel["verdict"] == "unknown"
    sent = [each for each in run.latest["actions"] if each["command"].startswith("clear ")]
    assert [(each["device"], each["result"]) for each in sent] == [("hq", "done"), ("branch", "done")]
    assert _left(books) == []

    again = books.remediate(confirm="hq-branch")
    assert (again.code, again.latest["run"]["outcome"]) == (0, "no_change"), again.screen


INTERRUPTED = re.compile(
    r"Interrupted: cleared hq \d\d:\d\d:\d\dZ, branch \d\d:\d\d:\d\dZ; the proof was not finished\. "
    r"Next: run the audit \(ansible-playbook .*audit.*\)\."
)


@pytest.mark.parametrize("device", ["hq", "branch"])
def test_an_interruption_before_the_first_clear_sends_nothing_more(device: str, fresh: Fresh) -> None:
    """What is raised while libssh reads is lost in it; see driver.py."""
    lab, books = fresh()
    process = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", collect_interval=1)
    interrupt_while_arming(lab, process, device)
    run = books.ended(process)
    assert (run.latest["run"]["outcome"], run.latest["run"]["outcome_text"]) == (
        "aborted_gate:interrupted",
        "Nothing was cleared. The run was interrupted. Run it again when you are ready.",
    )
    assert [each["event"] for each in run.journal] == ["aborted"]
    assert harmful(lab) == []
    assert _left(books) == []


def test_an_interruption_does_not_wait_for_a_device_that_hangs_in_the_proof(fresh: Fresh) -> None:
    lab, books = fresh()
    lab.quirk("hq", "hang=ping inside")
    process = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", ansible_command_timeout=100)
    seen = read_until(process, "letting the clears take effect")
    time.sleep(4)
    os.killpg(process.pid, signal.SIGINT)
    before = time.monotonic()
    run = books.ended(process, seen)
    assert time.monotonic() - before < 10
    assert run.latest["run"]["outcome"] == "unfinished"
    assert _left(books) == []


def test_a_run_that_is_killed_claims_nothing(fresh: Fresh) -> None:
    lab, books = fresh()
    process = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", remediate_verify_interval=60)
    seen = read_until(process, "between the two readings of the proof")
    for number in books.processes():
        os.kill(number, signal.SIGKILL)
    run = books.ended(process, seen)
    assert run.latest["run"]["outcome"] == "unfinished"
    assert run.latest["run"]["outcome_text"].endswith("journal.jsonl has what was sent. Audit before anything else.")
    assert run.tunnel["verdict"] == "unknown"
    assert [each["result"] for each in run.latest["actions"]] == ["not known: see journal.jsonl"] * 2
    assert [each["event"] for each in run.journal] == ["armed", "clear", "cleared", "clear", "cleared"]
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


def test_an_interruption_between_the_clears_waits_for_the_second(fresh: Fresh) -> None:
    lab, books = fresh()
    lab.quirk("branch", "hang=clear")
    process = books.start("remediate", tunnel="hq-branch", confirm="hq-branch", ansible_command_timeout=3)
    seen = read_until(process, f" branch  {BRANCH_CLEAR} ...")
    os.killpg(process.pid, signal.SIGINT)
    run = books.ended(process, seen)
    assert run.code != 0
    assert "do not press Ctrl-C again. The result will be in " in run.words
    assert _left(books) == []
    assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert [each["event"] for each in run.journal] == [
        "armed",
        "clear",
        "cleared",
        "clear",
        "clear_failed",
        "interrupted",
    ]
    assert run.journal[-2]["text"].endswith(f"Whether branch carried out '{BRANCH_CLEAR}' is not known.")
    assert run.latest["run"]["outcome"] == "unfinished"
    text = run.latest["run"]["outcome_text"]
    assert re.match(r"Interrupted: cleared hq \d\d:\d\d:\d\dZ; the proof was not finished\. branch", text), text
    assert f"Whether branch carried out '{BRANCH_CLEAR}' is not known." in text
