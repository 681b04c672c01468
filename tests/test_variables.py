# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistyped variables, which Ansible itself lets pass in silence."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import (
    known_variables,
    refusal_of_confirm,
    refusal_of_tunnel,
    refusal_of_value,
    role_options,
    unknown_variables,
)

ROLES = role_options(Path(__file__).resolve().parent.parent / "roles")
KNOWN = known_variables(ROLES)
OPTIONS = {name: option for options in ROLES.values() for name, option in options.items()}


def wrong(extra: tuple[str, ...] = (), everywhere: tuple[str, ...] = ()) -> list[str]:
    return unknown_variables(dict.fromkeys(extra), everywhere, KNOWN)


def test_every_documented_variable_is_known() -> None:
    assert {"audit_fail_on", "tunnel", "confirm", "reports_dir", "tunnelmend_hosts"} <= KNOWN
    assert wrong(tuple(KNOWN), tuple(KNOWN)) == []


SETTINGS = "one or more of dpd, disconnect-notify, idle-timeout, lifetime, pfs, transforms, all"


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
    assert sentence.startswith("There is no variable 'audit_xyzzy_plugh_wumpus': the known ones are audit_catalog, ")


def test_variables_of_others_are_left_alone() -> None:
    assert wrong(("site", "ansible_user", "change_id"), ("audit_level", "remediate_all", "confrim")) == []


def test_our_prefix_is_checked_everywhere() -> None:
    assert wrong((), ("tunnelmend_public_adresses",)) == [
        "There is no variable 'tunnelmend_public_adresses': did you mean 'tunnelmend_public_addresses'?"
    ]


def test_a_damaged_installation_is_no_reason_to_call_everything_unknown(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no argument specs under .*: the installation is damaged"):
        role_options(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("audit_fail_on", "high", "'high': give one of info, warning, error, critical"),
        ("audit_fail_on", "", "'': give one of info, warning, error, critical"),
        ("audit_fail_on_unknown", "maybe", "'maybe': give true or false"),
        ("audit_conclude", "y", "'y': give true or false"),
        ("collect_stimulus", 2, "2: give true or false"),
        ("collect_interval", -1, "-1: give a whole number from 0 on"),
        ("collect_interval", "15s", "'15s': give a whole number from 0 on"),
        ("collect_interval", True, "True: give a whole number from 0 on"),
        ("reports_keep", "-3", "'-3': give a whole number from 0 on"),
        ("harden_dpd_threshold", "abc", "'abc': give a whole number from 10 to 3600"),
        ("harden_dpd_threshold", 9, "9: give a whole number from 10 to 3600"),
        ("harden_dpd_retry", "11", "'11': give a whole number from 2 to 10"),
        (
            "harden_settings",
            "dpd,pf",
            f"'dpd,pf': give {SETTINGS}",
        ),
        ("harden_settings", [], f"[]: give {SETTINGS}"),
        ("harden_shared", "often", "'often': give true or false"),
        ("remediate_verify_timeout", 0, "0: give a whole number from 1 on"),
        ("remediate_max_per_day", 0, "0: give a whole number from 1 on"),
        ("remediate_soak", -1, "-1: give a whole number from 0 on"),
    ],
)
def test_a_value_that_is_not_allowed_is_named_with_what_is(name: str, value: object, allowed: str) -> None:
    assert refusal_of_value(name, value, OPTIONS[name]) == f"{name} is {allowed}."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("audit_fail_on", "warning"),
        ("audit_fail_on_unknown", "no"),
        ("collect_stimulus", True),
        ("collect_interval", "0"),
        ("harden_dpd_threshold", "3600"),
        ("harden_dpd_retry", 2),
        ("harden_settings", "dpd, pfs"),
        ("harden_settings", ["all"]),
        ("reports_dir", "anywhere"),
        ("confirm", "hq-branch"),
        ("audit_fail_on", None),
    ],
)
def test_a_value_that_is_allowed_is_let_through(name: str, value: object) -> None:
    assert refusal_of_value(name, value, OPTIONS[name]) == ""


def test_every_default_is_allowed() -> None:
    wrong = [refusal_of_value(name, option.get("default"), option) for name, option in OPTIONS.items()]
    assert list(filter(None, wrong)) == []


@pytest.mark.parametrize("name", ["hq-branch", "branch-hq", "hq-203.0.113.1", "203.0.113.1-hq:map/10", "hq-brunch"])
def test_a_tunnel_that_may_be_one_of_these_devices_is_looked_up_later(name: str) -> None:
    assert refusal_of_tunnel(name, ["hq", "branch"]) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (None, "tunnel is missing: give -e tunnel=NAME. The names are those of the audit's table."),
        ("", "tunnel is missing: give -e tunnel=NAME. The names are those of the audit's table."),
        ("hq", "tunnel is 'hq': a tunnel is named by its two ends, and no device of this run is one of them. The"),
        ("paris-rome", "tunnel is 'paris-rome': a tunnel is named by its two ends, and no device of this run is one"),
    ],
)
def test_a_tunnel_that_cannot_exist_is_refused_before_anything_is_read(name: str | None, words: str) -> None:
    assert refusal_of_tunnel(name, ["hq", "branch"]).startswith(words)


@pytest.mark.parametrize(
    ("confirm", "tunnel"),
    [
        ("hq-branch", "hq-branch"),
        ("branch-hq", "hq-branch"),
        (" hq-branch ", "hq-branch"),
        ("branch-office-hq", "hq-branch-office"),
        ("hq-branch", "hq-branch:outside_map/10"),
        ("branch-hq:outside_map/10", "hq-branch"),
        ("2001:db8::1-hq", "hq-2001:db8::1"),
        ("all-broken", "all-broken"),
        ("", "hq-branch"),
        (None, "hq-branch"),
        ("hq-branch", None),
    ],
)
def test_what_may_confirm_this_tunnel_is_looked_up_later(confirm: str | None, tunnel: str | None) -> None:
    assert refusal_of_confirm(confirm, tunnel) == ""


@pytest.mark.parametrize(
    ("confirm", "tunnel"),
    [("hq-brunch", "hq-branch"), ("branch", "hq-branch"), ("hq-branch", "all-broken"), ("all-broken", "hq-branch")],
)
def test_what_cannot_confirm_this_tunnel_is_refused_before_anything_is_read(confirm: str, tunnel: str) -> None:
    assert refusal_of_confirm(confirm, tunnel) == (
        f"confirm is {confirm!r}, and tunnel is {tunnel!r}: to confirm, type the name of the tunnel that is to be "
        "cleared."
    )


def test_the_roles_defaults_are_those_of_the_library() -> None:
    defaults = {
        name.removeprefix(settings.PREFIX): option["default"]
        for name, option in ROLES["remediate"].items()
        if name.startswith(settings.PREFIX) and "default" in option
    }
    assert settings.Settings.of(defaults) == settings.AS_SHIPPED
    names = {"windows" if name == "window" else name for name in defaults}
    assert names | {"confirm", "change_id"} == {field.name for field in dataclasses.fields(settings.Settings)}
