# SPDX-License-Identifier: GPL-3.0-or-later
"""Random SAs rendered as 7.x and 9.x print them parse back to themselves, and damage never invents one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    IpsecEntry,
    IpsecSa,
    ProxyIdentities,
    Selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find, load, show_crypto_ipsec_sa
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._ipsec_shapes import HEAD, SHAPES
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import lifted

HERE = Path(__file__).parent
IPSEC = find("show crypto ipsec sa")

addresses = st.integers(0x01000000, 0xDFFFFFFF).map(IPv4Address)
spis = st.integers(0x100, 0xFFFFFFFF)
counts = st.integers(0, 1 << 40)


@st.composite
def selectors(draw: st.DrawFn) -> Selector:
    network = IPv4Network((draw(addresses), draw(st.integers(0, 32))), strict=False)
    if draw(st.booleans()):
        return Selector(network)
    low = draw(st.integers(0, 65535))
    return Selector(network, draw(st.sampled_from([6, 17])), low, draw(st.sampled_from([low, 65535])))


@st.composite
def entries(draw: st.DrawFn, nine: bool) -> IpsecEntry:
    def sas(direction: Direction) -> tuple[IpsecSa, ...]:
        numbers = draw(st.lists(spis, min_size=1, max_size=2, unique=True))
        return tuple(
            IpsecSa(
                direction=direction,
                spi=number,
                state="active" if nine else None,
                transform="esp-aes-256 esp-sha-hmac" + (" no compression" if nine else ""),
                settings=("L2L", "Tunnel", *(("IKEv1",) if nine else ()), *(("Rekeyed",) if old else ())),
                slot=0,
                conn_id=draw(st.integers(1, 999_999_999)),
                crypto_map="outside_map",
                lifetime_seconds=draw(st.integers(0, 86400)),
                lifetime_kilobytes=draw(st.none() | st.integers(0, 4608000)),
                rekeyed=bool(old),
            )
            for old, number in enumerate(numbers)
        )

    local, peer = draw(addresses), draw(addresses)
    inbound, outbound = sas(Direction.INBOUND), sas(Direction.OUTBOUND)
    names = ["pkts encaps", "pkts encrypt", "pkts digest", "pkts decaps", "pkts decrypt", "pkts verify"]
    names += ["pkts compressed", "pkts decompressed", "send errors", "recv errors"]
    names += ["TFC rcvd", "TFC sent"] if nine else []
    return IpsecEntry(
        identities=ProxyIdentities(draw(selectors()), draw(selectors())),
        peer=peer,
        interface="outside",
        crypto_map="outside_map",
        sequence=draw(st.integers(1, 65535)) if nine else None,
        local_address=local,
        access_list=draw(st.sampled_from(["vpn", "200", "a.b-c"])) if nine else None,
        counters={name: draw(counts) for name in names},
        local_endpoint=local,
        local_port=draw(st.sampled_from([0, 500, 4500])) if nine else None,
        remote_endpoint=peer,
        remote_port=draw(st.integers(0, 65535)) if nine else None,
        path_mtu=1500,
        overhead=draw(st.integers(40, 99)),
        current_outbound_spi=outbound[0].spi,
        current_inbound_spi=inbound[0].spi if nine else None,
        sas=inbound + outbound,
    )


def ident(selector: Selector) -> str:
    network = selector.network.with_netmask
    ports = str(selector.port_low)
    if selector.port_high != selector.port_low:
        ports += f" - {selector.port_high}"
    return f"({network}/{selector.protocol}/{ports})"


def rendered_sa(sa: IpsecSa, nine: bool) -> str:
    settings_text = ", ".join(sa.settings) + ("}" if sa.rekeyed else ", }")
    if sa.lifetime_kilobytes is None:
        timing = f"(sec): {sa.lifetime_seconds}"
    else:
        timing = f"(kB/sec): ({sa.lifetime_kilobytes}/{sa.lifetime_seconds})"
    lines = [
        f"      spi: 0x{sa.spi:08X} ({sa.spi})",
        *([f"         SA State: {sa.state}"] if nine else []),
        f"         transform: {sa.transform} ",
        f"         in use settings ={{{settings_text}",
        f"         slot: {sa.slot}, conn_id: {sa.conn_id}, crypto-map: {sa.crypto_map}",
        f"         sa timing: remaining key lifetime {timing}",
        "         IV size: 16 bytes",
        "         replay detection support: Y",
        *(["         Anti replay bitmap: ", "          0x00000000 0x00000001"] if nine else []),
    ]
    return "\n".join(lines)


def rendered(entry: IpsecEntry, nine: bool) -> str:
    tag = f"    Crypto map tag: {entry.crypto_map}"
    tag += f", seq num: {entry.sequence}" if nine else ""
    ports = [f"/{port}" if nine else "" for port in (entry.local_port, entry.remote_port)]
    labels = list(entry.counters.items())
    pairs = ["      " + ", ".join(f"#{name}: {count}" for name, count in labels[at : at + 3]) for at in range(0, 12, 3)]
    lines = [
        f"{tag}, local addr: {entry.local_address}",
        "",
        *([f"      access-list {entry.access_list} extended permit ip any any "] if nine else []),
        f"      local ident (addr/mask/prot/port): {ident(entry.identities.local)}",
        f"      remote ident (addr/mask/prot/port): {ident(entry.identities.remote)}",
        f"      current_peer: {entry.peer}",
        "",
        *(line for line in pairs if line.strip()),
        "",
        f"      local crypto endpt.: {entry.local_endpoint}{ports[0]}, "
        f"remote crypto endpt.: {entry.remote_endpoint}{ports[1]}",
        f"      path mtu 1500, ipsec overhead {entry.overhead}{'(44)' if nine else ''}, media mtu 1500",
        *(["      PMTU time remaining (sec): 0, DF policy: copy-df"] if nine else []),
        f"      current outbound spi: {entry.current_outbound_spi:08X}",
        *([f"      current inbound spi : {entry.current_inbound_spi:08X}"] if nine else []),
        "",
        "    inbound esp sas:",
        *(rendered_sa(sa, nine) for sa in entry.sas if sa.direction is Direction.INBOUND),
        "    outbound esp sas:",
        *(rendered_sa(sa, nine) for sa in entry.sas if sa.direction is Direction.OUTBOUND),
        "",
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("nine", [False, True], ids=["7.x", "9.x"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_random_sas_come_back(nine: bool, data: st.DataObject) -> None:
    wanted = tuple(data.draw(st.lists(entries(nine), min_size=1, max_size=3)))
    text = "interface: outside\n" + "\n".join(rendered(entry, nine) for entry in wanted)
    account = IPSEC.parse(text)
    assert account.value == wanted
    assert (account.unparsed, account.incomplete) == ((), "")
    # A beginning that ends within the last SA is told from the whole.
    lines = text.rstrip().split("\n")
    cut = len(lines) - data.draw(st.integers(1, 8 if nine else 6))
    assert IPSEC.parse("\n".join(lines[:cut])).incomplete


def damaged(text: str, choose: random.Random) -> str:
    """The text after one of the things that happen to texts."""
    lines = text.split("\n")
    at = choose.randrange(len(lines))
    position = choose.randrange(len(text) + 1)
    ways: list[Callable[[], str]] = [
        lambda: text[:position],
        lambda: text[position:],
        lambda: text[:position] + choose.choice("\x00\r\n\t#>(){}:,/é9") + text[position:],
        lambda: text[:position] + text[position + choose.randrange(1, 40) :],
        lambda: "\n".join(lines[:at] + lines[at + 1 :]),
        lambda: "\n".join([*lines[:at], "<--- More --->", *lines[at:]]),
        lambda: text.replace("\n", "\r\n"),
        lambda: text.swapcase(),
    ]
    return choose.choice(ways)()


@pytest.mark.parametrize("raw", sorted(HERE.glob("*/*.raw")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_damage_raises_nothing(raw: Path) -> None:
    text = raw.read_bytes().decode("utf-8")
    choose = random.Random(raw.name)
    own = [parser for parser in load().values() if re.sub(r"[ -]", "_", parser.command) == raw.parent.name]
    assert own
    for turn in range(60):
        broken = damaged(damaged(text, choose), choose)
        # Every parser reads some of each case's texts: all of them would be cases times parsers.
        for parser in own if turn % 6 else load().values():
            account = parser.parse(broken)
            assert account.lines >= len(account.unparsed)


@pytest.mark.parametrize("name", ["rekeyed", "two_entries_nat_t_and_ports", "release_7_0", "ipv6"])
def test_damage_invents_no_sa(name: str) -> None:
    """A damaged text that calls itself whole shows SAs of the original, with their own direction and peer."""
    text = (HERE / "show_crypto_ipsec_sa" / f"{name}.raw").read_text(encoding="utf-8")
    original = {(entry.peer, sa.direction, sa.spi) for entry in IPSEC.parse(text).value for sa in entry.sas}
    choose = random.Random(name)
    lines = text.split("\n")
    for _ in range(800):
        at = choose.randrange(len(lines))
        account = IPSEC.parse("\n".join(lines[:at] + lines[at + choose.randrange(1, 6) :]))
        if account.incomplete:
            continue
        found = {(entry.peer, sa.direction, sa.spi) for entry in account.value for sa in entry.sas}
        assert found == original


@pytest.mark.parametrize("raw", sorted((HERE / "show_crypto_ipsec_sa").glob("*.raw")), ids=lambda path: path.stem)
def test_the_quick_way_reads_what_the_slow_one_reads(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shape takes in one step is, line by line, the same: whole, damaged, and with unknown lines between."""
    text = raw.read_bytes().decode("utf-8")
    choose = random.Random(raw.name)
    texts = [text, *(damaged(text, choose) for _ in range(150))]
    quick = [IPSEC.parse(each) for each in texts]
    monkeypatch.setattr(show_crypto_ipsec_sa, "SHAPES", ())
    assert quick == [IPSEC.parse(each) for each in texts]


def test_most_of_a_hub_is_read_the_quick_way() -> None:
    text = (HERE / "show_crypto_ipsec_sa" / "rekeyed.raw").read_text(encoding="utf-8")
    parts = lifted(text, SHAPES)
    assert [match.re for _, match in parts.taken].count(HEAD) == text.count("Crypto map tag")
    assert len([line for line in parts.left.split("\n") if line.strip()]) <= 3


def test_a_hub_is_read_in_a_moment() -> None:
    """Parsing is linear: ten times the text takes about ten times as long."""
    import time

    entry = (
        find("show crypto ipsec sa")
        .parse((HERE / "show_crypto_ipsec_sa" / "rekeyed.raw").read_text(encoding="utf-8"))
        .value[0]
    )
    block = rendered(replace(entry, sequence=7), nine=True)

    def seconds(count: int) -> float:
        text = "interface: outside\n" + block * count
        started = time.perf_counter()
        assert len(IPSEC.parse(text).value) == count
        return time.perf_counter() - started

    seconds(100)
    small, large = seconds(200), seconds(2000)
    assert large < 40 * small + 0.5


@pytest.mark.parametrize(
    "text",
    [
        "-" * 20000,
        "a" * 20000 + "#",
        "#" * 20000,
        "\r" * 20000,
        " " * 20000 + "x",
        "%" * 20000,
        "1 " * 10000,
        "(" * 20000,
        "0x " * 9000,
        "a(" * 9000,
        "Group = " * 3000,
        "%ASA-5-713904: Group = x, IP = y, " + "SPI " * 5000,
        "%ASA-4-402114: IPSEC: Received a " + "(a) from b " * 2000,
        "%ASA-6-602303: IPSEC: An inbound " + "SA (SPI= 0x1) between " * 1000,
        "Local:a Remote:b Username:" * 900,
        "Nov 10 02:14:09 " * 1500 + "[IKEv1",
        "IKEv2-PLAT-4: SENT PKT " + "->[1" * 5000,
        "IPSEC " * 4000 + "WARNING",
        "nat (inside,outside) source static a a " + "destination static b b " * 900,
        "logging class vpn " + "trap errors " * 1800,
    ],
)
def test_hostile_lines_take_no_time(text: str) -> None:
    import time

    started = time.perf_counter()
    for parser in load().values():
        parser.parse(text)
        parser.parse(f"{text}\n" * 3)
    assert time.perf_counter() - started < 5
