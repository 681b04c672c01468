# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from one configuration to the other: lines that are computed or given, typed under traffic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lab.trial.diff import commands
from lab.trial.reading import is_vpn
from tests.lab.trying import only, other_pfs, tried


def test_lines_as_they_would_be_typed_and_the_longest_outage(tmp_path: Path) -> None:
    folder = tmp_path / "changes"
    folder.mkdir()
    lines = ["no crypto map outside_map interface outside", *["crypto map outside_map 10 set pfs group19"] * 5,
             "crypto map outside_map interface outside"]  # fmt: skip
    (folder / "branch.txt").write_text(
        "\n".join(["configure terminal", "! in daylight", *lines, "end", "write memory"])
    )
    document = tried(tmp_path / "out", {"changes": folder}, branch=other_pfs)
    assert [each["line"] for each in document["changes"]] == lines
    change = only(document)["change"]
    assert change["longest_outage"] == 6
    assert change["after"] == "branch: no crypto map outside_map interface outside"
    assert document["not_reached"] == []


def test_lines_that_do_not_lead_to_the_candidate(tmp_path: Path) -> None:
    folder = tmp_path / "changes"
    folder.mkdir()
    (folder / "branch.txt").write_text("crypto map outside_map 10 set pfs grop19\n")
    document = tried(tmp_path / "out", {"changes": folder}, branch=other_pfs)
    assert [each["answer"] for each in document["changes"]] == ["ERROR: % Invalid input detected at '^' marker."]
    assert document["not_reached"] == [
        {"device": "branch", "kind": "missing", "line": "crypto map outside_map 10 set pfs group19", "given": True},
        {"device": "branch", "kind": "left", "line": "crypto map outside_map 10 set pfs group14", "given": True},
    ]


def typed(folder: Path, *lines: str) -> dict[str, Any]:
    """What came of these lines at branch, whose candidate has another PFS group."""
    folder.joinpath("changes").mkdir()
    folder.joinpath("changes", "branch.txt").write_text("\n".join(lines))
    return tried(folder / "out", {"changes": folder / "changes"}, branch=other_pfs)


PFS = "crypto map outside_map 10 set pfs group19"


def test_lines_that_are_none_do_not_lead_to_the_candidate(tmp_path: Path) -> None:
    document = typed(tmp_path, "configure terminal", "! to be written", "end")
    assert [(each["kind"], each["line"]) for each in document["not_reached"]] == [
        ("missing", PFS), ("left", "crypto map outside_map 10 set pfs group14"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["clear configure crypto map", "cry map outside_map 10 set psf group19"])
def test_a_refusal_of_a_line_that_was_shortened_or_clears_is_told(line: str, tmp_path: Path) -> None:
    document = typed(tmp_path, line, PFS)
    assert [each["answer"] for each in document["changes"]] == ["ERROR: % Invalid input detected at '^' marker.", ""]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("crypto map M 10 set pfs", True), ("no cry map M 10", True), ("tunn 203.0.113.1 type ipsec-l2l", True),
        ("clear configure crypto", True), ("crypto ca trustpoint T", False), ("access-group A in interface B", False),
        ("object network A", False), ("c", False), ("no", False), ("", False),
    ],
)  # fmt: skip
def test_lines_about_vpn(line: str, expected: bool) -> None:
    assert is_vpn(line) is expected


def test_lines_about_anything_else_do_nothing(tmp_path: Path) -> None:
    document = typed(tmp_path, "webvpn", "object network NEW", "host 192.0.2.1", PFS)
    assert [each["answer"] for each in document["changes"]] == [""] * 4
    assert document["not_reached"] == []


def test_a_session_that_was_left_too_early_is_told(tmp_path: Path) -> None:
    document = typed(tmp_path, PFS, "exit", "exit", "exit")
    assert document["changes"][-1]["answer"] == "the session at branch is over; 'exit\\n' was not sent"


def test_characters_that_nobody_types_are_told(tmp_path: Path) -> None:
    document = typed(tmp_path, PFS, "\x00")
    assert [each["text"] for each in document["problems"]] == [
        "changes/branch.txt line 2: no device takes '\\x00'"
    ]  # fmt: skip


def test_the_lines_between_two_configurations() -> None:
    before = """\
access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.2
crypto ipsec ikev1 transform-set OLD esp-aes esp-sha-hmac
crypto map M 10 set pfs group14
crypto map M 10 set peer 203.0.113.1
crypto map M 10 set ikev1 transform-set OLD
tunnel-group 203.0.113.1 type ipsec-l2l
tunnel-group 203.0.113.1 ipsec-attributes
 ikev1 pre-shared-key one
 isakmp keepalive disable
tunnel-group 203.0.113.9 type ipsec-l2l
tunnel-group 203.0.113.9 ipsec-attributes
 ikev1 pre-shared-key one
"""
    after = """\
access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.3
crypto ipsec ikev1 transform-set NEW esp-aes-256 esp-sha-hmac
crypto map M 10 set pfs group19
crypto map M 10 set peer 203.0.113.2
crypto map M 10 set ikev1 transform-set NEW
tunnel-group 203.0.113.1 type ipsec-l2l
tunnel-group 203.0.113.1 ipsec-attributes
 ikev1 pre-shared-key two
"""
    assert commands(before, after) == [
        "access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.3",
        "crypto ipsec ikev1 transform-set NEW esp-aes-256 esp-sha-hmac",
        "crypto map M 10 set pfs group19",
        "no crypto map M 10 set peer 203.0.113.1",
        "crypto map M 10 set peer 203.0.113.2",
        "crypto map M 10 set ikev1 transform-set NEW",
        "tunnel-group 203.0.113.1 ipsec-attributes",
        "ikev1 pre-shared-key two",
        "no isakmp keepalive disable",
        "no tunnel-group 203.0.113.9 type ipsec-l2l",
        "no crypto ipsec ikev1 transform-set OLD esp-aes esp-sha-hmac",
        "no access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.2",
    ]
    assert commands(after, after) == []


def test_a_line_that_gets_more_words_is_typed_over_the_old_one() -> None:
    before = """\
interface GigabitEthernet1/4
 shutdown
 no nameif
 no security-level
 no ip address
route outside 0.0.0.0 0.0.0.0 198.51.100.254 1
crypto ikev2 enable outside
"""
    after = """\
interface GigabitEthernet1/4
 nameif backup
 security-level 0
 ip address 192.0.2.11 255.255.255.0
route outside 0.0.0.0 0.0.0.0 198.51.100.254 1 track 1
crypto ikev2 enable outside client-services port 443
"""
    assert commands(before, after) == [
        "interface GigabitEthernet1/4",
        "nameif backup",
        "security-level 0",
        "ip address 192.0.2.11 255.255.255.0",
        "no shutdown",
        "route outside 0.0.0.0 0.0.0.0 198.51.100.254 1 track 1",
        "crypto ikev2 enable outside client-services port 443",
    ]
    assert commands(after, before) == [
        "interface GigabitEthernet1/4",
        "shutdown",
        "no nameif",
        "no security-level",
        "no ip address",
        "route outside 0.0.0.0 0.0.0.0 198.51.100.254 1",
        "crypto ikev2 enable outside",
    ]


def test_a_new_line_that_is_passed_over_is_no_problem_of_the_change(tmp_path: Path) -> None:
    """The device takes what somebody takes upon himself, and the lab does not know."""
    line = "crypto ikev2 of-a-later-release 50"
    document = tried(
        tmp_path,
        {"ignore": ["crypto ikev2 of-a-later"]},
        branch=lambda text: other_pfs(text).replace("crypto ikev1 enable", f"{line}\ncrypto ikev1 enable"),
    )
    assert f"passed over at branch: '{line}' is not understood at 'of-a-later-release'" in document["notes"]
    assert line in [each["line"] for each in document["changes"]]
    assert [each["answer"] for each in document["changes"] if each["answer"]] == []
    assert document["not_reached"] == []
