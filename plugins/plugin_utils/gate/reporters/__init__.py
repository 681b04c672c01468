# SPDX-License-Identifier: GPL-3.0-or-later
"""A verdict of the gate in the forms that people and machines read. Nothing here writes a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.reporters import document, junit, markdown

FORMS = (document, markdown, junit)


def write_all(told: Mapping[str, Any]) -> dict[str, str]:
    """The text of every file by its name; ``told`` is what :func:`document.document` makes."""
    return {form.FILENAME: form.render(told) for form in FORMS}
