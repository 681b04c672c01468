# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tunnel does now, why, and what to do: the sick ones, and the healthy ones that look sick."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.results import left_alone
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    EARLIEST,
    LATEST,
    Device,
    IkeSettings,
    Judgement,
    Keepalive,
    Origin,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import stale_end
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge
from tests import build
from tests.build import BRANCH, at_branch, at_hq, branch, branch_config, hq, hq_config, log, tunnel

CLEAR = "clear on both ends: ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch"
RETRY = "IPSEC WARNING: inbound SA deletion retry, SPI 0x5F3759DF"
HARDEN = "ansible-playbook playbooks/harden.yml -e tunnel=hq-branch"
NOTICES = hq_config(ike_settings=IkeSettings(disconnect_notify=False))
OFF = Keepalive(disabled=True, origin=Origin.READ)


def judged(given: Tunnel) -> Judgement:
    return judge(given, rules.load())


def verdict(given: Tunnel) -> tuple[Verdict, str, str]:
    it = judged(given)
    return it.verdict, it.cause, it.next_action


def replaced(**changes: Any) -> Tunnel:
    """The incident: branch has rekeyed, hq still holds and uses the old pair."""
    old = at_hq(inbound=(0x5F3759DF,), outbound=(0xA2280726,), seconds=9000)
    return tunnel(hq(old, **changes), branch(at_branch(outbound=(0x1F,), seconds=28000)))


def test_a_healthy_tunnel() -> None:
    assert verdict(tunnel()) == (Verdict.HEALTHY, "each end accepts what the other sends", "nothing")


def test_the_incident_with_the_proof_in_the_log() -> None:
    assert verdict(replaced(log=(log(RETRY, spi=0x5F3759DF),))) == (
        Verdict.BROKEN,
        "hq still uses the SA (SPI 0xA2280726) that branch has replaced: the deletion of that SA failed in hq's data "
        "path; DPD cannot see it because the IKE SA is alive",
        CLEAR,
    )


def test_the_incident_without_a_log_goes_by_age() -> None:
    assert verdict(replaced()) == (
        Verdict.BROKEN,
        "hq still uses the SA (SPI 0xA2280726) that branch has replaced (hq's SAs are the older ones: 9000 s left "
        "against 28000 s at branch); DPD cannot see it because the IKE SA is alive",
        CLEAR,
    )


def test_one_end_lost_its_sas_and_dpd_is_off() -> None:
    left = hq(at_hq(), config=hq_config(keepalive=OFF))
    right = branch(config=branch_config(keepalive=OFF), states=[])
    assert verdict(tunnel(left, right)) == (
        Verdict.BROKEN,
        "hq keeps SAs that branch no longer has, and cannot notice because DPD is disabled on hq and branch",
        CLEAR,
    )


def test_one_end_lost_its_sas_and_ike_is_gone() -> None:
    _, cause, action = verdict(tunnel(hq(at_hq(), states=[]), branch(states=[])))
    assert (
        cause
        == "hq keeps SAs that branch no longer has, and cannot notice because there is no IKE SA for DPD to ride on"
    )
    assert action == CLEAR


def test_one_end_lost_its_sas_and_the_ike_sa_lives() -> None:
    _, cause, _ = verdict(tunnel(right=branch()))
    assert cause == "hq keeps SAs that branch no longer has; DPD cannot see it because the IKE SA is alive"


def test_half_a_match_is_broken() -> None:
    it, cause, action = verdict(tunnel(hq(at_hq(outbound=(0xA2280726,)))))
    assert it is Verdict.BROKEN
    assert cause.startswith("hq still uses the SA (SPI 0xA2280726) that branch has replaced (hq sends on")
    assert action == CLEAR


def test_one_broken_pair_of_identities_among_many_is_broken() -> None:
    good = [at_hq(remote=f"10.{n}.0.0/16", inbound=(n,), outbound=(n + 100,)) for n in range(3, 9)]
    echo = [at_branch(local=f"10.{n}.0.0/16", inbound=(n + 100,), outbound=(n,)) for n in range(3, 9)]
    given = tunnel(hq(at_hq(outbound=(0xC1,)), *good), branch(at_branch(), *echo))
    assert judged(given).verdict is Verdict.BROKEN


def test_a_used_up_volume_is_broken() -> None:
    it, _, action = verdict(tunnel(hq(at_hq(kilobytes=0))))
    assert (it, action) == (Verdict.BROKEN, CLEAR)


def test_traffic_that_makes_no_sa_is_broken_and_no_clear_helps() -> None:
    it, cause, action = verdict(tunnel(hq(), branch(), stimulated=True))
    assert it is Verdict.BROKEN
    assert cause.startswith("SAs at either end - none, though traffic was sent between the readings: ")
    assert action == "look at sa-missing-both: Traffic makes SAs"


def test_a_configuration_that_cannot_negotiate_is_broken_while_no_sa_is_up() -> None:
    given = tunnel(hq(config=hq_config(tunnel_groups={})), branch())
    assert verdict(given) == (
        Verdict.BROKEN,
        "tunnel-group - hq: none for 198.51.100.2 branch: 203.0.113.1 ipsec-l2l",
        "fix the configuration first: tunnel-group-missing",
    )


def test_the_same_configuration_only_degrades_a_tunnel_that_is_up() -> None:
    given = build.config_tunnel(hq_config(tunnel_groups={}))
    assert verdict(given) == (
        Verdict.DEGRADED,
        "works now, but the next negotiation will fail: "
        "tunnel-group - hq: none for 198.51.100.2 branch: 203.0.113.1 ipsec-l2l",
        "fix the configuration first: tunnel-group-missing",
    )


def test_a_clear_is_not_proposed_where_the_configuration_could_not_make_the_sas_again() -> None:
    given = tunnel(hq(at_hq(outbound=(0xC1,)), config=hq_config(tunnel_groups={})))
    it, cause, action = verdict(given)
    assert it is Verdict.BROKEN
    assert cause.startswith("hq still uses the SA (SPI 0x000000C1)")
    assert action == "fix the configuration first: tunnel-group-missing"


def test_pfs_at_one_end_degrades() -> None:
    it, cause, action = verdict(build.config_tunnel(hq_config(map_changes={"pfs": "group5"})))
    assert it is Verdict.DEGRADED
    assert "PFS group - hq: group5 branch: not set: works only while hq initiates" in cause
    assert action == f"fix the configuration: pfs-mismatch, by {HARDEN} -e harden_settings=pfs"


def test_growing_errors_degrade() -> None:
    it, _, action = verdict(tunnel(hq(at_hq(errors=9), then=[at_hq()])))
    assert (it, action) == (
        Verdict.DEGRADED,
        "look at send-recv-errors: Send and receive errors do not grow",
    )


@pytest.mark.parametrize(
    ("given", "cause", "action"),
    [
        (
            build.half_read(),
            "the SAs of branch were not read (connection timed out)",
            "look at branch, and audit again",
        ),
        (
            tunnel(build.once(hq(at_hq()))),
            "hq was read once: a comparison needs two readings",
            "look at hq, and audit again",
        ),
        (
            tunnel(hq(at_hq(outbound=(0xC1,)), then=[at_hq()])),
            "hq's SAs changed between the readings",
            "wait a minute, and audit again",
        ),
        (
            tunnel(hq(at_hq(outbound=(0xC1,), seconds=20))),
            "an SA of hq expires in 20 s",
            "wait a minute, and audit again",
        ),
        (
            tunnel(hq(at_hq(incomplete="cut off"))),
            "hq: cut off",
            "wait a minute, and audit again",
        ),
        (
            pair([hq(at_hq())])[0],
            "hq's peer 198.51.100.2 is no address of a device that was read; add it to the inventory, or declare it "
            "foreign",
            "no device that was read has 198.51.100.2: is it left out by --limit, missing in the inventory, or "
            "somebody else's (audit_foreign_peers)?",
        ),
    ],
    ids=["not read", "read once", "changed", "expiring", "cut off", "no inventory"],
)
def test_what_was_not_seen_is_unknown(given: Tunnel, cause: str, action: str) -> None:
    assert verdict(given) == (Verdict.UNKNOWN, cause, action)


def test_saved_outputs_of_unknown_moments_are_not_to_be_read_again() -> None:
    ends = [hq(at_hq()), branch(at_branch())]
    saved = [
        replace(end, readings=tuple(replace(each, started=EARLIEST, finished=LATEST) for each in end.readings))
        for end in ends
    ]
    assert verdict(tunnel(*saved)) == (
        Verdict.UNKNOWN,
        "no instant is proven to lie between both readings of both ends",
        "saved outputs of unknown moments prove no more than this: audit the devices themselves",
    )


def test_what_is_proven_broken_stays_broken_beside_what_is_unknown() -> None:
    lanes = {"remote": "10.3.0.0/16", "inbound": (0xA2,), "outbound": (0xC2,)}
    back = {"local": "10.3.0.0/16", "inbound": (0xB2,), "outbound": (0xA2,)}
    given = tunnel(hq(at_hq(incomplete="cut off"), at_hq(**lanes)), branch(at_branch(), at_branch(**back)))
    assert judged(given).verdict is Verdict.BROKEN


# --- healthy tunnels that look sick ---------------------------------------------------------------------------------


def test_a_rekey_in_progress_is_healthy() -> None:
    given = tunnel(
        hq(at_hq(inbound=(0xA1, 0xA2)), then=[at_hq()]),
        branch(at_branch(inbound=(0xB1, 0xB2), outbound=(0xA2,)), then=[at_branch()]),
    )
    assert verdict(given) == (
        Verdict.HEALTHY,
        "each end accepts what the other sends; a rekey is in progress or near",
        "nothing",
    )


def test_an_sa_near_its_end_is_healthy_while_the_spis_mirror() -> None:
    assert judged(tunnel(hq(at_hq(seconds=10)), branch(at_branch(seconds=10)))).verdict is Verdict.HEALTHY


def test_an_idle_tunnel_is_healthy() -> None:
    assert verdict(tunnel(hq(states=[]), branch(states=[]))) == (
        Verdict.HEALTHY,
        "idle: neither end has SAs, and traffic will make them",
        "nothing",
    )


def test_a_remediation_that_finds_an_idle_tunnel_does_not_say_that_it_works() -> None:
    assert left_alone(judged(tunnel(hq(states=[]), branch(states=[])))) == (
        "hq-branch is idle: neither end has SAs, so there is nothing to clear. Whether traffic makes them is not "
        "proven: send some through it, and if none passes, run the audit with -e audit_stimulus=true."
    )
    assert left_alone(judged(tunnel(hq(at_hq()), branch(at_branch())))) == (
        "hq-branch is healthy (each end accepts what the other sends): it was left alone."
    )


def test_a_tunnel_that_went_down_between_the_readings_is_not_idle() -> None:
    """DPD took its SAs away a moment ago, and IKE knocks in vain: the next reading knows more than this one."""
    gone: dict[str, Any] = {"states": ["MM_WAIT_MSG2"], "states_then": ["MM_ACTIVE"]}
    given = tunnel(hq(then=[at_hq()], **gone), branch(then=[at_branch()], **gone))
    assert verdict(given)[:2] == (Verdict.UNKNOWN, "hq's SAs changed between the readings")
    # An on-demand pair of identities that went idle says nothing of a tunnel that is up.
    other = at_hq(remote="10.3.0.0/16", inbound=(0xA2,), outbound=(0xC2,))
    assert judged(tunnel(hq(at_hq(), then=[at_hq(), other]), branch(at_branch()))).verdict is Verdict.HEALTHY


def test_counters_that_stand_still_are_healthy() -> None:
    assert judged(tunnel()).verdict is Verdict.HEALTHY


def test_one_end_holding_as_one_what_the_other_holds_as_two_is_healthy() -> None:
    halves = [at_branch(local="10.2.0.0/17"), at_branch(local="10.2.128.0/17", inbound=(0xB2,), outbound=(0xA2,))]
    assert judged(tunnel(hq(at_hq(inbound=(0xA1, 0xA2))), branch(*halves))).verdict is Verdict.HEALTHY


def test_a_pair_of_identities_without_traffic_is_healthy() -> None:
    acl = [(build.HQ_LAN, build.BRANCH_LAN), (build.HQ_LAN, "10.3.0.0/16")]
    given = build.config_tunnel(hq_config(acl=acl), branch_config(acl=[(b, a) for a, b in acl]))
    assert judged(given).verdict is Verdict.HEALTHY


def test_a_backup_peer_that_is_not_in_use_is_healthy() -> None:
    spare = build.device(
        "spare",
        build.config("198.51.100.66", build.HQ, local=build.BRANCH_LAN, remote=build.HQ_LAN),
        build.readings([], [], [], []),
    )
    both = judge_all([hq(at_hq(), config=hq_config([BRANCH, "198.51.100.66"])), branch(at_branch()), spare])
    assert [(each.tunnel.name, each.verdict) for each in both] == [
        ("hq-branch", Verdict.HEALTHY),
        ("hq-spare", Verdict.HEALTHY),
    ]


def test_a_hub_that_never_asks_is_healthy() -> None:
    infinite = Keepalive(infinite=True, origin=Origin.READ)
    assert verdict(build.config_tunnel(hq_config(keepalive=infinite)))[::2] == (Verdict.HEALTHY, "nothing")


def test_disabled_dpd_is_no_outage_and_is_worth_a_change() -> None:
    assert verdict(build.config_tunnel(hq_config(keepalive=OFF)))[::2] == (
        Verdict.HEALTHY,
        "remove what would break it: ansible-playbook playbooks/harden.yml -e tunnel=hq-branch",
    )


def test_an_unsaved_hardening_is_to_be_saved_and_a_dead_dpd_comes_first() -> None:
    running, off = hq(at_hq(), saved=hq_config(keepalive=OFF)), hq_config(keepalive=OFF)
    end = branch(at_branch(), saved=build.branch_config())
    assert verdict(tunnel(running, end))[::2] == (
        Verdict.HEALTHY,
        "save it: write memory at hq (it saves all else that is unsaved there, too)",
    )
    dead = hq(at_hq(), config=off, saved=hq_config())
    assert judged(tunnel(dead, end)).next_action.startswith("remove what would break it")


def test_a_line_of_the_whole_device_is_named_with_what_permits_it_and_comes_after_what_is_the_tunnels() -> None:
    given = tunnel(hq(at_hq(), config=NOTICES), branch(at_branch()))
    words = f"remove what would break it: {HARDEN}"
    assert judged(given).next_action == f"{words} -e harden_settings=disconnect-notify -e harden_shared=true"
    dead = replace(NOTICES, tunnel_groups=hq_config(keepalive=OFF).tunnel_groups)
    assert judged(tunnel(hq(at_hq(), config=dead), branch(at_branch()))).next_action == words


def test_the_command_is_named_for_what_it_mends_among_what_it_does_not() -> None:
    other = {"AES": build.TransformSet("AES", ("esp-3des", "esp-md5-hmac"))}
    given = build.config_tunnel(
        hq_config(map_changes={"pfs": "group5"}), branch_config(map_changes={"pfs": "group2"}, transform_sets=other)
    )
    assert judged(given).next_action == (
        "fix the configuration first: transform-no-overlap, pfs-mismatch; pfs-mismatch by "
        f"{HARDEN} -e harden_settings=pfs"
    )


def test_the_log_of_a_repaired_tunnel_is_history() -> None:
    given = tunnel(hq(at_hq(), log=(log(RETRY, spi=0x5F3759DF, peer=ip_address(BRANCH)),)))
    assert judged(given).verdict is Verdict.HEALTHY


# --- the cause among several, what it is not, and whether it comes back ----------------------------------------------


def test_the_cause_names_the_rule_and_what_it_rests_on() -> None:
    it = judged(replaced(log=(log(RETRY, spi=0x5F3759DF),)))
    assert it.cause_rule == "spi-mirror-mismatch"
    assert it.evidence == (
        "hq: 10.1.0.0/16 <-> 10.2.0.0/16: inbound 0x5F3759DF (1597463007), 9000 s left",
        "hq: 10.1.0.0/16 <-> 10.2.0.0/16: outbound 0xA2280726 (2720532262), current, 9000 s left",
        "branch: 10.2.0.0/16 <-> 10.1.0.0/16: inbound 0x000000B1 (177), 28000 s left",
        "branch: 10.2.0.0/16 <-> 10.1.0.0/16: outbound 0x0000001F (31), current, 28000 s left",
        "log - hq: an SA could not be deleted from the data path; it names an SA that is still in use",
        "10.1.0.0/16 <-> 10.2.0.0/16 - time left - hq: 9000 s branch: 28000 s: branch's are of a later negotiation",
    )


def test_when_the_other_end_deleted_the_sa_stands_in_its_log() -> None:
    old = at_hq(inbound=(0x5F3759DF,), outbound=(0xA2280726,), seconds=9000)
    deleted = log("deleted", 602304, spi=0xA2280726, time="Nov 20 2009 02:14:07")
    _, cause, _ = verdict(tunnel(hq(old), branch(at_branch(outbound=(0x1F,), seconds=28000), log=(deleted,))))
    assert cause.startswith("hq still uses the SA (SPI 0xA2280726) that branch deleted at Nov 20 2009 02:14:07 (")


def test_what_it_is_not() -> None:
    found = judged(replaced()).ruled_out
    assert "lost SAs: both ends have them" in found
    assert "a dead peer: the IKE SA is up at both ends" in found
    assert "the crypto access lists: they mirror each other" in found
    assert not any(words.startswith("an SPI mismatch") for words in found)


def test_a_healthy_tunnel_has_no_cause_and_nothing_to_rule_out() -> None:
    it = judged(tunnel())
    assert (it.cause_rule, it.evidence, it.ruled_out, it.recurrence) == ("", (), (), ())


def test_of_two_faults_the_one_that_the_negotiation_meets_first_is_the_cause() -> None:
    acl = {"acl": [(build.HQ_LAN, "10.9.0.0/16")]}
    both = hq_config(tunnel_groups={}, **acl)
    assert judged(tunnel(hq(config=both, states=[]), branch(states=[]))).cause_rule == "tunnel-group-missing"


def test_what_the_ike_sa_has_passed_is_not_the_cause_while_it_is_up() -> None:
    acl = {"acl": [(build.HQ_LAN, "10.9.0.0/16")]}
    both = hq_config(tunnel_groups={}, **acl)
    assert judged(tunnel(hq(config=both), branch())).cause_rule == "acl-not-mirrored"


def test_a_negotiation_that_stands_still_is_an_outage() -> None:
    it = judged(tunnel(hq(states=["MM_WAIT_MSG6"]), branch(states=["MM_WAIT_MSG5"])))
    assert (it.verdict, it.cause_rule) == (Verdict.BROKEN, "ike-state-not-up")
    assert it.cause.startswith("IKE state - hq: MM_WAIT_MSG6 branch: MM_WAIT_MSG5: ")


def test_a_negotiation_that_stands_still_explains_why_traffic_makes_no_sa() -> None:
    it = judged(tunnel(hq(states=["MM_WAIT_MSG6"]), branch(states=["MM_WAIT_MSG5"]), stimulated=True))
    assert (it.verdict, it.cause_rule) == (Verdict.BROKEN, "ike-state-not-up")
    assert it.cause.endswith("; it shows as: SAs at either end - none, though traffic was sent between the readings")


def test_a_negotiation_under_way_is_none() -> None:
    given = tunnel(hq(states=["MM_WAIT_MSG6"], states_then=[]), branch(states=["MM_WAIT_MSG5"], states_then=[]))
    assert judged(given).verdict is Verdict.HEALTHY


def test_a_negotiation_that_stands_at_one_end_and_moves_at_the_other_is_not_idle() -> None:
    given = tunnel(hq(states=["MM_WAIT_MSG2"]), branch(states=["MM_WAIT_MSG2"], states_then=[]))
    assert verdict(given)[:2] == (
        Verdict.UNKNOWN,
        "IKE state - hq: MM_WAIT_MSG2 branch: MM_WAIT_MSG2: changed between the readings",
    )


def test_ends_that_parted_at_a_scheduled_rekey_will_part_again() -> None:
    old = at_hq(inbound=(0x5F3759DF,), outbound=(0xA2280726,), seconds=4000)
    it = judged(tunnel(hq(old), branch(at_branch(outbound=(0x1F,), seconds=28400))))
    assert it.recurrence == (
        "the ends parted at a scheduled rekey: branch's SA was made 24400 s after hq's, of a lifetime of 28800 s; "
        "it may come back at each rekey",
    )


def test_ends_that_parted_at_any_other_time_tell_nothing_of_the_next() -> None:
    assert judged(replaced()).recurrence == ()


def test_a_deletion_that_failed_may_fail_again() -> None:
    assert judged(replaced(log=(log(RETRY, spi=0x5F3759DF),))).recurrence == (
        "hq could not delete an SA from its data path: that is a fault of its software, and it may come back at any "
        "rekey",
    )


def test_without_dpd_nothing_will_notice_the_next_time() -> None:
    left = hq(at_hq(), config=hq_config(keepalive=OFF))
    right = branch(config=branch_config(keepalive=OFF), states=[])
    assert judged(tunnel(left, right)).recurrence == (
        "nothing will notice the next time: DPD - hq: disabled branch: disabled",
    )


# --- foreign peers --------------------------------------------------------------------------------------------------


def test_a_foreign_peer_is_healthy_when_traffic_is_seen_to_pass_both_ways() -> None:
    (given,) = pair([hq(at_hq(encaps=1030, decaps=1030), then=[at_hq()])], foreign_peers=[ip_address(BRANCH)])
    assert judged(given).verdict is Verdict.HEALTHY


def test_a_foreign_peer_is_unknown_otherwise() -> None:
    (given,) = pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])
    it, cause, action = verdict(given)
    assert it is Verdict.UNKNOWN
    assert cause.endswith("judged from hq's end alone, and no traffic was seen to pass both ways")
    assert action == "ask who runs 198.51.100.2"


# --- which end is stale ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "name", "proof"),
    [
        (
            replaced(log=(log(RETRY, spi=0x5F3759DF),)),
            "hq",
            "hq logged that it could not delete the SA with SPI 0x5F3759DF, and holds it still",
        ),
        (
            tunnel(hq(at_hq(outbound=(0xC1,)))),
            "hq",
            "hq sends on SPI 0x000000C1, which the other end does not hold",
        ),
        (tunnel(hq()), "branch", "branch holds SAs that hq no longer has"),
        (replaced(), "hq", "hq's SAs are the older ones: 9000 s left against 28000 s at branch"),
        (
            tunnel(hq(at_hq(outbound=(0xC1,))), branch(at_branch(outbound=(0xC2,)))),
            None,
            "neither end's SAs are proven to be the older ones",
        ),
        (tunnel(), None, "each end accepts the SPIs that the other sends on"),
        (build.half_read(), None, "the SAs of branch were not read (connection timed out)"),
        (
            tunnel(
                hq(at_hq(outbound=(0xC1,)), log=(log(RETRY, spi=0xA1),)),
                branch(at_branch(outbound=(0xC2,)), log=(log(RETRY, spi=0xB1),)),
            ),
            None,
            "neither end's SAs are proven to be the older ones",
        ),
    ],
    ids=["log", "refused", "one-sided", "age", "tie", "nothing stale", "unread", "both complain"],
)
def test_which_end_is_stale(given: Tunnel, name: str | None, proof: str) -> None:
    end, reason = stale_end(given)
    assert (end.name if end is not None else None, reason) == (name, proof)


def test_the_stale_end_is_cleared_first() -> None:
    (finding,) = [each for each in judged(replaced()).findings if each.rule == "spi-mirror-mismatch"]
    assert [(fix.device, fix.lines) for fix in finding.fix] == [
        ("hq", ("clear crypto ipsec sa peer 198.51.100.2",)),
        ("branch", ("clear crypto ipsec sa peer 203.0.113.1",)),
    ]
    assert not any(fix.safe for fix in finding.fix), "a clear is sent by the remediation alone"


# --- an audit of nothing --------------------------------------------------------------------------------------------


def test_no_devices() -> None:
    with pytest.raises(NothingToJudgeError, match="no device to judge"):
        judge_all([])


def test_no_rules() -> None:
    with pytest.raises(NothingToJudgeError, match="no rule to judge by"):
        judge_all([hq(), branch()], rules=[])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Device("hq", problems=("connection refused",)), r"hq could not be read \(connection refused\)"),
        (Device("hq", problems=("hq could not be read: refused",)), r"found: hq could not be read \(refused\)"),
        (hq(config=hq_config(crypto_maps=()), states=[]), "hq has no crypto map"),
        (hq(config=hq_config(crypto_map_interfaces={}), states=[]), "applied to no interface"),
        (hq(config=hq_config(map_changes={"peers": ()}), states=[]), "name no peer"),
        (replace(hq(states=[]), config=None), "showed no SAs and its configuration was not read"),
    ],
)
def test_no_tunnels(given: Device, words: str) -> None:
    with pytest.raises(NothingToJudgeError, match=words):
        judge_all([given])


def test_judgements_come_in_the_order_of_the_devices() -> None:
    assert [each.tunnel.name for each in judge_all([branch(at_branch()), hq(at_hq())])] == ["branch-hq"]
