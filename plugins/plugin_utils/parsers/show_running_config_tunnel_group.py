# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config [all] tunnel-group``: how each peer authenticates, and its dead peer detection.

::

    tunnel-group 192.0.2.6 type ipsec-l2l                    (or a name; DefaultL2LGroup for peers without a group)
    tunnel-group 192.0.2.6 general-attributes
     default-group-policy P
    tunnel-group 192.0.2.6 ipsec-attributes
     pre-shared-key *                                        (to 8.3; later the next three)
     ikev1 pre-shared-key *****
     ikev2 remote-authentication pre-shared-key *****
     ikev2 local-authentication pre-shared-key *****
     trust-point T | ikev1 trust-point T | ikev2 local-authentication certificate T
     peer-id-validate req|cert|nocheck
     isakmp keepalive threshold 10 retry 2 | threshold infinite | disable         (IKEv2 obeys it too)

Without ``all`` a keepalive at its default is not printed; ``effective`` says what then holds. Keys are never kept.

Sources: Cisco ASA command reference, ``isakmp keepalive``; captured on 8.2 and 9.x, the ``all`` form on 9.x.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Origin, Parsed, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_L2L_GROUP
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

COMMAND = "show running-config tunnel-group"
KEYWORDS = ("tunnel-group",)

_ATTRIBUTES = ("general-attributes", "ipsec-attributes", "webvpn-attributes", "ppp-attributes")
# Sub-lines that no rule needs; they stay in ``lines`` as typed.
OTHER = words(
    """
    accounting-server-group address-pool annotation authentication authentication-attr-from-server
    authentication-server-group authenticated-session-username authorization-dn-attributes
    authorization-required authorization-server-group certificate-group-map chain client-update customization
    dhcp-server dns-group external-browser group-alias group-url hic-fail-group-policy ipv6-address-pool
    nat-assigned-to-public-ip nbns-server override-account-disable override-svc-download password-management
    peer-id-validate pre-fill-username proxy-auth proxy-auth_map radius-reject-message radius-sdi-xauth saml
    saml-identity-provider scep-enrollment secondary-authentication-server-group secondary-pre-fill-username
    secondary-username-from-certificate strip-group strip-realm use-secondary-username username-from-certificate
    use-entire-name virtual-template without-csd
    """
)


def knows(words: list[str]) -> bool:
    """Whether these words can be a sub-line of a tunnel-group."""
    first = words[1] if words[0] == "no" and len(words) > 1 else words[0]
    return first in OTHER or first in (
        "pre-shared-key",
        "trust-point",
        "ikev1",
        "ikev2",
        "isakmp",
        "default-group-policy",
    )


def read(blocks: list[Block], account: Account) -> dict[str, TunnelGroup]:
    groups: dict[str, dict[str, Any]] = {}
    for block in blocks:
        words = block.words
        if words[0] != "tunnel-group" or len(words) < 3 or not (words[2] == "type" or words[2] in _ATTRIBUTES):
            account.unknown(block.number, block.text)
            continue
        facts = groups.setdefault(words[1], {"name": words[1], "lines": []})
        facts["lines"].append(block.text)
        if words[2] == "type" and len(words) > 3:
            facts["type"] = words[3]
        for number, line in block.children:
            facts["lines"].append(f" {mask(line)}")
            if not _known(line.split(), facts):
                account.unknown(number, line)
    return {name: TunnelGroup(**{**facts, "lines": tuple(facts["lines"])}) for name, facts in groups.items()}


def _known(words: list[str], facts: dict[str, Any]) -> bool:
    match words:
        case ["default-group-policy", policy]:
            facts["group_policy"] = policy
        case ["pre-shared-key", _] | ["ikev1", "pre-shared-key", _]:
            _key("ikev1", facts)
        case ["ikev2", "remote-authentication", "pre-shared-key", *_]:
            _key("ikev2 remote", facts)
        case ["ikev2", "local-authentication", "pre-shared-key", *_]:
            _key("ikev2 local", facts)
        case ["peer-id-validate", how]:
            facts["peer_id_validate"] = how
        case (
            ["trust-point", point]
            | ["ikev1", "trust-point", point]
            | ["ikev2", "local-authentication", "certificate", point]
        ):
            facts["trustpoint"] = point
        case ["isakmp", "keepalive", *rest]:
            facts["keepalive"] = _keepalive(rest)
            return facts["keepalive"] is not None
        case ["no", "isakmp", "keepalive"]:
            pass
        case ["isakmp", "ikev1-user-authentication", *_] | ["ikev1", "user-authentication", *_]:
            pass
        case ["ikev2", "remote-authentication" | "local-authentication" | "rsa-sig-hash" | "mobike-rrc", *_]:
            pass
        case _:
            return knows(words) and words[0] not in ("isakmp", "ikev1", "ikev2")
    return True


def _key(kind: str, facts: dict[str, Any]) -> None:
    facts["has_key"] = True
    facts["keys"] = (*facts.get("keys", ()), kind)


def _keepalive(words: list[str]) -> Keepalive | None:
    match words:
        case ["disable"]:
            return Keepalive(None, None, disabled=True, origin=Origin.READ)
        case ["threshold", "infinite", *_]:
            return Keepalive(None, None, infinite=True, origin=Origin.READ)
        case ["threshold", threshold, "retry", retry] if threshold.isdigit() and retry.isdigit():
            return Keepalive(int(threshold), int(retry), origin=Origin.READ)
        case ["threshold", threshold] if threshold.isdigit():
            return Keepalive(int(threshold), 2, origin=Origin.READ)
    return None


def effective(groups: Mapping[str, TunnelGroup]) -> dict[str, TunnelGroup]:
    """The groups with the keepalive that holds where none was printed.

    An L2L group inherits what DefaultL2LGroup was changed to; else the default is 10/2, and 300/2 for remote access.
    """
    inherited = groups[DEFAULT_L2L_GROUP].keepalive if DEFAULT_L2L_GROUP in groups else None
    return {name: _with_keepalive(group, inherited) for name, group in groups.items()}


def _with_keepalive(group: TunnelGroup, inherited: Keepalive | None) -> TunnelGroup:
    if group.keepalive:
        return group
    if group.type == "ipsec-l2l" or group.name == DEFAULT_L2L_GROUP:
        return dataclasses.replace(group, keepalive=inherited or Keepalive(10, 2))
    if group.type in ("remote-access", "ipsec-ra"):
        return dataclasses.replace(group, keepalive=Keepalive(300, 2))
    return group


def parse(text: str) -> Parsed[dict[str, TunnelGroup]]:
    return part(COMMAND, text, KEYWORDS, read)


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    options=("*",),
    ask="show running-config all tunnel-group",
    rank=70,
)
