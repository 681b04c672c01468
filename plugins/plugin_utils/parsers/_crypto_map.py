# SPDX-License-Identifier: GPL-3.0-or-later
"""The ``set`` and ``match`` lines that crypto maps, dynamic maps and ipsec profiles share, release by release."""

from __future__ import annotations

import dataclasses
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import CryptoMapEntry, IpsecProfile
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names, address_or_name

# Settings that no rule needs; the entry keeps their lines.
_OTHER = frozenset({"df-bit", "tfc-packets", "validate-icmp-errors", "inheritance", "ikev2", "mode"})


class Entry:
    """A crypto map entry (or profile) while it is read, one line after the other."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.lines: list[str] = []
        self.responder_only = False

    def line(self, words: list[str], text: str, names: Names | None) -> bool:
        """Take the words after the entry's name and number; whether they were understood."""
        self.lines.append(text)
        match words:
            case ["match", "address", name]:
                self.facts["access_list"] = name
            case ["set", "peer", *peers] if peers:
                found = tuple(address_or_name(peer, names) for peer in peers)
                self.facts["peers"] = self.facts.get("peers", ()) + found
            case ["set", "transform-set", *sets] | ["set", "ikev1", "transform-set", *sets] if sets:
                self.facts["transform_sets"] = self.facts.get("transform_sets", ()) + tuple(sets)
            case ["set", "ikev2", "ipsec-proposal", *proposals] if proposals:
                self.facts["ikev2_proposals"] = self.facts.get("ikev2_proposals", ()) + tuple(proposals)
            case ["set", "pfs"]:
                self.facts["pfs"] = "default"
            case ["set", "pfs", group]:
                self.facts["pfs"] = group
            case ["set", "security-association", "lifetime", *rest]:
                return lifetime(rest, self.facts)
            case ["set", "connection-type", kind]:
                self.facts["connection_type"] = kind.replace("bi-directional", "bidirectional")
            case ["set", "phase1-mode", mode, *group] | ["set", "ikev1", "phase1-mode", mode, *group]:
                self.facts["phase1_mode"] = mode
                self.facts["phase1_group"] = group[0] if group else None
            case ["set", "reverse-route", *_]:
                self.facts["reverse_route"] = True
            case ["set", "nat-t-disable"]:
                self.facts["nat_t_disabled"] = True
            case ["set", "trustpoint", name, *_]:
                self.facts["trustpoint"] = name
            case ["set", "ikev2", "mode", mode]:
                self.facts["ikev2_mode"] = mode
            case ["ipsec-isakmp", "dynamic", name]:
                self.facts["dynamic_map"] = name
            case ["responder-only"]:
                self.responder_only = True
            case ["ipsec-isakmp"]:
                pass
            case ["set", setting, *_]:
                return setting in _OTHER
            case _:
                return False
        return True

    def map_entry(self, name: str, sequence: int) -> CryptoMapEntry:
        return CryptoMapEntry(map=name, sequence=sequence, lines=tuple(self.lines), **self.facts)

    def profile(self, name: str) -> IpsecProfile:
        kept = {field.name for field in dataclasses.fields(IpsecProfile)}
        facts = {key: value for key, value in self.facts.items() if key in kept}
        return IpsecProfile(name=name, lines=tuple(self.lines), responder_only=self.responder_only, **facts)


def lifetime(words: list[str], facts: dict[str, Any]) -> bool:
    """``seconds 3600``, ``kilobytes 100000`` or ``kilobytes unlimited``: one of them or both, in either order."""
    known = bool(words)
    for unit, amount in zip(words[::2], words[1::2], strict=False):
        if unit in ("seconds", "kilobytes") and amount.isdigit():
            facts[f"lifetime_{unit}"] = int(amount)
        elif (unit, amount) == ("kilobytes", "unlimited"):
            facts["lifetime_kilobytes"] = 0
        else:
            known = False
    return known and len(words) % 2 == 0
