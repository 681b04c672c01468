# SPDX-License-Identifier: GPL-3.0-or-later
"""``show vpn-sessiondb summary``: how many sessions and tunnels of each kind there are and were.

::

    VPN Session Summary                                               (8.4 and later)
                                   Active : Cumulative : Peak Concur : Inactive
    AnyConnect Client            :      1 :         44 :           2 :        0
      SSL/TLS/DTLS               :      1 :         44 :           2 :        0        a part of the row above
    Site-to-Site VPN             :      3 :          9 :           4
      IKEv1 IPsec                :      3 :          9 :           4
    Total Active and Inactive    :      4             Total Cumulative :     53
    Device Total VPN Capacity    :    250
    Device Load                  :     2%
    Tunnels Summary
                                   Active : Cumulative : Peak Concurrent
    IKEv1                        :      3 :          9 :               4
    Totals                       :      7 :        116
    IPv6 Usage Summary                            a cell may be empty there

    Active Session Summary                                            (8.0 to 8.3)
    Sessions:                                     and License Information:, Tunnels:, with the same columns
    Active NAC Sessions:                          and Active VLAN Mapping Sessions:, left out
      No NAC sessions to display.

    Active Sessions:            Session Information:                  (7.x)
      LAN-to-LAN     : 2        Peak Concurrent  : 7                  and Remote Access, Concurrent Limit ...

Lines of dashes part the tables. Without sessions the device says ``No sessions to display.``

From engineering practice: the forms before 8.4, the tables of IPv6 and licences, the warning about capacity.

Sources: Cisco ASA command reference, ``show vpn-sessiondb summary``; captured without sessions on an FPR-2130.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed, VpnSummary, VpnSummaryRow
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import RULE, is_rule, key
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import number as count_of

COMMAND = "show vpn-sessiondb summary"
WARNING = "warning"
OTHER = "network admission, VLAN mapping or licence"

_SECTIONS = {
    "VPN Session Summary": "sessions",
    "Active Session Summary": "sessions",
    "Sessions:": "sessions",
    "Tunnels Summary": "tunnels",
    "Tunnels:": "tunnels",
    "IPv6 Usage Summary": "ipv6_usage",
    "License Information:": "licenses",
    "Active NAC Sessions:": "other",
    "Active VLAN Mapping Sessions:": "other",
}
_COLUMNS = {
    "Active": "active",
    "Cumulative": "cumulative",
    "Peak Concur": "peak_concurrent",
    "Peak Concurrent": "peak_concurrent",
    "Inactive": "inactive",
}
_TOTALS = (
    "Total Active and Inactive",
    "Total Cumulative",
    "Device Total VPN Capacity",
    "Device Load",
    "Peak Concurrent",
    "Concurrent Limit",
    "Cumulative Sessions",
    "Percent Session Load",
)
_TOTAL = re.compile(rf"(?<!\S)({'|'.join(map(re.escape, _TOTALS))})[ ]{{0,40}}:[ ]{{0,40}}(\d{{1,12}})%?(?!\S)")
_NAME = re.compile(r"[A-Za-z][\w /()+.-]{1,50}")
_LICENCE = re.compile(r"[A-Z][\w /()-]{1,40}:[\s\d]{1,40}(?:[A-Z][a-z]{1,20}[ :\d%]{1,40}){0,4}")


class _Reader:
    """One pass over the lines. Indentation says which rows are parts of the one above."""

    def __init__(self) -> None:
        self.section = ""
        self.columns: list[str] = []
        self.rows: dict[str, list[VpnSummaryRow]] = {name: [] for name in set(_SECTIONS.values())}
        self.above: list[tuple[int, str]] = []
        self.totals: dict[str, int] = {}
        self.none = self.old = False

    def known(self, raw: str, account: Account) -> bool:
        line = raw.strip()
        if line in _SECTIONS:
            self.section, self.columns, self.above = _SECTIONS[line], [], []
        elif line.startswith("Active Sessions:") and line[16:].strip() in ("", "Session Information:"):
            self.section, self.columns, self.above, self.old = "sessions", ["active"], [], True
        elif line.rstrip(".") == "No sessions to display":
            self.none = True
        elif is_rule(line):
            account.skip(RULE)
        elif line.startswith("***") and "capacity" in line:
            account.skip(WARNING)
        elif columns := self.heading(line):
            self.columns, self.above = columns, []
        elif self.section == "other" and (line.startswith("No ") or _LICENCE.fullmatch(line)):
            account.skip(OTHER)
        elif found := _TOTAL.findall(line):
            return self.total(raw, line, found)
        elif self.section == "licenses" and not self.columns and (line.endswith(":") or _LICENCE.fullmatch(line)):
            account.skip(OTHER)
        else:
            return self.row(raw)
        return True

    def heading(self, line: str) -> list[str]:
        """The columns of a table's heading, if that is what the line is."""
        names = [_COLUMNS.get(part.strip(), "") for part in line.split(":")]
        return names if self.section and all(names) and len(names) == len(set(names)) > 1 else []

    def total(self, raw: str, line: str, found: list[tuple[str, str]]) -> bool:
        """Numbers that stand alone, in 7.x beside a row of the table."""
        for label, value in found:
            self.totals.setdefault(key(label), int(value))
        row = line[: line.index(found[0][0])].rstrip()
        rest = _TOTAL.sub("", line[len(row) :]).strip()
        return not rest and (not row or (self.old and self.row(raw[: raw.index(row) + len(row)])))

    def row(self, raw: str) -> bool:
        line = raw.strip()
        name, *cells = (part.strip() for part in line.split(":"))
        counts = [count_of(cell) for cell in cells]
        empty = [bool(cell) and count is None for cell, count in zip(cells, counts, strict=True)]
        if not cells or any(empty) or len(cells) > len(self.columns) or not _NAME.fullmatch(name):
            return False
        indent = len(raw) - len(raw.lstrip(" "))
        while self.above and self.above[-1][0] >= indent:
            self.above.pop()
        within = self.above[-1][1] if self.above else None
        self.above.append((indent, name))
        self.rows[self.section].append(VpnSummaryRow(name, within, **dict(zip(self.columns, counts, strict=False))))
        return True


def _incomplete(reader: _Reader) -> str:
    rows = reader.rows
    if not rows["sessions"]:
        return "" if reader.none else "neither a table of sessions nor 'No sessions to display'"
    if reader.none:
        return "it says both that there are no sessions and which there are"
    names = {row.name for row in (*rows["sessions"], *rows["tunnels"])}
    if not reader.old and "device_load" not in reader.totals and "Totals" not in names:
        return "the output ends before the totals of the sessions"
    if rows["tunnels"] and rows["tunnels"][-1].name != "Totals":
        return "the output ends before the totals of the tunnels"
    return ""


def parse(text: str) -> Parsed[VpnSummary]:
    account = Account(COMMAND, text, indented=True)
    reader = _Reader()
    for number, line in account.lines:
        if not reader.known(line, account):
            account.unknown(number, line)
    rows = {name: tuple(found) for name, found in reader.rows.items() if name != "other"}
    return account.parsed(VpnSummary(totals=reader.totals, **rows), _incomplete(reader))


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__)
