# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the pages of docs/ that are made from the code: ``python -m tests.tools.generate_docs`` (``make docs``)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    # Outside Ansible and pytest nobody has put the collection on the path.
    if (collections := str(ROOT / ".collections")) not in sys.path:
        sys.path.insert(0, collections)
    from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._catalogue import catalogue
    from tests.tools.parsers_page import parsers_page

    return {ROOT / "docs" / "rules.md": catalogue(), ROOT / "docs" / "parsers.md": parsers_page()}


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
