# SPDX-License-Identifier: GPL-3.0-or-later
"""`show failover [state | history]` and what switches a pair over.

Source: Cisco ASA Command Reference, `show failover`, `failover active`, `write standby`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lab.cli.tree import Match, registry
from lab.engine.failover import Unit

if TYPE_CHECKING:
    from lab.cli.shell import Session
    from lab.engine.network import Device

OFF = [
    "Failover Off ",
    "Failover unit Secondary",
    "Failover LAN Interface: not Configured",
    "Unit Poll frequency 15 seconds, holdtime 45 seconds",
    "Interface Poll frequency 5 seconds, holdtime 25 seconds",
    "Interface Policy 1",
    "Monitored Interfaces 2 of 250 maximum",
]
STATE_OFF = [
    "====My State===", "Primary | Disabled |", "====Other State===", "Secondary | Not Detected |",
    "====Configuration State===", "====Communication State===",
]  # fmt: skip
NOT_FROM_STANDBY = [
    "**** WARNING ****",
    "\tConfiguration Replication is NOT performed from Standby unit to Active unit.",
    "\tConfigurations are no longer synchronized.",
]
RULE = "=" * 74


def stamp(when: datetime) -> str:
    return f"{when:%H:%M:%S} UTC {when:%b} {when.day} {when.year}"


@registry.exec("show failover")
def show_failover(session: Session, match: Match) -> list[str]:
    device = session.device
    unit = device.unit
    if unit is None:
        return OFF
    modern = not device.legacy
    lines = [
        "Failover On ",
        f"Failover unit {unit.name}",
        f"Failover LAN Interface: {_link(device, 'lan', 'interface')}",
        *(["Reconnect timeout 0:00:00"] if modern else []),
        "Unit Poll frequency 1 seconds, holdtime 15 seconds",
        "Interface Poll frequency 5 seconds, holdtime 25 seconds",
        "Interface Policy 1",
        f"Monitored Interfaces {len(device.policy.interfaces)} of {61 if modern else 110} maximum",
        *(["MAC Address Move Notification Interval not set"] if modern else []),
        f"Version: Ours {device.release}, Mate {unit.mate.device.release}",
        *([f"Serial Number: Ours {unit.serial}, Mate {unit.mate.serial}"] if modern else []),
        f"Last Failover at: {stamp(unit.pair.switched or device.network.start)}",
    ]
    for title, each in (("This", unit), ("Other", unit.mate)):
        slot, seen = ("Up Sys", "Normal (Monitored)") if each.device.up else ("Unknown/Unknown", "Unknown (Waiting)")
        lines += [
            f"\t{title} host: {each.name} - {each.state} ",
            f"\t\tActive time: {int(each.seconds_active)} (sec)",
            f"\t\tslot 0: {session.box.model} hw/sw rev (1.0/{each.device.release}) status ({slot})",
        ]
        lines += [f"\t\t  Interface {i.nameif} ({i.address.ip}): {seen}" for i in each.device.policy.interfaces]
    return [*lines, "", *_stateful(unit)]


def _link(device: Device, *words: str) -> str:
    """`folink GigabitEthernet0/2 (up)`, from the line that says which interface a link uses."""
    said = (device.config.value("failover", *words) or "").split()
    words = ("unit",) if words == ("lan",) else words
    said = [word for word in said if word not in ("primary", "secondary")]
    return f"{' '.join(said)} (up)" if said else "not Configured"


def _stateful(unit: Unit) -> list[str]:
    lines = ["Stateful Failover Logical Update Statistics"]
    if not unit.pair.stateful:
        return [*lines, "\tLink : Unconfigured."]
    active = unit.pair.active.device.own_ike
    counts = {
        "General": 4 * unit.pair.active.device.own_datapath.stats.packets_out, "sys cmd": 1630, "up time": 0,
        "RPC services": 0, "TCP conn": 0, "UDP conn": 0, "ARP tbl": 212, "Xlate_Timeout": 0,
    }  # fmt: skip
    if unit.device.legacy:
        counts |= {"VPN IKE upd": len(active.sas), "VPN IPSEC upd": len(active.phase2.children)}
    else:
        counts |= {"VPN IKEv1 SA": len(active.sas), "VPN IKEv1 P2": len(active.phase2.children)}
        counts |= {"VPN IKEv2 SA": 0, "VPN IKEv2 P2": 0}
    counts |= {"VPN CTCP upd": 0, "VPN SDI upd": 0, "VPN DHCP upd": 0}
    lines += [f"\tLink : {_link(unit.device, 'link')}", "\tStateful Obj \txmit       xerr       rcv        rerr      "]
    for name, count in counts.items():
        sent, got = (count, 0) if unit.active else (0, count)
        tabs = "\t" if len(name) > 7 else "\t\t"
        lines.append(f"\t{name}{tabs}{sent:<10} 0          {got:<10} 0         ")
    return [
        *lines, "", "\tLogical Update Queue Information", "\t \t \tCur \tMax \tTotal", "\tRecv Q: \t0 \t17 \t20416",
        "\tXmit Q: \t0 \t1 \t20389",
    ]  # fmt: skip


@registry.exec("show failover state")
def show_failover_state(session: Session, match: Match) -> list[str]:
    unit = session.device.unit
    if unit is None:
        return STATE_OFF
    synced = "Sync Done" if unit.active else "Sync Done - STANDBY"
    if session.device.version < (8, 0):
        state, other = (each.state.partition(" ")[0] for each in (unit, unit.mate))
        return [
            "====My State===", f"{unit.name} | {state} |", "====Other State===", f"{unit.mate.name} | {other} |",
            "====Configuration State===", f"\t{synced}", "====Communication State===", "\tMac set",
            "=========Failed Reason==============", "My Fail Reason:", "Other Fail Reason:",
        ]  # fmt: skip
    lines = [f"{'':15}State          Last Failure Reason      Date/Time"]
    for title, each in (("This host  -", unit), ("Other host -", unit.mate)):
        failed = "None" if each.device.up else "Comm Failure"
        lines += [f"{title}   {each.name}", f"{'':15}{each.state:<15}{failed}"]
    return [
        *lines, "", "====Configuration State===", f"\t{synced}", "====Communication State===", "\tMac set", "",
    ]  # fmt: skip


@registry.exec("show failover history")
def show_failover_history(session: Session, match: Match) -> list[str]:
    unit = session.device.unit
    lines = [RULE, f"{'From State':<27}{'To State':<27}Reason", RULE]
    for change in unit.history if unit else []:
        lines += [stamp(change.when), f"{change.before:<27}{change.after:<27}{change.reason}", ""]
    return [*lines, RULE]


@registry.exec("failover active")
def failover_active(session: Session, match: Match) -> None:
    unit = session.device.unit
    if unit and not unit.active:
        unit.pair.switch("Other unit wants me Standby")


@registry.exec("no failover active")
def no_failover_active(session: Session, match: Match) -> None:
    unit = session.device.unit
    if unit and unit.active and unit.mate.device.up:
        unit.pair.switch("Set by the config command")


@registry.exec("write standby")
def write_standby(session: Session, match: Match) -> list[str]:
    unit = session.device.unit
    if unit is None or not unit.active:
        return ["ERROR: Command is valid only on the active unit of a failover pair"]
    unit.pair.replicate_config(force=True)
    return ["Building configuration...", "[OK]"]
