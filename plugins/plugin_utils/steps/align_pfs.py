# SPDX-License-Identifier: GPL-3.0-or-later
"""The same PFS group at both ends: ``crypto map M N set pfs GROUP``, written out.

An entry holds one group, so that nothing can be added before the old is taken away. It need not be: the group is the
strongest of those in use that the releases of both ends take, so that it is one line at the one end that lacks it.
Before it, an IKEv1 responder without PFS takes any offer and one with PFS insists on its group; after it, both agree.
No rekey fails that would have succeeded before, and SAs that are up stay. Where neither end has PFS there is nothing to
do.
Sources: ASA command reference, ``crypto map set pfs``; RFC 7296 section 1.3.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import CryptoMapEntry, End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import entry_lines
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    better_group,
    common_versions,
    knows_group,
    pfs_group,
    pfs_words,
    plain,
)
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
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step


def step(end: End, entry: CryptoMapEntry, group: str, interrupts: str) -> Step:
    line = entry_lines(entry, f"set pfs {group}")
    if entry.pfs is None:
        undo = entry_lines(entry, f"no set pfs {group}")
    else:
        undo = entry_lines(entry, "set pfs" if entry.pfs == "default" else f"set pfs {entry.pfs}")
    return Step(
        device=end.name,
        phase=Phase.CONFIGURE,
        commands=line,
        interrupts=interrupts,
        proof=f"'{CRYPTO}' shows {line[-1].strip()}",
        configure=True,
        undo=undo,
    )


def _words(end: End) -> str:
    if end.map_entry is None:
        return "not known"
    return pfs_words(end.device, end.map_entry) if end.map_entry.pfs is not None else "none"


def _lines(end: End) -> tuple[str, ...]:
    entry = end.map_entry
    if entry is None:
        return ()
    if entry.pfs is None:
        return (f"! {entry}: no set pfs",)
    return entry_lines(entry, "set pfs" if entry.pfs == "default" else f"set pfs {entry.pfs}")


def _changes(tunnel: Tunnel) -> tuple[Change, ...]:
    ends = both_entries(tunnel, "PFS")
    groups = {end.name: pfs_group(end.device, entry) for end, _, entry in ends}
    unread = [name for name, group in groups.items() if group == "default"]
    if unread:
        raise CannotError(
            "pfs",
            f"{tunnel.name}: the group of a bare 'set pfs' depends on the release, which was not read at "
            f"{' and '.join(unread)}",
        )
    in_use = [group for group in groups.values() if group is not None]
    equal = len({plain(group) if group else None for group in groups.values()}) == 1
    wanted = None if equal else _strongest(tunnel, ends[0][2], ends[1][2], in_use)
    return tuple(_change(tunnel, end, entry, groups[end.name], wanted) for end, _, entry in ends)


def _strongest(tunnel: Tunnel, a: CryptoMapEntry, b: CryptoMapEntry, in_use: list[str]) -> str:
    versions = common_versions(a, b)
    known = [group for group in in_use if all(knows_group(end.device, group, versions) for end in tunnel.ends)]
    if not known:
        releases = " and ".join(f"{end.name} ({end.device.version or 'release not read'})" for end in tunnel.ends)
        raise CannotError(
            "pfs",
            f"{tunnel.name}: {' and '.join(in_use)} is in use, and not known to be a group of both {releases}",
        )
    return known[0] if len(known) == 1 else better_group(*known, old=False)


def _change(tunnel: Tunnel, end: End, entry: CryptoMapEntry, group: str | None, wanted: str | None) -> Change:
    look = entry_look(entry)
    if wanted is None or (group is not None and plain(group) == plain(wanted)):
        return change(SETTING, end, end, look, None)
    until = (
        f"one that {end.name} starts fails until it has {wanted}" if group is None else "none does while they differ"
    )
    then = dataclasses.replace(end, map_entry=dataclasses.replace(entry, pfs=wanted))
    return change(
        SETTING,
        end,
        then,
        look,
        step(end, entry, wanted, f"no rekey that succeeds now: {until}"),
        shared=entry_shared(tunnel, end, entry),
    )


SETTING = Setting("pfs", "PFS", Counts.IPSEC, (CRYPTO,), _words, _lines, _changes)
