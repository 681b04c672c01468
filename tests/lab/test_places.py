# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines whose place counts: access lists and translation, typed at a number, computed with one, compared by it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from lab.testing import Typist
from lab.trial.diff import commands, family, moved
from tests.lab.trying import only, tried
from tests.lab.two_ends import added, quiet

FIRST, SECOND, THIRD = (f"access-list A extended {what}" for what in (
    "deny tcp any any eq 22", "permit ip any any", "permit icmp any any",
))  # fmt: skip
NAT = "nat (inside,outside)"
STATIC, DYNAMIC = f"{NAT} source static X X", f"{NAT} source dynamic Y interface"
LAST = f"{NAT} after-auto source dynamic any interface"


def after_typing(shown: str, *lines: str, first: tuple[str, ...] = (), release: str = "9.16(4)") -> list[str]:
    """What `show running-config` has of these lines; `first` stand in the configuration already."""
    hq = Typist(quiet(added(*first), releases=(release, release)), "hq").enable()
    answers = [hq(line) for line in ("configure terminal", *lines, "end")]
    assert answers == [""] * len(answers)
    return hq(f"show running-config {shown}").splitlines()


@pytest.mark.parametrize("release", ["7.2(5)", "9.16(4)"])
def test_a_line_of_an_access_list_goes_last_or_to_its_number(release: str) -> None:
    """Command reference, `access-list extended`: without `line` at the end, whatever its action."""
    third = THIRD.replace("list A ", "list A line 1 ")
    remark = "access-list A line 2 remark who may"
    found = after_typing("access-list A", SECOND, FIRST, third, remark, release=release)
    assert found == [THIRD, "access-list A remark who may", SECOND, FIRST]


def test_a_line_that_is_there_keeps_its_place_and_goes_by_its_number_too() -> None:
    again = SECOND.replace("list A ", "list A line 1 ")
    assert after_typing("access-list A", again, first=(FIRST, SECOND)) == [FIRST, SECOND]
    assert after_typing("access-list A", f"no {again}", first=(FIRST, SECOND)) == [FIRST]


def test_a_number_beyond_the_last_is_the_last() -> None:
    """From practice."""
    assert after_typing("access-list A", THIRD.replace("A ", "A line 99 "), first=(FIRST,)) == [FIRST, THIRD]


def test_a_translation_goes_last_of_its_section_or_to_its_number() -> None:
    """Command reference, `nat` (global): section 1 goes before what objects say, `after-auto` behind it."""
    objects = [f"object network {name}" for name in "XY"]
    lines = (
        LAST, STATIC, DYNAMIC.replace("source", "1 source", 1), LAST.replace("any", "Y").replace("auto", "auto 1"),
    )  # fmt: skip
    found = [line for line in after_typing("nat", *objects, *lines) if line.startswith(NAT) and "LAN" not in line]
    assert found == [DYNAMIC, STATIC, LAST.replace("any", "Y"), LAST]


def test_what_is_computed_is_typed_with_its_place() -> None:
    before = "\n".join([FIRST, SECOND, STATIC, DYNAMIC, LAST])
    after = "\n".join([THIRD, "access-list A extended permit udp any any", SECOND, DYNAMIC, STATIC, LAST])
    assert commands(before, after) == [
        THIRD.replace("A ", "A line 2 "),  # behind the one that goes at last
        "access-list A line 3 extended permit udp any any",
        f"no {DYNAMIC}",
        DYNAMIC.replace("source", "1 source", 1),
        f"no {FIRST}",
    ]


@pytest.mark.parametrize("seed", range(40))
def test_computed_lines_lead_from_any_order_to_any_other(seed: int) -> None:
    random = Random(seed)
    rules = [f"access-list A extended permit tcp any any eq {port}" for port in range(1, 9)]
    before, after = (random.sample(rules, random.randint(1, 8)) for _ in range(2))
    lines = commands("\n".join(before), "\n".join(after))
    assert after_typing("access-list A", *lines, first=tuple(before)) == after


def test_as_few_lines_as_explain_it_have_moved() -> None:
    assert moved("abcde", "abcde") == []
    assert moved("abcde", "xaecd") == ["e"]
    assert family("crypto map M 10 set peer 192.0.2.1") == family("nat (inside) 1 0.0.0.0 0.0.0.0") == ()


HOLE = "access-list VPN-HQ extended deny ip host 192.168.2.10 host 192.168.1.10"
WHOLE = "access-list VPN-HQ extended permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0"


def test_a_line_that_the_change_puts_elsewhere_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "changes"
    folder.mkdir()
    (folder / "branch.txt").write_text(f"{HOLE}\n")
    document = tried(tmp_path / "out", {"changes": folder}, branch=lambda text: text.replace(WHOLE, f"{HOLE}\n{WHOLE}"))
    (line,) = document["not_reached"]
    assert (line["kind"], line["device"], line["given"]) == ("misplaced", "branch", True)
    assert line["line"] in (HOLE, WHOLE)
    assert only(document)["change"]["up_at_end"]


def test_a_computed_change_puts_it_where_the_candidate_has_it(tmp_path: Path) -> None:
    document = tried(tmp_path, branch=lambda text: text.replace(WHOLE, f"{HOLE}\n{WHOLE}"))
    assert [each["line"] for each in document["changes"]] == [HOLE.replace("HQ ", "HQ line 1 ")]
    assert document["not_reached"] == []
