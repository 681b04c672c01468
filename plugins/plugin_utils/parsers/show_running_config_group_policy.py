# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config [all] group-policy``: the timeouts that also end site-to-site tunnels, and their filter.

::

    group-policy P internal | external server-group S password ...
    group-policy P attributes
     vpn-idle-timeout 30 | none [alert-interval N]
     vpn-session-timeout 1440 | none [alert-interval N]
     vpn-filter none | value ACL
     vpn-tunnel-protocol ikev1 ikev2 l2tp-ipsec          (to 8.3: ``IPSec``)
     pfs enable | disable

Every other attribute is kept as typed: group policies are mostly about remote access, which is not judged here.

Sources: Cisco ASA command reference, ``vpn-idle-timeout``; captured on 9.2 and 9.x.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import GroupPolicy, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

COMMAND = "show running-config group-policy"
KEYWORDS = ("group-policy",)
OTHER = "remote-access attribute"

# Attributes by the first part of their word.
_OTHER = words(
    """
    accounting activex address-pools always-on anyconnect apcf auto-signon backup-servers banner client-
    customization default-domain deny-message dhcp-network-scope dns-server file- filter firewall-rule functions
    gateway-fqdn group-lock hidden homepage html-content-filter http- intercept-dhcp ip-comp ip-phone-bypass
    ipsec-udp ipv6- java-trustpoint keep-alive-ignore leap-bypass max-message msie-proxy nac nem
    password-storage periodic-authentication pfs port-forward post-max-size re-xauth scep-forwarding-url
    secure-unit-authentication security-group-tag session-timeout-alert-interval smart-tunnel
    smartcard-removal-disconnect split-dns split-tunnel sso-server storage- svc svc- unix-auth upload-max-size
    url-entry url-list user-authentication user-storage vlan vpn- webvpn wins-server
    """
)


def knows(words: list[str]) -> bool:
    """Whether these words can be an attribute of a group policy."""
    first = words[1] if words[0] == "no" and len(words) > 1 else words[0]
    return first.startswith(tuple(_OTHER))


def read(blocks: list[Block], account: Account) -> dict[str, GroupPolicy]:
    policies: dict[str, dict[str, Any]] = {}
    for block in blocks:
        words = block.words
        if words[0] != "group-policy" or len(words) < 3 or words[2] not in ("internal", "external", "attributes"):
            account.unknown(block.number, block.text)
            continue
        facts = policies.setdefault(words[1], {"name": words[1], "lines": []})
        facts["lines"].append(mask(block.text))
        if words[2] != "attributes":
            facts["kind"] = words[2]
        for number, line in block.children:
            facts["lines"].append(f" {mask(line)}")
            _attribute(number, line, facts, account)
    return {name: GroupPolicy(**{**facts, "lines": tuple(facts["lines"])}) for name, facts in policies.items()}


def _attribute(number: int, line: str, facts: dict[str, Any], account: Account) -> None:
    match line.split():
        case ["vpn-idle-timeout" | "vpn-session-timeout", "alert-interval", *_]:
            pass
        case ["vpn-idle-timeout" | "vpn-session-timeout" as name, minutes, *rest] if (
            minutes == "none" or minutes.isdigit()
        ) and (not rest or rest[0] == "alert-interval"):
            facts[name.removeprefix("vpn-").replace("-", "_")] = 0 if minutes == "none" else int(minutes)
        case ["vpn-idle-timeout" | "vpn-session-timeout", *_]:
            account.unknown(number, line)
        case ["vpn-tunnel-protocol", *protocols]:
            facts["protocols"] = tuple(protocol.lower() for protocol in protocols)
        case ["vpn-filter", "value", name]:
            facts["filter"] = name
        case ["vpn-filter", "none"]:
            facts["filter"] = ""
        case ["pfs", "enable" | "disable" as state]:
            facts["pfs"] = state == "enable"
        case words if knows(words):
            account.skip(OTHER)
        case _:
            account.unknown(number, line)


def parse(text: str) -> Parsed[dict[str, GroupPolicy]]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    options=("*",),
    rank=80,
)
