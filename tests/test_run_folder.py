# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of a run: what is written is read back the same, for its owner alone, without secrets."""

from __future__ import annotations

import hashlib
import json
import subprocess
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from ansible.errors import AnsibleActionFail

from ansible_collections.tunnelmend.asa.plugins.action import wait
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Output, OutputStatus, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Source
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError

NOON = 1258718400.0


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.start(tmp_path / "reports", "audit", NOON)


def read(text: str = "some text\n", command: str = "show version", **changes: str) -> Snapshot:
    return Snapshot("hq", 1.5, 3.5, (Output(command, text, 2, 3),), **changes)


def test_two_runs_in_one_second_have_two_folders(tmp_path: Path) -> None:
    names = [RunFolder.start(tmp_path, "audit", NOON).id for _ in range(3)]
    assert names == ["20091120T120000Z-audit", "20091120T120000Z-audit-2", "20091120T120000Z-audit-3"]


@pytest.mark.parametrize("text", ["", "a\n", "a\r\nb", "no end", "ünïcode \\xff\n"])
def test_a_snapshot_comes_back_as_it_was(folder: RunFolder, text: str) -> None:
    there = Snapshot("hq", 1, 4, (Output("show x", text, 2, 3, OutputStatus.INCOMPLETE, "cut"),), "lost")
    folder.save_snapshot(there, 1)
    assert folder.snapshots("hq") == (there,)


def test_readings_come_back_in_their_order(folder: RunFolder) -> None:
    for number in (10, 2, 1):
        folder.save_snapshot(read(f"{number}\n"), number)
    assert [each.outputs[0].text for each in folder.snapshots("hq")] == ["1\n", "2\n", "10\n"]
    assert folder.snapshots("branch") == ()


def test_secrets_never_reach_the_disk(folder: RunFolder) -> None:
    folder.save_snapshot(read("tunnel-group 192.0.2.1 ipsec-attributes\n pre-shared-key s3cr3t\n"), 1)
    texts = [path.read_text() for path in folder.path.rglob("*") if path.is_file()]
    assert any("pre-shared-key *****" in text for text in texts)
    assert not any("s3cr3t" in text for text in texts)


def test_everything_is_for_its_owner_alone(folder: RunFolder) -> None:
    folder.save_snapshot(read(), 1)
    folder.write({"report.json": "{}"})
    assert folder.path.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.path.rglob("*") if path.is_file()} == {0o600}


def test_latest_points_at_the_newest(tmp_path: Path) -> None:
    for number in range(2):
        folder = RunFolder.start(tmp_path, "audit", NOON + number)
        folder.point_latest()
        assert (tmp_path / "latest").readlink() == Path(folder.id)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_only_the_oldest_runs_are_removed(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "20091120T120000Z-audit.txt").write_text("a file of somebody's")
    runs = [RunFolder.start(tmp_path, "audit", NOON + number) for number in range(4)]
    assert runs[-1].prune(0) == []
    assert runs[-1].prune(2) == [runs[0].id, runs[1].id]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "20091120T120000Z-audit.txt", runs[2].id, runs[3].id, "notes",
    ]  # fmt: skip


def test_a_run_never_removes_itself(tmp_path: Path) -> None:
    newer = RunFolder.start(tmp_path, "audit", NOON + 60)
    older = RunFolder.start(tmp_path, "audit", NOON)
    assert older.prune(1) == []
    assert newer.path.exists()


def test_a_reports_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file")
    with pytest.raises(RunFolderError, match=r"the reports folder .*/deeper cannot be written: .*Set reports_dir"):
        RunFolder.start(tmp_path / "reports" / "deeper", "audit", NOON)


def test_a_reading_that_names_a_file_outside_of_its_folder_is_refused(folder: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("of somebody else")
    folder.save_snapshot(read(), 1)
    path = folder.path / "evidence" / "hq" / "1.json"
    index = json.loads(path.read_text())
    index["outputs"][0]["file"] = "../../../secret.txt"
    path.write_text(json.dumps(index))
    with pytest.raises(RunFolderError, match=r"'\.\./\.\./\.\./secret\.txt' is not a file of this folder"):
        folder.snapshots("hq")


def test_a_damaged_reading_is_named(folder: RunFolder) -> None:
    folder.save_snapshot(read(), 1)
    path = folder.path / "evidence" / "hq" / "1.json"
    path.write_text(json.dumps({"device": "hq"}))
    with pytest.raises(RunFolderError, match=r"1\.json cannot be read as a reading of a device"):
        folder.snapshots("hq")


def test_whether_a_device_answered_is_known_without_its_texts(folder: RunFolder) -> None:
    assert not folder.answered("hq")
    folder.save_snapshot(Snapshot("hq", 1, 2, (), "lost"), 1)
    assert not folder.answered("hq")
    folder.save_snapshot(read())
    for path in (folder.path / "evidence" / "hq" / "2").iterdir():
        path.unlink()
    assert folder.answered("hq")


@pytest.mark.parametrize("damage", ["", "{", "[]", "{}"])
def test_a_damaged_reading_is_named_there_too(folder: RunFolder, damage: str) -> None:
    folder.save_snapshot(read())
    (folder.path / "evidence" / "hq" / "1.json").write_text(damage)
    for look in (folder.answered, folder.snapshots):
        with pytest.raises(RunFolderError, match=r"1\.json cannot be read as a reading of a device"):
            look("hq")


def test_a_wait_over_a_damaged_reading_ends_in_its_words(folder: RunFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.save_snapshot(read())
    (folder.path / "evidence" / "hq" / "1.json").write_text("{")
    action = wait.ActionModule.__new__(wait.ActionModule)
    monkeypatch.setattr(wait.ActionBase, "run", lambda *given: {})
    given = (None, {"run": str(folder.path), "seconds": 0})
    monkeypatch.setattr(wait.ActionModule, "validate_argument_spec", lambda *spec: given)
    with pytest.raises(AnsibleActionFail, match=r"1\.json cannot be read as a reading of a device"):
        action.run(task_vars={"ansible_play_hosts_all": ["hq"]})


def test_a_reading_without_a_number_comes_after_those_that_are_there(folder: RunFolder) -> None:
    for number in range(1, 12):
        folder.save_snapshot(read(f"{number}\n"))
    assert [each.outputs[0].text for each in folder.snapshots("hq")] == [f"{number}\n" for number in range(1, 12)]


def test_a_run_that_sent_something_is_never_removed(tmp_path: Path) -> None:
    old = RunFolder.start(tmp_path, "remediate", 0.0)
    (old.path / "journal.jsonl").write_text("{}\n")
    other = RunFolder.start(tmp_path, "audit", 60.0)
    newest = RunFolder.start(tmp_path, "audit", 120.0)
    assert newest.prune(1) == [other.id]
    assert old.path.is_dir()


def test_what_an_offline_run_was_made_of_is_kept(folder: RunFolder) -> None:
    assert folder.source() is None
    source = Source("/srv/cases", {"hq": ("hq.log",), "branch": ("branch/1/show_version.txt",)})
    folder.save_source(source)
    assert folder.source() == source
    (folder.path / "source.json").write_text("{}")
    with pytest.raises(RunFolderError, match=r"source\.json cannot be read as the list of what a run was made of"):
        folder.source()


def test_the_run_that_is_audited_again_is_not_removed(tmp_path: Path) -> None:
    runs = [RunFolder.start(tmp_path, "audit", NOON + 60 * number) for number in range(3)]
    runs[0].point_latest()
    assert runs[2].prune(1, tmp_path / "latest" / "evidence") == [runs[1].id]
    assert runs[0].path.exists()


def test_a_saved_device_takes_what_the_inventory_says_of_it(folder: RunFolder) -> None:
    folder.save_snapshot(read(), 1)
    folder.save_source(Source("/srv/cases", {"hq": ("hq.log",), "stranger": ("stranger.log",)}))
    known = {"hq": {"tunnelmend_public_addresses": ["192.0.2.1"], "group_names": ["hubs"]}, "localhost": {}}
    hq, stranger = reports.read_devices(folder, {"hostvars": known, "ansible_play_hosts_all": ["localhost"]})
    assert (hq.name, hq.public_addresses, hq.groups) == ("hq", (IPv4Address("192.0.2.1"),), ("hubs",))
    assert (stranger.name, stranger.public_addresses, stranger.groups) == ("stranger", (), ())


def test_the_evidence_is_sealed_with_the_sum_command_device_and_times_of_each_file(tmp_path: Path) -> None:
    folder = RunFolder.start(tmp_path, "remediate", 1258704900)
    texts = {"hq": "interface: outside\n", "branch": "There are no ipsec sas\n"}
    for name, text in texts.items():
        folder.save_snapshot(Snapshot(name, 10.0, 12.0, (Output("show crypto ipsec sa", text, 10.5, 11.5),)))
    folder.seal({"tunnelmend": "0.1.0"})
    manifest = folder.path / "evidence" / "manifest.json"
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
    assert json.loads(manifest.read_text()) == {
        "schema": 1,
        "run": folder.id,
        "versions": {"tunnelmend": "0.1.0"},
        "files": [
            {
                "file": f"evidence/{name}/1/show_crypto_ipsec_sa.txt",
                "sha256": sums[name],
                "device": name,
                "command": "show crypto ipsec sa",
                "started": 10.5,
                "finished": 11.5,
                "status": "read",
            }
            for name in ("branch", "hq")
        ],
    }
    assert (folder.path / "evidence" / "SHA256SUMS").read_text() == "".join(
        f"{sums[name]}  evidence/{name}/1/show_crypto_ipsec_sa.txt\n" for name in ("branch", "hq")
    )
    assert manifest.stat().st_mode & 0o777 == 0o600
    check = subprocess.run(["sha256sum", "-c", "evidence/SHA256SUMS"], cwd=folder.path, capture_output=True, text=True)
    assert check.stdout == "".join(f"evidence/{name}/1/show_crypto_ipsec_sa.txt: OK\n" for name in ("branch", "hq"))


def test_what_is_kept_under_a_word_is_evidence_and_no_reading(folder: RunFolder) -> None:
    folder.save_snapshot(read())
    folder.save_snapshot(read("kept\n", "show counters protocol ipsec"), "before")
    assert folder.snapshots("hq") == (read(),)
    assert folder.evidence("hq") == {
        "show version": "evidence/hq/1/show_version.txt",
        "show counters protocol ipsec": "evidence/hq/before/show_counters_protocol_ipsec.txt",
    }
    folder.seal({})
    sealed = json.loads((folder.path / "evidence" / "manifest.json").read_text())["files"]
    assert [each["command"] for each in sealed] == ["show version", "show counters protocol ipsec"]


def test_a_run_without_evidence_has_no_list_of_it(tmp_path: Path) -> None:
    folder = RunFolder.start(tmp_path, "remediate", 1258704900)
    folder.seal({})
    assert not (folder.path / "evidence").exists()
