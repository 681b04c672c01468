# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends are ours and were read."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import why_not

RAIL = Rail(
    id="both-ends",
    stage=Stage.TUNNEL,
    order=20,
    holds="Both ends are ours and were read",
    rationale="An end that is cleared alone leaves the other with SAs that nobody accepts: an IKEv1 notice of the "
    "deletion is not acknowledged, and what does not arrive is not repeated.",
    default="both ends",
    lift="Nothing is cleared on what was not read. Make both ends readable; where that is not in your hands, clear one "
    "alone with -e remediate_one_sided=END.",
    variable="remediate_one_sided",
    sources=("RFC 2408 section 3.15", "Cisco ASA syslog message 402114"),
)


def seen(situation: Situation) -> str:
    tunnel = situation.tunnel
    if situation.settings.one_sided:
        return ""
    if not tunnel.both:
        return f"{tunnel.name} has one end of ours: {tunnel.missing}"
    return f"{tunnel.name}: {why_not(tunnel)}" if any(end.ipsec is None for end in tunnel.ends) else ""
