# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that steps type: one literal peer, or nothing at all."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Sessions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import (
    Phase,
    UnsafeStepError,
    clear_ipsec_sa,
    cleared_by,
    ike_version,
    is_clear,
    stimulate,
)
from tests.build import BRANCH, BRANCH_LAN, HQ_LAN, at_branch, at_hq, branch, branch_config, hq, hq_config, tunnel


@pytest.mark.parametrize("peer", [BRANCH, ip_address(BRANCH), f" {BRANCH} "])
def test_a_clear_names_its_peer(peer: str) -> None:
    assert clear_ipsec_sa.command(peer) == f"clear crypto ipsec sa peer {BRANCH}"


@pytest.mark.parametrize("peer", [None, "", " ", "any", "branch", f"{BRANCH} counters", f"{BRANCH}\nreload", HQ_LAN])
def test_anything_but_one_literal_address_is_never_sent(peer: str | None) -> None:
    with pytest.raises(UnsafeStepError, match="is not one literal address: without it the command would clear every"):
        clear_ipsec_sa.step("hq", peer)


@pytest.mark.parametrize("peer", ["0.0.0.0", "::", "224.0.0.1"])
def test_an_address_that_no_peer_can_have_is_never_sent(peer: str) -> None:
    with pytest.raises(UnsafeStepError, match="is no address of a peer"):
        clear_ipsec_sa.command(peer)


def test_a_clear_says_what_it_interrupts() -> None:
    step = clear_ipsec_sa.step("hq", BRANCH)
    assert (step.device, step.phase, step.configure) == ("hq", Phase.CLEAR, False)
    assert step.interrupts.startswith(f"all traffic between hq and {BRANCH}")
    assert step.undo_note


def test_both_ends_ping_the_other_from_an_address_that_the_tunnel_protects() -> None:
    commands = {step.device: step.commands for step in stimulate.steps(tunnel())}
    assert commands == {"hq": ("ping inside 10.2.0.1",), "branch": ("ping inside 10.1.0.1",)}


def test_an_end_that_only_answers_is_not_asked_to_start() -> None:
    config = branch_config(map_changes={"connection_type": "answer-only"})
    steps = stimulate.steps(tunnel(hq(at_hq()), branch(at_branch(), config=config)))
    assert [step.device for step in steps] == ["hq"]


def test_without_an_address_of_its_own_inside_an_end_traces_a_packet() -> None:
    config = hq_config(acl=[("10.9.0.0/24", BRANCH_LAN)])
    inside = at_hq(local="10.9.0.0/24")
    steps = stimulate.steps(tunnel(hq(inside, config=config), branch(at_branch(remote="10.9.0.0/24"))))
    assert steps[0].commands == ("packet-tracer input inside icmp 10.9.0.1 8 0 10.2.0.1",)


def test_with_no_sa_left_the_access_list_says_what_to_send() -> None:
    commands = {step.device: step.commands for step in stimulate.steps(tunnel(hq(), branch()))}
    assert commands["hq"] == ("ping inside 10.2.0.1",)


def test_few_identities_are_stimulated_however_many_there_are() -> None:
    many = [at_hq(inbound=(n,), outbound=(n + 100,), local=HQ_LAN, remote=f"10.2.{n}.0/24") for n in range(1, 9)]
    steps = stimulate.steps(tunnel(hq(*many), branch()))
    assert len(steps[0].commands) == 4


# --- right before a clear is sent ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "version"),
    [
        (f"clear crypto ipsec sa peer {BRANCH}", None),
        (f"clear crypto ikev1 sa {BRANCH}", 1),
        (f"clear crypto ikev2 sa {BRANCH}", 2),
        (f"vpn-sessiondb logoff ipaddress {BRANCH} noconfirm", None),
    ],
)
def test_a_line_that_clears_one_peer_is_known_with_its_peer(line: str, version: int | None) -> None:
    assert is_clear(line)
    assert cleared_by(line) == ip_address(BRANCH)
    assert ike_version(line) == version


def test_a_peer_may_have_an_address_of_ipv6() -> None:
    assert cleared_by("clear crypto ikev2 sa 2001:db8::1") == ip_address("2001:db8::1")


@pytest.mark.parametrize(
    "line",
    [
        "clear crypto ipsec sa",
        "clear crypto ipsec sa ",
        "clear crypto ipsec sa peer",
        "clear crypto ipsec sa peer ",
        f"clear crypto ipsec sa peer {BRANCH} ",
        f" clear crypto ipsec sa peer {BRANCH}",
        f"clear crypto ipsec sa peer {BRANCH} {BRANCH}",
        f"clear crypto ipsec sa peer {BRANCH}\nreload",
        "clear crypto ipsec sa peer branch",
        "clear crypto ipsec sa peer 0.0.0.0",
        "clear crypto ipsec sa peer 198.51.100.300",
        "clear crypto ipsec sa counters",
        "clear crypto ipsec sa map outside_map",
        f"clear crypto ipsec sa entry {BRANCH} esp 0x1",
        f"clear ipsec sa peer {BRANCH}",
        f"cle cry ips sa peer {BRANCH}",
        "clear crypto isakmp sa",
        f"clear crypto isakmp sa {BRANCH}",
        "clear crypto ikev1 sa",
        "clear crypto ikev2 sa",
        f"clear crypto ikev2 sa peer {BRANCH}",
        f"clear crypto ikev3 sa {BRANCH}",
        f"vpn-sessiondb logoff ipaddress {BRANCH}",
        "vpn-sessiondb logoff ipaddress noconfirm",
        "vpn-sessiondb logoff all noconfirm",
        "vpn-sessiondb logoff l2l noconfirm",
        f"vpn-sess logoff ipaddress {BRANCH} noconfirm",
        "clear configure all",
        f"CLEAR crypto ipsec sa peer {BRANCH}",
    ],
)
def test_a_line_that_could_clear_more_than_one_peer_is_never_sent(line: str) -> None:
    assert is_clear(line)
    with pytest.raises(UnsafeStepError):
        cleared_by(line)


@pytest.mark.parametrize(
    "line",
    ["show crypto ipsec sa", "ping inside 10.2.0.1", "show vpn-sessiondb l2l", "write memory", "changeto system"],
)
def test_other_lines_are_no_clears(line: str) -> None:
    assert not is_clear(line)


def test_a_sequence_types_no_clear_of_more_than_one_peer() -> None:
    sessions = Sessions(lambda: 0.0)
    for talk in (sessions.ask("hq", "clear crypto isakmp sa"), sessions.fire("hq", "clear crypto ipsec sa")):
        with pytest.raises(UnsafeStepError, match="does not name one literal peer"):
            next(talk)
    assert sessions.actions == []
