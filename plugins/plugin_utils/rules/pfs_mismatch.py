# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends use the same PFS group."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    both_entries,
    map_lines,
    modern,
    place,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._left import lacking
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    better_group,
    common_versions,
    knows_group,
    pfs_group,
    pfs_words,
    plain,
)

RULE = Rule(
    id="pfs-mismatch",
    title="Both ends use the same PFS group",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="An end with PFS requires it, an end without accepts any offer: the tunnel comes up from one side and "
    "dies at a rekey that the other side starts. IKEv2 makes its first SAs without PFS, and shows any difference "
    "only later: at the next line of the access list, or the first rekey.",
    reads=("show running-config crypto",),
    sources=("RFC 7296 section 1.2", "RFC 7296 section 1.3", "ASA command reference, crypto map set pfs"),
    fixed_by="align_pfs",
    safe=True,
    practice=True,
)
SUBJECT = "PFS group"
LATER = "IKEv2 shows it after its first SAs, at the next line of the list or the first rekey (RFC 7296 section 1.2)"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    (left, _, a), (right, _, b) = compared
    mine, theirs = pfs_group(left.device, a), pfs_group(right.device, b)
    words = f"{left.name}: {pfs_words(left.device, a)} {right.name}: {pfs_words(right.device, b)}"
    second = 2 in common_versions(a, b) and not (1 in common_versions(a, b) and lacking(tunnel, 2))
    if mine == theirs and mine != "default":
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif mine is None or theirs is None:
        yield _one_way(tunnel, words, (left, mine), (right, theirs), second)
    elif "default" in (mine, theirs):
        reason = f"{words}: the default depends on the release, which was not read"
        yield RULE.unknown(tunnel, SUBJECT, reason, where=place(tunnel))
    elif plain(mine) == plain(theirs):
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    else:
        words = f"{words}: {LATER}" if second else words
        group = better_group(mine, theirs, old=not all(modern(end.device) for end in tunnel.ends))
        fix = [_fix(tunnel, left if group == theirs else right, group)]
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix)


def _one_way(
    tunnel: Tunnel, words: str, left: tuple[End, str | None], right: tuple[End, str | None], second: bool
) -> Finding:
    (strict, group), (lax, _) = (left, right) if left[1] is not None else (right, left)
    severity = Severity.ERROR
    if second:
        direction = f"a rekey that {lax.name} starts fails; {LATER}"
    elif not strict.initiates:
        direction, severity = f"{strict.name} requires it and cannot initiate", Severity.CRITICAL
    else:
        direction = f"works only while {strict.name} initiates, and a rekey that {lax.name} starts fails"
        # It never starts the tunnel: only its rekeys fail, as far as it starts any.
        severity = severity if lax.initiates else Severity.WARNING
    # A bare `set pfs` is another group at another release: the fix always writes the number, when it is known.
    fix = [_fix(tunnel, lax, group)] if group != "default" else []
    return RULE.fails(tunnel, SUBJECT, f"{words}: {direction}", where=place(tunnel), severity=severity, fix=fix)


def _fix(tunnel: Tunnel, end: End, group: str | None) -> Fix:
    used = frozenset[int]().union(*(versions(each.map_entry) for each in tunnel.ends if each.map_entry is not None))
    known = group is not None and all(knows_group(each.device, group, used) for each in tunnel.ends)
    return Fix(end.name, map_lines(end, f"set pfs {group}"), safe=known, note="takes effect at the next rekey")
