# SPDX-License-Identifier: GPL-3.0-or-later
"""catalog.yml as it is read: what is wrong with it is said at once, with the line of each mistake."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import CatalogueError, load, profiles
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Severity


def mistakes(text: str, **options: str) -> tuple[str, ...]:
    with pytest.raises(CatalogueError) as error:
        load(text, **options)
    return tuple(each.removeprefix("catalog.yml ") for each in error.value.mistakes)


def own(**changes: str | None) -> str:
    """A catalogue with one rule of the site; a change of ``None`` leaves that line out."""
    lines = {"id": "old", "title": "It is new", "severity": "error", "message": "it is old", "holds": "both", **changes}
    return "own_rules:\n  -\n" + "".join(f"    {key}: {value}\n" for key, value in lines.items() if value is not None)


def test_an_empty_catalogue_is_the_rules_as_shipped() -> None:
    for text in ("", "---\n", "# nothing yet\n"):
        found = load(text)
        assert (found.source, found.profile, found.waivers, found.own) == ("", "baseline", (), ())
        assert found.anywhere(rules.load()[0].rule).enabled


def test_all_mistakes_are_told_at_once_with_their_lines() -> None:
    text = """\
profile: sitg
rules:
  weak-dh:
    enabled: maybe
    limits: {allow_15: 3, allow_16: true}
  weak-dhh: {enabled: false}
  hygiene: {severty: error}
  weak-hash: {severity: high, at_least: error}
  dpd-disabled: {limits: {seconds: 3}}
  all: {limits: {seconds: 3}}
groups:
  asa: {ruls: {}}
devices: [hq]
waivers:
  - {rule: weak-dh, tunnel: hq-branch, owner: me, expires: 2026-13-01}
  - {rule: nope, tunnel: hq-branch, device: x, owner: me, reason: because, expires: tomorrow}
  - {rule: weak-dh, all: false, owner: me, reason: because, expires: 2026-12-01T10:00:00Z}
"""
    assert mistakes(text) == (
        "line 1: profile must be one of baseline, incident, stig, not 'sitg'",
        "line 4: rules.weak-dh.enabled must be true or false, not 'maybe'",
        "line 5: rules.weak-dh.limits.allow_15 must be true or false, not '3'",
        "line 5: rules.weak-dh.limits.allow_16 is not known: did you mean allow_15 or allow_14?",
        "line 6: rules.weak-dhh: there is no such rule: did you mean weak-dh or weak-hash?",
        "line 7: rules.hygiene.severty is not known: did you mean severity?",
        "line 8: rules.weak-hash has severity and at_least: one of them",
        "line 8: rules.weak-hash.severity must be one of info, warning, error, critical, not 'high'",
        "line 9: rules.dpd-disabled.limits: the rule dpd-disabled has no limits",
        "line 10: rules.all.limits: limits are those of one rule",
        "line 12: groups.asa.ruls is not known: did you mean rules?",
        "line 13: devices must be a mapping, not a list",
        "line 15: waivers[0] has no reason: a waiver says what, why, who and until when",
        "line 15: waivers[0].expires must be a day such as 2026-12-31, not '2026-13-01'",
        "line 16: waivers[1] must have one of tunnel, device and all",
        "line 16: waivers[1].expires must be a day such as 2026-12-31, not 'tomorrow'",
        "line 16: waivers[1].rule: nope: there is no such rule",
        "line 17: waivers[2].all must be true, or a tunnel or a device in its place",
        "line 17: waivers[2].expires must be a day such as 2026-12-31, not '2026-12-01T10:00:00Z'",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules: {weak-dh: {enabled: true}}\nrules: {}", "line 2: rules stands twice: first on line 1"),
        (
            "rules:\n  weak-dh: {enabled: true}\n  weak-dh: {enabled: false}",
            "line 3: rules.weak-dh stands twice: first on line 2",
        ),
        ("rule: {}", "line 1: rule is not known: did you mean rules or own_rules?"),
        ("- rules", "line 1: the file must be a mapping, not a list"),
        ("rules: {[a]: b}", "line 1: rules has a key that is no word: a list"),
        ("waivers: {}", "line 1: waivers must be a list, not a mapping"),
        ("profile: !vault x", "line 1: profile must be one of baseline, incident, stig, not 'x'"),
    ],
)
def test_a_shape_that_is_wrong_is_named(text: str, told: str) -> None:
    assert mistakes(text) == (told,)


def test_what_is_no_yaml_is_told_with_its_line() -> None:
    (told,) = mistakes("rules:\n  weak-dh: {enabled: [}\n")
    assert told.startswith("line 2: this is no YAML: while parsing a flow")


def test_a_file_is_named_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "catalog.yml"
    path.write_text("profil: stig\n")
    with pytest.raises(CatalogueError) as error:
        load(path)
    assert error.value.mistakes == (f"{path} line 1: profil is not known: did you mean profile or profiles?",)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match="this is no text in UTF-8"):
        load(path)


# --- own rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"holds": "'ends[?version.major < `9`'"}, "old.holds is no expression: it ends too early at column 26"),
        ({"holds": "ends.."}, "old.holds is no expression: unexpected '.' at column 6"),
        ({"holds": "'a $ b'"}, "old.holds is no expression: unexpected '$' at column 3"),
        ({"holds": "ends[0].versoin"}, "old.holds is no expression: a tunnel has no field ends.versoin: did you mean"
         " version?"),
        ({"when": "size(ends)"}, "old.when is no expression: Unknown function: size()"),
        ({"message": "'it is {nam}'"}, "old.message: a tunnel has no field nam: did you mean name?"),
        ({"message": "'it is {name'"}, "old.message: a brace stands alone"),
        ({"severity": "bad"}, "old.severity must be one of info, warning, error, critical, not 'bad'"),
        ({"reads": "show version"}, "old.reads must be a list, not 'show version'"),
        ({"id": "weak-dh"}, "[0].id: 'weak-dh' is taken"),
        ({"id": "site"}, "[0].id: 'site' is taken"),
        ({"id": "Old Rule"}, "[0].id must be small letters, figures and hyphens, not 'Old Rule'"),
        ({"fails_if": "both"}, "[0] must have one of fails_if and holds"),
        ({"holds": None}, "[0] must have one of fails_if and holds"),
        ({"title": None}, "[0] has no title"),
        ({"message": "''"}, "old.message must be a text, not nothing"),
    ],
)  # fmt: skip
def test_a_rule_of_the_site_is_checked_when_it_is_read(changes: dict[str, str | None], told: str) -> None:
    (mistake,) = mistakes(own(**changes))
    joint = "" if told.startswith("[") else "."
    assert mistake.partition(": ")[2] == f"own_rules{joint}{told}"


def test_two_rules_of_the_site_have_two_names() -> None:
    text = own() + own().removeprefix("own_rules:\n")
    assert mistakes(text) == ("line 9: own_rules[1].id: 'old' is taken",)


def test_settings_and_waivers_may_name_a_rule_of_the_site() -> None:
    waiver = "waivers:\n  - {rule: old, all: true, reason: soon gone, owner: noc, expires: 2026-12-31}\n"
    found = load(own() + "rules: {old: {severity: info}}\n" + waiver)
    assert found.anywhere(found.own[0].rule).severity is Severity.INFO
    assert found.waivers[0].scope == "all tunnels"
    assert found.waivers[0].expires == date(2026, 12, 31)


# --- profiles --------------------------------------------------------------------------------------------------------


def test_the_shipped_profiles_are_whole() -> None:
    assert list(profiles()) == ["baseline", "incident", "stig"]
    assert all(title for title, _ in profiles().values())


def test_a_site_may_have_profiles_of_its_own_and_a_run_may_choose_another() -> None:
    text = "profile: quiet\nprofiles:\n  quiet: {title: ours, rules: {info: {enabled: false}}}\n"
    assert mistakes(text) == ("line 3: profiles.quiet.rules.info: there is no such rule",)
    text = text.replace("info", "hygiene")
    assert load(text).profile_rules["hygiene"].enabled is False
    assert load(text, profile="stig").profile_rules["stig"].at_least is Severity.ERROR
    with pytest.raises(CatalogueError, match="there is no profile 'loud'; known are baseline, incident, quiet, stig"):
        load(text, profile="loud")


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_examples_of_the_page_are_catalogues() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    loaded = [load(example) for example in examples]
    assert [(len(each.waivers), len(each.own), each.profile) for each in loaded] == [
        (1, 1, "baseline"),
        (0, 0, "nightly"),
        (0, 2, "baseline"),
    ]
