# SPDX-License-Identifier: GPL-3.0-or-later
"""`debug crypto …`: lines come in the session that asked, and in no other."""

from __future__ import annotations

from lab.testing import Typist
from tests.lab.phase1 import ADDRESSES, device, ikev2, lab


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
