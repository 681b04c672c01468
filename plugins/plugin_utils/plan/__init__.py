# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a remediation: an artefact that a person reads before anything is sent.

It names the cause, each end's exact command, the order and its reason, what is interrupted, what proves success and
what happens on failure. It also keeps the SPIs that were seen: an end is cleared only while it still shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Direction,
    End,
    Group,
    Judgement,
    Outcome,
    Severity,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._model import Plan, PlannedEnd
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import stale_end
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import (
    UnsafeStepError,
    clear_ipsec_sa,
    stimulate,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import CLEARABLE

__all__ = ["Plan", "PlannedEnd", "RefusedError", "plan", "spis_of"]


def plan(judgement: Judgement, addresses: Mapping[str, Sequence[Address]]) -> Plan | None:
    """The plan for a judged tunnel, or ``None`` when it is healthy and should be left alone.

    ``addresses`` are those by which the controller reaches the devices.

    :raises RefusedError: the tunnel is unknown or in transition, has one end, is broken by its configuration, or an end
        is reached only through it.
    """
    tunnel = judgement.tunnel
    if judgement.verdict is Verdict.HEALTHY:
        return None
    _check_judged(judgement)
    failing = _clearable(judgement)
    _check_not_in_band(tunnel, addresses)
    first, second = _order(tunnel)
    return Plan(
        tunnel=tunnel.name,
        cause=judgement.cause,
        failing=failing,
        ends=(_planned(*first), _planned(*second)),
        stimulus=stimulate.steps(tunnel),
        interrupts=f"every connection through {tunnel.name}, from the first clear until new SAs are up (seconds)",
        proof="IKE up at both ends; SPIs new, mirrored in two readings and counting both ways at both ends",
        on_failure="nothing is repeated: both ends are read again and the result is reported as it is",
    )


def _check_judged(judgement: Judgement) -> None:
    tunnel = judgement.tunnel
    if not tunnel.both:
        raise RefusedError("both-ends", f"{tunnel.name} has one end of ours: {tunnel.missing}. Nothing was cleared.")
    moving = [each for each in judgement.findings if each.outcome is Outcome.TRANSIENT]
    if judgement.verdict is Verdict.UNKNOWN and moving:
        raise RefusedError(
            "transient", f"{tunnel.name} is in transition ({moving[0].message}): wait two minutes and run this again."
        )
    if judgement.verdict is Verdict.UNKNOWN:
        raise RefusedError(
            "unknown", f"{tunnel.name} is unknown: {judgement.cause}. Nothing is cleared on what was not read."
        )


def _clearable(judgement: Judgement) -> tuple[str, ...]:
    """The failing rules that a clear mends, if no failing configuration would keep the SAs from coming back."""
    groups = {check.rule.id: check.rule.group for check in load()}
    failed = [each for each in judgement.findings if each.outcome is Outcome.FAIL]
    config = [each for each in failed if groups[each.rule] is Group.MATCH and each.severity is Severity.CRITICAL]
    if config:
        raise RefusedError(
            "cause", f"{config[0].message}: after a clear this configuration could not make SAs again. Fix it first."
        )
    failing = tuple(dict.fromkeys(each.rule for rule in CLEARABLE for each in failed if each.rule == rule))
    if not failing:
        raise RefusedError(
            "cause",
            f"{judgement.tunnel.name} is {judgement.verdict}, but not by SAs that a clear would mend: "
            f"{judgement.cause}. Next: {judgement.next_action}.",
        )
    return failing


def _check_not_in_band(tunnel: Tunnel, addresses: Mapping[str, Sequence[Address]]) -> None:
    networks = {
        network for lane in lanes(tunnel) for network in (lane.identities.local.network, lane.identities.remote.network)
    }
    for end in tunnel.ends:
        known = addresses.get(end.name)
        if known is not None and not known:
            raise RefusedError(
                "in-band",
                f"the name by which {end.name} is reached does not resolve here, so it cannot be ruled out that it is "
                "reached through this tunnel. Give it an address in the inventory (ansible_host).",
            )
        for address in known or ():
            inside = [network for network in networks if address in network]
            if inside:
                raise RefusedError(
                    "in-band",
                    f"{end.name} is reached at {address}, which lies in {inside[0]}: this tunnel may be the only way "
                    "to it, and clearing it could cut the session between the two clears. Give it an address outside "
                    "the tunnel (ansible_host), or clear from its console.",
                )


def _order(tunnel: Tunnel) -> tuple[tuple[End, str], tuple[End, str]]:
    """Both ends with the reason for their place: the stale end first; on a tie whoever answers, the initiator last."""
    stale, reason = stale_end(tunnel)
    first = stale
    if first is None:
        passive = [end for end in tunnel.ends if not end.initiates]
        answering = [end for end in tunnel.ends for sa in end.ike or () if (sa.role or "").lower() == "responder"]
        first = next(iter(passive or answering), tunnel.ends[0])
        reason = f"{reason}; {first.name} answers, and the end whose traffic rebuilds the tunnel comes last"
    other = tunnel.other(first)
    assert other is not None
    return (first, f"first: {reason}"), (other, "second: at once, so that the ends do not drift apart again")


def _planned(end: End, reason: str) -> PlannedEnd:
    try:
        step = clear_ipsec_sa.step(end.name, end.peer_address)
    except UnsafeStepError as error:
        raise RefusedError("peer-address", f"{end.name}: {error}.") from None
    assert end.peer_address is not None
    return PlannedEnd(end.name, end.peer_address, step, reason, spis_of(end))


def spis_of(end: End) -> dict[str, tuple[int, ...]]:
    """The SPIs an end shows for its peer, by direction."""
    return {
        direction.value: tuple(sorted(spi for entry in end.ipsec or () for spi in entry.spis(direction)))
        for direction in Direction
    }
