# SPDX-License-Identifier: GPL-3.0-or-later
"""The screen shows what failed, changed or says something, and with -v all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.callback.quiet import refusal, tells

ROOT = Path(__file__).parents[1]

TASKS = """\
- hosts: localhost
  gather_facts: false
  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  tasks:
    - name: Find nothing of note
      ansible.builtin.set_fact: {a: 1}
    - name: Find nothing of note, twice
      ansible.builtin.set_fact: {a: 1}
      loop: [one, two]
    - name: Skip something
      ansible.builtin.set_fact: {a: 1}
      when: false
    - name: Say something
      ansible.builtin.debug: {msg: hello there}
    - name: Change something
      ansible.builtin.copy: {content: "new\\n", dest: "FOLDER/file", mode: "0600"}
      diff: true
    - name: Change nothing twice
      ansible.builtin.copy: {content: "new\\n", dest: "FOLDER/file", mode: "0600"}
    - name: Fail for a reason
      ansible.builtin.fail: {msg: "the reason, and what to do"}
      ignore_errors: true
    - name: Fail by itself
      ansible.builtin.command: {cmd: "false"}
"""


def run(folder: Path, *flags: str) -> str:
    (folder / "book.yml").write_text(TASKS.replace("FOLDER", str(folder)))
    environment = {**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1", "COLUMNS": "100"}
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local", *flags]
    done = subprocess.run(
        [*command, str(folder / "book.yml")], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stdout + done.stderr
    return done.stdout


def test_what_has_nothing_to_say_is_not_shown(tmp_path: Path) -> None:
    told = run(tmp_path)
    for hidden in ("nothing of note", "Skip something", "nothing twice", "ok: [localhost]\n"):
        assert hidden not in told
    assert "TASK [Say something]" in told
    assert "hello there" in told
    assert "+new" in told
    assert "changed: [localhost]" in told
    assert "ok=" in told.split("PLAY RECAP")[1]


def test_a_refusal_is_its_message_once(tmp_path: Path) -> None:
    told = run(tmp_path)
    assert "fatal: [localhost]: FAILED! => the reason, and what to do\n...ignoring\n" in told
    first, second = told.split("TASK [Fail by itself]")
    assert first.count("the reason, and what to do") == 1
    assert "rc: 1" in second, "a failure of others is told in full"


def test_with_v_everything_is_shown(tmp_path: Path) -> None:
    told = run(tmp_path, "-v")
    for shown in ("Find nothing of note", "Find nothing of note, twice", "Change nothing twice", "(item=two)"):
        assert shown in told
    assert "changed: false" in told.split("TASK [Fail for a reason]")[1]


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({}, False),
        ({"changed": False, "warnings": [], "msg": "done"}, False),
        ({"changed": True}, True),
        ({"warnings": ["look"]}, True),
        ({"deprecations": [{"msg": "old"}]}, True),
        ({"_ansible_verbose_always": True}, True),
    ],
)
def test_what_a_result_tells(answer: dict[str, Any], wanted: bool) -> None:
    assert tells(answer) is wanted


@pytest.mark.parametrize(
    ("action", "answer", "wanted"),
    [
        ("ansible.builtin.fail", {"msg": "no"}, "no"),
        ("tunnelmend.asa.judge", {"msg": "no", "objections": ["x"], "changed": False}, "no"),
        ("tunnelmend.asa.judge", {"msg": "Unexpected failure during module execution: x"}, ""),
        ("tunnelmend.asa.judge", {"msg": "no", "warnings": ["look"]}, ""),
        ("tunnelmend.asa.mend", {"msg": "All items completed", "results": []}, ""),
        ("tunnelmend.asa.judge", {"censored": "the output has been hidden"}, ""),
        ("ansible.builtin.command", {"msg": "non-zero return code"}, ""),
    ],
)
def test_only_a_failure_in_words_is_told_by_its_words_alone(action: str, answer: dict[str, Any], wanted: str) -> None:
    assert refusal(SimpleNamespace(action=action, resolved_action=action), answer) == wanted
