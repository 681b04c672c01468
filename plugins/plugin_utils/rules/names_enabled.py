# SPDX-License-Identifier: GPL-3.0-or-later
"""Outputs show addresses, not names."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails, judge_ends, passes, unknown
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="names-enabled",
    title="Outputs show addresses, not names",
    severity=Severity.INFO,
    group=Group.DATA,
    rationale="A device with `name` lines prints the names in place of peers and networks. They are turned back here; "
    "whoever searches its outputs for an address by hand finds nothing.",
    reads=("show running-config names",),
    sources=("ASA command reference, name and names", "ntc-templates, pull request 629"),
    fixed_by="no names, for the time of the search",
)
SUBJECT = "names"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, _say)


def _say(end: End, config: Config) -> Said:
    if "names" in config.unread:
        return unknown(f"the names of {end.name} were not read")
    if not config.names:
        return passes("none")
    peer = next((name for name, address in config.names.items() if address == end.peer_address), None)
    words = f"{len(config.names)} in use" + (f", {peer} is {end.peer_address}" if peer else "")
    return fails(words)
