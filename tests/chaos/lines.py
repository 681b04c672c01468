# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that a device may get, and how those are known that take SAs away."""

from __future__ import annotations

import re

#: What may be typed at any time. ``ping`` and ``packet-tracer`` make a packet, ``changeto`` chooses a context.
HARMLESS = re.compile(
    r"(?:show |terminal pager 0$|no terminal pager$|enable$|exit$|ping |packet-tracer input |changeto context \S+$)"
)
#: Whatever a device may take for something that takes SAs away, however it is abbreviated.
CLEARS = re.compile(r"\s*(?:cl[a-z]*|vpn-s[a-z-]*)\b", re.IGNORECASE)
#: The same, aimed at one peer. The lab's addresses are IPv4.
_PEER = r"(?P<peer>\d{1,3}(?:\.\d{1,3}){3})"
SCOPED = re.compile(
    rf"(?:clear crypto ipsec sa peer {_PEER}"
    rf"|clear crypto ikev[12] sa {_PEER.replace('peer', 'ike')}"
    rf"|vpn-sessiondb logoff (?:ipaddress|tunnel-group) {_PEER.replace('peer', 'session')} noconfirm)"
)
#: Between the two clears, in seconds.
GAP = 5.0
#: What a run must say when it was longer.
LATE = f"more than the {GAP:g} s that are meant"
