# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tunnel protects goes nowhere else while the tunnel is down."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    Network,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.prefixes import Prefixes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import no_entry, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_ends,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import crypto_interfaces
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._routes import NULL
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="cleartext-leak-when-down",
    title="What the tunnel protects goes nowhere else while the tunnel is down",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="The route to a tunnel interface goes when the interface does, and the default route takes its traffic "
    "in clear. A crypto map drops what has no SA; taken off the interface, even for a moment, it leaks all of it.",
    reads=("show running-config route", "show running-config access-list"),
    sources=(
        "ASA command reference, route",
        "ASA release notes 9.2(1)",
    ),
    fixed_by="a route to Null0, or an access list out of the interface: a human decides",
    practice=True,
)
NULL_ROUTES = Version(9, 2, 1)
SUBJECT = "traffic while it is down"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, lambda end, config: _say(tunnel, end, config), where=place(tunnel))


@once
def _dropped(config: Config) -> Prefixes[None]:
    """The networks that a route to nowhere takes when no better one does."""
    return Prefixes((each.network, None) for each in config.routes or () if each.interface.lower() == NULL.lower())


def _say(tunnel: Tunnel, end: End, config: Config) -> Said:
    entry = end.map_entry
    if entry is None:
        return not_applicable(no_entry(end))
    if config.routes is None or "route" in config.unread:
        return unknown(f"the configured routes of {end.name} were not read")
    if entry.tunnel_interface is not None:
        names = crypto_interfaces(end)
        remotes = {each.network for each in config.routes if each.interface in names}
        nothing = f"no configured route of {end.name} leads to {entry}"
        severity = Severity.WARNING
    else:
        wanted = protected(tunnel, end)
        if wanted.doubt:
            return unknown(wanted.doubt)
        remotes = {pair.remote.network for pair in wanted.pairs}
        nothing = f"{end.name} protects nothing"
        severity = Severity.INFO
    remotes = {each for each in remotes if each.prefixlen}
    if not remotes:
        return not_applicable(nothing)
    open_ones = sorted((each for each in remotes if not _drops(config, each)), key=str)
    if not open_ones:
        return passes(f"dropped by {NULL}")
    words = f"{listed([str(each) for each in open_ones])} would take another route"
    return fails(words, severity, fix=_fix(end, open_ones, severity))


def _drops(config: Config, network: Network) -> bool:
    return any(known.prefixlen for known, _ in _dropped(config).covering(network))


def _fix(end: End, networks: list[Network], severity: Severity) -> tuple[Fix, ...]:
    version = end.device.version
    if (version is not None and version < NULL_ROUTES) or any(network.version == 6 for network in networks):
        return ()
    lines = tuple(f"route {NULL} {each.network_address} {each.netmask} 254" for each in networks[:3])
    own = "only beside a route of its own to the network: beside the default route alone it drops the tunnel's traffic"
    return (Fix(end.name, lines, note=own if severity is Severity.INFO else ""),)
