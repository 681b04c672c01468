# SPDX-License-Identifier: GPL-3.0-or-later
"""``show pager``: after how many lines the session stops, 0 for never.

::

    no pager | pager lines 24

Source: Cisco ASA command reference, ``pager``.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show pager"


def parse(text: str) -> Parsed[int | None]:
    account = Account(COMMAND, text)
    lines = None
    for number, line in account.lines:
        match line.split():
            case ["no", "pager"]:
                lines = 0
            case ["pager", "lines", count] if count.isdigit():
                lines = int(count)
            case _:
                account.unknown(number, line)
    return account.parsed(lines, "" if lines is not None else "there is no line 'pager'")


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__)
