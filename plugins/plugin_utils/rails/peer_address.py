# SPDX-License-Identifier: GPL-3.0-or-later
"""Each clear names one peer by its literal address."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import (
    UnsafeStepError,
    clear_ike_sa,
    clear_ipsec_sa,
)

RAIL = Rail(
    id="peer-address",
    stage=Stage.TUNNEL,
    order=70,
    holds="Each clear names one peer by its literal unicast address",
    rationale="Without its last word the command clears every tunnel of the device.",
    default="always",
    lift="Audit, and see which address each end has for the other.",
    sources=("ASA command reference, clear crypto ipsec sa",),
)


def seen(situation: Situation) -> str:
    for end in situation.ends:
        try:
            clear_ipsec_sa.command(end.peer_address)
            if situation.settings.ike:
                clear_ike_sa.command(end)
        except UnsafeStepError as error:
            return f"{end.name}: {error}"
    return ""
