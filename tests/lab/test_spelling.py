# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of interfaces in any letters: command reference, `nameif`, which is not case-sensitive."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.spelling import spelled_text
from lab.testing import Typist
from tests.lab.trying import only, other_pfs, tried
from tests.lab.two_ends import call, quiet, replaced

ELSE = [
    ("crypto map outside_map interface outside", "crypto map outside_map interface OUTSIDE"),
    ("crypto ikev1 enable outside", "crypto ikev1 enable Outside"),
    (" nameif outside", " nameif Outside"),
    ("route outside", "route OUTSIDE"),
    ("nat (inside,outside)", "nat (Inside,OUTSIDE)"),
]


@pytest.mark.parametrize(("as_is", "otherwise"), ELSE)
def test_a_tunnel_comes_up_whatever_letters_its_interfaces_have(as_is: str, otherwise: str) -> None:
    lab = quiet(replaced((as_is, otherwise)))
    assert call(lab, "hq")
    assert call(lab, "branch")


def test_a_device_shows_its_own_spelling_of_what_is_typed() -> None:
    hq = Typist(quiet(), "hq").enable()
    lines = ("configure terminal", "no crypto map outside_map int OUTSIDE", "crypto map outside_map int OutSide",
             "route INSIDE 10.9.0.0 255.255.0.0 192.168.1.254", "route nowhere 10.8.0.0 255.255.0.0 192.168.1.254",
             "nat (Inside,OUTSIDE) source static X X", "end")  # fmt: skip
    assert [hq(line) for line in lines] == [""] * len(lines)
    shown = hq("show running-config").splitlines()
    assert [line for line in shown if "outside_map interface" in line] == ["crypto map outside_map interface outside"]
    assert [line.split()[1] for line in shown if line.startswith("route ")] == ["outside", "inside", "nowhere"]
    assert "nat (inside,outside) source static X X" in shown


def test_no_other_word_is_touched() -> None:
    text = "interface Ethernet0\n nameif Outside\n description OUTSIDE\nobject network outside\nroute dmz 10.0.0.0\n"
    assert spelled_text(text) == text
    assert spelled_text("route OUTSIDE 10.0.0.0\n") == "route OUTSIDE 10.0.0.0\n"


def test_the_gate_tries_a_file_that_somebody_wrote(tmp_path: Path) -> None:
    document = tried(tmp_path, branch=lambda text: other_pfs(text).replace(*ELSE[0]).replace(*ELSE[3]))
    assert {each["line"] for each in document["changes"]} == {"crypto map outside_map 10 set pfs group19"}
    assert (document["problems"], document["not_reached"]) == ([], [])
    assert only(document)["change"]["up_at_end"]
