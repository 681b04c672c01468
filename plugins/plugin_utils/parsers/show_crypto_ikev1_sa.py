# SPDX-License-Identifier: GPL-3.0-or-later
"""``show crypto ikev1 sa [detail]``: the IKEv1 SAs (8.4 and later).

The grammar is that of ``_ike.py``.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSa, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import _ike
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage

COMMAND = "show crypto ikev1 sa"


def parse(text: str, names: Names | None = None) -> Parsed[tuple[IkeSa, ...]]:
    return _ike.parse(COMMAND, (1,), text, names)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=f"{__doc__}\n{_ike.__doc__}",
    stage=Stage.STATE,
    since=(8, 4),
    aliases=("show ikev1 sa",),
    options=("detail",),
    ask="show crypto ikev1 sa detail",
    rank=20,
)
