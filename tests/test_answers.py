# SPDX-License-Identifier: GPL-3.0-or-later
"""A refusal is told from an output, in the device's own words."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("      ^\nERROR: % Invalid input detected at '^' marker.\n", "ERROR: % Invalid input detected at '^' marker."),
        ("ERROR: % Incomplete command\n", "ERROR: % Incomplete command"),
        ('ERROR: % Ambiguous command:  "sh c"\n', 'ERROR: % Ambiguous command:  "sh c"'),
        ("% Invalid input detected at '^' marker.\n", "% Invalid input detected at '^' marker."),
        ("%Incomplete command\n", "%Incomplete command"),
        ("Command authorization failed\n", "Command authorization failed"),
        ("Command authorization failed \n", "Command authorization failed"),
        (
            "Fallback authorization. Username 'x' not in LOCAL database\nCommand authorization failed\n",
            "Command authorization failed",
        ),
        ("ERROR: crypto map outside_map does not exist\n", "ERROR: crypto map outside_map does not exist"),
        ("", ""),
        ("There are no ipsec sas\n", ""),
        ("INFO: There is no active session\n", ""),
        ("WARNING: The crypto map entry is incomplete!\n", ""),
        ("      #send errors: 0, #recv errors: 0\n", ""),
        ("%ASA-3-713902: Group = 192.0.2.1, ERROR: Unable to remove PeerTblEntry\n", ""),
        ("banner motd ERROR: % Invalid input\n", ""),
    ],
)
def test_refusal(text: str, refusal: str) -> None:
    assert Answer("show crypto ipsec sa", text).refusal == refusal


def test_the_words_of_a_refusal_within_a_long_output_are_data() -> None:
    lines = [f"%ASA-5-111008: line {number}" for number in range(10)]
    assert Answer("show logging", "\n".join([*lines, "ERROR: % Invalid input detected", ""])).refusal == ""


def test_warnings_of_configuration_lines() -> None:
    answer = ConfigAnswer(
        applied=(
            Answer("crypto map m 10 set pfs", "WARNING: The crypto map entry is incomplete!\n"),
            Answer("crypto map m 10 set peer 192.0.2.1", "INFO: noted\n\nWARNING: twice \n"),
            Answer("no shutdown", ""),
        )
    )
    assert answer.warnings == ("WARNING: The crypto map entry is incomplete!", "WARNING: twice")
    assert ConfigAnswer(applied=()).warnings == ()
