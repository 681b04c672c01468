# SPDX-License-Identifier: GPL-3.0-or-later
"""The only end to clear is an end of this tunnel, and was read."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="one-sided",
    stage=Stage.TUNNEL,
    order=10,
    holds="The only end to clear is an end of this tunnel, and was read",
    rationale="A mistyped name must not turn into a clear of both ends, or of none.",
    default="both ends are cleared",
    lift="Name an end of the tunnel that was read, or leave remediate_one_sided out to clear both.",
    variable="remediate_one_sided",
)


def seen(situation: Situation) -> str:
    alone, tunnel = situation.settings.one_sided, situation.tunnel
    if not alone:
        return ""
    if not situation.ends:
        ours = " and ".join(end.name for end in tunnel.ends)
        return f"remediate_one_sided is {alone!r}, and the devices of {tunnel.name} are {ours}"
    (end,) = situation.ends
    if end.ipsec is None:
        why = f" ({end.device.problems[0]})" if end.device.problems else ""
        return f"the SAs of {alone} were not read{why}, and it is the end to clear"
    return ""
