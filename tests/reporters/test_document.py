# SPDX-License-Identifier: GPL-3.0-or-later
"""``report.json``: its shape is a promise, and what was not read is never told as a fact."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import reporters
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document, render
from tests.reporters import samples

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())


def arrows(tunnel: Tunnel) -> list[tuple[str, str | None, bool | None, str]]:
    told = document(samples.audit(replace(samples.BROKEN, tunnel=tunnel)))["tunnels"][0]["arrows"]
    return [(each["from"], each["spi"], each["accepted"], each["why"]) for each in told]


def test_every_report_keeps_the_promised_shape(any_document: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(any_document)


def test_the_document_survives_json(any_document: dict[str, Any]) -> None:
    assert json.loads(render(any_document)) == any_document


def test_the_folder_is_the_registry(broken: dict[str, Any]) -> None:
    texts = reporters.write_all(broken)
    assert set(texts) == {"report.json", "report.html", "report.md", "junit.xml", "metrics.prom", "report.txt"}
    assert all(text.endswith("\n") for text in texts.values())


def test_writing_twice_gives_the_same_text(several: dict[str, Any]) -> None:
    assert reporters.write_all(several) == reporters.write_all(several)


def test_the_incident_has_two_dead_arrows() -> None:
    assert arrows(samples.tunnel()) == [
        ("hq", "0xA2280726", False, "branch does not have 0xA2280726"),
        ("branch", "0x0D5C91AA", False, "hq does not have 0x0D5C91AA"),
    ]


def test_a_half_match_names_the_dead_direction() -> None:
    assert [each[2] for each in arrows(samples.tunnel(samples.HALF))] == [False, True]


def test_a_healthy_tunnel_has_two_accepted_arrows() -> None:
    assert [each[2] for each in arrows(samples.tunnel(samples.MATCH))] == [True, True]


def test_an_end_without_sas_sends_nothing() -> None:
    tunnel = samples.tunnel(samples.MATCH)
    emptied = replace(tunnel, ends=(tunnel.ends[0], replace(tunnel.ends[1], first=(), second=())))
    assert [each[1:] for each in arrows(emptied)] == [
        ("0x5D00A911", False, "branch does not have 0x5D00A911"),
        (None, False, "branch has no outbound SA for this traffic"),
    ]


def doubtful() -> dict[str, Tunnel]:
    tunnel = samples.tunnel(samples.MISMATCH)
    hq, branch = tunnel.ends
    assert branch.second is not None
    cut = replace(branch.second[0], incomplete="cut off")
    expiring = replace(branch.second[0], sas=tuple(replace(sa, lifetime_seconds=9) for sa in branch.second[0].sas))
    renewed = samples.tunnel(samples.MATCH).ends[1].second
    return {
        "not proven to be of one moment": replace(tunnel, overlap=False),
        "one end not read": replace(tunnel, ends=(hq, replace(branch, first=None, second=None))),
        "renewed meanwhile": replace(tunnel, ends=(hq, replace(branch, second=renewed))),
        "cut off": replace(tunnel, ends=(hq, replace(branch, second=(cut,)))),
        "about to expire": replace(tunnel, ends=(hq, replace(branch, second=(expiring,)))),
        "peer is not ours": replace(tunnel, ends=(hq,), missing="203.0.113.2 is in no inventory"),
    }


@pytest.mark.parametrize("case", doubtful())
def test_what_is_not_proven_is_unknown(case: str) -> None:
    told = arrows(doubtful()[case])
    assert [each[2] for each in told] == [None, None]
    assert all(why for *_, why in told)


def test_counters_are_told_as_differences(broken: dict[str, Any]) -> None:
    identities = broken["tunnels"][0]["ends"][0]["identities"][0]
    assert (identities["first"]["encaps"], identities["second"]["encaps"]) == (18231, 18243)
    assert identities["difference"] == {"encaps": 12, "decaps": 0, "send_errors": 0, "recv_errors": 0}
    assert [(each["sent"], each["arrived"]) for each in broken["tunnels"][0]["arrows"]] == [(12, 0), (9, 0)]


def test_a_counter_that_went_back_has_no_difference() -> None:
    told = document(samples.audit(replace(samples.BROKEN, tunnel=samples.tunnel(hq_moved=(-100, 0)))))
    assert told["tunnels"][0]["ends"][0]["identities"][0]["difference"]["encaps"] is None


def test_unread_is_null_and_empty_is_a_list() -> None:
    told = document(samples.audit(samples.UNKNOWN))["tunnels"][0]["ends"]
    assert told[0]["identities"]
    assert told[1]["identities"] is None
    assert told[1]["ike"] is None


def test_the_worst_comes_first(several: dict[str, Any]) -> None:
    assert [tunnel["verdict"] for tunnel in several["tunnels"]][:4] == ["broken", "unknown", "degraded", "healthy"]
    findings = several["tunnels"][0]["findings"]
    assert [finding["severity"] for finding in findings[:3]] == ["critical", "error", "warning"]
    assert [finding["outcome"] for finding in findings][-1] == "not_applicable"


def test_the_summary_counts_failures_by_severity(broken: dict[str, Any]) -> None:
    assert broken["summary"]["severities"] == {"critical": 1, "error": 1, "warning": 1, "info": 0}
    assert broken["summary"]["verdicts"] == {"healthy": 0, "degraded": 0, "broken": 1, "unknown": 0}


def test_a_remediation_tells_before_and_after(remediation: dict[str, Any]) -> None:
    assert [remediation[phase][0]["verdict"] for phase in ("before", "tunnels")] == ["broken", "healthy"]
    assert [action["device"] for action in remediation["actions"]] == ["branch", "hq", "branch"]
    assert remediation["actions"][0]["time"] == "2009-06-01T02:30:44.200Z"
    assert remediation["run"]["outcome"] == "healed"


def test_no_text_steers_a_terminal(hostile: dict[str, Any]) -> None:
    assert not set(json.dumps(hostile, ensure_ascii=False)) & set("\x00\x07\x1b\x9b\u202e\ud800")


def test_an_offline_audit_says_of_what_it_was_made() -> None:
    told = document(samples.offline())
    assert told["run"]["collected_from"] == "/srv/cases/4711"
    hq, branch = told["devices"]
    assert (hq["files"], hq["clock"]) == (["hq.log"], "2009-06-01 04:30:07 CEST")
    assert (len(branch["files"]), branch["clock"]) == (12, None)
    assert branch["gaps"] == ["branch: 'show route' is unknown, because the device refused it"]
    live = document(samples.audit(samples.BROKEN))
    assert (live["run"]["collected_from"], live["devices"][0]["files"]) == ("", [])
