# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs to report on: the incident of 2009, the same healed, and the states in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address, ip_network

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.conditions import conditions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    EARLIEST,
    LATEST,
    ClockReading,
    CryptoMapEntry,
    Device,
    Direction,
    End,
    Finding,
    Fix,
    Group,
    IkeSa,
    IpsecEntry,
    IpsecSa,
    Judgement,
    Keepalive,
    Origin,
    Outcome,
    ProxyIdentities,
    SaReading,
    Selector,
    Severity,
    Tunnel,
    TunnelGroup,
    Verdict,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action, Kind, Report, RuleNote, Source
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, PlannedEnd, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import clear_ipsec_sa
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.timeline import Event, Offset, Timeline
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.timeline import Kind as EventKind

START = 1243823400.0  # 2009-06-01 02:30:00 UTC
HQ_NET, BRANCH_NET = "10.1.0.0/24", "10.2.0.0/24"
ADDRESSES = {"hq": "198.51.100.1", "branch": "203.0.113.2", "depot": "203.0.113.77"}

# What hq sends on, what branch sends on, and what the two of them accept.
MISMATCH = {"hq": (0xA2280726, 0x4E1F3B77), "branch": (0x0D5C91AA, 0x91B6F0C4)}
MATCH = {"hq": (0x5D00A911, 0x1C7F22E0), "branch": (0x1C7F22E0, 0x5D00A911)}
HALF = {"hq": (0xA2280726, 0x4E1F3B77), "branch": (0x4E1F3B77, 0x91B6F0C4)}


def identities(local: str = HQ_NET, remote: str = BRANCH_NET) -> ProxyIdentities:
    return ProxyIdentities(Selector(ip_network(local)), Selector(ip_network(remote)))


def entry(out: int, into: int, ids: ProxyIdentities, encaps: int, decaps: int, left: int = 17312) -> IpsecEntry:
    return IpsecEntry(
        identities=ids,
        peer="peer",
        counters={"pkts encaps": encaps, "pkts decaps": decaps, "send errors": 0, "recv errors": 0},
        current_outbound_spi=out,
        sas=(
            IpsecSa(Direction.INBOUND, into, lifetime_seconds=left),
            IpsecSa(Direction.OUTBOUND, out, lifetime_seconds=left),
        ),
    )


def device(name: str, at: float = START) -> Device:
    return Device(
        name=name,
        hostname=f"{name}-asa",
        version=Version(7, 2, 5, text="7.2(5)"),
        uptime=8_300_000 if name == "hq" else 54_120,
        readings=(SaReading(at, at + 2), SaReading(at + 30, at + 32)),
    )


def end(name: str, peer: str, spis: tuple[int, int], moved: tuple[int, int], keepalive: Keepalive, at: float) -> End:
    ids = identities() if name == "hq" else identities(BRANCH_NET, HQ_NET)
    ike = (IkeSa(1, ip_address(ADDRESSES[peer]), "MM_ACTIVE", "initiator" if name == "branch" else "responder"),)
    return End(
        device=device(name, at),
        address=ip_address(ADDRESSES[name]),
        peer_address=ip_address(ADDRESSES[peer]),
        interface="outside",
        map_entry=CryptoMapEntry("outside_map", 10),
        tunnel_group=TunnelGroup(ADDRESSES[peer], keepalive=keepalive),
        first=(entry(*spis, ids, 18231, 17990),),
        second=(entry(*spis, ids, 18231 + moved[0], 17990 + moved[1]),),
        first_ike=ike,
        second_ike=tuple(replace(sa, lifetime=86400, lifetime_remaining=61234) for sa in ike),
    )


def tunnel(
    spis: dict[str, tuple[int, int]] = MISMATCH,
    hq_moved: tuple[int, int] = (12, 0),
    branch_moved: tuple[int, int] = (9, 0),
    name: str = "hq-branch",
    at: float = START,
) -> Tunnel:
    off = Keepalive(disabled=True, origin=Origin.READ)
    ends = (
        end("hq", "branch", spis["hq"], hq_moved, off, at),
        end("branch", "hq", spis["branch"], branch_moved, Keepalive(), at),
    )
    return Tunnel(name, ends, interval=30.0, overlap=True, stimulated=True)


def finding(rule: str, outcome: Outcome, severity: Severity, message: str, **more: object) -> Finding:
    return Finding(rule, "hq-branch", outcome, severity, message, **more)  # type: ignore[arg-type]


SPI_MISMATCH = finding(
    "spi-mirror-mismatch",
    Outcome.FAIL,
    Severity.CRITICAL,
    "HQ-BRANCH / outside_map 10 - outbound SPI among the peer's inbound - "
    "hq: sends 0xA2280726, branch accepts 0x91B6F0C4 branch: sends 0x0D5C91AA, hq accepts 0x4E1F3B77",
    evidence=("evidence/hq/show_crypto_ipsec_sa.txt", "evidence/branch/show_crypto_ipsec_sa.txt"),
    fix=(
        Fix("branch", ("clear crypto ipsec sa peer 198.51.100.1",), safe=True, note="first: it restarted last"),
        Fix("hq", ("clear crypto ipsec sa peer 203.0.113.2",), safe=True, note="within 5 s of the other"),
    ),
)
DPD_OFF = finding(
    "dpd-disabled",
    Outcome.FAIL,
    Severity.ERROR,
    "HQ-BRANCH / outside_map 10 - dead peer detection - hq: disabled branch: threshold 10 retry 2 (default)",
    evidence=("evidence/hq/show_running-config_all_tunnel-group.txt",),
    fix=(
        Fix(
            "hq",
            ("tunnel-group 203.0.113.2 ipsec-attributes", " isakmp keepalive threshold 10 retry 2"),
            safe=True,
            note="takes effect at the next IKE SA",
        ),
    ),
)
WEAK_DH = finding(
    "weak-dh", Outcome.FAIL, Severity.WARNING, "HQ-BRANCH / outside_map 10 - DH group - hq: group2 branch: group2"
)
QUIET = (
    finding("pfs-mismatch", Outcome.PASS, Severity.ERROR, "HQ-BRANCH - PFS group - hq: group2 branch: group2"),
    finding("acl-not-mirrored", Outcome.PASS, Severity.CRITICAL, "HQ-BRANCH - crypto ACLs mirror each other"),
    finding("ikev2-only", Outcome.NOT_APPLICABLE, Severity.INFO, "HQ-BRANCH - IKEv1 at both ends"),
    finding("psk-mismatch", Outcome.UNVERIFIABLE, Severity.CRITICAL, "HQ-BRANCH - keys are masked at both ends"),
)
RULES = {
    "spi-mirror-mismatch": RuleNote(
        "Each end accepts the SPI the other sends on", Group.LIVE, ("show crypto ipsec sa",)
    ),
    "dpd-disabled": RuleNote("Both ends use DPD", Group.DPD),
    "weak-dh": RuleNote("Groups are large", Group.HYGIENE),
}

BROKEN = Judgement(
    tunnel(),
    Verdict.BROKEN,
    (*QUIET, WEAK_DH, DPD_OFF, SPI_MISMATCH),
    cause="Neither end accepts the SPI the other sends on: IKE is up, and every packet is dropped at both ends.",
    next_action="ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch -e confirm=hq-branch",
)
HEALTHY = Judgement(tunnel(MATCH, (12, 12), (12, 12)), Verdict.HEALTHY, QUIET, cause="Both directions carry traffic.")
HALF_BROKEN = Judgement(
    tunnel(HALF, (12, 9), (9, 0)),
    Verdict.BROKEN,
    (replace(SPI_MISMATCH, rule="spi-half-match", message="hq sends on 0xA2280726, which branch does not have"),),
    cause="branch reaches hq, but hq sends on an SPI that branch does not have.",
    next_action="ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch --check",
)
_hq = replace(tunnel().ends[0], device=device("hq"))
_depot = End(Device("depot", problems=("connection refused on 203.0.113.77 port 22",)), initiates=True)
UNKNOWN = Judgement(
    Tunnel("hq-depot", (replace(_hq, peer_address=ip_address(ADDRESSES["depot"])), _depot)),
    Verdict.UNKNOWN,
    tuple(
        finding(rule, Outcome.UNKNOWN, Severity.CRITICAL, "HQ-DEPOT - depot was not read: connection refused")
        for rule in ("spi-mirror-mismatch", "spi-half-match", "sa-one-sided", "dpd-disabled", "acl-not-mirrored")
    ),
    cause="depot could not be read, so nobody knows whether this tunnel carries traffic.",
    next_action="reach depot (console, out-of-band) and run the audit again",
)
FOREIGN = Judgement(
    Tunnel("hq-partner", (replace(_hq, peer_address=ip_address("192.0.2.9")),), "192.0.2.9 is a partner's", True, 30.0),
    Verdict.DEGRADED,
    (WEAK_DH,),
    cause="Traffic flows, with a DH group that the partner's next upgrade removes.",
)


def audit(*judgements: Judgement, **more: object) -> Report:
    devices = {each.device.name: each.device for judgement in judgements for each in judgement.tunnel.ends}
    report = Report(
        id="20090601T023000Z-audit",
        kind=Kind.AUDIT,
        started=START,
        finished=START + 41.5,
        devices=tuple(devices.values()),
        judgements=judgements,
        controller="netops1",
        versions={"tunnelmend.asa": "0.1.0", "ansible-core": "2.19.14"},
        rules=RULES,
    )
    return replace(report, **more)  # type: ignore[arg-type]


def offline() -> Report:
    """Of a log and of a folder, on a machine that reaches no device."""
    report = audit(BROKEN)
    clock = ClockReading(datetime(2009, 6, 1, 4, 30, 7, 250000), "CEST", EARLIEST, LATEST)
    hq, branch = report.devices
    gap = "branch: 'show route' is unknown, because the device refused it"
    files = {"hq": ("hq.log",), "branch": tuple(f"branch/1/show_{number}.txt" for number in range(12))}
    return replace(
        report,
        devices=(replace(hq, clock=clock), replace(branch, gaps=(gap,))),
        source=Source("/srv/cases/4711", files),
    )


def named(judgement: Judgement, name: str) -> Judgement:
    return replace(judgement, tunnel=replace(judgement.tunnel, name=name))


def planned() -> Plan:
    """Both ends in order, with all that a plan may say."""
    reasons = {"branch": "first: it sends on an SPI that hq does not have", "hq": "second: at once"}
    ends = {end.name: end for end in tunnel().ends}
    return Plan(
        tunnel="hq-branch",
        cause=BROKEN.cause,
        failing=("spi-mirror-mismatch",),
        ends=tuple(
            PlannedEnd(
                name,
                ip_address(ADDRESSES[peer]),
                clear_ipsec_sa.step(name, ip_address(ADDRESSES[peer])),
                reasons[name],
                spis_of(ends[name]),
            )
            for name, peer in (("branch", "hq"), ("hq", "branch"))
        ),
        stimulus=(),
        interrupts="every connection through hq-branch, for seconds",
        proof="IKE up at both ends; SPIs new, mirrored and counting",
        on_failure="nothing is repeated",
        stop="Ctrl-C, once",
        beyond=("clear the IKE SA of this peer", "never reload both ends"),
        notes=("CSCsd48512 fits 7.2(5)",),
    )


def told() -> Timeline:
    """The time line of the remediation: both ends log by clocks of their own, hq's an hour ahead."""
    first = START + 44.2
    log = EventKind.LOG
    return Timeline(
        "hq-branch",
        ("hq", "branch"),
        (
            Event(log, "hq", "%ASA-5-713119: IP = 203.0.113.2, PHASE 1 COMPLETED", None, None, "Jun 1 2009 03:30:01"),
            Event(log, "branch", "%ASA-4-402114: old", first - 500, 0.5, "Jun 1 2009 02:22:24"),
            Event(EventKind.READING, "hq", "sends on 0xA2280726, accepts 0x4E1F3B77", first - 9, 0.2),
            Event(EventKind.CONTROLLER, "branch", "clear clear crypto ipsec sa peer 198.51.100.1", first - 0.01),
            Event(EventKind.COMMAND, "branch", "clear crypto ipsec sa peer 198.51.100.1", first, result="done"),
            Event(EventKind.COMMAND, "hq", "clear crypto ipsec sa peer 203.0.113.2", first + 0.8, result="done"),
            Event(log, "hq", "%ASA-5-713050: Group = A, IP = 203.0.113.2, Connection terminated", first, 0.6, "x"),
            Event(log, "hq", "%ASA-6-602304: IPSEC: An outbound SA has been deleted.", first, 0.6, "x"),
            Event(EventKind.CONTROLLER, "", "not yet", first + 20, result="no SA has come up yet"),
            Event(EventKind.COMMAND, "hq", "show crypto ipsec sa", first + 21, result="done"),
        ),
        (Offset("hq", START, 3600.0, 0.2, "CEST"), Offset("hq", START + 60, 3601.0, 0.2, "CEST")),
        first,
        {"branch": 3},
    )


def remediation() -> Report:
    after = replace(
        HEALTHY,
        tunnel=tunnel(MATCH, (5, 5), (5, 5), at=START + 70),
        findings=(*QUIET, WEAK_DH, DPD_OFF),
        cause="Both directions carry traffic again, on new SAs.",
        next_action="ansible-playbook playbooks/harden.yml -e tunnel=hq-branch",
    )
    return replace(
        audit(after),
        id="20090601T023000Z-remediate",
        kind=Kind.REMEDIATE,
        finished=START + 118,
        before=(BROKEN,),
        actions=(
            Action(START + 44.2, "branch", "clear crypto ipsec sa peer 198.51.100.1", "cleared"),
            Action(START + 45.0, "hq", "clear crypto ipsec sa peer 203.0.113.2", "cleared"),
            Action(START + 47.1, "branch", "ping inside 10.1.0.1", "5 of 5 answered"),
        ),
        outcome="healed",
        outcome_text="hq-branch carries traffic both ways on new SAs, 53 s after the first clear.",
        plan=planned(),
        proof=conditions(after.tunnel, planned()),
        timeline=told(),
    )


def refused() -> Report:
    return replace(
        audit(BROKEN),
        id="20090601T023000Z-remediate",
        kind=Kind.REMEDIATE,
        outcome="aborted_gate:cool-down",
        outcome_text="hq-branch was cleared 3 minutes ago. Wait until 02:37, or find the cause first.",
        next_steps=("Wait until 02:37, or find the cause first.",),
    )
