# SPDX-License-Identifier: GPL-3.0-or-later
"""Algorithms, PFS and lifetimes: what is chosen, by whom, and what shows only at the rekey."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.engine.messages import IkeMessage, QuickMode
from lab.engine.policy import UNLIMITED
from lab.engine.traffic import send
from lab.site import Lab
from tests.lab.two_ends import BOTH, HOSTS, V2, Edit, added, both, call, ends, logged, quiet, replaced, spis

NO_PFS = replaced(("crypto map outside_map 10 set pfs group14\n", ""))
GROUP_20 = replaced(("set pfs group14", "set pfs group20"))
LIFE = "crypto map outside_map 10 set security-association lifetime"


def chosen(lab: Lab) -> list[tuple[str, str]]:
    return [pair.transform.algorithms for device in ends(lab) for pair in device.datapath.pairs()]


def sets(*names: str) -> Edit:
    """Transform-sets S1 to S3 are defined, those named are set."""
    lines = ("S1 esp-aes-256 esp-sha-hmac", "S2 esp-aes-192 esp-sha-hmac", "S3 esp-aes esp-sha-hmac")
    return both(
        added(*(f"crypto ipsec ikev1 transform-set {line}" for line in lines)),
        replaced(("set ikev1 transform-set AES256-SHA", f"set ikev1 transform-set {' '.join(names)}")),
    )


@pytest.mark.parametrize(("end", "algorithms"), [("hq", "esp-aes-192"), ("branch", "esp-aes")])
def test_of_several_transform_sets_the_initiators_first_one_that_fits_is_used(end: str, algorithms: str) -> None:
    """RFC 2409 §5.5: the initiator's proposals in its order."""
    lab = quiet(sets("S1", "S2", "S3"), sets("S3", "S2"))
    assert call(lab, end)
    assert chosen(lab) == [(algorithms, "esp-sha-hmac")] * 2


def test_a_set_that_is_not_defined_is_none() -> None:
    lab = quiet(sets("MISSING"))
    assert not call(lab, "hq")
    assert not call(lab, "branch")


def test_ikev2_proposals_are_lists() -> None:
    """RFC 7296 §2.7: of each kind one algorithm, in the initiator's order."""
    own = "protocol esp encryption aes-192 aes\n protocol esp integrity sha-256 sha-1"
    several = replaced(("protocol esp encryption aes-256\n protocol esp integrity sha-1", own))
    lab = quiet(both(V2, several), both(V2, replaced(("esp encryption aes-256", "esp encryption aes-256 aes"))))
    assert call(lab, "hq")
    assert chosen(lab) == [("esp-aes", "esp-sha-hmac")] * 2


def test_gcm_needs_no_integrity_in_common() -> None:
    """RFC 7296 §3.3: an algorithm with an integrity of its own."""
    old = "esp encryption aes-256\n protocol esp integrity sha-1"
    new = "esp encryption aes-gcm-256\n protocol esp integrity"
    gcm = [replaced((old, f"{new} {word}")) for word in ("null", "sha-1")]
    lab = quiet(both(V2, gcm[0]), both(V2, gcm[1]))
    assert call(lab, "hq")
    assert chosen(lab) == [("esp-aes-gcm-256", "esp-null-hmac")] * 2


@pytest.mark.parametrize(
    ("hq", "branch", "end", "works"),
    [
        (str, NO_PFS, "hq", True), (str, NO_PFS, "branch", False), (NO_PFS, NO_PFS, "hq", True),
        (str, GROUP_20, "hq", False), (str, GROUP_20, "branch", False),
    ],
)  # fmt: skip
def test_ikev1_pfs_by_direction(hq: Edit, branch: Edit, end: str, works: bool) -> None:
    """Command reference, `crypto map set pfs`: who has none takes any offer, who has one insists on its group."""
    assert call(quiet(hq, branch), end) is works


@pytest.mark.parametrize("branch", [GROUP_20, str])
def test_ikev2_notices_different_pfs_groups_at_the_rekey(branch: Edit) -> None:
    """RFC 7296 §1.2: the first child has no Diffie-Hellman of its own."""
    short = added(f"{LIFE} seconds 600")
    lab = quiet(both(V2, short), both(V2, short, branch))
    assert call(lab, "hq", seconds=30)
    assert [pair.pfs for pair in ends(lab)[0].datapath.pairs()] == [None]
    before = spis(ends(lab)[0])
    call(lab, "hq", seconds=550)
    if branch is str:
        assert [pair.pfs for pair in ends(lab)[0].datapath.pairs()] == ["14"]
        assert call(lab, "hq", seconds=60)
    else:
        assert spis(ends(lab)[0]) == before
        assert any("Received NO_PROPOSAL_CHOSEN notify" in line for line in logged(ends(lab)[0], 750003))
        assert not call(lab, "hq", seconds=60)


@pytest.mark.parametrize("edit", [str, V2])
@pytest.mark.parametrize("end", BOTH)
def test_a_rekey_loses_no_packet(end: str, edit: Edit) -> None:
    """Make before break: RFC 2409 §5.5 leaves it open, RFC 7296 §2.8 demands it."""
    short = added(f"{LIFE} seconds 600")
    lab = quiet(both(edit, short), both(edit, short))
    assert call(lab, end)
    before = spis(ends(lab)[0])
    assert all(call(lab, end, seconds=1) for _ in range(1300))
    assert not set(spis(ends(lab)[0])) & set(before)
    lab.advance(60)
    assert [len(spis(device)) for device in ends(lab)] == [1, 1]


def test_without_traffic_there_is_no_rekey() -> None:
    """From practice: a pair that carried nothing is not replaced, and the next packet makes a new one."""
    short = added(f"{LIFE} seconds 600")
    lab = quiet(short, short)
    assert call(lab, "hq")
    lab.advance(1300)
    assert not spis(ends(lab)[0])
    assert call(lab, "hq", seconds=3)


def test_ikev1_uses_the_lower_lifetimes_and_ikev2_each_its_own() -> None:
    """Syslog 713075 and 713076; RFC 7296 §2.8: in IKEv2 lifetimes are not negotiated."""
    hq, branch = added(f"{LIFE} seconds 3600"), added(f"{LIFE} kilobytes 100000")
    lab = quiet(hq, branch)
    assert call(lab, "hq")
    assert {(p.seconds, p.kilobytes) for device in ends(lab) for p in device.datapath.pairs()} == {(3600, 100000)}
    assert logged(ends(lab)[1], 713076)[0].endswith("rekeying duration from 4608000 to 100000 Kbs")
    lab = quiet(both(V2, hq), both(V2, branch))
    assert call(lab, "hq")
    assert [(p.seconds, p.kilobytes) for device in ends(lab) for p in device.datapath.pairs()] == [
        (3600, 4608000), (28800, 100000),
    ]  # fmt: skip


def test_unlimited_kilobytes_are_no_limit() -> None:
    unlimited = added(f"{LIFE} kilobytes unlimited")
    lab = quiet(unlimited, unlimited)
    assert call(lab, "hq")
    assert {p.kilobytes for device in ends(lab) for p in device.datapath.pairs()} == {UNLIMITED}


@pytest.mark.parametrize("edit", [str, V2])
def test_volume_rekeys_as_time_does(edit: Edit) -> None:
    """Command reference, `set security-association lifetime kilobytes`; syslog 702307."""
    little = both(
        edit, added(f"{LIFE} kilobytes 10"), replaced(("logging buffered notifications", "logging buffered debugging"))
    )
    lab = quiet(little, little)
    assert call(lab, "hq")
    before = spis(ends(lab)[0])
    assert all(call(lab, "hq", seconds=1) for _ in range(200))
    assert not set(spis(ends(lab)[0])) & set(before)
    assert logged(ends(lab)[0], 702307)


@pytest.mark.parametrize("edit", [str, V2])
def test_two_ends_that_ask_at_once_end_up_with_one_pair(edit: Edit) -> None:
    """RFC 7296 §2.8.1: of two SAs for the same the ends drop the same one; nothing that mirrors is lost meanwhile."""
    lab = quiet(edit, edit)
    for _ in range(5):
        for source, destination in HOSTS.values():
            send(lab.network, IPv4Address(source), IPv4Address(destination))
        lab.advance(1)
    assert call(lab, "hq", seconds=60)
    assert call(lab, "branch", seconds=1)
    assert [len(spis(device)) for device in ends(lab)] == [1, 1]
    assert lab.mirrors()


@pytest.mark.parametrize("version", [str, V2])
def test_who_only_originates_lets_the_peer_rekey_what_exists(version: Edit) -> None:
    """Command reference, `crypto map set connection-type`: it speaks of the first exchange; the rest is practice."""
    kind = "crypto map outside_map 10 set connection-type originate-only"
    lab = quiet(both(version, added(kind)), version)
    hq, branch = ends(lab)
    assert call(lab, "hq")
    before = spis(hq)
    branch.ike.phase2.rekey(branch.ike.phase2.children[0])
    lab.advance(60)
    assert len(spis(hq)) == 1
    assert spis(hq) != before
    assert lab.mirrors()


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_message_of_quick_mode_that_is_lost_once_leaves_no_sa_of_one_end(lost: int) -> None:
    """RFC 2408 §5.1: what was not answered is sent again; "Cisco ASA Series Syslog Messages", 713201: as is the answer.

    Where the second one is lost both ends send again, and their messages cross.
    """
    lab = quiet()
    hq, branch = ends(lab)
    carry, dropped = lab.network.carry_ike, []

    def lossy(source: str, destination: str, message: IkeMessage) -> None:
        if isinstance(message, QuickMode) and message.step == lost and not dropped:
            dropped.append(message)
        else:
            carry(source, destination, message)

    lab.network.carry_ike = lossy  # type: ignore[method-assign]
    send(lab.network, *(IPv4Address(host) for host in HOSTS["hq"]))
    lab.advance(2)
    assert len(dropped) == 1
    lab.advance(10)
    assert (len(spis(hq)), len(spis(branch))) == (1, 1)
    assert lab.mirrors()
    repeated = {1: [], 2: [hq, branch], 3: [hq]}[lost]
    assert [end for end in (hq, branch) if logged(end, 713201)] == repeated


def test_a_responder_that_never_gets_the_third_message_forgets_what_it_answered() -> None:
    """RFC 2408 §5.1: after so many times it gives up; the initiator's SA stays, and leads nowhere."""
    lab = quiet()
    hq, branch = ends(lab)
    carry, answers = lab.network.carry_ike, []

    def lossy(source: str, destination: str, message: IkeMessage) -> None:
        if isinstance(message, QuickMode):
            answers.extend([message] if message.step == 2 else [])
            if message.step == 3:
                return
        carry(source, destination, message)

    lab.network.carry_ike = lossy  # type: ignore[method-assign]
    send(lab.network, *(IPv4Address(host) for host in HOSTS["hq"]))
    lab.advance(600)
    assert len(answers) == 4
    assert (len(spis(hq)), len(spis(branch))) == (1, 0)
