# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel protects addresses as they are, not as translation makes them."""

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_ends,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import crypto_interfaces
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._nat import of_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="nat-translates-proxy",
    title="The tunnel protects addresses as they are, not as translation makes them",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="Where networks overlap, hosts go by other addresses in the tunnel. The crypto access list then names "
    "the translated ones, and so must whoever pings through it, or looks for a host in a capture.",
    reads=("show running-config nat", "show running-config access-list"),
    sources=("ASA configuration guide 9.x, NAT and VPN",),
    fixed_by="nothing, when it is meant",
    practice=True,
)
SUBJECT = "translated addresses"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, lambda end, config: _say(tunnel, end, config), where=place(tunnel))


def _say(tunnel: Tunnel, end: End, config: Config) -> Said:
    interfaces = crypto_interfaces(end)
    if end.map_entry is None or not interfaces or end.map_entry.tunnel_interface is not None:
        return not_applicable(f"{end.name} has no crypto map on an interface for this peer")
    if config.nat is None or "nat" in config.unread:
        return unknown(f"the address translation of {end.name} was not read")
    wanted = protected(tunnel, end)
    if not wanted.pairs:
        return unknown(wanted.doubt) if wanted.doubt else not_applicable(f"{end.name} protects nothing")
    translation = of_config(config)[end.interface if end.interface in interfaces else interfaces[0]]
    found = [
        (f"{' '.join(view.rule.source.real) or view.rule.access_list} is {pair.local}", view.rule.line)
        for pair in wanted.pairs
        for view in translation.making(pair)
    ]
    if found:
        lines = tuple(dict.fromkeys(f"{end.name}: {line}" for _, line in found))
        return fails(listed([words for words, _ in found]), Severity.INFO, evidence=lines)
    return unknown(wanted.doubt) if wanted.doubt else passes("as they are")
