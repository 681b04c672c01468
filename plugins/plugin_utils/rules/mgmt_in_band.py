# SPDX-License-Identifier: GPL-3.0-or-later
"""Neither end is managed through this tunnel."""

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_ends,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="mgmt-in-band",
    title="Neither end is managed through this tunnel",
    severity=Severity.INFO,
    group=Group.DATA,
    rationale="A clear at the end that is reached through the tunnel cuts the login that sends it, and the answer "
    "never comes. The remediation looks at the address it logs in to; this looks at what the configuration invites.",
    reads=("show running-config management-access", "show running-config access-list"),
    sources=("ASA command reference, management-access",),
    fixed_by="a way to the device beside the tunnel",
    practice=True,
)
SUBJECT = "management"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, lambda end, config: _say(tunnel, end, config), where=place(tunnel))


def _say(tunnel: Tunnel, end: End, config: Config) -> Said:
    if "management-access" in config.unread:
        return unknown(f"management-access of {end.name} was not read")
    nameif = config.management_access
    if nameif is None:
        return not_applicable(f"{end.name} has no management-access")
    interface = config.interface(nameif)
    address = interface.address if interface is not None else None
    if address is None:
        return unknown(f"the address of {nameif} of {end.name} is not known")
    if end.map_entry is not None and end.map_entry.tunnel_interface is not None:
        return not_applicable(f"routes decide what of {end.name} goes through {end.map_entry}")
    wanted = protected(tunnel, end)
    if any(address in pair.local.network for pair in wanted.pairs):
        return fails(f"{address} on {nameif} is reached through this tunnel", Severity.INFO)
    return unknown(wanted.doubt) if wanted.doubt else passes(f"{address} on {nameif} is not of this tunnel")
