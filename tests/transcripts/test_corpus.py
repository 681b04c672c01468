# SPDX-License-Identifier: GPL-3.0-or-later
"""Captured logs and show techs split, and each output that we read has no line that is not known.

``CORPUS=DIR pytest tests/transcripts/test_corpus.py -s`` adds the texts of ``DIR/INDEX.tsv`` (``path`` in its first
column) too, and prints a table of the outputs found in them.
"""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import ParseError, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript import split
from tests.parsers.test_corpus import DAMAGED, TEMPLATES, own


def captured() -> Iterator[tuple[str, Path]]:
    root = Path(os.environ["CORPUS"])
    with (root / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        names = [row["path"] for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE)]
    yield from ((name, root / name) for name in names if (root / name).is_file() and name not in TEMPLATES)


TEXTS = dict([*((name, path) for name, path, _ in own()), *(captured() if "CORPUS" in os.environ else ())])


def read(name: str) -> str:
    return TEXTS[name].read_bytes().decode("utf-8", "backslashreplace")


def unread(name: str, text: str) -> list[str]:
    """The lines of outputs that we read and do not know, without those that a page damaged."""
    found = []
    for part in split(text).outputs:
        try:
            account = find(part.command).parse(part.text)
        except ParseError:
            print(f"{name:90} {part.line:5} {part.lines:5}     {part.command}")
            continue
        strange = [each for each in account.unparsed if not each.text.startswith(tuple(DAMAGED.get(name, ("\0",))))]
        print(f"{name:90} {part.line:5} {part.lines:5} {len(strange):3} {part.command}")
        found += [f"{part.command}, line {part.line + each.number}: {each.text}" for each in strange]
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_every_line_of_every_output_is_known(name: str) -> None:
    text = read(name)
    transcript = split(text)
    assert sum(part.lines for part in transcript.parts) == transcript.lines
    assert transcript.lines == text.removesuffix("\n").count("\n") + bool(text)
    assert unread(name, text) == []


def test_sections_make_a_show_tech_support() -> None:
    """Captured sections of one folder, put together, are the sections that they were."""
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for name in TEXTS:
        parts = split(read(name)).parts
        if len(parts) == 1 and parts[0].section:
            folders[name.partition("/")[0]].append(name)
    for names in folders.values():
        alone = [split(read(name)).parts[0] for name in names]
        together = split("".join(read(name).rstrip("\n") + "\n" for name in names)).parts
        assert [(part.command, part.text.rstrip("\n")) for part in together] == [
            (part.command, part.text.rstrip("\n")) for part in alone
        ]
        assert [part.incomplete == "" for part in together] == [True] * (len(together) - 1) + [False]
