# SPDX-License-Identifier: GPL-3.0-or-later
"""Tunnel-groups and the group policies that hold for them."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    GroupPolicy,
    Tunnel,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_GROUP_POLICY, DEFAULT_L2L_GROUP
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule


@dataclass(frozen=True)
class Effective:
    """The group policy that holds at an end. ``printed`` names the fields that the device did not leave to Cisco."""

    end: End
    config: Config
    group: TunnelGroup
    policy: GroupPolicy
    printed: frozenset[str]

    def mark(self, field: str) -> str:
        return "" if field in self.printed else " (default)"


def tunnel_groups(
    rule: Rule, tunnel: Tunnel, subject: str
) -> tuple[list[tuple[End, Config, TunnelGroup]], list[Finding]]:
    """Each end's tunnel-group, and what must be said of the ends that have none to judge."""
    known: list[tuple[End, Config, TunnelGroup]] = []
    findings = unread_config(rule, tunnel, subject)
    for end in tunnel.ends:
        config = end.device.config
        if config is None:
            continue
        if end.tunnel_group is None:
            reason = f"{end.name} has no tunnel-group for this peer: see tunnel-group-missing"
            findings.append(rule.not_applicable(tunnel, subject, reason))
        else:
            known.append((end, config, end.tunnel_group))
    return known, findings


def group_policies(rule: Rule, tunnel: Tunnel, subject: str) -> tuple[list[Effective], list[Finding]]:
    """Each end's effective group policy, and what must be said of the ends that have none to judge."""
    groups, findings = tunnel_groups(rule, tunnel, subject)
    known = []
    for end, config, group in groups:
        policy = config.policy_of(group)
        if policy is None:
            named = f"group-policy {group.group_policy}" if group.group_policy else "group-policy"
            findings.append(rule.unknown(tunnel, subject, f"the {named} of {end.name} was not read"))
        else:
            known.append(Effective(end, config, group, policy, _printed(config, policy.name)))
    return known, findings


def policy_fix(found: Effective, attribute: str, *, safe: bool = False) -> Fix:
    """The attribute in a policy of the tunnel's own: DfltGrpPolicy is everybody's, the remote-access users' too."""
    lines = policy_lines(found.config, found.group, found.policy, attribute)
    return Fix(found.end.name, lines, safe, note="a session takes it when it is made again")


def policy_lines(config: Config, group: TunnelGroup, policy: GroupPolicy, attribute: str) -> tuple[str, ...]:
    """What gives a tunnel the attribute and nobody else; ``policy`` is the one in effect."""
    name, lines = home(config, group, policy), []
    if name != policy.name:
        # Beside DfltGrpPolicy a new policy inherits all from it; of any other it has to be a copy.
        copied = "" if policy.name == DEFAULT_GROUP_POLICY else f" from {policy.name}"
        lines.append(f"group-policy {name} internal{copied}")
    lines += [f"group-policy {name} attributes", f" {attribute}"]
    if name != policy.name:
        lines += [f"tunnel-group {group.name} general-attributes", f" default-group-policy {name}"]
    return tuple(lines)


def home(config: Config, group: TunnelGroup, policy: GroupPolicy) -> str:
    """The policy to change for this tunnel alone: the one in effect where no other group has it, else a new one."""
    if policy.name != DEFAULT_GROUP_POLICY and users(config, policy.name) <= {group.name}:
        return policy.name
    own = own_name(group)
    numbered = (f"{own}-{number}" for number in range(2, len(config.group_policies) + 3))
    return next(name for name in (own, *numbered) if name not in config.group_policies)


def own_name(group: TunnelGroup) -> str:
    return f"L2L-{group.name}"


def inherited_policy(config: Config) -> str:
    """The policy of a site-to-site group that names none."""
    parent = config.tunnel_groups.get(DEFAULT_L2L_GROUP)
    return (parent.group_policy if parent is not None else None) or DEFAULT_GROUP_POLICY


def users(config: Config, policy: str) -> frozenset[str]:
    """The tunnel-groups that have a policy, by name or because they name none."""
    inherited = inherited_policy(config)
    return frozenset(
        name
        for name, group in config.tunnel_groups.items()
        if (group.group_policy or (inherited if group.type == "ipsec-l2l" else DEFAULT_GROUP_POLICY)) == policy
    )


def _printed(config: Config, name: str) -> frozenset[str]:
    chain = [config.group_policies[each] for each in (name, DEFAULT_GROUP_POLICY) if each in config.group_policies]
    fields = ("idle_timeout", "session_timeout", "filter", "pfs")
    found = {field for field in fields if any(getattr(policy, field) is not None for policy in chain)}
    return frozenset(found | ({"protocols"} if any(policy.protocols for policy in chain) else set()))
