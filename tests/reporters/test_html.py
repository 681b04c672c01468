# SPDX-License-Identifier: GPL-3.0-or-later
"""``report.html``: both arrows in the right state, words beside every colour, nothing fetched and nothing run."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree, html

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import RuleNote
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import document
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.html import DETAILED, render
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge
from tests.build import config_tunnel, hq_config
from tests.reporters import samples

PFS = {"pfs": "group5", "lines": ("crypto map outside_map 10 set pfs group5",)}


def page(told: dict[str, Any]) -> html.HtmlElement:
    return html.document_fromstring(render(told))


def wires(root: html.HtmlElement) -> list[tuple[str, str, str]]:
    return [(each.get("data-from"), each.get("data-to"), each.get("data-state")) for each in root.find_class("wire")]


def text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.mark.parametrize(
    ("judgement", "states"),
    [
        (samples.BROKEN, ["dead", "dead"]),
        (samples.HALF_BROKEN, ["dead", "accepted"]),
        (samples.HEALTHY, ["accepted", "accepted"]),
        (samples.UNKNOWN, ["unknown", "unknown"]),
        (samples.FOREIGN, ["unknown", "unknown"]),
    ],
    ids=["broken", "half", "healthy", "unknown", "foreign"],
)
def test_each_direction_is_drawn_in_its_state(judgement: Any, states: list[str]) -> None:
    drawn = wires(page(document(samples.audit(judgement))))
    assert [state for _, _, state in drawn] == states
    assert drawn[0][0] == drawn[1][1] == "hq"


def test_an_arrow_that_is_accepted_but_loses_all_is_told_apart() -> None:
    judgement = replace(samples.HEALTHY, tunnel=samples.tunnel(samples.MATCH, (12, 12), (12, 0)))
    root = page(document(samples.audit(judgement)))
    assert [state for _, _, state in wires(root)] == ["lost", "accepted"]
    assert "yet nothing arrives" in text(root.find_class("lost")[0])


def test_a_dead_arrow_says_who_lacks_which_spi(broken: dict[str, Any]) -> None:
    root = page(broken)
    first = root.find_class("wire")[0]
    assert "hq sends on 0xA2280726" in text(first)
    assert "✕ branch does not have 0xA2280726" in text(first)
    label = first.find("svg").get("aria-label")
    assert label == "hq to branch on 0xA2280726: refused. branch does not have 0xA2280726"


def test_the_cause_comes_before_everything_else_on_the_tunnel(broken: dict[str, Any]) -> None:
    section = page(broken).get_element_by_id("tunnel-hq-branch")
    told = text(section)
    assert told.startswith("broken hq-branch Neither end accepts the SPI the other sends on")
    assert told.index("Neither end") < told.index("hq sends on") < told.index("spi-mirror-mismatch")


def test_fix_lines_stand_alone_to_be_copied(broken: dict[str, Any]) -> None:
    blocks = [block.text_content() for block in page(broken).iter("pre")]
    assert "tunnel-group 203.0.113.2 ipsec-attributes\n isakmp keepalive threshold 10 retry 2" in blocks


def test_a_clear_is_not_offered_for_the_clipboard(broken: dict[str, Any]) -> None:
    """The page is forwarded to people who have one end's console open."""
    whole = page(broken)
    assert not [block for block in whole.iter("pre") if block.text_content().startswith("clear ")]
    told = " ".join(text(each) for each in whole.iter("p"))
    assert "Not for pasting: one end alone mends nothing." in told
    assert "clear crypto ipsec sa peer 198.51.100.1" in told


def test_passes_are_counted_behind_a_click(broken: dict[str, Any]) -> None:
    summaries = [text(each) for each in page(broken).iter("summary")]
    assert "2 checks passed" in summaries
    assert "1 cannot be verified or waived" in summaries


def test_evidence_is_a_link_into_the_runs_folder(broken: dict[str, Any]) -> None:
    links = [each.get("href") for each in page(broken).iter("a")]
    assert "evidence/hq/show_crypto_ipsec_sa.txt" in links


def test_a_stuck_counter_is_marked(broken: dict[str, Any]) -> None:
    assert [text(each) for each in page(broken).find_class("stuck")] == ["+0", "+0"]


def test_several_tunnels_begin_with_an_overview_that_links(several: dict[str, Any]) -> None:
    root = page(several)
    rows = root.find_class("overview")[0].findall("tbody/tr")
    assert len(rows) == 8
    assert text(rows[0]).startswith("broken hq-branch")
    for link in root.find_class("overview")[0].iter("a"):
        assert root.get_element_by_id(link.get("href").removeprefix("#")) is not None


def test_an_unreadable_device_is_said_before_any_tunnel(several: dict[str, Any]) -> None:
    told = text(page(several).find("body"))
    assert told.index("depot was not read") < told.index("Tunnels")


def part(root: html.HtmlElement, name: str) -> html.HtmlElement:
    return root.get_element_by_id(name)


def test_a_remediation_has_the_five_parts_of_the_screen_in_order(remediation: dict[str, Any]) -> None:
    root = page(remediation)
    (parts,) = root.find_class("parts")
    assert [each.get("id") for each in parts.findall("section")] == ["now", "plan", "doing", "proof", "next"]
    assert [state for _, _, state in wires(part(root, "now"))] == ["dead", "dead"]
    assert [state for _, _, state in wires(part(root, "proof"))] == ["accepted", "accepted"]
    assert text(part(root, "now").find("h3")) == "Now, before anything was sent as read at 02:30:32 broken"
    assert text(part(root, "next")) == ("Next ansible-playbook playbooks/harden.yml -e tunnel=hq-branch")
    assert text(root.find_class("healed")[0]) == "healed"


def test_the_plan_is_told_whole(remediation: dict[str, Any]) -> None:
    plan = part(page(remediation), "plan")
    assert [text(each) for each in plan.find_class("plan")[0].iter("li")] == [
        "branch clear crypto ipsec sa peer 198.51.100.1first: it sends on an SPI that hq does not have",
        "hq clear crypto ipsec sa peer 203.0.113.2second: at once",
    ]
    assert [(text(name), text(name.getnext())) for name in plan.iter("dt")] == [
        ("Interrupts", "every connection through hq-branch, for seconds"),
        ("Proof", "IKE up at both ends; SPIs new, mirrored and counting"),
        ("On failure", "nothing is repeated"),
        ("To stop it", "Ctrl-C, once"),
    ]
    assert "Know: CSCsd48512 fits 7.2(5)" in text(plan)
    assert text(plan.find(".//details")) == (
        "When this does not helpclear the IKE SA of this peernever reload both ends"
    )


def test_both_ends_stand_on_one_time_line_with_the_clears_marked(remediation: dict[str, Any]) -> None:
    doing = part(page(remediation), "doing")
    assert [text(each) for each in doing.find_class("heads")[0]] == ["hq", "since the clear", "branch"]
    earlier, now = doing.find_class("rows")
    assert [(each.get("class"), text(each)) for each in earlier] == [
        (
            "event log left",
            "?hq: %ASA-5-713119: PHASE 1 COMPLETED its own clock: Jun 1 2009 03:30:01, its place is not known",
        ),
        ("event log right", "-8m 20sbranch: %ASA-4-402114: old its own clock: Jun 1 2009 02:22:24"),
    ]
    assert [(each.get("class"), text(each)) for each in now] == [
        ("event reading left", "-9.0 shq: sends on 0xA2280726, accepts 0x4E1F3B77"),
        ("event command clears right", "+0.0 sbranch: clear crypto ipsec sa peer 198.51.100.1 done"),
        ("event command clears left", "+0.8 shq: clear crypto ipsec sa peer 203.0.113.2 done"),
        (
            "event log left",
            "0 ±0.6 shq: %ASA-5-713050: Connection terminated%ASA-6-602304: IPSEC: An outbound SA has been deleted. "
            "its own clock: x",
        ),
        ("event controller middle", "+20.0 scontroller: not yet no SA has come up yet"),
    ]
    assert (
        "hq's clock (CEST) is 3601.0 s ahead of the controller's, and moved by +1.0 s during the run. "
        "3 older lines of branch's log are left out. All of it: timeline.json; what was read, with its sums: "
        "evidence/manifest.json."
    ) in text(doing)


def test_the_proof_has_each_condition_with_its_value_and_a_word_beside_its_mark(remediation: dict[str, Any]) -> None:
    told = [text(each) for each in part(page(remediation), "proof").find_class("proof")[0]]
    assert told == [
        "✓ IKE up at both ends: yes. hq MM_ACTIVE, branch MM_ACTIVE",
        "✓ SPIs new at both ends: yes. hq 0x5D00A911, branch 0x1C7F22E0",
        "✓ mirrored in two readings: yes. 1 pair of networks",
        "✓ counting both ways: yes. hq sent 5, hq received 5, branch sent 5, branch received 5",
    ]


def test_a_refusal_says_why_and_how_to_lift_it() -> None:
    root = page(document(samples.refused()))
    assert text(root.find_class("notice")[0]) == (
        "refused: cool-downhq-branch was cleared 3 minutes ago. Wait until 02:37, or find the cause first."
    )
    (parts,) = root.find_class("parts")
    assert [each.get("id") for each in parts.findall("section")] == ["now", "doing", "next"]
    assert text(part(root, "doing")) == "DoingNothing that changes anything was sent to a device."
    assert text(part(root, "next")) == "NextWait until 02:37, or find the cause first."


def test_many_matching_pairs_wait_behind_a_click() -> None:
    told = document(samples.audit(samples.HEALTHY))
    arrows = told["tunnels"][0]["arrows"]
    told["tunnels"][0]["arrows"] = [
        {**arrow, side: f"10.9.{number}.0/24"}
        for number in range(5)
        for arrow, side in zip(arrows, ("source", "destination"), strict=True)
    ]
    told["tunnels"][0]["arrows"][0]["accepted"] = False
    root = page(told)
    hidden = [each for each in root.iter("details") if "accepted both ways" in text(each.find("summary"))]
    assert len(hidden) == 1
    assert len(hidden[0].find_class("picture")) == 4


def test_nothing_is_fetched_and_nothing_runs_but_the_pages_own_script(any_document: dict[str, Any]) -> None:
    told = render(any_document)
    root = html.document_fromstring(told)
    assert not list(root.iter("link", "img", "iframe", "object", "embed"))
    (script,) = root.iter("script")
    assert not script.attrib
    allowed = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    assert f"script-src 'sha256-{allowed}'" in root.xpath("//meta[@http-equiv]/@content")[0]
    assert not root.xpath("//@*[starts-with(name(), 'on')]")
    assert not root.xpath("//@href[contains(., ':')]")
    assert not re.search(r"url\(|@import", told)
    assert "default-src 'none'" in root.xpath("//meta[@http-equiv]/@content")[0]


def test_hostile_text_is_shown_and_not_obeyed(hostile: dict[str, Any]) -> None:
    told = render(hostile)
    assert told.count("<script") == 1
    assert "alert(1)" not in told[told.index("<script") :]
    assert "&lt;script&gt;alert(1)" in told
    assert "{{ 7*7 }}" in told
    links = html.document_fromstring(told).xpath("//@href")
    assert "evidence/hq/a%20b.txt" in links
    assert not [link for link in links if "secret" in link or "javascript" in link]


def test_the_markup_is_well_formed(any_document: dict[str, Any]) -> None:
    parser = etree.HTMLParser(recover=False)
    # libxml2 knows HTML 4 alone; what HTML 5 and SVG added is not an error.
    with contextlib.suppress(etree.XMLSyntaxError):
        etree.fromstring(render(any_document).encode(), parser)
    complaints = [str(each) for each in parser.error_log if "Tag " not in each.message]
    assert complaints == []


def test_a_screen_reader_finds_its_way(any_document: dict[str, Any]) -> None:
    root = page(any_document)
    assert root.get("lang") == "en"
    assert [len(root.findall(f".//{tag}")) for tag in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]
    assert all(svg.get("aria-label") for svg in root.xpath("//svg[@role='img']"))
    assert not root.xpath("//svg[not(@role) and not(@aria-hidden) and not(ancestor::svg)]")
    assert all(table.findall("thead//th") for table in root.iter("table"))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_a_failing_setting_is_marked_at_both_ends_and_in_the_lines() -> None:
    root = page(document(samples.audit(judge(config_tunnel(hq_config(map_changes=PFS)), rules.load()))))
    (row,) = [each for each in root.find_class("blamed") if text(each).startswith("PFS group")]
    assert text(row).startswith("PFS groupgroup5not setpfs-mismatch")
    assert [text(each.getparent()) for each in root.iter("mark") if "set pfs" in text(each)] == [
        "crypto map outside_map 10 set pfs group5 ← pfs-mismatch, weak-dh, weak-pfs-missing"
    ]


def test_a_finding_links_to_what_both_ends_answered() -> None:
    judgement = judge(config_tunnel(hq_config(map_changes=PFS)), rules.load())
    command = "show running-config all crypto"
    report = samples.audit(
        judgement,
        rules={"pfs-mismatch": RuleNote("One PFS group", Group.MATCH, ("show running-config crypto",))},
        evidence={name: {command: f"evidence/{name}/1/crypto.txt", "show x": "x"} for name in ("hq", "branch", "z")},
    )
    (finding,) = [each for each in page(document(report)).find_class("finding") if "pfs-mismatch" in text(each)]
    assert [link.get("href") for link in finding.iter("a")] == [
        "evidence/hq/1/crypto.txt",
        "evidence/branch/1/crypto.txt",
    ]


def test_what_it_is_not_whether_it_comes_back_and_what_is_new(broken: dict[str, Any]) -> None:
    tunnel = broken["tunnels"][0]
    tunnel["ruled_out"], tunnel["recurrence"] = ["lost SAs: both ends have them"], ["nothing will notice it"]
    tunnel["change"] = {"before": "degraded", "new": ["spi-mirror-mismatch"], "still": [], "cleared": []}
    told = text(page(broken).get_element_by_id("tunnel-hq-branch"))
    assert "was degraded" in told
    assert "Since the audit before: new: spi-mirror-mismatch" in told
    assert "It may come back: nothing will notice it" in told
    assert "Ruled outlost SAs: both ends have them" in told


def test_beyond_some_number_healthy_tunnels_are_a_line_of_the_overview_alone() -> None:
    healthy = [samples.named(samples.HEALTHY, f"hq-site{number}") for number in range(DETAILED + 3)]
    root = page(document(samples.audit(samples.BROKEN, *healthy)))
    assert len(root.find_class("overview")[0].findall("tbody/tr")) == DETAILED + 4
    assert len(root.xpath("//details[contains(@class, 'card')]")) == DETAILED
    assert "4 healthy tunnels have no section of their own on this page" in text(root)
