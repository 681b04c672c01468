# SPDX-License-Identifier: GPL-3.0-or-later
"""Random IKE SAs and tunnel-groups, rendered as each release prints them, parse back to themselves; a cut is told."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSa, Keepalive, Origin
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_tunnel_group import effective

addresses = st.integers(0x01000000, 0xDFFFFFFF).map(IPv4Address)
seconds = st.integers(0, 2_147_483_647)


@st.composite
def first_version(draw: st.DrawFn) -> IkeSa:
    return IkeSa(
        version=1,
        peer=draw(addresses),
        state=draw(st.sampled_from(["MM_ACTIVE", "MM_WAIT_MSG2", "AM_ACTIVE", "MM_ACTIVE_REKEY", "MM_FREE"])),
        role=draw(st.sampled_from(["initiator", "responder"])),
        kind=draw(st.sampled_from(["L2L", "user"])),
        rekey=draw(st.booleans()),
        encryption=draw(st.sampled_from(["aes-256", "3des", "aes-192"])),
        hash=draw(st.sampled_from(["SHA", "MD5"])),
        authentication=draw(st.sampled_from(["preshared", "rsa"])),
        lifetime=draw(seconds),
        lifetime_remaining=draw(seconds),
    )


def table_1(sas: list[IkeSa], *, named: bool) -> str:
    if not sas:
        return "There are no IKEv1 SAs\n" if named else "There are no isakmp sas\n"
    rekeys = sum(bool(sa.rekey) for sa in sas)
    lines = [
        *(["IKEv1 SAs:"] if named else []), "", f"   Active SA: {len(sas) - rekeys}",
        f"    Rekey SA: {rekeys} (A tunnel will report 1 Active and 1 Rekey SA during rekey)",
        f"Total IKE SA: {len(sas)}", "",
    ]  # fmt: skip
    for number, sa in enumerate(sas, 1):
        lines += [
            f"{number}   IKE Peer: {sa.peer}",
            f"    Type    : {sa.kind:<15} Role    : {sa.role} ",
            f"    Rekey   : {'yes' if sa.rekey else 'no':<15} State   : {sa.state} ",
            f"    Encrypt : {sa.encryption:<15} Hash    : {sa.hash} ",
            f"    Auth    : {sa.authentication:<15} Lifetime: {sa.lifetime}",
            f"    Lifetime Remaining: {sa.lifetime_remaining}",
        ]
    return "\n".join(lines) + "\n"


@st.composite
def second_version(draw: st.DrawFn) -> IkeSa:
    children = tuple(draw(st.lists(st.tuples(st.integers(256, 0xFFFFFFFF), st.integers(256, 0xFFFFFFFF)), max_size=3)))
    lifetime = draw(st.integers(120, 86400))
    return IkeSa(
        version=2,
        peer=draw(addresses),
        state=draw(st.sampled_from(["READY", "IN-NEG", "DELETE"])),
        role=draw(st.sampled_from(["initiator", "responder"])),
        encryption=draw(st.sampled_from(["AES-CBC-256", "AES-GCM-128", "3DES"])),
        hash=draw(st.sampled_from(["SHA96", "SHA256", "N/A"])),
        authentication=draw(st.sampled_from(["PSK", "RSA"])),
        lifetime=lifetime,
        lifetime_remaining=draw(st.integers(0, lifetime)),
        local=draw(addresses),
        child_count=len(children),
        child_spis=children,
    )


def table_2(sas: list[IkeSa]) -> str:
    if not sas:
        return "There are no IKEv2 SAs\n"
    lines = ["IKEv2 SAs:", ""]
    for number, sa in enumerate(sas, 1):
        cipher, _, size = (sa.encryption or "").rpartition("-")
        encryption = f"{cipher}, keysize: {size}" if size.isdigit() else str(sa.encryption)
        lines += [
            f"Session-id:{number}, Status:UP-ACTIVE, IKE count:1, CHILD count:{sa.child_count}", "",
            "Tunnel-id                 Local                Remote     Status         Role",
            f"{number * 7919:<10} {sa.local}/500 {sa.peer}/4500 {sa.state} {(sa.role or '').upper()}",
            f"      Encr: {encryption}, Hash: {sa.hash}, DH Grp:14, Auth sign: {sa.authentication}, Auth verify: PSK",
            f"      Life/Active Time: {sa.lifetime}/{(sa.lifetime or 0) - (sa.lifetime_remaining or 0)} sec",
        ]  # fmt: skip
        for inbound, outbound in sa.child_spis:
            lines += [
                "Child sa: local selector  10.1.0.0/0 - 10.1.255.255/65535",
                "          remote selector 10.2.0.0/0 - 10.2.255.255/65535",
                f"          ESP spi in/out: {inbound:#x}/{outbound:#x}  ",
            ]
    return "\n".join(lines) + "\n"


def whole(command: str, text: str, wanted: list[IkeSa]) -> None:
    account = find(command).parse(text)
    assert list(account.value) == wanted
    assert (account.unparsed, account.incomplete) == ((), "")


@settings(max_examples=60, deadline=None)
@given(sas=st.lists(first_version(), max_size=4))
def test_ikev1_comes_back(sas: list[IkeSa]) -> None:
    whole("show crypto ikev1 sa detail", table_1(sas, named=True), sas)
    whole("show crypto isakmp sa detail", table_1(sas, named=False), sas)


@settings(max_examples=60, deadline=None)
@given(sas=st.lists(second_version(), max_size=4))
def test_ikev2_comes_back(sas: list[IkeSa]) -> None:
    whole("show crypto ikev2 sa detail", table_2(sas), sas)


@settings(max_examples=60, deadline=None)
@given(
    ones=st.lists(first_version(), max_size=3), twos=st.lists(second_version(), max_size=3), cut=st.integers(1, 10_000)
)
def test_both_tables_in_one_output_come_back_and_a_cut_is_told(ones: list[IkeSa], twos: list[IkeSa], cut: int) -> None:
    text = f"{table_1(ones, named=True)}\n{table_2(twos)}"
    whole("show crypto isakmp sa", text, [*ones, *twos])
    lines = text.rstrip().split("\n")
    kept = len(lines) - 1 - cut % len(lines)
    account = find("show crypto isakmp sa").parse("\n".join(lines[:kept]))
    following = next(line for line in lines[kept:] if line)
    if following.startswith("Session-id:") and any(line.startswith("Session-id:") for line in lines[:kept]):
        # The device counts no sessions: an end between two of them is seen by the connection alone.
        assert list(account.value) == [*ones, *twos][: len(account.value)]
    else:
        assert account.incomplete
    assert {sa.peer for sa in account.value} <= {sa.peer for sa in (*ones, *twos)}


keepalives = st.one_of(
    st.just(Keepalive(None, None, disabled=True, origin=Origin.READ)),
    st.just(Keepalive(None, None, infinite=True, origin=Origin.READ)),
    st.builds(Keepalive, st.integers(10, 3600), st.integers(2, 10), origin=st.just(Origin.READ)),
)


@pytest.mark.parametrize("ike", ["", "ikev1 "], ids=["7.x", "9.x"])
@settings(max_examples=60, deadline=None)
@given(groups=st.dictionaries(addresses.map(str), st.none() | keepalives, max_size=5))
def test_the_keepalive_of_every_group_comes_back(ike: str, groups: dict[str, Keepalive | None]) -> None:
    lines = []
    for name, keepalive in groups.items():
        words = {True: "disable", False: "threshold infinite"}
        lines += [
            f"tunnel-group {name} type ipsec-l2l",
            f"tunnel-group {name} ipsec-attributes",
            f" {ike}pre-shared-key *****",
        ]
        if keepalive and (keepalive.disabled or keepalive.infinite):
            lines.append(f" isakmp keepalive {words[keepalive.disabled]}")
        elif keepalive:
            lines.append(f" isakmp keepalive threshold {keepalive.threshold} retry {keepalive.retry}")
    account = find("show running-config tunnel-group").parse("\n".join(lines) + "\n")
    assert (account.unparsed, account.incomplete) == ((), "")
    found = {name: group.keepalive for name, group in effective(account.value).items()}
    assert found == {name: keepalive or Keepalive(10, 2) for name, keepalive in groups.items()}
