# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan says besides its clears: what is waited for, the deeper rung, what is never run, the order in-band."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import CryptoMapEntry, End, Keepalive, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import UnsafeStepError, clear_ike_sa
from tests.build import BRANCH, HQ, at_hq, branch, branch_config, hq, hq_config, tunnel
from tests.test_plan import judged, mismatch, planned

IKE = "clear the IKE SA of this peer at both ends, too: run this again with -e remediate_ike=true"


def with_ike(**changes: object) -> Plan:
    found = plan(judged(mismatch(**changes)), {}, Settings(ike=True))
    assert found is not None
    return found


def of(end: End, text: str, *, ikev2: bool = False) -> str:
    version = Version(*(int(part) for part in text.split(".")))
    entry = replace(end.map_entry or CryptoMapEntry("M", 1), transform_sets=() if ikev2 else ("T",))
    entry = replace(entry, ikev2_proposals=("P",) if ikev2 else ())
    changed = replace(
        end, device=replace(end.device, version=version), map_entry=entry, first_ike=None, second_ike=None
    )
    return clear_ike_sa.command(changed)


# --- rung 0 ----------------------------------------------------------------------------------------------------------


def test_nothing_is_waited_for_when_time_mends_nothing() -> None:
    found = planned(mismatch())
    assert (found.wait, found.wait_reason) == (0.0, "")
    assert not any(line.startswith("0.") for line in found.lines)


def test_an_sa_that_expires_at_once_may_take_the_fault_with_it() -> None:
    found = planned(mismatch({"seconds": 90}, {"seconds": 28000}))
    assert found.wait == 95
    assert found.wait_reason == "an SA expires in 90 s, and what follows may mend the tunnel by itself"
    assert "0. wait    95 s: an SA expires in 90 s, and what follows may mend the tunnel by itself" in found.lines


def test_dead_peer_detection_gets_its_time_when_an_end_lost_its_sas() -> None:
    deaf = branch_config(keepalive=Keepalive(disabled=True))
    found = planned(tunnel(hq(at_hq()), branch(states=(), config=deaf)))
    assert (found.wait, found.wait_reason) == (21, "the dead peer detection of hq may notice it within 16 s")


def test_a_slow_dead_peer_detection_is_not_waited_for_to_its_end() -> None:
    slow = hq_config(keepalive=Keepalive(threshold=3600, retry=10))
    deaf = branch_config(keepalive=Keepalive(disabled=True))
    found = planned(tunnel(hq(at_hq(), config=slow), branch(states=(), config=deaf)))
    assert (found.wait, found.wait_reason) == (
        300, "the dead peer detection of hq may notice it within 3630 s; no more than 300 s are waited",
    )  # fmt: skip


# --- rung 2 ----------------------------------------------------------------------------------------------------------


def test_the_ike_sa_is_cleared_only_where_it_is_allowed() -> None:
    assert all(end.ike_clear is None for end in planned(mismatch()).ends)
    assert {end.device: end.ike_clear.commands for end in with_ike().ends if end.ike_clear} == {
        "hq": (f"vpn-sessiondb logoff ipaddress {BRANCH} noconfirm",),
        "branch": (f"vpn-sessiondb logoff ipaddress {HQ} noconfirm",),
    }


def test_the_plan_says_when_the_ike_sa_is_cleared() -> None:
    found = with_ike()
    first, second = (end.ike_clear for end in found.ends)
    assert first is not None
    assert second is not None
    said = [line for line in found.lines if "logoff" in line]
    why = "(only when the proof fails: the IKE SA too, which is made anew in full)"
    number = 2 + len(found.stimulus)
    assert said == [
        f"{number + 1}. {first.device:<8} {first.commands[0]}   {why}",
        f"{number + 2}. {second.device:<8} {second.commands[0]}   {why}",
    ]


@pytest.mark.parametrize(
    ("release", "ikev2", "command"),
    [
        ("7.2", False, f"vpn-sessiondb logoff ipaddress {BRANCH} noconfirm"),
        ("8.3", False, f"vpn-sessiondb logoff ipaddress {BRANCH} noconfirm"),
        ("8.4", False, f"clear crypto ikev1 sa {BRANCH}"),
        ("9.16", True, f"clear crypto ikev2 sa {BRANCH}"),
    ],
)
def test_the_command_fits_the_release_and_names_one_peer(release: str, ikev2: bool, command: str) -> None:
    assert of(tunnel().ends[0], release, ikev2=ikev2) == command


def test_without_a_peer_it_is_refused() -> None:
    with pytest.raises(UnsafeStepError, match="is not one literal address: without it the command would clear every"):
        clear_ike_sa.step(replace(tunnel().ends[0], peer_address=None))


def test_without_a_release_it_is_refused() -> None:
    end = tunnel().ends[0]
    with pytest.raises(UnsafeStepError) as caught:
        clear_ike_sa.step(replace(end, device=replace(end.device, version=None)))
    assert str(caught.value) == (
        f"the release of {end.name}, on which its command depends, was not read. Nothing was sent"
    )


# --- beyond ----------------------------------------------------------------------------------------------------------


def test_what_is_never_run_is_told_with_what_it_costs() -> None:
    words = planned(mismatch()).beyond
    assert words[0].startswith(IKE)
    assert any("EVERY tunnel on outside goes down, and what they protect may leave in clear" in each for each in words)
    assert words[-1] == (
        "for TAC before any reload of hq and branch: this run's folder, evidence/ with both readings of both ends, and "
        "journal.jsonl. A reload destroys what the device still shows"
    )


def test_the_rung_that_is_allowed_already_is_not_advised() -> None:
    assert not any(each.startswith(IKE) for each in with_ike().beyond)


# --- in-band and one-sided -------------------------------------------------------------------------------------------


def test_an_end_that_is_reached_through_the_tunnel_is_told_first_while_it_can_be() -> None:
    stale_hq = mismatch({"seconds": 9000}, {"seconds": 28000})
    found = plan(judged(stale_hq), {}, Settings(allow_in_band=True), in_band={"branch": "it is reached at 10.2.0.1"})
    assert found is not None
    assert [end.device for end in found.ends] == ["branch", "hq"]
    assert found.ends[0].in_band == "it is reached at 10.2.0.1"
    assert found.ends[0].reason == (
        "first: branch is reached through this tunnel, and only as long as it stands; hq keeps its own way and makes "
        "the tunnel anew"
    )
    assert (
        "In-band    branch: it is reached at 10.2.0.1. Its clear is sent without waiting for an answer" in found.lines
    )


def test_one_end_alone_is_cleared_only_when_it_is_named() -> None:
    found = plan(judged(mismatch()), {}, Settings(one_sided="hq"))
    assert found is not None
    assert [end.device for end in found.ends] == ["hq"]
    assert {step.device for step in found.stimulus} <= {"hq"}
    assert found.left_alone == (
        "branch is not cleared. hq tells it that its SAs are gone, but over IKEv1 nobody confirms that: if branch "
        "keeps the old ones, the tunnel stays broken until it, too, is cleared by whoever runs it"
    )
    assert found.proof == (
        "IKE up; SPIs new; traffic counted both ways at this end, which shows that the other end answers"
    )
