# SPDX-License-Identifier: GPL-3.0-or-later
"""Every rule, on the cases beside it, word for word; and what must hold of all rules."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules, steps
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._model import GROUPS
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check, Rule
from tests import build
from tests.rules import cases
from tests.rules.case import Case, said

STEPS = Path(steps.__file__).parent
CHECKS = {check.rule.id: check for check in rules.load()}
CASES: dict[str, dict[str, Case]] = {
    module.name.replace("_", "-"): importlib.import_module(f"tests.rules.cases.{module.name}").CASES
    for module in pkgutil.iter_modules(cases.__path__)
}
TUNNELS = [
    build.tunnel(),
    build.tunnel(build.hq(), build.branch()),
    build.half_read(),
    build.tunnel(build.hq(build.at_hq()), Device("branch")),
    build.tunnel(build.hq(build.at_hq()), build.branch(), foreign_peers=[]),
    pair([build.hq(build.at_hq())], foreign_peers=[ip_address(build.BRANCH)])[0],
]
# A rule that can only ever warn of what is about to happen, or say what was not read, has no failure.
NEVER_FAIL = {
    "lifetime-about-to-expire": "transient",
    "dpd-from-show-run-only": "unknown",
}


@pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(r, c, id=f"{r}: {name}") for r, each in CASES.items() for name, c in each.items()]
)
def test_a_rule_says_exactly_this(rule: str, case: Case) -> None:
    assert tuple(said(finding) for finding in CHECKS[rule].findings(case.tunnel, case.limits)) == case.says


@pytest.mark.parametrize("rule", CHECKS)
def test_every_rule_has_a_case_that_passes_one_that_fails_and_one_that_it_cannot_judge(rule: str) -> None:
    outcomes = {words.split(":")[0].split()[0] for case in CASES.get(rule, {}).values() for words in case.says}
    assert NEVER_FAIL.get(rule, "fail") in outcomes
    assert "pass" in outcomes
    assert outcomes & {"unknown", "not_applicable"}


@pytest.mark.parametrize("rule", CHECKS)
def test_no_rule_is_ever_silent_or_breaks(rule: str) -> None:
    for tunnel in TUNNELS:
        for finding in CHECKS[rule].findings(tunnel):
            assert "broke:" not in finding.message
            assert "said nothing" not in finding.message
            assert finding.rule == rule
            assert finding.message.startswith(tunnel.name)
            assert finding.severity <= CHECKS[rule].rule.severity


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_rule_declares_what_a_reader_needs(check: Check) -> None:
    rule = check.rule
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.id)
    assert check.run.__module__.endswith("." + rule.id.replace("-", "_"))
    assert rule.title
    assert rule.rationale.endswith(".")
    assert rule.reads
    assert rule.fixed_by
    assert rule.sources or rule.practice, "a rule without a published source says that it is practice"
    assert rule.id not in (*GROUPS, "stig", "all"), "in a catalogue this word means several rules"
    assert all(re.fullmatch(r"[a-z0-9_]+", name) and int(value) >= 0 for name, value in rule.limits.items())


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_step_that_a_rule_is_mended_by_exists(check: Check) -> None:
    """A step is named as its file is; any other cure is said in words."""
    for name in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", check.rule.fixed_by):
        assert name.startswith("harden_") or (STEPS / f"{name}.py").exists(), name


def test_a_rule_that_cannot_be_done_says_what_it_would_ask_and_why_it_cannot() -> None:
    for rule in rules.missing():
        assert rule.title
        assert rule.rationale
        assert rule.id not in CHECKS


def test_a_rule_that_breaks_is_unknown_and_not_a_pass() -> None:
    finding = broken(ZeroDivisionError("division by zero"))
    assert said(finding) == "unknown: hq-branch - It works - the rule a-rule broke: ZeroDivisionError: division by zero"


def test_a_rule_that_says_nothing_is_unknown() -> None:
    assert said(broken(None)) == "unknown: hq-branch - It works - the rule a-rule said nothing"


def test_a_folder_without_rules_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "__path__", [])
    with pytest.raises(rules.NoRulesError, match="no rule was found"):
        rules.load.__wrapped__()


def broken(error: Exception | None) -> Finding:
    def run(tunnel: Tunnel) -> Iterator[Finding]:
        if error is not None:
            raise error
        yield from ()

    rule = Rule("a-rule", "It works", Severity.ERROR, Group.LIVE, "Because.", ("show version",))
    (finding,) = Check(rule, run).findings(build.tunnel())
    return finding
