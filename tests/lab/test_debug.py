# SPDX-License-Identifier: GPL-3.0-or-later
"""`debug crypto …`: lines come in the session that asked, and in no other."""

from __future__ import annotations

import re

from lab.testing import Typist
from tests.lab.phase1 import ADDRESSES, Edit, device, ikev2, lab


def seen(typist: Typist) -> list[str]:
    """What has come by itself since the last answer."""
    return [line for line in typist.raw("").replace("\r\n", "\n").split("\n") if line]


def test_ikev1_speaks_in_both_spellings() -> None:
    """Captured: `[IKEv1]: text` up to 8.3, `[IKEv1]text` since 8.4."""
    for release, command, tag in (
        ("7.2(5)", "debug crypto isakmp 127", "[IKEv1]: "),
        ("9.16(4)", "debug crypto ikev1", "[IKEv1]"),
    ):
        running = lab(release)
        typist, other = Typist(running, "branch").enable(), Typist(running, "branch").enable()
        assert typist(command) == ""
        running.advance(2)
        lines = seen(typist)
        assert any(
            line.endswith(f"{tag}Group = {ADDRESSES['hq']}, IP = {ADDRESSES['hq']}, PHASE 1 COMPLETED")
            for line in lines
        )
        assert seen(other) == []


def test_ikev2_too_until_undebug() -> None:
    running = lab(hq=ikev2("one"), branch=ikev2("other"))
    typist = Typist(running, "branch").enable()
    typist("debug crypto ikev2 protocol 127")
    assert typist("show debug") == "debug crypto ikev2 protocol enabled at level 127"
    running.advance(1.5)
    aborted = "IKEv2-PROTO-1: (1): IKEv2 Negotiation aborted due to ERROR: Failed to authenticate the IKE SA"
    assert aborted in seen(typist)
    typist("undebug all")
    running.advance(3)
    assert seen(typist) == []
    assert device(running, "branch").syslog.watchers == []


def test_a_session_that_ends_watches_no_more() -> None:
    running = lab()
    typist = Typist(running, "branch").enable()
    typist("debug crypto ikev1")
    typist.session.close()
    running.advance(3)
    assert device(running, "branch").syslog.watchers == []


def spoken(release: str, role: str, level: str = "127", text: Edit = str) -> list[str]:
    """What a debug at one end shows of a phase 1 that hq begins, without its dress."""
    running = lab(release, hq=text)
    for flow in running.traffic:
        flow.stop()
    for each in running.network.devices.values():
        each.power_cut()
    name = "hq" if role == "initiator" else "branch"
    typist = Typist(running, name).enable()
    typist(f"debug crypto {'isakmp' if release.startswith('7') else 'ikev1'} {level}")
    host = Typist(running, "hq").enable()
    host("ping inside 192.168.2.10")
    running.advance(1)
    return [re.sub(r"^.*?\[IKEv1( DEBUG)?\](: )?", "", line) for line in seen(typist) if "[IKEv1" in line]


def whole(lines: list[str]) -> list[str]:
    return [line.partition("IKE_DECODE ")[2] for line in lines if "(msgid=0)" in line]


def test_a_debug_of_high_level_shows_the_messages_of_main_mode() -> None:
    """Lengths as captured from the same payloads; those of AES have an attribute more."""
    lines = whole(spoken("7.2(5)", "initiator"))
    offer = "HDR + SA (1) + VENDOR (13) + NONE (0) total length : 112"
    keys = f"HDR + KE (4) + NONCE (10){' + VENDOR (13)' * 4} + NONE (0) total length : 256"
    proof = "HDR + ID (5) + HASH (8) + IOS KEEPALIVE (128) + VENDOR (13) + NONE (0) total length : 96"
    assert lines == [
        f"{verb} Message (msgid=0) with payloads : {text}"
        for text in (offer, keys, proof)
        for verb in ("SENDING", "RECEIVED")
    ]


def test_nat_traversal_is_in_the_messages_where_both_ends_have_it() -> None:
    lines = whole(spoken("9.16(4)", "responder"))
    assert lines[0].endswith(f"HDR + SA (1){' + VENDOR (13)' * 4} + NONE (0) total length : 172")
    assert lines[1].endswith(f"HDR + SA (1){' + VENDOR (13)' * 2} + NONE (0) total length : 132")
    assert all(" + NAT-D (20) + NAT-D (20) + NONE (0) " in line for line in lines[2:4])


def test_both_ends_say_how_a_message_is_built_and_read() -> None:
    ours, theirs = spoken("7.2(5)", "initiator"), spoken("7.2(5)", "responder")
    assert f"IP = {ADDRESSES['branch']}, constructing ISAKMP SA payload" in ours
    assert f"IP = {ADDRESSES['branch']}, Oakley proposal is acceptable" in ours
    taken = "IKE SA Proposal # 1, Transform # 1 acceptable  Matches global IKE entry # 1"
    assert f"IP = {ADDRESSES['hq']}, {taken}" in theirs
    assert f"Group = {ADDRESSES['hq']}, IP = {ADDRESSES['hq']}, Generating keys for Responder..." in theirs


def test_a_low_level_shows_no_messages_and_the_log_has_none() -> None:
    assert whole(spoken("9.16(4)", "initiator", "1")) == []
    running = lab("9.16(4)")
    running.advance(2)
    assert not [line for line in device(running, "hq").syslog.lines if "IKE_DECODE" in line]


def test_what_is_sent_again_is_told_as_such() -> None:
    """Captured: RESENDING, without the building of its payloads, eight seconds after SENDING."""
    running = lab("9.16(4)")
    device(running, "branch").power_cut()
    running.fault("underlay-dead", "branch")
    typist = Typist(running, "hq").enable()
    typist("debug crypto ikev1 127")
    typist("clear crypto ikev1 sa")
    running.advance(12)
    lines = seen(typist)
    assert [line.split()[0] for line in whole(lines)] == ["SENDING", "RESENDING"]
    assert sum("constructing ISAKMP SA payload" in line for line in lines) == 1
