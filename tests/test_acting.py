# SPDX-License-Identifier: GPL-3.0-or-later
"""What mending and hardening share on the controller: the tunnel by its name, the lock, and what an ending claims."""

from __future__ import annotations

import errno
import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleActionFail
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.acting import Run, message
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import reading as mending
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Output, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action, Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Note
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import State
from tests.mending.scene import PEER, scene

FOREIGN = ip_address("192.0.2.9")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A run that has read both ends of a broken tunnel."""
    folder = RunFolder.start(tmp_path, "remediate", 0.0)
    way = scene()
    for reading, scope in enumerate(Scope, start=1):
        for name in PEER:
            folder.save_snapshot(way.read(name, scope), reading)
        way.wait(5)
    return folder


def of(folder: RunFolder, kind: Kind = Kind.REMEDIATE, **changes: Any) -> Run:
    given = {"run": str(folder.path), "started": 0.0, "tunnel": "branch-hq", "foreign_peers": [str(FOREIGN)], **changes}
    hosts = ["hq", "branch"]
    variables = {
        "ansible_play_hosts_all": hosts,
        "groups": {"all": [*hosts, "paris"]},
        "hostvars": {host: {"group_names": []} for host in hosts},
    }
    return Run.of(kind, given, variables)


def report(folder: RunFolder) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder.path / "report.json").read_text())
    return found


def test_the_tunnel_is_found_by_either_name_and_foreign_peers_are_known(folder: RunFolder) -> None:
    run = of(folder)
    assert run.tunnel.name == "hq-branch"
    assert run.foreign_peers == (FOREIGN,)


def test_foreign_peers_that_are_no_addresses_are_named(folder: RunFolder) -> None:
    with pytest.raises(AnsibleActionFail, match="audit_foreign_peers: 'banana' does not appear to be"):
        of(folder, foreign_peers=["banana"])


def test_the_proof_of_a_mending_is_judged_with_the_foreign_peers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[Any] = []
    judge_all = mending.judge_all

    def judging(*args: Any, **options: Any) -> Any:
        known.append(options["foreign_peers"])
        return judge_all(*args, **options)

    way = scene()
    mender = way.mender()
    mender.foreign_peers = (FOREIGN,)
    monkeypatch.setattr(mending, "judge_all", judging)
    assert way.mend(mender).outcome == "healed"
    assert set(known) == {(FOREIGN,)}


def test_a_name_with_an_end_that_was_left_out_says_so(folder: RunFolder) -> None:
    with pytest.raises(AnsibleActionFail) as error:
        of(folder, tunnel="hq-paris")
    assert "paris is in the inventory, but not in this run: both ends are needed (look at --limit)." in str(error.value)


# --- an end that was not read ----------------------------------------------------------------------------------------


@pytest.fixture
def half_read(tmp_path: Path) -> RunFolder:
    """A run in which nobody answered at branch."""
    folder = RunFolder.start(tmp_path, "remediate", 0.0)
    folder.save_snapshot(scene().read("hq", Scope.EVERYTHING), 1)
    folder.save_snapshot(Snapshot("branch", 0, 1, (), "the login of user 'operator' was refused"), 1)
    return folder


@pytest.mark.parametrize("kind", [Kind.REMEDIATE, Kind.HARDEN])
@pytest.mark.parametrize("name", ["hq-branch", "branch-hq"])
def test_a_tunnel_with_an_end_that_was_not_read_is_reported_as_that(
    half_read: RunFolder, kind: Kind, name: str
) -> None:
    with pytest.raises(AnsibleActionFail) as error:
        of(half_read, kind, tunnel=name)
    text = (
        "branch could not be read: the login of user 'operator' was refused. Nothing is changed on what was not read."
    )
    if kind is Kind.REMEDIATE:
        text += (
            " To clear the end that was read alone, which may not suffice: -e tunnel=hq-203.0.113.1 -e "
            "remediate_one_sided=hq."
        )
    assert error.value.message == f"Gate unread: {text}"
    found = report(half_read)
    assert (found["run"]["outcome"], found["run"]["outcome_text"]) == ("aborted_gate:unread", text)
    assert found["run"]["kind"] == str(kind)
    assert (half_read.path.parent / "latest").readlink() == Path(half_read.id)
    assert error.value.result["tunnelmend_report"] == str(half_read.path / "report.json")
    line = json.loads((half_read.path.parent / "decisions.jsonl").read_text(encoding="utf-8"))
    assert [line[name] for name in ("run", "tunnel", "decision", "gate", "outcome", "text")] == [
        half_read.id,
        name,
        "refused",
        "unread",
        "aborted_gate:unread",
        text,
    ]


def test_a_tunnel_of_two_ends_that_were_not_read_is_reported_too(tmp_path: Path) -> None:
    folder = RunFolder.start(tmp_path, "harden", 0.0)
    for name in PEER:
        folder.save_snapshot(Snapshot(name, 0, 1, (), "no answer within 30 s"), 1)
    with pytest.raises(AnsibleActionFail) as error:
        of(folder, Kind.HARDEN)
    assert error.value.message == (
        "Gate unread: hq could not be read: no answer within 30 s; branch could not be read: no answer within 30 s. "
        "Nothing is changed on what was not read."
    )
    assert report(folder)["run"]["outcome"] == "aborted_gate:unread"


def test_a_name_that_no_tunnel_has_is_not_blamed_on_another_device(half_read: RunFolder) -> None:
    with pytest.raises(AnsibleActionFail, match=r"^no tunnel is called 'hq-brunch'\..* Not read: branch could not be"):
        of(half_read, tunnel="hq-brunch")
    assert not (half_read.path / "report.json").exists()


# --- the disk is full ------------------------------------------------------------------------------------------------


def full(*args: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_evidence_that_cannot_be_kept_takes_no_result_away(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    run = of(folder)
    monkeypatch.setattr(RunFolder, "save_snapshot", full)
    ended = run.end("healed", "It works.", snapshots=[scene().read("hq", Scope.SAS)])
    text = "It works. What was read since is not kept as evidence: [Errno 28] No space left on device."
    assert ended == {"outcome": "healed", "msg": text, "tunnelmend_report": str(folder.path / "report.json")}
    assert (report(folder)["run"]["outcome"], report(folder)["run"]["outcome_text"]) == ("healed", text)


def test_evidence_is_kept_behind_what_was_read_before(folder: RunFolder) -> None:
    of(folder).end("healed", "It works.", snapshots=[scene().read("hq", Scope.SAS) for _ in range(2)])
    assert len(folder.snapshots("hq")) == 4
    assert report(folder)["run"]["outcome_text"] == "It works."


def test_a_report_that_cannot_be_written_leaves_its_words_in_the_failure(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = of(folder)
    monkeypatch.setattr(RunFolder, "write", full)
    ended = run.end("healed", "It works.", snapshots=[scene().read("hq", Scope.SAS)])
    assert ended == {
        "failed": True,
        "outcome": "healed",
        "msg": f"healed: It works. But the report cannot be written to {folder.path}: [Errno 28] No space left on "
        "device",
    }


# --- what a report claims --------------------------------------------------------------------------------------------


def test_what_is_about_to_be_sent_stands_in_the_report_first_and_claims_nothing(folder: RunFolder) -> None:
    run = of(folder)
    with run.alone(state(folder), 60, [("hq", "clear crypto ipsec sa peer 203.0.113.1")]):
        found = report(folder)
    assert found["run"]["outcome"] == "unfinished"
    assert [each["result"] for each in found["actions"]] == ["not known: see journal.jsonl"]
    (tunnel,) = found["tunnels"]
    assert (tunnel["verdict"], tunnel["cause"]) == (
        "unknown",
        "the run was interrupted before the tunnel was read again",
    )
    assert [each["verdict"] for each in found["before"]] == ["broken"]


def test_two_runs_on_one_tunnel_are_kept_apart_whichever_end_was_named_first(folder: RunFolder) -> None:
    other = of(folder, Kind.HARDEN, tunnel="hq-branch").apart()
    with (
        other.alone(state(folder), 60),
        pytest.raises(RefusedError) as refused,
        of(folder, tunnel="branch-hq").alone(state(folder), 60),
    ):
        pytest.fail("both are at work")
    assert refused.value.gate == "locked"
    assert str(refused.value).startswith(f"Run {other.folder.id} on ")
    assert " is at work on hq-branch (198.51.100.1-203.0.113.1) since " in str(refused.value)
    assert not (folder.path / "report.json").exists()


def state(folder: RunFolder) -> State:
    return acting.state_of({"run": str(folder.path)}, {}, Templar(DataLoader(), {}))


def test_a_refusal_begins_with_its_gate_and_other_endings_do_not() -> None:
    assert message("aborted_gate:changed", "Audit again.") == "Gate changed: Audit again."
    assert message("healed", "It works.") == "It works."


def test_a_report_without_anything_newer_repeats_what_was_read(folder: RunFolder) -> None:
    run = of(folder)
    run.report("aborted_gate:confirmation", "nobody confirmed")
    found = report(folder)
    assert [each["verdict"] for each in found["tunnels"]] == ["broken"]
    assert found["before"] == []
    assert acting.ARGUMENTS.keys() == {"run", "started", "tunnel", "foreign_peers"}


# --- what the operator is left with ----------------------------------------------------------------------------------


def test_a_run_that_ends_has_its_time_line_its_next_steps_and_its_evidence_sealed(
    folder: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    run = of(folder)
    run.journal.write(Note("not_yet", text="no SA has come up yet"))
    run.keep(Snapshot("hq", 5, 6, (Output("show counters protocol ipsec", "none\n", 5, 6),)))
    run.end(
        "not_healed",
        "It does not work.",
        judgement=run.judgement,
        actions=[Action(7.0, "hq", "clear crypto ipsec sa peer 203.0.113.1", "done")],
        after=[Snapshot("hq", 8, 9, (Output("show clock", "10:58:15.123 UTC Thu Jul 19 2018\n", 8, 9),))],
    )
    told = report(folder)
    assert told["timeline"] == json.loads((folder.path / "timeline.json").read_text())
    assert [event["text"] for event in told["timeline"]["events"] if event["kind"] in ("controller", "command")] == [
        "clear crypto ipsec sa peer 203.0.113.1",
        "not yet",
    ]
    assert told["next"][0].startswith("do not reload a device yet: a reload destroys what Cisco's support needs")
    assert told["problems"] == []
    screen = capsys.readouterr().out
    assert "NEXT\n  do not reload a device yet" in screen
    assert len(folder.snapshots("hq")) == 2
    sealed = json.loads((folder.path / "evidence" / "manifest.json").read_text())["files"]
    kept = [each["file"] for each in sealed if "/before/" in each["file"] or "/after/" in each["file"]]
    assert kept == [
        "evidence/hq/after/show_clock.txt",
        "evidence/hq/before/show_counters_protocol_ipsec.txt",
    ]


def test_a_journal_that_was_cut_in_the_middle_of_a_line_is_told_up_to_there(folder: RunFolder) -> None:
    run = of(folder)
    run.journal.write(Note("clear", "hq", "clear crypto ipsec sa peer 203.0.113.1"))
    with (folder.path / "journal.jsonl").open("a", encoding="utf-8") as journal:
        journal.write('{"time": 1795465763.91, "eve')
    run.report("unfinished", "It was cut.")
    told = report(folder)["timeline"]["events"]
    assert [event["text"] for event in told if event["kind"] == "controller"] == [
        "clear clear crypto ipsec sa peer 203.0.113.1"
    ]


def test_a_time_line_that_cannot_be_told_does_not_keep_the_report_from_being_written(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setattr(acting, "timeline", fails)
    of(folder).report("healed", "It works.")
    told = report(folder)
    assert (told["run"]["outcome"], told["timeline"]) == ("healed", None)
    assert told["problems"] == ["the time line cannot be told: ValueError: a bug"]
