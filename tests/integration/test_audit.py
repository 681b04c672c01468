# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit as a user runs it, over SSH against the lab: what it finds, and what it says when it cannot see."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from lab.testing import RunningLab, running_lab
from tests.integration.playbooks import ROOT, Playbooks, Run, harmful, playbooks

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
LAB_INVENTORY = ROOT / "inventory" / "lab"
SECRETS = ("lab-operator", "lab-enable", "lab-psk-hq-branch", "yG0wL1cJq5oT8uRn")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    with running_lab(dir=tmp_path_factory.mktemp("lab"), fault="deletion-retry") as running:
        yield running


@pytest.fixture(autouse=True)
def no_quirks(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "lab" in request.fixturenames:
        lab = request.getfixturevalue("lab")
        for device in lab.devices:
            lab.quirk(device, clear=True)


@pytest.fixture
def books(lab: RunningLab, tmp_path: Path) -> Playbooks:
    return playbooks(lab, tmp_path / "reports")


@pytest.fixture
def nowhere(tmp_path: Path) -> Playbooks:
    """No lab runs: every device refuses the connection."""
    return Playbooks(tmp_path / "no-lab", tmp_path / "reports", {"collect_interval": 1})


@pytest.fixture(scope="module")
def incident(lab: RunningLab, tmp_path_factory: pytest.TempPathFactory) -> Run:
    return playbooks(lab, tmp_path_factory.mktemp("incident")).audit("-vvvv")


# --- what it finds ---------------------------------------------------------------------------------------------------


def test_the_incident_is_broken_by_the_mismatch_and_fails_the_run(incident: Run) -> None:
    assert incident.code == 2
    assert "BROKEN hq-branch" in incident.words
    assert "hq-branch is broken: spi-mirror-mismatch, dpd-disabled." in incident.words
    assert "next clear on both ends: ansible-playbook " in incident.words
    assert f"{ROOT}/playbooks/remediate.yml -e tunnel=hq-branch" in incident.words.replace("\\ ", "")
    assert incident.tunnel["verdict"] == "broken"
    failing = {each["rule"] for each in incident.tunnel["findings"] if each["outcome"] == "fail"}
    assert {"spi-mirror-mismatch", "dpd-disabled"} <= failing


def test_the_report_fits_its_schema_and_has_every_form(incident: Run) -> None:
    jsonschema.validate(incident.latest, SCHEMA)
    names = {path.name for path in (incident.reports / "latest").iterdir()}
    assert {"report.json", "report.html", "report.md", "junit.xml", "metrics.prom", "evidence"} <= names
    assert incident.screen.rstrip().endswith("report.html")


def test_the_evidence_is_there_for_its_owner_alone_and_without_secrets(incident: Run) -> None:
    files = [path for path in (incident.reports / "latest").resolve().rglob("*") if path.is_file()]
    evidence = {f"{path.parent.parent.name}/{path.parent.name}/{path.name}" for path in files}
    assert {f"{name}/{reading}/show_crypto_ipsec_sa.txt" for name in ("hq", "branch") for reading in "12"} <= evidence
    assert {oct(path.stat().st_mode & 0o777) for path in files} == {"0o600"}
    told = {str(path): path.read_text(encoding="utf-8") for path in files} | {"the screen": incident.screen}
    assert [(name, secret) for name, text in told.items() for secret in SECRETS if secret in text] == []


def test_it_sends_nothing_that_changes_a_device(incident: Run, lab: RunningLab) -> None:
    assert lab.lines("hq").count("show crypto ipsec sa") >= 2
    assert harmful(lab) == []


def test_a_peer_that_lost_its_sas_is_one_sided(tmp_path: Path) -> None:
    with running_lab(dir=tmp_path / "lab", fault="lost-peer") as lab:
        run = playbooks(lab, tmp_path / "reports").audit()
    assert run.code == 2
    assert run.tunnel["verdict"] == "broken"
    assert "hq-branch is broken: sa-one-sided" in run.words


def test_a_healthy_tunnel_passes_by_the_name_of_the_collection_too(tmp_path: Path) -> None:
    with running_lab("modern-9x", dir=tmp_path / "lab") as lab:
        # As a command set does that was written before these commands were asked.
        lab.quirk("east", "authorization-failed=show asp drop")
        lab.quirk("west", "authorization-failed=show vpn-sessiondb")
        inventory = tmp_path / "hosts.yml"
        inventory.write_text(
            "asa:\n  hosts:\n    east:\n      lab_device: east\n    west:\n      lab_device: west\n", encoding="utf-8"
        )
        run = playbooks(lab, tmp_path / "reports").run(
            "tunnelmend.asa.audit", "-i", str(LAB_INVENTORY), "-i", str(inventory), tunnelmend_hosts="east:west"
        )
    assert run.code == 0, run.screen
    assert run.tunnel["verdict"] == "healthy"
    refused = "is unknown, because the device refused it: Command authorization failed"
    assert {device["name"]: (device["problems"], device["gaps"]) for device in run.latest["devices"]} == {
        "east": ([], [f"east: 'show asp drop' {refused}"]),
        "west": ([], [f"west: 'show vpn-sessiondb detail l2l' {refused}"]),
    }
    assert "PARTLY" not in run.words


def test_the_next_command_is_for_the_same_inventories_and_named_in_the_same_way(
    books: Playbooks, tmp_path: Path
) -> None:
    more = tmp_path / "more.yml"
    more.write_text("asa:\n  vars:\n    site: any\n", encoding="utf-8")
    run = books.run("tunnelmend.asa.audit", "-i", str(LAB_INVENTORY), "-i", str(more), collect_interval=1)
    command = f"ansible-playbook -i inventory/lab -i {more} tunnelmend.asa.remediate -e tunnel=hq-branch"
    assert run.tunnel["next_action"] == f"clear on both ends: {command}"
    assert f"next clear on both ends: {command}" in run.words.replace("\\ ", "")


def test_the_screen_says_how_far_it_is_and_nothing_that_is_merely_ok(books: Playbooks) -> None:
    run = books.audit(collect_interval=1)
    for said in (
        "first reading: 2 of 2 devices read",
        "waiting 1 s: before the second reading: it shows whether the counters move",
        "second reading: 2 of 2 devices read",
    ):
        assert said in run.words
    assert "ok: [" not in run.screen
    assert "Validating arguments" not in run.screen
    assert run.screen.count("hq-branch is broken: ") == 1


# --- what it cannot see ----------------------------------------------------------------------------------------------

BLIND = {
    "refuse-login": "the login of user 'operator' was refused",
    "drop-after=4000": "the device closed the connection",
    "pager-stuck": "the pager stopped the output although it was turned off",
    "authorization-failed=show crypto ipsec sa": "Command authorization failed",
    "level=3": "privilege level 3 where 15 is needed",
    "empty=show crypto ipsec sa": "'show crypto ipsec sa' is unknown, because the output is empty",
}


@pytest.mark.parametrize("quirk", BLIND)
def test_an_end_that_could_not_be_read_is_unknown_and_the_other_is_read(
    quirk: str, lab: RunningLab, books: Playbooks
) -> None:
    lab.quirk("hq", quirk)
    run = books.audit(collect_interval=1)
    assert run.code == 2
    assert BLIND[quirk] in run.words
    devices = {each["name"]: each for each in run.latest["devices"]}
    assert run.tunnel["verdict"] == "unknown"
    # Without its configuration nobody knows that hq has the address that branch names.
    name = "hq-branch" if devices["hq"]["readable"] else "branch-198.51.100.1"
    assert f"{name} is unknown: " in run.words
    missing = [
        each["rule"] for each in run.tunnel["findings"] if each["outcome"] == "fail" and each["rule"].startswith("sa-")
    ]
    assert missing == [], "what was not read must not be taken for no SA"
    assert (devices["branch"]["readable"], devices["branch"]["problems"]) == (True, [])
    assert devices["hq"]["problems"]


def test_a_run_that_reached_nobody_is_not_green_and_replaces_the_last_report(nowhere: Playbooks) -> None:
    run = nowhere.audit()
    assert run.code == 2
    assert "nothing was read, so there is nothing to read a second time" in run.words
    assert "FAILED! => none of the 2 devices could be read." in run.words
    # On the way, and with the advice in the table.
    assert run.words.count("127.0.0.1 port 9: ssh connect failed: Connection refused") == 4
    assert run.words.count("NOT READ hq: 127.0.0.1 port 9: ") == 1
    assert run.words.count("Check ansible_host and ansible_port") == 2
    assert run.latest["tunnels"] == []
    assert [each["readable"] for each in run.latest["devices"]] == [False, False]
    jsonschema.validate(run.latest, SCHEMA)


def test_nobody_waits_for_a_second_reading_when_there_was_no_first(nowhere: Playbooks) -> None:
    began = time.monotonic()
    assert nowhere.audit(collect_interval=120).code == 2
    assert time.monotonic() - began < 60


def test_a_device_that_answered_nothing_is_not_asked_again(lab: RunningLab, books: Playbooks) -> None:
    lab.quirk("branch", "level=3")
    before = len(lab.lines("branch"))
    run = books.audit(collect_interval=1)
    assert "branch could not be read: the prompt ends in '#', but 'show curpriv' says privilege level 3" in run.words
    assert "second reading: 1 of 2 devices read" in run.words
    assert lab.lines("branch")[before:].count("show curpriv") == 1


def test_a_peer_that_was_left_out_is_said_to_be_in_no_inventory(books: Playbooks) -> None:
    run = books.audit("--limit", "hq", collect_interval=1)
    assert run.code == 2
    assert run.tunnel["name"] == "hq-203.0.113.1"
    assert run.tunnel["verdict"] == "unknown"
    assert "no device that was read has 203.0.113.1: is it left out by --limit" in run.words


def test_an_empty_group_is_an_error(nowhere: Playbooks, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("asa:\n  hosts: {}\nother:\n  hosts:\n    somebody: {}\n", encoding="utf-8")
    run = nowhere.audit("-i", str(inventory))
    assert run.code != 0
    assert "no device in the group asa: look at the inventory" in run.words
    assert not run.reports.exists()


def test_two_devices_that_claim_one_address_are_both_named(books: Playbooks, tmp_path: Path) -> None:
    inventory = tmp_path / "more.yml"
    inventory.write_text("asa:\n  hosts:\n    hq-again:\n      lab_device: hq\n", encoding="utf-8")
    run = books.audit("-i", str(LAB_INVENTORY), "-i", str(inventory), collect_interval=1)
    assert run.code == 2
    assert "hq and hq-again both claim 198.51.100.1" in run.words
    assert "Take one of them out of the inventory" in run.words


# --- what is mistyped ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("audit_fial_on", "There is no variable 'audit_fial_on': did you mean 'audit_fail_on'?"),
        ("remediate_foo", "There is no variable 'remediate_foo'"),
        ("confrim", "There is no variable 'confrim': did you mean 'confirm'?"),
        ("tunnelmend_host", "There is no variable 'tunnelmend_host': did you mean 'tunnelmend_hosts'?"),
    ],
)
def test_a_mistyped_variable_stops_the_run_before_any_login(name: str, words: str, nowhere: Playbooks) -> None:
    run = nowhere.audit(**{name: "x"})
    assert run.code == 2
    assert words in run.words
    assert not run.reports.exists()


@pytest.mark.parametrize(
    ("playbook", "variables", "words"),
    [
        ("audit", {"audit_fail_on": "high"}, "audit_fail_on is 'high': give one of info, warning, error, critical."),
        ("audit", {"collect_interval": -1}, "collect_interval is -1: give a whole number from 0 on."),
        (
            "audit",
            {"audit_foreign_peers": "192.0.2.300"},
            "audit_foreign_peers: '192.0.2.300' does not appear to be",
        ),
        ("remediate", {}, "tunnel is missing: give -e tunnel=NAME. The names are those of the audit's table."),
        ("harden", {"tunnel": ""}, "tunnel is missing: give -e tunnel=NAME. The names are those of the audit's table."),
        (
            "harden",
            {"tunnel": "paris-rome"},
            "tunnel is 'paris-rome': a tunnel is named by its two ends, and no",
        ),
        (
            "harden",
            {"tunnel": "hq-branch", "harden_dpd_threshold": "abc"},
            "harden_dpd_threshold is 'abc': give a whole number from 10 to 3600.",
        ),
    ],
)
def test_a_value_that_is_not_allowed_stops_the_run_before_any_login(
    playbook: str, variables: dict[str, object], words: str, nowhere: Playbooks
) -> None:
    run = nowhere.run(playbook, **variables)
    assert run.code == 2
    assert f"FAILED! => {words}" in run.words
    assert "Nothing was sent to any device." in run.words
    assert "could not be read" not in run.words
    assert not run.reports.exists()
    told = run.screen.partition("fatal: ")[2].partition("PLAY RECAP")[0]
    assert len(told) < 300, "one short message"


def test_a_bad_address_of_one_device_is_refused_by_its_name(nowhere: Playbooks, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(
        "asa:\n  hosts:\n    one: {}\n    two: {tunnelmend_public_addresses: [nat]}\n", encoding="utf-8"
    )
    run = nowhere.audit("-i", str(inventory))
    assert "two: tunnelmend_public_addresses: 'nat' does not appear to be an IPv4 or IPv6 address" in run.words
    assert "Nothing was sent to any device." in run.words


def test_a_variable_that_cannot_be_worked_out_is_left_to_whoever_uses_it(nowhere: Playbooks, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    hosts = {"one": {}, "two": {"collect_stimulus": "{{ nowhere_defined }}"}}
    inventory.write_text(json.dumps({"asa": {"hosts": hosts}}), encoding="utf-8")
    run = nowhere.audit("-i", str(inventory))
    assert "Check the variables and start a run" not in run.screen
    assert "first reading: 0 of 2 devices read" in run.words


def test_a_mistyped_variable_of_the_last_host_is_found_too(nowhere: Playbooks, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text(
        "asa:\n  hosts:\n    one: {}\n    two:\n      tunnelmend_public_adresses: [192.0.2.1]\n", encoding="utf-8"
    )
    run = nowhere.audit("-i", str(inventory))
    assert run.code == 2
    assert "did you mean 'tunnelmend_public_addresses'?" in run.words


def test_only_the_newest_runs_are_kept_and_latest_is_the_newest(nowhere: Playbooks) -> None:
    (nowhere.reports / "of-somebody-else").mkdir(parents=True)
    for day in ("01", "02", "03"):
        (nowhere.reports / f"201001{day}T000000Z-audit").mkdir()
    run = nowhere.audit(reports_keep=2)
    kept = sorted(path.name for path in run.reports.iterdir() if not path.is_symlink())
    assert kept == ["20100103T000000Z-audit", (run.reports / "latest").resolve().name, "of-somebody-else"]


def test_why_a_device_was_not_read_is_told_in_full_once(books: Playbooks, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("asa:\n  hosts:\n    branch:\n      ansible_port: 9\n", encoding="utf-8")
    run = books.audit("-i", str(LAB_INVENTORY), "-i", str(inventory), collect_interval=1)
    assert run.code == 2
    assert run.words.count("Check ansible_host and ansible_port") == 1
    # On the way, in the failure, and in full in the table.
    assert run.words.count("127.0.0.1 port 9: ssh connect failed: Connection refused") == 3
    told = [each for each in run.tunnel["findings"] if each["outcome"] in ("unknown", "transient")]
    assert all(each["message"].endswith("; not read: branch") for each in told)
    assert f"{len(told)} undecided for that reason" in run.words
    assert "next look at what was not read: branch --" in run.words
