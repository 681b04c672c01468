# SPDX-License-Identifier: GPL-3.0-or-later
"""Every ``<module>/<case>.raw`` parses to what the ``.yml`` beside it says.

``value`` names what matters: of a mapping the keys given, of a list every member. ``unparsed`` and ``incomplete``
are exact, and empty when not given. A new case is two files and no code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find, load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*/*.raw"))


def differences(expected: Any, actual: Any, where: str = "value") -> list[str]:
    """Where what was found is not what the case says."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            each
            for key, value in expected.items()
            for each in (
                differences(value, actual[str(key)], f"{where}.{key}")
                if str(key) in actual
                else [f"{where} has no {key!r}"]
            )
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            each
            for index, (one, other) in enumerate(zip(expected, actual, strict=True))
            for each in differences(one, other, f"{where}[{index}]")
        ]
    return [] if expected == actual else [f"{where} is {actual!r}, not {expected!r}"]


@pytest.mark.parametrize("raw", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(raw: Path) -> None:
    case = yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))
    parsed = plain(find(case["command"]).parse(raw.read_bytes().decode("utf-8")))
    expected = {"unparsed": [], "incomplete": "", **case}
    found = [
        each for key, value in expected.items() if key != "command" for each in differences(value, parsed[key], key)
    ]
    assert not found, "\n".join(found)
    if "skipped" in case:
        assert parsed["skipped"] == case["skipped"]


def test_each_parser_has_a_case() -> None:
    without = [
        parser.command
        for parser in load().values()
        if not (HERE / parser.command.replace(" ", "_").replace("-", "_")).is_dir()
    ]
    assert not without, f"no case in tests/parsers/ for {', '.join(without)}"


def test_each_case_names_the_parser_of_its_folder() -> None:
    wrong = []
    for raw in CASES:
        command = find(yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))["command"]).command
        if command.replace(" ", "_").replace("-", "_") != raw.parent.name:
            wrong.append(f"{raw.parent.name}/{raw.name} is of '{command}'")
    assert not wrong, "\n".join(wrong)
