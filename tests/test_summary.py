# SPDX-License-Identifier: GPL-3.0-or-later
"""The table is the last thing on the screen, and whatever is wrong with a report never fails a run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.callback.summary import PROGRESS_SECONDS, Progress, announced, ending
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import write_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from tests.reporters import samples

ROOT = Path(__file__).parents[1]

TASK = """\
    - name: Announce a report
      ansible.builtin.set_fact:
        tunnelmend_report: "{path}"
"""


def run(folder: Path, tasks: str, **settings: str) -> subprocess.CompletedProcess[str]:
    book = folder / "book.yml"
    book.write_text(f"- hosts: localhost\n  gather_facts: false\n  tasks:\n{tasks}")
    (folder / "ansible.cfg").write_text(
        f"[defaults]\ncollections_path = {ROOT / '.collections'}\ncallbacks_enabled = tunnelmend.asa.summary\n"
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")},
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        **settings,
    }
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local", str(book)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def written(folder: Path, report: Report) -> Path:
    folder.mkdir()
    for name, text in write_all(document(report)).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "report.json"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return written(tmp_path / "audit", samples.audit(samples.BROKEN))


def test_the_table_comes_after_the_recap(tmp_path: Path, broken: Path) -> None:
    done = run(tmp_path, TASK.format(path=broken))
    assert done.returncode == 0, done.stderr
    recap, table = done.stdout.split("PLAY RECAP", 1)[1].split("tunnelmend audit", 1)
    assert "failed=0" in recap
    assert "BROKEN     hq-branch" in table
    assert done.stdout.rstrip().endswith(f"Report: {broken.with_name('report.html')}")
    assert "\x1b" not in done.stdout
    assert "WARNING" not in done.stderr


def test_colour_is_ansibles_to_decide(tmp_path: Path, broken: Path) -> None:
    assert "\x1b[" in run(tmp_path, TASK.format(path=broken), ANSIBLE_FORCE_COLOR="1").stdout.split("RECAP")[1]


def test_reports_are_printed_in_the_order_of_their_announcement(tmp_path: Path, broken: Path) -> None:
    mended = written(tmp_path / "remediate", samples.remediation())
    done = run(tmp_path, TASK.format(path=broken) + TASK.format(path=mended))
    assert done.stdout.index("tunnelmend audit") < done.stdout.index("tunnelmend remediate")


def test_a_task_that_fails_still_shows_its_report(tmp_path: Path, broken: Path) -> None:
    fail = TASK.format(path=broken) + "      failed_when: true\n"
    done = run(tmp_path, fail)
    assert done.returncode == 2
    assert "BROKEN     hq-branch" in done.stdout


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"schema": 99}', "\x00\xff"])
def test_a_report_that_cannot_be_read_is_one_line(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    done = run(tmp_path, TASK.format(path=path))
    assert done.returncode == 0
    after = done.stdout.split("PLAY RECAP", 1)[1].strip().splitlines()
    after = [line for line in after[2:] if line]
    assert len(after) == 1
    assert after[0].startswith(f"tunnelmend: the report {path} cannot be shown (")
    assert "Traceback" not in done.stdout + done.stderr


def test_nothing_is_printed_when_nothing_was_announced(tmp_path: Path) -> None:
    done = run(tmp_path, "    - ansible.builtin.debug:\n        msg: hello\n")
    assert "tunnelmend" not in done.stdout


@pytest.mark.parametrize(
    ("answer", "paths"),
    [
        ({"tunnelmend_report": "a"}, ["a"]),
        ({"ansible_facts": {"tunnelmend_report": "a"}}, ["a"]),
        ({"results": [{"tunnelmend_report": "a"}, {"tunnelmend_report": "b"}]}, ["a", "b"]),
        ({"tunnelmend_report": None, "ansible_facts": "?", "results": "?"}, []),
        ({"tunnelmend_report": {"not": "a path"}}, []),
        (None, []),
    ],
)
def test_a_report_is_found_wherever_a_result_holds_it(answer: object, paths: list[str]) -> None:
    assert list(announced(answer)) == paths


# --- an interruption -------------------------------------------------------------------------------------------------


def test_the_ending_of_an_interrupted_run_is_that_of_its_report(tmp_path: Path) -> None:
    mended = samples.remediation()
    path = written(tmp_path / "remediate", mended)
    assert ending(path) == f"{mended.outcome}: {' '.join(mended.outcome_text.split())} Report: {path}"


def test_an_audit_that_was_interrupted_after_its_report_has_no_ending(broken: Path, tmp_path: Path) -> None:
    assert ending(broken) == ""
    assert ending(tmp_path / "report.json") == ""


# --- progress --------------------------------------------------------------------------------------------------------


def answer(read: bool = True, reading: int = 1, devices: int = 500) -> dict[str, object]:
    return {"read": read, "reading": reading, "devices": devices}


def test_a_long_reading_is_counted_every_few_seconds() -> None:
    progress = Progress(now=0.0)
    said = [progress.count(answer(read=number % 10 > 0), now=number / 100) for number in range(1, 501)]
    assert [each for each in said if each] == ["first reading: 450 of 500 devices read"]
    slow = Progress(now=0.0)
    said = [slow.count(answer(), now=number * PROGRESS_SECONDS / 100) for number in range(1, 501)]
    assert [each for each in said if each][:2] == ["read 100 of 500 devices", "read 200 of 500 devices"]
    assert len([each for each in said if each]) == 5


def test_a_device_that_was_left_out_of_the_second_reading_counts_as_not_read() -> None:
    progress = Progress(now=0.0)
    assert progress.count({"skipped": True}, now=0.0) == ""
    assert progress.count(answer(reading=2, devices=2), now=0.0) == "second reading: 1 of 2 devices read"


def test_a_reading_of_nobody_says_nothing() -> None:
    assert Progress(now=0.0).count({"skipped": True}, now=60.0) == ""


def test_only_our_own_reading_is_counted(tmp_path: Path) -> None:
    done = run(tmp_path, "    - ansible.builtin.set_fact: {read: true, reading: 1, devices: 1}\n")
    assert "reading" not in done.stdout
