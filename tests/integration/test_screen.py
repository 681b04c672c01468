# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator is left with after a remediation: five parts on the screen, one time line, sealed evidence."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import jsonschema

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.keeping import AFTER, BEFORE
from lab.testing import running_lab
from tests.integration.playbooks import ROOT, playbooks

SCHEMA = json.loads((ROOT / "docs" / "timeline.schema.json").read_text(encoding="utf-8"))


def test_a_remediation_is_told_in_five_parts_and_leaves_one_time_line_and_sealed_evidence(tmp_path: Path) -> None:
    with running_lab(dir=tmp_path / "lab", fault="deletion-retry") as lab:
        books = playbooks(lab, tmp_path / "reports")
        run = books.run("remediate", tunnel="hq-branch", confirm="hq-branch", remediate_verify_interval=3)
        record = [(each["device"], each["line"]) for each in sorted(lab.record(), key=lambda each: each["virtual"])]
    assert run.code == 0, run.screen
    parts = [line.split()[0] for line in run.screen.splitlines() if re.match(r"(NOW|PLAN|DOING|PROOF|NEXT)\b", line)]
    assert parts == ["NOW", "PLAN", "DOING", "PROOF", "PROOF", "NEXT"]
    assert re.search(r" \+0\.0 s +hq +clear crypto ipsec sa peer 203\.0\.113\.1  done\n", run.screen)
    assert re.search(r" \+\d\.\d s +branch +clear crypto ipsec sa peer 198\.51\.100\.1  done\n", run.screen)
    assert "  waiting 3 s: between the two readings of the proof\n" in run.screen
    assert "  yes  IKE up at both ends       hq MM_ACTIVE, branch MM_ACTIVE\n" in run.screen
    assert "\nNEXT\n  remove what would break it: ansible-playbook " in run.screen

    folder = (run.reports / "latest").resolve()
    told = json.loads((folder / "timeline.json").read_text(encoding="utf-8"))
    jsonschema.validate(told, SCHEMA)
    assert told == run.latest["timeline"]
    assert [(each["device"], each["result"]) for each in told["events"] if each["clears"]] == [
        ("hq", "done"),
        ("branch", "done"),
    ]
    # Both ends tell of the clears in their own logs, which were read after the proof.
    torn = [each for each in told["events"] if each["kind"] == "log" and "has been deleted" in each["text"]]
    assert {each["device"] for each in torn} == {"hq", "branch"}
    assert any(abs(each["since_clear"]) <= each["uncertainty_seconds"] + 1 for each in torn)
    kinds = {(each["device"], each["kind"]) for each in told["events"]}
    assert kinds >= {(name, kind) for name in ("hq", "branch") for kind in ("controller", "command", "log", "reading")}

    # Right before the clear, and nothing but what is shown.
    clear = record.index(("hq", "clear crypto ipsec sa peer 203.0.113.1"))
    assert [record.index((name, command)) < clear for name in ("hq", "branch") for command in BEFORE] == [True] * 8
    sealed = json.loads((folder / "evidence" / "manifest.json").read_text(encoding="utf-8"))
    assert {(each["device"], each["command"]) for each in sealed["files"]} >= {
        (name, command) for name in ("hq", "branch") for command in (*BEFORE, *AFTER)
    }
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "evidence/SHA256SUMS"], cwd=folder, check=False)
    assert checked.returncode == 0
