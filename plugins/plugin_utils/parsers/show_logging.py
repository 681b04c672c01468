# SPDX-License-Identifier: GPL-3.0-or-later
"""``show logging``: of the log in memory, the messages about tunnels.

::

    Syslog logging: enabled
        Facility: 20                     and further settings, ``Label logging: ...``
        Buffer logging: level informational, 1234 messages logged
    [time] [host] [:] %ASA-5-713049: Group = ..., Inbound SPI = 0x2b4a1133, Outbound SPI = 0xce8c73ac
    [time] [IKEv1]: Group = ...          (debug, to 8.3; later without the colon)
    IPSEC WARNING: inbound SA deletion retry, SPI: 0x1E8246FC         (debug; also inside message 711001)

A message has an identifier; those about tunnels become values, the others are skipped and counted. Both
headers, EMBLEM's and RFC 5424's time are read; ``time`` stays the device's own text.

Sources: Cisco ASA syslog messages; captured on PIX 7, 8.x, 9.2 and 9.x.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, LogLine, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import literal
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show logging"
OTHER = "message not about tunnels"
SETTING = "logging setting"

_MESSAGE = re.compile(r"(?P<head>[^%]{0,120})%(?:ASA|PIX|FTD)(?:-[a-z]+)?-\d-(?P<id>\d{6}):? ?(?P<text>.*)")
_DEBUG = re.compile(
    r"(?P<head>[A-Z][a-z]{2} \d\d [\d:]{8} )?\[?(?:IKEv[12](?: DEBUG)?\]:? ?|IKEv2-(?:PROTO|PLAT)-\d: )(?P<text>.*)"
)
_WARNING = re.compile(r"(?P<head>.{0,80}?)(?P<text>IPSEC (?:WARNING|ERROR|INFO): .*)")
_TIME = re.compile(
    r"(?:<\d{1,3}>)?((?:[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?[\d:]{8}(?:\.\d+)?)|\d{4}-\d\d-\d\dT[\d:.]+Z?)"
)
_SPI = re.compile(r"(?:(?<!Inbound )SPI *[=:]? *|Inbound SPI = |spi )(0x[0-9a-fA-F]{1,8})")
_PEER = re.compile(
    r"(?:IP = | and (?=[0-9a-fA-F:.]{7,45} \(user=)|\(user= |IKE Peer |from |Remote:|for peer )([0-9a-fA-F:.]{7,45})"
)
_SETTINGS = re.compile(
    r"(?:Syslog|Standby|Debug-trace|Console|Monitor|Buffer|Trap|Permit-hostdown|History|Mail|ASDM|FTP|SNMP|Flash|Secure"
    r"|Hide Username|Timestamp|Name|Deny Conn when Queue Full)\b[^:%]{0,40}: .*"
    r"|(?:Facility|Device ID): .*|Logging to .*"
)

TUNNEL_IDS = frozenset(
    [
        113019,
        *range(402114, 402126),
        602103,
        602104,
        *range(602303, 602307),
        702305,
        702307,
        711001,
        713041,
        713048,
        713049,
        713050,
        713061,
        713068,
        *range(713073, 713077),
        713092,
        713113,
        713114,
        713117,
        *range(713119, 713125),
        713172,
        713202,
        713219,
        713227,
        713236,
        713258,
        713259,
        713262,
        713902,
        713903,
        713904,
        713905,
        715006,
        715007,
        715009,
        715034,
        715036,
        715049,
        715065,
        715075,
        715077,
        715080,
        750002,
        750003,
        750006,
        750007,
        750011,
        751002,
        751004,
        751009,
        751010,
        751022,
        752002,
        752003,
        752004,
        752006,
        752007,
        752012,
        752015,
        752016,
    ]
)


def log_line(text: str) -> LogLine | None:
    """A line of the log, whether or not it is about tunnels; ``None`` when it is not one."""
    match = _MESSAGE.fullmatch(text) or _DEBUG.fullmatch(text) or _WARNING.fullmatch(text)
    if match is None:
        return None
    number = match.groupdict().get("id")
    time = _TIME.search(match["head"] or "")
    spi = _SPI.search(match["text"])
    return LogLine(
        text=text,
        message_id=int(number) if number else None,
        time=time[1] if time else None,
        spi=int(spi[1], 16) if spi else None,
        peer=_peer(match["text"]),
    )


def _peer(text: str) -> Address | None:
    match = _PEER.search(text)
    if match is None:
        return None
    # `Remote:192.0.2.1:500` has a port; the end of a sentence has a full stop.
    return literal(match[1].rstrip(".:")) or literal(match[1].rpartition(":")[0])


def parse(text: str) -> Parsed[tuple[LogLine, ...]]:
    account = Account(COMMAND, text, log=True)
    found: list[LogLine] = []
    heading = False
    for number, line in account.lines:
        entry = log_line(line)
        if entry is None and _SETTINGS.fullmatch(line):
            heading |= line.startswith("Syslog logging: ")
            account.skip(SETTING)
        elif entry is None:
            account.unknown(number, line)
        elif entry.message_id is None or (entry.message_id in TUNNEL_IDS and not _other_debug(entry)):
            found.append(entry)
        else:
            account.skip(OTHER)
    return account.parsed(tuple(found), "" if heading else "there is no line 'Syslog logging'")


def _other_debug(entry: LogLine) -> bool:
    """711001 wraps any debug output; only IPsec's is about tunnels."""
    return entry.message_id == 711001 and "IPSEC" not in entry.text


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.LOG, options=("buffered", "asdm"))
