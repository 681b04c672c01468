# SPDX-License-Identifier: GPL-3.0-or-later
"""An active/standby pair: one configuration, one set of addresses, SAs that survive a switch or do not."""

from __future__ import annotations

import pytest

from lab.engine.faults import FaultError
from lab.site import Lab, load_site
from lab.testing import NoAnswerError, Typist, change
from tests.lab.phase1 import both, ikev2
from tests.lab.phase1 import change as replaced


@pytest.fixture
def pair() -> Lab:
    return change("failover")


def spis(lab: Lab, name: str) -> list[tuple[int, int]]:
    return [(pair.spi_in, pair.spi_out) for pair in lab.network.devices[name].datapath.pairs()]


def answered(lab: Lab, seconds: float = 20) -> int:
    before = lab.traffic[0].answers
    lab.advance(seconds)
    return lab.traffic[0].answers - before


def test_both_units_show_the_same_sas_and_only_the_active_one_counts(pair: Lab) -> None:
    """Cisco ASA guide, stateful failover: the SA tables of ISAKMP and IPsec are replicated."""
    assert spis(pair, "hq-a") == spis(pair, "hq-b") != []
    assert pair.mirrors()
    assert "State   : MM_ACTIVE " in Typist(pair, "hq-a").enable()("show crypto ikev1 sa")
    standby = Typist(pair, "hq-b").enable()
    assert "State   : MM_STANDBY " in standby("show crypto ikev1 sa")
    assert "#pkts encaps: 0," in standby("show crypto ipsec sa")
    assert [pair.boxes[name].serial for name in ("hq-a", "hq-b")] == ["9A1HQALAB00", "9A1HQBLAB00"]


def test_a_stateful_switch_keeps_both_spis_and_the_conversation(pair: Lab) -> None:
    before = spis(pair, "hq-a"), spis(pair, "branch")
    assert pair.failover("hq") == "hq-b"
    assert answered(pair) >= 19
    assert (spis(pair, "hq-b"), spis(pair, "branch")) == before
    assert pair.mirrors()
    assert Typist(pair, "hq").enable()("show failover state").splitlines()[:5] == [
        "               State          Last Failure Reason      Date/Time",
        "This host  -   Secondary",
        "               Active         None",
        "Other host -   Primary",
        "               Standby Ready  None",
    ]


def test_the_unit_that_took_over_rekeys_and_watches(pair: Lab) -> None:
    before = spis(pair, "hq-a")
    pair.failover()
    pair.advance(30000)
    assert spis(pair, "hq-b") == spis(pair, "hq-a") != before
    assert pair.mirrors()
    assert pair.failover() == "hq-a"
    assert answered(pair) >= 19
    assert pair.network.devices["hq-a"].ike.sas[0].dpd
    pair.network.devices["branch"].power_cut()
    pair.advance(60)
    assert pair.mirrors()


def test_a_standby_unit_that_goes_down_takes_no_question_of_the_active_one_along() -> None:
    """The message window of an IKEv2 SA is the active unit's; the copy has one of its own."""
    edit = both(ikev2(), replaced(("vpn-tunnel-protocol ikev1", "vpn-tunnel-protocol ikev2")))
    lab = change("failover", **dict.fromkeys(load_site("failover").files, edit))
    lab.advance(60)
    active, standby = (lab.network.devices[name] for name in ("hq-a", "hq-b"))
    assert [(sa.state, len(active.ike.sas)) for sa in standby.ike.sas] == [("READY", 1)]
    lab.network.underlay.cut.add(frozenset(("198.51.100.1", "203.0.113.1")))
    [sa] = active.ike.sas
    active.ike.v2.notify(sa, "INVALID_SPI")
    standby.power_cut()
    lab.advance(1)
    lab.network.underlay.cut.clear()
    lab.advance(8)
    assert not sa.exchanges.pending
    assert sa in active.ike.sas


def test_a_stateless_switch_loses_the_sas_and_branch_keeps_its_own() -> None:
    lab = change("failover-stateless", branch=lambda text: text.replace(
        " ikev1 pre-shared-key", " isakmp keepalive disable\n ikev1 pre-shared-key"))  # fmt: skip
    kept = spis(lab, "branch")
    assert spis(lab, "hq-b") == []
    for flow in lab.traffic:
        flow.stop()
    lab.failover()
    assert spis(lab, "hq-b") == []
    assert spis(lab, "branch") == kept
    assert not lab.mirrors()
    assert "Link : Unconfigured." in Typist(lab, "hq").enable()("show failover")


def test_commands_switch_over_and_the_history_tells(pair: Lab) -> None:
    active = Typist(pair, "hq-a").enable()
    assert active("failover active") == ""
    assert not pair.network.devices["hq-a"].standby
    assert active("no failover active") == ""
    assert pair.network.devices["hq-a"].standby
    assert active("show failover history").splitlines()[-4:] == [
        "09:02:00 UTC Mar 8 2023",
        "Active                     Standby Ready              Set by the config command",
        "",
        "=" * 74,
    ]
    assert [line.partition("%")[2] for line in pair.network.devices["hq-b"].syslog.lines][-1:] == [
        "ASA-1-104001: (Secondary) Switching to ACTIVE (cause: Other unit wants me Active)"
    ]
    active("configure terminal")
    assert active("failover active") == ""
    assert not pair.network.devices["hq-a"].standby
    assert active("no failover active") == ""
    assert pair.network.devices["hq-a"].standby


def test_the_prompt_can_tell_the_unit(pair: Lab) -> None:
    Typist(pair, "hq-a").enable().raw("configure terminal\nprompt hostname priority state\n")
    assert Typist(pair, "hq-a").enable().session.prompt == "hq/pri/act# "
    assert Typist(pair, "hq-b").enable().session.prompt == "hq/sec/stby# "


def test_the_login_of_the_pair_follows_the_active_unit_and_does_not_survive_a_switch(pair: Lab) -> None:
    login, unit = Typist(pair, "hq").enable(), Typist(pair, "hq-a").enable()
    assert "Serial Number: 9A1HQALAB00" in login("show version")
    pair.failover()
    with pytest.raises(NoAnswerError, match="does not answer 'show clock'"):
        login("show clock")
    assert "UTC" in unit("show clock")
    assert "Serial Number: 9A1HQBLAB00" in Typist(pair, "hq").enable()("show version")


def test_a_clear_on_the_active_unit_goes_for_both(pair: Lab) -> None:
    for flow in pair.traffic:
        flow.stop()
    Typist(pair, "hq-a").enable()("clear crypto ipsec sa peer 203.0.113.1")
    assert spis(pair, "hq-a") == spis(pair, "hq-b") == []


@pytest.mark.parametrize("command", ["clear crypto ipsec sa", "clear crypto ikev1 sa", "clear crypto isakmp sa"])
def test_a_clear_on_the_standby_unit_stays_there_until_it_takes_over(pair: Lab, command: str) -> None:
    before = spis(pair, "hq-a"), spis(pair, "branch")
    Typist(pair, "hq-b").enable()(command)
    assert (spis(pair, "hq-a"), spis(pair, "branch")) == before
    assert spis(pair, "hq-b") == []
    assert answered(pair) == 20
    assert spis(pair, "hq-b") == []
    pair.failover()
    assert spis(pair, "hq-b") == []
    assert not pair.mirrors()


def test_the_standby_unit_starts_no_ike(pair: Lab) -> None:
    Typist(pair, "hq-b").enable()("clear crypto ikev1 sa")
    shown = Typist(pair, "hq-b").enable()("packet-tracer input inside icmp 192.168.1.10 8 0 192.168.2.10")
    assert "Action: drop" in shown
    pair.advance(5)
    assert spis(pair, "hq-b") == []
    assert Typist(pair, "hq-b").enable()("ping inside 192.168.2.10").splitlines()[-1] == (
        "Success rate is 0 percent (0/5)"
    )


def test_configuration_goes_from_the_active_unit_to_the_standby_one_only(pair: Lab) -> None:
    active, standby = Typist(pair, "hq-a").enable(), Typist(pair, "hq-b").enable()
    active.raw("configure terminal\npager lines 30\nend\n")
    assert standby("show running-config pager") == "pager lines 30"
    assert active("show running-config failover").splitlines()[1] == "failover lan unit primary"
    assert standby("show running-config failover").splitlines()[1] == "failover lan unit secondary"
    assert standby("configure terminal").splitlines() == [
        "**** WARNING ****",
        "\tConfiguration Replication is NOT performed from Standby unit to Active unit.",
        "\tConfigurations are no longer synchronized.",
    ]
    standby.raw("pager lines 40\nend\n")
    assert active("show running-config pager") == "pager lines 30"
    assert standby("show running-config pager") == "pager lines 40"
    active("write standby")
    assert standby("show running-config pager") == "pager lines 30"
    active("write memory")
    assert "pager lines 30" in standby("show startup-config")


def test_a_power_cut_of_the_active_unit_lets_the_other_take_over(pair: Lab) -> None:
    pair.fault("lost-peer", "hq-a")
    assert pair.network.devices["hq-a"].standby
    assert pair.mirrors()


def test_a_switch_heals_a_refused_deletion(pair: Lab) -> None:
    """The other unit's data path is filled from IKE's records (from engineering practice)."""
    pair.fault("deletion-retry", "hq-a")
    assert not pair.mirrors()
    assert pair.fault("failover", "hq-a") == "hq-a"
    assert pair.mirrors()


def test_only_a_pair_can_fail_over(incident: Lab, pair: Lab) -> None:
    with pytest.raises(FaultError, match="branch is no unit of a failover pair"):
        pair.fault("failover", "branch")
    with pytest.raises(ValueError, match="no failover pair 'branch'; there are: hq"):
        pair.failover("branch")
    with pytest.raises(ValueError, match="no failover pair ''; there are: none"):
        incident.failover()
