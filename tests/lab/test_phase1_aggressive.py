# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv1 aggressive mode (RFC 2409 §5): three messages, a name in the clear, a group that cannot be negotiated."""

from __future__ import annotations

import pytest

from tests.lab.phase1 import ADDRESSES, INITIATORS, OTHER, Edit, change, lab, log, sas, states, up

KEY = "lab-psk-branch-hq"


def aggressive(group: str = "14") -> Edit:
    """Command reference, `crypto map set ikev1 phase1-mode`: the mode, and the group of the first message."""
    line = "crypto map outside_map interface outside\n"
    return change((line, f"crypto map outside_map 10 set ikev1 phase1-mode aggressive group{group}\n{line}"))


@pytest.mark.parametrize("first", INITIATORS)
def test_the_initiator_decides_on_the_mode(first: str) -> None:
    """The responder takes what comes, unless it is told not to."""
    running = lab(first=first, **{first: aggressive()})
    running.advance(5)
    assert states(running) == {"hq": ["AM_ACTIVE"], "branch": ["AM_ACTIVE"]}
    assert up(running)


@pytest.mark.parametrize("release", ["7.2(5)", "9.16(4)"])
def test_am_disable_refuses_to_answer(release: str) -> None:
    """Command reference, `crypto isakmp am-disable` (since 8.4 `crypto ikev1 am-disable`): inbound ones are refused."""
    ike, group = ("isakmp", "2") if release.startswith("7") else ("ikev1", "14")
    mode = "phase1-mode" if release.startswith("7") else "ikev1 phase1-mode"
    tail = "telnet timeout 5\n"
    running = lab(
        release, hq=change((tail, f"crypto map outside_map 10 set {mode} aggressive group{group}\n{tail}")),
        branch=change((tail, f"crypto {ike} am-disable\n{tail}")),
    )  # fmt: skip
    running.advance(5)
    assert states(running) == {"hq": ["AM_WAIT_MSG2"], "branch": []}
    assert (
        log(running, "branch")[0] == f"4-713903: IP = {ADDRESSES['hq']}, Aggressive mode is disabled, dropping packet"
    )


def test_am_disable_does_not_keep_an_end_from_asking() -> None:
    """The command is about inbound connections."""
    running = lab(
        hq=lambda text: aggressive()(change(("telnet timeout", "crypto ikev1 am-disable\ntelnet timeout"))(text))
    )
    running.advance(5)
    assert states(running) == {"hq": ["AM_ACTIVE"], "branch": ["AM_ACTIVE"]}


def test_the_group_is_what_the_entry_says() -> None:
    """RFC 2409 §5: no group negotiation in aggressive mode, so a policy of another group is not offered."""
    running = lab(hq=aggressive("5"))
    running.advance(5)
    assert states(running) == {"hq": ["AM_WAIT_MSG2"], "branch": []}


@pytest.mark.parametrize("first", INITIATORS)
def test_with_different_keys_the_initiator_sees_it_first(first: str) -> None:
    """Message 2 carries the responder's hash (RFC 2409 §5.4), message 3 never comes."""
    running = lab(first=first, **{first: lambda text: aggressive()(text.replace(KEY, "something-else"))})
    running.advance(1)
    assert states(running) == {first: [], OTHER[first]: ["AM_WAIT_MSG3"]}
    responder = ADDRESSES[OTHER[first]]
    assert f"3-713048: IP = {responder}, Error processing payload: Payload ID: 8" in log(running, first)


@pytest.mark.parametrize("identity", ["hostname", "key-id BRANCH"])
def test_a_group_can_be_found_by_name(identity: str) -> None:
    """An L2L group whose name is no address serves aggressive mode alone, where the name comes first."""
    name = "branch.example.com" if identity == "hostname" else "BRANCH"
    tail = "telnet timeout 5\n"
    group = f"tunnel-group {ADDRESSES['branch']} "
    hub = change((group, f"tunnel-group {name} "))
    says = change((tail, f"crypto isakmp identity {identity}\n{tail}"))
    by_name = lab(first="branch", hq=hub, branch=lambda text: aggressive()(says(text)))
    by_name.advance(5)
    assert [sa.group.name for sa in sas(by_name, "hq") if sa.group] == [name]
    in_main_mode = lab(first="branch", hq=hub, branch=says)
    in_main_mode.advance(5)
    assert states(in_main_mode) == {"hq": [], "branch": ["MM_WAIT_MSG4"]}
