# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/connection.md says of every option what `ansible-doc` says, and quotes no message that does not exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "connection.md").read_text(encoding="utf-8")
PLUGIN = (ROOT / "plugins" / "connection" / "cli.py").read_text(encoding="utf-8")
SOURCES = [PLUGIN, *((ROOT / "plugins" / "plugin_utils" / f"{name}.py").read_text() for name in ("dialogue", "ssh"))]


def options() -> dict[str, Any]:
    found = re.search(r'DOCUMENTATION = r"""(.*?)"""', PLUGIN, re.DOTALL)
    assert found
    return dict(yaml.safe_load(found[1])["options"])


def row(name: str, option: dict[str, Any]) -> str:
    """An option's line of the table: variables, default, meaning."""
    text = option["description"]
    text = " ".join(text) if isinstance(text, list) else text
    text = re.sub(r"O\(ignore:(.*?)\)", r"`\1`", text)
    text = re.sub(r"[OCVM]\((.*?)\)", r"`\1`", text).replace("|", r"\|")
    names = ", ".join(f"`{each['name']}`" for each in (*option.get("vars", []), *option.get("env", [])))
    default = option.get("default")
    shown = "" if default is None else f"`{str(default).lower() if isinstance(default, bool) else default}`"
    return f"| `{name}` | {names} | {shown} | {text} |"


def test_every_option_stands_in_the_table_as_it_is_documented() -> None:
    wanted = [row(name, option) for name, option in options().items()]
    assert [line for line in PAGE.splitlines() if line in wanted] == wanted, "\n".join(["", *wanted])


def test_every_message_on_the_page_is_one_of_ours() -> None:
    source = re.sub(r'"\s*\n\s*f?"', "", "\n".join(SOURCES))
    table = PAGE.split("## What a message means", 1)[1].split("\n## ", 1)[0]
    messages = re.findall(r"^\| `(.*?)` \|", table, re.MULTILINE)
    assert len(messages) > 20
    for message in messages:
        for part in message.split("..."):
            assert part.strip() in source, part
