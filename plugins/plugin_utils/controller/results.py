# SPDX-License-Identifier: GPL-3.0-or-later
"""What a callback is given of a task and its result, on every release of Ansible.

ansible-core 2.19 renamed both attributes and means to take the old names away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def task(result: Any) -> Any:
    """The task of a result."""
    return result.task if hasattr(result, "task") else result._task


def answer(result: Any) -> Mapping[str, Any]:
    """What the task returned."""
    found: Mapping[str, Any] = result.result if hasattr(result, "result") else result._result
    return found


def action(of: Any) -> str:
    """The full name of a task's action."""
    return str(getattr(of, "resolved_action", None) or of.action)
