# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms that other programs read: JUnit, Prometheus, Markdown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import junit, markdown, prometheus
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from tests.reporters import samples
from tests.reporters.conftest import HOSTILE

JUNIT = etree.XMLSchema(etree.parse(Path(__file__).with_name("junit.xsd")))


def suites(told: dict[str, Any]) -> etree._Element:
    return etree.fromstring(junit.render(told).encode())


def samples_of(told: dict[str, Any]) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(prometheus.render(told))
    found = [sample for family in families for sample in family.samples]
    keyed = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in found}
    assert len(keyed) == len(found), "a series appears twice"
    return keyed


def test_junit_has_the_structure_that_jenkins_and_gitlab_read(any_document: dict[str, Any]) -> None:
    JUNIT.assertValid(suites(any_document))


def test_junit_fails_at_the_severity_that_fails_the_run(broken: dict[str, Any]) -> None:
    root = suites(broken)
    failed = root.xpath("//testcase[failure]")
    assert [(case.get("classname"), case.get("name")) for case in failed] == [("hq-branch", "spi-mirror-mismatch")]
    assert "branch does not have" not in failed[0].find("failure").get("message")
    assert "clear crypto ipsec sa peer 198.51.100.1" in failed[0].find("failure").text
    assert root.get("failures") == "1"
    stricter = suites(document(samples.audit(samples.BROKEN, fail_on=Severity.WARNING)))
    assert stricter.get("failures") == "3"


def test_junit_tells_lesser_failures_without_failing(broken: dict[str, Any]) -> None:
    case = suites(broken).xpath("//testcase[@name='dpd-disabled']")[0]
    assert case.find("failure") is None
    assert case.find("system-out").text.startswith("error: HQ-BRANCH")


def test_junit_skips_with_a_reason_what_was_not_judged(broken: dict[str, Any]) -> None:
    reasons = suites(broken).xpath("//skipped/@message")
    assert any(reason.startswith("unverifiable: ") for reason in reasons)
    assert any(reason.startswith("not_applicable: ") for reason in reasons)


def test_junit_is_red_when_nothing_was_read() -> None:
    root = suites(document(samples.audit(samples.UNKNOWN)))
    assert root.xpath("//testcase[@name='depot can be read']/error/@message") == [
        "connection refused on 203.0.113.77 port 22"
    ]
    empty = suites(document(samples.audit()))
    assert int(empty.get("errors")) == 1


def test_junit_keeps_two_findings_of_one_rule_apart() -> None:
    judgement = replace(samples.BROKEN, findings=(samples.WEAK_DH, samples.WEAK_DH))
    names = suites(document(samples.audit(judgement))).xpath("//testcase[@classname='hq-branch']/@name")
    assert names == ["weak-dh", "weak-dh (2)"]


def test_metrics_say_the_verdict_as_zero_and_one(several: dict[str, Any]) -> None:
    told = samples_of(several)

    def verdict(tunnel: str, word: str) -> float:
        return told["tunnelmend_tunnel_verdict", frozenset({"tunnel": tunnel, "verdict": word}.items())]

    assert verdict("hq-branch", "broken") == 1
    assert verdict("hq-branch", "healthy") == 0
    assert verdict("hq-depot", "unknown") == 1


def test_metrics_count_failing_findings_only(broken: dict[str, Any]) -> None:
    found = {key[1]: value for key, value in samples_of(broken).items() if key[0] == "tunnelmend_findings"}
    wanted = {"tunnel": "hq-branch", "rule": "dpd-disabled", "severity": "error"}
    assert found[frozenset(wanted.items())] == 1
    assert len(found) == 3


def test_metrics_say_when_the_run_ended(broken: dict[str, Any]) -> None:
    assert samples_of(broken)["tunnelmend_last_run_timestamp_seconds", frozenset()] == samples.START + 41.5


def test_metrics_survive_any_name(any_document: dict[str, Any]) -> None:
    told = samples_of(any_document)
    names = {dict(labels)["tunnel"] for name, labels in told if name == "tunnelmend_tunnel_verdict"}
    assert names == {tunnel["name"] for tunnel in any_document["tunnels"]}


def test_markdown_tells_a_ticket_what_it_needs(broken: dict[str, Any]) -> None:
    told = markdown.render(broken)
    assert told.startswith("# tunnelmend audit: 1 broken\n")
    assert "✖ hq → branch on `0xA2280726`: branch does not have 0xA2280726" in told
    assert "**critical** `spi-mirror-mismatch`" in told
    wanted = "on branch, not for pasting: the remediation sends `clear crypto ipsec sa peer 198.51.100.1` at the right"
    assert wanted in told
    assert "outside_map 10" in told
    assert "**Next:** `ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch -e confirm=hq-branch`" in told


def test_markdown_shows_both_sides_of_a_remediation(remediation: dict[str, Any]) -> None:
    told = markdown.render(remediation)
    assert "## hq-branch: ✔ **healthy** (was broken)" in told
    told = told[told.index("## hq-branch") :]
    assert told.index("Before:") < told.index("0xA2280726") < told.index("After:") < told.index("0x5D00A911")


def test_markdown_has_the_plan_the_time_line_and_the_proof_in_short(remediation: dict[str, Any]) -> None:
    told = markdown.render(remediation)
    assert told[told.index("**Plan**") : told.index("## hq-branch")].splitlines() == [
        "**Plan**",
        "",
        "1. branch: `clear crypto ipsec sa peer 198.51.100.1` (first: it sends on an SPI that hq does not have)",
        "2. hq: `clear crypto ipsec sa peer 203.0.113.2` (second: at once)",
        "",
        "- Interrupts: every connection through hq-branch, for seconds",
        "- Proof: IKE up at both ends; SPIs new, mirrored and counting",
        "- On failure: nothing is repeated",
        "- To stop it: Ctrl-C, once",
        "- Know: CSCsd48512 fits 7.2(5)",
        "",
        "| since the clear | hq | branch |",
        "| ---: | --- | --- |",
        "| -9.0 s | sends on 0xA2280726, accepts 0x4E1F3B77 |  |",
        "| +0.0 s |  | `clear crypto ipsec sa peer 198.51.100.1` done |",
        "| +0.8 s | `clear crypto ipsec sa peer 203.0.113.2` done |  |",
        "| +20.0 s | not yet no SA has come up yet |  |",
        "",
        "- ✔ IKE up at both ends: hq MM_ACTIVE, branch MM_ACTIVE",
        "- ✔ SPIs new at both ends: hq 0x5D00A911, branch 0x1C7F22E0",
        "- ✔ mirrored in two readings: 1 pair of networks",
        "- ✔ counting both ways: hq sent 5, hq received 5, branch sent 5, branch received 5",
        "",
    ]


def test_markdown_without_a_time_line_has_what_was_sent() -> None:
    told = markdown.render(document(replace(samples.remediation(), timeline=None)))
    assert "| 02:30:44.200 | branch | `clear crypto ipsec sa peer 198.51.100.1` | cleared |" in told


def test_markdown_of_a_refusal_ends_with_how_to_lift_it() -> None:
    told = markdown.render(document(samples.refused()))
    assert "**aborted_gate:cool-down** hq-branch was cleared 3 minutes ago. Wait until 02:37" in told
    assert told.count("**Next:**") == 1
    assert "**Next:** Wait until 02:37, or find the cause first." in told


def test_markdown_runs_no_markup_of_a_device(hostile: dict[str, Any]) -> None:
    outside_code = [line for line in markdown.render(hostile).splitlines() if not line.startswith("          ")]
    unquoted = ["".join(line.split("`")[::2]) for line in outside_code]
    assert not [line for line in unquoted if "<script" in line]
    rows = [line.replace("\\|", "") for line in outside_code if line.startswith("| ")]
    assert {row.count("|") for row in rows} == {4}
    assert HOSTILE not in markdown.render(hostile)


def test_markdown_tells_what_it_is_not_and_what_is_new(broken: dict[str, Any]) -> None:
    tunnel = broken["tunnels"][0]
    tunnel["ruled_out"], tunnel["recurrence"] = ["lost SAs: both ends have them"], ["nothing will notice it"]
    tunnel["change"] = {"before": "degraded", "new": ["spi-mirror-mismatch"], "still": [], "cleared": []}
    broken["compared_with"], broken["gone"] = "20090531T023000Z-audit", ["hq-depot"]
    told = markdown.render(broken)
    assert "**Ruled out:** lost SAs: both ends have them\n" in told
    assert "**It may come back:** nothing will notice it\n" in told
    assert "**Since the audit before** (degraded): new: spi-mirror-mismatch\n" in told
    assert "Judged in `20090531T023000Z-audit`, and not found now: hq-depot\n" in told
