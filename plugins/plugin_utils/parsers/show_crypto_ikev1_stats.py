# SPDX-License-Identifier: GPL-3.0-or-later
"""``show crypto ikev1 stats``: what IKEv1 counted on the whole device (8.4 and later).

The grammar is that of ``_ike_statistics.py``.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeStatistics, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import _ike_statistics
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser

COMMAND = "show crypto ikev1 stats"


def parse(text: str) -> Parsed[IkeStatistics]:
    return _ike_statistics.parse(COMMAND, 1, text)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=f"{__doc__}\n{_ike_statistics.__doc__}",
    since=(8, 4),
    aliases=("show ikev1 stats",),
)
