# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistyped variables, which Ansible itself lets pass in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import known_variables, unknown_variables

KNOWN = known_variables(Path(__file__).resolve().parent.parent / "roles")


def wrong(extra: tuple[str, ...] = (), everywhere: tuple[str, ...] = ()) -> list[str]:
    return unknown_variables(dict.fromkeys(extra), everywhere, KNOWN)


def test_every_documented_variable_is_known() -> None:
    assert {"audit_fail_on", "tunnel", "confirm", "reports_dir", "tunnelmend_hosts"} <= KNOWN
    assert wrong(tuple(KNOWN), tuple(KNOWN)) == []


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("audit_fial_on", "audit_fail_on"),
        ("confrim", "confirm"),
        ("tunel", "tunnel"),
        ("collect_intervall", "collect_interval"),
        ("report_dir", "reports_dir"),
        ("tunnelmend_host", "tunnelmend_hosts"),
    ],
)
def test_a_near_match_is_named(name: str, near: str) -> None:
    assert wrong((name,)) == [f"There is no variable {name!r}: did you mean {near!r}?"]


def test_without_a_near_match_all_are_named() -> None:
    (sentence,) = wrong(("audit_xyzzy_plugh_wumpus",))
    assert sentence.startswith("There is no variable 'audit_xyzzy_plugh_wumpus': the known ones are audit_conclude, ")


def test_variables_of_others_are_left_alone() -> None:
    assert wrong(("site", "ansible_user", "change_id"), ("audit_level", "remediate_all", "confrim")) == []


def test_our_prefix_is_checked_everywhere() -> None:
    assert wrong((), ("tunnelmend_public_adresses",)) == [
        "There is no variable 'tunnelmend_public_adresses': did you mean 'tunnelmend_public_addresses'?"
    ]


def test_a_damaged_installation_is_no_reason_to_call_everything_unknown(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no argument specs under .*: the installation is damaged"):
        known_variables(tmp_path)
