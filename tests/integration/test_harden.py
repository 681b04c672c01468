# SPDX-License-Identifier: GPL-3.0-or-later
"""The hardening through Ansible and SSH: what it writes, shows, takes back, and what DPD then does for the tunnel."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import State
from lab.testing import RunningLab, running_lab
from tests.integration.playbooks import Playbooks, Run, harmful, interrupt_while_arming, playbooks, read_until
from tests.state.test_leases import ELSEWHERE

ON = "isakmp keepalive threshold 10 retry 2"
OFF = "isakmp keepalive disable"
Play = Callable[..., Run]


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    with running_lab("incident-2009", dir=tmp_path / "lab") as running:
        yield running


@pytest.fixture
def books(lab: RunningLab, tmp_path: Path) -> Playbooks:
    books = playbooks(lab, tmp_path / "reports")
    books.variables = {"collect_interval": 1}
    return books


@pytest.fixture
def harden(books: Playbooks) -> Play:
    def run(*flags: str, **variables: Any) -> Run:
        return books.run("harden", *flags, tunnel="hq-branch", **variables)

    return run


def configured(lab: RunningLab, device: str) -> list[str]:
    return [entry["line"].strip() for entry in lab.record(device) if entry["mode"] == "config"]


def saves(lab: RunningLab) -> list[str]:
    return [entry["device"] for entry in lab.record() if entry["line"] == "write memory"]


def journal(run: Run) -> list[str]:
    lines = (run.reports / "latest" / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    return [f"{each['event']} {each.get('device', '')}".strip() for each in map(json.loads, lines)]


def decisions(books: Playbooks) -> list[tuple[str, str, str, str]]:
    lines = (books.reports / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
    return [(each["decision"], each["gate"], each["outcome"], each["text"]) for each in map(json.loads, lines)]


# --- it writes -------------------------------------------------------------------------------------------------------


def test_check_shows_the_diff_and_writes_nothing(lab: RunningLab, harden: Play) -> None:
    done = harden("--check", "--diff", harden_save=True)
    assert done.code == 0, done.screen
    assert "- isakmp keepalive disable" in done.words
    assert f"+ {ON}" in done.words
    assert "Would save at hq and branch. Nothing was written." in done.words
    assert done.latest["run"]["outcome"] == "planned"
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]
    assert saves(lab) == []


def test_it_writes_both_ends_once_and_the_second_run_changes_nothing(lab: RunningLab, harden: Play) -> None:
    first = harden()
    assert first.code == 0, first.screen
    assert "DPD set at hq (disabled -> threshold 10 retry 2) and branch" in first.words
    assert "NOT SAVED at hq and branch: the next reload takes it away." in first.words
    assert "It counts from the next IKE SA on; the one that is up was agreed before, and lasts up to " in first.words
    assert configured(lab, "hq") == ["tunnel-group 203.0.113.1 ipsec-attributes", ON, "end"]
    assert configured(lab, "branch") == ["tunnel-group 198.51.100.1 ipsec-attributes", ON, "end"]
    assert journal(first) == ["configure hq", "configured hq", "configure branch", "configured branch"]
    findings = {each["rule"]: each["outcome"] for each in first.tunnel["findings"]}
    assert (first.latest["run"]["outcome"], findings["dpd-disabled"]) == ("hardened", "pass")
    second = harden()
    assert "changed=0" in second.words
    assert "nothing to change. NOT SAVED at hq and branch" in second.words
    assert second.latest["run"]["outcome"] == "no_change"
    assert len(configured(lab, "hq")) == 3
    assert saves(lab) == []


def test_saving_is_asked_for_and_done_once(lab: RunningLab, harden: Play) -> None:
    assert harden().code == 0
    planned = harden("--check", harden_save=True)
    assert "Would save at hq and branch." in planned.words
    assert saves(lab) == []
    done = harden(harden_save=True)
    assert done.code == 0, done.screen
    assert "Saved at hq and branch." in done.words
    assert "changed=1" in done.words
    assert saves(lab) == ["hq", "branch"]
    assert len(configured(lab, "hq")) == 3, "it was written before, and only saved now"
    again = harden(harden_save=True)
    assert "are set to DPD threshold 10 retry 2 and saved, nothing to change." in again.words
    assert "changed=0" in again.words
    assert saves(lab) == ["hq", "branch"]


# --- it makes more than DPD ------------------------------------------------------------------------------------------

ALL = {"harden_settings": "all", "harden_shared": True}
NEW_AT_HQ = [
    "tunnel-group 203.0.113.1 ipsec-attributes",
    ON,
    "end",
    "crypto isakmp disconnect-notify",
    "end",
    "group-policy L2L-203.0.113.1 internal",
    "group-policy L2L-203.0.113.1 attributes",
    "vpn-idle-timeout none",
    "tunnel-group 203.0.113.1 general-attributes",
    "default-group-policy L2L-203.0.113.1",
    "end",
]


def test_a_check_of_every_setting_shows_its_lines_and_types_none(lab: RunningLab, harden: Play) -> None:
    done = harden("--check", "--diff", **ALL)
    assert done.code == 0, done.screen
    for line in ("+crypto isakmp disconnect-notify", "+ vpn-idle-timeout none", f"+ {ON}", "- vpn-idle-timeout 30"):
        assert line in done.screen.splitlines()
    assert "OTHER TUNNELS CHANGE TOO: crypto isakmp disconnect-notify counts for every tunnel of hq." in done.words
    assert done.latest["run"]["outcome"] == "planned"
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]


def test_what_changes_other_tunnels_is_refused_before_the_first_line(lab: RunningLab, harden: Play) -> None:
    done = harden(harden_settings=["dpd", "disconnect-notify"])
    assert done.code == 2
    assert "Gate shared: Nothing was written. It would change other tunnels too: crypto isakmp" in done.words
    assert (
        "-e harden_settings=dpd would not. If that is meant, add -e harden_shared=true; else leave it out" in done.words
    )
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]


def test_every_setting_is_written_once_and_saved_and_found_by_the_audit(lab: RunningLab, harden: Play) -> None:
    first = harden(harden_save=True, **ALL)
    assert first.code == 0, first.screen
    assert configured(lab, "hq") == NEW_AT_HQ
    assert saves(lab) == ["hq", "branch"]
    outcomes = {each["rule"]: each["outcome"] for each in first.tunnel["findings"]}
    rules = ("dpd-disabled", "disconnect-notify", "gp-idle-timeout", "pfs-mismatch", "lifetime-sec-mismatch")
    assert [outcomes[rule] for rule in rules] == ["pass"] * 5
    second = harden(harden_save=True, **ALL)
    assert "changed=0" in second.words
    assert (
        "idle timeout none, IPsec lifetime 28800 s and 4608000 kB, PFS none, transform list esp-aes-256 "
        "esp-sha-hmac and saved, nothing to change" in second.words
    )
    assert configured(lab, "hq") == NEW_AT_HQ


def test_every_setting_is_taken_back_when_the_second_end_refuses_the_last(lab: RunningLab, harden: Play) -> None:
    lab.quirk("branch", "authorization-failed=default-group-policy")
    done = harden("--diff", **ALL)
    assert done.code == 2
    values = "DPD disabled, disconnect-notify off, idle timeout 30 minutes"
    assert (
        "branch: the device refused 'default-group-policy L2L-198.51.100.1': Command authorization failed. "
        f"hq is as it was ({values}); branch is as it was ({values})." in done.words
    )
    assert configured(lab, "branch")[-2:] == [OFF, "end"]
    assert configured(lab, "hq")[len(NEW_AT_HQ) :] == [
        "tunnel-group 203.0.113.1 general-attributes",
        "no default-group-policy",
        "no group-policy L2L-203.0.113.1",
        "end",
        "no crypto isakmp disconnect-notify",
        "end",
        "tunnel-group 203.0.113.1 ipsec-attributes",
        OFF,
        "end",
    ]
    assert "+crypto isakmp disconnect-notify" not in done.screen.splitlines(), "a diff tells what was done"
    assert saves(lab) == []


def test_a_setting_that_is_none_is_refused_before_any_login(lab: RunningLab, harden: Play) -> None:
    done = harden(harden_settings="dpd,pfss")
    assert done.code == 2
    assert "harden_settings is 'dpd,pfss': give one or more of dpd, disconnect-notify, idle-timeout," in done.words
    assert lab.record() == []


def test_on_a_new_release_every_setting_is_made_as_well(tmp_path: Path) -> None:
    """Of the six only one is missing there: the others are in effect. Its devices have names of their own here."""
    with running_lab("modern-9x", dir=tmp_path / "lab") as lab:
        inventory = tmp_path / "hosts.yml"
        hosts = {
            name: {"ansible_host": "127.0.0.1", "ansible_port": each["port"]} for name, each in lab.devices.items()
        }
        shipped = Path(__file__).resolve().parents[2] / "inventory" / "lab" / "group_vars"
        (tmp_path / "group_vars").symlink_to(shipped)
        inventory.write_text(json.dumps({"asa": {"hosts": hosts}}), encoding="utf-8")
        books = playbooks(lab, tmp_path / "reports")
        done = books.run("harden", "-i", str(inventory), tunnel="east-west", **ALL)
        assert done.code == 0, done.screen
        lines = ["crypto isakmp disconnect-notify", "end"]
        assert [configured(lab, device) for device in ("east", "west")] == [lines, lines]
        assert "disconnect-notify set at east (off -> on) and west (off -> on)." in done.words


WEAK = "crypto ipsec transform-set OLD esp-3des esp-md5-hmac"
ENTRY = "crypto map outside_map 10 set transform-set"
STRONG = "crypto ipsec transform-set TUNNELMEND-AES256-SHA esp-aes-256 esp-sha-hmac"


def weak_site(folder: Path) -> Path:
    """The incident's site, with what nobody should offer any more at both ends."""
    shipped = Path(__file__).resolve().parents[2] / "lab" / "sites" / "incident-2009"
    folder.mkdir()
    for path in shipped.iterdir():
        text = path.read_text(encoding="utf-8")
        text = text.replace("crypto ipsec transform-set AES256-SHA esp-aes-256 esp-sha-hmac", WEAK)
        (folder / path.name).write_text(text.replace(f"{ENTRY} AES256-SHA", f"{ENTRY} OLD"), encoding="utf-8")
    return folder


def test_transforms_change_under_a_tunnel_that_stays_up(tmp_path: Path) -> None:
    """The strong one first at both ends, then the weak one off both; the SAs of the next rekey have the new one."""
    with running_lab(str(weak_site(tmp_path / "site")), dir=tmp_path / "lab") as lab:
        books = playbooks(lab, tmp_path / "reports")
        books.variables = {"collect_interval": 1}
        done = books.run("harden", "--diff", tunnel="hq-branch", harden_settings="transforms")
        assert done.code == 0, done.screen
        change = "(esp-3des esp-md5-hmac -> esp-aes-256 esp-sha-hmac)"
        assert f"transform list set at hq {change} and branch {change}." in done.words
        assert f"-{ENTRY} OLD" in done.screen.splitlines()
        typed = [STRONG, f"{ENTRY} TUNNELMEND-AES256-SHA OLD", "end", f"{ENTRY} TUNNELMEND-AES256-SHA", "end"]
        assert [configured(lab, device) for device in ("hq", "branch")] == [typed, typed]
        order = [each["device"] for each in lab.record() if each["line"].startswith(ENTRY)]
        assert order == ["hq", "branch", "hq", "branch"]
        assert done.tunnel["verdict"] == "healthy"
        assert made_with(done) == {"esp-3des esp-md5-hmac"}
        lab.advance("9h")
        assert lab.status()["mirrors"]
        again = books.run("harden", tunnel="hq-branch", harden_settings="transforms")
        assert "both ends are set to transform list esp-aes-256 esp-sha-hmac, nothing to change." in again.words
        assert made_with(again) == {"esp-aes-256 esp-sha-hmac"}


def made_with(run: Run) -> set[str]:
    """The transforms of the SAs that a run read; it must be the latest."""
    latest = (run.reports / "latest").resolve()
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in latest.rglob("*") if path.is_file()]
    found = [match for text in texts for match in re.findall(r"transform: (esp-\S+ esp-\S+)", text)]
    return set(found)


# --- it refuses, and takes back --------------------------------------------------------------------------------------


def test_the_first_end_is_set_back_when_the_second_refuses(lab: RunningLab, harden: Play) -> None:
    lab.quirk("branch", "authorization-failed=configure")
    done = harden()
    assert done.code != 0
    assert (
        "branch: the device refused 'configure terminal': Command authorization failed. "
        "hq is as it was (disabled); branch is as it was (disabled)." in done.words
    )
    assert configured(lab, "hq")[-2:] == [OFF, "end"]
    assert configured(lab, "branch") == []
    assert done.latest["run"]["outcome"] == "failed"


def test_a_lost_login_is_replaced_and_identified_before_the_undo(lab: RunningLab, harden: Play) -> None:
    """Branch hangs on the line itself. What it made of it is looked at in a new login."""
    lab.quirk("branch", f"hang={ON}")
    done = harden(ansible_command_timeout=2)
    assert done.code != 0
    assert "hq is as it was (disabled); branch is as it was (disabled)." in done.words
    assert configured(lab, "hq")[-2:] == [OFF, "end"]
    # The new login is identified, and shows the old value: there is no line to type.
    assert [entry["line"] for entry in lab.record("branch") if entry["line"] != "exit"][-4:] == [
        "show pager",
        "show version",
        "show failover",
        "show running-config all tunnel-group 198.51.100.1",
    ]


@pytest.mark.parametrize("flag", [(), ("--check",)])
def test_an_end_that_was_not_read_is_told_first_and_reported(
    flag: tuple[str, ...], lab: RunningLab, harden: Play
) -> None:
    lab.quirk("branch", "refuse-login")
    done = harden(*flag)
    assert done.code == 2
    assert "FAILED! => Gate unread: branch could not be read: " in done.words
    assert done.latest["run"]["kind"] == "harden"
    assert done.latest["run"]["outcome"] == "aborted_gate:unread"
    assert done.latest["run"]["outcome_text"].endswith("Nothing is changed on what was not read.")
    assert "OUTCOME aborted_gate:unread: branch could not be read: " in done.words
    assert configured(lab, "hq") == []


def test_an_end_that_could_not_be_set_back_is_unknown_in_the_report(lab: RunningLab, books: Playbooks) -> None:
    """Branch refuses its line, and hq the undo."""
    lab.quirk("branch", "authorization-failed=configure")
    lab.quirk("hq", "authorization-failed=isakmp keepalive disable")
    done = books.run("harden", tunnel="hq-branch")
    assert done.code == 2
    assert "hq COULD NOT BE SET BACK" in done.words
    assert done.latest["run"]["outcome"] == "failed"
    assert (done.tunnel["verdict"], done.tunnel["cause"]) == (
        "unknown",
        "an end could not be set back and was not read again",
    )


def test_a_save_that_failed_is_no_save_in_the_report(lab: RunningLab, harden: Play) -> None:
    lab.quirk("branch", "empty=write memory")
    done = harden(harden_save=True)
    assert done.latest["run"]["outcome"] == "not_saved"
    results = [(each["device"], each["result"]) for each in done.latest["actions"] if each["command"] == "write memory"]
    assert results == [("hq", "done"), ("branch", "no [OK]: ''")]


def test_a_value_out_of_range_is_refused_unsent(lab: RunningLab, harden: Play) -> None:
    done = harden(harden_dpd_threshold=5)
    assert done.code != 0
    assert "10 to 3600" in done.words
    assert configured(lab, "hq") == []


@pytest.mark.parametrize("flag", [(), ("--check",)])
def test_a_login_that_answers_as_another_device_is_not_written_to(
    flag: tuple[str, ...], lab: RunningLab, books: Playbooks, tmp_path: Path
) -> None:
    done = books.run(swapped("harden", tmp_path), *flag, tunnel="hq-branch")
    assert done.code != 0
    assert (
        "Gate wrong-device: Nothing was written. branch now answers as hq serial JMX1304K0HQ; the audit read branch "
        "serial JMX1304K0BR. See which device the address leads to, correct ansible_host, " in done.words
    )
    assert done.latest["run"]["outcome"] == "aborted_gate:wrong-device"
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]


def swapped(role: str, folder: Path) -> str:
    """A playbook in which branch's login leads to hq once both were read."""
    path = folder / "swapped.yml"
    path.write_text(
        f"""
- name: Act after an address has moved
  hosts: asa
  gather_facts: false
  any_errors_fatal: true
  tasks:
    - name: Start
      ansible.builtin.import_role:
        name: tunnelmend.asa.prepare
      vars:
        prepare_kind: {role}
    - name: Read
      ansible.builtin.import_role:
        name: tunnelmend.asa.collect
      vars:
        collect_run: "{{{{ prepare_run.run }}}}"
    - name: Move branch's address to hq
      ansible.builtin.set_fact:
        ansible_port: "{{{{ lab_devices.hq.port }}}}"
    - name: Act
      ansible.builtin.import_role:
        name: tunnelmend.asa.{role}
      vars:
        {role}_run: "{{{{ prepare_run }}}}"
""",
        encoding="utf-8",
    )
    return str(path)


@pytest.mark.parametrize("flag", [(), ("--check",)])
def test_a_device_that_the_inventory_knows_as_another_is_not_written_to(
    flag: tuple[str, ...], lab: RunningLab, books: Playbooks
) -> None:
    done = books.run("harden", *flag, tunnel="hq-branch", asa_serial=["JMX0000X0XX"])
    text = (
        "Nothing was written. hq answers as hq serial JMX1304K0HQ, and the inventory says serial "
        "JMX0000X0XX. See which device the address leads to, correct ansible_host, asa_hostname or asa_serial, "
        "whichever is wrong, and audit again."
    )
    assert done.code != 0
    assert f"Gate wrong-device: {text}" in done.words
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]
    assert decisions(books)[-1] == ("refused", "wrong-device", "aborted_gate:wrong-device", text)


def test_a_pair_that_switched_since_it_was_read_is_written_to_on_its_active_unit(tmp_path: Path) -> None:
    with running_lab("failover", dir=tmp_path / "lab") as lab:
        books = playbooks(lab, tmp_path / "reports")
        books.variables = {"collect_interval": 1}
        # The third time is that of the hardening, after the two readings of the audit.
        lab.when("before the third show version at hq-a: fault failover")
        done = books.run("harden", tunnel="hq-a-branch", tunnelmend_hosts="hq-a:hq-b:branch", **ALL)
        assert done.latest["run"]["outcome"] == "hardened", done.screen
        assert configured(lab, "hq-a") == []
        assert "crypto isakmp disconnect-notify" in configured(lab, "hq-b")


# --- it is not alone, or interrupted ---------------------------------------------------------------------------------


def test_it_keeps_away_from_a_tunnel_that_another_run_is_at_work_on(
    lab: RunningLab, books: Playbooks, harden: Play
) -> None:
    pair = "198.51.100.1-203.0.113.1"
    books.reports.mkdir()
    state = State.open(f"sqlite:///{books.reports / 'state.sqlite'}")
    held = state.lease(pair, ELSEWHERE, time.time(), 600.0)
    done = harden()
    checked = harden("--check")
    state.release(held)
    assert done.code != 0
    assert (
        f"Run {ELSEWHERE.run} on {ELSEWHERE.controller} (process {ELSEWHERE.pid}) is at work on hq-branch ({pair})"
        in (done.words)
    )
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]
    assert checked.code == 0, "a check writes nothing, so it need not wait"
    assert harden().code == 0


def test_a_file_stops_it_and_each_decision_is_in_the_log(lab: RunningLab, books: Playbooks, harden: Play) -> None:
    books.reports.mkdir()
    stop = books.reports / "STOP"
    stop.write_text("freeze until Monday, ask Mia\n")
    done = harden()
    text = (
        f"Every change is stopped: the kill switch {stop} is there: freeze until Monday, ask Mia. "
        "Ask whoever stopped it. Then take the file away, or set remediate_enabled to true; --check still plans."
    )
    assert done.code == 2, done.screen
    assert f"Gate kill-switch: {text}" in done.words
    assert done.latest["run"]["outcome"] == "aborted_gate:kill-switch"
    assert [configured(lab, device) for device in ("hq", "branch")] == [[], []]
    checked = harden("--check")
    assert checked.code == 0, checked.screen
    planned = checked.latest["run"]["outcome_text"]
    elsewhere = books.reports.parent / "halt"
    stop.rename(elsewhere)
    assert harden(remediate_kill_switch=str(elsewhere)).latest["run"]["outcome"] == "aborted_gate:kill-switch"
    written = harden().latest["run"]["outcome_text"]
    nothing = harden().latest["run"]["outcome_text"]
    meant = "; ".join(
        f"{device}: tunnel-group {peer} ipsec-attributes / {ON}"
        for device, peer in (("hq", "203.0.113.1"), ("branch", "198.51.100.1"))
    )
    had = "both ends had all of it when they were read"
    assert decisions(books) == [
        ("refused", "kill-switch", "aborted_gate:kill-switch", text),
        ("planned", "", "planned", planned),
        ("refused", "kill-switch", "aborted_gate:kill-switch", text.replace(str(stop), str(elsewhere))),
        ("acted", "", "", meant),
        ("acted", "", "hardened", written),
        ("acted", "", "", had),
        ("refused", "", "no_change", nothing),
    ]


@pytest.mark.parametrize("device", ["hq", "branch"])
def test_an_interruption_before_the_first_line_writes_nothing(device: str, lab: RunningLab, books: Playbooks) -> None:
    process = books.start("harden", tunnel="hq-branch", harden_save=True)
    interrupt_while_arming(lab, process, device)
    run = books.ended(process)
    assert (run.latest["run"]["outcome"], run.latest["run"]["outcome_text"]) == (
        "aborted_gate:interrupted",
        "Nothing was written. The run was interrupted. Run it again when you are ready.",
    )
    assert harmful(lab) == []


def test_an_interruption_while_an_end_is_written_waits_until_both_are_alike(lab: RunningLab, books: Playbooks) -> None:
    lab.quirk("branch", f"hang={ON}")
    process = books.start("harden", tunnel="hq-branch", ansible_command_timeout=3)
    seen = read_until(process, f" branch  tunnel-group 198.51.100.1 ipsec-attributes / {ON} ...")
    os.killpg(process.pid, signal.SIGINT)
    run = books.ended(process, seen)
    assert run.code != 0
    assert configured(lab, "hq")[-2:] == [OFF, "end"]
    assert run.latest["run"]["outcome"] == "failed"
    assert run.latest["run"]["outcome_text"].endswith("hq is as it was (disabled); branch is as it was (disabled).")
    assert journal(run) == ["configure hq", "configured hq", "configure branch", "take_back hq"]


def test_a_run_that_is_killed_says_what_it_may_have_typed(lab: RunningLab, books: Playbooks) -> None:
    lab.quirk("branch", f"hang={ON}")
    process = books.start("harden", tunnel="hq-branch")
    seen = read_until(process, f" branch  tunnel-group 198.51.100.1 ipsec-attributes / {ON} ...")
    for number in books.processes():
        os.kill(number, signal.SIGKILL)
    run = books.ended(process, seen)
    assert run.latest["run"]["outcome"] == "unfinished"
    assert run.tunnel["verdict"] == "unknown"
    assert [(each["device"], each["command"], each["result"]) for each in run.latest["actions"]] == [
        (device, f"tunnel-group {peer} ipsec-attributes / {ON}", "not known: see journal.jsonl")
        for device, peer in (("hq", "203.0.113.1"), ("branch", "198.51.100.1"))
    ]


# --- what it is good for ---------------------------------------------------------------------------------------------


def test_with_dpd_a_lost_peer_is_noticed_and_without_it_is_not(lab: RunningLab, books: Playbooks, harden: Play) -> None:
    """The lab is the witness: the same fault before and after the hardening."""
    lab.fault("lost-peer")
    lab.advance("10m")
    assert not lab.status()["mirrors"]
    mended = books.remediate(confirm="hq-branch", remediate_verify_interval=2)
    assert mended.code == 0, mended.screen
    assert harden().code == 0
    # DPD is agreed when an IKE SA is made, so the one from before must end first.
    lab.advance("26h")
    assert lab.status()["mirrors"]
    lab.fault("lost-peer")
    lab.advance("2m")
    assert lab.status()["mirrors"]
