# SPDX-License-Identifier: GPL-3.0-or-later
"""``show mode``: one firewall, or several contexts.

::

    Security context mode: single | multiple | noconfirm ...
    The flash mode is the SAME as the running mode.            (7.x)

Sources: Cisco ASA command reference, ``show mode``; captured on an FPR-2130.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show mode"


def parse(text: str) -> Parsed[str | None]:
    account = Account(COMMAND, text)
    mode = None
    for number, line in account.lines:
        if line.startswith("Security context mode: "):
            mode = line.split()[3]
        elif not line.startswith("The flash mode is the "):
            account.unknown(number, line)
    return account.parsed(mode, "" if mode else "there is no line 'Security context mode'")


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.IDENTITY, rank=40)
