# SPDX-License-Identifier: GPL-3.0-or-later
"""A running-config as an ordered tree of lines: parse real text, apply configuration lines, render it again.

The tree knows nothing about meaning; `lab.engine.policy` reads meaning out of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

# Where a new first-level line goes when the configuration holds none of its kind yet: the order in which an ASA
# writes its sections (Cisco ASA 7.2 Command Reference, "show running-config" sample).
_SECTIONS = (
    "hostname", "domain-name", "enable", "passwd", "names", "name", "dns-guard", "interface", "boot", "ftp", "clock",
    "dns", "object", "object-group", "access-list", "pager", "logging", "mtu", "ip", "failover", "icmp", "asdm",
    "arp", "global", "nat", "static", "access-group", "route", "timeout", "dynamic-access-policy-record",
    "group-policy", "username", "aaa", "http", "snmp-server", "sysopt", "crypto", "telnet", "ssh", "console",
    "management-access", "dhcpd", "tunnel-group", "class-map", "policy-map", "service-policy", "prompt",
)  # fmt: skip
INDEXED_WORDS = 3


@dataclass(eq=False)  # each is itself: they are looked for by the ten thousand
class Block:
    """One first-level line and the indented lines under it."""

    line: str
    children: list[str] = field(default_factory=list)
    _split: tuple[str, tuple[str, ...]] = field(default=("", ()), repr=False)

    @property
    def words(self) -> list[str]:
        if self._split[0] != self.line:
            self._split = self.line, tuple(self.line.split())
        return list(self._split[1])


class Config:
    """The configuration of one device. `revision` grows with each change, so that readers can cache."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.revision = 0
        self._shape = 0  # grows with each change of the first level, of which alone the index is
        # By the first words and by whole line, so that a configuration of ten thousand lines is read in one pass.
        self._index: tuple[tuple[int, int], dict[tuple[str, ...], list[Block]], dict[str, Block]] = ((-1, -1), {}, {})

    @classmethod
    def parse(cls, text: str) -> Config:
        blocks: list[Block] = []
        for raw in text.splitlines():
            line = raw.rstrip()
            if not line or line[0] in "!:" or line.startswith(("ASA Version", "PIX Version", "Cryptochecksum")):
                continue
            if line == "end":
                break
            if line[0] == " " and blocks:
                blocks[-1].children.append(line[1:])
            else:
                blocks.append(Block(line))
        return cls(blocks)

    def copy(self) -> Config:
        return Config([Block(block.line, list(block.children)) for block in self.blocks])

    def starting(self, *prefix: str) -> Iterator[Block]:
        """Blocks whose words begin with `prefix`."""
        size = len(prefix)
        kin = self._indexed()[1].get(prefix[:INDEXED_WORDS], []) if prefix else self.blocks
        return (block for block in kin if size <= INDEXED_WORDS or tuple(block.words[:size]) == prefix)

    def _indexed(self) -> tuple[tuple[int, int], dict[tuple[str, ...], list[Block]], dict[str, Block]]:
        state = self._shape, len(self.blocks)
        if self._index[0] != state:
            by_prefix: dict[tuple[str, ...], list[Block]] = {}
            by_line: dict[str, Block] = {}
            for block in self.blocks:
                words = tuple(block.words)
                for size in range(1, min(len(words), INDEXED_WORDS) + 1):
                    by_prefix.setdefault(words[:size], []).append(block)
                by_line.setdefault(" ".join(words), block)
            self._index = state, by_prefix, by_line
        return self._index

    def value(self, *prefix: str) -> str | None:
        """The rest of the first line that begins with `prefix`."""
        for block in self.starting(*prefix):
            return " ".join(block.words[len(prefix) :])
        return None

    def find(self, line: str) -> Block | None:
        return self._indexed()[2].get(" ".join(line.split()))

    def add(self, line: str) -> Block:
        """Add a first-level line beside its kin, or where its section belongs; an existing line is kept."""
        existing = self.find(line)
        if existing:
            return existing
        block = Block(line)
        words = block.words
        kin = self._closest(words)
        if kin is not None:
            return self._put(self.blocks.index(kin) + 1, block)
        rank = _rank(words)
        after = (at for at, other in enumerate(self.blocks) if _rank(other.words) > rank)
        return self._put(next(after, len(self.blocks)), block)

    def _closest(self, words: list[str]) -> Block | None:
        """The last of the lines that have most words in front in common with these, of at most four."""
        for size in range(min(4, len(words)), 0, -1):
            kin = self._indexed()[1].get(tuple(words[: min(size, INDEXED_WORDS)]), [])
            found = next((each for each in reversed(kin) if each.words[:size] == words[:size]), None)
            if found:
                return found
        return None

    def insert(self, line: str, before: Block) -> Block:
        """Put a new first-level line in front of another one."""
        return self._put(self.blocks.index(before), Block(line))

    def add_after(self, block: Block, line: str) -> Block:
        return self.find(line) or self._put(self.blocks.index(block) + 1, Block(line))

    def _put(self, at: int, block: Block) -> Block:
        """The index learns of a line that is the last of each of its kinds, as it nearly always is."""
        _, by_prefix, by_line = self._indexed()
        words = tuple(block.words)
        kinds = [by_prefix.get(words[:size], []) for size in range(1, min(len(words), INDEXED_WORDS) + 1)]
        last = all(not kin or self.blocks.index(kin[-1]) < at for kin in kinds)
        self.blocks.insert(at, block)
        self._reshaped()
        if last:
            for size, kin in enumerate(kinds, 1):
                kin.append(block)
                by_prefix[words[:size]] = kin
            by_line.setdefault(" ".join(words), block)
            self._index = (self._shape, len(self.blocks)), by_prefix, by_line
        return block

    def replace(self, prefix: tuple[str, ...], line: str) -> None:
        """Put `line` where the first line beginning with `prefix` stands, or add it."""
        for block in self.starting(*prefix):
            block.line = line
            self._reshaped()
            return
        self.add(line)

    def remove(self, *prefix: str) -> bool:
        """Remove every block beginning with `prefix`; False when there was none."""
        gone = list(self.starting(*prefix))
        for block in gone:
            self.blocks.remove(block)
        if gone:
            self._reshaped()
        return bool(gone)

    def _reshaped(self) -> None:
        self.revision += 1
        self._shape += 1

    def set_child(self, block: Block, line: str, replaces: tuple[str, ...]) -> None:
        """Put `line` under `block` in place of a line that begins with `replaces`."""
        self.revision += 1
        for index, child in enumerate(block.children):
            if tuple(child.split()[: len(replaces)]) == replaces:
                block.children[index] = line
                return
        block.children.append(line)

    def drop_child(self, block: Block, prefix: tuple[str, ...]) -> bool:
        kept = [child for child in block.children if tuple(child.split()[: len(prefix)]) != prefix]
        changed = len(kept) != len(block.children)
        block.children[:] = kept
        self.revision += changed
        return changed


def _rank(words: list[str]) -> int:
    return _SECTIONS.index(words[0]) if words and words[0] in _SECTIONS else len(_SECTIONS)
