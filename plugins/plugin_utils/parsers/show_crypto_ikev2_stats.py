# SPDX-License-Identifier: GPL-3.0-or-later
"""``show crypto ikev2 stats``: what IKEv2 counted on the whole device (8.4 and later).

The grammar is that of ``_ike_statistics.py``.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeStatistics, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import _ike_statistics
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser

COMMAND = "show crypto ikev2 stats"


def parse(text: str) -> Parsed[IkeStatistics]:
    return _ike_statistics.parse(COMMAND, 2, text)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=f"{__doc__}\n{_ike_statistics.__doc__}",
    since=(8, 4),
    aliases=("show ikev2 stats",),
)
