# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands that messages advise, as the user of this run can paste them.

The library names a playbook by its place in the checkout. Whoever runs the installed collection has no such file, and
whoever gave an inventory with ``-i`` means the next command for the same devices, and opens the same vault.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible import context

_NAMED = re.compile(r"ansible-playbook playbooks/(\w+)\.yml")


def pasteable(text: str) -> str:
    """The text with every command in it completed by the inventories, the vault and the way of naming a playbook."""
    options = [*_inventories(), *_vault()]
    return _NAMED.sub(lambda match: shlex.join(["ansible-playbook", *options, _playbook(match[1])]), text)


def _inventories() -> list[str]:
    """Each ``-i`` of the command line. What the settings say is in force for the next command anyway."""
    given = list(context.CLIARGS.get("inventory") or ())
    if given == list(C.DEFAULT_HOST_LIST):
        return []
    return [word for each in given for word in ("-i", each if "," in each else _from_here(each))]


def _vault() -> list[str]:
    """How this run opened the vault: without it the next command cannot read the passwords."""
    asked = ["--ask-vault-pass"] if context.CLIARGS.get("ask_vault_pass") else []
    files = [word for each in context.CLIARGS.get("vault_password_files") or () for word in _option(each)]
    ids = [word for each in context.CLIARGS.get("vault_ids") or () for word in ("--vault-id", each)]
    return [*asked, *files, *ids]


def _option(path: str) -> tuple[str, str]:
    return "--vault-password-file", _from_here(path)


def _playbook(name: str) -> str:
    """The playbook of that name beside the one that was run, else the collection's."""
    for given in context.CLIARGS.get("args") or ():
        if given.endswith((".yml", ".yaml")) and (beside := Path(given).with_name(f"{name}.yml")).is_file():
            return str(beside)
    return f"tunnelmend.asa.{name}"


def _from_here(path: str) -> str:
    """A path below the folder in which the command was typed, as it was typed there."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path
