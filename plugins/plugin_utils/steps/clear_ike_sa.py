# SPDX-License-Identifier: GPL-3.0-or-later
"""Clear the IKE SA of one peer, and with it its child SAs: the rung after ``clear crypto ipsec sa peer``.

From 8.4 on ``clear crypto ikev1|ikev2 sa X`` names one peer, without the word ``peer``. Before that ``clear crypto
isakmp sa`` takes every peer's, so the session of the one peer is logged off instead. Source: ASA command reference,
``clear crypto ikev1``, ``clear crypto ikev2``, ``vpn-sessiondb logoff``.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step, UnsafeStepError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps.clear_ipsec_sa import literal

_PER_PEER = Version(8, 4)


def step(end: End) -> Step:
    """Clear the IKE SA between this end and its peer, by the release and by the version of IKE that is spoken.

    :raises UnsafeStepError: the peer is not one literal address, or the release was not read.
    """
    return Step(
        device=end.name,
        phase=Phase.CLEAR,
        commands=(command(end),),
        interrupts=f"all traffic between {end.name} and {end.peer_address}, until IKE and its children are made anew",
        proof="an IKE SA is up again; the SPIs of both ends are new, mirror each other and count in both directions",
        undo_note="nothing to take back: the next packet that the crypto map protects begins a new negotiation",
    )


def command(end: End) -> str:
    """The one line that is sent; see :func:`step`."""
    peer = literal(end.peer_address)
    version = end.device.version
    if version is None:
        raise UnsafeStepError(
            f"the release of {end.name}, on which its command depends, was not read. Nothing was sent"
        )
    if version < _PER_PEER:
        return f"vpn-sessiondb logoff ipaddress {peer} noconfirm"
    return f"clear crypto ikev{_spoken(end)} sa {peer}"


def _spoken(end: End) -> int:
    """The version of IKE that is up, or else the one that the configuration speaks."""
    versions = {sa.version for sa in end.ike or ()}
    if len(versions) == 1:
        return versions.pop()
    entry = end.map_entry
    return 2 if entry is not None and entry.ikev2_proposals and not entry.transform_sets else 1
