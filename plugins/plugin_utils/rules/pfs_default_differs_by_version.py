# SPDX-License-Identifier: GPL-3.0-or-later
"""The PFS group is written, and not left to the release."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, map_lines, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import DEFAULT_IS_14, pfs_group, pfs_words

RULE = Rule(
    id="pfs-default-differs-by-version",
    title="The PFS group is written, and not left to the release",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="A bare `set pfs` is group 2 before 9.13 and group 14 since. Two equal configurations then disagree, "
    "and an upgrade of one end alone changes its group with no line changed.",
    reads=("show running-config crypto", "show version"),
    fixed_by="set pfs with the group written out, at both ends: a human decides which group",
    practice=True,
)
SUBJECT = "bare set pfs"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    bare = [end for end, _, entry in compared if entry.pfs == "default"]
    groups = {pfs_group(end.device, entry) for end, _, entry in compared}
    words = " ".join(f"{end.name}: {pfs_words(end.device, entry)}" for end, _, entry in compared)
    if all(entry.pfs is None for _, _, entry in compared):
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has PFS: see weak-pfs-missing", where=place(tunnel))
    elif not bare:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    elif any(end.device.version is None for end in bare):
        reason = f"{words}: the default depends on the release, which was not read"
        yield RULE.unknown(tunnel, SUBJECT, reason, where=place(tunnel))
    elif len(groups) == 1 and all(end.device.version >= DEFAULT_IS_14 for end in bare if end.device.version):
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    else:
        # Now equal, and no longer after an upgrade: worth knowing, and nothing is wrong today.
        severity = Severity.INFO if len(groups) == 1 else Severity.WARNING
        later = ": an upgrade to 9.13 or later makes it group14" if len(groups) == 1 else ""
        fix = [
            Fix(end.name, map_lines(end, f"set pfs {pfs_group(end.device, entry)}"), note="as it is now, written out")
            for end, _, entry in compared
            if end in bare
        ]
        yield RULE.fails(tunnel, SUBJECT, words + later, where=place(tunnel), severity=severity, fix=fix)
