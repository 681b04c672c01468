# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config [all] sysopt``: whether tunnels pass the access lists, and the segment size within them.

::

    [no] sysopt connection permit-vpn                 (7.0: permit-ipsec; on by default, so that only ``no`` is printed)
    [no] sysopt connection preserve-vpn-flows | reclassify-vpn | timewait
    sysopt connection tcpmss [minimum] 1350
    sysopt noproxyarp inside
    [no] sysopt nodnsalias inbound | radius ignore-secret | traffic detailed-statistics | ...

Sources: Cisco ASA command reference, ``sysopt connection permit-vpn`` and its neighbours; captured on 9.2(2).
"""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed, Sysopt
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, affirmed, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config sysopt"
KEYWORDS = ("sysopt",)
NOT_VPN = "system option not about VPN"

_SWITCHES = {
    "permit-vpn": "permit_vpn",
    "permit-ipsec": "permit_vpn",
    "preserve-vpn-flows": "preserve_vpn_flows",
    "reclassify-vpn": "reclassify_vpn",
}
_OTHER_CONNECTION = words("timewait permit-pptp permit-l2tp tcp-max-unprocessed-seg")
_OTHER = words("nodnsalias radius traffic uauth ipsec security np")


def read(blocks: list[Block], account: Account) -> Sysopt:
    facts: dict[str, Any] = {}
    lines = []
    for block in blocks:
        lines.append(block.text)
        if not _known(affirmed(block.words)[1:], block.words[0] != "no", facts, account):
            account.unknown(block.number, block.text)
        for number, line in block.children:
            account.unknown(number, line)
    return Sysopt(**facts, lines=tuple(lines))


def _known(words: list[str], on: bool, facts: dict[str, Any], account: Account) -> bool:
    match words:
        case ["connection", name] if name in _SWITCHES:
            facts[_SWITCHES[name]] = on
        case ["connection", "tcpmss", "minimum", size] if size.isdigit():
            facts["tcpmss_minimum"] = int(size) if on else 0
        case ["connection", "tcpmss", size] if size.isdigit():
            facts["tcpmss"] = int(size) if on else 0
        case ["connection", "tcpmss", *rest] if not on and rest in ([], ["minimum"]):
            facts["tcpmss_minimum" if rest else "tcpmss"] = 0
        case ["noproxyarp", interface]:
            if on:
                facts["no_proxy_arp"] = (*facts.get("no_proxy_arp", ()), interface)
        case ["connection", name, *_] if name in _OTHER_CONNECTION:
            account.skip(NOT_VPN)
        case [name, *_] if name in _OTHER:
            account.skip(NOT_VPN)
        case _:
            return False
    return True


def parse(text: str) -> Parsed[Sysopt]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    ask="show running-config all sysopt",
    rank=86,
)
