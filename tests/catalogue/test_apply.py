# SPDX-License-Identifier: GPL-3.0-or-later
"""What a catalogue changes in a report, and what no catalogue can change: that a dead tunnel is dead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import (
    Catalogue,
    expired,
    load,
    ruled,
    unmatched,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._model import Setting
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Finding,
    Group,
    IkePolicy,
    Judgement,
    Keepalive,
    Origin,
    Outcome,
    Severity,
    TransformSet,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check, Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit
from tests import build
from tests.rules.case import said

TODAY = date(2026, 6, 30)
DEAF = Keepalive(disabled=True, origin=Origin.READ)
WAIVED = "waivers:\n  - {{rule: {rule}, {scope}, reason: it is to be replaced, owner: noc, expires: {expires}}}\n"


def judged(text: str = "", *, profile: str = "", healthy: bool = True, **config: object) -> Judgement:
    """Both devices by this catalogue, in the inventory groups asa and old (branch alone)."""
    inbound = {} if healthy else {"inbound": (0xDEAD,)}
    hq = build.hq(build.at_hq(**inbound), config=build.hq_config(**config), groups=("asa",))
    branch = build.branch(build.at_branch(**inbound), config=build.branch_config(**config), groups=("asa", "old"))
    (judgement,) = judge_all([hq, branch], catalogue=load(text, profile=profile, today=TODAY))
    return judgement


def of(judgement: Judgement, rule: str) -> list[str]:
    return [said(finding) for finding in judgement.findings if finding.rule == rule]


def waiver(rule: str, scope: str = "tunnel: hq-branch", expires: str = "2026-06-30") -> str:
    return WAIVED.format(rule=rule, scope=scope, expires=expires)


# --- settings --------------------------------------------------------------------------------------------------------


def test_without_a_catalogue_the_rules_are_as_shipped() -> None:
    told = "fail critical: hq-branch - DPD - hq: disabled branch: disabled"
    assert of(judged(keepalive=DEAF), "dpd-disabled") == [told]


@pytest.mark.parametrize(
    "text",
    [
        "rules: {dpd-disabled: {severity: info}}",
        "rules: {dpd: {severity: info}}",
        "rules: {all: {severity: error}, dpd: {severity: info}}",
        "rules: {dpd: {severity: error}, dpd-disabled: {severity: info}}",
        "groups: {asa: {rules: {dpd: {severity: info}}}}\nrules: {dpd: {severity: error}}",
        "groups: {asa: {rules: {dpd: {severity: error}}}, old: {rules: {dpd: {severity: info}}}}\n"
        "devices: {hq: {rules: {dpd: {severity: info}}}}",
        "devices: {hq: {rules: {dpd: {severity: error}}}}\ntunnels: {branch-hq: {rules: {dpd: {severity: info}}}}",
    ],
)
def test_the_more_specific_wins(text: str) -> None:
    assert of(judged(text, keepalive=DEAF), "dpd-disabled")[0].startswith("fail info:")


def test_of_two_ends_that_differ_the_stricter_counts() -> None:
    off = "groups: {old: {rules: {dpd: {enabled: false}}}}"
    assert of(judged(off, keepalive=DEAF), "dpd-disabled")[0].startswith("fail critical:")
    both = "groups: {asa: {rules: {dpd: {enabled: false}}}}"
    assert of(judged(both, keepalive=DEAF), "dpd-disabled") == []
    milder = "devices: {branch: {rules: {dpd: {severity: warning}}}, hq: {rules: {dpd: {severity: info}}}}"
    assert of(judged(milder, keepalive=DEAF), "dpd-disabled")[0].startswith("fail warning:")


def test_of_two_limits_the_one_that_finds_more_counts_whichever_is_smaller() -> None:
    def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
        judge = RULE.fails if limits["most"] < 10 or limits["least"] > 10 else RULE.passes
        yield judge(tunnel, "size", f"between {limits['least']} and {limits['most']}")

    RULE = Rule(  # noqa: N806 - as in every rule's file
        "size", "It fits", Severity.ERROR, Group.MATCH, "Because.", ("show version",), limits={"most": 20, "least": 0}
    )
    for settings in ({"most": 5}, {"least": 15}):
        catalogue = Catalogue(devices={"branch": {"size": Setting(limits=settings)}})
        (finding,) = ruled(catalogue, [Check(RULE, check)], build.tunnel()).told
        assert finding.outcome is Outcome.FAIL
        ends = {"most": 20, "least": 0, **settings}
        assert finding.message == f"hq-branch - size - between {ends['least']} and {ends['most']}"


def test_a_tunnels_whole_name_wins_over_the_one_that_may_mean_several() -> None:
    tunnel = replace(build.tunnel(), name="hq-branch:outside_map/10")
    whole, several = {"dpd": Setting(severity=Severity.INFO)}, {"dpd": Setting(severity=Severity.ERROR)}
    rule = next(check.rule for check in rules.load() if check.rule.id == "dpd-disabled")
    for tunnels in (
        {"branch-hq:outside_map/10": whole, "hq-branch": several},
        {"hq-branch": several, "branch-hq:outside_map/10": whole},
    ):
        (setting,) = Catalogue(tunnels=tunnels).settings(rule, tunnel)
        assert setting.severity is Severity.INFO


def test_at_least_raises_what_is_milder_and_leaves_the_rest() -> None:
    text = "rules: {dpd: {at_least: error}, dpd-disabled: {severity: info}}"
    assert of(judged(text, keepalive=Keepalive(400, 10)), "dpd-too-slow")[0].startswith("fail error:")
    assert of(judged(text, keepalive=DEAF), "dpd-disabled")[0].startswith("fail info:")
    assert of(judged("rules: {dpd: {at_least: error}}", keepalive=DEAF), "dpd-disabled")[0].startswith("fail critical")


def test_an_audit_with_every_rule_disabled_is_an_error() -> None:
    text = "rules: {all: {enabled: false}}"
    with pytest.raises(NothingToJudgeError) as error:
        judged(text)
    assert str(error.value) == "no rule to judge hq-branch by: catalog.yml, profile baseline disables every one"


# --- profiles --------------------------------------------------------------------------------------------------------


def test_in_an_incident_hygiene_is_silent_and_what_explains_an_outage_is_not() -> None:
    judgement = judged(profile="incident")
    groups = {check.rule.id: check.rule.group for check in rules.load()}
    assert {groups[finding.rule] for finding in judgement.findings} == set(Group) - {Group.HYGIENE, Group.SITE}


@pytest.mark.parametrize(("group", "fails"), [("15", True), ("14", True), ("16", False)])
def test_for_the_stig_sha_1_is_an_error_and_so_is_a_small_group(group: str, fails: bool) -> None:
    policy = IkePolicy(1, 10, ("aes-256",), ("sha",), (group,), authentication="pre-share")
    judgement = judged(profile="stig", ike_policies=(policy,))
    assert of(judgement, "weak-hash") == ["fail error: hq-branch - integrity - hq: sha branch: sha"]
    outcome = "fail error" if fails else "pass"
    assert of(judgement, "weak-dh") == [f"{outcome}: hq-branch - DH group - hq: {group} branch: {group}"]
    assert judgement.verdict is Verdict.HEALTHY


# --- waivers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["tunnel: hq-branch", "tunnel: branch-hq", "device: hq", "all: true"])
def test_a_waived_failure_says_why_who_and_until_when(scope: str) -> None:
    judgement = judged(waiver("dpd-disabled", scope), keepalive=DEAF)
    (finding,) = [each for each in judgement.findings if each.rule == "dpd-disabled"]
    assert finding.outcome is Outcome.WAIVED
    assert finding.severity is Severity.CRITICAL
    words = "hq-branch - DPD - hq: disabled branch: disabled (waived until 2026-06-30 by noc: it is to be replaced)"
    assert finding.message == words
    assert finding.evidence[-1].endswith("by noc: catalog.yml line 2")


@pytest.mark.parametrize("text", [waiver("weak-hash"), waiver("dpd-disabled", "device: paris")])
def test_a_waiver_is_for_its_rule_and_its_scope_alone(text: str) -> None:
    assert of(judged(text, keepalive=DEAF), "dpd-disabled")[0].startswith("fail critical")


def test_a_waived_mismatch_of_the_configurations_no_longer_moves_the_verdict() -> None:
    (judgement,) = judge_all(
        [
            build.hq(build.at_hq(), config=build.hq_config(map_changes={"pfs": "group5"})),
            build.branch(build.at_branch()),
        ],
        catalogue=load(waiver("pfs-mismatch"), today=TODAY),
    )
    assert judgement.verdict is Verdict.HEALTHY
    (finding,) = [each for each in judgement.findings if each.rule == "pfs-mismatch"]
    assert finding.outcome is Outcome.WAIVED


LIVE = [
    waiver("spi-mirror-mismatch"),
    "rules: {spi-mirror-mismatch: {enabled: false}}",
    "rules: {spi-mirror-mismatch: {severity: info}}",
    "rules: {live: {enabled: false}}",
    "rules: {live: {severity: info}}",
]


@pytest.mark.parametrize("text", LIVE)
def test_nothing_in_a_catalogue_makes_a_dead_tunnel_healthy(text: str) -> None:
    plain, opinion = judged(healthy=False), judged(text, healthy=False)
    assert plain.verdict is Verdict.BROKEN
    assert (opinion.verdict, opinion.cause, opinion.next_action) == (plain.verdict, plain.cause, plain.next_action)
    failing = [each for each in opinion.findings if each.outcome is Outcome.FAIL and each.severity > Severity.INFO]
    assert "spi-mirror-mismatch" not in {finding.rule for finding in failing}


def test_a_limit_of_a_rule_of_the_live_state_moves_the_verdict() -> None:
    text = "tunnels: {branch-hq: {rules: {sa-missing-both: {limits: {always_on: true}}}}}"
    idle = [build.hq(), build.branch()]
    assert judge_all(idle)[0].verdict is Verdict.HEALTHY
    (judgement,) = judge_all(idle, catalogue=load(text, today=TODAY))
    assert judgement.verdict is Verdict.DEGRADED
    assert of(judgement, "sa-missing-both")[0].startswith("fail error: hq-branch")


def test_a_rule_of_the_live_state_that_is_off_is_seen_while_it_moves_the_verdict() -> None:
    text = "rules: {spi-mirror-mismatch: {enabled: false}}"
    (told,) = of(judged(text, healthy=False), "spi-mirror-mismatch")
    assert told.startswith("waived: hq-branch / ")
    assert told.endswith(" (disabled by catalog.yml line 1; the verdict stays)")
    assert of(judged(text), "spi-mirror-mismatch") == []


def test_an_expired_waiver_fails_and_is_told() -> None:
    text = waiver("dpd-disabled", expires="2026-06-29")
    judgement = judged(text, keepalive=DEAF)
    (finding,) = [each for each in judgement.findings if each.rule == "dpd-disabled"]
    words = "waiver of dpd-disabled for hq-branch by noc expired on 2026-06-29"
    assert (finding.outcome, finding.evidence[-1]) == (Outcome.FAIL, words)
    assert list(expired(load(text, today=TODAY), [judgement])) == [words]
    assert list(expired(load(text, today=TODAY), [judged(text)])) == []


def test_an_expired_waiver_does_not_hide_one_that_holds() -> None:
    both = waiver("dpd-disabled", "all: true", "2026-01-01") + waiver("dpd-disabled").removeprefix("waivers:\n")
    judgement = judged(both, keepalive=DEAF)
    assert of(judgement, "dpd-disabled")[0].startswith("waived:")
    assert list(expired(load(both, today=TODAY), [judgement])) == []


def test_what_a_catalogue_speaks_of_in_vain_is_told() -> None:
    text = (
        "tunnels: {hq-brnch: {rules: {dpd: {enabled: true}}}, branch-hq: {rules: {dpd: {enabled: true}}}}\n"
        "devices: {hq: {rules: {all: {enabled: true}}}, hqq: {rules: {all: {enabled: true}}}}\n"
        "groups: {asaa: {rules: {all: {enabled: true}}}}\n"
        + waiver("weak-hash", "tunnel: paris-lyon")
        + waiver("dpd-disabled").removeprefix("waivers:\n")
    )
    catalogue, judgement = load(text, today=TODAY), judged(text)
    told = list(unmatched(catalogue, [judgement], devices=["hq", "branch"], groups=["asa", "all"]))
    assert told == [
        "catalog.yml: tunnels.hq-brnch: no tunnel of this run has that name: did you mean hq-branch?",
        "catalog.yml: devices.hqq: no device of this run has that name: did you mean hq?",
        "catalog.yml: groups.asaa: no inventory group of this run has that name: did you mean asa?",
        "catalog.yml line 5: the waiver of weak-hash for paris-lyon by noc matches nothing: no tunnel of this run has "
        "that name; known are hq-branch",
        "catalog.yml line 6: the waiver of dpd-disabled for hq-branch by noc matches nothing: the rule does not fail "
        "there",
    ]


# --- rules of the site -----------------------------------------------------------------------------------------------

OWN = """
own_rules:
  - id: our-release
    title: Both ends run release 9
    severity: critical
    message: "{{ends[0].name}}: {{ends[0].version.text}} {{ends[1].name}}: {{ends[*].version.major}}"
    {test}
"""


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("fails_if: 'ends[?version.major < `9`]'", "fail critical: hq-branch - Both ends run release 9 - hq: 7.2(5) "
         "branch: 7, 7"),
        ("holds: 'length(ends[?version.major < `9`]) == `0`'", "fail critical: hq-branch - Both ends run release 9 - "
         "hq: 7.2(5) branch: 7, 7"),
        ("holds: 'ends[?version.major < `9`]'", "pass: hq-branch - Both ends run release 9 - as this site wants it"),
        ("{holds: both, when: '!both'}", "not_applicable: hq-branch - Both ends run release 9 - the rule's condition "
         "does not hold here"),
        ("holds: 'ends[0].uptime_seconds > `5`'", "unknown: hq-branch - Both ends run release 9 - not read: "
         "hq.uptime_seconds"),
        ("fails_if: 'ends[?!uptime_seconds]'", "unknown: hq-branch - Both ends run release 9 - not read: "
         "hq.uptime_seconds, branch.uptime_seconds"),
        ("{holds: both, when: 'ends[0].uptime_seconds'}", "unknown: hq-branch - Both ends run release 9 - not read: "
         "hq.uptime_seconds"),
        ("holds: 'ends[0].ike[7].up'", "unknown: hq-branch - Both ends run release 9 - the expression gives null: "
         "ends[0].ike[7].up"),
        ("holds: 'ends[0].ipsec[0].counters.\"pkts encaps\" == `1000`'", "pass: hq-branch - Both ends run release 9 - "
         "as this site wants it"),
        ("holds: 'sort_by(ends, &name)[0].name == `\"branch\"` && keys(ends[0].crypto_map)'", "pass: hq-branch - Both "
         "ends run release 9 - as this site wants it"),
        ("holds: 'starts_with(ends[0].crypto_map.pfs, `\"group\"`)'", "unknown: hq-branch - Both ends run release 9 - "
         "the rule our-release could not be worked out: In function starts_with(), invalid type for value: False, "
         "expected one of: ['string'], received: \"boolean\""),
        ("holds: 'ends[0].version.major < `\"9\"`'", "unknown: hq-branch - Both ends run release 9 - the rule "
         "our-release could not be worked out: '<' not supported between instances of 'int' and 'str'"),
    ],
)  # fmt: skip
def test_a_rule_of_the_site_never_takes_what_was_not_read_for_an_answer(test: str, says: str) -> None:
    text = OWN.format(test=test.strip("{}").replace(", when", "\n    when"))
    judgement = judged(text)
    assert of(judgement, "our-release") == [says]
    assert judgement.verdict is Verdict.HEALTHY


def test_a_rule_of_the_site_can_be_changed_and_waived_as_any_other() -> None:
    text = OWN.format(test="fails_if: both") + waiver("our-release") + "rules: {site: {severity: warning}}\n"
    (finding,) = [each for each in judged(text).findings if each.rule == "our-release"]
    assert (finding.outcome, finding.severity) == (Outcome.WAIVED, Severity.WARNING)


def test_a_tunnel_of_which_one_end_was_read_is_unknown_to_a_rule_about_both() -> None:
    text = OWN.format(test="fails_if: 'ends[?!crypto_map.pfs]'")
    (judgement,) = judge_all([build.hq(build.at_hq()), build.unread_branch()], catalogue=load(text, today=TODAY))
    assert of(judgement, "our-release") == [
        "unknown: hq-branch - Both ends run release 9 - not read: branch.crypto_map"
    ]


def test_a_name_that_is_ansibles_kind_of_text_is_a_text() -> None:
    class Tagged(str):
        __slots__ = ()

    text = OWN.format(test="fails_if: 'ends[?length(name) > `4`]'")
    hq, branch = (
        replace(build.hq(build.at_hq()), name=Tagged("hq")),
        replace(build.branch(build.at_branch()), name=Tagged("branch")),
    )
    (judgement,) = judge_all([hq, branch], catalogue=load(text, today=TODAY))
    assert of(judgement, "our-release")[0].startswith("fail critical")


def test_the_rules_of_the_page_say_what_they_mean() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    text = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)[-1]
    healthy = judged(text)
    assert of(healthy, "dpd-within-20-seconds") == [
        "pass: hq-branch - Both ends notice a dead peer within 20 seconds - as this site wants it"
    ]
    assert of(healthy, "aes-256-only") == ["pass: hq-branch - Only AES-256 is offered - as this site wants it"]
    assert of(judged(text, keepalive=Keepalive(30, 5)), "dpd-within-20-seconds") == [
        "fail error: hq-branch - Both ends notice a dead peer within 20 seconds - "
        "hq: threshold 30 retry 5 (default) branch: threshold 30 retry 5 (default)"
    ]
    assert of(judged(text, keepalive=DEAF), "dpd-within-20-seconds")[0].startswith("fail error")
    weak = {"AES": TransformSet("AES", ("esp-aes", "esp-sha-hmac"))}
    assert of(judged(text, transform_sets=weak), "aes-256-only") == [
        "fail warning: hq-branch - Only AES-256 is offered - hq: aes"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "rules: {match: {enabled: false}}",
        "rules: {all: {severity: info}}",
        waiver("tunnel-group-missing"),
    ],
    ids=["disabled", "milder", "waived"],
)
def test_a_dead_tunnel_stays_dead_by_a_configuration_that_cannot_negotiate(text: str) -> None:
    hq = build.hq(config=build.hq_config(tunnel_groups={}), states=[])
    (judgement,) = judge_all([hq, build.branch(states=[])], catalogue=load(text, today=TODAY))
    assert (judgement.verdict, judgement.cause_rule) == (Verdict.BROKEN, "tunnel-group-missing")


def test_a_rule_held_to_be_worse_than_it_is_makes_no_tunnel_worse() -> None:
    judgement = judged("rules: {gp-idle-timeout: {severity: critical}}")
    assert of(judgement, "gp-idle-timeout")[0].startswith("fail critical: ")
    assert judgement.verdict is Verdict.HEALTHY
