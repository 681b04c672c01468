# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Ansible's side looks for a catalogue, and the filter that takes one as a text."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible.errors import AnsibleActionFail, AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.filter.check import check
from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import catalogues
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group

EVIDENCE = Path(__file__).resolve().parents[1] / "examples" / "evidence"


def outputs() -> dict[str, dict[str, list[str]]]:
    """The incident of 2009 as the filter takes it: both readings of each command."""
    found: dict[str, dict[str, list[str]]] = {}
    for path in sorted(EVIDENCE.glob("*/*/*.txt")):
        command = (
            path.stem.replace("_", " ")
            .replace("access list", "access-list")
            .replace("running config", "running-config")
        )
        texts = found.setdefault(path.parts[-3], {}).setdefault(command.replace("tunnel group", "tunnel-group"), [])
        texts.append(path.read_text(encoding="utf-8"))
    return found


def test_the_filter_goes_by_the_catalogue_it_is_given() -> None:
    def failing(catalog: str = "", profile: str = "") -> set[str]:
        (tunnel,) = check(outputs(), catalog=catalog, profile=profile)
        assert tunnel["verdict"] == "broken"
        return {each["rule"] for each in tunnel["findings"] if each["outcome"] == "fail"}

    assert {"spi-mirror-mismatch", "weak-hash"} <= failing()
    hygiene = {check.rule.id for check in rules.load() if check.rule.group is Group.HYGIENE}
    assert failing(profile="incident") == failing() - hygiene
    assert failing("rules: {spi-mirror-mismatch: {enabled: false}}") == failing() - {"spi-mirror-mismatch"}
    with pytest.raises(AnsibleFilterError, match=r"tunnelmend\.asa\.check: catalog line 1: rule is not known"):
        failing("rule: {}")


def test_a_catalogue_lies_with_the_inventory_before_it_lies_with_the_playbooks(tmp_path: Path) -> None:
    inventory, playbooks = tmp_path / "sites" / "inventory", tmp_path / "project" / "playbooks"
    for folder in (inventory, playbooks):
        folder.mkdir(parents=True)
    variables = {"ansible_inventory_sources": ["hq,branch,", str(inventory)], "playbook_dir": str(playbooks)}
    assert list(catalogues.places(variables)) == [
        folder / "catalog.yml" for folder in (inventory, inventory.parent, playbooks, playbooks.parent)
    ]
    hosts = inventory / "hosts.yml"
    hosts.touch()
    assert list(catalogues.places({"ansible_inventory_sources": [str(hosts)]})) == [inventory / "catalog.yml"]
    assert catalogues.read("", "", variables).source == ""
    for folder in (playbooks.parent, playbooks, inventory.parent, inventory):
        (folder / "catalog.yml").write_text("profile: stig\n")
        assert catalogues.read("", "", variables).source == str(folder / "catalog.yml")


def test_a_catalogue_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(AnsibleActionFail, match=r"audit_catalog: .*catalog\.yml: No such file or directory"):
        catalogues.read(str(tmp_path / "catalog.yml"), "", {})
    assert catalogues.read("/dev/null", "stig", {}).profile == "stig"
