# SPDX-License-Identifier: GPL-3.0-or-later
"""Random sessions rendered as 9.x prints them parse back to themselves, and a lost line never makes others of them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Selector, VpnSession, VpnTunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from tests.parsers.test_properties import addresses, counts, selectors

HERE = Path(__file__).parent
SESSIONS = find("show vpn-sessiondb detail l2l")

# The labels of each line.
IKE_LINES = (
    (("Tunnel ID", "tunnel_id"),),
    (("UDP Src Port", "udp_src_port"), ("UDP Dst Port", "udp_dst_port")),
    (("Rem Auth Mode", "rem_auth_mode"),),
    (("Loc Auth Mode", "loc_auth_mode"),),
    (("IKE Neg Mode", "ike_neg_mode"), ("Auth Mode", "auth_mode")),
    (("Encryption", "encryption"), ("Hashing", "hashing")),
    (("Rekey Int (T)", "rekey_int_t"), ("Rekey Left(T)", "rekey_left_t")),
    (("PRF", "prf"), ("D/H Group", "d_h_group")),
    (("Filter Name", "filter_name"),),
)
IPSEC_LINES = (
    (("Tunnel ID", "tunnel_id"),),
    (("Local Addr", "local_addr"),),
    (("Remote Addr", "remote_addr"),),
    (("Encryption", "encryption"), ("Hashing", "hashing")),
    (("Encapsulation", "encapsulation"), ("PFS Group", "pfs_group")),
    (("Rekey Int (T)", "rekey_int_t"), ("Rekey Left(T)", "rekey_left_t")),
    (("Rekey Int (D)", "rekey_int_d"), ("Rekey Left(D)", "rekey_left_d")),
    (("Idle Time Out", "idle_time_out"), ("Idle TO Left", "idle_to_left")),
    (("Bytes Tx", "bytes_tx"), ("Bytes Rx", "bytes_rx")),
    (("Pkts Tx", "pkts_tx"), ("Pkts Rx", "pkts_rx")),
)
SESSION_LINES = (
    (("Connection", "connection"),),
    (("Index", "index"), ("IP Addr", "ip_addr")),
    (("Protocol", "protocol"),),
    (("Encryption", "encryption"),),
    (("Hashing", "hashing"),),
    (("Bytes Tx", "bytes_tx"), ("Bytes Rx", "bytes_rx")),
    (("Login Time", "login_time"),),
    (("Duration", "duration"),),
)
ciphers = st.sampled_from(["AES256", "3DES", "AES-GCM-256"])
hashes = st.sampled_from(["SHA1", "SHA512", "none"])


@st.composite
def tunnels(draw: st.DrawFn, index: int, number: int, kind: str) -> VpnTunnel:
    common = {
        "kind": kind,
        "tunnel_id": f"{index}.{number}",
        "encryption": draw(ciphers),
        "hashing": draw(hashes),
        "rekey_int_t": draw(st.integers(120, 1 << 31)),
        "rekey_left_t": draw(st.integers(0, 86400)),
    }
    ports = {"udp_src_port": draw(st.sampled_from([500, 4500])), "udp_dst_port": draw(st.integers(1, 65535))}
    group, volume = draw(st.sampled_from(["2", "14", "21"])), draw(st.none() | st.integers(10, 1 << 31))
    if kind == "IKEv1":
        return VpnTunnel(**common, **ports, ike_neg_mode="Main", auth_mode="preSharedKeys", d_h_group=group)
    if kind == "IKEv2":
        modes = {"rem_auth_mode": "preSharedKeys", "loc_auth_mode": "rsaCertificate"}
        return VpnTunnel(**common, **ports, **modes, prf="SHA256", d_h_group=group)
    return VpnTunnel(
        **common,
        local_addr=draw(selectors().filter(lambda each: each.port_low == each.port_high)),
        remote_addr=draw(selectors().filter(lambda each: each.port_low == each.port_high)),
        encapsulation="Tunnel",
        pfs_group=draw(st.none() | st.just(group)),
        rekey_int_d=volume,
        rekey_left_d=None if volume is None else draw(st.integers(0, volume)),
        idle_time_out=60 * draw(st.integers(0, 999)),
        idle_to_left=60 * draw(st.integers(0, 999)),
        bytes_tx=draw(counts),
        bytes_rx=draw(counts),
        pkts_tx=draw(counts),
        pkts_rx=draw(counts),
    )


@st.composite
def sessions(draw: st.DrawFn, detail: bool) -> VpnSession:
    index, peer = draw(st.integers(1, 1 << 31)), draw(addresses)
    kinds = [*draw(st.sampled_from([["IKEv1"], ["IKEv2"], []])), *["IPsec"] * draw(st.integers(1, 3))]
    return VpnSession(
        connection=draw(st.sampled_from([peer, "branch-oslo", "DefaultL2LGroup", None])),
        index=index,
        ip_addr=peer,
        protocol=" ".join(dict.fromkeys(kinds)),
        encryption=" ".join(f"{kind}: ({kinds.count(kind)})AES256" for kind in dict.fromkeys(kinds)),
        hashing=draw(hashes),
        bytes_tx=draw(counts),
        bytes_rx=draw(counts),
        login_time="10:58:15 PDT Thu Jul 19 2018",
        duration=draw(st.integers(0, 400 * 86400)),
        tunnel_counts={kind: kinds.count(kind) for kind in kinds} if detail else {},
        tunnels=tuple(draw(tunnels(index, at, kind)) for at, kind in enumerate(kinds, 1)) if detail else (),
    )


def shown(name: str, value: object) -> str:
    """A value as the field of this name prints it."""
    if name == "duration" and isinstance(value, int):
        minutes, seconds = divmod(value, 60)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        return f"{days}d " * bool(days) + f"{hours}h:{minutes:02}m:{seconds:02}s"
    if name.startswith("rekey_") and value is not None:
        return f"{value} {'Seconds' if name.endswith('_t') else 'K-Bytes'}"
    if name.startswith("idle_") and isinstance(value, int):
        return f"{value // 60} Minutes"
    if isinstance(value, Selector):
        return f"{value.network.with_netmask}/{value.protocol}/{value.port_low}"
    return "" if value is None else str(value)


def rendered_fields(nouns: VpnSession | VpnTunnel, lines: tuple[tuple[tuple[str, str], ...], ...]) -> list[str]:
    """The lines that have a value, and those that a device prints without one."""
    text = []
    for line in lines:
        values = [(label, name, getattr(nouns, name)) for label, name in line]
        given = [each for each in values if each[2] is not None or each[0] in ("Connection", "Filter Name")]
        if given:
            text.append("".join(f"{f'{label:<13}: {shown(name, value)}':<39}" for label, name, value in given))
    return text


def rendered_session(session: VpnSession) -> str:
    lines = rendered_fields(session, SESSION_LINES)
    if session.tunnels:
        lines += ["", *(f"{kind} Tunnels: {count}" for kind, count in session.tunnel_counts.items())]
    for tunnel in session.tunnels:
        fields = rendered_fields(tunnel, IPSEC_LINES if tunnel.kind == "IPsec" else IKE_LINES)
        lines += ["", f"{tunnel.kind}:", *(f"  {line}" for line in fields)]
    return "\n".join([*lines, "", ""])


@pytest.mark.parametrize("detail", [False, True], ids=["brief", "detail"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_random_sessions_come_back(detail: bool, data: st.DataObject) -> None:
    wanted = tuple(data.draw(st.lists(sessions(detail), min_size=1, max_size=3)))
    head = f"\nSession Type: LAN-to-LAN{' Detailed' * detail}\n\n"
    text = head + "".join(map(rendered_session, wanted))
    account = SESSIONS.parse(text)
    assert account.value == wanted
    assert (account.unparsed, account.incomplete) == ((), "")
    # Without its columns it says the same.
    assert SESSIONS.parse("\n".join(" ".join(line.split()) for line in text.split("\n"))).value == wanted
    # A beginning that lacks the last line is told from the whole.
    assert SESSIONS.parse("\n".join(text.rstrip().split("\n")[:-1])).incomplete


@pytest.mark.parametrize("name", ["release_8_4", "detail_ikev2_crlf", "detail_8_2_nac"])
def test_lost_lines_invent_no_session(name: str) -> None:
    """A text that lost some lines and calls itself whole shows the sessions and tunnels of the original."""
    text = (HERE / "show_vpn_sessiondb_l2l" / f"{name}.raw").read_text(encoding="utf-8")

    def found(sessions: tuple[VpnSession, ...]) -> set[tuple[object, ...]]:
        return {(s.connection, s.index, *((t.kind, t.tunnel_id) for t in s.tunnels)) for s in sessions}

    original = found(SESSIONS.parse(text).value)
    choose = random.Random(name)
    lines = text.split("\n")
    for _ in range(400):
        at = choose.randrange(len(lines))
        account = SESSIONS.parse("\n".join(lines[:at] + lines[at + choose.randrange(1, 6) :]))
        assert account.incomplete or found(account.value) == original
