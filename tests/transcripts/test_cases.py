# SPDX-License-Identifier: GPL-3.0-or-later
"""Every ``<case>.raw`` splits into the parts that the ``.yml`` beside it lists.

A part has the keys that matter; those of ``DEFAULTS`` are exact when they are not given. A new case is two files and
no code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript import split

HERE = Path(__file__).parent
CASES = sorted(HERE.glob("*.raw"))
DEFAULTS = {
    "command": "",
    "hostname": "",
    "context": "",
    "unit": "",
    "section": False,
    "idle": False,
    "incomplete": "",
    "doubtful": "",
}


@pytest.mark.parametrize("raw", CASES, ids=lambda path: path.stem)
def test_case(raw: Path) -> None:
    expected: list[dict[str, Any]] = yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))["parts"]
    found = [plain(part) for part in split(raw.read_bytes().decode("utf-8")).parts]
    wanted = [{**DEFAULTS, **each} for each in expected]
    assert [{key: part[key] for key in each} for part, each in zip(found, wanted, strict=False)] == wanted
    assert len(found) == len(wanted)
