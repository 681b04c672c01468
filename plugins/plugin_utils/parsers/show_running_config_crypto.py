# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config [all] crypto``: crypto maps, what they propose, and the IKE policies.

::

    crypto ipsec [ikev1] transform-set T esp-aes-256 esp-sha-hmac | T mode transport      (``ikev1`` from 8.4)
    crypto ipsec ikev2 ipsec-proposal P
     protocol esp encryption aes-256 aes | integrity sha-256
    crypto ipsec profile P                                           (VTI, 9.7)
     set ikev2 ipsec-proposal ... | set pfs ... | ...
    crypto ipsec security-association lifetime seconds 28800 | kilobytes 4608000
    crypto map M 10 match address ACL
    crypto map M 10 set peer A [B ...] | set [ikev1] transform-set T ... | set ikev2 ipsec-proposal P ... | set pfs [G]
    crypto map M 65535 ipsec-isakmp dynamic D
    crypto map M interface outside
    crypto dynamic-map D 10 set ...
    crypto isakmp|ikev1|ikev2 policy 10
     authentication ... | encryption ... | hash ... | integrity ... | prf ... | group ... | lifetime [seconds] N
    crypto isakmp|ikev1|ikev2 enable outside
    [no] crypto isakmp identity ... | nat-traversal 20 | disconnect-notify | reload-wait | ipsec-over-tcp port N
    crypto isakmp|ikev1 am-disable
    crypto ikev2 notify invalid-selectors | cookie-challenge ... | limit ... | redirect ... | remote-access ...
    crypto ipsec df-bit|fragmentation POLICY outside
    crypto ipsec security-association replay disable | replay window-size N | pmtu-aging ...
    crypto ca trustpoint T                                            (its name; certificates are not kept)
    isakmp policy 10 group 2                                         (7.0: without ``crypto``, on one line)

``all`` adds negated defaults (``no crypto map M 10 set tfc-packets``), which are known and mean nothing.

Sources: Cisco ASA command reference, ``crypto``; captured on 8.2, 8.3, 9.2(2) and 9.x.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    CryptoMapEntry,
    IkePolicy,
    IkeSettings,
    IpsecProfile,
    IpsecProposal,
    IpsecSettings,
    Parsed,
    TransformSet,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import Block, affirmed, part, words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._crypto_map import Entry, lifetime
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._crypto_settings import (
    ike_setting,
    ipsec_setting,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config crypto"
KEYWORDS = ("crypto", "isakmp")
NOT_VPN = "crypto setting that no tunnel depends on"
NEGATED = "negated default"

_VERSIONS = {"isakmp": 1, "ikev1": 1, "ikev2": 2}
_POLICY = words(
    """
    authentication encryption hash integrity prf group lifetime
    """
)
_CHILDREN = _POLICY | {"protocol", "set"}
# Second words whose lines no tunnel's judgement needs, but for the names of trustpoints.
_OTHER = frozenset({"ca", "engine", "key", "large-cert-acceleration", "large-certificates"})


@dataclass(frozen=True)
class Crypto:
    """The crypto part of a configuration. Lifetimes are ``None`` when not printed; ``trustpoints`` are names."""

    crypto_maps: tuple[CryptoMapEntry, ...] = ()
    dynamic_maps: tuple[CryptoMapEntry, ...] = ()
    crypto_map_interfaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    transform_sets: dict[str, TransformSet] = field(default_factory=dict)
    ipsec_proposals: dict[str, IpsecProposal] = field(default_factory=dict)
    ipsec_profiles: dict[str, IpsecProfile] = field(default_factory=dict)
    ike_policies: tuple[IkePolicy, ...] = ()
    ike_enabled: dict[int, tuple[str, ...]] = field(default_factory=dict)
    lifetime_seconds: int | None = None
    lifetime_kilobytes: int | None = None
    ike: IkeSettings = field(default_factory=IkeSettings)
    ipsec: IpsecSettings = field(default_factory=IpsecSettings)
    trustpoints: tuple[str, ...] = ()


def knows(words: list[str]) -> bool:
    """Whether these words can be a sub-line of a crypto block."""
    return words[0] in _CHILDREN


class _Reader:
    """The parts of a crypto configuration while its blocks are read."""

    def __init__(self, account: Account, names: Names | None) -> None:
        self.account = account
        self.names = names
        self.maps: dict[tuple[str, int], Entry] = {}
        self.dynamic: dict[tuple[str, int], Entry] = {}
        self.bindings: dict[str, tuple[str, ...]] = {}
        self.sets: dict[str, TransformSet] = {}
        self.modes: dict[str, str] = {}
        self.proposals: dict[str, IpsecProposal] = {}
        self.profiles: dict[str, IpsecProfile] = {}
        self.policies: dict[tuple[int, int], dict[str, Any]] = {}
        self.enabled: dict[int, tuple[str, ...]] = {}
        self.lifetimes: dict[str, Any] = {}
        self.ike_settings: dict[str, Any] = {}
        self.ipsec_settings: dict[str, Any] = {}
        self.trustpoints: list[str] = []

    def read(self, block: Block) -> None:
        negated = block.words[0] == "no"
        words = affirmed(block.words)
        # 7.0 and 7.1 print `isakmp ...` where later releases print `crypto isakmp ...`.
        words = ["crypto", *words] if words[0] == "isakmp" else words
        if len(words) < 3:
            self.account.unknown(block.number, block.text)
        elif negated:
            self.negated(words[1:], block.text)
        elif words[1] in _OTHER:
            if words[1:3] == ["ca", "trustpoint"] and len(words) > 3:
                self.trustpoints.append(words[3])
            self.account.skip(NOT_VPN, 1 + len(block.children))
            return
        elif not self.top(words, block):
            self.account.unknown(block.number, block.text)
        self.children(words[1:], block)

    def negated(self, words: list[str], line: str) -> None:
        """A setting that is off. Of maps and the like the negated lines are defaults, which say nothing."""
        if words[0] in _VERSIONS:
            ike_setting(words[1:], False, line, self.ike_settings)
        elif words[0] == "ipsec":
            ipsec_setting(words[1:], False, line, self.ipsec_settings)
        self.account.skip(NEGATED)

    def top(self, words: list[str], block: Block) -> bool:
        match words[1:]:
            case ["map", name, "interface", *interfaces] if interfaces:
                self.bindings[name] = (*self.bindings.get(name, ()), interfaces[0])
            case ["map", name, sequence, *rest] if sequence.isdigit():
                return self.maps.setdefault((name, int(sequence)), Entry()).line(rest, block.text, self.names)
            case ["dynamic-map", name, sequence, *rest] if sequence.isdigit():
                return self.dynamic.setdefault((name, int(sequence)), Entry()).line(rest, block.text, self.names)
            case ["map", _, "client", *_]:
                self.account.skip(NOT_VPN)
            case ["ipsec", *rest]:
                return self.ipsec(rest, block.text)
            case [ike, *rest] if ike in _VERSIONS:
                return self.ike(_VERSIONS[ike], rest, block.text)
            case _:
                return False
        return True

    def ipsec(self, words: list[str], line: str) -> bool:
        match words:
            case ["transform-set" | "ikev1", *_] if "transform-set" in words[:2]:
                name, *transforms = words[words.index("transform-set") + 1 :] or [""]
                if transforms[:1] == ["mode"] and len(transforms) == 2:
                    self.modes[name] = transforms[1]
                else:
                    self.sets[name] = TransformSet(name, tuple(transforms))
                return bool(name and transforms)
            case ["ikev2", "ipsec-proposal", name]:
                self.proposals[name] = IpsecProposal(name)
            case ["profile", name]:
                self.profiles[name] = IpsecProfile(name)
            case ["security-association", "lifetime", *rest]:
                return lifetime(rest, self.lifetimes)
            case _:
                return ipsec_setting(words, True, line, self.ipsec_settings)
        return True

    def ike(self, version: int, words: list[str], line: str) -> bool:
        match words:
            case ["enable", interface, *_]:
                self.enabled[version] = (*self.enabled.get(version, ()), interface)
            case ["policy", priority, *rest] if priority.isdigit():
                facts = self.policies.setdefault((version, int(priority)), {})
                return not rest or _policy(rest, facts)
            case _:
                return ike_setting(words, True, line, self.ike_settings)
        return True

    def children(self, words: list[str], block: Block) -> None:
        for number, line in block.children:
            if not self.child(words, line.split(), line):
                self.account.unknown(number, line)

    def child(self, parent: list[str], words: list[str], line: str) -> bool:
        if words[0] == "no":
            self.account.skip(NEGATED)
            return True
        match parent:
            case [ike, "policy", priority, *_] if ike in _VERSIONS and priority.isdigit():
                return _policy(words, self.policies.setdefault((_VERSIONS[ike], int(priority)), {}))
            case ["ipsec", "ikev2", "ipsec-proposal", name]:
                return self.proposal(name, words)
            case ["ipsec", "profile", name]:
                return self.profile(name, words, line)
        return False

    def proposal(self, name: str, words: list[str]) -> bool:
        old = self.proposals.get(name, IpsecProposal(name))
        match words:
            case ["protocol", "esp", "encryption", *algorithms]:
                self.proposals[name] = IpsecProposal(name, tuple(algorithms), old.integrity)
            case ["protocol", "esp", "integrity", *algorithms]:
                self.proposals[name] = IpsecProposal(name, old.encryption, tuple(algorithms))
            case _:
                return False
        return True

    def profile(self, name: str, words: list[str], line: str) -> bool:
        entry = Entry()
        for earlier in self.profiles[name].lines:
            entry.line(earlier.split(), earlier, self.names)
        known = entry.line(words, line, self.names)
        self.profiles[name] = entry.profile(name)
        return known

    def crypto(self) -> Crypto:
        sets = {
            name: TransformSet(name, each.transforms, self.modes.get(name, "tunnel"))
            for name, each in self.sets.items()
        }
        ordered = sorted(self.policies.items())
        return Crypto(
            crypto_maps=tuple(entry.map_entry(*key) for key, entry in sorted(self.maps.items())),
            dynamic_maps=tuple(entry.map_entry(*key) for key, entry in sorted(self.dynamic.items())),
            crypto_map_interfaces=self.bindings,
            transform_sets=sets,
            ipsec_proposals=self.proposals,
            ipsec_profiles=self.profiles,
            ike_policies=tuple(IkePolicy(*key, **facts) for key, facts in ordered),
            ike_enabled=self.enabled,
            ike=IkeSettings(**self.ike_settings),
            ipsec=IpsecSettings(**self.ipsec_settings),
            trustpoints=tuple(self.trustpoints),
            **self.lifetimes,
        )


def _policy(words: list[str], facts: dict[str, Any]) -> bool:
    match words:
        case ["authentication", method]:
            facts["authentication"] = method
        case ["lifetime", "none"] | ["lifetime", "seconds", "none"]:
            facts["lifetime"] = 0
        case ["lifetime", seconds] | ["lifetime", "seconds", seconds] if seconds.isdigit():
            facts["lifetime"] = int(seconds)
        case ["hash" | "integrity", *values] if values:
            facts["hash"] = tuple(values)
        case ["encryption" | "group" | "prf" as name, *values] if values:
            facts[name] = tuple(values)
        case _:
            return False
    return True


def read(blocks: list[Block], account: Account, names: Names | None = None) -> Crypto:
    reader = _Reader(account, names)
    for block in blocks:
        reader.read(block)
    return reader.crypto()


def parse(text: str, names: Names | None = None) -> Parsed[Crypto]:
    return part(COMMAND, text, KEYWORDS, lambda blocks, account: read(blocks, account, names))


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    options=("map *", "map", "ipsec", "isakmp", "ikev1", "ikev2", "dynamic-map *", "dynamic-map"),
    rank=60,
)
