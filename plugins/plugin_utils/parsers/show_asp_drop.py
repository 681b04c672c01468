# SPDX-License-Identifier: GPL-3.0-or-later
"""``show asp drop``: how many packets and connections the accelerated security path dropped, by reason.

::

    Frame drop:
      No route to host (no-route)                                              19164
      Flow is denied by configured rule (acl-drop)                               831

    Last clearing: Never | 17:02:12 UTC Jan 17 2012 by enable_15      (8.x; once, or under each part)

    Flow drop:
      Tunnel being brought up or torn down (tunnel-pending)                        2

    Last clearing: Never

A reason's name stands in the last parentheses; 7.0 prints the reason alone (from engineering practice). Only the
reasons that counted are listed, so that a heading without any is an answer. A whole output has both headings.

Sources: Cisco ASA command reference, ``show asp drop``; captured on an FPR-2130.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AspDrop, AspDrops, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import number as count_of

COMMAND = "show asp drop"

_NAME = re.compile(r"\(([A-Za-z][\w./+-]{0,60})\)")


def _drop(line: str) -> AspDrop | None:
    text, _, last = line.rpartition(" ")
    count = count_of(last)
    text = text.rstrip()
    if count is None or not text or text.endswith(":"):
        return None
    reason, _, name = text.rpartition("(")
    if match := _NAME.fullmatch(f"({name}"):
        return AspDrop(reason.rstrip(), count, match[1])
    return AspDrop(text, count)


def parse(text: str) -> Parsed[AspDrops]:
    account = Account(COMMAND, text)
    drops: dict[str, list[AspDrop]] = {}
    cleared: dict[str, str] = {}
    part = ""
    for number, line in account.lines:
        if line in ("Frame drop:", "Flow drop:") and line[:-6] not in drops:
            part = line[:-6]
            drops[part] = []
        elif line.startswith("Last clearing:") and part and part not in cleared:
            cleared[part] = line[14:].strip()
        elif part and part not in cleared and (found := _drop(line)):
            drops[part].append(found)
        else:
            account.unknown(number, line)
    frame, flow = "Frame", "Flow"
    missing = next((f"there is no heading '{part} drop:'" for part in (frame, flow) if part not in drops), "")
    if not missing and frame in cleared and flow not in cleared:
        missing = "the output ends before the last 'Last clearing'"
    value = AspDrops(tuple(drops.get(frame, ())), tuple(drops.get(flow, ())), cleared.get(frame), cleared.get(flow))
    return account.parsed(value, missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.COUNTERS)
