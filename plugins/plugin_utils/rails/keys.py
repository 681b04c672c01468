# SPDX-License-Identifier: GPL-3.0-or-later
"""The pre-shared keys of both ends are not known to differ."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="keys",
    stage=Stage.TUNNEL,
    order=50,
    holds="The pre-shared keys of both ends are not known to differ",
    rationale="The SAs that are there were agreed with the keys of then. Once they are cleared, no new ones come.",
    default="always, where keys were compared",
    lift="Set the same key at both ends first: after a clear no SA could be made again.",
    sources=("RFC 2409 section 5.4", "RFC 7296 section 2.15"),
)


def seen(situation: Situation) -> str:
    tunnel = situation.tunnel
    names = " and ".join(end.name for end in tunnel.ends)
    return f"the pre-shared keys of {names} were compared and are not equal" if tunnel.keys == "unequal" else ""
