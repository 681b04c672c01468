# SPDX-License-Identifier: GPL-3.0-or-later
"""No end to clear is reached through the tunnel itself."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.in_band import in_band
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="in-band",
    stage=Stage.TUNNEL,
    order=80,
    holds="No end to clear is reached through the tunnel itself",
    rationale="A clear there cuts the login that sends it: the answer never comes, and if the tunnel does not come "
    "back the device is out of reach.",
    default="refused",
    lift="Give it an address beside the tunnel (asa_oob_host), or use its console; where there is no other way and "
    "somebody can reach its console, -e remediate_allow_in_band=true.",
    variable="remediate_allow_in_band",
    sources=("ASA command reference, management-access",),
    practice=True,
)


def seen(situation: Situation) -> str:
    if situation.settings.allow_in_band:
        return ""
    why = in_band(situation.tunnel, situation.addresses, situation.sources)
    return next((why[end.name] for end in situation.ends if why[end.name]), "")
