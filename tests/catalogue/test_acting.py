# SPDX-License-Identifier: GPL-3.0-or-later
"""Who acts on devices judges by the rules as shipped, whatever the site's catalogue says.

An opinion of a rule is no reason to clear, and none not to refuse.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import judge
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import AS_SHIPPED, Catalogue
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import catalogues
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.acting import Run
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Outcome, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from tests.mending.scene import PEER, scene

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
SILENT = """
rules: {all: {enabled: false}, inventory-pairing: {enabled: true}}
waivers: [{rule: spi-mirror-mismatch, all: true, reason: known, owner: noc, expires: 9999-12-31}]
"""


@pytest.mark.parametrize("kind", [Kind.REMEDIATE, Kind.HARDEN])
def test_a_catalogue_that_silences_every_rule_is_not_asked(tmp_path: Path, kind: Kind) -> None:
    (tmp_path / "catalog.yml").write_text(SILENT)
    folder = RunFolder.start(tmp_path / "reports", str(kind), 0.0)
    way = scene()
    for reading, scope in enumerate(Scope, start=1):
        for name in PEER:
            folder.save_snapshot(way.read(name, scope), reading)
        way.wait(5)
    variables = {
        "ansible_play_hosts_all": ["hq", "branch"],
        "groups": {"all": ["hq", "branch"]},
        "hostvars": {host: {"group_names": []} for host in ("hq", "branch")},
        "playbook_dir": str(tmp_path),
        "audit_catalog": str(tmp_path / "catalog.yml"),
    }
    assert catalogues.read("", "", variables).waivers, "an audit would go by it"
    args = {"run": str(folder.path), "started": 0.0, "tunnel": "hq-branch", "foreign_peers": []}
    judgement = Run.of(kind, args, variables).judgement
    assert judgement.verdict is Verdict.BROKEN
    outcomes = {finding.outcome for finding in judgement.findings if finding.rule == "spi-mirror-mismatch"}
    assert outcomes == {Outcome.FAIL}


def test_judging_asks_for_no_catalogue_unless_it_is_given_one() -> None:
    assert Catalogue(today=AS_SHIPPED.today) == AS_SHIPPED
    assert judge.judge_all.__kwdefaults__["catalogue"] is AS_SHIPPED


def test_only_the_audit_and_the_list_of_rules_read_a_catalogue() -> None:
    """`start_run` reads that of an audit early, to refuse it before any login."""
    library = PLUGINS / "plugin_utils" / "catalogue"
    users = [
        path.relative_to(PLUGINS).as_posix()
        for path in sorted(PLUGINS.rglob("*.py"))
        if library not in path.parents and "catalogue" in path.read_text(encoding="utf-8").lower()
    ]
    acting = ("acting", "mending", "hardening", "plan", "plan_remediation", "mend", "harden")
    assert [user for user in users if Path(user).stem in acting] == []
    assert {"action/judge.py", "action/rules.py", "action/start_run.py", "filter/check.py"} <= set(users)
