# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that steps type: one literal peer, or nothing at all."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import (
    Phase,
    UnsafeStepError,
    clear_ipsec_sa,
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
