# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged texts and noise by the thousand: no parser raises, hangs, loses count of its lines or invents an SA.

``make fuzz`` runs the long mode, ten million lines; FUZZ_LINES says how many, FUZZ_SEED from where. With CORPUS the
texts of that folder are damaged too. A failure prints the seed that repeats it.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Parser, find, load

HERE = Path(__file__).parent
LINES = int(os.environ.get("FUZZ_LINES", "150000"))
SEED = int(os.environ.get("FUZZ_SEED", "2009"))
# Parts that run by themselves, so that two processors share the work and a failure is found near its seed.
PARTS = 8

PRINTED = "".join(map(chr, range(32, 127))) + "\t"
CONTROL = "\x00\x07\x08\x1b\r\x0b\x0c\x85\u2028\xe9\xff"


def texts() -> list[tuple[Parser[Any], str]]:
    """Our own samples with their parsers, and the corpus' texts, whose parser is drawn."""
    found = [
        (find(yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))["command"]), raw.read_text("utf-8"))
        for raw in sorted(HERE.glob("*/*.raw"))
    ]
    corpus = Path(os.environ.get("CORPUS", "/nowhere"))
    drawn = random.Random(SEED)
    found += [
        (drawn.choice(list(load().values())), path.read_text("utf-8", "replace"))
        for path in sorted(corpus.glob("*/*"))
        if path.suffix in (".txt", ".cfg")
    ]
    return found


def mutated(text: str, other: str, choose: random.Random) -> str:
    """The text after something that happens to texts, or that an attacker does to them."""
    lines = text.split("\n")
    at, to = sorted(choose.randrange(len(lines) + 1) for _ in range(2))
    place = choose.randrange(len(text) + 1)
    width = choose.randrange(1, 80)
    ways: list[Callable[[], str]] = [
        lambda: text[:place],
        lambda: text[place:],
        lambda: text[:place] + text[place + width :],
        lambda: text[:place] + "".join(choose.choices(PRINTED, k=width)) + text[place:],
        lambda: text[:place] + "".join(choose.choices(CONTROL, k=3)) + text[place:],
        lambda: "\n".join(lines[:at] + lines[to:]),
        lambda: "\n".join(lines[:to] + lines[at:]),
        lambda: "\n".join(choose.sample(lines, len(lines))),
        lambda: "\n".join(lines[:at] + other.split("\n") + lines[at:]),
        lambda: "\n".join(line[choose.randrange(3) :] for line in lines),
        lambda: text.replace("\n", choose.choice(["\r\n", "\r", "\n\r", "\n\n"])),
        lambda: re.sub(r"\d", lambda digit: choose.choice((digit[0], "9", "")), text),
        lambda: text.swapcase(),
    ]
    return choose.choice(ways)()


def noise(choose: random.Random) -> str:
    kind = choose.choice((PRINTED, CONTROL + PRINTED, "\n ", "#:,/().- 0x19", "\n"))
    return "".join(choose.choices(f"{kind}\n", k=choose.randrange(4000)))


def fuzzed(part: int) -> Iterator[tuple[Parser[Any], str]]:
    choose = random.Random(SEED * PARTS + part)
    known = texts()
    parsers = list(load().values())
    lines = 0
    while lines < LINES // PARTS:
        own, text = choose.choice(known)
        if choose.random() < 0.05:
            text = noise(choose)
        for _ in range(choose.randrange(1, 4)):
            text = mutated(text, choose.choice(known)[1], choose)
        lines += text.count("\n") + 1
        yield (own if choose.random() < 0.8 else choose.choice(parsers)), text


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_noise_is_never_more_than_noise(part: int) -> None:
    for parser, text in fuzzed(part):
        hint = f"seed {SEED}, part {part}, {parser.command!r}: {text[:300]!r}"
        try:
            account = parser.parse(text)
        except Exception as error:
            raise AssertionError(f"{type(error).__name__}: {error}; {hint}") from error
        skipped = sum(account.skipped.values())
        assert 0 <= skipped + len(account.unparsed) <= account.lines, hint
        assert min(account.skipped.values(), default=1) > 0, hint
        if parser.command == "show crypto ipsec sa":
            printed = text.lower()
            for entry in account.value:
                for sa in entry.sas:
                    assert f"{sa.spi:x}" in printed, f"the SPI {sa.spi:#x} was invented; {hint}"
