# SPDX-License-Identifier: GPL-3.0-or-later
"""Which names are a prompt's, and which device and context they name."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import NamedTuple

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._commands import is_read
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._signs import Mark, Sign, Signs

_PRIORITIES = frozenset({"pri", "sec"})
_STATES = frozenset({"act", "stby", "actnofailover", "stbynofailover", "master", "slave"})


class Who(NamedTuple):
    """Whom a prompt names."""

    hostname: str = ""
    context: str = ""
    unit: str = ""


class Names:
    """The names in front of ``#`` and ``>``, weighed."""

    def __init__(self, signs: Signs) -> None:
        self.hostnames = signs.hostnames
        typed: Counter[str] = Counter()
        bare: Counter[str] = Counter()
        for mark in signs.marks:
            if mark.sign is Sign.PROMPT:
                typed[mark.name] += mark.plausible and (mark.name != "" or is_read(mark.command))
                bare[mark.name] += not mark.command
        candidates = {name: count + bare[name] for name, count in typed.items() if count}
        # The first of equals: what comes later may stand in the output of what came before.
        leader = max(candidates, key=candidates.__getitem__, default=None)
        self.trusted = {
            name
            for name, count in candidates.items()
            if name == leader or count > 1 or any(word.lower() in self.hostnames for word in _words(name))
        }
        # Each word of the trusted names, with the words that it was seen beside.
        self._beside: defaultdict[str, set[str]] = defaultdict(set)
        self._known: dict[str, Who] = {}
        for name in list(self.trusted):
            self.trust(name)

    def trust(self, name: str) -> None:
        self.trusted.add(name)
        words = _words(name)
        for word in words:
            self._beside[word].update(words)

    def admit(self, mark: Mark) -> bool:
        """Whether this is a prompt, as far as its name tells."""
        if not mark.name:
            # Pages quote with `>`: only a command, or nothing at all, makes it the prompt of Threat Defense; and it
            # takes one that we read to know that there is such a prompt in the text.
            return mark.name in self.trusted and (mark.plausible or not mark.rest.strip())
        return mark.name in self.trusted or any(word in self._beside for word in _words(mark.name))

    def who(self, name: str) -> Who:
        """The host name, context and unit in a prompt; the same for the same prompt, wherever it stands."""
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> Who:
        """Which words a prompt shows, and in which order, is configured (``prompt``).

        By default it is the host name, and in multiple context mode the context behind it.
        """
        every = name.split("/")
        unit = next((word for word in every if word.lower() in _PRIORITIES), "")
        words = _words(name)
        # A domain, where `prompt` shows it, has dots; a context has none.
        words = [*words[:1], *(word for word in words[1:] if "." not in word)]
        if len(words) < 2:
            return Who("".join(words), "", unit)
        host = next((word for word in words if word.lower() in self.hostnames or word in self.trusted), None)
        if host is None:
            # The only one that was seen beside different others.
            common = [word for word in words if len(self._beside[word]) > 2]
            host = common[0] if len(common) == 1 else None
        if host is None and every[0] == words[0]:
            host = words[0]
        if host is None:
            # A configured order, and nothing tells which word is which.
            return Who("/".join(words), "", unit)
        return Who(host, "/".join(word for word in words if word != host), unit)


def _words(name: str) -> list[str]:
    """The words of a prompt that name a host or a context."""
    return [word for word in name.split("/") if word and word.lower() not in _PRIORITIES | _STATES]
