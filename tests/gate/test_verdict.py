# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole change: what makes it pass or fail, and what each form says of it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

from lxml import etree

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate import Gate, Settings, Trial, decide
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.facts import NotReached, Problem, Typed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.reporters import document, junit, markdown, table
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Severity, Verdict
from tests.gate.samples import DOWN, DPD, GOOD, NETWORKS, NEVER, WEAK, judgement, trial, tried

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).resolve().parents[1] / "reporters" / "junit.xsd"))
HEALTHY = (judgement(Verdict.HEALTHY, WEAK),)
PROBLEM = "candidate/hq.cfg line 46: 'crypto map M 10 set psf' is not understood at 'psf'"


def told(gate: Gate) -> dict[str, Any]:
    return document.document(gate, "20240115T080000Z-gate", "2024-01-15T08:00:00Z", 4.25)


def test_a_change_that_passes() -> None:
    gate = decide(trial(tried(GOOD)), HEALTHY, HEALTHY, Settings())
    assert gate.passed
    assert told(gate)["headline"] == "the tunnel survives this change"
    assert markdown.render(told(gate)) == (
        "## ✔ Gate passed: the tunnel survives this change\n"
        "\n"
        "| Tunnel | Before | After | Outage |\n"
        "| --- | --- | --- | --- |\n"
        "| ✔ hq-branch | up | up | 0s |\n"
    )


def test_the_comment_says_what_fails_where_and_what_to_change() -> None:
    after = (judgement(Verdict.HEALTHY, WEAK, DPD),)
    typed = (Typed("branch", "tunnel-group 198.51.100.1 ipsec-attributes"), Typed("branch", "isakmp keepalive disable"))
    gate = decide(trial(tried(NEVER), typed=typed), HEALTHY, after, Settings())
    assert not gate.passed
    fails = (
        "- **stays down when branch lost its SAs**: no packet passes within 15m; "
        "keepalives at both ends are what notices the loss"
    )
    assert (
        markdown.render(told(gate)).replace(fails, "{FAILS}")
        == """\
## ✖ Gate failed: the tunnel would not survive this change

| Tunnel | Before | After | Outage |
| --- | --- | --- | --- |
| ✖ hq-branch | up | **stays down when branch lost its SAs** | 0s |

### hq-branch

{FAILS}
- **the audit**: healthy → healthy
  - critical `dpd-disabled` DPD - hq: threshold 10 retry 2 branch: disabled

To mend it, unless the change is taken back:

    ! branch
    tunnel-group 198.51.100.1 ipsec-attributes
     isakmp keepalive threshold 10 retry 2

<details><summary>The change, as it was typed</summary>

    ! branch
    tunnel-group 198.51.100.1 ipsec-attributes
    isakmp keepalive disable

</details>
"""
    )


def test_what_a_declared_end_would_change_is_asked_for() -> None:
    after = (judgement(Verdict.HEALTHY, WEAK, DPD),)
    seen = trial(tried(NEVER))
    declared = {**seen.devices, "branch": {**seen.devices["branch"], "declared": True}}
    gate = decide(replace(seen, devices=declared), HEALTHY, after, Settings())
    text = markdown.render(told(gate))
    assert "    ! branch, which is not ours: ask for it\n    tunnel-group 198.51.100.1 ipsec-attributes\n" in text
    assert "- branch: as declared, which nobody has read from a device\n" in text


def test_one_reason_of_both_ends_is_told_once() -> None:
    gate = decide(trial(tried(DOWN, outage=None)), (), (), Settings())
    text = markdown.render(told(gate))
    assert "| ✖ hq-branch | up | **does not come up** | - |\n" in text
    assert text.count("phase 1 comes up, phase 2 does not") == 1
    assert "- **does not come up**: phase 1 comes up, phase 2 does not\n  - `branch: %ASA-5-713904: " in text


def test_the_audit_may_be_no_worse() -> None:
    broken = (judgement(Verdict.BROKEN, cause="the ends hold other SAs"),)
    gate = decide(trial(tried(GOOD)), HEALTHY, broken, Settings())
    assert not gate.passed
    assert [each.why for each in gate.audits] == ["the audit calls it broken, and it was healthy"]
    assert told(gate)["headline"] == "the tunnel survives this change, and the audit objects to 1 tunnel"
    assert decide(trial(tried(GOOD)), broken, HEALTHY, Settings()).passed
    assert decide(trial(tried(GOOD)), broken, broken, Settings()).passed


def test_new_findings_fail_from_a_severity_on_and_are_listed_below_it() -> None:
    clean = (judgement(Verdict.HEALTHY),)
    gate = decide(trial(tried(GOOD)), clean, HEALTHY, Settings())
    assert gate.passed
    assert "**Findings of the audit**\n\n- hq-branch: new: `weak-hash` (warning)\n" in markdown.render(told(gate))
    strict = decide(trial(tried(GOOD)), clean, HEALTHY, Settings(fail_on=Severity.WARNING))
    assert [each.why for each in strict.audits] == ["the audit finds weak-hash, which it did not before"]
    # What was there before is no news, however bad.
    assert decide(trial(tried(GOOD)), HEALTHY, HEALTHY, Settings(fail_on=Severity.WARNING)).passed


def test_what_could_not_be_tried_fails() -> None:
    gate = decide(Trial(problems=(Problem("hq", PROBLEM, 46),)), (), (), Settings())
    assert not gate.passed
    assert markdown.render(told(gate)) == (f"## ✖ Gate failed: it could not be tried: 1 problem\n\n- {PROBLEM}\n")


def test_lines_that_a_device_refuses_fail() -> None:
    lines = (Typed("hq", "crypto map M 10 set psf", "ERROR: % Invalid input detected at '^' marker."),)
    left = (
        NotReached("hq", "crypto map M 10 set pfs group19", "missing", True),
        NotReached("hq", "crypto map M 10 set pfs group14", "left", False),
        NotReached("hq", "access-list A extended permit ip any any", "misplaced", True),
    )
    gate = decide(trial(tried(GOOD), typed=lines, not_reached=left), HEALTHY, HEALTHY, Settings())
    assert gate.problems == (
        "hq refuses 'crypto map M 10 set psf': % Invalid input detected at '^' marker.",
        "after the changes hq lacks 'crypto map M 10 set pfs group19', which the candidate has",
        "after the changes hq has in another place 'access-list A extended permit ip any any', which the candidate has "
        "elsewhere among its kind",
    )
    assert gate.notes == (
        "the computed lines do not give the candidate: hq still has 'crypto map M 10 set pfs group14'. Give yours",
    )
    assert told(gate)["headline"] == "the tunnel survives this change, and there are 3 problems"


def test_what_is_named_as_removed_and_was_never_there_fails() -> None:
    gate = decide(trial(tried(GOOD)), HEALTHY, HEALTHY, Settings(removed=("hq-lyon", "hq", "branch-hq")))
    assert gate.problems == (
        "gate_removed names hq-lyon, which is no device and no tunnel: there are branch, hq, hq-branch",
    )


def test_nothing_to_try_passes_and_says_so() -> None:
    gate = decide(Trial(untried=("hq", "branch")), (), (), Settings())
    assert gate.passed
    assert markdown.render(told(gate)) == (
        "## ✔ Gate passed: no configuration changed; nothing was tried\n\n"
        "<details><summary>Notes</summary>\n\n- nothing changed for hq, branch: not tried\n\n</details>\n"
    )


def test_a_comment_stays_short_enough_for_a_forge() -> None:
    problems = tuple(Problem("hq", f"candidate/hq.cfg line {number}: {'x' * 900}") for number in range(3000))
    notes = tuple(f"passed over at hq: {number} {'y' * 900}" for number in range(3000))
    comment = markdown.render(told(decide(Trial(problems=problems, notes=notes), (), (), Settings())))
    assert len(comment) < 65536
    assert comment.count("- 2975 more stand in gate.json\n") == 2
    assert "- candidate/hq.cfg line 24: xxx" in comment


def test_a_device_that_changed_and_has_no_known_tunnel_is_named() -> None:
    gate = decide(trial(), (), (), Settings())
    assert gate.passed
    assert told(gate)["headline"] == "no tunnel is known of branch, hq, which changed; nothing was tried"


def test_keys_that_were_not_compared_are_a_note() -> None:
    gate = decide(trial(tried(replace(GOOD, hidden_key=True))), HEALTHY, HEALTHY, Settings())
    assert gate.passed
    assert told(gate)["headline"] == "the tunnel survives this change; its keys do not show and were not compared"
    both = decide(trial(tried(GOOD), tried(replace(GOOD, hidden_key=True))), HEALTHY, HEALTHY, Settings())
    assert told(both)["headline"] == (
        "all 2 tunnels survive this change; the keys of 1 do not show and were not compared"
    )
    assert "- keys not compared, both ends got a stand-in: hq-branch\n" in markdown.render(told(gate))


def test_a_new_key_beside_one_that_does_not_show_is_told_before_all_else() -> None:
    made = told(decide(trial(tried(GOOD), new_keys=(("branch", "hq"),)), HEALTHY, HEALTHY, Settings()))
    words = "branch has a new key for hq, and hq does not show its own: see that both are the same"
    assert markdown.render(made).splitlines()[:3] == [f"## ✔ Gate passed: {made['headline']}", "", f"- {words}"]
    screen = [line.text for line in table.lines(made, 120, "gate.md")]
    assert words in screen


def test_what_a_list_refuses_since_the_change_is_told_before_all_else() -> None:
    """That other packets pass is no reason to pass it without a word."""
    said = {
        "hq": "tcp from port 22 of 192.168.1.10 to 192.168.2.10",
        "branch": "tcp from 192.168.2.10 to port 22 of 192.168.1.10",
    }
    filtered = replace(GOOD, instead=said)
    packets = f"and it was tried with {said['hq']}; {said['branch']}"
    gate = decide(trial(tried(filtered)), HEALTHY, HEALTHY, Settings())
    assert gate.passed
    assert gate.to_see == (f"hq-branch: the change has a list refuse what passed before, {packets}",)
    assert gate.notes == ()
    gate = decide(trial(tried(filtered, before=filtered)), HEALTHY, HEALTHY, Settings())
    assert gate.to_see == ()
    assert gate.notes == (f"hq-branch: a list refuses other packets, {packets}",)


def test_notes_are_on_the_screen_too() -> None:
    made = told(decide(trial(tried(GOOD), notes=tuple(f"note {n}" for n in range(9))), HEALTHY, HEALTHY, Settings()))
    screen = [line.text for line in table.lines(made, 120, "gate.md")]
    assert screen[-7:-1] == ["note: note 0", "note: note 1", "note: note 2", "note: note 3", "note: note 4", "-" * 120]


def test_what_fails_as_it_did_before_is_not_what_the_change_broke() -> None:
    gate = decide(trial(tried(NEVER, NEVER)), HEALTHY, HEALTHY, Settings())
    assert not gate.passed
    assert told(gate)["headline"] == (
        "the tunnel fails as it did before this change, and nothing is worse; gate_accept_as_before lets that pass"
    )
    worse = decide(trial(tried(NEVER, NEVER)), HEALTHY, (judgement(Verdict.BROKEN, DPD),), Settings())
    assert told(worse)["headline"] == "the tunnel fails as it did before this change, and the audit objects"
    other = replace(tried(NEVER), networks=("10.0.0.0/8", NETWORKS[1]))
    both = decide(trial(tried(NEVER, NEVER), other), HEALTHY, HEALTHY, Settings())
    assert told(both)["headline"] == "1 of 2 tunnels would not survive this change; 1 more fails as before"


def test_what_is_removed_on_purpose_is_called_so() -> None:
    settings = Settings(removed=("branch",))
    made = told(decide(trial(tried(None)), HEALTHY, (), settings))
    assert made["headline"] == "the tunnel is removed on purpose"
    assert "hq-branch  removed" in [line.text for line in table.lines(made, 80, "gate.md")]
    some = told(decide(trial(tried(None), tried(GOOD)), HEALTHY, HEALTHY, settings))
    assert some["headline"] == "all tunnels that stay survive this change, 1 of 2 is removed on purpose"


def test_tunnels_of_one_pair_are_told_apart() -> None:
    other = replace(tried(DOWN), networks=("10.0.0.0/8", NETWORKS[1]))
    gate = decide(trial(tried(GOOD), other), HEALTHY, HEALTHY, Settings())
    assert [each.name for each in gate.tunnels] == [
        "hq-branch 192.168.1.0/24 to 192.168.2.0/24", "hq-branch 10.0.0.0/8 to 192.168.2.0/24",
    ]  # fmt: skip
    assert told(gate)["headline"] == "1 of 2 tunnels would not survive this change"
    web = replace(tried(None), service="tcp any to 443")
    gate = decide(trial(tried(GOOD), web), HEALTHY, HEALTHY, Settings())
    assert [each.name for each in gate.tunnels] == [
        "hq-branch 192.168.1.0/24 to 192.168.2.0/24", "hq-branch 192.168.1.0/24 to 192.168.2.0/24, tcp any to 443",
    ]  # fmt: skip
    assert (
        gate.tunnels[1]
        .checks[0]
        .why.startswith("no end protects 192.168.1.0/24 to 192.168.2.0/24, tcp any to 443 any more; ")
    )


def test_of_several_pairs_of_networks_the_comment_says_which_fails() -> None:
    def failing(*networks: str, others: tuple[Any, ...] = ()) -> str:
        down = [replace(tried(DOWN, outage=None), networks=(network, NETWORKS[1])) for network in networks]
        text = markdown.render(told(decide(trial(*others, *down), HEALTHY, HEALTHY, Settings())))
        return next(line for line in text.splitlines() if line.startswith("- **does not come up**"))

    said = "phase 1 comes up, phase 2 does not"
    assert failing("10.0.0.0/8") == f"- **does not come up**: {said}"
    assert failing("10.0.0.0/8", others=(tried(GOOD),)) == (
        f"- **does not come up** (10.0.0.0/8 to 192.168.2.0/24): {said}"
    )
    assert failing("10.1.0.0/24", "10.2.0.0/24", "10.3.0.0/24", "10.4.0.0/24", "10.5.0.0/24") == (
        "- **does not come up** (10.1.0.0/24 to 192.168.2.0/24, 10.2.0.0/24 to 192.168.2.0/24, "
        f"10.3.0.0/24 to 192.168.2.0/24 and 2 more): {said}"
    )


def test_many_tunnels_stay_short() -> None:
    many = [replace(tried(GOOD), ends=(f"hq{number}", f"branch{number}")) for number in range(100)]
    text = markdown.render(told(decide(trial(*many), (), (), Settings())))
    assert text.startswith("## ✔ Gate passed: all 100 tunnels survive this change\n")
    assert "\n75 more stand in gate.json.\n" in text
    assert len(text.splitlines()) < 40


def test_markup_in_a_name_stays_text() -> None:
    evil = replace(tried(DOWN), ends=("<script>", "a|b"))
    text = markdown.render(told(decide(trial(evil), (), (), Settings())))
    assert "<script>" not in text
    assert "a\\|b" in text


def test_junit_counts_what_fails() -> None:
    after = (judgement(Verdict.BROKEN, DPD),)
    text = junit.render(told(decide(trial(tried(NEVER)), HEALTHY, after, Settings())))
    SCHEMA.assertValid(etree.fromstring(text.encode()))
    root = ET.fromstring(text)
    assert {name: root.get(name) for name in ("failures", "errors", "skipped")} == {
        "failures": "2", "errors": "0", "skipped": "0",
    }  # fmt: skip
    (failure, audit) = root.iter("failure")
    assert failure.get("message") == ("no packet passes within 15m; keepalives at both ends are what notices the loss")
    assert audit.get("message") == "the audit calls it broken, and it was healthy"
    (error,) = ET.fromstring(
        junit.render(told(decide(Trial(problems=(Problem("hq", PROBLEM),)), (), (), Settings())))
    ).iter("error")
    assert error.get("message") == PROBLEM


def test_the_table_fits_the_screen() -> None:
    gate = decide(trial(tried(DOWN)), HEALTHY, (judgement(Verdict.BROKEN, DPD),), Settings())
    lines = [line.text for line in table.lines(told(gate), 80, "reports/latest/gate.md")]
    assert max(map(len, lines)) <= 80
    assert lines[1] == "gate FAILED: the tunnel would not survive this change"
    assert "hq-branch  FAIL" in lines
    assert "hq-branch: the audit calls it broken, and it was healthy" in lines
    assert lines[-1] == "for the merge request: reports/latest/gate.md"


def test_the_screen_has_the_first_problems() -> None:
    problems = tuple(Problem("hq", f"candidate/hq.cfg line {number}: no", number) for number in range(300))
    lines = [line.text for line in table.lines(told(decide(Trial(problems=problems), (), (), Settings())), 80, "x.md")]
    assert lines[3:5] == ["candidate/hq.cfg line 0: no", "candidate/hq.cfg line 1: no"]
    assert lines[22:24] == ["candidate/hq.cfg line 19: no", "and 280 more problems"]


def test_the_document_is_json() -> None:
    made = told(decide(trial(tried(NEVER)), HEALTHY, HEALTHY, Settings()))
    assert json.loads(document.render(made)) == made
    assert (made["passed"], made["summary"]["fail"], made["run"]["seconds"]) == (False, 1, 4.2)
