# SPDX-License-Identifier: GPL-3.0-or-later
"""Go into a security context and prove it, before anything is read or typed there (sans I/O).

In multiple mode a tunnel lives in a context, and the system space knows no VPN command. A login that is in another
context than was meant shows the wrong tunnels without a word. Source: ASA command reference, ``changeto``, ``show
context``, ``prompt``.
"""

from __future__ import annotations

import re

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import Conversation, Dialogue, LoginError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.screen import printable

SYSTEM = "system"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,32}")


def enter(dialogue: Dialogue, name: str) -> Conversation[None]:
    """Change to the context ``name`` (``system`` is the space around them) and learn its prompt.

    :raises LoginError: it is no name of a context, the device refuses it, or the login is not proven to be in it.
    """
    if not _NAME.fullmatch(name):
        raise LoginError(
            dialogue.device,
            f"{name!r} is no name of a context",
            hint="ansible_asa_context takes letters, digits, hyphens and underscores, at most 32",
        )
    line = "changeto system" if name == SYSTEM else f"changeto context {name}"
    answer = yield from dialogue.change_to(line)
    if answer.refusal:
        raise LoginError(
            dialogue.device,
            f"the device refused {line!r}: {answer.refusal}",
            hint="Contexts exist in multiple mode ('show mode'), and only a login in the admin context may leave it. "
            "Set ansible_asa_context to a name that 'show context' lists, or leave it out",
        )
    if name != SYSTEM and _named(dialogue, name):
        return
    listed = yield from dialogue.command("show context", dialogue.connect_timeout)
    found = re.findall(r"^[ *](\S+)", listed.text, re.MULTILINE)
    names = [each for each in found if each.lower() != "context"]
    proven = len(names) > 0 and not _named(dialogue, "") if name == SYSTEM else names == [name]
    if not proven:
        raise LoginError(
            dialogue.device,
            f"after {line!r} nothing proves that the login is there: the prompt is {printable(dialogue.prompt)!r} and "
            f"'show context' lists {', '.join(names) or 'none'}",
            hint="Let the prompt name the context: 'prompt hostname context' in the system space",
        )


def _named(dialogue: Dialogue, name: str) -> bool:
    """Whether a part of the prompt is this name; with an empty one, whether the prompt has several parts."""
    parts = printable(dialogue.prompt).split("/")
    return name in parts[1:] if name else len(parts) > 1
