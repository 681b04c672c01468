# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends were read at the unit that carries the tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails, passes, together, unknown
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="failover-state",
    title="Both ends were read at the unit that carries the tunnel",
    severity=Severity.WARNING,
    group=Group.DATA,
    rationale="A standby unit shows copies of the SAs, or none, and its counters stand still: judged by it a tunnel "
    "that works looks dead, and a clear there mends nothing.",
    reads=("show failover", "show failover state"),
    sources=("ASA configuration guide, Failover for High Availability",),
    fixed_by="log in to the active unit",
)
SUBJECT = "failover"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from together(RULE, tunnel, SUBJECT, [(end, _say(end)) for end in tunnel.ends])


def _say(end: End) -> Said:
    state = end.device.failover
    if state is None:
        return unknown(f"the failover state of {end.name} was not read")
    # With two failover groups one unit is active for the one and standby for the other.
    units = [each.strip().split(" ", 2)[-1] if each.strip().startswith("group ") else each for each in state.split(",")]
    active = [each == "off" or each.startswith(("active", "just active")) for each in units]
    if all(active):
        return passes(state)
    if any(active):
        return unknown(f"{end.name}: {state}, and the tunnel's group is not known")
    return fails(f"{state}, not active", Severity.WARNING)
