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
    Judgement,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._ladder import beyond, interrupts, notes, wait
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._model import Plan, PlannedEnd
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._order import order
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import (
    RefusedError,
    Situation,
    Stage,
    refusals,
    refused,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails.cause import clearable
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import AS_SHIPPED, Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import (
    clear_ike_sa,
    clear_ipsec_sa,
    stimulate,
)

__all__ = ["Plan", "PlannedEnd", "RefusedError", "plan", "spis_of"]


def plan(
    judgement: Judgement,
    addresses: Mapping[str, Sequence[Address]],
    settings: Settings = AS_SHIPPED,
    *,
    in_band: Mapping[str, str] = MappingProxyType({}),
    sources: Mapping[str, Address] = MappingProxyType({}),
    now: float = 0.0,
    also: Sequence[str] = (),
) -> Plan | None:
    """The plan for a judged tunnel, or ``None`` when it is healthy and should be left alone.

    ``addresses`` are those by which the controller reaches the devices, ``sources`` its own towards each. ``in_band``
    says of the ends that are reached through this tunnel why that is so; they are here only where the operator allows
    it. ``also`` are further notes.

    :raises RefusedError: of the first rail that refuses what was read.
    """
    tunnel = judgement.tunnel
    if judgement.verdict is Verdict.HEALTHY:
        return None
    known = {name: tuple(each) for name, each in addresses.items()}
    situation = Situation(judgement, settings, now, known, sources=sources)
    # Before the rails: of what a standby unit shows they would say no more than that it is not known.
    for end in situation.ends:
        if end.device.standby:
            raise refused("standby", f"{end.name} is the standby unit of its pair, and its SAs are copies", tunnel.name)
    for refusal in refusals(situation, Stage.TUNNEL):
        raise refusal
    failing = clearable(judgement)
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


def _planned(end: End, reason: str, settings: Settings, in_band: str) -> PlannedEnd:
    step = clear_ipsec_sa.step(end.name, end.peer_address)
    deeper = clear_ike_sa.step(end) if settings.ike else None
    assert end.peer_address is not None
    return PlannedEnd(end.name, end.peer_address, step, reason, spis_of(end), deeper, in_band)


def spis_of(end: End) -> dict[str, tuple[int, ...]]:
    """The SPIs an end shows for its peer, by direction."""
    return {
        direction.value: tuple(sorted(spi for entry in end.ipsec or () for spi in entry.spis(direction)))
        for direction in Direction
    }
