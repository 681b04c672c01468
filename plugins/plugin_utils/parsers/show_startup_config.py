# SPDX-License-Identifier: GPL-3.0-or-later
"""``show startup-config``: what the next reload brings back, in the grammar of ``show running-config``.

::

    : Saved
    : Written by enable_15 at 02:01:14.302 UTC Tue Nov 10 2009
    !
    ASA Version 7.2(5)
    ...
    Cryptochecksum:0123456789abcdef0123456789abcdef
    : end                                                    (not on every release)

A device that was never saved answers ``No Configuration``, which reads as an empty configuration.

Source: Cisco ASA command reference, ``show startup-config``. The answer of a device that was never saved, and that the
last line may be missing, stand on engineering practice.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config import whole

COMMAND = "show startup-config"


NEVER_SAVED = "No Configuration"


def _ends(line: str) -> bool:
    return line == ": end" or line.startswith("Cryptochecksum:")


def parse(text: str) -> Parsed[Config]:
    account = Account(COMMAND, text, indented=True)
    if [line for _, line in account.lines] == [NEVER_SAVED]:
        account.skip(NEVER_SAVED)
        return account.parsed(Config())
    return whole(account, "the configuration does not end with 'Cryptochecksum:' or ': end'", ends=_ends)


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.CONFIG, rank=95)
