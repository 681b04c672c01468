# SPDX-License-Identifier: GPL-3.0-or-later
"""``show logging``: of the log in memory, the messages about tunnels.

::

    Syslog logging: enabled
        Facility: 20                     and further settings, ``Label logging: ...``
        Buffer logging: level informational, 1234 messages logged
    [time] [host] [:] %ASA-5-713049: Group = ..., Inbound SPI = 0x527873a4, Outbound SPI = 0xe6376de9
    Local subnet:  10.1.0.0  mask 255.255.0.0 Protocol 0  Port 0              (further lines of message 713906)
    [time] [IKEv1]: Group = ...                                               (debug; ``_messages.py`` has the headers)
    IPSEC WARNING: inbound SA deletion retry, SPI: 0x1E8246FC, user:, peer:   (debug; also inside message 711001)

Messages of IKE and IPsec (402, 602, 702, 713 to 715, 750 to 753), the end of a session (113019) and debug lines become
values, with what they name in fields; ``time`` stays the device's own text. Others are skipped and counted.

Sources: Cisco ASA syslog messages; captured on PIX 7, 8.x, 9.2 and 9.x.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import LogLine, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._messages import (
    FURTHER,
    FURTHER_LINE,
    about_tunnels,
    log_line,
    unfinished,
)

COMMAND = "show logging"
OTHER = "message not about tunnels"
SETTING = "logging setting"

_SETTINGS = re.compile(
    r"(?:Syslog|Standby|Debug-trace|Console|Monitor|Buffer|Trap|Permit-hostdown|History|Mail|ASDM|FTP|SNMP|Flash|Secure"
    r"|Hide Username|Timestamp|Timezone|Name|Deny Conn when Queue Full)\b[^:%]{0,40}: .*"
    r"|(?:Facility|Device ID): .*|Logging to .*"
    # A collector over TCP: a heading and its counters.
    r"|Global TCP syslog stats:{1,2}|[A-Z_]{3,40}: \d+(?:, [A-Z_]{3,40}: \d+)*"
)


def parse(text: str) -> Parsed[tuple[LogLine, ...]]:
    account = Account(COMMAND, text, log=True)
    found: list[LogLine] = []
    heading = False
    within = False
    for number, line in account.lines:
        entry = log_line(line)
        if entry is None and _SETTINGS.fullmatch(line):
            heading |= line.startswith("Syslog logging: ")
            account.skip(SETTING)
        elif entry is None and within and FURTHER_LINE.fullmatch(line):
            account.skip(FURTHER)
        elif entry is None and within and unfinished(found[-1]):
            found[-1] = log_line(f"{found[-1].text} {line}") or found[-1]
            account.skip(FURTHER)
        elif entry is None:
            account.unknown(number, line)
        elif about_tunnels(entry):
            found.append(entry)
        else:
            account.skip(OTHER)
        within = bool(found) and (entry is None or about_tunnels(entry))
    return account.parsed(tuple(found), "" if heading else "there is no line 'Syslog logging'")


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.LOG, options=("buffered", "asdm"))
