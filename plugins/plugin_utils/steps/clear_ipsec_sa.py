# SPDX-License-Identifier: GPL-3.0-or-later
"""Clear the IPsec SAs of one peer: ``clear crypto ipsec sa peer X``, the same on every release from 7.0.

Without its last word the command clears every tunnel of the device, so the peer is one literal address, checked here
and nowhere else. Source: ASA command reference, ``clear crypto ipsec sa``.
"""

from __future__ import annotations

from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step, UnsafeStepError


def literal(peer: Address | str | None) -> Address:
    """The peer as one address. Without it a clear takes every tunnel of the device.

    :raises UnsafeStepError: the peer is not one literal, specified unicast address.
    """
    try:
        address = ip_address(str(peer or "").strip())
    except ValueError:
        raise UnsafeStepError(
            f"the peer {str(peer or '')!r} is not one literal address: without it the command would clear every tunnel "
            "of the device. Nothing was sent"
        ) from None
    # A scope id may hold any characters, a line break too.
    if address.is_unspecified or address.is_multicast or address.is_loopback or getattr(address, "scope_id", None):
        raise UnsafeStepError(f"the peer {address} is no address of a peer. Nothing was sent")
    return address


def command(peer: Address | str | None) -> str:
    """The one line that is sent; raises as :func:`literal`."""
    return f"clear crypto ipsec sa peer {literal(peer)}"


def step(device: str, peer: Address | str | None) -> Step:
    """Clear every IPsec SA between ``device`` and ``peer``; the IKE SA stays."""
    return Step(
        device=device,
        phase=Phase.CLEAR,
        commands=(command(peer),),
        interrupts=f"all traffic between {device} and {peer}, until the next packet has negotiated new SAs (seconds)",
        proof="the SPIs of both ends are new, mirror each other and count in both directions",
        undo_note="nothing to take back: the next packet that the crypto map protects makes new SAs",
    )
