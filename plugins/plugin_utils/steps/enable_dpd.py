# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn dead peer detection on for one peer: ``isakmp keepalive threshold N retry M`` in its tunnel-group.

The words are the same on every release and drive IKEv2 too. The value counts from the next IKE SA on, because both
ends agree on DPD when they make one; the tunnel is not touched. Source: ASA command reference, ``isakmp keepalive``.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Keepalive, Origin, Tunnel, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import (
    GROUPS,
    Change,
    Counts,
    Setting,
    both_groups,
    change,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step, UnsafeStepError

THRESHOLD = range(10, 3601)
RETRY = range(2, 11)


def wanted(threshold: int, retry: int) -> Keepalive:
    """The keepalive that a user asks for.

    :raises UnsafeStepError: a value that the device would refuse.
    """
    if threshold not in THRESHOLD or retry not in RETRY:
        raise UnsafeStepError(
            f"threshold {threshold} retry {retry}: the threshold is {THRESHOLD[0]} to {THRESHOLD[-1]} seconds, the "
            f"retry {RETRY[0]} to {RETRY[-1]} seconds. Nothing was sent"
        )
    return Keepalive(threshold, retry, origin=Origin.READ)


def same(one: Keepalive, other: Keepalive) -> bool:
    """Equal in effect: a printed value and the same value by default are one."""
    return one.effect == other.effect


def setting(keepalive: Keepalive) -> Setting:
    """Dead peer detection as this keepalive, at both ends."""

    def changes(tunnel: Tunnel) -> tuple[Change, ...]:
        return tuple(_change(dpd, end, group, keepalive) for end, group in both_groups(tunnel, "DPD"))

    dpd = Setting("dpd", "DPD", Counts.IKE, (GROUPS,), _words, _lines, changes)
    return dpd


def _change(dpd: Setting, end: End, group: TunnelGroup, keepalive: Keepalive) -> Change:
    then = dataclasses.replace(end, tunnel_group=dataclasses.replace(group, keepalive=keepalive))
    needed = None if same(_of(end), keepalive) else step(end.name, group, keepalive)
    return change(dpd, end, then, f"{GROUPS} {group.name}", needed)


def _of(end: End) -> Keepalive:
    group = end.tunnel_group
    return (group.keepalive if group is not None else None) or Keepalive()


def _words(end: End) -> str:
    return str(_of(end))


def _lines(end: End) -> tuple[str, ...]:
    group = end.tunnel_group
    if group is None or group.keepalive is None:
        return ()
    return f"tunnel-group {group.name} ipsec-attributes", line(group.keepalive)


def step(device: str, group: TunnelGroup, keepalive: Keepalive) -> Step:
    """Set the keepalive of this tunnel-group, and know how to set back the present one."""
    head = f"tunnel-group {group.name} ipsec-attributes"
    before = group.keepalive or Keepalive()
    return Step(
        device=device,
        phase=Phase.CONFIGURE,
        commands=(head, line(keepalive)),
        interrupts="nothing; DPD is agreed with the next IKE SA",
        proof=f"'show running-config all tunnel-group {group.name}' shows {keepalive}",
        configure=True,
        undo=(head, line(before)),
    )


def line(keepalive: Keepalive) -> str:
    """The configuration line of a value."""
    if keepalive.disabled:
        return " isakmp keepalive disable"
    if keepalive.infinite:
        return " isakmp keepalive threshold infinite"
    return f" isakmp keepalive threshold {keepalive.threshold} retry {keepalive.retry}"
