# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``tunnelmend.asa.split``: a terminal log or a show tech as the outputs of its commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import transcript


def split(text: object) -> list[dict[str, Any]]:
    if not isinstance(text, str):
        raise AnsibleFilterError(
            f"tunnelmend.asa.split reads a terminal log or a show tech, and was given a {type(text).__name__}: "
            "pass the text itself, such as lookup('ansible.builtin.file', 'hq.log')"
        )
    parts = transcript.split(str(text)).parts
    return [_plain(part) for part in parts if part.command or not part.idle]


def _plain(part: transcript.Part) -> dict[str, Any]:
    return {
        "command": part.command,
        "text": part.text,
        "line": part.line,
        "hostname": part.hostname,
        "context": part.context,
        "incomplete": part.incomplete,
        "doubtful": part.doubtful,
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"split": split}
