# SPDX-License-Identifier: GPL-3.0-or-later
"""``show clock [detail]``: the device's own time.

::

    10:58:15.123 PDT Thu Jul 19 2018          (``*`` in front: never set or synchronised; ``.``: no longer)
    Time source is NTP                        (detail)
    Summer time starts ... | Summer time ends ...

The zone is a word of the configuration and tells no offset, so the time is given without one.

Source: Cisco ASA command reference, ``show clock``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show clock"

_TIME = re.compile(r"([*.]?)(\d\d?:\d\d:\d\d)(\.\d{1,6})? (\S+) [A-Z][a-z]{2} ([A-Z][a-z]{2} {1,2}\d\d? \d{4})")


@dataclass(frozen=True)
class Clock:
    """``local`` is ISO 8601 without an offset, as precise as it was printed; ``zone`` the device's word for it.

    ``synchronized`` is false for a marked clock. An unmarked one may have been set by hand.
    """

    local: str | None = None
    zone: str | None = None
    source: str | None = None
    synchronized: bool | None = None


def parse(text: str) -> Parsed[Clock]:
    account = Account(COMMAND, text)
    local, zone, source, synchronized = None, None, None, None
    for number, line in account.lines:
        if (match := _TIME.fullmatch(line)) and (moment := _moment(f"{match[5]} {match[2]}", match[3] or "")):
            local, zone = moment, match[4]
            synchronized = False if match[1] else None
        elif line.startswith("Time source is "):
            source = line[15:]
        elif not line.startswith(("Summer time starts", "Summer time ends")):
            account.unknown(number, line)
    return account.parsed(Clock(local, zone, source, synchronized), "" if local else "there is no line with the time")


def _moment(text: str, fraction: str) -> str | None:
    try:
        return datetime.strptime(text + (fraction or ".0"), "%b %d %Y %H:%M:%S.%f").isoformat()
    except ValueError:
        return None


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.IDENTITY, options=("detail",), rank=30)
