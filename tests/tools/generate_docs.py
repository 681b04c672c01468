# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the pages of docs/ that are made from the code: ``python -m tests.tools.generate_docs`` (``make docs``)."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


RULES = ROOT / "docs" / "rules"


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    # Outside Ansible and pytest nobody has put the collection on the path.
    if (collections := str(ROOT / ".collections")) not in sys.path:
        sys.path.insert(0, collections)
    from tests.tools.parsers_page import parsers_page
    from tests.tools.rails_page import rails_page
    from tests.tools.rules_pages import rules_pages, tunnel_page

    return {
        **{ROOT / "docs" / name: text for name, text in rules_pages().items()},
        ROOT / "docs" / "parsers.md": parsers_page(),
        ROOT / "docs" / "rails.md": rails_page(),
        ROOT / "plugins" / "plugin_utils" / "catalogue" / "tunnel.json": tunnel_page(),
    }


def stale(current: Collection[Path]) -> list[Path]:
    """Pages of rules that are no more."""
    return sorted(set(RULES.glob("*.md")) - set(current))


def write() -> None:
    found = pages()
    RULES.mkdir(exist_ok=True)
    for path in stale(found):
        path.unlink()
        print(f"removed {path.relative_to(ROOT)}")
    for path, text in found.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))


if __name__ == "__main__":
    write()
