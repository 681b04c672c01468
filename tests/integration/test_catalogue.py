# SPDX-License-Identifier: GPL-3.0-or-later
"""A site's catalogue as a user gives it: the list of rules, a wrong one refused before any login, and its report."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.testing import RunningLab
from tests.integration.playbooks import ROOT, Playbooks, playbooks

WRONG = "rules:\n  dpd-disabeld: {enabled: false}\n  weak-dh: {limits: {allow_15: much}}\n"
OWN = """
profile: incident
rules: {dpd-from-show-run-only: {severity: warning}}
waivers:
  - {rule: dpd-disabled, all: true, reason: until the reload, owner: noc, expires: 9999-12-31}
  - {rule: config-unsaved, tunnel: hq-paris, reason: not saved on purpose, owner: noc, expires: 9999-12-31}
own_rules:
  - id: our-name
    title: Devices have short names
    severity: critical
    message: "names: {ends[*].name}"
    fails_if: "ends[?length(name) > `4`]"
"""


@pytest.fixture
def nowhere(tmp_path: Path) -> Playbooks:
    """No lab runs: every device refuses the connection."""
    return Playbooks(tmp_path / "no-lab", tmp_path / "reports", {"collect_interval": 1})


def catalog(tmp_path: Path, text: str) -> str:
    path = tmp_path / "catalog.yml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_rules_are_listed_without_a_device(nowhere: Playbooks, tmp_path: Path) -> None:
    path = catalog(tmp_path, OWN)
    run = nowhere.run("rules", audit_catalog=path)
    assert run.code == 0
    assert f"The rules ({path}, profile incident)" in run.screen
    assert "spi-mirror-mismatch" in run.screen
    assert "our-name" in run.screen
    assert "dpd-disabled for all tunnels until 9999-12-31, by noc: until the reload" in run.screen
    page = nowhere.run("rules", rule="pfs-mismatch")
    assert page.code == 0
    assert "Both ends use the same PFS group" in page.screen
    assert "RFC 7296 section 1.2" in page.words


def test_a_wrong_catalogue_is_refused_with_its_lines_before_any_login(nowhere: Playbooks, tmp_path: Path) -> None:
    path = catalog(tmp_path, WRONG)
    for run in (nowhere.audit(audit_catalog=path), nowhere.run("rules", audit_catalog=path)):
        assert run.code == 2
        assert f"{path} line 2: rules.dpd-disabeld: there is no such rule: did you mean dpd-disabled" in run.words
        assert f"{path} line 3: rules.weak-dh.limits.allow_15 must be true or false, not 'much'" in run.words
    assert not (tmp_path / "reports" / "latest").exists()
    assert "/nowhere.yml: No such file or directory" in nowhere.audit(audit_catalog="/nowhere.yml").words


def test_an_audit_goes_by_the_catalogue_of_its_inventory_and_remediation_does_not(
    lab: RunningLab, tmp_path: Path
) -> None:
    inventory = tmp_path / "inventory"
    inventory.mkdir()
    for path in (ROOT / "inventory" / "lab").iterdir():
        (inventory / path.name).symlink_to(path)
    path = catalog(inventory, OWN)
    books = playbooks(lab, tmp_path / "reports")
    run = books.audit("-i", str(inventory), audit_stimulus=True)
    assert run.code == 2
    assert f"judging by {path}, profile incident" in run.screen
    assert run.latest["run"]["versions"]["catalogue"] == f"{path}, profile incident"
    outcomes = {finding["rule"]: finding["outcome"] for finding in run.tunnel["findings"]}
    assert outcomes["our-name"] == "fail"
    assert outcomes["dpd-disabled"] == "waived"
    assert not {"weak-dh", "weak-hash"} & outcomes.keys()
    assert run.tunnel["verdict"] == "healthy"
    assert "hq-branch is healthy now, but fails our-name." in run.words
    assert "the waiver of config-unsaved for hq-paris by noc matches nothing" in run.words
    past = catalog(tmp_path, OWN.replace("9999", "2020").replace("fails_if", "holds"))
    loud = books.audit("-i", str(inventory), audit_catalog=past, audit_profile="baseline", audit_fail_on="critical")
    assert loud.code == 2
    assert "waiver of dpd-disabled for all tunnels by noc expired on 2020-12-31" in loud.words
    assert loud.latest["problems"] == ["waiver of dpd-disabled for all tunnels by noc expired on 2020-12-31"]
    planned = books.remediate("-i", str(inventory), "--check")
    assert planned.code == 0
    assert {"weak-dh", "weak-hash"} <= {finding["rule"] for finding in planned.tunnel["findings"]}
    assert not [each for each in planned.tunnel["findings"] if each["outcome"] == "waived"]
