# SPDX-License-Identifier: GPL-3.0-or-later
"""Every setting of a hardening, driven in memory against the lab's devices."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Hardener, as_hardened
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening_settings import of_step, settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Tunnel, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import same_entry
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import notify_disconnect
from tests import build
from tests.hardening_scene import (
    BRANCH,
    EAST,
    ENDS,
    ENTRY,
    HQ,
    LIFETIME,
    WANTED,
    again,
    harden,
    replaced,
    scene,
    with_lines,
)
from tests.rails.lifts import LIFTS

# --- idle-timeout ----------------------------------------------------------------------------------------------------


def test_the_idle_timeout_goes_into_a_policy_of_the_tunnels_own() -> None:
    at = scene()
    hardened = harden(at, "idle-timeout")
    assert at.typed == [
        f"hq: group-policy L2L-{HQ} internal",
        f"hq: group-policy L2L-{HQ} attributes",
        "hq: vpn-idle-timeout none",
        f"hq: tunnel-group {HQ} general-attributes",
        f"hq: default-group-policy L2L-{HQ}",
        f"branch: group-policy L2L-{BRANCH} internal",
        f"branch: group-policy L2L-{BRANCH} attributes",
        "branch: vpn-idle-timeout none",
        f"branch: tunnel-group {BRANCH} general-attributes",
        f"branch: default-group-policy L2L-{BRANCH}",
    ]
    assert (hardened.outcome, hardened.changed) == ("hardened", True)
    assert hardened.text.startswith(
        "hq-branch: idle timeout set at hq (30 minutes -> none) and branch (30 minutes -> none). NOT SAVED at hq and "
        "branch: the next reload takes it away. To save it, run this again with -e harden_save=true. It counts from "
        "the next IKE SA on; the one that is up was agreed before, and lasts up to "
    )
    assert "DfltGrpPolicy" not in "".join(at.typed)
    again(at, "idle-timeout")
    for each in as_hardened([end.device for end in at.tunnel().ends], hardened):
        assert each.config is not None
        assert each.config.policy_of(each.config.tunnel_groups[HQ if each.name == "hq" else BRANCH]) is not None


def test_the_diff_of_a_plan_shows_the_lines_and_nothing_is_typed() -> None:
    at = scene()
    hardened = harden(at, "idle-timeout", check=True)
    assert at.typed == []
    assert (hardened.outcome, hardened.changed) == ("planned", True)
    assert hardened.changes[0].diff == {
        "before_header": "hq",
        "after_header": "hq",
        "before": (
            "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 30\n"
            f"tunnel-group {HQ} general-attributes\n default-group-policy DfltGrpPolicy\n"
        ),
        "after": (
            f"group-policy L2L-{HQ} attributes\n vpn-idle-timeout none\n"
            f"tunnel-group {HQ} general-attributes\n default-group-policy L2L-{HQ}\n"
        ),
    }


def test_a_policy_that_only_this_tunnel_has_is_changed_where_it_stands() -> None:
    at = scene("modern-9x", east=replaced("vpn-idle-timeout none", "vpn-idle-timeout 60"))
    hardened = harden(at, "idle-timeout")
    assert at.typed == ["east: group-policy L2L attributes", "east: vpn-idle-timeout none"]
    assert hardened.text.startswith("east-west: idle timeout set at east (60 minutes -> none).")
    again(at, "idle-timeout")


SHARED = (
    "tunnel-group 192.0.2.9 type ipsec-l2l\ntunnel-group 192.0.2.9 general-attributes\n default-group-policy L2L\n"
    f"tunnel-group {EAST} type"
)


def shared_policy(text: str) -> str:
    text = text.replace("vpn-idle-timeout none", "vpn-idle-timeout 60")
    return text.replace(f"tunnel-group {EAST} type", SHARED)


def test_a_policy_that_another_tunnel_has_too_is_copied_and_left_alone() -> None:
    at = scene("modern-9x", east=shared_policy)
    hardened = harden(at, "idle-timeout")
    assert at.typed[:2] == [
        f"east: group-policy L2L-{EAST} internal from L2L",
        f"east: group-policy L2L-{EAST} attributes",
    ]
    assert hardened.outcome == "hardened"
    policies = at.type("east", "show running-config group-policy")
    assert " vpn-idle-timeout 60\n vpn-tunnel-protocol ikev1\n" in policies, "the shared one"
    assert f"group-policy L2L-{EAST} attributes\n vpn-idle-timeout none\n vpn-tunnel-protocol ikev1\n" in policies
    again(at, "idle-timeout")


def test_a_name_that_is_taken_is_not_used() -> None:
    at = scene(hq=replaced("tunnel-group 203", f"group-policy L2L-{HQ} internal\ntunnel-group 203"))
    harden(at, "idle-timeout")
    assert at.typed[0] == f"hq: group-policy L2L-{HQ}-2 internal"
    again(at, "idle-timeout")


# --- disconnect-notify -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [False, True])
def test_a_line_of_the_whole_device_needs_leave(check: bool) -> None:
    at = scene()
    before = at.state
    hardened = harden(at, "disconnect-notify", "dpd", check=check)
    assert (hardened.outcome, hardened.text) == (
        "aborted_gate:shared",
        "Nothing was written. It would change other tunnels too: crypto isakmp disconnect-notify counts for every "
        "tunnel of hq; crypto isakmp disconnect-notify counts for every tunnel of branch; "
        f"-e harden_settings=dpd would not. {LIFTS['shared']}",
    )
    assert at.typed == []
    assert at.state == before


@pytest.mark.parametrize("site", ENDS)
def test_with_leave_it_is_set_and_counts_at_once(site: str) -> None:
    at = scene(site)
    one, two = at.names
    planned = harden(at, "disconnect-notify", shared=True, check=True)
    assert planned.text.endswith(
        f"OTHER TUNNELS CHANGE TOO: crypto isakmp disconnect-notify counts for every tunnel of {one}. OTHER TUNNELS "
        f"CHANGE TOO: crypto isakmp disconnect-notify counts for every tunnel of {two}. NOT SAVED at {one} and {two}: "
        "the next reload takes it away. To save it, run this again with -e harden_save=true. Nothing was written."
    )
    hardened = harden(at, "disconnect-notify", shared=True)
    assert at.typed == [f"{name}: crypto isakmp disconnect-notify" for name in at.names]
    assert hardened.text.startswith(f"{one}-{two}: disconnect-notify set at {one} (off -> on) and {two} (off -> on).")
    assert hardened.text.endswith("It counts at once.")
    # Where it is on already nothing is changed, so that nobody's leave is needed.
    again(at, "disconnect-notify")


# --- lifetime --------------------------------------------------------------------------------------------------------


def test_the_lower_lifetime_of_the_two_is_set_where_it_is_higher() -> None:
    at = scene(hq=with_lines(f"{LIFETIME} seconds 3600"), branch=with_lines(f"{LIFETIME} kilobytes 100000"))
    hardened = harden(at, "lifetime")
    assert at.typed == [f"hq: {LIFETIME} kilobytes 100000", f"branch: {LIFETIME} seconds 3600"]
    assert hardened.text.startswith(
        "hq-branch: IPsec lifetime set at hq (3600 s and 4608000 kB -> 3600 s and 100000 kB) and branch (28800 s and "
        "100000 kB -> 3600 s and 100000 kB)."
    )
    assert hardened.text.endswith("It counts from the next IPsec SAs on, which a rekey makes.")
    again(at, "lifetime")


def test_a_value_of_the_whole_device_counts_and_is_left_alone() -> None:
    overall = "crypto ipsec security-association lifetime seconds 3600"
    at = scene(hq=replaced(f"{ENTRY} match", f"{overall}\n{ENTRY} match"))
    hardened = harden(at, "lifetime")
    assert at.typed == [f"branch: {LIFETIME} seconds 3600"]
    assert hardened.changes[0].lines_before == (
        "! outside_map 10: lifetime seconds 3600, as of the whole device",
        "! outside_map 10: lifetime kilobytes 4608000, as of the whole device",
    )
    again(at, "lifetime")


def test_no_ipsec_sa_outlives_its_ike_sa() -> None:
    at = scene(hq=replaced(" lifetime 86400", " lifetime 7200"))
    harden(at, "lifetime")
    assert at.typed == [f"hq: {LIFETIME} seconds 7200", f"branch: {LIFETIME} seconds 7200"]
    again(at, "lifetime")


def test_equal_lifetimes_are_left_alone() -> None:
    assert (
        "both ends are set to IPsec lifetime 28800 s and 4608000 kB and saved, nothing to change."
        in again(scene(), "lifetime").text
    )


# --- pfs -------------------------------------------------------------------------------------------------------------


def test_the_end_without_pfs_gets_the_group_of_the_other() -> None:
    at = scene(hq=with_lines(f"{ENTRY} set pfs group5"))
    planned = harden(at, "pfs", check=True)
    assert "PFS at branch interrupts no rekey that succeeds now: one that branch starts fails until it has group5." in (
        planned.text
    )
    assert planned.changes[1].diff["before"] == "! outside_map 10: no set pfs\n"
    hardened = harden(at, "pfs")
    assert at.typed == [f"branch: {ENTRY} set pfs group5"]
    assert hardened.text.startswith("hq-branch: PFS set at branch (none -> group5).")
    again(at, "pfs")


@pytest.mark.parametrize(("mine", "theirs"), [("group2", "group5"), ("group5", "group2"), ("", "group5")])
def test_of_two_groups_the_stronger_is_set_at_the_other_end(mine: str, theirs: str) -> None:
    """A bare line is group 2 on this release."""
    at = scene(hq=with_lines(f"{ENTRY} set pfs {mine}".strip()), branch=with_lines(f"{ENTRY} set pfs {theirs}"))
    weaker = "branch" if mine == "group5" else "hq"
    planned = harden(at, "pfs", check=True)
    assert f"PFS at {weaker} interrupts no rekey that succeeds now: none does while they differ." in planned.text
    harden(at, "pfs")
    assert at.typed == [f"{weaker}: {ENTRY} set pfs group5"]
    again(at, "pfs")


def test_a_default_in_force_is_not_written_out() -> None:
    """Two bare lines of one release are one group: what another release would make of them is another finding."""
    at = scene(hq=with_lines(f"{ENTRY} set pfs"), branch=with_lines(f"{ENTRY} set pfs group2"))
    words = "both ends are set to PFS hq: group2 (default) branch: group2 and saved, nothing to change."
    assert words in again(at, "pfs").text


def test_without_pfs_at_either_end_there_is_nothing_to_align() -> None:
    assert "both ends are set to PFS none and saved, nothing to change." in again(scene(), "pfs").text


def test_a_group_that_a_release_lacks_is_for_a_person_to_decide() -> None:
    east, west = scene("modern-9x").tunnel().ends
    assert east.map_entry is not None
    assert west.map_entry is not None
    east = replace(east, map_entry=replace(east.map_entry, pfs="group31"))
    old = replace(west.device, version=Version(9, 8, 1))
    west = replace(west, map_entry=replace(west.map_entry, pfs=None), device=old)
    with pytest.raises(RefusedError) as refused:
        Hardener(Tunnel("east-west", (east, west)), settings(["pfs"], WANTED), lambda: 0.0)
    assert (refused.value.gate, str(refused.value)) == (
        "pfs",
        "east-west: group31 is in use, and not known to be a group of both east (9.16(4)) and west (9.8(1)). "
        f"{LIFTS['pfs']}",
    )


def test_an_end_without_its_one_entry_is_refused() -> None:
    given = scene().tunnel()
    hq, branch = given.ends
    assert branch.map_entry is not None
    twice = replace(branch, more_entries=(replace(branch.map_entry, sequence=20),))
    for end, words in (
        (replace(branch, map_entry=None), "branch showed no crypto map entry for the other end, so its PFS cannot be"),
        (twice, "branch has more than one crypto map entry for the other end (outside_map 10, outside_map 20), and"),
    ):
        with pytest.raises(RefusedError) as refused:
            Hardener(replace(given, ends=(hq, end)), settings(["pfs"], WANTED), lambda: 0.0)
        assert refused.value.gate == "crypto-map"
        assert str(refused.value).startswith(f"hq-branch: {words} ")


def test_the_stronger_group_is_kept_on_a_new_release() -> None:
    at = scene("modern-9x", west=replaced(" set pfs group14", " set pfs group5"))
    hardened = harden(at, "pfs")
    assert at.typed == [f"west: {ENTRY} set pfs group14"]
    assert hardened.text.startswith("east-west: PFS set at west (group5 -> group14).")


def test_what_the_device_warns_of_is_told() -> None:
    at = scene(
        "modern-9x", west=replaced(f"{ENTRY} set pfs group14\n", ""), east=replaced("set pfs group14", "set pfs group5")
    )
    hardened = harden(at, "pfs")
    assert (
        "PFS set at west (none -> group5). west said 'WARNING: DH group 5 is considered insecure. This option is "
        "deprecated and will be removed in a later version.'." in hardened.text
    )


def test_an_entry_with_other_peers_is_shared() -> None:
    at = scene(
        hq=with_lines(f"{ENTRY} set pfs group5"), branch=replaced(f"set peer {BRANCH}", f"set peer {BRANCH} 192.0.2.77")
    )
    hardened = harden(at, "pfs")
    assert (hardened.outcome, hardened.text) == (
        "aborted_gate:shared",
        "Nothing was written. It would change other tunnels too: crypto map outside_map 10 of branch serves 192.0.2.77 "
        f"too. {LIFTS['shared']}",
    )
    assert harden(at, "pfs", shared=True).outcome == "hardened"


def virtual(**profile: Any) -> Tunnel:
    """Hq has a virtual tunnel interface for branch."""
    config = build.vti(build.HQ, build.BRANCH, profile=profile)
    return build.tunnel(build.hq(build.at_hq(), config=config), build.branch(build.at_branch()))


def test_a_virtual_interface_has_its_values_in_its_profile() -> None:
    changes = [
        each for setting in settings(["lifetime"], WANTED) for each in setting.changes(virtual(lifetime_seconds=90000))
    ]
    assert changes[0].step is not None
    head, line = "crypto ipsec profile P", " set security-association lifetime seconds"
    assert (changes[0].step.commands, changes[0].step.undo) == ((head, f"{line} 28800"), (head, f"{line} 90000"))
    assert (changes[0].shared, changes[1].step) == ("", None)


def test_a_profile_of_two_interfaces_and_a_dynamic_map_are_shared() -> None:
    given = virtual(lifetime_seconds=90000)
    config = given.ends[0].device.config
    assert config is not None
    second = replace(config.interfaces[1], name="Tunnel2", tunnel_destination=ip_address("192.0.2.9"))
    hq = replace(given.ends[0].device, config=replace(config, interfaces=(*config.interfaces, second)))
    both = replace(given, ends=(replace(given.ends[0], device=hq), given.ends[1]))
    (lifetime,) = settings(["lifetime"], WANTED)
    assert lifetime.changes(both)[0].shared == "crypto ipsec profile P of hq is that of Tunnel2 too"
    template = build.template(lifetime_seconds=90000)
    hub = build.tunnel(build.hq(build.at_hq(), config=build.hub_config(template)), build.branch(build.at_branch()))
    at_hub = lifetime.changes(hub)[0]
    assert at_hub.shared == "crypto dynamic-map DYN 10 of hq serves every peer that calls"
    assert at_hub.step is not None
    assert at_hub.step.commands == ("crypto dynamic-map DYN 10 set security-association lifetime seconds 28800",)


@pytest.mark.parametrize("config", [build.hub_config(), build.hq_config(), build.vti(build.HQ, build.BRANCH)])
def test_an_entry_is_found_again_when_it_is_read_again(config: Config) -> None:
    end = build.tunnel(build.hq(build.at_hq(), config=config), build.branch(build.at_branch())).ends[0]
    assert end.map_entry is not None
    assert same_entry(config, end.map_entry) == end.map_entry
    assert same_entry(replace(config, crypto_maps=()), end.map_entry) is None


def test_an_old_release_says_it_without_crypto() -> None:
    old = replace(build.hq(), version=Version(7, 0, 8))
    assert (notify_disconnect.command(old), notify_disconnect.command(build.hq())) == (
        "isakmp disconnect-notify",
        "crypto isakmp disconnect-notify",
    )


# --- names -----------------------------------------------------------------------------------------------------------


def test_settings_are_made_in_their_own_order_and_once() -> None:
    assert [each.name for each in settings(["pfs", "dpd", "pfs"], WANTED)] == ["dpd", "pfs"]
    assert [each.name for each in settings(["all", "dpd"], WANTED)] == [
        "dpd",
        "disconnect-notify",
        "idle-timeout",
        "lifetime",
        "pfs",
        "transforms",
    ]


@pytest.mark.parametrize(("names", "said"), [([], "empty"), (["dpd", "ntp"], "dpd, ntp")])
def test_a_setting_that_is_none_is_refused(names: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=f"^harden_settings is {said}: give one or more of dpd, disconnect-notify, "):
        settings(names, WANTED)


def test_a_rule_names_the_setting_by_its_step() -> None:
    assert [of_step(name) for name in ("enable_dpd", "align_pfs", "a human decides")] == ["dpd", "pfs", ""]
