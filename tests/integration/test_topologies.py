# SPDX-License-Identifier: GPL-3.0-or-later
"""The remediation on what real sites look like: failover pairs, contexts, in-band management, many spokes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from lab.testing import RunningLab, running_lab
from tests.integration.playbooks import ROOT, Playbooks, Run, harmful, playbooks
from tests.integration.test_audit import SCHEMA
from tests.integration.test_remediate import BRANCH_CLEAR, HQ_CLEAR, clears

QUICK = {"remediate_soak": 0, "remediate_verify_interval": 3, "remediate_verify_timeout": 12}


def mend(books: Playbooks, tunnel: str, *flags: str, **variables: Any) -> Run:
    return books.run("remediate", *flags, **{"tunnel": tunnel, "confirm": tunnel, **QUICK, **variables})


def outcome(run: Run) -> tuple[int, str]:
    return run.code, str(run.latest["run"]["outcome"])


def works(lab: RunningLab) -> list[tuple[str, bool]]:
    """Each two devices that are peers, and whether packets pass between them, by the lab's own word."""
    return [("-".join(pair["ends"]), pair["passes"]) for pair in lab.status()["truth"]["pairs"]]


def effects(lab: RunningLab) -> list[tuple[str, str, dict[str, int]]]:
    """Every clear that was carried out: where, in which context, and the pairs of SAs that went."""
    return [(each["device"], each["context"], each["effect"]["pairs"]) for each in lab.status()["truth"]["cleared"]]


# --- failover --------------------------------------------------------------------------------------------------------

UNITS = {"tunnelmend_hosts": "hq-a:hq-b:branch"}


def test_a_standby_unit_alone_is_refused_and_a_switch_during_the_run_is_followed(tmp_path: Path) -> None:
    with running_lab("failover", dir=tmp_path / "lab", fault="deletion-retry") as lab:
        books = playbooks(lab, tmp_path / "reports")
        run = mend(books, "hq-b-branch", tunnelmend_hosts="hq-b:branch")
        assert outcome(run) == (2, "aborted_gate:standby"), run.screen
        assert (
            "Gate standby: hq-b is the standby unit of its pair, and its SAs are copies. Look at 'show failover' on "
            "both units. Set ansible_host to the active address, or give the inventory the other unit, too" in run.words
        )
        assert harmful(lab) == []

        lab.when("after the first clear at hq-a: fault failover")
        run = mend(books, "hq-a-branch", **UNITS)
        assert outcome(run) == (0, "healed"), run.screen
        assert "hq-a's failover pair had switched over to hq-b." in run.words
        assert clears(lab) == [("hq-a", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
        assert works(lab) == [("hq-b-branch", True)]

        # The other way round, and before the first clear: the login stands, on a unit that is on standby by then.
        lab.advance("1m")
        lab.fault("deletion-retry", "hq")
        lab.when("before the first ping outside 203.0.113.1 at hq-b: fault failover")
        run = mend(books, "hq-b-branch", **UNITS, remediate_cool_down=0)
        assert outcome(run) == (2, "aborted_gate:changed"), run.screen
        assert "Nothing was cleared. hq-b shows inbound 0x" in run.words
        assert "something renegotiated meanwhile. Audit again." in run.words
        assert len(clears(lab)) == 2
        # The data path of the other unit never had the fault.
        assert works(lab) == [("hq-a-branch", True)]


def test_the_unit_that_is_active_is_found_whichever_it_is_and_the_standby_unit_is_not_cleared(tmp_path: Path) -> None:
    with running_lab("failover-stateless", dir=tmp_path / "lab") as lab:
        books = playbooks(lab, tmp_path / "reports")
        assert lab.failover("hq") == "hq-b"
        lab.advance("2m")
        lab.fault("deletion-retry", "hq")
        run = mend(books, "hq-a-branch", **UNITS)
        assert run.code == 2, run.screen
        assert (
            "no tunnel is called 'hq-a-branch'. Did you mean hq-b-branch? Tunnels found: hq-b-branch. hq-a is the "
            "standby unit of its pair now, and its tunnels go by the name of the active one." in run.words
        )
        # Between the audit and the clear the pair switches: the SAs that the plan was made for are gone with it.
        lab.when("before the first ping outside 203.0.113.1 at hq-b: fault failover")
        run = mend(books, "hq-b-branch", **UNITS)
        assert outcome(run) == (2, "aborted_gate:changed"), run.screen
        assert "Nothing was cleared. hq-b shows " in run.words
        assert "Audit again. hq-b's failover pair had switched over to hq-a." in run.words
        assert clears(lab) == []


# --- contexts --------------------------------------------------------------------------------------------------------


def test_a_tunnel_in_a_context_is_mended_there_and_nothing_is_typed_elsewhere(tmp_path: Path) -> None:
    with running_lab("contexts", dir=tmp_path / "lab") as lab:
        lab.fault("deletion-retry", "hq/vpn1")
        books = playbooks(lab, tmp_path / "reports")
        run = mend(books, "hq-branch")
        assert outcome(run) == (0, "healed"), run.screen
        assert effects(lab)[0] == ("hq", "vpn1", {"203.0.113.1": 1})
        assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
        assert works(lab) == [("hq/vpn1-branch", True)]
        typed = {each["line"] for each in lab.record("hq") if each["context"] != "vpn1" and each["mode"] != "password"}
        assert typed <= {
            "",
            "enable",
            "show curpriv",
            "terminal pager 0",
            "show pager",
            "changeto context vpn1",
            "show context",
            "show mode",
        }


# --- through the tunnel itself ---------------------------------------------------------------------------------------


def two_networks(folder: Path) -> str:
    """The site in-band with one more network at each end, whose SA comes first: it is the one that a fault breaks."""
    shutil.copytree(ROOT / "lab" / "sites" / "in-band", folder)
    networks = {"hq": ("10.10.1.0", "10.10.2.0", "192.168.1.2"), "branch": ("10.10.2.0", "10.10.1.0", "192.168.2.2")}
    for name, (here, there, router) in networks.items():
        path = folder / f"{name}.cfg"
        mask = "255.255.255.0"
        lines = (
            f"access-list outside_cryptomap_10 extended permit ip {here} {mask} {there} {mask}\n"
            f"route inside {here} {mask} {router} 1\npager lines 24"
        )
        path.write_text(path.read_text(encoding="utf-8").replace("pager lines 24", lines), encoding="utf-8")
    site = yaml.safe_load((folder / "site.yml").read_text(encoding="utf-8"))
    site["flows"].insert(0, {"from": "10.10.1.10", "to": "10.10.2.10", "every": "1s", "answered": True})
    (folder / "site.yml").write_text(yaml.safe_dump(site, sort_keys=False), encoding="utf-8")
    return str(folder)


def test_an_end_reached_through_the_tunnel_is_refused_and_mended_first_where_that_is_allowed(tmp_path: Path) -> None:
    with running_lab(two_networks(tmp_path / "site"), dir=tmp_path / "lab") as lab:
        lab.fault("deletion-retry", "hq")
        books = playbooks(lab, tmp_path / "reports")
        run = mend(books, "hq-branch")
        assert outcome(run) == (2, "aborted_gate:in-band"), run.screen
        assert "Gate in-band: branch is reached by way of 192.168.2.1 (management-access inside)" in run.words
        assert "Give it an address beside the tunnel (asa_oob_host), or use its console" in run.words
        assert harmful(lab) == []

        run = mend(books, "hq-branch", remediate_allow_in_band=True, remediate_verify_timeout=60)
        assert outcome(run) == (0, "healed"), run.screen
        assert "1. branch clear crypto ipsec sa peer 198.51.100.1 (first: branch is reached through this" in run.words
        assert "In-band branch: " in run.words
        assert clears(lab) == [("branch", BRANCH_CLEAR), ("hq", HQ_CLEAR)]
        assert works(lab) == [("hq-branch", True)]


def test_a_device_behind_a_dead_tunnel_is_told_as_such(tmp_path: Path) -> None:
    with running_lab("in-band", dir=tmp_path / "lab", fault="deletion-retry") as lab:
        books = playbooks(lab, tmp_path / "reports")
        run = mend(books, "hq-branch", ansible_connect_timeout=5)
        assert outcome(run) == (2, "aborted_gate:unread"), run.screen
        assert (
            "branch is reached at 192.168.2.1, which lies in 192.168.2.0/24 behind the tunnel of hq to 203.0.113.1: "
            "while that is down, this way is closed. Give branch an address beside the tunnel (asa_oob_host), or use "
            "its console. To clear the end that was read alone, which may not suffice: -e tunnel=hq-203.0.113.1 -e "
            "remediate_one_sided=hq." in run.words
        )
        assert harmful(lab) == []


def test_a_way_beside_the_tunnel_is_the_one_that_is_read_and_cleared_by(tmp_path: Path) -> None:
    with running_lab("in-band-oob", dir=tmp_path / "lab", fault="deletion-retry") as lab:
        run = mend(playbooks(lab, tmp_path / "reports"), "hq-branch")
        assert outcome(run) == (0, "healed"), run.screen
        assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
        assert works(lab) == [("hq-branch", True)]


# --- one end alone ---------------------------------------------------------------------------------------------------


def test_one_end_alone_is_cleared_and_what_that_proves_is_told(tmp_path: Path) -> None:
    with running_lab(dir=tmp_path / "lab", fault="deletion-retry") as lab:
        books = playbooks(lab, tmp_path / "reports")
        lab.quirk("branch", "refuse-login")
        run = mend(books, "hq-branch", remediate_one_sided="hq")
        assert outcome(run) == (2, "aborted_gate:unread"), run.screen
        assert (
            "To clear the end that was read alone, which may not suffice: -e tunnel=hq-203.0.113.1 -e "
            "remediate_one_sided=hq." in run.words
        )
        assert harmful(lab) == []

        run = mend(books, "hq-203.0.113.1", remediate_one_sided="hq")
        assert outcome(run) == (0, "healed"), run.screen
        assert f"1. hq {HQ_CLEAR} (the only one: one-sided, as asked)" in run.words
        assert "Left alone 203.0.113.1 is not cleared. hq tells it that its SAs are gone, but over IKEv1" in run.words
        assert (
            "new SPIs at hq, in use in two readings, counting both ways. 203.0.113.1 was neither cleared nor read: "
            "packets that come back show that it uses the new SAs, and nothing shows whether it keeps old ones "
            "besides." in run.words
        )
        assert "? mirrored in two readings 203.0.113.1 was not read: judged from hq's end alone" in run.words
        assert "yes IKE up at hq hq MM_ACTIVE" in run.words
        assert "declared foreign" not in run.words
        assert clears(lab) == [("hq", HQ_CLEAR)]
        assert works(lab) == [("hq-branch", True)]


def test_what_one_end_alone_does_not_mend_is_not_called_healed(tmp_path: Path) -> None:
    """Branch keeps an SA that no clear at hq takes away: its data path holds it."""
    with running_lab(dir=tmp_path / "lab") as lab:
        lab.fault("deletion-retry", "branch")
        books = playbooks(lab, tmp_path / "reports")
        lab.quirk("branch", "refuse-login")
        run = mend(books, "hq-203.0.113.1", remediate_one_sided="hq")
        (told,) = works(lab)
        assert outcome(run) == ((0, "healed") if told[1] else (2, "not_healed")), run.screen
        assert clears(lab) == [("hq", HQ_CLEAR)]


# --- many at once ----------------------------------------------------------------------------------------------------


def test_broken_tunnels_are_mended_one_at_a_time_as_far_as_the_limit_goes(tmp_path: Path) -> None:
    with running_lab("hub:4", dir=tmp_path / "lab") as lab:
        lab.fault("deletion-retry", "spoke1")
        lab.fault("deletion-retry", "spoke3")
        books = playbooks(lab, tmp_path / "reports")
        run = mend(books, "all-broken", confirm="")
        assert outcome(run) == (2, "aborted_gate:confirmation"), run.screen
        assert "nobody confirmed; the plan is for all-broken. Nothing was sent. Run it again with -e" in run.words
        assert harmful(lab) == []
        lines = (books.reports / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
        assert [(each["tunnel"], each["decision"], each["gate"], each["text"]) for each in map(json.loads, lines)] == [
            ("hub-spoke1", "planned", "", "nothing was sent. To carry it out: -e confirm=hub-spoke1"),
            ("hub-spoke3", "planned", "", "nothing was sent. To carry it out: -e confirm=hub-spoke3"),
            ("all-broken", "refused", "confirmation", run.latest["run"]["outcome_text"]),
        ]

        run = mend(books, "all-broken")
        assert outcome(run) == (2, "aborted_gate:blast-radius"), run.screen
        assert (
            "NOT TRIED: hub-spoke3: this run has acted on 1 tunnel, and 1 is its limit. Look for what they have in "
            "common first. Then raise remediate_max_tunnels (one run) or remediate_max_per_day" in run.words
        )
        assert clears(lab) == [("spoke1", BRANCH_CLEAR), ("hub", HQ_CLEAR)]
        assert dict(works(lab))["hub-spoke1"] is True
        assert dict(works(lab))["hub-spoke3"] is False

        lab.fault("deletion-retry", "spoke1")
        lab.fault("undeletable-sa", "spoke2")
        run = mend(books, "all-broken", remediate_max_tunnels=5, remediate_cool_down=0)
        assert outcome(run) == (2, "not_healed"), run.screen
        assert "3 of 3: healed 2, not healed 1" in run.words
        for words in ("0 of 3: nothing yet, next hub-spoke1", "1 of 3: healed 1, next hub-spoke2"):
            assert words in run.words
        # None of them is begun before the one before it is proven.
        begun = [device for device, _ in clears(lab)[2:]]
        assert begun == ["spoke1", "hub", "spoke2", "hub", "spoke3", "hub"]
        assert dict(works(lab)) == {
            "hub-spoke1": True,
            "hub-spoke2": False,
            "hub-spoke3": True,
            "hub-spoke4": True,
        }
        told = run.latest["run"]["outcome_text"]
        parts = dict(re.findall(r"(hub-spoke\d) \w+ \((\S+)\)", told))
        assert sorted(parts) == ["hub-spoke1", "hub-spoke2", "hub-spoke3"]
        for name, folder in parts.items():
            report = json.loads((books.reports / folder / "report.json").read_text(encoding="utf-8"))
            jsonschema.validate(report, SCHEMA)
            assert report["run"]["outcome"] == ("not_healed" if name == "hub-spoke2" else "healed")
            assert [each["device"] for each in report["plan"]["ends"]] == [name.removeprefix("hub-"), "hub"]
            assert (books.reports / folder / "timeline.json").exists()
            assert (books.reports / folder / "journal.jsonl").exists()
        jsonschema.validate(run.latest, SCHEMA)
        advice = {each["name"]: each["next_action"] for each in run.latest["tunnels"]}
        assert advice["hub-spoke2"].startswith(f"read {parts['hub-spoke2']}: a second clear will not do what this")


# --- other faults ----------------------------------------------------------------------------------------------------


def test_an_sa_whose_volume_is_used_up_is_mended(tmp_path: Path) -> None:
    with running_lab("modern-9x", dir=tmp_path / "lab") as lab:
        lab.fault("kb-lifetime-zero", "east")
        run = mend(playbooks(lab, tmp_path / "reports"), "east-west")
        assert outcome(run) == (0, "healed"), run.screen
        assert "Because kb-lifetime-zero" in run.words
        assert works(lab) == [("east-west", True)]


def test_an_sa_that_no_clear_frees_is_not_healed_and_the_evidence_is_for_support(tmp_path: Path) -> None:
    with running_lab(dir=tmp_path / "lab", fault="undeletable-sa") as lab:
        run = mend(playbooks(lab, tmp_path / "reports"), "hq-branch")
        assert outcome(run) == (2, "not_healed"), run.screen
        assert "hq-branch is not healed after 12 s: " in run.words
        assert "NO SPIs new at both ends" in run.words
        assert "do not reload a device yet: a reload destroys what Cisco's support needs" in run.words
        assert "send them the whole of " in run.words
        assert "a second clear will not do what this one did not" in run.words
        assert clears(lab) == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
        assert works(lab) == [("hq-branch", False)]
        sealed = json.loads((run.reports / "latest" / "evidence" / "manifest.json").read_text(encoding="utf-8"))
        assert {each["device"] for each in sealed["files"]} == {"hq", "branch"}


def test_a_data_path_that_encrypts_nothing_is_not_called_healthy_once_there_was_traffic(tmp_path: Path) -> None:
    with running_lab(dir=tmp_path / "lab", fault="dead-asp-context") as lab:
        books = playbooks(lab, tmp_path / "reports")
        run = books.audit(audit_stimulus=True)
        assert run.code == 2, run.screen
        assert "BROKEN hq-branch" in run.words
        assert "answers - hq: decaps +5 encaps +0" in run.words
        # Nothing of it tells which it is, so nothing is cleared: the order to look in is told.
        run = mend(books, "hq-branch", collect_stimulus=True)
        assert outcome(run) == (2, "aborted_gate:cause"), run.screen
        assert harmful_but_pings(lab) == []

        # Without traffic nobody knows.
        run = mend(books, "hq-branch")
        assert outcome(run) == (0, "no_change"), run.screen
        assert (
            "No end was seen to count packets both ways between the readings: SAs that fit are no proof that traffic "
            "passes. -e collect_stimulus=true makes some." in run.words
        )


def harmful_but_pings(lab: RunningLab) -> list[str]:
    return [line for line in harmful(lab) if ": ping " not in line]
