# SPDX-License-Identifier: GPL-3.0-or-later
"""``show context [detail]``: the security contexts of a device in multiple mode.

::

    Context Name      Class      Interfaces           Mode         URL          (``Mode`` from 9.x)
    *admin            default    GigabitEthernet0/0,  Routed       disk0:/admin.cfg
                                 GigabitEthernet0/1
     customer1        gold       GigabitEthernet0/2                disk0:/customer1.cfg
    Total active Security Contexts: 2

    Context "inside2", has been created[, but initial ACL rules not complete]     | is a system resource
      Desc: ...
      Config URL: disk0:/inside2
      Real Interfaces: Ethernet1/2.3346, Ethernet1/3.3347
      Mapped Interfaces: Ethernet1/2.3346,
         Ethernet1/3.3347                              (a list goes on in lines of its own)
      Real IPS Sensors:                                and Mapped IPS Sensors:
      Class: default, Flags: 0x00000811, ID: 3         (7.x: no class)
      Failover group: 2

A ``*`` marks the admin context. The columns are told by what stands in them (a URL has a colon, a mode is Routed or
Transparent), and a line that begins a context by its indentation and by a name without slashes and dots.

From engineering practice: the columns of 9.x, ``Desc``, and that a total is printed within a context as well.

Sources: Cisco ASA command reference, ``show context``; captured on a development release on an FPR-2130 (detail).
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Context, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import RULE, hexadecimal, is_rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import number as count_of

COMMAND = "show context"

_DETAIL = re.compile(r'Context "([^"]{1,64})", (\S.{0,120})')
_TOTAL = re.compile(r"Total active (?:Security )?[Cc]ontexts: (\d{1,6})")
_CLASS = re.compile(r"(?:Class: (\S{1,40}), )?Flags: (0x[0-9a-fA-F]{1,16}), ID: (\d{1,9})")
_INTERFACE = re.compile(r"[A-Za-z][\w./:-]{0,60}")
_NAME = re.compile(r"(\*?)([A-Za-z0-9][\w-]{0,31})")
_MODES = ("Routed", "Transparent")
_LISTS = {
    "Real Interfaces": "real_interfaces",
    "Mapped Interfaces": "interfaces",
    "Real IPS Sensors": "real_ips_sensors",
    "Mapped IPS Sensors": "mapped_ips_sensors",
}
_TEXTS = {"Config URL": "config_url", "Desc": "description"}


class _Reader:
    """One pass over the lines, of either form."""

    def __init__(self) -> None:
        self.contexts: list[dict[str, Any]] = []
        self.context: dict[str, Any] | None = None
        self.list = ""
        self.headed = False
        self.url_column = 0
        self.total: int | None = None

    def known(self, raw: str) -> bool:
        line = raw.strip()
        if match := _DETAIL.fullmatch(line):
            self.headed = False
            self.begin(name=match[1], status=match[2])
            return True
        if line.split()[:2] == ["Context", "Name"] and line.endswith("URL"):
            self.headed = True
            self.context = None
            self.url_column = raw.index("URL")
            return True
        if match := _TOTAL.fullmatch(line):
            self.total = int(match[1])
            return True
        return self.row(raw) if self.headed else self.detail(line)

    def begin(self, **facts: Any) -> dict[str, Any]:
        self.context, self.list = facts, ""
        self.contexts.append(facts)
        return facts

    # The table.

    def row(self, raw: str) -> bool:
        words = raw.split()
        if self.total is not None:
            return False
        # Interfaces go on below their column; a page that lost it shows them by what no context's name may have.
        if len(raw) - len(raw.lstrip(" ")) <= 1 and (match := _NAME.fullmatch(words[0])):
            self.begin(name=match[2], admin=bool(match[1]), interfaces=[])
            del words[0]
        context = self.context
        if context and "config_url" in context and raw[: self.url_column - 2].isspace():
            # The rest of a long URL, under its column.
            context["config_url"] += "".join(words)
            return True
        return context is not None and all(self.cell(context, word) for word in words)

    def cell(self, context: dict[str, Any], word: str) -> bool:
        """One word of a row: the class comes first, then what its form tells."""
        if "context_class" not in context:
            context["context_class"] = word
        elif ":" in word or word == "startup-config":
            return bool(context.setdefault("config_url", word) == word)
        else:
            # A long interface runs into the mode: `GigabitEthernet0/0.1,Routed`.
            for part in filter(None, word.split(",")):
                if part in _MODES and "mode" not in context:
                    context["mode"] = part
                elif _INTERFACE.fullmatch(part):
                    context["interfaces"].append(part)
                else:
                    return False
        return True

    # The blocks of `detail`.

    def detail(self, line: str) -> bool:
        context = self.context
        if context is None:
            return False
        label, colon, value = (part.strip() for part in line.partition(":"))
        goes_on, self.list = self.list, ""
        if colon and label in _LISTS:
            self.list = _LISTS[label]
            return self.set(self.list, []) and self.members(value)
        if colon and label in _TEXTS:
            return self.set(_TEXTS[label], value or None)
        if match := _CLASS.fullmatch(line):
            context["context_class"] = match[1]
            return self.set("flags", hexadecimal(match[2])) and self.set("id", int(match[3]))
        if label == "Failover group" and (group := count_of(value)) is not None:
            return self.set("failover_group", group)
        if goes_on:
            self.list = goes_on
            return self.members(line)
        return False

    def members(self, text: str) -> bool:
        """The members of a list, of which more may follow on the next line."""
        parts = [stripped for part in text.split(",") if (stripped := part.strip())]
        if self.context is None or not all(map(_INTERFACE.fullmatch, parts)):
            return False
        self.context[self.list].extend(parts)
        return True

    def set(self, name: str, value: Any) -> bool:
        if self.context is None or name in self.context:
            return False
        self.context[name] = value
        return True


def _incomplete(reader: _Reader, contexts: tuple[Context, ...]) -> str:
    if not contexts:
        return "there is no context"
    if reader.headed and reader.total is None:
        return "the output ends before 'Total active Security Contexts'"
    if reader.total is not None and reader.total > len(contexts):
        return f"{len(contexts)} contexts are listed where the device counts {reader.total}"
    return next((context.incomplete for context in contexts if context.incomplete), "")


def parse(text: str) -> Parsed[tuple[Context, ...]]:
    account = Account(COMMAND, text, indented=True)
    reader = _Reader()
    for number, line in account.lines:
        if is_rule(line.strip()):
            account.skip(RULE)
        elif not reader.known(line):
            account.unknown(number, line)
    contexts = []
    for facts in reader.contexts:
        lists = {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
        detail = "status" in facts
        cut = "flags" not in facts if detail else "context_class" not in facts
        missing = f"the context {facts['name']} has no {'Flags' if detail else 'class'}" if cut else ""
        contexts.append(Context(**{**facts, **lists}, incomplete=missing))
    return account.parsed(tuple(contexts), _incomplete(reader, tuple(contexts)))


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, options=("detail", "*"))
