# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's default screen without the tasks that have nothing to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.plugins.callback.default import CallbackModule as Default

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import results

DOCUMENTATION = """
name: quiet
type: stdout
short_description: Ansible's default screen without the tasks that have nothing to say
version_added: 0.1.0
author: The tunnelmend developers
description:
  - A task that went well, changed nothing and has no message is not shown. What failed, changed or warned is, as are
    M(ansible.builtin.debug), diffs and the prompts of M(ansible.builtin.pause).
  - A refusal is shown as its message alone, once.
  - With C(-v) everything is shown as the callback P(ansible.builtin.default#callback) shows it.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
requirements:
  - set as C(stdout_callback = tunnelmend.asa.quiet) in C(ansible.cfg)
"""

# Failures that somebody put into words.
_WORDED = frozenset(f"ansible.builtin.{name}" for name in ("fail", "assert", "validate_argument_spec"))
_OURS = "tunnelmend.asa."


class CallbackModule(Default):  # type: ignore[misc]
    """Asks of every result whether it says anything, and leaves the telling to Ansible's own callback."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "tunnelmend.asa.quiet"

    def v2_runner_on_ok(self, result: Any) -> None:
        if self._tells(result):
            super().v2_runner_on_ok(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        if self._tells(result):
            super().v2_runner_item_on_ok(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        task = results.task(result)
        message = "" if self._display.verbosity else refusal(task, results.answer(result))
        if not message:
            super().v2_runner_on_failed(result, ignore_errors)
            return
        if self._last_task_banner != task._uuid:
            self._print_task_banner(task)
        words = f"fatal: [{self.host_label(result)}]: FAILED! => {message}"
        self._display.display(words, color=C.COLOR_ERROR, stderr=self.get_option("display_failed_stderr"))
        if ignore_errors:
            self._display.display("...ignoring", color=C.COLOR_SKIP)

    def _tells(self, result: Any) -> bool:
        return bool(self._display.verbosity) or tells(results.answer(result))


def tells(answer: Mapping[str, Any]) -> bool:
    """Whether a result that went well has anything to tell; ``_ansible_verbose_always`` is what debug sets."""
    return any(answer.get(key) for key in ("changed", "warnings", "deprecations", "_ansible_verbose_always"))


def refusal(task: Any, answer: Mapping[str, Any]) -> str:
    """The message of a failure that needs no more than it; nothing for all others, such as a fault of ours."""
    action = results.action(task)
    message = answer.get("msg")
    if action not in _WORDED and not action.startswith(_OURS):
        return ""
    if not isinstance(message, str) or "results" in answer or tells({**answer, "changed": False}):
        return ""
    return "" if message.startswith("Unexpected failure") else message
