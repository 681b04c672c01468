# SPDX-License-Identifier: GPL-3.0-or-later
"""``show failover``: the pair, its states, and whether SAs are replicated.

::

    Failover On | Failover Off [(pseudo-Standby)]
    Failover unit Primary
    Failover LAN Interface: fover Ethernet2 (up)        and further settings, named below
        This host: Primary - Active                     | ``This host:    Primary`` and then, active/active,
        Active time: 13434 (sec)                        |   Group 1       State:          Active
        slot 0: ...                                     and ``Interface outside (192.0.2.1): Normal (Monitored)``
        Other host: Secondary - Standby Ready
        This context: Active                            (within a security context) and ``Peer context: ...``
    Stateful Failover Logical Update Statistics
        Link : Unconfigured. | state Ethernet3 (up)
        Stateful Obj    xmit       xerr       rcv        rerr    and a table

Sources: Cisco ASA command reference, ``show failover``; captured on an active/active FPR-2130.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._failover import Failover, unit_state
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show failover"
DETAIL = "failover detail"

_HOST = re.compile(r"(This|Other) host: *(Primary|Secondary|Not Detected)(?: - (.*))?")
_CONTEXT = re.compile(r"(This|Peer) context: *(.*)")
_GROUP = re.compile(r"Group (\d) +State: +(.*)")
_ROW = re.compile(r"[A-Z][\w /:-]{1,40}? +\d+ +\d+ +\d+(?: +\d+)?", re.IGNORECASE)
_INTERFACE = re.compile(r"(?:\S+ )?Interface \S+ \([^)]*\): .*")
_KNOWN = (
    "Cable status:",
    "Failover LAN Interface:",
    "Failover LAN interface:",
    "Reconnect timeout",
    "Unit Poll frequency",
    "Interface Poll frequency",
    "Interface Policy",
    "Monitored Interfaces",
    "MAC Address Move Notification",
    "failover replication",
    "Encryption:",
    "Version: Ours",
    "Serial Number: Ours",
    "Last Failover at:",
    "Group 1 last failover at:",
    "Group 2 last failover at:",
    "Active time:",
    "slot ",
    "Slot ",
    "ASA FirePOWER",
    "IPS,",
    "Logging port IP:",
    "Stateful Failover Logical Update Statistics",
    "Stateful Obj",
    "Logical Update Queue Information",
    "Cur ",
    "Recv Q:",
    "Xmit Q:",
    "Status:",
)


def parse(text: str) -> Parsed[Failover]:
    account = Account(COMMAND, text)
    facts: dict[str, Any] = {"this_groups": {}, "other_groups": {}}
    host = ""
    for number, line in account.lines:
        if line.startswith(("Failover On", "Failover Off")):
            facts["enabled"] = line.startswith("Failover On")
        elif line.startswith("Failover unit "):
            facts["unit"] = line.split()[2].lower()
        elif match := _HOST.match(line):
            host = match[1].lower()
            state = unit_state(match[3] or match[2])
            if state:
                facts[f"{host}_host"] = state
        elif (match := _CONTEXT.match(line)) and (state := unit_state(match[2])):
            host = "this" if match[1] == "This" else "other"
            facts[f"{host}_host"] = state
        elif host and (match := _GROUP.match(line)) and (state := unit_state(match[2])):
            facts[f"{host}_groups"][int(match[1])] = state
        elif line.startswith("Link : "):
            facts["stateful"] = not line.startswith("Link : Unconfigured")
        elif line.startswith(_KNOWN) or _INTERFACE.fullmatch(line) or _ROW.fullmatch(line):
            account.skip(DETAIL)
        else:
            account.unknown(number, line)
    failover = Failover(**facts)
    if failover.enabled is None:
        missing = "there is neither 'Failover On' nor 'Failover Off'"
    elif failover.enabled and not failover.summary:
        missing = "failover is on, but the state of this host is missing"
    else:
        missing = ""
    return account.parsed(failover, missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.IDENTITY, rank=50)
