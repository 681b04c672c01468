# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in the forms people and machines read. The folder is the registry.

Every module here is one form: ``FILENAME`` names its file in the run's folder, ``render(document)`` returns its text.
A leading underscore marks what several of them share. Nothing here writes a file or asks a device.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


def reporters() -> dict[str, ModuleType]:
    """The modules of this folder by the file they make."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    modules = [import_module(f"{__name__}.{name}") for name in names]
    return {module.FILENAME: module for module in modules}


def write_all(document: Mapping[str, Any]) -> dict[str, str]:
    """The text of every file of a report, by filename. The caller writes them."""
    return {filename: module.render(document) for filename, module in reporters().items()}
