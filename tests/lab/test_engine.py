# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine negotiates, rekeys, notices and forgets as the sources say; every test names its source."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from lab.clock import Scheduler, parse_duration
from lab.engine.faults import FaultError
from lab.engine.network import Device
from lab.engine.traffic import send
from lab.site import Lab, load_site
from lab.testing import Typist, change


def dpd(text: str) -> str:
    """The incident's configuration with DPD at its default again."""
    return text.replace(" isakmp keepalive disable\n", "")


def ends(lab: Lab) -> tuple[Device, Device]:
    first, second = lab.network.devices.values()
    return first, second


def spis(device: Device) -> list[tuple[int, int]]:
    return [(pair.spi_in, pair.spi_out) for pair in device.datapath.pairs()]


def logged(device: Device, number: int) -> list[str]:
    return [line for line in device.syslog.lines if f"-{number}:" in line]


def answers_grow(lab: Lab, seconds: float = 10) -> bool:
    before = sum(t.answers for t in lab.traffic)
    lab.advance(seconds)
    return sum(t.answers for t in lab.traffic) > before


# -- negotiation ---------------------------------------------------------------------------------------------


def test_healthy_ends_mirror_and_both_count(incident: Lab) -> None:
    """RFC 4301: what one end sends with, the other end receives with."""
    hq, branch = ends(incident)
    assert len(spis(hq)) == 1
    assert [(out, in_) for in_, out in spis(hq)] == spis(branch)
    assert incident.mirrors()
    for device in (hq, branch):
        counters = next(iter(device.datapath.contexts.values())).counters
        assert counters.encaps > 100
        assert counters.decaps > 100


def test_a_run_is_a_function_of_its_seed() -> None:
    runs = [Lab(load_site("incident-2009"), wall=lambda: 0.0) for _ in range(2)]
    for lab in runs:
        lab.advance(30000)
    assert spis(ends(runs[0])[0]) == spis(ends(runs[1])[0])
    assert list(ends(runs[0])[1].syslog.lines) == list(ends(runs[1])[1].syslog.lines)


def test_both_spis_are_in_713049_of_both_ends(incident: Lab) -> None:
    """Syslog 713049 names inbound and outbound SPI, so the mirror shows in the logs alone."""
    hq, branch = ends(incident)
    (spi_in, spi_out) = spis(hq)[0]
    assert f"Inbound SPI = 0x{spi_in:08x}, Outbound SPI = 0x{spi_out:08x}" in logged(hq, 713049)[0]
    assert f"Inbound SPI = 0x{spi_out:08x}, Outbound SPI = 0x{spi_in:08x}" in logged(branch, 713049)[0]


@pytest.mark.parametrize("end", ["hq", "branch"])
def test_different_keys_stop_main_mode_at_messages_5_and_6(end: str) -> None:
    """MM_WAIT_MSG6 at the initiator and MM_WAIT_MSG5 at the responder = pre-shared keys differ."""
    lab = change("incident-2009", **{end: lambda text: text.replace("lab-psk-hq-branch", "another-key")})
    hq, branch = ends(lab)
    states = set()
    for _ in range(12):
        lab.advance(4)
        states |= {(sa.role, sa.state) for device in (hq, branch) for sa in device.ike.sas}
    assert states == {("initiator", "MM_WAIT_MSG6"), ("responder", "MM_WAIT_MSG5")}
    assert not spis(hq)
    assert lab.traffic[0].answers == 0


def test_no_tunnel_group_for_the_peer_leaves_the_initiator_in_msg4() -> None:
    """MM_WAIT_MSG4 at the initiator = the peer lacks a tunnel-group or key."""
    lab = change("incident-2009", branch=lambda t: t.replace("tunnel-group 198.51.100.1", "tunnel-group 10.9.9.9"))
    hq, branch = ends(lab)
    assert {sa.state for sa in hq.ike.sas} == {"MM_WAIT_MSG4"}
    assert any("Can't find a valid tunnel group, aborting...!" in line for line in branch.syslog.lines)


@pytest.mark.parametrize(
    ("old", "new"),
    [(" encryption aes-256", " encryption 3des"), (" hash sha", " hash md5"), (" group 2", " group 5")],
)
def test_phase_1_needs_one_equal_policy(old: str, new: str) -> None:
    """Cisco VPN CLI guide: encryption, hash, authentication and group must be the same at both ends."""
    lab = change("incident-2009", branch=lambda text: text.replace(old, new))
    hq, _ = ends(lab)
    assert {sa.state for sa in hq.ike.sas} <= {"MM_WAIT_MSG2"}
    assert not spis(hq)


def test_ike_not_enabled_on_the_interface_leaves_the_initiator_in_msg2() -> None:
    lab = change("incident-2009", branch=lambda text: text.replace("crypto isakmp enable outside\n", ""))
    assert {sa.state for sa in ends(lab)[0].ike.sas} <= {"MM_WAIT_MSG2"}
    assert not ends(lab)[1].ike.sas


def test_phase_1_uses_the_shorter_lifetime() -> None:
    """Cisco VPN CLI guide: if the lifetimes are not identical, the shorter one is used."""
    lab = change("incident-2009", branch=lambda text: text.replace("lifetime 86400", "lifetime 3600"))
    assert [sa.lifetime for device in ends(lab) for sa in device.ike.sas] == [3600, 3600]


def test_no_common_transform_refuses_quick_mode() -> None:
    lab = change("incident-2009", branch=lambda text: text.replace("esp-aes-256 esp-sha-hmac", "esp-3des esp-sha-hmac"))
    hq, branch = ends(lab)
    assert not spis(hq)
    assert any("All IPSec SA proposals found unacceptable!" in line for line in branch.syslog.lines)
    assert logged(hq, 713902)


def test_the_shorter_ipsec_lifetime_wins_and_is_logged() -> None:
    """Syslog 713075: the initiator's duration is overridden."""
    life = "crypto map outside_map 10 set security-association lifetime seconds 3600\ncrypto map outside_map interface"
    lab = change("incident-2009", branch=lambda text: text.replace("crypto map outside_map interface", life))
    hq, branch = ends(lab)
    assert {pair.seconds for device in (hq, branch) for pair in device.datapath.pairs()} == {3600}
    assert logged(branch, 713075)


PFS = "crypto map outside_map 10 set pfs {}\ncrypto map outside_map interface"


@pytest.mark.parametrize(
    ("initiator", "responder", "group"),
    [
        ("group5", None, "5"),  # a responder without PFS takes any offer
        ("group5", "group5", "5"),
        (None, "group5", None),  # a responder with PFS insists
        ("group2", "group5", None),
    ],
)
def test_pfs_depends_on_who_asks(initiator: str | None, responder: str | None, group: str | None) -> None:
    """Cisco Command Reference, `crypto map set pfs`."""

    def with_pfs(value: str | None) -> dict[str, str]:
        return {"crypto map outside_map interface": PFS.format(value)} if value else {}

    def edit(text: str, value: str | None) -> str:
        for old, new in with_pfs(value).items():
            text = text.replace(old, new)
        return text + " "

    lab = change("incident-2009", hq=lambda t: edit(t, initiator), branch=lambda t: edit(t, responder))
    assert [pair.pfs for pair in ends(lab)[0].datapath.pairs()] == ([group] if group else [])


def test_the_proposal_must_lie_within_the_responders_crypto_acl() -> None:
    """A narrower initiator is accepted by a wider responder, the other way round is syslog 713061."""
    host = "permit ip host 192.168.1.10 host 192.168.2.10"
    narrow = "permit ip 192.168.1.0 255.255.255.0 192.168.2.0 255.255.255.0"
    good = change("incident-2009", hq=lambda text: text.replace(narrow, host, 1))
    assert good.mirrors()
    mirrored = "permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0"
    hosts = "permit ip host 192.168.2.10 host 192.168.1.10"
    bad = change("incident-2009", branch=lambda text: text.replace(mirrored, hosts, 1))
    hq, branch = ends(bad)
    assert not spis(hq)
    assert "no matching crypto map entry for remote proxy 192.168.1.0" in logged(branch, 713061)[0]
    # From its own side the same branch may propose, because hq is the wider one.
    send(bad.network, IPv4Address("192.168.2.10"), IPv4Address("192.168.1.10"))
    bad.advance(1)
    assert len(spis(branch)) == 1
    assert bad.mirrors()


def test_connection_type_decides_who_may_start() -> None:
    kind = "crypto map outside_map 10 set connection-type {}\ncrypto map outside_map interface"
    old = "crypto map outside_map interface"
    lab = change("incident-2009", hq=lambda text: text.replace(old, kind.format("answer-only")))
    assert not ends(lab)[0].ike.sas
    lab = change("incident-2009", branch=lambda text: text.replace(old, kind.format("originate-only")))
    assert not spis(ends(lab)[0])


# -- time ----------------------------------------------------------------------------------------------------


def test_the_initiator_rekeys_at_85_percent_before_the_break(incident: Lab) -> None:
    """Captured: "Starting P2 rekey timer: 24480 seconds." = 85 % of 28800; the old SA lives on for a while."""
    hq, _ = ends(incident)
    old = spis(hq)
    incident.advance(24480 - incident.scheduler.now - 5)
    assert spis(hq) == old
    incident.advance(15)
    assert len(spis(hq)) == 2
    assert spis(hq)[1] == old[0]
    incident.advance(40)
    assert len(spis(hq)) == 1
    assert spis(hq) != old
    assert incident.mirrors()


def test_fifteen_healthy_hours_lose_no_more_than_the_first_packet(incident: Lab) -> None:
    incident.advance(parse_duration("15h"))
    flow = incident.traffic[0]
    assert flow.sent - flow.answers == 1
    assert incident.mirrors()


def test_phase_1_is_rekeyed_before_it_ends_and_keeps_the_children(incident: Lab) -> None:
    incident.advance(parse_duration("23h"))
    hq, branch = ends(incident)
    assert [sa.state for sa in hq.ike.sas] == ["MM_ACTIVE"]
    assert len(branch.ike.sas) == 1
    assert incident.scheduler.now - hq.ike.sas[0].established < 40000
    assert incident.traffic[0].sent - incident.traffic[0].answers == 1


# -- lost peer -----------------------------------------------------------------------------------------------


def test_lost_peer_without_dpd_stays_dead_for_hours(incident: Lab) -> None:
    """Syslog 713117: without DPD the affected tunnel may have to be re-established manually."""
    hq, branch = ends(incident)
    before = spis(hq)
    assert incident.fault("lost-peer") == "branch"
    assert spis(hq) == before
    assert not spis(branch)
    assert not branch.ike.sas
    incident.advance(parse_duration("5h"))
    assert spis(hq) == before
    assert not answers_grow(incident)
    assert logged(branch, 402114)
    assert not logged(hq, 713123)


def test_lost_peer_without_dpd_ends_when_the_survivor_rekeys(incident: Lab) -> None:
    incident.fault("lost-peer")
    incident.advance(parse_duration("7h"))
    assert answers_grow(incident)
    assert incident.mirrors()


def test_402114_is_limited_to_one_in_five_seconds(incident: Lab) -> None:
    incident.fault("lost-peer")
    branch = ends(incident)[1]
    count = len(logged(branch, 402114))
    missing = branch.datapath.stats.missing_sa
    incident.advance(50)
    assert 9 <= len(logged(branch, 402114)) - count <= 11
    assert branch.datapath.stats.missing_sa - missing == 50


def test_lost_peer_with_dpd_heals_within_threshold_and_three_retries() -> None:
    """Semi-periodic DPD 10/2: noticed in about 16 s, then the next packet negotiates anew."""
    lab = change("incident-2009", hq=dpd, branch=dpd)
    hq, _ = ends(lab)
    lost = lab.scheduler.now
    lab.network.devices["branch"].power_cut()
    lab.advance(14)
    assert not logged(hq, 713123)
    lab.advance(6)
    assert len(logged(hq, 713123)) == 1
    assert "(keepalive type: DPD)" in logged(hq, 713123)[0]
    assert answers_grow(lab)
    assert lab.mirrors()
    assert lab.scheduler.now - lost < 60


@pytest.mark.parametrize("end", ["hq", "branch"])
def test_dpd_disabled_at_one_end_is_dpd_at_neither(end: str) -> None:
    """`disable` does not negotiate DPD, so the other end has none either, and says so in 713122."""
    lab = change("incident-2009", **{end: dpd})
    assert not any(sa.dpd for device in ends(lab) for sa in device.ike.sas)
    assert logged(lab.network.devices[end], 713122)
    lab.fault("lost-peer")
    lab.advance(3600)
    assert not answers_grow(lab)


def test_infinite_answers_but_never_asks() -> None:
    """`threshold infinite` at the survivor: DPD is negotiated, and still nobody notices."""
    infinite = "isakmp keepalive threshold infinite"
    lab = change("incident-2009", hq=lambda t: t.replace("isakmp keepalive disable", infinite), branch=dpd)
    assert all(sa.dpd for device in ends(lab) for sa in device.ike.sas)
    lab.fault("lost-peer")
    lab.advance(600)
    assert not answers_grow(lab)


def test_dpd_leaves_a_healthy_idle_tunnel_alone() -> None:
    lab = change("incident-2009", hq=dpd, branch=dpd)
    before = spis(ends(lab)[0])
    lab.traffic[0].flow = type(lab.traffic[0].flow)(IPv4Address("10.0.0.1"), IPv4Address("10.0.0.2"))
    lab.advance(1500)  # the default idle time-out is 30 minutes
    assert spis(ends(lab)[0]) == before


def test_the_branch_calling_first_makes_hq_flush_by_initial_contact(incident: Lab) -> None:
    """RFC 2407 4.6.3.3: INITIAL-CONTACT voids what the receiver holds for that peer."""
    incident.fault("lost-peer")
    hq = ends(incident)[0]
    before = spis(hq)
    send(incident.network, IPv4Address("192.168.2.10"), IPv4Address("192.168.1.10"))
    assert answers_grow(incident)
    assert spis(hq) != before
    assert len(hq.ike.sas) == 1
    assert incident.mirrors()


def test_losing_hq_heals_by_itself_because_hq_is_the_one_that_calls(incident: Lab) -> None:
    incident.fault("lost-peer", "hq")
    assert answers_grow(incident)
    assert incident.mirrors()


# -- deletion retry ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_dpd", [False, True])
def test_deletion_retry_leaves_nothing_that_mirrors_while_ike_is_fine(with_dpd: bool) -> None:
    """The story: old SPIs here, new ones there, both ends drop, IKE up, DPD content."""
    edits = {"hq": dpd, "branch": dpd} if with_dpd else {}
    lab = change("incident-2009", **edits)
    hq, branch = ends(lab)
    old_hq, old_branch = spis(hq), spis(branch)
    assert lab.fault("deletion-retry") == "hq"
    assert spis(hq) == old_hq
    assert spis(branch) != old_branch
    assert len(spis(branch)) == 1
    (hq_in, hq_out), (branch_in, branch_out) = spis(hq)[0], spis(branch)[0]
    assert hq_out != branch_in
    assert branch_out != hq_in
    warning = f"IPSEC WARNING: inbound SA deletion retry, SPI: 0x{hq_in:08X}"
    assert any(warning in line for line in logged(hq, 711001))
    for device in (hq, branch):
        assert logged(device, 402114)
        assert [sa.state for sa in device.ike.sas] == ["MM_ACTIVE"]
    lab.advance(7200)
    assert not answers_grow(lab)
    for device in (hq, branch):
        assert [sa.state for sa in device.ike.sas] == ["MM_ACTIVE"]
        assert not logged(device, 713123)


def test_deletion_retry_outlasts_fifteen_hours(incident: Lab) -> None:
    incident.fault("deletion-retry")
    stuck = spis(ends(incident)[0])
    incident.advance(parse_duration("15h"))
    assert spis(ends(incident)[0]) == stuck
    assert not incident.mirrors()
    assert not answers_grow(incident)


def clear(lab: Lab, device: str) -> None:
    peer = {"hq": "203.0.113.1", "branch": "198.51.100.1"}[device]
    assert Typist(lab, device).enable()(f"clear crypto ipsec sa peer {peer}") == ""
    lab.advance(1)


def test_clearing_the_branch_only_does_not_help(incident: Lab) -> None:
    """Even a DELETE that arrives cannot free an SA that the data path refuses to delete."""
    incident.fault("deletion-retry")
    hq, branch = ends(incident)
    stuck, before = spis(hq), spis(branch)
    clear(incident, "branch")
    assert not spis(branch)
    send(incident.network, IPv4Address("192.168.2.10"), IPv4Address("192.168.1.10"))
    incident.advance(5)
    assert len(spis(branch)) == 1
    assert spis(branch) != before
    assert spis(hq) == stuck
    assert not answers_grow(incident, 60)


@pytest.mark.parametrize("order", [("hq", "branch"), ("branch", "hq")])
def test_clearing_both_ends_heals(incident: Lab, order: tuple[str, str]) -> None:
    incident.fault("deletion-retry")
    before = {spi for device in ends(incident) for pair in spis(device) for spi in pair}
    for device in order:
        clear(incident, device)
    assert answers_grow(incident)
    assert incident.mirrors()
    assert not before & {spi for device in ends(incident) for pair in spis(device) for spi in pair}
    warnings = len(logged(ends(incident)[0], 711001))
    incident.advance(120)
    assert len(logged(ends(incident)[0], 711001)) == warnings


def test_a_stale_end_cannot_be_told_without_an_ike_sa(incident: Lab) -> None:
    """DELETE travels inside an IKE SA: a branch that lost its state cannot free hq by a clear of its own."""
    incident.fault("lost-peer")
    before = spis(ends(incident)[0])
    clear(incident, "branch")
    assert spis(ends(incident)[0]) == before
    clear(incident, "hq")
    # hq still believes in its IKE SA, so quick mode has to time out there before main mode starts anew.
    assert not answers_grow(incident, 20)
    assert answers_grow(incident, 20)


def test_clearing_phase_1_at_hq_heals_a_lost_peer_at_once(incident: Lab) -> None:
    incident.fault("lost-peer")
    assert Typist(incident, "hq").enable()("clear crypto isakmp sa") == ""
    assert answers_grow(incident, 3)


def test_deletion_retry_needs_an_sa_to_refuse() -> None:
    lab = change("incident-2009", hq=lambda text: text.replace("lab-psk-hq-branch", "x"))
    with pytest.raises(FaultError, match="no SA"):
        lab.fault("deletion-retry")
    with pytest.raises(FaultError, match="there are: lost-peer, deletion-retry"):
        lab.fault("meteorite")


# -- smaller things ------------------------------------------------------------------------------------------


def test_power_cut_restarts_the_uptime(incident: Lab) -> None:
    box = incident.boxes["branch"]
    assert box.up_seconds > 12 * 86400
    incident.fault("lost-peer")
    assert box.up_seconds < 60


def test_modern_pair_has_dpd_by_default(modern: Lab) -> None:
    assert all(sa.dpd for device in ends(modern) for sa in device.ike.sas)
    assert modern.mirrors()


def test_cancelled_timers_do_not_run() -> None:
    scheduler, ran = Scheduler(), []
    scheduler.after(1, lambda: ran.append("kept"))
    scheduler.after(1, lambda: ran.append("cancelled")).cancel()
    scheduler.run_until(2)
    assert ran == ["kept"]
    assert scheduler.now == 2


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("15h", 54000), ("2d", 172800), ("1h30m", 5400)]
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text + "!")
