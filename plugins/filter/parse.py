# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ``tunnelmend.asa.parse``: an ASA command's output as data, every line accounted for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import ParseError, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain


def parse(text: object, command: object = "") -> dict[str, Any]:
    if not isinstance(text, str):
        raise AnsibleFilterError(
            f"tunnelmend.asa.parse reads the text of one command, and was given a {type(text).__name__}: "
            "pass the text itself, such as result.stdout"
        )
    if not isinstance(command, str) or not command.strip():
        raise AnsibleFilterError(
            "tunnelmend.asa.parse needs the command that printed the text: "
            "text | tunnelmend.asa.parse('show crypto ipsec sa')"
        )
    try:
        parser = find(command)
    except ParseError as error:
        raise AnsibleFilterError(f"tunnelmend.asa.parse: {error}") from error
    found: dict[str, Any] = plain(parser.parse(str(text)))
    return found


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"parse": parse}
