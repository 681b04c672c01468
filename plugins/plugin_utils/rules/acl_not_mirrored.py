# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access lists of both ends mirror each other."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    ProxyIdentities,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import accepts, permitted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    any_traffic,
    both_entries,
    permit_line,
    place,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="acl-not-mirrored",
    title="The crypto access lists of both ends mirror each other",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="The responder refuses proxy identities that its own list does not hold (713061). A list that is a part "
    "of the other works when the narrow end starts, and fails when the wide one does.",
    reads=("show running-config access-list", "show running-config crypto"),
    sources=("ASA syslog messages, 713061",),
    fixed_by="access-list lines: a human decides which end is right",
)
SUBJECT = "crypto access list"
# Identities in a message, and lines in a fix: lists may differ in thousands.
TOLD, TYPED = 20, 100
Compared = tuple[End, Config, CryptoMapEntry]


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    if reasons := [reason for end, _, _ in compared if (reason := any_traffic(end))]:
        yield RULE.not_applicable(tunnel, SUBJECT, "; ".join(reasons), where=place(tunnel))
        return
    doubt = [reason for end, config, _ in compared if (reason := _doubt(end, config))]
    if doubt:
        yield RULE.unknown(tunnel, SUBJECT, "; ".join(doubt), where=place(tunnel))
        return
    left, right = compared
    mine, theirs = _permitted(left[1], left[0]), _permitted(right[1], right[0])
    only_mine, only_theirs = _lacking(left, mine, right, theirs), _lacking(right, theirs, left, mine)
    if not only_mine and not only_theirs:
        counts = {left[0].name: len(mine), right[0].name: len(theirs)}
        words = values(tunnel, lambda end: f"{counts[end.name]} {'entry' if counts[end.name] == 1 else 'entries'}")
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    extra = {left[0].name: only_mine, right[0].name: only_theirs}
    in_common = len(only_mine) < len(mine) and len(only_theirs) < len(theirs)
    yield RULE.fails(
        tunnel,
        SUBJECT,
        values(tunnel, lambda end: _only(extra[end.name])),
        where=place(tunnel),
        severity=Severity.ERROR if in_common else Severity.CRITICAL,
        fix=[
            fix
            for (end, _, entry), missing in ((left, only_theirs), (right, only_mine))
            if (fix := _fix(end, entry, missing))
        ],
    )


def _names(end: End) -> list[str]:
    entries = [entry for entry in (end.map_entry, *end.more_entries) if entry is not None]
    return [entry.access_list for entry in entries if entry.access_list is not None]


def _doubt(end: End, config: Config) -> str:
    if not _names(end):
        return f"{end.name} matches no access list: see map-entry-incomplete"
    for name in _names(end):
        if name not in config.access_lists:
            return f"{end.name}'s access list {name} was not read"
        if config.access_lists[name].unresolved:
            return f"{end.name}'s access list {name} cannot be followed: {config.access_lists[name].unresolved[0]}"
    return ""


def _permitted(config: Config, end: End) -> frozenset[ProxyIdentities]:
    lists = [permitted(config, name) for name in _names(end)]
    return lists[0] if len(lists) == 1 else frozenset().union(*lists)


def _lacking(
    here: Compared, mine: frozenset[ProxyIdentities], there: Compared, theirs: frozenset[ProxyIdentities]
) -> set[ProxyIdentities]:
    """What this end's list holds and the other end would refuse.

    A static entry takes the very identities that it holds, a dynamic map narrower ones too. A dynamic map serves many
    peers: what its own list holds for the others is no fault of this tunnel.
    """
    if here[2].dynamic_map is not None:
        return set()
    lacking = {each for each in mine if each.mirrored() not in theirs}
    _, config, entry = there
    if entry.dynamic_map is None:
        return lacking
    return {each for each in lacking if not accepts(config, entry.access_list or "", each.mirrored())}


def _only(extra: set[ProxyIdentities]) -> str:
    if not extra:
        return "nothing more"
    told = sorted(map(str, extra))
    more = f" and {len(told) - TOLD} more" if len(told) > TOLD else ""
    return f"only here {', '.join(told[:TOLD])}{more}"


def _fix(end: End, entry: CryptoMapEntry, missing: set[ProxyIdentities]) -> Fix | None:
    plain = [each for each in missing if not each.local.protocol and not each.remote.protocol]
    if not plain or entry.access_list is None:
        return None
    lines = tuple(permit_line(entry.access_list, each.remote, each.local) for each in sorted(plain, key=str)[:TYPED])
    more = f"; {len(plain) - TYPED} more are missing" if len(plain) > TYPED else ""
    return Fix(end.name, lines, note=f"or take the counterpart away at the other end{more}")
