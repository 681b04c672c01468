# SPDX-License-Identifier: GPL-3.0-or-later
"""A dark site is an outage: it is not cleared. One that filters ICMP and answers to IKE is no dark site."""

from __future__ import annotations

import pytest

from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, PEER, Scene, Twist, scene, timed

NOBODY = "?????\nSuccess rate is 0 percent (0/5)\n"
NO_IKE = "There are no isakmp sas\n"
REFUSED = "Command authorization failed\n"


def dark(ping: str = NOBODY, ike: str | None = NO_IKE, answering: str = "") -> Twist:
    """Nobody answers outside of the tunnel, but for the pings of ``answering``."""

    def twist(device: str, command: str) -> str | None:
        if command.startswith("ping outside") and device != answering:
            return ping
        return ike if command.startswith("show crypto isakmp sa") else None

    return twist


def nothing_arrives() -> Scene:
    """Dark before the audit, so that no counter tells of a packet of the peer."""
    way = scene()
    way.lab.fault("underlay-dead")
    way.lab.advance(5)
    return way


def test_a_dark_site_is_not_cleared() -> None:
    way = nothing_arrives()
    mender = way.mender()
    way.twist = dark()
    result = way.mend(mender)
    assert way.clears == []
    assert (result.outcome, result.text) == (
        "aborted_gate:underlay",
        "Nothing was cleared. hq pinged 203.0.113.1: 0 of 5 answered; branch pinged 198.51.100.1: 0 of 5 answered. IKE "
        "is not up at hq and branch, and no packet of the tunnel has arrived since the audit. A dark site is an "
        "outage, which no clear mends: look at the path and at the provider. If the path is known to work and ICMP is "
        "filtered, run this again with -e remediate_underlay=false.",
    )


def test_a_ping_that_nobody_may_type_proves_nothing() -> None:
    way = nothing_arrives()
    mender = way.mender()
    way.twist = dark(REFUSED)
    result = way.mend(mender)
    assert result.outcome == "aborted_gate:underlay"
    assert "hq could not ping 203.0.113.1: Command authorization failed; branch could not ping" in result.text


@pytest.mark.parametrize("answering", PEER)
def test_one_ping_that_is_answered_proves_both_directions(answering: str) -> None:
    way = scene()
    mender = way.mender()
    down = dark(answering=answering)
    way.twist = lambda device, command: None if "armed" not in way.notes or way.clears else down(device, command)
    assert way.mend(mender).outcome == "healed"


def test_a_site_that_filters_icmp_but_has_ike_up_at_both_ends_is_cleared() -> None:
    way = scene(edit=watched)
    mender = way.mender()
    way.twist = dark(ike=None)
    assert way.mend(mender).outcome == "healed"
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


def watched(text: str) -> str:
    """With dead peer detection, which the site of the incident has turned off."""
    assert " isakmp keepalive disable" in text
    return text.replace(" isakmp keepalive disable", " isakmp keepalive threshold 10 retry 2")


def test_ike_that_is_up_proves_nothing_where_nobody_would_have_noticed() -> None:
    way = nothing_arrives()
    mender = way.mender()
    result = way.mend(mender)
    assert way.clears == []
    assert (result.outcome, result.text) == (
        "aborted_gate:underlay",
        "Nothing was cleared. hq pinged 203.0.113.1: 0 of 5 answered; branch pinged 198.51.100.1: 0 of 5 answered. IKE "
        "shows as up, which proves nothing without dead peer detection (hq and branch), and no packet of the tunnel "
        "has arrived since the audit. A dark site is an outage, which no clear mends: look at the path and at the "
        "provider. If the path is known to work and ICMP is filtered, run this again with -e "
        "remediate_underlay=false.",
    )


def test_packets_for_sas_that_are_gone_prove_the_path_where_ike_proves_nothing() -> None:
    way = scene()
    mender = way.mender()
    way.lab.advance(60)
    way.twist = lambda device, command: NOBODY if command.startswith("ping outside") else None
    assert way.mend(mender).outcome == "healed"


def test_packets_that_arrive_prove_the_path_without_ping_and_without_ike() -> None:
    """Traffic goes on in the direction that still fits."""
    way = scene()
    mender = way.mender()
    down = dark()

    def twist(device: str, command: str) -> str | None:
        if way.clears:
            return None
        if command == "show crypto ipsec sa" and device == "branch":
            text = way.type(device, command)
            count = next(word for word in text.split("#pkts decaps: ")[1].split(","))
            return text.replace(f"#pkts decaps: {count}", f"#pkts decaps: {int(count) + 7}")
        return down(device, command)

    way.twist = twist
    assert way.mend(mender).outcome == "healed"


@pytest.mark.parametrize("reading", ["show crypto isakmp sa", "show crypto ipsec sa"])
def test_what_cannot_be_read_now_is_not_taken_from_the_audit(reading: str) -> None:
    way = nothing_arrives()
    mender = way.mender()
    down = dark(ike=None)
    way.twist = lambda device, command: REFUSED if command.startswith(reading) else down(device, command)
    result = way.mend(mender)
    assert way.clears == []
    assert result.outcome in ("aborted_gate:underlay", "aborted_gate:unread")


def test_who_turns_it_off_pings_nobody() -> None:
    way = scene()
    mender = way.mender(settings=timed(underlay=False))
    way.twist = dark(ike=None)
    assert way.mend(mender).outcome == "healed"
    assert not [command for _, command in way.sent if command.startswith("ping outside")]
