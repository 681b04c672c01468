# SPDX-License-Identifier: GPL-3.0-or-later
"""``show interface ip brief``: each interface's address and state on one line.

::

    Interface                  IP-Address      OK? Method Status                Protocol
    GigabitEthernet0/0         209.165.200.226 YES CONFIG up                    up
    GigabitEthernet0/1         unassigned      YES unset  administratively down down

``Method`` says where the address is from (CONFIG, manual, DHCP, unset). A line is whole when it ends in the protocol's
state; that the last lines are missing cannot be seen.

Source: Cisco ASA command reference, ``show interface ip brief``.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import InterfaceStatus, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import literal
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show interface ip brief"

_HEADING = "Interface IP-Address OK? Method Status Protocol"
_ROW = re.compile(
    r"(?P<interface>[A-Za-z][\w./:-]{0,60}) +(?P<address>[\w.:]{3,46}) +(?P<ok>YES|NO) +(?P<method>[\w/-]{1,16}) +"
    r"(?P<status>(?:admin(?:istratively)? +)?(?:up|down)|deleted|unmonitored|shutdown) +(?P<protocol>up|down)",
)


def _row(line: str) -> InterfaceStatus | None:
    match = _ROW.fullmatch(line)
    if match is None:
        return None
    address = literal(match["address"])
    if address is None and match["address"] != "unassigned":
        return None
    return InterfaceStatus(
        interface=match["interface"],
        ip_address=address,
        ok=match["ok"] == "YES",
        method=match["method"],
        status=" ".join(match["status"].split()),
        protocol=match["protocol"],
    )


def parse(text: str) -> Parsed[tuple[InterfaceStatus, ...]]:
    account = Account(COMMAND, text)
    rows: list[InterfaceStatus] = []
    headed, cut = False, 0
    for number, line in account.lines:
        if " ".join(line.split()) == _HEADING:
            headed = True
        elif row := _row(line):
            rows.append(row)
            cut = 0
        else:
            account.unknown(number, line)
            cut = number
    missing = ""
    if not headed:
        missing = f"there is no heading '{_HEADING}'"
    elif not rows:
        missing = "the output ends after its heading"
    elif cut:
        missing = f"the output ends within line {cut}"
    return account.parsed(tuple(rows), missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__)
