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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, permit_line, place
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


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    doubt = [reason for end, config, _ in compared if (reason := _doubt(end, config))]
    if doubt:
        yield RULE.unknown(tunnel, SUBJECT, "; ".join(doubt), where=place(tunnel))
        return
    mine, theirs = (_permitted(config, end) for end, config, _ in compared)
    mirrored = {each.mirrored() for each in theirs}
    only_mine, only_theirs = mine - mirrored, {each.mirrored() for each in mirrored - mine}
    if not only_mine and not only_theirs:
        words = values(tunnel, lambda end: f"{len(mine)} {'entry' if len(mine) == 1 else 'entries'}")
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    extra = {compared[0][0].name: only_mine, compared[1][0].name: only_theirs}
    yield RULE.fails(
        tunnel,
        SUBJECT,
        values(tunnel, lambda end: _only(extra[end.name])),
        where=place(tunnel),
        severity=Severity.ERROR if mine & mirrored else Severity.CRITICAL,
        fix=[
            fix
            for (end, _, entry), missing in zip(compared, (only_theirs, only_mine), strict=True)
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
            return f"{end.name}'s access list {name} names what was not read: {config.access_lists[name].unresolved[0]}"
    return ""


def _permitted(config: Config, end: End) -> set[ProxyIdentities]:
    return {
        ProxyIdentities(rule.source, rule.destination)
        for name in _names(end)
        for rule in config.access_lists[name].rules
        if rule.permit and not rule.inactive
    }


def _only(extra: set[ProxyIdentities]) -> str:
    return f"only here {', '.join(sorted(map(str, extra)))}" if extra else "nothing more"


def _fix(end: End, entry: CryptoMapEntry, missing: set[ProxyIdentities]) -> Fix | None:
    plain = [each for each in missing if not each.local.protocol and not each.remote.protocol]
    if not plain or entry.access_list is None:
        return None
    lines = tuple(
        permit_line(entry.access_list, each.remote, each.local) for each in sorted(plain, key=lambda each: str(each))
    )
    return Fix(end.name, lines, note="or take the counterpart away at the other end")
