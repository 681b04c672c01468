# SPDX-License-Identifier: GPL-3.0-or-later
"""Dead peer detection under IKEv1, and what a peer is told when its end of a tunnel goes away on purpose.

Sources: RFC 3706; command reference, `isakmp keepalive` (default of an L2L group: 10 and 2; `threshold infinite` never
asks; `disable` does not even offer it) and `crypto isakmp disconnect-notify`; messages 713122 and 713123.
"""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.engine.messages import AreYouThere, Exchange, IkeMessage
from lab.engine.traffic import send
from lab.site import Lab
from lab.testing import Typist
from tests.lab.phase1 import (
    ADDRESSES,
    HOSTS,
    INITIATORS,
    OTHER,
    Edit,
    both,
    change,
    device,
    ikev2,
    lab,
    log,
    sas,
    states,
)


def keepalive(text: str) -> Edit:
    return change((" ikev1 pre-shared-key", f" isakmp keepalive {text}\n ikev1 pre-shared-key"))


def quiet(hq: Edit = str, branch: Edit = str, first: str = "hq") -> Lab:
    """Brought up by one packet of the host behind `first`; then nobody speaks."""
    running = lab(hq=hq, branch=branch, flows=False)
    send(running.network, IPv4Address(HOSTS[first]), IPv4Address(HOSTS[OTHER[first]]))
    running.advance(2)
    return running


def cut(running: Lab) -> None:
    running.fault("underlay-dead", "hq")


@pytest.mark.parametrize("first", INITIATORS)
def test_the_default_notices_after_sixteen_seconds(first: str) -> None:
    """Ten seconds of silence, then three questions two seconds apart, and a last wait."""
    running = quiet(first=first)
    cut(running)
    running.advance(14)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}
    running.advance(14)
    assert states(running) == {"hq": [], "branch": []}
    lost = "IKE lost contact with remote peer, deleting connection (keepalive type: DPD)"
    for name in INITIATORS:
        peer = ADDRESSES[OTHER[name]]
        assert f"3-713123: Group = {peer}, IP = {peer}, {lost}" in log(running, name)


@pytest.mark.parametrize(("edit", "kind"), [(str, AreYouThere), (ikev2(), Exchange)])
def test_a_question_that_gets_lost_is_asked_again(edit: Edit, kind: type) -> None:
    """Three questions `retry` seconds apart; IKEv2 repeats the request that waits for its answer (RFC 7296 §2.1)."""
    running = quiet(edit, edit)
    carry, asked = running.network.carry_ike, []

    def lossy(source: str, destination: str, message: IkeMessage) -> None:
        if isinstance(message, kind) and not getattr(message, "ack", getattr(message, "response", False)):
            if source != ADDRESSES["hq"]:
                return  # only one end's questions count here
            asked.append(round(running.scheduler.now))
            if len(asked) == 1:
                return
        carry(source, destination, message)

    running.network.carry_ike = lossy  # type: ignore[method-assign]
    running.advance(17)
    assert asked == [10, 12]
    assert [len(sas(running, name)) for name in INITIATORS] == [1, 1]


def test_infinite_answers_and_never_asks() -> None:
    running = quiet(hq=keepalive("threshold infinite"))
    assert [sa.dpd for name in INITIATORS for sa in sas(running, name)] == [True, True]
    cut(running)
    running.advance(60)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": []}


def test_infinite_at_both_ends_notices_nothing() -> None:
    running = quiet(hq=keepalive("threshold infinite"), branch=keepalive("threshold infinite"))
    cut(running)
    running.advance(600)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}


@pytest.mark.parametrize("first", INITIATORS)
def test_disabled_at_one_end_is_off_at_both(first: str) -> None:
    """It is not offered, so it is not agreed on; the other end says so (713122)."""
    running = quiet(branch=keepalive("disable"), first=first)
    assert [sa.dpd for name in INITIATORS for sa in sas(running, name)] == [False, False]
    text = "Keep-alives configured on but peer does not support keep-alives (type = None)"
    assert any(line.startswith("3-713122: ") and line.endswith(text) for line in log(running, "hq"))
    cut(running)
    running.advance(600)
    assert states(running) == {"hq": ["MM_ACTIVE"], "branch": ["MM_ACTIVE"]}


def test_each_end_keeps_its_own_times() -> None:
    running = quiet(branch=keepalive("threshold 300 retry 10"))
    cut(running)
    running.advance(60)
    assert states(running) == {"hq": [], "branch": ["MM_ACTIVE"]}
    running.advance(300)
    assert states(running) == {"hq": [], "branch": []}


def test_the_value_of_the_default_group_is_inherited() -> None:
    default = "tunnel-group DefaultL2LGroup ipsec-attributes\n isakmp keepalive disable\n"
    running = quiet(hq=change(("prompt hostname", f"{default}prompt hostname")))
    assert [sa.dpd for name in INITIATORS for sa in sas(running, name)] == [False, False]


@pytest.mark.parametrize("edit", [str, ikev2()])
@pytest.mark.parametrize(("notify", "reason"), [(False, "Peer Terminate"), (True, "Administrator Reset")])
def test_disconnect_notify_tells_the_reason(edit: Edit, notify: bool, reason: str) -> None:
    """With it a peer learns why (from practice: the reason of message 713050)."""
    on = change(("telnet timeout", "crypto isakmp disconnect-notify\ntelnet timeout")) if notify else str
    running = quiet(hq=both(edit, on), branch=edit)
    Typist(running, "hq").enable()("vpn-sessiondb logoff ipaddress 203.0.113.1 noconfirm")
    running.advance(2)
    assert states(running) == {"hq": [], "branch": []}
    ends = [line for line in log(running, "branch") if line.startswith("4-113019")]
    assert [line.rpartition("Reason: ")[2] for line in ends] == [reason]


@pytest.mark.parametrize(("notify", "left"), [(False, ["MM_ACTIVE"]), (True, [])])
def test_an_orderly_reload_is_announced_with_disconnect_notify_alone(notify: bool, left: list[str]) -> None:
    """Command reference, `crypto isakmp disconnect-notify`: off by default."""
    on = change(("telnet timeout", "crypto isakmp disconnect-notify\ntelnet timeout")) if notify else str
    running = quiet(hq=on, branch=keepalive("threshold infinite"))
    device(running, "hq").ike.shut_down()
    running.advance(2)
    assert states(running) == {"hq": [], "branch": left}
