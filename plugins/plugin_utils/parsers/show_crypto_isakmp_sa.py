# SPDX-License-Identifier: GPL-3.0-or-later
"""``show crypto isakmp sa [detail]``: every IKE SA: before 8.4 those of IKEv1, since then also those of IKEv2.

On 8.4 and later the device still takes the command and prints both tables, or ``There are no IKEv2 SAs`` after
the first. A collection asks for it before 8.4 only.

The grammar is that of ``_ike.py``.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSa, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import _ike
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage

COMMAND = "show crypto isakmp sa"


def parse(text: str, names: Names | None = None) -> Parsed[tuple[IkeSa, ...]]:
    return _ike.parse(COMMAND, (1, 2), text, names)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=f"{__doc__}\n{_ike.__doc__}",
    stage=Stage.STATE,
    until=(8, 4),
    aliases=("show isakmp sa",),
    options=("detail",),
    ask="show crypto isakmp sa detail",
    rank=20,
)
