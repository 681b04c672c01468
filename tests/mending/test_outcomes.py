# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof lacks, what is worse than before, and what is told when this run itself fails after a clear."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import proving
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import LostError, Note, Shield
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import Step
from lab.testing import change
from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, Scene, scene, timed, two_networks
from tests.rails.lifts import PEER_ADDRESS

BRIEF = timed(settle=1, interval=5, timeout=12)
BOTH = [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


# --- packets for SAs that are gone -----------------------------------------------------------------------------------


def strangers(way: Scene, name: str, until: float = 1e9) -> Callable[[str, str], str | None]:
    """The device counts packets for SAs that it does not hold, more at each look."""
    count = [0]

    def twist(device: str, command: str) -> str | None:
        if device != name or command != "show crypto ipsec stats" or not way.clears or way.now > until:
            return None
        count[0] += 4
        return re.sub(
            r"(?<=Missing SA failures: )\d+", lambda seen: str(int(seen[0]) + count[0]), way.type(device, command)
        )

    return twist


def test_packets_for_sas_that_are_gone_keep_the_only_tunnel_of_a_device_from_being_healed() -> None:
    way = scene()
    mender = way.mender(settings=BRIEF)
    way.twist = strangers(way, "branch")
    result = way.mend(mender)
    assert (result.outcome, result.text) == (
        "not_healed",
        "hq-branch is not healed after 12 s: branch got 4 packets for SAs that it does not hold: somebody still sends "
        "on SAs of before. The clears went out 0.0 s apart.",
    )


def test_the_last_of_them_may_come_after_the_clear() -> None:
    way = scene()
    mender = way.mender(settings=BRIEF)
    way.twist = strangers(way, "branch", until=way.now + 8)
    assert way.mend(mender).outcome == "healed"


def test_on_a_device_with_other_tunnels_they_are_told_and_blamed_on_nobody() -> None:
    more = "crypto map outside_map 20 set peer 192.0.2.77\ncrypto map outside_map interface"
    lab = change("incident-2009", hq=lambda text: text.replace("crypto map outside_map interface", more))
    lab.fault("deletion-retry")
    lab.advance(5)
    way = Scene(lab)
    mender = way.mender(settings=BRIEF)
    way.twist = strangers(way, "hq")
    result = way.mend(mender)
    assert result.outcome == "healed"
    assert result.text.endswith(
        " hq got 4 packets for SAs that it does not hold; it has other tunnels, and this one shows no trouble."
    )


# --- worse than before -----------------------------------------------------------------------------------------------


def test_proxy_identities_that_carried_traffic_and_are_down_now_make_it_worse() -> None:
    """The second network worked; after the clears nobody asks for it, and the first one works."""
    way = two_networks(lambda device, command: None)
    lively = True

    def busy(pause: object = None) -> None:
        if lively:
            way.type("hq", "packet-tracer input inside icmp 192.168.1.10 8 0 192.168.3.10")
            way.type("branch", "packet-tracer input inside icmp 192.168.3.10 8 0 192.168.1.10")

    mender = _audited_while(way, busy)
    lively = False
    way.twist = lambda device, command: "" if "192.168.3." in command else None
    result = way.mend(mender)
    assert result.outcome == "worse"
    assert result.text.endswith(
        "no SA yet, it waits for traffic. It is worse than before: 192.168.1.0/24 <-> 192.168.3.0/24 carried traffic "
        "both ways, and is down now."
    )


def _audited_while(way: Scene, busy: Callable[[], None]) -> object:
    wait = way.wait

    def waiting(seconds: float) -> None:
        busy()
        wait(seconds)

    way.wait = waiting  # type: ignore[method-assign]
    try:
        return way.mender(settings=BRIEF)
    finally:
        way.wait = wait  # type: ignore[method-assign]


# --- a clear that is none of one peer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (
            ("clear crypto ipsec sa",),
            "'clear crypto ipsec sa' does not name one literal peer, and could clear every tunnel of the device. It "
            "was not sent",
        ),
        (
            ("clear crypto ipsec sa peer ",),
            "'clear crypto ipsec sa peer ' does not name one literal peer, and could clear every tunnel of the device. "
            "It was not sent",
        ),
        (
            ("clear crypto ipsec sa peer 192.0.2.1",),
            "'clear crypto ipsec sa peer 192.0.2.1' at hq is not about 203.0.113.1, the peer of hq",
        ),
        ((), "not enough values to unpack (expected 1, got 0)"),
        (
            ("show version",),
            "'show version' does not name one literal peer, and could clear every tunnel of the device. It was not "
            "sent",
        ),
    ],
)
def test_a_plan_that_clears_anything_but_its_peer_is_not_carried_out(lines: tuple[str, ...], why: str) -> None:
    def wrong(plan: Plan) -> Plan:
        first, second = plan.ends
        return replace(plan, ends=(replace(first, clear=replace(first.clear, commands=lines)), second))

    way = scene()
    result = way.mend(way.mender(wrong))
    assert way.sent == []
    assert (result.outcome, result.text) == (
        "aborted_gate:peer-address",
        f"Nothing was cleared. The plan is wrong: {why}. {PEER_ADDRESS}",
    )


def test_a_step_for_another_device_is_not_carried_out() -> None:
    def wrong(plan: Plan) -> Plan:
        first, second = plan.ends
        step: Step = replace(second.clear, device="branch", commands=first.clear.commands)
        return replace(plan, ends=(replace(first, clear=step), second))

    way = scene()
    result = way.mend(way.mender(wrong))
    assert way.sent == []
    assert result.outcome == "aborted_gate:peer-address"


# --- this run fails itself -------------------------------------------------------------------------------------------


def test_whatever_fails_in_here_after_the_clears_is_half_cleared_and_both_ends_are_read_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*args: object) -> object:
        raise ZeroDivisionError("a bug")

    way = scene()
    mender = way.mender(settings=BRIEF)
    monkeypatch.setattr(proving, "judged", broken)
    result = way.mend(mender)
    assert way.clears == BOTH
    assert result.outcome == "half_cleared"
    assert result.text.startswith(
        "After the first clear this run failed (ZeroDivisionError: a bug), and nothing was repeated. Now: hq shows "
        "inbound 0x"
    )
    assert "; branch shows inbound 0x" in result.text
    assert result.text.endswith("Next: run the audit (ansible-playbook playbooks/audit.yml).")
    assert way.notes[-1] == "failed"
    assert [each.command for each in result.actions][-2:] == [
        "show crypto ipsec sa peer 203.0.113.1",
        "show crypto ipsec sa peer 198.51.100.1",
    ]


def test_a_failure_between_the_clears_lets_the_signals_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    way = scene()
    mender = way.mender(settings=BRIEF)

    running = mender.run()
    reply = None
    request = running.send(None)
    while request != Note("clear", "branch", BRANCH_CLEAR):
        reply = way.answer(request) if hasattr(request, "device") and not isinstance(request, Note) else None
        request = running.send(reply)
    way.story.append(request)
    assert running.throw(ZeroDivisionError("a bug")) == Shield(False)
    request = running.send(None)
    words = []
    try:
        while True:
            error = LostError("hq: unreachable") if request.device == "hq" else None  # type: ignore[union-attr]
            request = (
                running.throw(error)
                if error
                else running.send(
                    way.answer(request) if not isinstance(request, Note) else None  # type: ignore[arg-type]
                )
            )
    except StopIteration as done:
        words.append(done.value.text)
    assert "Now: hq could not be read (hq: unreachable); branch shows inbound 0x" in words[0]
