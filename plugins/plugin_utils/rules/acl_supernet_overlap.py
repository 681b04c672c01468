# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel's traffic is no other tunnel's too."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import doubt, told, wanted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_entries,
    passes,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="acl-supernet-overlap",
    title="The tunnel's traffic is no other tunnel's too",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="A later sequence wants traffic that this one takes. Both ends may agree and the tunnel work: it is the "
    "later one that starves, or takes over on the day this entry is removed.",
    reads=("show running-config crypto", "show running-config access-list"),
    sources=("Cisco ASA CLI configuration guide, Cascading ACLs in a Crypto Map Set",),
    fixed_by="access lists that do not overlap: a human decides",
)
SUBJECT = "wanted by a later sequence"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, _examine)


def _examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    later = wanted(end, config)
    if later:
        return fails(told(later), Severity.INFO)
    return doubt(end, config) or passes("nothing")
