# SPDX-License-Identifier: GPL-3.0-or-later
"""A crypto access list is of one address family."""

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import doubt, list_names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_entries,
    passes,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="acl-ipv-mix",
    title="A crypto access list is of one address family",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="IPv4 and IPv6 lines in one list make one entry of two tunnels that fail apart. A sequence for each "
    "family says which of them is down.",
    reads=("show running-config access-list", "show running-config crypto"),
    fixed_by="a sequence and a list for each family: a human decides",
    practice=True,
)
SUBJECT = "address families"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, _examine)


def _examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    families = {name: _families(config, name) for name in list_names(end)}
    mixed = [name for name, found in families.items() if len(found) > 1]
    if mixed:
        return fails(f"IPv4 and IPv6 in {', '.join(mixed)}", Severity.WARNING)
    if doubtful := doubt(end, config):
        return doubtful
    return passes(", ".join(f"IPv{version}" for version in sorted(set().union(*families.values()))) or "no line")


def _families(config: Config, name: str) -> set[int]:
    found = config.access_lists.get(name)
    return {rule.source.network.version for rule in (found.rules if found else ()) if not rule.inactive}
