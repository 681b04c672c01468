# SPDX-License-Identifier: GPL-3.0-or-later
"""Two ends are never read at one instant: what their counters prove of each other, and what they do not.

One end's growth covers other moments than the other's. Loss is proven by an end whose readings enclose those of the
sender: it had every packet of the sender to count. Else packets that passed in the moments which the receiver did not
count look like loss, and those are not moments like any other: a login through the tunnel makes its packets just then.
"""

from __future__ import annotations

import math

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Side

# Traffic comes in bursts: what passes in some moments may be so much more than the mean.
BURST = 2


def uncounted(sender: Side, receiver: Side, flight: float = 0.0) -> float:
    """The moments between the sender's readings that may not lie between the receiver's, as a share of the former.

    0 when the receiver's readings enclose the sender's; infinite when the moments are not known. ``flight`` is for how
    many seconds a packet may be on its way.
    """
    first, last = sender.end.device.readings[0], sender.end.device.readings[-1]
    early, late = receiver.end.device.readings[0], receiver.end.device.readings[-1]
    apart = max(0.0, early.finished - first.started) + max(0.0, last.finished + flight - late.started)
    window = last.started - first.finished
    return apart / window if math.isfinite(apart) and window > 0 else math.inf


def elsewhen(sender: Side, receiver: Side) -> bool:
    """Of what came back to the sender the receiver has counted less than half: most of it passed in other moments.

    What the receiver has not counted of the other way it may well not have counted of this one.
    """
    return (sender.grown("pkts decaps") or 0) > BURST * (receiver.grown("pkts encaps") or 0)


def counts(side: Side) -> str:
    return f"{side.end.name}: encaps +{side.grown('pkts encaps')} decaps +{side.grown('pkts decaps')}"
