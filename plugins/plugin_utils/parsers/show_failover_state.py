# SPDX-License-Identifier: GPL-3.0-or-later
"""``show failover state``: the states of both units in a few lines.

::

                   State          Last Failure Reason      Date/Time
    This host  -   Primary
                   Active         None
    Other host -   Secondary
                   Standby Ready  Comm Failure             12:53:31 UTC Apr 14 2015

    ====Configuration State===
            Sync Done | Sync Done - STANDBY | Sync Skipped ...
    ====Communication State===
            Mac set

In active/active pairs ``Group 1`` stands before a group's state. 7.x prints sections::

    ====My State===
    Primary | Active |
    ====Other State===
    Secondary | Standby |
    =========Failed Reason==============
    My Fail Reason:
    Other Fail Reason:

Source: Cisco ASA command reference, ``show failover state``, 7.0 and 8.x.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._failover import Failover, unit_state
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show failover state"
DETAIL = "failover detail"

_HOST = re.compile(r"(This|Other) host +- +(\S.*)")
_GROUP = re.compile(r"Group (\d) +(\S.*)")


def parse(text: str) -> Parsed[Failover]:
    account = Account(COMMAND, text)
    facts: dict[str, Any] = {"this_groups": {}, "other_groups": {}}
    host = section = ""
    for number, line in account.lines:
        if line.startswith("===="):
            host, section = "", line.strip("= ")
        elif line.startswith("State ") and "Last Failure Reason" in line:
            account.skip(DETAIL)
        elif match := _HOST.fullmatch(line):
            host = match[1].lower()
            if host == "this":
                facts["unit"] = match[2].lower()
        elif section in ("My State", "Other State") and line.count("|") == 2:
            unit, word, _ = (part.strip() for part in line.split("|"))
            side = "this" if section == "My State" else "other"
            facts[f"{side}_host"] = word
            if side == "this":
                facts |= {"unit": unit.lower(), "enabled": word != "Disabled"}
        elif line.startswith(("My Fail Reason:", "Other Fail Reason:")):
            account.skip(DETAIL)
        elif host and (match := _GROUP.fullmatch(line)) and (state := unit_state(match[2])):
            facts[f"{host}_groups"][int(match[1])] = state
        elif host and f"{host}_host" not in facts and (state := unit_state(line)):
            facts[f"{host}_host"] = state
        elif section == "Configuration State":
            facts["synced"] = line.startswith("Sync Done")
        elif section == "Communication State":
            facts.setdefault("enabled", True)
        elif line == "Failover Off":
            facts["enabled"] = False
        else:
            account.unknown(number, line)
    failover = Failover(**facts)
    missing = "" if failover.summary else "the state of this host is missing"
    return account.parsed(failover, missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__)
