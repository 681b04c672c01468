# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit log: whole lines, never changed, without secrets; who cannot write it does not act."""

from __future__ import annotations

import getpass
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import (
    NAME,
    Decided,
    Decision,
    DecisionError,
    operator,
    record,
    record_after,
)

ROOT = Path(__file__).resolve().parents[1]
REFUSED = Decision(
    1258704900.25, "20091120T081500Z-remediate", "ctl-1", "hq-branch", Decided.REFUSED, "cool-down",
    text="Two attempts in the last hour.", user="ada", change_id="CHG0042",
)  # fmt: skip


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="ascii").splitlines()]


def test_a_decision_is_one_line_with_all_that_is_known(tmp_path: Path) -> None:
    record(tmp_path / NAME, REFUSED)
    assert (tmp_path / NAME).read_text() == (
        '{"time": "2009-11-20T08:15:00.250Z", "run": "20091120T081500Z-remediate", "controller": "ctl-1", '
        '"user": "ada", "change_id": "CHG0042", "tunnel": "hq-branch", "decision": "refused", "gate": "cool-down", '
        '"outcome": "", "text": "Two attempts in the last hour."}\n'
    )


def test_each_is_added_and_none_is_changed(tmp_path: Path) -> None:
    for number, decision in enumerate(Decided):
        record(tmp_path / NAME, Decision(float(number), "run", "ctl-1", "hq-branch", decision, text="one\ntwo \xe9"))
    assert [each["decision"] for each in lines(tmp_path / NAME)] == ["planned", "refused", "acted", "shadow"]
    assert {each["text"] for each in lines(tmp_path / NAME)} == {"one\ntwo \xe9"}


def test_it_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        record(tmp_path / NAME, REFUSED)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_secrets_are_masked(tmp_path: Path) -> None:
    text = "hq refused 'pre-shared-key opensesame' and state postgresql://tunnelmend:s3cret@db/state"
    record(tmp_path / NAME, Decision(0.0, "run", "ctl-1", "hq-branch", Decided.ACTED, text=text))
    assert lines(tmp_path / NAME)[0]["text"] == (
        "hq refused 'pre-shared-key ***** and state postgresql://tunnelmend:*****@db/state"
    )


def test_the_operator_is_named_even_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert operator() == getpass.getuser()

    def nameless() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert operator() == f"uid {os.getuid()}"


def test_a_line_that_was_left_half_written_spoils_no_other(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"time": "2009-11-20T08:1')
    record(tmp_path / NAME, REFUSED)
    torn, whole = (tmp_path / NAME).read_text().splitlines()
    assert torn == '{"time": "2009-11-20T08:1'
    assert json.loads(whole)["gate"] == "cool-down"


def test_before_an_act_a_log_that_cannot_be_written_ends_the_run(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(DecisionError) as failed:
        record(tmp_path / NAME, REFUSED)
    assert str(failed.value) == (
        f"The decision could not be written to {tmp_path}/decisions.jsonl: Is a directory. Let it be a file of the "
        "user who runs this, on a disk with room."
    )


def test_after_an_act_it_is_a_warning_that_says_what_is_missing(tmp_path: Path) -> None:
    healed = Decision(0.0, "run", "ctl-1", "hq-branch", Decided.ACTED, outcome="healed")
    assert record_after(tmp_path / "absent" / NAME, healed) == (
        f"The decision could not be written to {tmp_path}/absent/decisions.jsonl: No such file or directory. Let it be "
        "a file of the user who runs this, on a disk with room. Missing in it: hq-branch, acted healed."
    )
    assert record_after(tmp_path / NAME, healed) == ""
    assert lines(tmp_path / NAME)[0]["outcome"] == "healed"


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(tmp_path / NAME, REFUSED)
    whole = (tmp_path / NAME).read_bytes()
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: write(descriptor, data[:20]))
    with pytest.raises(DecisionError, match=r": no room for the whole line\. Let it be a file of the user who runs"):
        record(tmp_path / NAME, REFUSED)
    assert (tmp_path / NAME).read_bytes() == whole


WRITE = """
import pathlib, sys
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import Decided, Decision, record
for number in range(100):
    record(pathlib.Path(sys.argv[1]), Decision(float(number), sys.argv[2], "c", "t", Decided.PLANNED, text="x" * 5000))
"""


def test_two_that_write_at_once_write_whole_lines(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / ".collections")}
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path / NAME), run], env=environment)
        for run in ("one", "other")
    ]
    assert [each.wait(60) for each in writers] == [0, 0]
    written = [(each["run"], each["time"]) for each in lines(tmp_path / NAME)]
    assert len(set(written)) == 200
    assert all(re.fullmatch(r"1970-01-01T00:0[01]:\d\d\.000Z", moment) for _, moment in written)
