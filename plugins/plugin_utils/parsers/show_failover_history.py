# SPDX-License-Identifier: GPL-3.0-or-later
"""``show failover history``: each change of this unit's state, with its time and reason.

::

    ==========================================================================
    From State                 To State                   Reason          (``Group`` before it in active/active pairs)
    ==========================================================================
    16:43:08 UTC Aug 8 2017
        2     Disabled                   Negotiation                Failover state check

    14:01:14 UTC Aug 16 2017
        2     Standby Ready              Just Active                HELLO not heard from mate

    ==========================================================================

A long reason goes on in lines of its own under its column (from engineering practice). A unit without failover has
the heading alone.

Sources: Cisco ASA command reference, ``show failover history``; captured on an active/active FPR-2130.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import FailoverChange, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._failover import unit_state
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import RULE, is_rule

COMMAND = "show failover history"

_TIME = re.compile(r"\d\d?:\d\d:\d\d \S{1,16} (?:[A-Z][a-z]{2} )?[A-Z][a-z]{2} {1,2}\d{1,2} \d{4}")
_GROUP = re.compile(r"(\d) +(?=[A-Z])")
# Where the column of reasons begins, less what a document may take away.
_REASON_COLUMN = 40


def _change(line: str, time: str) -> FailoverChange | None:
    """The line's two states, which are known words, and its reason."""
    group = _GROUP.match(line)
    rest = line[group.end() :] if group else line
    first = unit_state(rest)
    second = unit_state(rest[len(first) :].lstrip()) if first else None
    if first is None or second is None:
        return None
    reason = rest[len(first) :].lstrip()[len(second) :]
    if reason and not reason.startswith(" "):
        return None
    return FailoverChange(time, first, second, reason.strip() or None, int(group[1]) if group else None)


def parse(text: str) -> Parsed[tuple[FailoverChange, ...]]:
    account = Account(COMMAND, text, indented=True)
    changes: list[FailoverChange] = []
    time, rules, headed = "", 0, False
    for number, raw in account.lines:
        line = raw.strip()
        if is_rule(line):
            rules += 1
            account.skip(RULE)
        elif line.removeprefix("Group").split() == ["From", "State", "To", "State", "Reason"]:
            headed = True
        elif _TIME.fullmatch(line):
            if time:
                account.unknown(number, line)
            time = line
        elif time and (found := _change(line, time)):
            changes.append(found)
            time = ""
        elif changes and not time and len(raw) - len(line) >= _REASON_COLUMN:
            changes[-1] = replace(changes[-1], reason=f"{changes[-1].reason or ''} {line}".strip())
        else:
            account.unknown(number, line)
    missing = ""
    if not headed:
        missing = "there is no heading 'From State'"
    elif time:
        missing = f"the output ends after the time {time}"
    elif rules < 3:
        missing = "the output ends before its last line of equals signs"
    return account.parsed(tuple(changes), missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__)
