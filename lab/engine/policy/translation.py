# SPDX-License-Identifier: GPL-3.0-or-later
"""Address translation and interface access lists, in the spelling before 8.3 and since.

Sources: Cisco ASA CLI guide 8.2, "Applying NAT" (order: exemption, static, policy static, dynamic); CLI guide 8.3 and
later, "Information About NAT", "NAT Rule Order" (manual rules, then those of objects, static before dynamic and the
fewer real addresses first, then manual rules `after-auto`).
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from lab.config import Config
from lab.engine.policy.model import ANY, Ace, NatRule
from lab.engine.policy.network import named_networks
from lab.engine.policy.release import Release

Networks = tuple[IPv4Network, ...]


def read_inbound_acls(config: Config) -> dict[str, str]:
    """The access list that packets entering an interface meet; `*` holds the global one."""
    found = {}
    for words in (block.words for block in config.starting("access-group")):
        match words:
            case [_, name, "in", "interface", nameif, *_]:
                found[nameif] = name
            case [_, name, "global"]:
                found["*"] = name
    return found


def read_nat(
    config: Config, names: dict[str, str], acls: dict[str, tuple[Ace, ...]], release: Release
) -> tuple[NatRule, ...]:
    """All rules in the order in which they are tried. A rule that cannot be read is left out."""
    rules: list[NatRule] = []
    readers = (_old,) if release < (8, 3) else (_new,)
    for reader in readers:
        try:
            rules += reader(config, names, acls)
        except (ValueError, IndexError, RecursionError):
            continue
    return tuple(rules)


# -- before 8.3 ----------------------------------------------------------------------------------------------


def _old(config: Config, names: dict[str, str], acls: dict[str, tuple[Ace, ...]]) -> list[NatRule]:
    exempt, static, dynamic = [], [], []
    pools = _pools(config)
    for block in config.starting("nat"):
        match block.words:
            case [_, where, "0", "access-list", name, *_] if name in acls:
                exempt.append(NatRule(block.line, where.strip("()"), "any", lines=acls[name], exempt=True))
            case [_, where, number, "access-list", name, *_] if number in pools and name in acls:
                nameif, pool = pools[number]
                dynamic.append(NatRule(block.line, where.strip("()"), nameif, mapped=pool, lines=acls[name]))
            case [_, where, number, net, *mask] if number in pools and number != "0":
                real = _network(names, net, mask[0] if mask else "255.255.255.255")
                nameif, pool = pools[number]
                if real:
                    dynamic.append(NatRule(block.line, where.strip("()"), nameif, (real,), pool))
    for block in config.starting("static"):
        match block.words:
            case [_, where, mapped_word, "access-list", name, *_] if name in acls and "," in where:
                inside, _, outside = where.strip("()").partition(",")
                whole = _network(names, mapped_word, str(acls[name][0].source.netmask)) if acls[name] else None
                if whole:
                    static.append(NatRule(block.line, inside, outside, (), (whole,), True, acls[name]))
            case [_, where, mapped_word, real_word, *rest] if "," in where:
                inside, _, outside = where.strip("()").partition(",")
                netmask = rest[1] if rest[:1] == ["netmask"] and len(rest) > 1 else "255.255.255.255"
                mapped_net, real_net = _network(names, mapped_word, netmask), _network(names, real_word, netmask)
                if mapped_net and real_net:
                    static.append(NatRule(block.line, inside, outside, (real_net,), (mapped_net,), static=True))
    return [*exempt, *static, *dynamic]


def _pools(config: Config) -> dict[str, tuple[str, Networks]]:
    """`global (outside) 1 interface` or a range; nothing stands for the interface's own address."""
    found: dict[str, tuple[str, Networks]] = {}
    for words in (block.words for block in config.starting("global")):
        if len(words) >= 4 and words[2] not in found:
            first = words[3].split("-")[0]
            address = _network({}, first, "255.255.255.255")
            found[words[2]] = words[1].strip("()"), (address,) if address else ()
    return found


def _network(names: dict[str, str], word: str, mask: str) -> IPv4Network | None:
    try:
        if word == "0":
            return ANY
        return IPv4Network(f"{names.get(word, word)}/{mask if mask != '0' else '0.0.0.0'}")
    except ValueError:
        return None


# -- since 8.3 -----------------------------------------------------------------------------------------------


def _new(config: Config, names: dict[str, str], acls: dict[str, tuple[Ace, ...]]) -> list[NatRule]:
    first: list[NatRule] = []
    last: list[NatRule] = []
    for block in config.starting("nat"):
        words = block.words
        if len(words) < 2 or "inactive" in words or "source" not in words:
            continue
        rule = _manual(config, names, block.line, words)
        if rule:
            (last if "after-auto" in words else first).append(rule)
    return [*first, *_of_objects(config, names), *last]


def _manual(config: Config, names: dict[str, str], line: str, words: list[str]) -> NatRule | None:
    inside, outside = _between(words[1])
    at = words.index("source")
    if len(words) < at + 4:
        return None
    kind, real_name, mapped_name = words[at + 1 : at + 4]
    real, mapped = (named_networks(config, names, name) for name in (real_name, mapped_name))
    if real is None or (mapped is None and mapped_name not in ("interface", "pat-pool")):
        return None
    rule = NatRule(line, inside, outside, real, mapped or (), static=kind == "static")
    rest = words[at + 4 :]
    if "destination" not in rest:
        return rule
    there = rest[rest.index("destination") + 1 :]
    if len(there) < 3:
        return None
    seen, actual = (named_networks(config, names, name) for name in there[1:3])
    if seen is None or actual is None:
        return None
    return NatRule(line, inside, outside, real, mapped or (), kind == "static", (), False, actual, seen)


def _of_objects(config: Config, names: dict[str, str]) -> Iterator[NatRule]:
    """Static before dynamic; then the fewest real addresses, the lowest of them, and the object's name."""
    found: list[tuple[bool, int, IPv4Address, str, NatRule]] = []
    for block in config.starting("object", "network"):
        if len(block.words) < 3:
            continue
        for words in (child.split() for child in block.children):
            if words[0] != "nat" or len(words) < 4:
                continue
            inside, outside = _between(words[1])
            real = named_networks(config, names, block.words[2])
            mapped = _address(words[3]) or named_networks(config, names, words[3])
            if real and (mapped is not None or words[3] == "interface"):
                text = f"object network {block.words[2]} {' '.join(words)}"
                rule = NatRule(text, inside, outside, real, mapped or (), static=words[2] == "static")
                size, lowest = sum(net.num_addresses for net in real), min(net.network_address for net in real)
                found.append((not rule.static, size, lowest, block.words[2], rule))
    return (rule for *_, rule in sorted(found, key=lambda each: each[:4]))


def _between(word: str) -> tuple[str, str]:
    inside, _, outside = word.strip("()").partition(",")
    return inside or "any", outside or "any"


def _address(word: str) -> Networks | None:
    try:
        return (IPv4Network(IPv4Address(word)),)
    except ValueError:
        return None
