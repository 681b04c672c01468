# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in a trial: those that differ, those that nobody shows, and that no file holds one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lab.trial.texts import mask
from tests.lab.trying import KEY, only, other_key, other_pfs, texts, tried, without_dpd


def test_a_key_of_one_end(tmp_path: Path) -> None:
    document = tried(tmp_path, branch=other_key)
    up = only(document)["after"]["up"]
    assert {end: (each["came_up"], each["phase1"]) for end, each in up.items()} == {
        "hq": (False, False),
        "branch": (False, False),
    }
    assert up["hq"]["state"].startswith("MM_WAIT_MSG")
    assert "k3y-of-one-end" not in json.dumps(document)


def test_masked_keys_get_a_stand_in(tmp_path: Path) -> None:
    for number, hidden in enumerate(("*****", "8 JDYkqyIFWheTqvbY")):
        document = tried(
            tmp_path / str(number),
            {"before": texts("before", hq=lambda text, hidden=hidden: text.replace(KEY, hidden))},
            hq=lambda text, hidden=hidden: without_dpd(text).replace(KEY, hidden),
        )
        tunnel = only(document)
        assert {tunnel[side]["key"] for side in ("before", "after")} == {"stand-in"}
        assert all(up["came_up"] for up in tunnel["after"]["up"].values())


def test_a_new_key_beside_a_masked_one_is_no_line_that_lacks(tmp_path: Path) -> None:
    hidden = {"hq": lambda text: text.replace(KEY, "*****")}
    document = tried(tmp_path, {"before": texts("before", **hidden)}, branch=other_key, **hidden)
    assert only(document)["after"]["key"] == "stand-in"
    assert document["not_reached"] == []


def test_a_new_key_beside_a_masked_one_is_told(tmp_path: Path) -> None:
    hidden = {"hq": lambda text: text.replace(KEY, "*****")}
    document = tried(tmp_path, {"before": texts("before", **hidden)}, branch=other_key, **hidden)
    assert document["new_keys"] == [{"device": "branch", "peer": "hq"}]
    # What was typed beside a stand-in is no reason to lose the tunnel.
    assert only(document)["change"]["up_at_end"] is True


def test_a_key_that_is_masked_from_now_on_is_no_change(tmp_path: Path) -> None:
    document = tried(tmp_path, hq=lambda text: other_pfs(text.replace(KEY, "*****")), branch=other_pfs)
    assert (document["not_reached"], document["new_keys"]) == ([], [])
    assert (only(document)["before"]["key"], only(document)["after"]["key"]) == ("clear", "stand-in")
    assert only(document)["change"]["up_at_end"] is True


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (" ikev1 pre-shared-key secret", " ikev1 pre-shared-key *****"),
        (" ikev2 local-authentication pre-shared-key 8 blob", " ikev2 local-authentication pre-shared-key 8 *****"),
        (" pre-shared-key *", " pre-shared-key *"),
        ("enable password abc encrypted", "enable password ***** encrypted"),
        ("username joe password abc pbkdf2 privilege 15", "username joe password ***** pbkdf2 privilege 15"),
        ("snmp-server community public", "snmp-server community *****"),
        (" key ldap-secret", " key *****"),
        (
            "        sa timing: remaining key lifetime (kB/sec): (4608000/28799)",
            "        sa timing: remaining key lifetime (kB/sec): (4608000/28799)",
        ),
        ("crypto key generate rsa", "crypto key generate rsa"),
        ("ikev1 pre secret", "ikev1 pre *****"),
        ("pre-sh 0 secret", "pre-sh 0 *****"),
        ("ikev1 preshared-key secret", "ikev1 preshared-key *****"),
        ("ikev2 remote pre-shared secret", "ikev2 remote pre-shared *****"),
        (" ikev1 pre-shared-key two secrets", " ikev1 pre-shared-key *****"),
        ("isakmp key secret address 203.0.113.1", "isakmp key *****"),
        ("crypto map M 10 set session-key inbound esp 256 cipher secret", "crypto map M 10 set session-key *****"),
        ("failover key hex 0123", "failover key *****"),
        ("key config-key password-encryption secret", "key config-key password-encryption *****"),
        ("key chain OSPF", "key chain OSPF"),
        ("vpdn username joe password secret", "vpdn username joe password *****"),
        ("snmp-server user joe g v3 auth sha secret priv aes 128 secret", "snmp-server user joe g v3 auth *****"),
        (" authentication pre-share", " authentication pre-share"),
        (" preempt 30", " preempt 30"),
        ("password encryption aes", "password encryption aes"),
    ],
)
def test_secrets_are_masked(line: str, shown: str) -> None:
    assert mask(line) == shown
