# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that a report advises can be pasted by the user of that run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible import context

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import commands, reports
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from tests.reporters import samples

ADVICE = "clear on both ends: ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch"


@pytest.fixture(autouse=True)
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the playbooks in it, from which commands are typed."""
    (tmp_path / "playbooks").mkdir()
    for name in ("audit", "remediate", "harden"):
        (tmp_path / "playbooks" / f"{name}.yml").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def advised(monkeypatch: pytest.MonkeyPatch, text: str = ADVICE, **typed: Any) -> str:
    monkeypatch.setattr(context, "CLIARGS", typed)
    return commands.pasteable(text)


def test_without_an_inventory_the_command_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert advised(monkeypatch, args=("playbooks/audit.yml",), inventory=tuple(C.DEFAULT_HOST_LIST)) == ADVICE


def test_every_inventory_that_was_given_is_in_the_command(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    # Ansible makes them absolute; a list of hosts stays as it is.
    inventory = (str(checkout / "inventory" / "mine"), "/etc/other sites/hosts.yml", "hq,branch,")
    told = advised(monkeypatch, args=("playbooks/audit.yml",), inventory=inventory)
    assert told == (
        "clear on both ends: ansible-playbook -i inventory/mine -i '/etc/other sites/hosts.yml' -i hq,branch, "
        "playbooks/remediate.yml -e tunnel=hq-branch"
    )


def test_the_vault_is_opened_as_it_was(monkeypatch: pytest.MonkeyPatch, checkout: Path) -> None:
    told = advised(
        monkeypatch,
        args=("playbooks/audit.yml",),
        ask_vault_pass=True,
        vault_password_files=[str(checkout / "vault password")],
        vault_ids=["asa@prompt"],
    )
    assert told == (
        "clear on both ends: ansible-playbook --ask-vault-pass --vault-password-file 'vault password' "
        "--vault-id asa@prompt playbooks/remediate.yml -e tunnel=hq-branch"
    )


def test_the_playbook_stands_in_the_folder_of_the_one_that_was_run(
    monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    told = advised(monkeypatch, args=(f"{checkout}/playbooks/audit.yml",), inventory=())
    assert told == f"clear on both ends: ansible-playbook {checkout}/playbooks/remediate.yml -e tunnel=hq-branch"
    monkeypatch.chdir(checkout / "playbooks")
    assert (
        advised(monkeypatch, args=("audit.yml",)).split(": ")[1] == "ansible-playbook remediate.yml -e tunnel=hq-branch"
    )


@pytest.mark.parametrize("args", [("tunnelmend.asa.audit",), ("site.yml",), ("elsewhere/audit.yml",), (), "hq", None])
def test_elsewhere_the_playbook_goes_by_the_name_of_the_collection(
    monkeypatch: pytest.MonkeyPatch, args: object
) -> None:
    command = "ansible-playbook tunnelmend.asa.remediate -e tunnel=hq-branch"
    assert advised(monkeypatch, args=args) == f"clear on both ends: {command}"


def test_outside_of_a_command_line_nothing_is_known_and_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert advised(monkeypatch, "audit: ansible-playbook playbooks/audit.yml") == (
        "audit: ansible-playbook tunnelmend.asa.audit"
    )
    assert advised(monkeypatch, "nothing") == "nothing"


def test_a_report_is_written_with_commands_that_can_be_pasted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(context, "CLIARGS", {"args": ("tunnelmend.asa.audit",), "inventory": ("sites,",)})
    judgement = Judgement(samples.tunnel(), Verdict.BROKEN, (), "cause", ADVICE)
    (tmp_path / "run").mkdir()
    report = Report("run", Kind.REMEDIATE, 0.0, 1.0, judgements=(judgement,), before=(judgement,))
    text = Path(reports.write(RunFolder(tmp_path / "run"), report)).read_text(encoding="utf-8")
    assert text.count("ansible-playbook -i sites, tunnelmend.asa.remediate -e tunnel=hq-branch") == 2
    assert "playbooks/remediate.yml" not in text
