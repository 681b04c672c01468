# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a remediation: an artefact that a person reads before anything is sent.

It names the cause, each end's exact command, the order and its reason, what is interrupted, what proves success and
what happens on failure. It also keeps the SPIs that were seen: an end is cleared only while it still shows them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._ladder import beyond, interrupts, notes, wait
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._model import Plan, PlannedEnd
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._order import order
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import AS_SHIPPED, Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import (
    UnsafeStepError,
    clear_ike_sa,
    clear_ipsec_sa,
    stimulate,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import CLEARABLE

__all__ = ["Plan", "PlannedEnd", "RefusedError", "plan", "spis_of"]


def plan(
    judgement: Judgement,
    addresses: Mapping[str, Sequence[Address]],
    settings: Settings = AS_SHIPPED,
    *,
    in_band: Mapping[str, str] = MappingProxyType({}),
    now: float = 0.0,
    also: Sequence[str] = (),
) -> Plan | None:
    """The plan for a judged tunnel, or ``None`` when it is healthy and should be left alone.

    ``addresses`` are those by which the controller reaches the devices. ``in_band`` says of the ends that are reached
    through this tunnel why that is so; they are here only where the operator allows it. ``also`` are further notes.

    :raises RefusedError: the tunnel is unknown or in transition, has one end, is broken by its configuration, or an end
        is reached only through it.
    """
    tunnel = judgement.tunnel
    if judgement.verdict is Verdict.HEALTHY:
        return None
    _check_judged(judgement)
    failing = _clearable(judgement)
    _check_not_in_band(tunnel, addresses)
    placed = _placed(tunnel, settings, in_band)
    seconds, reason = wait(judgement, failing)
    return Plan(
        tunnel=tunnel.name,
        cause=judgement.cause,
        failing=failing,
        ends=tuple(_planned(end, why, settings, in_band.get(end.name, "")) for end, why in placed),
        stimulus=tuple(step for step in stimulate.steps(tunnel) if step.device in {end.name for end, _ in placed}),
        interrupts=interrupts(tunnel, [end.name for end, _ in placed]),
        proof=_proof(len(placed)),
        on_failure="nothing is repeated: what can be reached is read again, and the result is reported as it is",
        stop=_stop(placed),
        wait=seconds,
        wait_reason=reason,
        left_alone=_left_alone(tunnel, placed),
        beyond=beyond(tunnel, ike=settings.ike),
        notes=(*also, *notes(judgement)),
        created=now,
    )


def _placed(tunnel: Tunnel, settings: Settings, in_band: Mapping[str, str]) -> tuple[tuple[End, str], ...]:
    if not settings.one_sided:
        return order(tunnel, in_band)
    return tuple((end, "the only one: one-sided, as asked") for end in tunnel.ends if end.name == settings.one_sided)


def _proof(ends: int) -> str:
    if ends == 1:
        return "IKE up; SPIs new; traffic counted both ways at this end, which shows that the other end answers"
    return "IKE up at both ends; SPIs new, mirrored in two readings and counting both ways at both ends"


def _stop(placed: Sequence[tuple[End, str]]) -> str:
    if len(placed) == 1:
        return "Ctrl-C: before the clear nothing has changed, after it the proof alone is left out"
    return (
        "Ctrl-C: before the first clear nothing has changed; between the two it waits for the second; after that the "
        "proof alone is left out"
    )


def _left_alone(tunnel: Tunnel, placed: Sequence[tuple[End, str]]) -> str:
    if len(placed) == 2:
        return ""
    ((end, _),) = placed
    other = tunnel.other(end)
    name = other.name if other else str(end.peer_address)
    return (
        f"{name} is not cleared. {end.name} tells it that its SAs are gone, but over IKEv1 nobody confirms that: if "
        f"{name} keeps the old ones, the tunnel stays broken until it, too, is cleared by whoever runs it"
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


def _planned(end: End, reason: str, settings: Settings, in_band: str) -> PlannedEnd:
    try:
        step = clear_ipsec_sa.step(end.name, end.peer_address)
        deeper = clear_ike_sa.step(end) if settings.ike else None
    except UnsafeStepError as error:
        raise RefusedError("peer-address", f"{end.name}: {error}.") from None
    assert end.peer_address is not None
    return PlannedEnd(end.name, end.peer_address, step, reason, spis_of(end), deeper, in_band, end.device.context)


def spis_of(end: End) -> dict[str, tuple[int, ...]]:
    """The SPIs an end shows for its peer, by direction."""
    return {
        direction.value: tuple(sorted(spi for entry in end.ipsec or () for spi in entry.spis(direction)))
        for direction in Direction
    }
