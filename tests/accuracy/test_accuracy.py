# SPDX-License-Identifier: GPL-3.0-or-later
"""Every labelled case through the product, and the library itself: sourced, wide enough, and true to its word."""

from __future__ import annotations

import functools
import pathlib
import re

import pytest

from tests.accuracy import library, report, running

HERE = pathlib.Path(__file__).parent

# Rules that labels name and the product does not have yet. This must shrink until it is empty.
STILL_TO_COME: frozenset[str] = frozenset()

CASES = {case.id: case for case in library.load()}
RELEASES = ("7.2", "8.2", "8.4", "9.1", "9.8", "9.12", "9.16", "9.20")
TECHNOLOGIES = (
    "crypto map",
    "VTI",
    "dynamic map",
    "foreign peer",
    "IKEv1",
    "IKEv2",
    "IPv6",
    "NAT-T",
    "failover",
    "mixed",
    "names",
    "object",
    "object-group",
    "several ACEs",
)
# Who says it: a standard, a vendor's page, a report that can be found, or, said openly, practice.
SOURCE = re.compile(
    r"RFC \d|Cisco|ASA |Netspoc|STIG|ntc-templates #|Google Cloud|supportforums|StackExchange|practice: "
    r"|blogspot|\w\.com|\w\.co\.uk"
)


@functools.cache
def outcome(name: str) -> running.Outcomes:
    return running.run(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_the_product_says_what_the_label_says(name: str) -> None:
    result = running.compare(CASES[name], outcome(name), running.known_rules(), causes_named=True)
    assert report.disagreement(result) == []


def test_a_rule_that_is_named_exists_or_is_announced() -> None:
    named = set[str]().union(*(case.label.fails | case.label.unknown for case in CASES.values()))
    assert named - running.known_rules() - STILL_TO_COME == set()


def test_every_id_is_a_rule_or_in_the_catalogue() -> None:
    catalogue = set((HERE / "catalogue.txt").read_text().split())
    named = set[str]().union(*(case.label.fails | case.label.unknown | case.label.may_fail for case in CASES.values()))
    assert named - catalogue - running.known_rules() == set()


def test_every_label_has_a_source_and_a_title() -> None:
    assert [case.id for case in CASES.values() if not SOURCE.search(case.rests_on)] == []
    assert [case.id for case in CASES.values() if len(case.title) <= 10] == []


def test_the_library_is_wide_enough() -> None:
    healthy = [case for case in CASES.values() if case.id.startswith("healthy/") and case.label.verdict == "healthy"]
    told = [case for case in CASES.values() if not case.id.startswith("bases/")]
    assert len(healthy) >= 45
    assert len(told) >= 130
    assert {case.label.verdict for case in told} == set(library.VERDICTS)


@pytest.mark.parametrize("release", RELEASES)
def test_every_release_has_a_case(release: str) -> None:
    assert any(each.startswith(f"{release}(") for case in CASES.values() for each in case.releases)


@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_every_technology_has_a_case_beyond_its_base(technology: str) -> None:
    assert any(technology in case.technology for case in CASES.values() if not case.id.startswith("bases/"))


def test_every_case_changes_its_base() -> None:
    bases = {case.base: case for case in CASES.values() if case.id.startswith("bases/")}
    same = [
        case.id
        for case in CASES.values()
        if not case.id.startswith("bases/")
        and (case.sides, case.stimulated, case.foreign)
        == (bases[case.base].sides, bases[case.base].stimulated, bases[case.base].foreign)
    ]
    assert same == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"replace": {"no such text": "x"}}, "stands 0 times"),
        ({"replace": {"!": "x"}}, "times"),
        ({"replace": {"hostname hq": "hostname hq"}}, "is replaced by itself"),
        ({"remove": ["no such line"]}, "stands 0 times"),
        ({"add": ["hostname hq"]}, "stands there already"),
        ({"set": {"lanes.0.encaps": [1000, 1150]}}, "already"),
        ({"set": {"lanes.7.encaps": [0, 0]}}, "index"),
        ({"drop": ["lanes.7"]}, "index"),
        ({"rename": "hq"}, "unknown words"),
    ],
)
def test_an_edit_that_changes_nothing_is_an_error(changes: dict[str, object], why: str) -> None:
    told = {
        "base": "v916-ikev2",
        "title": "none",
        "rests_on": "none",
        "ends": {"hq": changes},
        "expect": {"verdict": "healthy"},
    }
    with pytest.raises(library.CaseError, match=why):
        library.build("tried", told)
