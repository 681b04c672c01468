# SPDX-License-Identifier: GPL-3.0-or-later
"""``show curpriv``: who is logged in, and with which privilege.

::

    Username : admin
    Current privilege level : 15
    Current Mode/s : P_PRIV [P_CONF]

A prompt that ends in ``#`` does not prove level 15: a user of level 3 has one too.

Source: Cisco ASA command reference, ``show curpriv`` (7.0 and later).
"""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show curpriv"


@dataclass(frozen=True)
class Privilege:
    """The session's user, level and modes (``P_PRIV``, ``P_CONF``)."""

    username: str | None = None
    level: int | None = None
    modes: tuple[str, ...] = ()


def parse(text: str) -> Parsed[Privilege]:
    account = Account(COMMAND, text)
    username, level = None, None
    modes: tuple[str, ...] = ()
    for number, line in account.lines:
        label, _, value = (part.strip() for part in line.partition(":"))
        if label == "Username":
            username = value
        elif label == "Current privilege level" and value.isdigit():
            level = int(value)
        elif label == "Current Mode/s":
            modes = tuple(value.split())
        else:
            account.unknown(number, line)
    missing = "" if level is not None else "there is no line 'Current privilege level'"
    return account.parsed(Privilege(username, level, modes), missing)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.IDENTITY, rank=20)
