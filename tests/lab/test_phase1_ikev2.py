# SPDX-License-Identifier: GPL-3.0-or-later
"""IKEv2 (RFC 7296) between two ASAs: proposals, keys of each direction, rekey, deletion, what is shown and logged."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.engine.traffic import send
from lab.site import Lab
from lab.testing import Typist
from tests.lab.phase1 import ADDRESSES, HOSTS, INITIATORS, OTHER, both, change, device, ikev2, lab, log, sas, states, up

ABORTED = "IKEv2 Negotiation aborted due to ERROR:"


def ends(name: str, user: str = "") -> str:
    """How a message names the two ends, as seen at `name`."""
    local, remote = ADDRESSES[name], ADDRESSES[OTHER[name]]
    return f"Local:{local}:500 Remote:{remote}:500 Username:{user or remote}"


@pytest.mark.parametrize("release", ["8.4(7)", "9.1(7)", "9.8(4)", "9.16(4)", "9.20(2)"])
@pytest.mark.parametrize("first", INITIATORS)
def test_a_pair_comes_up_in_four_messages(release: str, first: str) -> None:
    """RFC 7296 §1.2: the first child SA comes with IKE_AUTH."""
    old = "encryption aes-256\n integrity sha256\n group 5\n prf sha256"
    edit = ikev2(policy=old) if release.startswith("8") else ikev2()
    running = lab(release, first=first, hq=edit, branch=edit)
    running.advance(2)
    assert states(running) == {"hq": ["READY"], "branch": ["READY"]}
    assert [sa.role for sa in sas(running, first)] == ["initiator"]
    assert up(running)
    said = f"5-750006: {ends(first)} IKEv2 SA UP. Reason: New Connection Established"
    assert said in log(running, first)
    asked = f"5-750002: {ends(OTHER[first], 'Unknown')} Received a IKE_INIT_SA request"
    assert asked in log(running, OTHER[first])


@pytest.mark.parametrize("first", INITIATORS)
def test_each_direction_may_have_a_key_of_its_own(first: str) -> None:
    """What one end proves itself with, the other must expect (RFC 7296 §2.15; `ikev2 local-authentication`)."""
    running = lab(first=first, hq=ikev2("from-hq", "from-branch"), branch=ikev2("from-branch", "from-hq"))
    running.advance(2)
    assert up(running)


@pytest.mark.parametrize("first", INITIATORS)
@pytest.mark.parametrize("hq", [("from-hq", "other"), ("other", "from-branch")])
def test_one_wrong_direction_is_enough(hq: tuple[str, str], first: str) -> None:
    running = lab(first=first, hq=ikev2(*hq), branch=ikev2("from-branch", "from-hq"))
    running.advance(3.9)
    assert not any(sa.active for name in INITIATORS for sa in sas(running, name))
    # The end whose expectation fails says so; the other one hears of it.
    believer = "hq" if hq[1] == "other" else "branch"
    failed = f"4-750003: {ends(believer)} {ABORTED} Failed to authenticate the IKE SA"
    assert failed in log(running, believer)


def test_the_initiator_alone_may_notice() -> None:
    """The responder believes first, is up, and then hears that it is not believed."""
    running = lab(hq=ikev2("from-hq", "other"), branch=ikev2("from-branch", "from-hq"))
    running.advance(0.9)
    messages = [line.partition(":")[0] for line in log(running, "branch")]
    assert messages.index("5-750006") < messages.index("4-750003") < messages.index("5-750007")


@pytest.mark.parametrize(
    "policy",
    [
        "encryption aes\n integrity sha256\n group 19\n prf sha256",
        "encryption aes-256\n integrity sha512\n group 19\n prf sha256",
        "encryption aes-256\n integrity sha256\n group 21\n prf sha256",
        "encryption aes-256\n integrity sha256\n group 19\n prf sha512",
    ],
)
@pytest.mark.parametrize("first", INITIATORS)
def test_every_kind_of_algorithm_must_have_one_in_common(policy: str, first: str) -> None:
    """RFC 7296 §3.3.6."""
    responder = OTHER[first]
    running = lab(first=first, hq=ikev2(), branch=ikev2(policy=policy))
    running.advance(1.9)
    assert states(running) == {"hq": [], "branch": []}
    refused = f"4-750003: {ends(responder, 'Unknown')} {ABORTED} Failed to find a matching policy"
    assert refused in log(running, responder)
    assert f"4-750003: {ends(first)} {ABORTED} Received no proposal chosen notify" in log(running, first)


@pytest.mark.parametrize("first", INITIATORS)
def test_a_wrongly_guessed_group_costs_a_round_and_no_more(first: str) -> None:
    """RFC 7296 §1.2: INVALID_KE_PAYLOAD names the group, and the initiator asks again with it."""
    many = "encryption aes-256\n integrity sha256\n group 21 19 14\n prf sha256"
    few = "encryption aes-256\n integrity sha256\n group 14\n prf sha256"
    running = lab(first=first, **{first: ikev2(policy=many), OTHER[first]: ikev2(policy=few)})
    running.advance(2)
    assert [sa.policy.group for name in INITIATORS for sa in sas(running, name) if sa.policy] == ["14", "14"]


def test_the_strongest_in_common_is_taken_not_the_first_written() -> None:
    """VPN CLI guide: an ASA orders what a policy lists from the most secure to the least."""
    lists = "encryption aes aes-256\n integrity sha sha512\n group 14 20\n prf sha256"
    running = lab(hq=ikev2(policy=lists), branch=ikev2(policy=lists))
    running.advance(2)
    chosen = sas(running, "hq")[0].policy
    assert chosen is not None
    assert (chosen.encryption, chosen.hash, chosen.group) == ("aes-256", "sha512", "20")


def test_gcm_needs_no_integrity() -> None:
    """RFC 5282; such a policy says `integrity null`."""
    gcm = "encryption aes-gcm-256\n integrity null\n group 19\n prf sha256"
    running = lab(hq=ikev2(policy=gcm), branch=ikev2(policy=gcm))
    running.advance(2)
    assert "Encr: AES-GCM, keysize: 256, Hash: N/A, DH Grp:19" in Typist(running, "hq").enable()("show crypto ikev2 sa")


@pytest.mark.parametrize("first", INITIATORS)
def test_lifetimes_are_nobody_elses_business_and_a_rekey_keeps_the_children(first: str) -> None:
    """RFC 7296 §2.8 and §1.3.2: make before break, and the children go on under the new IKE SA."""
    short = change(("lifetime seconds 86400", "lifetime seconds 1200"))
    running = lab(first=first, hq=both(ikev2(), short), branch=ikev2())
    running.advance(2)
    assert [sa.lifetime for name in INITIATORS for sa in sas(running, name)] == [1200, 86400]
    before, spis = sas(running, "hq")[0].cookies, {c.spi_in for c in device(running, "hq").ike.phase2.children}
    running.advance(1300)
    assert states(running) == {"hq": ["READY"], "branch": ["READY"]}
    assert sas(running, "hq")[0].cookies != before
    assert {c.spi_in for c in device(running, "hq").ike.phase2.children} == spis
    assert up(running)


def quiet_pair() -> Lab:
    """An IKEv2 pair that one packet has brought up, and in which nobody speaks any more."""
    running = lab(hq=ikev2(), branch=ikev2(), flows=False)
    send(running.network, IPv4Address(HOSTS["hq"]), IPv4Address(HOSTS["branch"]))
    running.advance(2)
    assert states(running) == {"hq": ["READY"], "branch": ["READY"]}
    return running


def test_an_ike_sa_that_goes_takes_its_children_along() -> None:
    """RFC 7296 §1.4.1."""
    running = quiet_pair()
    Typist(running, "hq").enable()("clear crypto ikev2 sa")
    running.advance(1)
    assert states(running) == {"hq": [], "branch": []}
    assert not device(running, "branch").datapath.contexts
    assert f"5-750007: {ends('hq')} IKEv2 SA DOWN. Reason: application initiated" in log(running, "hq")
    assert f"5-750007: {ends('branch')} IKEv2 SA DOWN. Reason: peer request" in log(running, "branch")


def test_a_lost_delete_is_sent_again() -> None:
    """RFC 7296 §2.1: a request is repeated until it is answered, which IKEv1's DELETE is not."""
    running = quiet_pair()
    running.fault("lose-delete=1", "hq")
    Typist(running, "hq").enable()("clear crypto ikev2 sa")
    running.advance(5)
    assert states(running) == {"hq": [], "branch": ["READY"]}
    running.advance(5)
    assert states(running) == {"hq": [], "branch": []}


@pytest.mark.parametrize("first", INITIATORS)
def test_dpd_notices_a_peer_that_is_gone(first: str) -> None:
    """`isakmp keepalive` drives IKEv2 as well: asking 10 s after the last sign of life, three times 2 s apart."""
    running = lab(first=first, hq=ikev2(), branch=ikev2())
    running.advance(20)
    running.fault("underlay-dead", "hq")
    running.advance(20)
    assert f"5-750007: {ends('branch')} IKEv2 SA DOWN. Reason: peer lost" in log(running, "branch")
    running.fault("underlay-dead=off", "hq")
    running.advance(60)
    assert up(running)


def test_an_end_with_keepalive_disabled_answers_all_the_same() -> None:
    """An empty INFORMATIONAL request must be answered (RFC 7296 §1.4): there is nothing to agree on beforehand."""
    off = change((" ikev2 remote-authentication", " isakmp keepalive disable\n ikev2 remote-authentication"))
    running = lab(hq=ikev2(), branch=both(ikev2(), off), flows=False)
    send(running.network, IPv4Address(HOSTS["hq"]), IPv4Address(HOSTS["branch"]))
    running.advance(300)
    assert states(running) == {"hq": ["READY"], "branch": ["READY"]}


def test_initial_contact_voids_what_the_peer_still_holds() -> None:
    """RFC 7296 §2.4."""
    running = lab(hq=ikev2(), branch=ikev2())
    running.advance(5)
    device(running, "hq").power_cut()
    running.advance(5)
    assert states(running) == {"hq": ["READY"], "branch": ["READY"]}
    assert up(running)


def test_a_half_open_row_says_so() -> None:
    """From practice: IN-NEG under DOWN-NEGOTIATING. 750003's text when nobody goes on is captured."""
    running = lab(hq=ikev2(), branch=ikev2())
    running.fault("underlay-dead", "hq")
    running.advance(0.9)
    shown = Typist(running, "hq").enable()("show crypto ikev2 sa")
    assert "Status:DOWN-NEGOTIATING, IKE count:1, CHILD count:0" in shown
    row = next(line.split() for line in shown.splitlines() if "IN-NEG" in line)
    assert row[1:] == [f"{ADDRESSES['hq']}/500", f"{ADDRESSES['branch']}/500", "IN-NEG", "INITIATOR"]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            "tunnel-group 198.51.100.1 ", "tunnel-group 192.0.2.9 ",
            "3-751004: {ends} No remote authentication method configured for peer in tunnel group DefaultL2LGroup",
        ),
        (
            "type ipsec-l2l", "type remote-access", "3-751009: {ends} Unable to find tunnel group for peer.",
        ),
        (
            " ikev2 remote-authentication pre-shared-key k\n", "",
            "3-751004: {ends} No remote authentication method configured for peer in tunnel group 198.51.100.1",
        ),
        (
            " ikev2 local-authentication pre-shared-key k", "",
            "3-751002: {ends} No pre-shared key or trustpoint configured for self in tunnel group 198.51.100.1",
        ),
    ],
)  # fmt: skip
def test_what_the_responders_group_lacks_has_a_message(old: str, new: str, text: str) -> None:
    """Message guide, 751002, 751004 and 751009. DefaultL2LGroup without any key serves nobody."""
    running = lab(hq=ikev2(), branch=both(ikev2(), change((old, new))))
    running.advance(1.9)
    user = "DefaultL2LGroup" if "DefaultL2LGroup" in text else "Unknown" if "751009" in text else ADDRESSES["hq"]
    wanted = text.format(ends=ends("branch", user))
    assert wanted in log(running, "branch")
    assert not sas(running, "branch")


@pytest.mark.parametrize("first", INITIATORS)
def test_a_group_policy_without_ikev2_refuses(first: str) -> None:
    """Message guide, 751008."""
    group = f"tunnel-group {ADDRESSES['hq']} "
    only = "group-policy GP internal\ngroup-policy GP attributes\n vpn-tunnel-protocol ikev1\n"
    general = f"{group}general-attributes\n default-group-policy GP\n"
    refuse = change((f"{group}type ipsec-l2l\n", f"{only}{group}type ipsec-l2l\n{general}"))
    running = lab(first=first, hq=ikev2(), branch=both(ikev2(), refuse))
    running.advance(1.9)
    assert not any(sa.active for name in INITIATORS for sa in sas(running, name))
    said = f"3-751008: {ends('branch')} Group={ADDRESSES['hq']}, Tunnel rejected: IKEv2 not enabled in group policy"
    assert said in log(running, "branch")


def test_8_3_knows_no_ikev2() -> None:
    """IKEv2 came with 8.4(1) (release notes)."""
    enable = "crypto isakmp enable outside\n"
    running = lab("8.2(5)", hq=change((enable, f"{enable}crypto ikev2 enable outside\n")))
    assert not device(running, "hq").policy.ikev2_interfaces
