# SPDX-License-Identifier: GPL-3.0-or-later
"""The table at the end: worst first, no wider than the screen, safe for the terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.table import render
from tests.reporters import samples
from tests.reporters.conftest import HOSTILE


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_asked(any_document: dict[str, Any], width: int) -> None:
    assert [line for line in render(any_document, width=width).splitlines() if len(line) > width] == []


def test_the_incident_is_told_in_the_order_a_person_asks(broken: dict[str, Any]) -> None:
    told = flat(render(broken, width=80, path="reports/latest/report.html"))
    wanted = [
        "BROKEN hq-branch",
        "Neither end accepts the SPI",
        "hq --0xA2280726--X branch branch does not have 0xA2280726",
        "branch --0x0D5C91AA--X hq hq does not have 0x0D5C91AA",
        "critical spi-mirror-mismatch:",
        "error dpd-disabled:",
        "hq: disabled branch: threshold 10 retry 2 (default)",
        "warning weak-dh",
        "next ansible-playbook playbooks/remediate.yml",
        "Report: reports/latest/report.html",
    ]
    places = [told.find(each) for each in wanted]
    assert -1 not in places
    assert places == sorted(places)


def test_a_folded_command_can_still_be_pasted(broken: dict[str, Any]) -> None:
    told = render(broken, width=60)
    command = told[told.index("ansible-playbook") :].split("\n\n")[0]
    assert flat(command.replace("\\\n", " ")) == broken["tunnels"][0]["next_action"]


def test_a_command_after_words_begins_its_own_line_and_no_word_of_it_is_cut(broken: dict[str, Any]) -> None:
    path = "inventories/a-very-long-folder-name-that-is-wider-than-any-terminal-of-sixty-columns/hosts.yml"
    command = f"ansible-playbook -i {path} playbooks/remediate.yml -e tunnel=hq-branch"
    broken["tunnels"][0]["next_action"] = f"clear on both ends: {command}"
    told = render(broken, width=60)
    assert "next       clear on both ends:\n           ansible-playbook" in told
    pasted = told[told.index("ansible-playbook") :].split("\n\n")[0]
    assert flat(pasted.replace("\\\n", " ")) == command
    assert path in pasted


def test_unread_devices_and_unknown_tunnels_stand_out(several: dict[str, Any]) -> None:
    told = render(several)
    lines = told.splitlines()
    assert lines[4] == "NOT READ   depot: connection refused on 203.0.113.77 port 22"
    assert "UNKNOWN    hq-depot" in lines
    assert told.index("hq-depot") < told.index("hq-partner") < told.index("hq-site0")
    # Five rules are unknown for one reason; three of them are enough to say it.
    assert told.count("unknown    ") == 3
    assert "2 more undecided" in told


def test_healthy_tunnels_are_one_line_when_there_are_many(several: dict[str, Any]) -> None:
    assert "HEALTHY    hq-site0, hq-site1, hq-site2, hq-site3, hq-site4" in render(several).splitlines()


def test_a_remediation_says_how_it_ended_and_what_was_cleared_when(remediation: dict[str, Any]) -> None:
    told = render(remediation)
    assert "OUTCOME    healed: hq-branch carries traffic both ways" in told
    assert "02:30:44Z  branch: clear crypto ipsec sa peer 198.51.100.1 (cleared)" in told
    assert told.index("02:30:44Z  branch") < told.index("02:30:45Z  hq")
    assert "HEALTHY    hq-branch (was broken)" in told
    assert "hq     --0x5D00A911---> branch" in told


def test_a_run_that_judged_nothing_is_not_silent() -> None:
    told = render(document(samples.audit(problems=("no host matched",))))
    assert "PROBLEM    no host matched" in told
    assert told.count("no tunnel was judged") == 1
    assert "UNKNOWN    no tunnel was judged" in render(document(samples.audit()))


def test_an_arrow_that_arrives_is_short_and_one_whose_packets_vanish_is_not_good(remediation: dict[str, Any]) -> None:
    assert "hq     --0x5D00A911---> branch  accepted (sent 5, arrived 5)" in render(remediation, width=80)
    remediation["tunnels"][0]["arrows"][0]["arrived"] = 0
    painted = render(remediation, width=80, colour=True)
    assert "\x1b[1;31m           hq     --0x5D00A911---> branch  accepted, yet nothing arrives" in painted


def test_many_findings_of_one_rule_are_told_by_the_first(broken: dict[str, Any]) -> None:
    findings = broken["tunnels"][0]["findings"]
    spi, log = findings[0], {**findings[2], "rule": "log-evidence"}
    findings[1:] = [{**spi, "message": f"network {number}"} for number in range(4)]
    findings += [{**log, "message": f"hq-branch - log - hq: meaning {number}"} for number in range(5)]
    told = flat(render(broken))
    assert "network 1 [2 more like it in the report] warning log-evidence" in told
    assert "meaning" not in told


def test_what_can_wait_for_daylight_is_a_list_of_names(broken: dict[str, Any]) -> None:
    findings = broken["tunnels"][0]["findings"]
    findings[2]["severity"] = "error"
    findings += [{**findings[2], "rule": f"rule-{number}", "severity": "warning"} for number in range(10)]
    lines = render(broken).splitlines()
    assert "error      weak-dh" in lines
    named = ", ".join(f"rule-{number}" for number in range(8))
    assert f"warning    {named} and 2 more" in lines


def test_a_warning_that_is_the_cause_is_told(broken: dict[str, Any]) -> None:
    tunnel = broken["tunnels"][0]
    tunnel["cause_rule"] = "weak-dh"
    assert "warning    weak-dh: " in render(broken)


def test_what_is_undecided_for_the_reason_that_was_told_is_only_counted(several: dict[str, Any]) -> None:
    tunnel = next(each for each in several["tunnels"] if each["name"] == "hq-depot")
    tunnel["cause"] = "depot was not read"
    for finding in tunnel["findings"]:
        finding["message"] = "hq-depot - SPI mirror - depot was not read"
    told = render(several)
    assert told.count("depot was not read") == 1
    assert "5 undecided for that reason" in told


def test_the_line_that_enrols_a_host_key_is_whole_for_the_clipboard(several: dict[str, Any]) -> None:
    enrol = f"echo '[192.0.2.7]:22 ssh-ed25519 {'A' * 68}' >> /home/op/known_hosts"
    depot = next(device for device in several["devices"] if not device["readable"])
    depot["problems"] = [f"{depot['name']} could not be read: the host key is not known. Then enrol it with: {enrol}"]
    assert f"Then enrol it with:\n           {enrol}\n" in render(several, width=80)


def test_a_device_that_was_not_read_is_named_once(several: dict[str, Any]) -> None:
    (depot,) = (each for each in several["devices"] if each["name"] == "depot")
    depot["problems"] = ["depot could not be read: 192.0.2.7 port 22: connection refused", "depot: nothing else"]
    assert "NOT READ   depot: 192.0.2.7 port 22: connection refused; nothing else" in render(several)


def test_a_site_that_cannot_be_reached_at_all_does_not_fill_the_screen(several: dict[str, Any]) -> None:
    (depot,) = (each for each in several["devices"] if each["name"] == "depot")
    several["devices"] = [{**depot, "name": f"depot{number}"} for number in range(500)]
    told = render(several)
    assert told.count("NOT READ") == 11
    assert "NOT READ   490 more devices" in told


def test_a_healthy_tunnel_says_that_its_findings_are_of_tomorrow(remediation: dict[str, Any]) -> None:
    told = render(remediation)
    places = [told.index(each) for each in ("carry traffic again", "It works now. What may break it", "dpd-disabled")]
    assert places == sorted(places)
    assert "It works now" not in render(document(samples.audit(samples.HEALTHY, samples.BROKEN)))


def test_a_verdict_that_did_not_change_is_not_told_twice(remediation: dict[str, Any]) -> None:
    remediation["before"][0]["verdict"] = "healthy"
    told = render(remediation)
    assert "HEALTHY    hq-branch\n" in told
    assert "was healthy" not in told


def test_nothing_that_steers_a_terminal_gets_through(broken: dict[str, Any]) -> None:
    # Straight into the document, as from a file that somebody else wrote.
    tunnel = broken["tunnels"][0]
    tunnel["name"] = tunnel["cause"] = tunnel["next_action"] = tunnel["findings"][0]["message"] = HOSTILE
    tunnel["arrows"][0]["from"] = tunnel["arrows"][0]["spi"] = tunnel["findings"][0]["severity"] = HOSTILE
    broken["run"]["kind"] = broken["run"]["finished"] = HOSTILE
    broken["run"]["outcome"] = broken["run"]["outcome_text"] = HOSTILE
    broken["devices"][0].update(name=HOSTILE, readable=False, problems=[HOSTILE])
    broken["actions"] = [{"time": HOSTILE, "device": HOSTILE, "command": HOSTILE, "result": HOSTILE}]
    told = render(broken, path=HOSTILE)
    assert not re.search(r"[^\n\x20-\x7e]", told)
    assert "\\x1b[2J" in told


def test_colour_repeats_what_words_say(any_document: dict[str, Any]) -> None:
    plain, painted = render(any_document), render(any_document, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == plain


def test_the_broken_are_painted(broken: dict[str, Any]) -> None:
    assert "\x1b[1;31mBROKEN     hq-branch\x1b[0m" in render(broken, colour=True)


def test_what_it_is_not_whether_it_comes_back_and_what_is_new_are_told(broken: dict[str, Any]) -> None:
    tunnel = broken["tunnels"][0]
    tunnel["ruled_out"] = ["lost SAs: both ends have them", "routing: it is right"]
    tunnel["recurrence"] = ["nothing will notice the next time"]
    tunnel["change"] = {"before": "degraded", "new": ["spi-mirror-mismatch"], "still": [], "cleared": ["weak-dh"]}
    broken["compared_with"], broken["gone"] = "20090531T023000Z-audit", ["hq-depot"]
    lines = render(broken).splitlines()
    assert "BROKEN     hq-branch (was degraded)" in lines
    assert "since      new: spi-mirror-mismatch; cleared: weak-dh" in lines
    assert "ruled out  lost SAs, routing" in lines
    assert "again      nothing will notice the next time" in lines
    assert "GONE       hq-depot: judged in 20090531T023000Z-audit, and not found now" in lines


def test_an_offline_audit_is_told_above_all() -> None:
    lines = render(document(samples.offline())).splitlines()
    assert lines[4:7] == [
        "OFFLINE    made of saved outputs in /srv/cases/4711; no device was asked",
        "           hq: hq.log, its clock said 2009-06-01 04:30:07 CEST",
        "           branch: 12 files",
    ]
    assert "OFFLINE" not in render(document(samples.audit(samples.BROKEN)))


def test_many_devices_of_an_offline_audit_are_counted() -> None:
    told = samples.offline()
    many = tuple(replace(told.devices[0], name=f"site{number}") for number in range(13))
    text = render(document(replace(told, devices=many)))
    assert "site9: " in text
    assert "           3 more devices" in text.splitlines()
    assert "site10: " not in text
