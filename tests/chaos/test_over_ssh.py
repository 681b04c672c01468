# SPDX-License-Identifier: GPL-3.0-or-later
"""The short version of ``make chaos`` through Ansible, and the search for secrets, which must find what was planted."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.chaos import over_ssh, planted
from tests.chaos.over_ssh import Case

# Killed between the clears with a vault and -vvvv; and stopped by Ctrl-C while it compares.
KILLED = Case(1, "deletion-retry", "SIGKILL", "hq", "clear", 0.0, True, "", False, True, True, False)
STOPPED = Case(
    2, "lost-peer", "SIGINT", "branch", "show crypto ipsec sa peer", 0.0, True, "", False, False, False, False
)


@pytest.mark.parametrize("case", [KILLED, STOPPED], ids=["killed", "stopped"])
def test_a_run_that_is_ended_by_force_harms_nothing_and_the_next_tells_the_truth(case: Case) -> None:
    summary = over_ssh.play(case)
    assert summary.violations == (), "\n".join(summary.story)
    assert summary.exercised["secrets"] == 1
    assert summary.exercised["told"] == 1


@pytest.mark.parametrize("secret", planted.SECRETS)
def test_a_secret_is_found_in_any_coding(secret: str, tmp_path: Path) -> None:
    assert list(planted.found(tmp_path, "nothing here")) == []
    assert list(planted.found(tmp_path, f"key {secret}")) == [f"{secret!r} stands in the screen"]
    for shift in range(3):
        coded = base64.b64encode(b"key"[:shift] + secret.encode() + b" and more").decode()
        assert list(planted.found(tmp_path, coded)) == [f"{secret!r} stands in the screen"]
    (tmp_path / "log").write_text(secret.encode().hex(), encoding="utf-8")
    assert list(planted.found(tmp_path)) == [f"{secret!r} stands in {tmp_path / 'log'}"]


def test_an_inventory_with_a_vault_holds_no_password_in_the_open(tmp_path: Path) -> None:
    flags = planted.flags(tmp_path / "given", vaulted=True)
    text = (tmp_path / "given" / "inventory" / "group_vars" / "asa.yml").read_text(encoding="utf-8")
    assert text.count("!vault |") == 2
    assert "--vault-password-file" in flags
