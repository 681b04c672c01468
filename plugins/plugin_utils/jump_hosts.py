# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts that a connection is carried through, as far as the words of its command name them.

Sources: ssh(1) and ssh_config(5) of OpenSSH (``-J``, ``-W``, ``ProxyJump``, ``ProxyCommand``), nc(1) of OpenBSD
(``-x``), ncat(1) (``--proxy``), connect-proxy(1) (``-H``, ``-S``).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import PurePath

# Options of ssh with a value, and those without.
_VALUES = tuple("BbcDEeFIiJLlmOopQRSWw")
_SWITCHES = "46AaCfGgKkMNnqsTtVvXxYy"
# Options of other carriers whose value is where they connect to first.
_PROXIES = {
    "nc": ("-x",),
    "netcat": ("-x",),
    "ncat": ("--proxy",),
    "connect": ("-H", "-S"),
    "connect-proxy": ("-H", "-S"),
}
_DEEP = 4


def of_command(command: str) -> tuple[str, ...]:
    """The hosts on the way of a proxy command, the first to be reached first; none that it does not name in words."""
    return tuple(dict.fromkeys(_of_command(_words(command), 0)))


def of_arguments(arguments: str) -> tuple[str, ...]:
    """The same for arguments of ssh, such as those of ``ansible_ssh_common_args``."""
    return tuple(dict.fromkeys(_of_ssh(_words(arguments), 0, goal=False)))


def _of_command(words: Sequence[str], depth: int) -> Iterator[str]:
    while words and (words[0] in ("exec", "env", "sudo") or "=" in words[0]):
        words = words[1:]
    if not words or depth > _DEEP:
        return
    program = PurePath(words[0]).name
    if program == "ssh":
        yield from _of_ssh(words[1:], depth, goal=True)
    for option in _PROXIES.get(program, ()):
        for position, word in enumerate(words):
            if word == option and position + 1 < len(words):
                yield from _host(words[position + 1])
            elif word.startswith(f"{option}=") or (len(option) == 2 and word.startswith(option) and word != option):
                yield from _host(word[len(option) :].lstrip("="))


def _of_ssh(words: Sequence[str], depth: int, *, goal: bool) -> Iterator[str]:
    """``goal``: the words are those of a command, whose first plain word is the host that it logs in to."""
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            found += _host(word) if goal else []
            break
        # Switches may stand together before an option with a value: -qW TARGET.
        letters = word[1:].lstrip(_SWITCHES)
        option = letters[:1]
        value = (letters[1:] or (rest.pop(0) if rest else "")) if option in _VALUES else ""
        if option == "J":
            yield from _jumps(value)
        elif option == "o":
            name, _, setting = re.sub(r"^(\w+)(?:\s*=\s*|\s+)", r"\1=", value.strip()).partition("=")
            if name.lower() == "proxyjump":
                yield from _jumps(setting)
            elif name.lower() == "proxycommand":
                yield from _of_command(_words(setting), depth + 1)
    yield from found


def _jumps(value: str) -> Iterator[str]:
    for each in value.split(","):
        yield from _host(each)


def _host(word: str) -> list[str]:
    """The host of ``[scheme://][user@]host[:port]``; nothing for a placeholder, which is the device itself."""
    name = word.strip().partition("://")[2] or word.strip()
    name = name.rpartition("@")[2]
    if found := re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::\d+)?", name):
        name = found[1]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    return [name] if name and name.lower() != "none" and "%" not in name else []


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()
