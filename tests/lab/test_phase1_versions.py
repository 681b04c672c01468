# SPDX-License-Identifier: GPL-3.0-or-later
"""Which version of IKE is tried, and which peer (messages 752xxx; VPN CLI guide 8.4, IKEv1 and IKEv2 side by side)."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.engine.messages import Packet
from tests.lab.phase1 import ADDRESSES, HOSTS, INITIATORS, OTHER, both, change, device, ikev2, lab, log, sas, states, up

GROUP = "tunnel-group 203.0.113.1 type ipsec-l2l\n"
OTHER_GROUP = (
    "tunnel-group 203.0.113.77 type ipsec-l2l\ntunnel-group 203.0.113.77 ipsec-attributes\n ikev1 pre-shared-key x\n"
)
TWO_PEERS = change(("set peer 203.0.113.1\n", "set peer 203.0.113.77 203.0.113.1\n"), (GROUP, OTHER_GROUP + GROUP))
MAP = "Map Tag = outside_map.  Map Sequence Number = 10."


def manager(name: str, running: object) -> list[str]:
    """What the tunnel manager said at one end, without the entry that it said it of."""
    lines = [line for line in log(running, name) if line[2:5] == "752"]  # type: ignore[arg-type]
    assert all(line.endswith(MAP) for line in lines)
    return [line.removesuffix(MAP).rstrip() for line in lines]


@pytest.mark.parametrize("first", INITIATORS)
def test_ikev2_is_tried_first(first: str) -> None:
    running = lab(first=first, hq=ikev2(keep_v1=True), branch=ikev2(keep_v1=True))
    running.advance(2)
    assert states(running) == {"hq": ["READY"], "branch": ["READY"]}
    assert manager(first, running) == [
        "5-752003: Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv2.",
        "5-752016: IKEv2 was successful at setting up a tunnel.",
    ]


@pytest.mark.parametrize("first", INITIATORS)
def test_ikev1_follows_when_ikev2_has_failed(first: str) -> None:
    """The keys of IKEv2 differ, those of IKEv1 do not."""
    running = lab(first=first, hq=ikev2("one", keep_v1=True), branch=ikev2("other", keep_v1=True))
    running.advance(2)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}
    assert manager(first, running) == [
        "5-752003: Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv2.",
        "4-752012: IKEv2 was unsuccessful at setting up a tunnel.",
        "4-752014: Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv1 after a failed attempt.",
        "5-752016: IKEv1 was successful at setting up a tunnel.",
    ]


@pytest.mark.parametrize("first", INITIATORS)
def test_a_peer_that_knows_no_ikev2_costs_the_time_of_its_retransmissions(first: str) -> None:
    running = lab(first=first, **{first: ikev2(keep_v1=True)})
    running.advance(20)
    assert states(running) == {first: ["INIT_SENT"], OTHER[first]: []}
    running.advance(20)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}
    assert up(running)


def test_an_attempt_outlives_what_the_peer_begins_in_the_other_version() -> None:
    """RFC 2407, 4.6.3.3: INITIAL-CONTACT voids the SAs that exist with the sender, which an own attempt is not yet."""
    running = lab(hq=both(ikev2(keep_v1=True), change(("set peer 203.0.113.1", "set connection-type originate-only\n"
                  "crypto map outside_map 10 set peer 203.0.113.1"))))  # fmt: skip
    for _ in range(10):
        running.advance(1)
        device(running, "branch").forward(Packet(*map(IPv4Address, (HOSTS["branch"], HOSTS["hq"]))))
    dispatched = [line for line in manager("hq", running) if "dispatching" in line]
    assert dispatched == ["5-752003: Tunnel Manager dispatching a KEY_ACQUIRE message to IKEv2."]
    assert any("713061" in line for line in log(running, "hq")), "branch was not refused"
    running.advance(30)
    assert up(running)


@pytest.mark.parametrize("first", INITIATORS)
def test_a_version_without_keys_is_not_tried(first: str) -> None:
    """The entry is for both versions, the tunnel-group has keys for IKEv1 alone."""
    no_keys = change(
        (" ikev2 remote-authentication pre-shared-key k\n ikev2 local-authentication pre-shared-key k\n", "")
    )
    running = lab(first=first, hq=both(ikev2(keep_v1=True), no_keys), branch=ikev2(keep_v1=True))
    running.advance(2)
    if first == "hq":
        assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}
    else:
        # hq answers IKE_SA_INIT and refuses IKE_AUTH, and branch falls back.
        assert "4-752012: IKEv2 was unsuccessful at setting up a tunnel." in manager("branch", running)
        assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}


@pytest.mark.parametrize("first", INITIATORS)
def test_ends_with_different_versions_never_meet(first: str) -> None:
    running = lab(first=first, hq=ikev2())
    running.advance(100)
    assert not any(sa.active for name in INITIATORS for sa in sas(running, name))


def test_when_all_versions_have_failed_it_is_said() -> None:
    """Message 752015."""
    wrong = change(("lab-psk-branch-hq", "something-else"))
    running = lab(hq=ikev2("one", keep_v1=True), branch=both(ikev2("other", keep_v1=True), wrong))
    running.advance(50)
    failed = (
        "Tunnel Manager has failed to establish an L2L SA.  All configured IKE versions failed to establish the tunnel."
    )
    assert f"3-752015: {failed}" in manager("hq", running)


def test_the_next_peer_of_an_entry_has_its_turn() -> None:
    """Command reference, `crypto map set peer`: the peers of an entry are tried in order, the next when one fails."""
    running = lab(hq=TWO_PEERS)
    running.advance(20)
    assert [(sa.peer, sa.state) for sa in sas(running, "hq")] == [("203.0.113.77", "MM_WAIT_MSG2")]
    running.advance(20)
    assert [(sa.peer, sa.state) for sa in sas(running, "hq")] == [(ADDRESSES["branch"], "MM_ACTIVE")]
    assert up(running)


@pytest.mark.parametrize(("release", "comes_up"), [("9.8(4)", False), ("9.16(4)", True)])
def test_ikev2_takes_several_peers_since_9_14(release: str, comes_up: bool) -> None:
    """Release notes 9.14(1)."""
    running = lab(release, hq=both(TWO_PEERS, ikev2()), branch=ikev2())
    running.advance(60)
    assert up(running) is comes_up
