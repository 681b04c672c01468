# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes out of the tunnel passes the interface's access list."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import overlap
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    ProxyIdentities,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_ends,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._filters import (
    Through,
    doubt,
    names_of,
    overlaps,
    through,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import sides
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._switches import switch

RULE = Rule(
    id="sysopt-permit-vpn",
    title="What comes out of the tunnel passes the interface's access list",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="With `no sysopt connection permit-vpn` decrypted packets are filtered like any others: where the access "
    "list of the interface forgets the far networks, packets are decrypted and then dropped.",
    reads=("show running-config all sysopt", "show running-config access-group", "show running-config access-list"),
    sources=("ASA command reference, sysopt connection permit-vpn",),
    fixed_by="sysopt connection permit-vpn, or lines in the interface's access list: a human decides",
)
REAL_ADDRESSES = Version(8, 3)
"""From here on an interface's access list names addresses as they are behind translation."""
SUBJECT = "VPN traffic past access lists"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, lambda end, config: _say(tunnel, end, config))


def _say(tunnel: Tunnel, end: End, config: Config) -> Said:
    if config.sysopt is None or "sysopt" in config.unread:
        return unknown(f"the system options of {end.name} were not read")
    value = switch(config, "sysopt", config.sysopt.permit_vpn, default=True)
    if value.on:
        return passes(value.words)
    fix = (Fix(end.name, ("sysopt connection permit-vpn",)),)
    entry = end.map_entry
    if entry is None or entry.tunnel_interface is not None:
        # What is routed into a tunnel interface is not known, and its list may filter it on purpose.
        words = f"{value.words}: the access list of {entry or 'the interface'} must permit the far networks"
        return fails(words, Severity.INFO, fix=fix)
    if config.access_groups is None or "access-group" in config.unread:
        return unknown(f"{end.name}: {value.words}, and which access lists its interfaces have was not read")
    lists = names_of(config, end.interface, "in")
    if not lists:
        words = f"{value.words}, and {end.interface} has no access list: its security level decides, which is not read"
        return unknown(f"{end.name}: {words}")
    wanted = protected(tunnel, end)
    reason = doubt(end, config, lists) or wanted.doubt
    if reason:
        return unknown(reason)
    if not wanted.pairs:
        return not_applicable(f"{end.name} protects nothing")
    return _judge(end, config, lists, wanted.pairs, value.words, fix)


def _judge(
    end: End,
    config: Config,
    lists: tuple[str, ...],
    pairs: tuple[ProxyIdentities, ...],
    value: str,
    fix: tuple[Fix, ...],
) -> Said:
    where = f"{value}, {' and '.join(lists)} of {end.interface}"
    states = {pair: through(config, lists, pair.remote.network, pair.local.network) for pair in pairs}
    closed = [pair for pair, state in states.items() if state in (Through.NONE, Through.PING)]
    partly = [pair for pair, state in states.items() if state is Through.PART]
    if closed and any(_translated(end, config, pair) for pair in closed):
        return unknown(f"{end.name}: {where} may name addresses before translation: {_listed(closed)}")
    if closed:
        # Answers to what began at this end pass all the same.
        answered = all(_both_ways(end, pair) for pair in closed)
        severity = Severity.WARNING if answered else Severity.ERROR
        return fails(f"{where} does not permit {_listed(closed)}", severity, fix=fix)
    if partly:
        return fails(f"{where} permits only a part of {_listed(partly)}", Severity.INFO, fix=fix)
    return passes(f"{where} permits the far networks")


def _listed(pairs: list[ProxyIdentities]) -> str:
    return listed([f"{pair.remote.network} to {pair.local.network}" for pair in pairs])


def _translated(end: End, config: Config, pair: ProxyIdentities) -> bool:
    """Whether the addresses that the crypto access list names may not be those that an interface's list names."""
    version = end.device.version
    if version is not None and version < REAL_ADDRESSES:
        return False
    if config.nat is None:
        return True
    for rule in config.nat.rules:
        if rule.inactive or rule.exempts:
            continue
        for side, network in ((rule.source, pair.local.network), (rule.destination, pair.remote.network)):
            if side is not None and any(overlaps(each, network) for each in side.mapped_networks or ()):
                return True
    return False


def _both_ways(end: End, pair: ProxyIdentities) -> bool:
    mine = [side for identities, side in sides(end).items() if overlap(identities, pair)]
    return any((side.grown("pkts encaps") or 0) > 0 and (side.grown("pkts decaps") or 0) > 0 for side in mine)
