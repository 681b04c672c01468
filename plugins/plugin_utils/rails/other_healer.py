# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing else clears this tunnel by itself."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails._rail import Rail, Situation, Stage

RAIL = Rail(
    id="other-healer",
    stage=Stage.TUNNEL,
    order=90,
    holds="No applet on either device clears this tunnel by itself",
    rationale="Two healers fight: what one has just built the other clears, and neither waits. An applet sees one end, "
    "compares nothing and has no pause.",
    default="refused",
    lift="Take the applet away (no event manager applet NAME), or clear all the same with "
    "-e remediate_allow_other_healer=true.",
    variable="remediate_allow_other_healer",
    sources=(
        "Cisco, ASA Embedded Event Manager configuration example (document 117883)",
        "Cisco, ASA VPN backup peer configuration example with EEM (document 118087)",
    ),
)

_CLEARS = (("clear", "crypto"), ("clear", "ipsec"), ("clear", "isakmp"), ("vpn-sessiondb", "logoff"))


def seen(situation: Situation) -> str:
    if situation.settings.allow_other_healer:
        return ""
    for end in situation.tunnel.ends:
        for applet in (end.device.config.applets if end.device.config else None) or ():
            for command in applet.actions.values():
                if clears(command, end.peer_address):
                    starts = " or ".join(applet.events) or "nothing that was read"
                    return f"{end.name} runs {command!r} by itself (event manager applet {applet.name}, on {starts})"
    return ""


def clears(command: str, peer: Address | None) -> bool:
    """Whether a command, abbreviated or not, clears the SAs of this peer; without any address it clears everybody's."""
    words = command.lower().split()
    if len(words) < 2 or not any(
        first.startswith(words[0]) and second.startswith(words[1]) and len(words[0]) > 1 for first, second in _CLEARS
    ):
        return False
    if "counters" in words:
        return False
    named = [word for word in words[2:] if "." in word or ":" in word]
    return not named or peer is None or str(peer) in named
