# SPDX-License-Identifier: GPL-3.0-or-later
"""``enable`` as a become method, so that ``ansible_become`` and ``--ask-become-pass`` keep their meaning."""

from __future__ import annotations

from typing import Any

from ansible.plugins.become import BecomeBase

DOCUMENTATION = r"""
name: enable
author: The tunnelmend developers
short_description: Privileged EXEC mode of an ASA
version_added: 0.1.0
description:
  - Gives the enable password to the connection P(tunnelmend.asa.cli#connection), which types C(enable) at login.
  - The command itself is left as it is, because privileged mode belongs to the login and not to a command.
options:
  become_user:
    description: Not used; an ASA's C(enable) knows levels, not users.
    type: str
    vars:
      - name: ansible_become_user
  become_pass:
    description: The enable password.
    type: str
    vars:
      - name: ansible_become_password
      - name: ansible_become_pass
"""


class BecomeModule(BecomeBase):
    """Leaves the command alone; see the description."""

    name = "tunnelmend.asa.enable"

    def build_become_command(self, cmd: str, shell: Any) -> str:
        super().build_become_command(cmd, shell)
        return cmd
