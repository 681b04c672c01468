# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration as a tree of lines: what is found in it is what stands in it, however it came there."""

from __future__ import annotations

from random import Random

import pytest

from lab.config import Config

LINES = [
    "hostname hq",
    *(f"access-list {name} extended permit ip any host 192.0.2.{last}" for name in "AB" for last in range(4)),
    "access-list A remark who may",
    *(f"crypto map M {number} set {what}" for number in (10, 20) for what in ("peer 192.0.2.1", "pfs", "nat-t")),
    "crypto isakmp enable outside", "route outside 0.0.0.0 0.0.0.0 192.0.2.254 1",
    "nat (inside,outside) source static X X",
]  # fmt: skip
PREFIXES = [("access-list",), ("access-list", "A"), ("access-list", "A", "extended"), ("crypto",), ("crypto", "map"),
            ("crypto", "map", "M"), ("crypto", "map", "M", "10"), ("nat",), ("route", "outside")]  # fmt: skip


@pytest.mark.parametrize("seed", range(50))
def test_lines_are_found_in_their_order_whatever_was_done_before(seed: int) -> None:
    """The index learns of a line as it comes; a fresh reading of the same lines must agree with it."""
    random = Random(seed)
    config = Config([])
    for _ in range(60):
        line = random.choice(LINES)
        there = config.find(line)
        match random.randrange(5):
            case 0 if there:
                config.remove(*line.split())
            case 1 if config.blocks and not there:
                config.insert(line, random.choice(config.blocks))
            case 2 if config.blocks:
                config.add_after(random.choice(config.blocks), line)
            case 3:
                config.replace(tuple(line.split()[:3]), line)
            case _:
                config.add(line)
        read = Config.parse("\n".join(block.line for block in config.blocks))
        for prefix in PREFIXES:
            assert [b.line for b in config.starting(*prefix)] == [b.line for b in read.starting(*prefix)]
        assert all((config.find(each) is None) == (read.find(each) is None) for each in LINES)


def test_a_line_goes_behind_the_last_that_has_most_words_in_common() -> None:
    config = Config([])
    for line in (
        "crypto map M 20 set pfs",
        "crypto map M 10 set pfs",
        "hostname hq",
        "crypto map M 20 set peer 10.0.0.1",
    ):
        config.add(line)
    assert [block.line for block in config.blocks] == [
        "hostname hq", "crypto map M 20 set pfs", "crypto map M 20 set peer 10.0.0.1", "crypto map M 10 set pfs",
    ]  # fmt: skip
