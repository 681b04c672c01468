# SPDX-License-Identifier: GPL-3.0-or-later
"""Child SAs have an IKE SA."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._clear import clears
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import (
    Lane,
    alive,
    in_step,
    lanes,
    sides,
    why_not,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names

RULE = Rule(
    id="child-without-ike",
    title="Child SAs have an IKE SA",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="DPD and delete notices travel in the IKE SA. Without one nothing can tell the peer that an SA is gone: "
    "clearing one end never reaches the other, so both ends must be cleared.",
    reads=("show crypto ipsec sa", "show crypto isakmp sa"),
    sources=("RFC 3706", "ASA syslog messages, 713113 and 713114"),
    fixed_by="clear_ipsec_sa",
    safe=True,
)
SUBJECT = "IKE SA of the child SAs"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    unread = [end for end in tunnel.ends if end.ike is None or end.ipsec is None]
    for end in unread:
        yield RULE.unknown(tunnel, SUBJECT, f"the SAs of {end.name} were not read")
    holders = [end for end in tunnel.ends if end not in unread and any(side.up for side in sides(end).values())]
    orphans = [end for end in holders if not alive(end)]
    if any(_was_alive(end) for end in orphans):
        yield RULE.transient(tunnel, SUBJECT, f"{names(orphans)}: lost its IKE SA between the readings")
    elif orphans and (reason := why_not(tunnel)):
        words = f"{names(orphans)}: none, and whether the SPIs mirror is not known: {reason}"
        yield RULE.fails(tunnel, SUBJECT, words, severity=Severity.WARNING)
    elif orphans and in_step(tunnel):
        # In IKEv1 child SAs outlive their IKE SA and carry traffic.
        words = f"{names(orphans)}: none, and the SPIs still mirror"
        yield RULE.fails(tunnel, SUBJECT, words, severity=Severity.WARNING)
    elif orphans and (moving := _moving(tunnel)) is not None:
        yield RULE.transient(tunnel, SUBJECT, moving.unsettled, where=str(moving))
    elif orphans:
        yield RULE.fails(tunnel, SUBJECT, f"{names(orphans)}: none", fix=clears(tunnel))
    elif holders and not unread:
        yield RULE.passes(tunnel, SUBJECT, f"{names(holders)}: up")
    elif not unread:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SA at any end")


def _was_alive(end: End) -> bool:
    return end.second_ike is not None and any(sa.up for sa in end.first_ike or ())


def _moving(tunnel: Tunnel) -> Lane | None:
    """A lane that does not mirror, and may already be otherwise."""
    return next((lane for lane in lanes(tunnel) if lane.up and lane.unsettled and not lane.mirrored), None)
