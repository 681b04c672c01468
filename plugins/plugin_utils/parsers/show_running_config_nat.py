# SPDX-License-Identifier: GPL-3.0-or-later
"""``show running-config nat``: which addresses are translated, and which are exempt because a tunnel carries them.

To 8.2::

    nat-control
    nat (inside) 0 access-list NONAT [outside]                         (exemption: the access list has the traffic)
    nat (inside) 0|1 A M [dns] [outside] [[tcp] N [N]] [udp N] [norandomseq]
    nat (inside) 1 access-list POLICY
    global (outside) 1 interface | A[-B] [netmask M]
    static (inside,outside) MAPPED|interface REAL [netmask M] [dns] [[tcp] N [N]] [udp N] [norandomseq]
    static (inside,outside) MAPPED|interface access-list POLICY
    static (inside,outside) tcp|udp MAPPED|interface PORT REAL PORT [netmask M] ...

From 8.3 on::

    nat (inside,outside) source static A A destination static B B [no-proxy-arp] [route-lookup]      (exemption)
    nat (inside,outside) [after-auto] [N] source static|dynamic REAL MAPPED [interface [ipv6]]
        [destination static MAPPED REAL] [service REAL MAPPED] [dns] [unidirectional] [inactive] [description TEXT]
    nat (inside,outside) source dynamic REAL pat-pool P [flat] [extended] [round-robin] [interface]
    object network LAN
     nat (inside,outside) static|dynamic MAPPED|interface|pat-pool P [dns] [service tcp REAL MAPPED] ...

A destination's mapped address stands before its real one, since the packet carries the mapped one. The names become
networks in ``_whole.py``, because that takes objects and groups, which other commands print.

Sources: Cisco ASA command reference 8.2, ``nat``, ``static`` and ``global``; command reference 9.x, ``nat (global)``
and ``nat (object)``; captured on 9.2(2).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Nat,
    NatKind,
    NatPool,
    NatRule,
    NatSide,
    Parsed,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._config import (
    Block,
    affirmed,
    begins_with,
    part,
    words,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show running-config nat"
KEYWORDS = ("nat", "static", "global", "nat-control")
NOT_NAT = "definition of an object"
# To 8.2 each keyword is a part of its own.
_OLD = ("show running-config static", "show running-config global", "show running-config nat-control")

_begins = begins_with(*KEYWORDS, "object network")
# What may follow the addresses, one word each; `interface` is what a pool falls back to.
_FLAGS = words(
    """
    dns net-to-net unidirectional no-proxy-arp route-lookup inactive flat include-reserve extended round-robin
    block-allocation interface ipv6
    """
)
# Limits of connections and the like after an older rule.
_OLD_FLAGS = words("dns outside norandomseq tcp udp")


class _Words:
    """The words of a rule, taken from the front. ``IndexError`` says that one is missing."""

    def __init__(self, words: list[str]) -> None:
        self.left = words

    def next(self) -> str:
        return self.left.pop(0)

    def take(self, *wanted: str) -> bool:
        """Take these words if they are the next ones."""
        if tuple(self.left[: len(wanted)]) != wanted:
            return False
        del self.left[: len(wanted)]
        return True


def in_object(words: list[str]) -> bool:
    """Whether a ``nat`` line can only stand in an object: it names no source."""
    rest = words[1:]
    if rest and rest[0].startswith("("):
        rest = rest[next((at for at, word in enumerate(rest) if word.endswith(")")), len(rest)) + 1 :]
    return words[0] == "nat" and rest[:1] in (["static"], ["dynamic"])


def _interfaces(words: _Words) -> tuple[str, str | None]:
    """``(real,mapped)`` or ``(real)``, with or without a blank after the comma; ``any`` when there is none."""
    if not words.left[0].startswith("("):
        return "any", "any"
    text = words.next()
    while not text.endswith(")"):
        text += words.next()
    real, comma, mapped = text.strip("()").partition(",")
    return real, mapped if comma else None


def rule(line: str) -> NatRule | None:
    """The rule of a line that begins with ``nat`` or ``static``, or ``None`` when it is not understood."""
    first, *rest = line.split()
    words = _Words(rest)
    try:
        real, mapped = _interfaces(words)
        if first == "static":
            return _old_static(words, line, real, mapped)
        if mapped is None:
            return _old(words, line, real)
        return _twice(words, line, real, mapped)
    except IndexError:
        return None


def object_rule(name: str, line: str) -> NatRule | None:
    """The rule of a ``nat`` line within ``object network``."""
    words = _Words(line.split()[1:])
    try:
        real, mapped = _interfaces(words)
        facts: dict[str, Any] = {}
        kind = NatKind(words.next())
        target = _target(words)
        if not target or not _options(words, facts, ports=3):
            return None
        return NatRule(
            line,
            kind,
            NatSide((name,), target),
            real_interface=real,
            mapped_interface=mapped,
            section=2,
            object=name,
            **facts,
        )
    except (IndexError, ValueError):
        return None


def _target(words: _Words) -> tuple[str, ...]:
    """What a source becomes: ``interface [ipv6]``, ``pat-pool P`` or a name or address."""
    first = words.next()
    if first == "interface":
        return (first, "ipv6") if words.take("ipv6") else (first,)
    return (first, words.next()) if first == "pat-pool" else (first,)


def _options(words: _Words, facts: dict[str, Any], *, ports: int) -> bool:
    """What follows a rule's addresses; ``service`` takes so many words. Whether all of it is known."""
    options: list[str] = []
    while words.left:
        word = words.next()
        if word == "destination" and words.next() == "static" and "destination" not in facts:
            mapped = _target(words)
            facts["destination"] = NatSide(real=(words.next(),), mapped=mapped)
        elif word == "service":
            facts["service"] = tuple(words.next() for _ in range(ports))
        elif word == "description":
            words.left.clear()
        elif word == "pat-pool":
            options += [word, words.next()]
        elif word == "inactive":
            facts["inactive"] = True
        elif word in _FLAGS:
            options.append(word)
        else:
            return False
    facts["options"] = tuple(options)
    return True


def _twice(words: _Words, line: str, real: str, mapped: str) -> NatRule | None:
    section = 3 if words.take("after-auto") else 1
    if words.left[0].isdigit():
        words.next()
    if words.next() != "source":
        return None
    kind = words.next()
    if kind not in ("static", "dynamic"):
        return None
    source = (words.next(),)
    facts: dict[str, Any] = {}
    side = NatSide(source, _target(words))
    if not _options(words, facts, ports=2):
        return None
    return NatRule(line, NatKind(kind), side, real_interface=real, mapped_interface=mapped, section=section, **facts)


def _old(words: _Words, line: str, real: str) -> NatRule | None:
    number = words.next()
    if not number.isdigit():
        return None
    facts: dict[str, Any] = {"pool": int(number), "real_interface": real}
    if words.take("access-list"):
        facts["access_list"] = words.next()
        source = NatSide(())
    else:
        source = NatSide(
            (words.next(), words.next() if words.left and words.left[0][0].isdigit() else "255.255.255.255")
        )
    if not _old_options(words, facts):
        return None
    if int(number):
        return NatRule(line, NatKind.DYNAMIC, source, **facts)
    if "access_list" in facts:
        return NatRule(line, NatKind.EXEMPTION, source, **facts)
    # `nat (I) 0 A M` is identity NAT: the address stays, and connections begin behind it only.
    return NatRule(line, NatKind.STATIC, NatSide(source.real, source.real), **facts)


def _old_static(words: _Words, line: str, real: str, mapped: str | None) -> NatRule | None:
    facts: dict[str, Any] = {"real_interface": real, "mapped_interface": mapped}
    protocol = words.next() if words.left[0] in ("tcp", "udp") else ""
    outside = words.next()
    outside_port = words.next() if protocol else ""
    if words.take("access-list"):
        facts["access_list"] = words.next()
        inside, mask = "", ""
    else:
        inside = words.next()
        inside_port = words.next() if protocol else ""
        mask = words.next() if words.take("netmask") else "255.255.255.255"
        if protocol:
            facts["service"] = (protocol, inside_port, outside_port)
    if not _old_options(words, facts):
        return None
    target = (outside,) if outside == "interface" or not mask else (outside, mask)
    return NatRule(line, NatKind.STATIC, NatSide((inside, mask) if inside else (), target), **facts)


def _old_options(words: _Words, facts: dict[str, Any]) -> bool:
    facts["options"] = tuple(words.left)
    return all(word in _OLD_FLAGS or word.isdigit() for word in words.left)


def _pool(block: Block) -> NatPool | None:
    match block.words:
        case ["global", interface, number, *addresses] if number.isdigit() and addresses:
            return NatPool(int(number), interface.strip("()"), tuple(addresses))
    return None


def of_objects(blocks: Iterable[Block]) -> tuple[NatRule, ...]:
    """The rules that stand in objects; lines that are none are the objects' parser's to account for."""
    found = []
    for block in blocks:
        for _, line in block.children:
            if line.split()[0] == "nat" and len(block.words) > 2 and (each := object_rule(block.words[2], line)):
                found.append(each)
    return tuple(found)


def read(blocks: list[Block], account: Account, objects: Iterable[Block] = ()) -> Nat:
    """The rules of these blocks, with those of ``objects`` (of a whole configuration) in their section."""
    rules: list[NatRule] = []
    pools: list[NatPool] = []
    control = None
    for block in blocks:
        known = True
        match affirmed(block.words):
            case ["nat-control"]:
                control = block.words[0] != "no"
            case ["nat" | "static", *_] if found := rule(block.text):
                rules.append(found)
            case ["global", *_] if pool := _pool(block):
                pools.append(pool)
            case ["object", "network", name]:
                _of_object(name, block, account, rules)
                continue
            case _:
                known = False
        if not known:
            account.unknown(block.number, block.text)
        for number, line in block.children:
            account.unknown(number, line)
    rules += of_objects(objects)
    # Older rules have no section, and their order is the one printed.
    return Nat(tuple(sorted(rules, key=lambda each: each.section or 0)), tuple(pools), control)


def _of_object(name: str, block: Block, account: Account, rules: list[NatRule]) -> None:
    for number, line in block.children:
        first = line.split()[0]
        if first == "nat" and (found := object_rule(name, line)):
            rules.append(found)
        elif first in ("host", "subnet", "range", "fqdn", "description"):
            account.skip(NOT_NAT)
        else:
            account.unknown(number, line)


def parse(text: str) -> Parsed[Nat]:
    return part(COMMAND, text, KEYWORDS, read, begins=lambda words: _begins(words) and not in_object(words))


PARSER = Parser(
    command=COMMAND,
    parse=parse,
    grammar=__doc__,
    stage=Stage.CONFIG,
    aliases=_OLD,
    also=_OLD,
    also_until=(8, 3),
    rank=84,
)
