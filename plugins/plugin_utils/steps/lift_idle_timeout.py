# SPDX-License-Identifier: GPL-3.0-or-later
"""Let an idle tunnel stay up: ``vpn-idle-timeout none`` in a group-policy that is this tunnel's alone.

The default of 30 minutes stands in DfltGrpPolicy, which remote-access users inherit too, so that one is never touched.
A named policy that no other tunnel-group uses gets the line. A tunnel that shares its policy gets one of its own:
empty beside DfltGrpPolicy, from which it then inherits as before, else with ``from``, a copy of the shared one. A
session takes its policy when it is made. Whom a RADIUS server or ``vpn-group-policy`` gives a policy is not seen here.
Source: ASA command reference, ``vpn-idle-timeout``, ``group-policy``, ``default-group-policy``.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, GroupPolicy, Tunnel, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import (
    home,
    inherited_policy,
    own_name,
    policy_lines,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import (
    GROUPS,
    POLICIES,
    CannotError,
    Change,
    Counts,
    Setting,
    both_groups,
    change,
    with_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step

LINE = "vpn-idle-timeout none"


def step(end: End, group: TunnelGroup, policy: GroupPolicy) -> Step:
    """``policy`` is the one in effect."""
    config = end.device.config
    assert config is not None
    own = home(config, group, policy)
    if own == policy.name:
        printed = config.group_policies[own].idle_timeout
        head = f"group-policy {own} attributes"
        before = "no vpn-idle-timeout" if printed is None else f"vpn-idle-timeout {printed}"
        undo: tuple[str, ...] = (head, f" {before}")
    else:
        inherits = group.group_policy in (None, inherited_policy(config))
        pointer = "no default-group-policy" if inherits else f"default-group-policy {group.group_policy}"
        undo = (f"tunnel-group {group.name} general-attributes", f" {pointer}", f"no group-policy {own}")
    return Step(
        device=end.name,
        phase=Phase.CONFIGURE,
        commands=policy_lines(config, group, policy, LINE),
        interrupts="nothing; a session takes its group-policy when it is made",
        proof=f"'{GROUPS} {group.name}' names {own}, and '{POLICIES} {own}' shows {LINE}",
        configure=True,
        undo=undo,
    )


def _policy(end: End) -> GroupPolicy | None:
    config = end.device.config
    return config.policy_of(end.tunnel_group) if config is not None and end.tunnel_group is not None else None


def _words(end: End) -> str:
    policy = _policy(end)
    if policy is None:
        return "not known"
    return f"{policy.idle_timeout} minutes" if policy.idle_timeout else "none"


def _lines(end: End) -> tuple[str, ...]:
    group, policy, config = end.tunnel_group, _policy(end), end.device.config
    if group is None or policy is None or config is None:
        return ()
    pointer = (f"tunnel-group {group.name} general-attributes", f" default-group-policy {policy.name}")
    # A policy that was made and is not in use would be left behind by an undo.
    names = [name for name in config.group_policies if name.startswith(own_name(group)) and name != policy.name]
    left = tuple(f"group-policy {name} internal" for name in names)
    value = f" vpn-idle-timeout {policy.idle_timeout or 'none'}"
    return (
        *(f"group-policy {name} internal" for name in left),
        f"group-policy {policy.name} attributes",
        value,
        *pointer,
    )


def _change(end: End, group: TunnelGroup) -> Change:
    config, policy = end.device.config, _policy(end)
    if config is None or policy is None:
        named = f"group-policy {group.group_policy} " if group.group_policy else "group-policy "
        raise CannotError(
            "group-policy",
            f"the {named}of {end.name} was not read, or its values stand on a server: its idle timeout cannot be set "
            "from here",
        )
    look = f"{POLICIES}' and '{GROUPS} {group.name}"
    if not policy.idle_timeout:
        return change(SETTING, end, end, look, None)
    own = home(config, group, policy)
    inherited = config.group_policies.get(policy.name, GroupPolicy(own)) if own != policy.name else None
    made = dataclasses.replace(inherited or config.group_policies[own], name=own, idle_timeout=0, kind="internal")
    pointed = group if own == policy.name else dataclasses.replace(group, group_policy=own)
    then = with_config(end, group_policies={**config.group_policies, own: made})
    return change(SETTING, end, dataclasses.replace(then, tunnel_group=pointed), look, step(end, group, policy))


def _changes(tunnel: Tunnel) -> tuple[Change, ...]:
    return tuple(_change(end, group) for end, group in both_groups(tunnel, SETTING.title))


SETTING = Setting("idle-timeout", "idle timeout", Counts.IKE, (GROUPS, POLICIES), _words, _lines, _changes)
