# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator may set for a remediation, and how a wrong value is told."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import LIMITS, Settings, SettingsError, variable
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.window import Window


def test_what_is_not_given_has_its_default_and_what_is_not_a_setting_is_passed_over() -> None:
    assert Settings.of({}) == Settings()
    assert Settings.of({"confirm": None, "window": None, "run": "/tmp", "tunnel": "hq-branch"}) == Settings()


def test_every_setting_is_taken_from_what_the_action_was_given() -> None:
    made = Settings.of(
        {
            "confirm": " hq-branch ",
            "change_id": "CHG0012345",
            "change_pattern": r"CHG\d{7}",
            "window": ["sat 01:00-02:00 UTC"],
            "enabled": "no",
            "kill_switch": "/etc/tunnelmend/stop",
            "shadow": "True",
            "shadow_alert": "5",
            "max_tunnels": 2,
            "max_per_day": 4,
            "cool_down": "60",
            "cool_down_max": 120,
            "max_attempts": 2,
            "allow_in_band": True,
            "allow_other_healer": 1,
            "underlay": False,
            "one_sided": "hq",
            "ike": "yes",
            "verify_interval": 5,
            "verify_timeout": "30",
            "settle": 0.5,
            "soak": 0,
        }
    )
    assert made == Settings(
        confirm="hq-branch",
        change_id="CHG0012345",
        change_pattern=r"CHG\d{7}",
        windows=(Window(frozenset({5}), 60, 120, "UTC"),),
        enabled=False,
        kill_switch="/etc/tunnelmend/stop",
        shadow=True,
        shadow_alert=5,
        max_tunnels=2,
        max_per_day=4,
        cool_down=60,
        cool_down_max=120,
        max_attempts=2,
        allow_in_band=True,
        allow_other_healer=True,
        underlay=False,
        one_sided="hq",
        ike=True,
        verify_interval=5.0,
        verify_timeout=30.0,
        settle=0.5,
        soak=0.0,
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"enabled": "maybe"}, "remediate_enabled is 'maybe': give true or false"),
        ({"max_per_day": 0}, "remediate_max_per_day is 0: give a whole number from 1 on"),
        ({"max_per_day": 1.5}, "remediate_max_per_day is 1.5: give a whole number from 1 on"),
        ({"max_attempts": True}, "remediate_max_attempts is True: give a whole number from 1 on"),
        ({"cool_down": "ten"}, "remediate_cool_down is 'ten': give a whole number from 0 on"),
        ({"soak": "nan"}, "remediate_soak is 'nan': give a number from 0 on"),
        ({"verify_timeout": "inf"}, "remediate_verify_timeout is 'inf': give a number from 1 on"),
        (
            {"cool_down_max": 60},
            "remediate_cool_down_max is 60: give at least 600, which is remediate_cool_down",
        ),
        (
            {"change_pattern": "CHG["},
            "remediate_change_pattern is 'CHG[': this is no regular expression (unterminated character set at "
            "position 3)",
        ),
        (
            {"window": "always"},
            "remediate_window, item 1 is 'always': give days, hours and a time zone, such as 'mon-fri 22:00-05:00 "
            "Europe/Berlin' or 'daily 00:00-24:00 UTC'",
        ),
    ],
)
def test_a_wrong_value_names_its_variable_and_what_is_allowed(given: dict[str, object], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.of(given)
    assert str(caught.value) == words


def test_two_variables_have_no_prefix() -> None:
    assert [variable(name) for name in ("confirm", "change_id", "soak")] == ["confirm", "change_id", "remediate_soak"]


def test_every_number_has_a_least_value() -> None:
    numbers = {field.name for field in dataclasses.fields(Settings) if type(field.default) in (int, float)}
    assert numbers == LIMITS.keys()
