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

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.acting import Run, message
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import reading as mending
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
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
    assert error.value.message == f"Gate unread: {text}"
    found = report(half_read)
    assert (found["run"]["outcome"], found["run"]["outcome_text"]) == ("aborted_gate:unread", text)
    assert found["run"]["kind"] == str(kind)
    assert (half_read.path.parent / "latest").readlink() == Path(half_read.id)
    assert error.value.result["tunnelmend_report"] == str(half_read.path / "report.json")


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
    with run.alone([("hq", "clear crypto ipsec sa peer 203.0.113.1")]):
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
    other = RunFolder.start(folder.path.parent, "harden", 60.0)
    with other.lock("198.51.100.1-203.0.113.1"), pytest.raises(RefusedError) as refused, of(folder).alone(()):
        pytest.fail("both are at work")
    assert refused.value.gate == "locked"
    assert str(refused.value) == (
        f"{other.id} is at work on hq-branch right now: nothing was sent. Wait for it to end."
    )
    assert not (folder.path / "report.json").exists()


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
