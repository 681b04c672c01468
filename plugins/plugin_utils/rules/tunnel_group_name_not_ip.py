# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel-group is named after the peer's address."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_L2L_GROUP
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._new_group import new_group
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="tunnel-group-name-not-ip",
    title="The tunnel-group is named after the peer's address",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="IKEv1's main mode with a pre-shared key finds the group by the peer's address alone. A group with a "
    "telling name and the right key in it is never looked at; only certificates and aggressive mode get there.",
    reads=("show running-config all tunnel-group",),
    sources=("Netspoc: names of L2L tunnel-groups",),
    fixed_by="a tunnel-group of the peer's address: a human decides, and knows the key",
)
SUBJECT = "name of the tunnel-group"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    judged = []
    for end in tunnel.ends:
        config = end.device.config
        if config is not None and _by_address(end):
            named = _named(config) if end.tunnel_group is None else []
            # With neither it is tunnel-group-missing's to tell.
            if named or end.tunnel_group is not None:
                judged.append((end, named))
    words = " ".join(f"{end.name}: {_words(end, named)}" for end, named in judged)
    wrong = [end for end, named in judged if named]
    if wrong:
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=[new_group(tunnel, end) for end in wrong]))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end looks for a group by address, or none has one to find")


def _by_address(end: End) -> bool:
    """Whether this end can only find its peer's group by address: IKEv1 in main mode, from a static entry."""
    entry = end.map_entry
    return (
        end.peer_address is not None
        and entry is not None
        and entry.dynamic_map is None
        and entry.phase1_mode != "aggressive"
        and versions(entry) == {1}
    )


def _named(config: Config) -> list[TunnelGroup]:
    """Site-to-site groups with a key and a name that is no address."""
    return [
        group
        for group in config.tunnel_groups.values()
        if group.type == "ipsec-l2l"
        and group.name != DEFAULT_L2L_GROUP
        and group.trustpoint is None
        and group.has_key
        and group.name not in config.names
        and not _address(group.name)
    ]


def _address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _words(end: End, named: list[TunnelGroup]) -> str:
    if end.tunnel_group is not None:
        return end.tunnel_group.name
    # A few names are a hint; all of them would be a flood.
    names = [group.name for group in named[:3]] + ([f"{len(named) - 3} more"] if len(named) > 3 else [])
    return f"none for {end.peer_address}, only {', '.join(names)}"
