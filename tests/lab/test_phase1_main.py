# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv1 main mode: which policy is taken, and what each end shows when there is none, or no key, or nobody."""

from __future__ import annotations

import pytest

from tests.lab.phase1 import ADDRESSES, INITIATORS, OTHER, change, device, lab, log, sas, states, up

POLICY = " encryption aes-256\n hash sha\n group 14\n lifetime 86400\n"
SECOND = "crypto ikev1 policy 20\n authentication pre-share\n encryption aes\n hash sha\n group 14\n lifetime 3600\n"
FIRST = "crypto ikev1 policy 5\n authentication pre-share\n encryption aes\n hash sha\n group 14\n lifetime 7200\n"
TAIL = "telnet timeout 5\n"


@pytest.mark.parametrize("release", ["7.2(5)", "8.2(5)", "8.4(7)", "9.1(7)", "9.8(4)", "9.16(4)", "9.20(2)"])
@pytest.mark.parametrize("first", INITIATORS)
def test_a_pair_of_one_release_comes_up(release: str, first: str) -> None:
    running = lab(release, first=first)
    running.advance(30)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}
    assert [sa.role for sa in sas(running, first)] == ["initiator"]
    assert up(running)


@pytest.mark.parametrize("first", INITIATORS)
def test_the_responder_goes_by_its_own_order(first: str) -> None:
    """The responder holds each of its policies, highest priority first, against all offers: VPN CLI guide,
    "Configuring ISAKMP". The initiator prefers AES-256 (10 before 20), the responder AES (5 before 10).
    """
    responder = OTHER[first]
    edits = {first: change((TAIL, SECOND + TAIL)), responder: change((TAIL, FIRST + TAIL))}
    running = lab(first=first, hq=edits["hq"], branch=edits["branch"])
    running.advance(5)
    agreed = [
        (sa.policy.encryption, sa.policy.lifetime) for name in INITIATORS for sa in sas(running, name) if sa.policy
    ]
    assert agreed == [("aes", 3600), ("aes", 3600)]


@pytest.mark.parametrize("first", INITIATORS)
def test_the_shorter_lifetime_wins_whoever_has_it(first: str) -> None:
    """VPN CLI guide, "Configuring ISAKMP": of two lifetimes the shorter one goes. Both ends renew in time.

    The same page lets a responder have no longer one than the initiator; from practice: an ASA takes either.
    """
    running = lab(first=first, hq=change(("lifetime 86400", "lifetime 1200")))
    running.advance(5)
    assert [sa.lifetime for name in INITIATORS for sa in sas(running, name)] == [1200, 1200]
    before = sas(running, "hq")[0].cookies
    running.advance(1500)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}
    assert sas(running, "hq")[0].cookies != before
    assert sas(running, "hq")[0].rekey_of is None
    assert up(running)


def test_an_unlimited_lifetime_yields_to_a_limited_one() -> None:
    """Command reference, `crypto isakmp policy lifetime`: `none` is accepted, and the peer's finite value is used."""
    running = lab(hq=change(("lifetime 86400", "lifetime none")))
    running.advance(5)
    assert [sa.lifetime for name in INITIATORS for sa in sas(running, name)] == [86400, 86400]


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        (" encryption aes-256", " encryption aes", "Encryption Algorithm:  Rcv'd: AES-CBC  Cfg'd: AES-CBC"),
        (" group 14", " group 5", "Group Description:  Rcv'd: Group 14  Cfg'd: Group 5"),
    ],
)
@pytest.mark.parametrize("first", INITIATORS)
def test_without_a_common_policy_the_initiator_waits_for_message_2(first: str, old: str, new: str, title: str) -> None:
    """RFC 2409 §5.4: nothing is chosen, so nothing is answered that could be believed. 713257 and 713048: message
    guide; the lines on both sides are known from debugs.
    """
    responder = OTHER[first]
    running = lab(first=first, **{responder: change((old, new))})
    running.advance(5)
    assert states(running) == {first: ["MM_WAIT_MSG2"], responder: []}
    assert log(running, responder)[:3] == [
        f"5-713257: IP = {ADDRESSES[first]}, Phase 1 failure:  Mismatched attribute types for class {title}",
        f"4-713903: IP = {ADDRESSES[first]}, All SA proposals found unacceptable",
        f"3-713048: IP = {ADDRESSES[first]}, Error processing payload: Payload ID: 1",
    ]
    unbelieved = "Received an un-encrypted NO_PROPOSAL_CHOSEN notify message, dropping"
    assert f"5-713904: IP = {ADDRESSES[responder]}, {unbelieved}" in log(running, first)
    assert f"4-713903: IP = {ADDRESSES[responder]}, Information Exchange processing failed" in log(running, first)


@pytest.mark.parametrize(
    ("old", "new"), [("hash sha", "hash md5"), ("authentication pre-share", "authentication rsa-sig")]
)
def test_hash_and_authentication_must_be_equal_too(old: str, new: str) -> None:
    """VPN CLI guide: a match has the same encryption, hash, authentication and group."""
    running = lab("9.1(7)", branch=change((old, new)))
    running.advance(5)
    assert states(running) == {"hq": ["MM_WAIT_MSG2"], "branch": []}


@pytest.mark.parametrize("first", INITIATORS)
def test_different_keys_stop_at_messages_5_and_6(first: str) -> None:
    """The keys of main mode come from the pre-shared key (RFC 2409 §5.4), so message 5 is gibberish to the responder:
    MM_WAIT_MSG6 and MM_WAIT_MSG5 (TechNotes on IKEv1 states).
    """
    responder = OTHER[first]
    running = lab(first=first, branch=change(("lab-psk-branch-hq", "something-else")))
    running.advance(5)
    assert states(running) == {first: ["MM_WAIT_MSG6"], responder: ["MM_WAIT_MSG5"]}
    peer = ADDRESSES[first]
    assert (
        f"4-713903: IP = {peer}, ERROR, had problems decrypting packet, probably due to mismatched pre-shared key.  "
        "Aborting"
    ) in log(running, responder)
    running.advance(60)
    assert not any(sa.active for name in INITIATORS for sa in sas(running, name))


@pytest.mark.parametrize("first", INITIATORS)
def test_without_a_tunnel_group_the_responder_stops_after_message_3(first: str) -> None:
    """With a pre-shared key the group must be known when the keys are made, by the peer's address alone."""
    responder = OTHER[first]
    gone = change((f"tunnel-group {ADDRESSES[first]} ", "tunnel-group 192.0.2.99 "))
    running = lab(first=first, **{responder: gone})
    running.advance(5)
    assert states(running) == {first: ["MM_WAIT_MSG4"], responder: []}
    line = f"4-713903: IP = {ADDRESSES[first]}, Can't find a valid tunnel group, aborting...!"
    assert line in log(running, responder)


@pytest.mark.parametrize("first", INITIATORS)
def test_the_default_group_with_a_key_takes_peers_that_have_none(first: str) -> None:
    """CLI guide, "Connection Profiles": DefaultL2LGroup serves L2L peers without a group of their own."""
    responder = OTHER[first]
    default = "tunnel-group DefaultL2LGroup ipsec-attributes\n ikev1 pre-shared-key lab-psk-branch-hq\n"
    gone = change(
        (f"tunnel-group {ADDRESSES[first]} ", "tunnel-group 192.0.2.99 "),
        ("prompt hostname", default + "prompt hostname"),
    )
    running = lab(first=first, **{responder: gone})
    running.advance(5)
    assert up(running)
    assert [sa.group.name for sa in sas(running, responder) if sa.group] == ["DefaultL2LGroup"]


@pytest.mark.parametrize("first", INITIATORS)
def test_a_peer_that_does_not_listen_gets_four_tries(first: str) -> None:
    """MM_WAIT_MSG2 is no answer at all; captured: RESENDING after 8 s."""
    responder = OTHER[first]
    running = lab(first=first, **{responder: change(("crypto ikev1 enable outside\n", ""))})
    running.advance(5)
    assert states(running) == {first: ["MM_WAIT_MSG2"], responder: []}
    running.advance(28)
    assert f"4-713903: IP = {ADDRESSES[responder]}, Error: Unable to remove PeerTblEntry" in log(running, first)
    assert log(running, responder) == []


@pytest.mark.parametrize("first", INITIATORS)
def test_an_interface_without_a_crypto_map_answers_nobody(first: str) -> None:
    """Captured from a debug: packets of IKE are dropped there."""
    responder = OTHER[first]
    running = lab(first=first, **{responder: change(("crypto map outside_map interface outside\n", ""))})
    running.advance(5)
    assert states(running) == {first: ["MM_WAIT_MSG2"], responder: []}
    line = f"7-713906: IP = {ADDRESSES[first]}, No crypto map bound to interface... dropping pkt"
    assert log(running, responder)[0] == line


def test_an_end_without_ike_on_its_interface_sends_nothing() -> None:
    """`crypto ikev1 enable` is needed to initiate as well: VPN CLI guide, "Enable IKE on the outside interface"."""
    running = lab(hq=change(("crypto ikev1 enable outside\n", "")))
    running.advance(5)
    assert states(running) == {"hq": [], "branch": []}
    assert log(running, "hq")[0].startswith("3-752006: Tunnel Manager failed to dispatch a KEY_ACQUIRE message.")


@pytest.mark.parametrize("first", INITIATORS)
def test_a_group_policy_without_the_protocol_refuses(first: str) -> None:
    """713206: the group-policy allows another protocol than the tunnel has; whoever initiates, there is no tunnel."""
    only = "group-policy GP internal\ngroup-policy GP attributes\n vpn-tunnel-protocol ikev2\n"
    group = f"tunnel-group {ADDRESSES['hq']} "
    general = f"{group}general-attributes\n default-group-policy GP\n"
    running = lab(first=first, branch=change((f"{group}type ipsec-l2l\n", f"{only}{group}type ipsec-l2l\n{general}")))
    running.advance(20)
    assert not any(sa.active for name in INITIATORS for sa in sas(running, name))
    text = "Tunnel Rejected: Conflicting protocols specified by tunnel-group and group-policy"
    assert any(line.startswith("3-713206: ") and line.endswith(text) for line in log(running, "branch"))


def test_7_x_has_a_policy_where_none_is_configured_and_8_4_has_none() -> None:
    """CLI guide 7.2 has a default policy at the lowest priority; 8.4 notes that there is none any more."""

    def bare(text: str) -> str:
        head, _, rest = text.partition(
            "crypto isakmp policy 10\n" if "isakmp policy" in text else "crypto ikev1 policy 10\n"
        )
        return head + rest[rest.index("telnet timeout") :]

    old = lab("7.2(5)", hq=bare, branch=bare)
    old.advance(5)
    assert [(sa.policy.encryption, sa.policy.group) for sa in sas(old, "hq") if sa.policy] == [("3des", "2")]
    new = lab("9.1(7)", hq=bare, branch=bare)
    new.advance(5)
    assert states(new) == {"hq": [], "branch": []}


def test_a_password_of_stars_equals_another_one() -> None:
    """A masked key is a stand-in: equal at both ends, so that the rest can be tried."""
    running = lab(hq=change(("lab-psk-branch-hq", "*****")), branch=change(("lab-psk-branch-hq", "*****")))
    running.advance(5)
    assert up(running)


def test_initial_contact_voids_what_the_responder_still_holds() -> None:
    """RFC 2407 §4.6.3.3: a peer that has lost everything says so, and the old SAs go."""
    running = lab()
    running.advance(5)
    device(running, "hq").power_cut()
    running.advance(5)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}
    assert len(device(running, "branch").datapath.contexts) == 1
    assert up(running)
