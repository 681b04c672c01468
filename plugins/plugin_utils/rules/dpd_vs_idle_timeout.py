# SPDX-License-Identifier: GPL-3.0-or-later
"""No idle timeout ends a tunnel that DPD watches."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import DEFAULT_GROUP_POLICY
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalives
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-vs-idle-timeout",
    title="No idle timeout ends a tunnel that DPD watches",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="DPD is no traffic: a tunnel whose peer is asked every ten seconds is still taken down when its users "
    "are silent for the idle timeout, 30 minutes by default. Traffic then makes it anew, if the peer lets it.",
    reads=("show running-config all group-policy", "show running-config all tunnel-group"),
    sources=("ASA CLI configuration guide, vpn-idle-timeout",),
    fixed_by="lift_idle_timeout",
    safe=True,
    practice=True,
)
SUBJECT = "idle timeout"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    idle = {end.name: _idle(end) for end, _ in known}
    for name, minutes in idle.items():
        if minutes is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the group-policy of {name} was not read"))
    yield from findings
    if findings:
        return
    words = " ".join(f"{end.name}: {_word(end)}" for end, _ in known)
    if not any(keepalive.asks for _, keepalive in known):
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: no end asks by DPD")
    elif any(idle.values()):
        yield RULE.fails(tunnel, SUBJECT, words)
    else:
        yield RULE.passes(tunnel, SUBJECT, words)


def _idle(end: End) -> int | None:
    """Minutes, 0 for no limit, ``None`` when not read."""
    if end.device.config is None or end.tunnel_group is None:
        return None
    policy = end.device.config.policy_of(end.tunnel_group)
    return policy.idle_timeout if policy is not None else None


def _word(end: End) -> str:
    minutes, config = _idle(end), end.device.config
    policy = config.policy_of(end.tunnel_group) if config is not None and end.tunnel_group is not None else None
    printed = [
        config.group_policies[name].idle_timeout
        for name in ((policy.name, DEFAULT_GROUP_POLICY) if policy is not None else ())
        if config is not None and name in config.group_policies
    ]
    default = "" if any(each is not None for each in printed) else " (default)"
    return (f"{minutes} min" if minutes else "none") + default
