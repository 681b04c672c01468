# SPDX-License-Identifier: GPL-3.0-or-later
"""A strong transform at both ends, then none that is weak: ``crypto map M N set transform-set``, its IKEv2 kin too.

In two phases. The strong one is put first at both ends while the old ones stay behind it; both ends are read again;
only then are the weak ones taken off both lists. Whatever fails, and whenever, the lists have one in common that they
had before, or the new one. Names of the lists alone are typed: what is defined stays, for other entries may use it.
Typing a list replaces it. It counts from the next IPsec SAs, which a rekey makes.
Sources: ASA command reference, ``crypto map set [ikev1] transform-set`` and ``crypto map set ikev2 ipsec-proposal``;
ASA configuration guide, "Defining Crypto Maps".
"""

from __future__ import annotations

import dataclasses
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, CryptoMapEntry, Device, End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import entry_lines, modern
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import common_versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import (
    CRYPTO,
    CannotError,
    Change,
    Counts,
    Setting,
    both_entries,
    change,
    entry_look,
    entry_shared,
    with_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._transforms import (
    PREFIX,
    Known,
    Wanted,
    defined,
    definition,
    listed,
    most,
    wanted,
    whole,
    words,
)

GATE = "transforms"
VERSIONS = (1, 2)


def add(end: End, entry: CryptoMapEntry, lists: list[Wanted]) -> Step:
    """Put the strong one first in these lists, and define it where it is not."""
    new = [each.new for each in lists if each.new is not None]
    lines = [line for each in new for line in definition(end.device, each)]
    gone = [f"no {definition(end.device, each)[0]}" for each in new]
    return Step(
        device=end.name,
        phase=Phase.ADD,
        commands=(*lines, *_typed(end.device, entry, {each.version: each.added for each in lists})),
        interrupts="nothing: the old ones stay behind the new one",
        proof=f"'{CRYPTO}' shows the new one first, and the old ones behind it",
        configure=True,
        # A set that is still named would be taken out of the entry with its definition.
        undo=(*_typed(end.device, entry, {each.version: each.before for each in lists}), *gone),
    )


def remove(end: End, entry: CryptoMapEntry, lists: list[Wanted]) -> Step:
    """Take the weak ones off these lists."""
    return Step(
        device=end.name,
        phase=Phase.REMOVE,
        commands=_typed(end.device, entry, {each.version: each.left for each in lists}),
        interrupts="nothing: the SAs that are up last until their rekey, which takes the new one",
        proof=f"'{CRYPTO}' shows none that is weak",
        configure=True,
        undo=_typed(end.device, entry, {each.version: each.added for each in lists}),
    )


def _typed(device: Device, entry: CryptoMapEntry, lists: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    kinds = {1: "ikev1 transform-set" if modern(device) else "transform-set", 2: "ikev2 ipsec-proposal"}
    texts = [f"set {kinds[version]} {' '.join(names)}" for version, names in lists.items() if names]
    return entry_lines(entry, *texts)


def _words(end: End) -> str:
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return "not known"
    known = [
        words(found[name]) if name in found else name
        for version in VERSIONS
        for found in (defined(config, version),)
        for name in listed(entry, version)
    ]
    return ", ".join(known) or "none"


def _lines(end: End) -> tuple[str, ...]:
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return ()
    # Of the definitions only those that are made here: a diff without an operator's own says that they stay.
    own = [
        line
        for version in VERSIONS
        for name, each in sorted(defined(config, version).items())
        if name.startswith(PREFIX)
        for line in definition(end.device, each)
    ]
    return (*own, *_typed(end.device, entry, {version: listed(entry, version) for version in VERSIONS}))


def _changes(tunnel: Tunnel) -> tuple[Change, ...]:
    left, right = both_entries(tunnel, "transform list")
    lists: dict[str, list[Wanted]] = {end.name: [] for end, _, _ in (left, right)}
    for version in sorted(common_versions(left[2], right[2])):
        for known in (left, right):
            _refuse_unread(tunnel, known, version)
        for (end, _, _), each in zip((left, right), wanted(version, left, right) or (), strict=False):
            lists[end.name].append(each)
    if any(lists.values()):
        for known in (left, right):
            _refuse(tunnel, known, lists[known[0].name])
    made = [_of_end(tunnel, known, lists[known[0].name]) for known in (left, right)]
    return (*(first for first, _ in made if first is not None), *(last for _, last in made if last is not None))


def _of_end(tunnel: Tunnel, known: Known, lists: list[Wanted]) -> tuple[Change | None, Change | None]:
    """What is added at an end and what is taken away there; one that does nothing, where there is neither."""
    end, config, entry = known
    look, shared = entry_look(entry), entry_shared(tunnel, end, entry)
    adding = [each for each in lists if each.added != each.before]
    removing = [each for each in lists if each.left != each.added]
    between = _with(end, config, entry, lists, "added")
    after = _with(end, config, entry, lists, "left")
    first = change(SETTING, end, between, look, add(end, entry, adding), shared) if adding else None
    last = change(SETTING, between, after, look, remove(end, entry, removing), shared) if removing else None
    return (first, last) if first or last else (change(SETTING, end, end, look, None), None)


def _with(end: End, config: Config, entry: CryptoMapEntry, lists: list[Wanted], which: str) -> End:
    """The end once its lists are those that ``which`` names."""
    names: dict[str, Any] = {
        "transform_sets" if each.version == 1 else "ikev2_proposals": getattr(each, which) for each in lists
    }
    new = {version: [w.new for w in lists if w.version == version and w.new is not None] for version in VERSIONS}
    then = with_config(
        end,
        transform_sets={**config.transform_sets, **{each.name: each for each in new[1]}},
        ipsec_proposals={**config.ipsec_proposals, **{each.name: each for each in new[2]}},
    )
    return dataclasses.replace(then, map_entry=dataclasses.replace(entry, **names))


def _refuse_unread(tunnel: Tunnel, known: Known, version: int) -> None:
    end, config, entry = known
    unread = [name for name in listed(entry, version) if not whole(defined(config, version).get(name))]
    if unread:
        raise CannotError(
            GATE,
            f"{tunnel.name}: {end.name} showed no whole definition of {' and '.join(unread)}, which its entry names",
        )


def _refuse(tunnel: Tunnel, known: Known, lists: list[Wanted]) -> None:
    """What is not to be judged, or not to be typed, where something weak is in use."""
    end, config, entry = known
    why = ""
    of_ikev1 = [name for each in lists if each.version == 1 for name in each.before]
    transport = [name for name in of_ikev1 if config.transform_sets[name].mode != "tunnel"]
    if end.device.version is None:
        why = f"the release of {end.name} was not read, and it decides what may be typed there"
    elif entry.tunnel_interface is not None or entry.profile is not None:
        why = f"{entry} of {end.name} takes its transforms from an ipsec profile, which holds no list to add to"
    elif transport:
        why = f"{' and '.join(transport)} of {end.name} is in transport mode, and both ends must have the same mode"
    elif any(len(each.added) > most(end.device) for each in lists):
        why = f"the list of {end.name} is full: it may name {most(end.device)}"
    if why:
        raise CannotError(GATE, f"{tunnel.name}: {why}")


SETTING = Setting("transforms", "transform list", Counts.IPSEC, (CRYPTO,), _words, _lines, _changes)
