# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``tunnelmend.asa.mask``: a text without its keys and passwords."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import secrets


def mask(text: object) -> str:
    if not isinstance(text, str):
        raise AnsibleFilterError(
            f"tunnelmend.asa.mask reads a text, and was given a {type(text).__name__}: pass the text itself"
        )
    return secrets.mask(str(text))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"mask": mask}
