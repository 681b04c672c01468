# SPDX-License-Identifier: GPL-3.0-or-later
"""The rails over what was read: each where it refuses, with its whole message, and where it lets pass."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Applet, Device, TransformSet, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails.cause import clearable
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails.other_healer import clears
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, half_read, hq, hq_config, once, tunnel
from tests.rails.situations import broken, said, situation

NOT_READ = (
    "Nothing is cleared on what was not read. Make both ends readable; where that is not in your hands, clear one "
    "alone with -e remediate_one_sided=END."
)


def alone() -> Tunnel:
    """Hq's end of a tunnel whose other end nobody knows."""
    (found,) = pair([hq(at_hq())])
    return found


def nameless(position: int = 0) -> Tunnel:
    """A broken tunnel of which one end has no address of its peer."""
    given = broken()
    ends = list(given.ends)
    ends[position] = replace(ends[position], peer_address=None)
    return replace(given, ends=tuple(ends))


# --- one-sided, both-ends -------------------------------------------------------------------------------------------


def test_one_sided_names_an_end_of_this_tunnel() -> None:
    assert said("one-sided", one_sided="paris") == (
        "remediate_one_sided is 'paris', and the devices of hq-branch are hq and branch. Name an end of the tunnel "
        "that was read, or leave remediate_one_sided out to clear both."
    )
    assert said("one-sided", half_read(), one_sided="branch") == (
        "the SAs of branch were not read (connection timed out), and it is the end to clear. Name an end of the tunnel "
        "that was read, or leave remediate_one_sided out to clear both."
    )
    assert (
        said("one-sided", one_sided="hq") == said("one-sided") == said("one-sided", half_read(), one_sided="hq") == ""
    )


def test_both_ends_are_needed() -> None:
    assert said("both-ends", half_read()) == (
        f"hq-branch: the SAs of branch were not read (connection timed out). {NOT_READ}"
    )
    found = alone()
    assert said("both-ends", found) == f"hq-{BRANCH} has one end of ours: {found.missing}. {NOT_READ}"
    assert said("both-ends") == said("both-ends", half_read(), one_sided="hq") == ""


# --- transient, unknown ----------------------------------------------------------------------------------------------


def test_what_moves_is_left_to_move() -> None:
    before = at_hq(inbound=(0xA7,), outbound=(0xB7,))
    moving = tunnel(hq(at_hq(inbound=(0xA9,), outbound=(0xB9,)), then=[before]), branch(at_branch()))
    assert said("transient", moving) == (
        "hq-branch is in transition (hq-branch / 10.1.0.0/16 <-> 10.2.0.0/16 - packet counters - hq's SAs changed "
        "between the readings). Wait two minutes and run this again."
    )
    # Judged broken for another reason, it moves all the same.
    down = replace(situation(moving).judgement, verdict=situation().judgement.verdict)
    assert said("transient", down) == (
        "hq-branch is in transition (hq's SAs changed between the readings). Wait two minutes and run this again."
    )
    assert said("transient") == ""


def test_an_sa_that_ends_soon_is_no_refusal_because_the_plan_waits_for_it() -> None:
    assert said("transient", broken({"seconds": 90})) == ""


def test_a_tunnel_that_was_not_compared_is_unknown() -> None:
    unknown = tunnel(once(hq(at_hq())), branch(at_branch()))
    assert said("unknown", unknown) == (
        "hq-branch is unknown: hq was read once: a comparison needs two readings. Nothing is cleared on what was not "
        "read. Audit, and see why it is unknown."
    )
    assert said("unknown", unknown, one_sided="hq") != ""
    assert said("unknown") == said("unknown", half_read(), one_sided="hq") == ""


# --- keys, cause -----------------------------------------------------------------------------------------------------


def test_keys_that_differ_are_set_first() -> None:
    assert said("keys", replace(broken(), keys="unequal")) == (
        "the pre-shared keys of hq and branch were compared and are not equal. Set the same key at both ends first: "
        "after a clear no SA could be made again."
    )
    assert said("keys") == said("keys", replace(broken(), keys="equal")) == ""
    assert said("keys", replace(broken(), keys="unverifiable")) == ""


def test_what_a_clear_does_not_mend_is_fixed_first() -> None:
    config = hq_config(transform_sets={"AES": TransformSet("AES", ("esp-3des", "esp-md5-hmac"))})
    given = broken(config=config)
    (finding,) = [each for each in situation(given).judgement.findings if each.rule == "transform-no-overlap"]
    assert said("cause", given) == (
        f"{finding.message}: after a clear this configuration could not make SAs again. Fix that first: a clear would "
        "not reach it."
    )
    stuck = tunnel(hq(states=("MM_WAIT_MSG3",)), branch(states=("MM_WAIT_MSG3",)), stimulated=True)
    judgement = judge(stuck, rules.load())
    assert said("cause", stuck) == (
        f"hq-branch is broken, but not by SAs that a clear would mend: {judgement.cause}. Next: "
        f"{judgement.next_action}. Fix that first: a clear would not reach it."
    )
    assert said("cause") == said("cause", tunnel()) == ""
    assert clearable(situation().judgement) == ("spi-mirror-mismatch",)


def counting(**now: int) -> Tunnel:
    return tunnel(hq(at_hq(**now), then=[at_hq()]), build_unread())


def build_unread() -> Device:
    return Device("branch", problems=("connection timed out",), public_addresses=(ip_address(BRANCH),))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            tunnel(hq(), build_unread()),
            "hq has no SA for this tunnel, so that there is nothing to clear. Fix that first: a clear would not reach "
            "it.",
        ),
        (
            counting(encaps=1010, decaps=1010),
            "hq counts traffic both ways through this tunnel, which a clear would only interrupt. Fix that first: a "
            "clear would not reach it.",
        ),
        (counting(encaps=1010), ""),
        (counting(), ""),
    ],
)
def test_one_end_alone_is_cleared_only_where_nothing_comes_back(given: Tunnel, words: str) -> None:
    assert said("cause", given, one_sided="hq") == words


# --- peer-address ----------------------------------------------------------------------------------------------------


def test_a_peer_without_a_literal_address_is_never_cleared() -> None:
    words = (
        "hq: the peer '' is not one literal address: without it the command would clear every tunnel of the device. "
        "Nothing was sent. Audit, and see which address each end has for the other."
    )
    judgement = replace(situation().judgement, tunnel=nameless())
    assert said("peer-address", judgement) == words
    assert said("peer-address", judgement, one_sided="hq") == words
    assert said("peer-address") == said("peer-address", judgement, one_sided="branch") == ""


def test_a_release_that_was_not_read_has_no_command_for_the_second_rung() -> None:
    given = broken(version=None)
    assert said("peer-address", given, ike=True) == (
        "hq: the release of hq, on which its command depends, was not read. Nothing was sent. Audit, and see which "
        "address each end has for the other."
    )
    assert said("peer-address", given) == ""


# --- other-healer ----------------------------------------------------------------------------------------------------


def healed_by(command: str) -> Tunnel:
    applet = Applet("PREEMPT", events=("syslog id 622001 occurs 2",), actions={1: "show clock", 2: command})
    return broken(config=hq_config(applets=(applet,)))


def test_two_healers_are_one_too_many() -> None:
    given = healed_by(f"clear crypto ipsec sa peer {BRANCH}")
    assert said("other-healer", given) == (
        f"hq runs 'clear crypto ipsec sa peer {BRANCH}' by itself (event manager applet PREEMPT, on syslog id 622001 "
        "occurs 2). Take the applet away (no event manager applet NAME), or clear all the same with "
        "-e remediate_allow_other_healer=true."
    )
    assert said("other-healer", given, allow_other_healer=True) == ""
    assert said("other-healer") == said("other-healer", healed_by("clear crypto ipsec sa peer 192.0.2.1")) == ""
    assert said("other-healer", broken(config=hq_config(applets=()))) == ""


@pytest.mark.parametrize(
    ("command", "clearing"),
    [
        (f"clear crypto ipsec sa peer {HQ}", True),
        ("clear crypto ipsec sa", True),
        ("cle cry isa sa", True),
        ("clear ipsec sa", True),
        (f"clear crypto ikev2 sa {HQ}", True),
        (f"vpn-sessiondb logoff ipaddress {HQ} noconfirm", True),
        ("vpn-sessiondb logoff all noconfirm", True),
        ("clear crypto ipsec sa peer 192.0.2.1", False),
        ("clear crypto ipsec sa counters", False),
        ("clear logging buffer", False),
        ("show crypto ipsec sa", False),
        ("c", False),
        ("", False),
    ],
)
def test_a_command_that_clears_this_peer_is_recognised(command: str, clearing: bool) -> None:
    assert clears(command, ip_address(HQ)) is clearing
