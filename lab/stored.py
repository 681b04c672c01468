# SPDX-License-Identifier: GPL-3.0-or-later
"""A site on disk: `sites/NAME/site.yml` and one configuration per device or context."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

SITES = Path(__file__).parent / "sites"


@dataclass(frozen=True)
class Site:
    name: str
    data: dict[str, Any]
    folder: Path

    @property
    def files(self) -> dict[str, str]:
        """The configuration file of each device, and of each context as `DEVICE/CONTEXT`."""
        found: dict[str, str] = {}
        for name, entry in self.data["devices"].items():
            contexts = entry.get("contexts")
            found |= (
                {f"{name}/{each}": file for each, file in contexts.items()} if contexts else {name: entry["config"]}
            )
        return found

    def text(self, device: str) -> str:
        """The configuration that a device starts with, less the lines that begin as `without` says."""
        text = (self.folder / self.files[device]).read_text(encoding="utf-8")
        without = tuple(self.data.get("without", ()))
        return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(without))


def site_names() -> list[str]:
    return sorted(path.parent.name for path in SITES.glob("*/site.yml"))
