# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be so before the clears of a rung: both ends armed, the path alive, the SAs those that were planned for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import results
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.clearing import check
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.proving import only_tunnel, strangers
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.reading import Reading, judged, reading, spis_now
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.results import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.work import Proof, Work
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import PlannedEnd, spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Pause, Talk
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import ike_version

_RATE = re.compile(r"Success rate is (\d+) percent \((\d+)/(\d+)\)")


def before_the_first(work: Work) -> Talk[Result | None]:
    """Everything before the first clear of all. Returns a result when the tunnel mended itself meanwhile.

    :raises AbortError: with the gate that refuses.
    """
    for end in work.plan.ends:
        check(end, end.clear)
        if end.ike_clear:
            check(end, end.ike_clear)
    yield from work.arm()
    yield from work.sessions.note("armed", text=" and ".join(end.device for end in work.plan.ends))
    if work.plan.wait > 0 and (mended := (yield from _wait(work))):
        return mended
    yield from _underlay(work)
    if work.pairs:
        # A pair that has switched since answers on, from a unit where a clear clears nothing.
        yield from work.arm(work.pairs)
    if work.one_sided:
        yield from _carries_nothing(work)
    for end in work.plan.ends:
        yield from _compare(work, end)
    return None


def before_the_second(work: Work) -> Talk[Proof | None]:
    """Sample both ends anew and look again right before the clears: the IKE SA, too, is the one that was sampled.

    Returns the two readings, for whoever can tell whether the first rung did help, only later.

    :raises AbortError: with the gate that refuses.
    """
    yield from work.arm(again=True)
    first = yield from reading(work)
    sample = _held(work, first)
    for end in work.plan.ends:
        assert end.ike_clear is not None
        wanted = ike_version(check(end, end.ike_clear))
        seen = sample[end.device].versions
        if wanted and seen and wanted not in seen:
            raise AbortError(
                "changed",
                f"{end.device} has IKEv{max(seen)} to {end.peer}, and the plan was made for IKEv{wanted}",
            )
    yield from _underlay(work)
    second = yield from reading(work)
    now = _held(work, second)
    for device, held in now.items():
        if (held.spis, held.up) != (sample[device].spis, sample[device].up):
            raise AbortError(
                "changed",
                f"{device} shows {results.words(held.spis)} where it showed {results.words(sample[device].spis)} a "
                "moment ago: something renegotiated meanwhile",
            )
    return judged(work, first, second)


@dataclass(frozen=True)
class _Held:
    """What one end holds: its SPIs by direction, the versions of its IKE SAs, and of those that are up."""

    spis: dict[str, tuple[int, ...]]
    versions: frozenset[int]
    up: frozenset[int]


def _held(work: Work, now: Reading) -> dict[str, _Held]:
    proof = judged(work, now)
    ends = proof.tunnel.ends if proof else ()
    # The second reading is the one of now; the audit's must not stand in for it.
    unread = [end.name for end in ends if end.second is None or end.second_ike is None]
    if unread or not ends:
        raise AbortError("unread", f"the SAs of {' and '.join(unread) or work.tunnel.name} could not be read again")
    return {
        end.name: _Held(
            spis_of(end),
            frozenset(sa.version for sa in end.second_ike or ()),
            frozenset(sa.version for sa in end.second_ike or () if sa.up),
        )
        for end in ends
    }


def _compare(work: Work, end: PlannedEnd) -> Talk[None]:
    """Compare, then clear: the SPIs that the plan names must still be there, all of them and no others."""
    now = yield from spis_now(work, end)
    if now != dict(end.spis):
        raise AbortError(
            "changed",
            f"{end.device} shows {results.words(now)} to {end.peer}, the plan was made for "
            f"{results.words(end.spis)}: something renegotiated meanwhile",
        )


def _carries_nothing(work: Work) -> Talk[None]:
    """Of one end alone its counters are all that says whether it works, and they may have begun to grow since."""
    proof = judged(work, (yield from reading(work)))
    live = [lane for lane in proof.lanes if lane.up] if proof else []
    if live and all(side.grown(way) for lane in live for side in lane.sides for way in ("pkts encaps", "pkts decaps")):
        (end,) = work.plan.ends
        raise AbortError(
            "changed",
            f"{end.device} has counted traffic both ways to {end.peer} since the audit, which a clear would only "
            "interrupt",
        )


# --- the zeroth rung -------------------------------------------------------------------------------------------------


def _wait(work: Work) -> Talk[Result | None]:
    """Wait as the plan says and look twice: what mends itself needs no clear."""
    yield Pause(work.plan.wait, work.plan.wait_reason)
    # Minutes have passed: the login may be gone, or on a unit that is not the active one any more.
    yield from work.arm()
    first = yield from reading(work)
    yield Pause(work.settings.verify_interval, "between the two readings after the wait")
    proof = judged(work, first, (yield from reading(work)))
    if proof is None or proof.judgement.verdict in (Verdict.BROKEN, Verdict.UNKNOWN):
        return None
    up = proof.up
    if not up or not all(lane.mirrored for lane in up) or not all(map(alive, proof.tunnel.ends)):
        return None
    if not {lane.identities for lane in up} >= set(proof.before):
        return None
    held = {end.name: {spi for numbers in spis_of(end).values() for spi in numbers} for end in proof.tunnel.ends}
    new = all(numbers and not numbers & work.gone[device] for device, numbers in held.items())
    moves = all(side.grown(way) for lane in up for side in lane.sides for way in ("pkts encaps", "pkts decaps"))
    # New SPIs prove nothing of an end that nobody looked at.
    return results.healed_by_itself(work, proof, new) if moves or (new and not work.one_sided) else None


# --- the path underneath ---------------------------------------------------------------------------------------------


def _underlay(work: Work) -> Talk[None]:
    """The peers reach each other outside of the tunnel: a dark site is an outage, and a clear mends none.

    One answered ping proves both directions. Where ICMP is filtered, IKE that is up at every end proves it, as long as
    dead peer detection would have taken it down, and so do packets that arrived since the audit.
    """
    if not work.settings.underlay:
        return
    told = []
    for planned, end in zip(work.plan.ends, work.ends, strict=True):
        command = " ".join(filter(None, ("ping", end.interface, str(planned.peer))))
        answer = yield from work.sessions.ask(planned.device, command)
        rate = _RATE.search(answer.text)
        if rate and int(rate[1]):
            told.append("")
        elif rate:
            told.append(f"{planned.device} pinged {planned.peer}: {rate[2]} of {rate[3]} answered")
        else:
            why = answer.refusal or answer.incomplete or answer.text.strip() or "no answer"
            told.append(f"{planned.device} could not ping {planned.peer}: {why}")
    if not all(told):
        return
    proof = judged(work, (yield from reading(work)))
    ends = proof.tunnel.ends if proof else ()
    down = [end.name for end in ends if not any(sa.up for sa in end.second_ike or ())]
    unwatched = _unwatched(ends)
    if proof and (_arriving(proof) or not (down or unwatched)):
        return
    why = f"IKE is not up at {' and '.join(down) or work.tunnel.name}"
    if proof and not down:
        why = f"IKE shows as up, which proves nothing without dead peer detection ({' and '.join(unwatched)})"
    raise AbortError(
        "underlay",
        f"{'; '.join(told)}. {why}, and no packet of the tunnel has arrived since the audit",
    )


def _unwatched(ends: Sequence[End]) -> list[str]:
    """The ends for which nobody notices that the other one is gone: an IKE SA then stays up for a day.

    One end that turned dead peer detection off turns it off for both (RFC 3706).
    """
    known = [(end.name, end.tunnel_group.keepalive) for end in ends if end.tunnel_group and end.tunnel_group.keepalive]
    asks = len(known) < len(ends) or any(keepalive.asks for _, keepalive in known)
    return [name for name, keepalive in known if keepalive.disabled or not asks]


def _arriving(proof: Proof) -> bool:
    """Packets of the peer since the audit: decrypted, or refused for an SA that is gone."""
    if any(side.grown("pkts decaps") for lane in proof.lanes for side in lane.sides):
        return True
    return any(only_tunnel(end) and strangers(end) for end in proof.tunnel.ends)
