# SPDX-License-Identifier: GPL-3.0-or-later
"""A vpn-filter is written from the remote side's view."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    End,
    Finding,
    Group,
    Selector,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import group_policies
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="vpn-filter-one-way",
    title="A vpn-filter is written from the remote side's view",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="In a vpn-filter the source is always the remote side, whoever opens the connection, and one line serves "
    "both directions. Written the other way round it drops all that the tunnel carries, with every SA up.",
    reads=("show running-config group-policy", "show running-config access-list"),
    sources=("Cisco TechNote 99103: VPN filters on ASA",),
    fixed_by="the filter's access-list, and then the session made again: a human decides",
    stig=("CASA-VN-000300", "V-239960"),
)
SUBJECT = "vpn-filter's view"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = group_policies(RULE, tunnel, SUBJECT)
    filtered = [each for each in known if each.policy.filter]
    if not filtered and not findings:
        findings.append(RULE.not_applicable(tunnel, SUBJECT, "no end has a vpn-filter"))
    yield from findings
    for each in filtered:
        name = each.policy.filter or ""
        written = each.config.access_lists.get(name)
        lanes = _lanes(each.end)
        if written is None or written.unresolved:
            yield RULE.unknown(tunnel, SUBJECT, f"the access list {name} of {each.end.name} was not read in full")
        elif not lanes:
            yield RULE.unknown(tunnel, SUBJECT, f"the networks of {each.end.name}'s end are not known")
        elif _permits(written, lanes):
            yield RULE.passes(tunnel, SUBJECT, f"{each.end.name}: {name} permits the remote side as source")
        else:
            backwards = _permits(written, [(remote, local) for local, remote in lanes])
            what = "has the local side as source" if backwards else "permits nothing that this tunnel carries"
            rules = [rule.line for rule in written.rules if rule.permit and not rule.inactive]
            yield RULE.fails(tunnel, SUBJECT, f"{each.end.name}: {name} {what}", evidence=rules[:3])


def _lanes(end: End) -> list[tuple[Selector, Selector]]:
    """The local and remote side of what the crypto access list protects."""
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None or entry.access_list is None:
        return []
    protected = config.access_lists.get(entry.access_list)
    if protected is None or protected.unresolved:
        return []
    return [(rule.source, rule.destination) for rule in protected.rules if rule.permit and not rule.inactive]


def _permits(written: AccessList, lanes: list[tuple[Selector, Selector]]) -> bool:
    return any(_serves(rule, local, remote) for rule in written.rules for local, remote in lanes)


def _serves(rule: AccessRule, local: Selector, remote: Selector) -> bool:
    active = rule.permit and not rule.inactive
    return active and _overlap(rule.source, remote) and _overlap(rule.destination, local)


def _overlap(a: Selector, b: Selector) -> bool:
    return a.network.version == b.network.version and a.network.overlaps(b.network)
