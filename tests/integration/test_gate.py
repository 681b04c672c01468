# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate as a pipeline runs it: configurations in, an exit code and files out; no device anywhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.playbooks import ROOT, Playbooks, Run

EXAMPLE = ROOT / "molecule" / "gate"
KEY = "k3y-of-both-ends"


def gate(folder: Path, edit: Callable[[str], str], **variables: Any) -> Run:
    """Gate a change of the example's branch."""
    for side in ("before", "candidate"):
        shutil.copytree(EXAMPLE / "before", folder / side)
        for path in (folder / side).iterdir():
            path.write_text(path.read_text().replace("*****", KEY))
    branch = folder / "candidate" / "branch.cfg"
    text = branch.read_text()
    branch.write_text(edit(text))
    assert branch.read_text() != text
    given = {"gate_before": str(folder / "before"), "gate_candidate": str(folder / "candidate"), **variables}
    run = Playbooks(folder / "no-lab", folder / "reports").run("gate", **given)
    told = [run.screen, *(path.read_text() for path in run.reports.rglob("*") if path.is_file())]
    assert KEY not in "".join(told)
    return run


def verdict(run: Run) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((run.reports / "latest" / "gate.json").read_text())
    return document


def failing(run: Run) -> list[str]:
    return [
        each["fails"] for tunnel in verdict(run)["tunnels"] for each in tunnel["checks"] if each["result"] == "fail"
    ]


def test_a_harmless_change_passes(tmp_path: Path) -> None:
    run = gate(tmp_path, lambda text: text.replace("set pfs group14", "set pfs group14\n"
                                                   "crypto map outside_map 10 set reverse-route"))  # fmt: skip
    assert run.code == 0, run.screen
    assert "gate PASSED: the tunnel survives this change" in run.screen
    assert verdict(run)["audits"][0]["before"] == "healthy"
    assert verdict(run)["audits"][0]["after"] == "healthy"
    assert {path.name for path in (run.reports / "latest").resolve().iterdir()} == {
        "gate.json", "gate.md", "junit.xml", "trial",
    }  # fmt: skip


def no_keepalives(text: str) -> str:
    return text.replace(f"pre-shared-key {KEY}", f"pre-shared-key {KEY}\n isakmp keepalive disable")


CASES: dict[str, tuple[Callable[[str], str], list[str], list[str]]] = {
    "keepalives": (
        no_keepalives,
        ["stays down when branch lost its SAs", "stays down when hq lost its SAs"],
        ["dpd-disabled"],
    ),
    "pfs": (
        lambda text: text.replace("set pfs group14", "set pfs group19"),
        ["does not come up from branch", "does not come up from hq"],
        ["pfs-mismatch"],
    ),
    "key": (
        lambda text: text.replace(KEY, "k3y-of-one-end"),
        ["does not come up from branch", "does not come up from hq"],
        ["ike-state-not-up"],
    ),
    "access list": (
        lambda text: text.replace("192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0",
                                  "192.168.2.0 255.255.255.0 192.168.0.0 255.255.254.0"),
        ["does not come up from branch"],
        ["acl-not-mirrored"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_change_that_breaks_fails(case: str, tmp_path: Path) -> None:
    edit, fails, rules = CASES[case]
    run = gate(tmp_path, edit)
    assert run.code == 2, run.screen
    assert set(fails) <= set(failing(run))
    (audit,) = verdict(run)["audits"]
    assert set(rules) <= {finding["rule"] for finding in audit["new"]}
    assert "says why" in run.words
    assert "k3y-of-one-end" not in run.screen + (run.reports / "latest" / "gate.json").read_text()


def test_what_cannot_be_tried_fails_with_file_and_line(tmp_path: Path) -> None:
    run = gate(tmp_path, lambda text: text.replace("set pfs group14", "set psf group14"))
    assert run.code == 2, run.screen
    (problem,) = verdict(run)["problems"]
    assert problem.startswith("candidate/branch.cfg line ")
    assert problem.endswith(": 'crypto map outside_map 10 set psf group14' is not understood at 'psf'")


def test_variables_are_looked_at_first(tmp_path: Path) -> None:
    run = Playbooks(tmp_path / "no-lab", tmp_path / "reports").run("gate", gate_max_outage="long", gate_befor="x")
    assert run.code == 2
    assert (
        "There is no variable 'gate_befor': did you mean 'gate_before'? gate_max_outage is 'long': give a whole number "
        "from 0 on."
    ) in run.words
