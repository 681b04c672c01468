# SPDX-License-Identifier: GPL-3.0-or-later
"""What the filters of the way say beside a good answer, which their executed examples show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.filter.pair import pair
from ansible_collections.tunnelmend.asa.plugins.filter.plan import plan

EVIDENCE = Path(__file__).parent / "examples" / "evidence"
CONFIG = {
    f"show running-config {part}": f"show_running_config_{part.replace('-', '_').replace(' ', '_')}.txt"
    for part in ("crypto", "interface", "access-list", "all tunnel-group")
}


def read(device: str, file: str) -> str:
    return (EVIDENCE / device / "1" / file).read_text(encoding="utf-8")


def outputs(**spis: str) -> dict[str, dict[str, Any]]:
    """The incident, both readings alike; ``spis`` replaces what stands in both ends' SAs."""
    found: dict[str, dict[str, Any]] = {}
    for device in ("hq", "branch"):
        sas = read(device, "show_crypto_ipsec_sa.txt")
        for old, new in spis.items():
            sas = sas.replace(old, new).replace(str(int(old, 16)), str(int(new, 16)))
        found[device] = {
            **{command: read(device, file) for command, file in CONFIG.items()},
            "show crypto ipsec sa": [sas, sas],
            "show crypto isakmp sa detail": [read(device, "show_crypto_isakmp_sa_detail.txt")] * 2,
        }
    return found


def test_a_plan_is_plain_data() -> None:
    found = plan(outputs(), "branch-hq")
    assert json.loads(json.dumps(found)) == found
    assert found["planned"] is True
    assert found["ends"][0]["spis"] == {"inbound": [0xD7C3F4D7], "outbound": [0xE05D5A0A]}
    assert found["lines"][0] == "Tunnel     hq-branch"


def test_a_healthy_tunnel_has_no_plan() -> None:
    assert plan(outputs(E05D5A0A="8A7491E6", D7C3F4D7="8F4879A6"), "hq-branch") == {"planned": False}


def test_a_refusal_is_data_too() -> None:
    found = plan({name: {**each, "show crypto ipsec sa": ""} for name, each in outputs().items()}, "hq-branch")
    assert (found["planned"], found["gate"]) == (False, "both-ends")
    assert "Nothing is cleared on what was not read" in found["message"]


@pytest.mark.parametrize(
    ("given", "tunnel", "words"),
    [
        (outputs(), "hq-brunch", "tunnelmend.asa.plan: .*hq-branch"),
        ({}, "hq-branch", "tunnelmend.asa.plan: no device to judge"),
        ("text", "hq-branch", "expected a dictionary of devices and their outputs, not str"),
        ({"hq": "text"}, "hq-branch", "hq: expected a dictionary of commands and their outputs, not str"),
    ],
)
def test_plan_says_what_is_wrong_with_its_input(given: Any, tunnel: str, words: str) -> None:
    with pytest.raises(AnsibleFilterError, match=words):
        plan(given, tunnel)


def test_no_pair_is_an_answer_only_when_the_configurations_were_read() -> None:
    half = {"hq": {"show running-config crypto": read("hq", "show_running_config_crypto.txt")}}
    with pytest.raises(AnsibleFilterError, match=r"no tunnel was found: .*'show running-config access-list'"):
        pair(half)
    without = {**outputs()["hq"], "show running-config crypto": "crypto isakmp enable outside"}
    assert pair({"hq": without | {"show crypto ipsec sa": "There are no ipsec sas"}}) == []
