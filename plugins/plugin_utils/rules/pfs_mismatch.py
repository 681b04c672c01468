# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends use the same PFS group."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    CryptoMapEntry,
    Device,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, map_lines, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="pfs-mismatch",
    title="Both ends use the same PFS group",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="An end with PFS requires it, an end without accepts any offer: the tunnel comes up from one side and "
    "dies at the first rekey from the other. IKEv2 shows it only at the first rekey (RFC 7296 section 1.2).",
    reads=("show running-config all crypto map",),
    sources=("RFC 7296 section 1.2", "ASA command reference, crypto map set pfs"),
    fixed_by="align_pfs_group: a human decides which group",
    practice=True,
)
SUBJECT = "PFS group"
DEFAULT_IS_14 = Version(9, 13)


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    (left, _, a), (right, _, b) = compared
    mine, theirs = _group(left.device, a), _group(right.device, b)
    said = {left.name: _words(a, mine), right.name: _words(b, theirs)}
    words = values(tunnel, lambda end: said[end.name])
    if mine == theirs and mine != "default":
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif "default" in (mine, theirs):
        reason = f"{words}: the default depends on the release, which was not read"
        yield RULE.unknown(tunnel, SUBJECT, reason, where=place(tunnel))
    elif mine is None or theirs is None:
        starter, other = (right, left) if mine is None else (left, right)
        direction, severity = f"works only while {starter.name} initiates", Severity.ERROR
        if not starter.initiates:
            direction, severity = f"{starter.name} requires it and cannot initiate", Severity.CRITICAL
        elif not other.initiates:
            # Only its rekeys fail, as far as it starts any.
            severity = Severity.WARNING
        fix = [_fix(end, mine or theirs) for end, group in ((left, mine), (right, theirs)) if group is None]
        yield RULE.fails(tunnel, SUBJECT, f"{words}: {direction}", where=place(tunnel), severity=severity, fix=fix)
    else:
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=[_fix(right, mine)])


def _group(device: Device, entry: CryptoMapEntry) -> str | None:
    """The effective group; a bare ``set pfs`` means group 2 before 9.13 and group 14 since."""
    if entry.pfs != "default":
        return entry.pfs
    if device.version is None:
        return "default"
    return "group14" if device.version >= DEFAULT_IS_14 else "group2"


def _words(entry: CryptoMapEntry, group: str | None) -> str:
    if entry.pfs == "default" and group != "default":
        return f"{group} (default)"
    return group or "not set"


def _fix(end: End, group: str | None) -> Fix:
    return Fix(end.name, map_lines(end, f"set pfs {group}"), note="takes effect at the next rekey")
