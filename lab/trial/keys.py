# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for keys that a configuration does not show: masked ones, and blobs that only their own device can read.

A pair of devices of which either end hides its key gets the same stand-in at both: that the ends hold one key is then
assumed, not tried, and told so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from lab.trial.reading import Reading, lines_of
from lab.trial.texts import Text

STAND_IN = "stand-in"
MASKED = "*****"
DEFAULT = "DefaultL2LGroup"
_KEY = re.compile(r"(?P<kind>(?:.* )?pre[a-z-]*) (?P<value>\S.*)$")


@dataclass(frozen=True)
class Keys:
    """`hidden` are the pairs of devices, in either order, whose keys could not be compared."""

    texts: Mapping[str, Text]
    hidden: frozenset[frozenset[str]]


def is_hidden(value: str) -> bool:
    """Asterisks, or the `8 BLOB` of `password encryption aes`: Cisco ASA General CLI guide, "Master Passphrase"."""
    words = value.split()
    return set(words[-1]) == {"*"} or (len(words) == 2 and words[0] == "8")


def stand_ins(
    texts: Mapping[str, Text], readings: Mapping[str, Reading], also: Collection[frozenset[str]] = ()
) -> Keys:
    """`also` are pairs of devices that get stand-ins although both show their keys here."""
    owner = {address: device for device, each in readings.items() for address in each.addresses.values()}
    groups = {device: _groups(text.text) for device, text in texts.items()}
    peers = {device: {owner[peer] for peer in each.peers if peer in owner} for device, each in readings.items()}
    hidden: set[frozenset[str]] = set()
    replaced: dict[str, set[str]] = {device: set() for device in texts}
    for one in texts:
        for other in {*peers[one], *(device for device in texts if one in peers[device])} - {one}:
            used = {
                device: _group(groups[device], readings[far], readings[device].names)
                for device, far in ((one, other), (other, one))
            }
            pair = frozenset((one, other))
            if pair in also or any(
                group and any(map(is_hidden, groups[device][group])) for device, group in used.items()
            ):
                hidden.add(pair)
                for device, group in used.items():
                    replaced[device].add(group)
    made = {device: replace(text, text=_replaced(text.text, replaced[device])) for device, text in texts.items()}
    return Keys(made, frozenset(hidden))


def renewed(
    before: Mapping[str, Text], after: Mapping[str, Text], readings: Mapping[str, Reading], hidden: Keys
) -> Iterator[tuple[str, str]]:
    """The devices that have a new key for a peer which does not show its own, each with that peer."""
    then, now = ({device: _groups(text.text) for device, text in texts.items()} for texts in (before, after))
    for pair in hidden.hidden:
        for one, other in (sorted(pair), sorted(pair, reverse=True)):
            far, near = (_group(now[a], readings[b], readings[a].names) for a, b in ((other, one), (one, other)))
            fresh = [key for key in now[one].get(near, ()) if key not in then.get(one, {}).get(near, ())]
            if any(not is_hidden(key) for key in fresh) and any(map(is_hidden, now[other].get(far, ()))):
                yield one, other


def groups_with_stand_in(text: str) -> set[str]:
    return {group for group, values in _groups(text).items() if STAND_IN in values}


def in_line(line: str, anyway: bool = False) -> str:
    """A line to be typed, its key replaced where that is hidden, or `anyway`."""
    found = _KEY.match(line)
    return f"{found['kind']} {STAND_IN}" if found and (anyway or is_hidden(found["value"])) else line


def _group(groups: Mapping[str, list[str]], peer: Reading, names: Mapping[str, str]) -> str:
    """The tunnel-group by which a device knows its peer: by address, else the default one."""
    back = {name for name, address in names.items() if address in peer.addresses.values()}
    return next((name for name in groups if name in peer.addresses.values() or name in back), DEFAULT
                if DEFAULT in groups else "")  # fmt: skip


def _groups(text: str) -> dict[str, list[str]]:
    """The keys of every tunnel-group, as they stand there."""
    found: dict[str, list[str]] = {}
    for line in lines_of(text):
        words = line.head.split()
        if words[0] == "tunnel-group" and words[2:] == ["ipsec-attributes"]:
            values = found.setdefault(words[1], [])
            if not line.top and (key := _KEY.match(line.text)):
                values.append(key["value"])
    return found


def _replaced(text: str, groups: set[str]) -> str:
    """A group that is to have a stand-in has it in every line; hidden keys that no peer of ours uses have it too."""
    out: list[str] = []
    group, inside = "", False
    for raw in text.splitlines():
        if raw[:1] != " ":
            words = raw.split()
            group = words[1] if words[:1] == ["tunnel-group"] and words[2:] == ["ipsec-attributes"] else ""
            inside = bool(group)
        elif inside and (key := _KEY.match(raw)) and (group in groups or is_hidden(key["value"])):
            raw = f"{key['kind']} {STAND_IN}"
        out.append(raw)
    return "\n".join(out) + "\n"
