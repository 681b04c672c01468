# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stand behind a bar: `show running-config | include crypto`.

Source: Cisco ASA CLI guide, "Using the Command-Line Interface", filtering show and more command output.
"""

from __future__ import annotations

import re


def split_filter(line: str) -> tuple[str, str | None]:
    head, bar, tail = line.partition("|")
    return (head.rstrip(), tail.strip()) if bar else (line, None)


def filtered(lines: list[str], text: str) -> list[str]:
    """`include`, `exclude`, `begin` and `grep [-v]`, each by any unambiguous beginning."""
    word, _, pattern = text.partition(" ")
    kind = next((k for k in ("include", "exclude", "begin", "grep") if word and k.startswith(word)), None)
    if kind is None or not pattern:
        return ["ERROR: % Incomplete command"]
    invert = kind == "exclude"
    if kind == "grep" and pattern.startswith("-v "):
        invert, pattern = True, pattern[3:]
    try:
        wanted = re.compile(pattern)
    except re.error:
        wanted = re.compile(re.escape(pattern))
    if kind == "begin":
        first = next((index for index, line in enumerate(lines) if wanted.search(line)), len(lines))
        return lines[first:]
    return [line for line in lines if (wanted.search(line) is not None) != invert]
