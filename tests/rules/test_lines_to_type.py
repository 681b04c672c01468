# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that rules of algorithms and group policies propose, in the words of each release."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    CryptoMapEntry,
    Fix,
    GroupPolicy,
    IkePolicy,
    IkeSettings,
    IpsecProposal,
    TransformSet,
    Tunnel,
    TunnelGroup,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import better_group
from tests.build import BRANCH, HQ, POLICY, branch, branch_config, config_tunnel, hq, hq_config, log, tunnel

CHECKS = {check.rule.id: check for check in rules.load()}
NEW = Version(9, 16)
V2 = {"transform_sets": (), "ikev2_proposals": ("P",)}
WEAK = {"AES": TransformSet("AES", ("esp-3des", "esp-md5-hmac"))}
OLD_PROPOSAL = {"P": IpsecProposal("P", ("3des",), ("md5",))}


def fixes(rule: str, judged: Tunnel) -> list[Fix]:
    return [fix for finding in CHECKS[rule].findings(judged) for fix in finding.fix]


def lines(rule: str, judged: Tunnel) -> list[tuple[str, ...]]:
    return [fix.lines for fix in fixes(rule, judged)]


def both_new(left: object, right: object) -> Tunnel:
    return tunnel(hq(config=left, version=NEW), branch(config=right, version=NEW))


def test_a_new_transform_stands_before_the_old_one_and_does_not_replace_it() -> None:
    old = config_tunnel(hq_config(transform_sets=WEAK), branch_config(transform_sets=WEAK))
    (at_hq, _) = lines("weak-encryption", old)
    assert at_hq == (
        "crypto ipsec transform-set AES256-SHA esp-aes-256 esp-sha-hmac",
        "crypto map outside_map 10 set transform-set AES256-SHA AES",
    )


def test_a_name_that_is_taken_is_not_typed_anew() -> None:
    taken = {**WEAK, "AES256-SHA": TransformSet("AES256-SHA", ("esp-aes", "esp-md5-hmac"))}
    (at_hq,) = lines("weak-encryption", config_tunnel(hq_config(transform_sets=taken)))
    assert at_hq == (
        "crypto ipsec transform-set AES256-SHA.2 esp-aes-256 esp-sha-hmac",
        "crypto map outside_map 10 set transform-set AES256-SHA.2 AES",
    )


def test_two_new_releases_get_the_suite_of_version_2_at_a_free_priority() -> None:
    weak = IkePolicy(2, 1, ("3des",), ("md5",), ("2",))
    settings = {"map_changes": V2, "ike_policies": (weak,), "ipsec_proposals": OLD_PROPOSAL}
    (at_hq, at_branch) = lines("crypto-removed-by-upgrade", replace_release(settings, Version(9, 8)))
    assert at_hq == at_branch
    assert at_hq == (
        "crypto ikev2 policy 2",
        " encryption aes-256",
        " integrity sha384",
        " group 20 19",
        " prf sha384",
        " lifetime seconds 86400",
        "crypto ipsec ikev2 ipsec-proposal AES256-SHA256",
        " protocol esp encryption aes-256",
        " protocol esp integrity sha-256",
        "crypto map outside_map 10 set ikev2 ipsec-proposal AES256-SHA256 P",
    )


def replace_release(settings: dict[str, object], release: Version) -> Tunnel:
    return tunnel(
        hq(config=hq_config(**settings), version=release), branch(config=branch_config(**settings), version=release)
    )


def test_an_old_peer_keeps_both_ends_at_what_it_knows() -> None:
    weak = {"ike_policies": (replace(POLICY, group=("2",)),), "transform_sets": WEAK}
    (at_hq, at_branch) = fixes(
        "weak-encryption", tunnel(hq(config=hq_config(**weak), version=NEW), branch(config=branch_config(**weak)))
    )
    assert at_hq.lines[0] == "crypto ikev1 policy 5"
    assert at_branch.lines[0] == "crypto isakmp policy 5"
    assert at_hq.lines[1:5] == (" authentication pre-share", " encryption aes-256", " hash sha", " group 5")
    assert at_hq.lines[5:] == (
        "crypto ipsec ikev1 transform-set AES256-SHA esp-aes-256 esp-sha-hmac",
        "crypto map outside_map 10 set ikev1 transform-set AES256-SHA AES",
    )
    assert at_hq.note.endswith("a release before 8.4 has nothing better")


def test_nothing_is_proposed_that_the_rule_would_not_want_either() -> None:
    weak = {"ike_policies": (replace(POLICY, group=("2",)),), "transform_sets": WEAK}
    given = tunnel(hq(config=hq_config(**weak), version=NEW), branch(config=branch_config(**weak)))
    (finding,) = CHECKS["weak-dh"].findings(given)
    assert (str(finding.outcome), finding.fix) == ("fail", ())


def test_nothing_is_proposed_where_the_best_of_the_release_is_in_use() -> None:
    (finding,) = CHECKS["weak-hash"].findings(tunnel())
    assert finding.message == "hq-branch - integrity - hq: sha branch: sha"
    assert finding.fix == ()


@pytest.mark.parametrize(
    ("a", "b", "old", "kept"),
    [
        ("group2", "group14", False, "group14"),
        ("group24", "group5", False, "group5"),
        ("group19", "group16", False, "group19"),
        ("group14", "group2", True, "group2"),
        ("group5", "group2", True, "group5"),
        ("group14", "group19", True, "group19"),
    ],
)
def test_the_stronger_pfs_group_is_kept_that_both_ends_know(a: str, b: str, old: bool, kept: str) -> None:
    assert better_group(a, b, old=old) == kept


def test_pfs_is_typed_at_the_end_with_the_weaker_group() -> None:
    judged = both_new(hq_config(map_changes={"pfs": "group14"}), branch_config(map_changes={"pfs": "group20"}))
    (fix,) = fixes("pfs-mismatch", judged)
    assert (fix.device, fix.lines) == ("hq", ("crypto map outside_map 10 set pfs group20",))


def test_a_virtual_tunnel_interface_keeps_its_settings_in_a_profile() -> None:
    interface = CryptoMapEntry("Tunnel1", 0, transform_sets=("AES",), tunnel_interface="Tunnel1", profile="VTI")
    ends = [
        replace(end, map_entry=replace(interface, pfs=pfs))
        for end, pfs in zip(tunnel().ends, ("group5", None), strict=True)
    ]
    (fix,) = fixes("pfs-mismatch", replace(tunnel(), ends=tuple(ends)))
    assert (fix.device, fix.lines) == ("branch", ("crypto ipsec profile VTI", " set pfs group5"))


def test_the_better_ike_policy_is_typed_at_the_other_end() -> None:
    judged = config_tunnel(hq_config(ike_policies=(replace(POLICY, group=("2",)),)))
    (fix,) = fixes("ikepolicy-no-overlap", judged)
    assert fix.device == "hq"
    assert fix.lines[0] == "crypto isakmp policy 5"
    assert " group 5" in fix.lines


@pytest.mark.parametrize(
    ("release", "line"),
    [
        (Version(7, 0), "isakmp am-disable"),
        (Version(8, 2), "crypto isakmp am-disable"),
        (NEW, "crypto ikev1 am-disable"),
    ],
)
def test_aggressive_mode_is_disabled_in_the_words_of_the_release(release: Version, line: str) -> None:
    settings = {"ike_settings": IkeSettings()}
    refuses = branch_config(ike_settings=IkeSettings(aggressive_mode_disabled=True))
    judged = tunnel(hq(config=hq_config(**settings), version=release), branch(config=refuses))
    assert lines("aggressive-with-psk", judged) == [(line,)]


def test_a_timeout_is_typed_in_a_policy_of_the_tunnels_own() -> None:
    (at_hq, _) = lines("gp-idle-timeout", tunnel())
    assert at_hq == (
        f"group-policy L2L-{BRANCH} internal",
        f"group-policy L2L-{BRANCH} attributes",
        " vpn-idle-timeout none",
        f"tunnel-group {BRANCH} general-attributes",
        f" default-group-policy L2L-{BRANCH}",
    )


def test_a_policy_that_is_named_already_is_changed_itself() -> None:
    left = hq_config(
        tunnel_groups={BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", "L2L", has_key=True)},
        group_policies={"L2L": GroupPolicy("L2L", session_timeout=60)},
    )
    assert lines("gp-session-timeout", config_tunnel(left)) == [
        ("group-policy L2L attributes", " vpn-session-timeout none")
    ]


def test_a_tunnel_protocol_is_added_to_those_that_are_there() -> None:
    groups = {HQ: TunnelGroup(HQ, "ipsec-l2l", "RA", has_key=True)}
    settings = branch_config(
        map_changes=V2, tunnel_groups=groups, group_policies={"RA": GroupPolicy("RA", protocols=("ssl-client",))}
    )
    judged = both_new(hq_config(map_changes=V2), settings)
    assert lines("gp-protocol-missing", judged) == [
        ("group-policy RA attributes", " vpn-tunnel-protocol ssl-client ikev2")
    ]


def test_both_keys_of_version_2_are_asked_for() -> None:
    group = {BRANCH: TunnelGroup(BRANCH, "ipsec-l2l")}
    judged = both_new(hq_config(map_changes=V2, tunnel_groups=group), branch_config(map_changes=V2))
    assert lines("psk-missing", judged) == [
        (
            f"tunnel-group {BRANCH} ipsec-attributes",
            " ikev2 local-authentication pre-shared-key KEY",
            " ikev2 remote-authentication pre-shared-key KEY",
        )
    ]


@pytest.mark.parametrize(
    ("rule", "limits", "judged", "said"),
    [
        (
            "weak-dh",
            {"allow_14": True},
            config_tunnel(*(m(ike_policies=(replace(POLICY, group=("14",)),)) for m in (hq_config, branch_config))),
            "pass",
        ),
        (
            "weak-dh",
            {"allow_15": False},
            config_tunnel(*(m(ike_policies=(replace(POLICY, group=("15",)),)) for m in (hq_config, branch_config))),
            "fail info",
        ),
        ("gp-idle-timeout", {"always_on": False}, tunnel(), "fail info"),
        ("lifetime-sec-mismatch", {"ratio": 10}, config_tunnel(hq_config(lifetime_seconds=3600)), "fail info"),
        ("lifetime-sec-mismatch", {"ratio": 2}, config_tunnel(hq_config(lifetime_seconds=14400)), "fail warning"),
        ("ike-lifetime-long", {"seconds": 28800}, tunnel(), "fail warning"),
        ("ipsec-lifetime-long", {"seconds": 3600}, tunnel(), "fail warning"),
    ],
)
def test_a_catalogue_may_change_a_limit(rule: str, limits: dict[str, int], judged: Tunnel, said: str) -> None:
    (finding,) = CHECKS[rule].findings(judged, limits)
    severity = f" {finding.severity}" if str(finding.outcome) == "fail" else ""
    assert f"{finding.outcome}{severity}" == said


def test_a_rule_that_cannot_be_done_says_why() -> None:
    (rule,) = [each for each in rules.missing() if each.id == "cert-validity"]
    assert rule.missing.startswith("a collection reads no certificate")
    assert "cert-validity" not in CHECKS


def test_a_complaint_of_a_device_is_evidence_for_unequal_keys() -> None:
    words = "Error, had problems decrypting packet, probably due to mismatched pre-shared key. Aborting"
    text = f"%ASA-3-713903: Group = {BRANCH}, IP = {BRANCH}, {words}"
    ours = log(text, 713903, peer=ip_address(BRANCH), message=words)
    others = replace(ours, peer=ip_address("192.0.2.5"))
    (finding,) = CHECKS["psk-equality"].findings(tunnel(hq(states=(), log=(ours, others)), branch(states=())))
    assert finding.evidence == (ours.text,)


def test_a_group_comes_with_its_key_so_that_it_never_answers_without_one() -> None:
    (fix,) = fixes("tunnel-group-missing", config_tunnel(hq_config(tunnel_groups={})))
    assert fix.lines == (
        f"tunnel-group {BRANCH} type ipsec-l2l",
        f"tunnel-group {BRANCH} ipsec-attributes",
        " pre-shared-key KEY",
    )
    assert fix.note == "take the key from the vault first, and type all lines in one go"


def test_a_group_in_place_of_one_with_a_telling_name_comes_with_its_key_too() -> None:
    telling = {"branch": TunnelGroup("branch", "ipsec-l2l", has_key=True)}
    (fix,) = fixes("tunnel-group-name-not-ip", config_tunnel(hq_config(tunnel_groups=telling)))
    assert fix.lines[0] == f"tunnel-group {BRANCH} type ipsec-l2l"
    assert fix.lines[-1] == " pre-shared-key KEY"


def test_a_group_for_version_2_gets_the_keys_of_both_directions() -> None:
    (fix,) = fixes(
        "tunnel-group-missing", both_new(hq_config(map_changes=V2, tunnel_groups={}), branch_config(map_changes=V2))
    )
    assert fix.lines[1:] == (
        f"tunnel-group {BRANCH} ipsec-attributes",
        " ikev2 local-authentication pre-shared-key KEY",
        " ikev2 remote-authentication pre-shared-key KEY",
    )
