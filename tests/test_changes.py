# SPDX-License-Identifier: GPL-3.0-or-later
"""What changed since the audit before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import changes, rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Tunnel, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Change, Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge
from tests.build import at_hq, branch, half_read, hq, hq_config, tunnel


def judged(given: Tunnel) -> Judgement:
    return judge(given, [check for check in rules.load() if check.rule.id in ("spi-mirror-mismatch", "pfs-mismatch")])


def report(*judgements: Judgement) -> dict[str, Any]:
    return document(Report("20260101T000000Z-audit", Kind.AUDIT, 0.0, 1.0, judgements=judgements))


HEALTHY = judged(tunnel())
BROKEN = judged(tunnel(hq(at_hq(outbound=(0xC1,)))))
BROKEN_AND_PFS = judged(tunnel(hq(at_hq(outbound=(0xC1,)), config=hq_config(map_changes={"pfs": "group5"}))))


@pytest.mark.parametrize(
    ("then", "now", "change"),
    [
        (HEALTHY, BROKEN, Change("hq-branch", Verdict.HEALTHY, Verdict.BROKEN, new=("spi-mirror-mismatch",))),
        (BROKEN, HEALTHY, Change("hq-branch", Verdict.BROKEN, Verdict.HEALTHY, cleared=("spi-mirror-mismatch",))),
        (
            BROKEN,
            BROKEN_AND_PFS,
            Change("hq-branch", Verdict.BROKEN, Verdict.BROKEN, new=("pfs-mismatch",), still=("spi-mirror-mismatch",)),
        ),
        (HEALTHY, HEALTHY, Change("hq-branch", Verdict.HEALTHY, Verdict.HEALTHY)),
    ],
    ids=["new", "cleared", "still", "nothing"],
)
def test_a_tunnel_of_both_runs(then: Judgement, now: Judgement, change: Change) -> None:
    assert changes.changes(report(then), [now], ["hq", "branch"]) == (change,)


@pytest.mark.parametrize("rule", ["spi-mirror-mismatch", "gone-from-the-catalogue"])
def test_what_does_not_apply_or_is_switched_off_has_not_cleared(rule: str) -> None:
    then = report(BROKEN)["tunnels"][0]
    then["findings"] = [{**finding, "rule": rule} for finding in then["findings"] if finding["outcome"] == "fail"]
    (change,) = changes.changes(
        {"tunnels": [then]}, [judged(tunnel(hq(states=[]), branch(states=[])))], ["hq", "branch"]
    )
    assert (change.new, change.still, change.cleared) == ((), (), ())


def test_what_cannot_be_told_today_has_not_cleared() -> None:
    unread = judged(half_read())
    (change, *_) = changes.changes(
        {"tunnels": [{**report(BROKEN)["tunnels"][0], "name": unread.tunnel.name}]}, [unread], ["hq"]
    )
    assert (change.now, change.cleared) == (Verdict.UNKNOWN, ())


def test_a_tunnel_that_is_new_and_one_that_is_gone() -> None:
    gone = {**report(HEALTHY)["tunnels"][0], "name": "hq-depot"}
    left_out = {**gone, "name": "hq-warehouse", "ends": [{"device": "hq"}, {"device": "warehouse"}]}
    assert changes.changes({"tunnels": [gone, left_out]}, [BROKEN], ["hq", "branch"]) == (
        Change("hq-branch", None, Verdict.BROKEN, new=("spi-mirror-mismatch",)),
        Change("hq-depot", Verdict.HEALTHY, None),
    )


def test_the_run_before_is_the_newest_audit_that_can_be_read(tmp_path: Path) -> None:
    for name, text in {
        "20260101T000000Z-audit": json.dumps(report(HEALTHY)),
        "20260102T000000Z-audit": json.dumps({**report(BROKEN), "run": {"id": "second", "kind": "audit"}}),
        "20260103T000000Z-audit": "{ cut off",
        "20260104T000000Z-audit": json.dumps({**report(BROKEN), "schema": 99}),
        "20260105T000000Z-audit": json.dumps({**report(), "tunnels": []}),
        "20260106T000000Z-remediate": json.dumps(report(BROKEN)),
        "20260107T000000Z-audit": json.dumps(
            {**report(BROKEN), "run": {"id": "saved", "kind": "audit", "collected_from": "/srv/case"}}
        ),
        "20260109T000000Z-audit": json.dumps(report(BROKEN)),
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "report.json").write_text(text)
    found = changes.run_before(tmp_path / "20260108T000000Z-audit")
    assert found is not None
    assert found["run"]["id"] == "second"


def test_the_first_run_has_none_before_it(tmp_path: Path) -> None:
    assert changes.run_before(tmp_path / "20260107T000000Z-audit") is None


def test_the_report_tells_it() -> None:
    found = changes.changes(report(HEALTHY), [BROKEN], ["hq", "branch"])
    told = document(
        Report(
            "b",
            Kind.AUDIT,
            0.0,
            1.0,
            judgements=(BROKEN,),
            compared_with="a",
            changes=(*found, Change("x", Verdict.HEALTHY, None)),
        )
    )
    assert (told["compared_with"], told["gone"]) == ("a", ["x"])
    assert told["tunnels"][0]["change"] == {
        "before": "healthy",
        "new": ["spi-mirror-mismatch"],
        "still": [],
        "cleared": [],
    }
    assert document(Report("b", Kind.AUDIT, 0.0, 1.0, judgements=(BROKEN,)))["tunnels"][0]["change"] is None
