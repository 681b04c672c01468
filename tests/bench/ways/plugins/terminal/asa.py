# SPDX-License-Identifier: GPL-3.0-or-later
"""What network_cli needs to know of an ASA's terminal."""

from __future__ import annotations

import json
import re

from ansible_collections.ansible.netcommon.plugins.plugin_utils.terminal_base import TerminalBase


class TerminalModule(TerminalBase):
    # Anchored at a line's begin, so that the search, which network_cli makes over the whole buffer, is short.
    terminal_stdout_re = [re.compile(rb"[\r\n][\w.\-/]+(?:\([^)]+\))?[>#] ?$")]
    terminal_stderr_re = [re.compile(rb"[\r\n]ERROR:")]

    def on_become(self, passwd: str | None = None) -> None:
        enable = {"command": "enable", "prompt": r"[\r\n]?Password: $", "answer": passwd}
        self._exec_cli_command(json.dumps(enable).encode())

    def on_open_shell(self) -> None:
        self._exec_cli_command(b"terminal pager 0")
