# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that the tunnel works again: read both ends until the proof is complete or the time is up.

Complete is: IKE up at both ends; SPIs that are new, and mirror in two readings; both counters of each end growing, for
every pair of proxy identities that had SAs before; nobody sending on SAs that are gone. Of a tunnel that is mended at
one end alone, only what that end shows can be proven.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError, saw
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import results
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.reading import judged, reading
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.results import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.work import Proof, Work
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, ProxyIdentities, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive, spis
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._statistics import trouble
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import LostError, Pause, StoppedError, Talk

# Seconds before a device that was lost is tried again.
RETRY = 5.0
# Seconds between two words of progress while a tunnel soaks.
STEP = 60.0
_MISSING_SA = "missing_sa_failures"


@dataclass(frozen=True)
class Found:
    """What the last round of a proof found.

    ``missing`` keeps the whole tunnel from being healed; ``waiting`` says so of single proxy identities. ``unread`` is
    true when the last round could not be read to its end: ``missing`` then says why, and there is no proof, since what
    an earlier round showed is not how the tunnel is now.
    """

    proof: Proof | None = None
    missing: str = ""
    waiting: dict[ProxyIdentities, str] = field(default_factory=dict)
    unread: bool = False

    @property
    def partial(self) -> bool:
        return self.proof is not None and not self.missing and len(self.waiting) < len(self.proof.identities)

    @property
    def why(self) -> str:
        return self.missing or "; ".join(self.waiting.values())


def prove(work: Work) -> Talk[tuple[Result, Found]]:
    """The proof of one rung, from the moment of its clears."""
    deadline = work.clock() + work.settings.verify_timeout
    yield Pause(work.settings.settle, "letting the clears take effect")
    lost = work.trouble or (f"{' and '.join(work.in_band)} is reached through the tunnel" if work.in_band else "")
    found = yield from _rounds(work, deadline, lost)
    if found.proof and found.partial:
        return results.healed(work, found.proof, tuple(found.waiting.values())), found
    return results.not_healed(work, found.proof, found.why), found


def late(work: Work, proof: Proof | None) -> tuple[Result, Found] | None:
    """What a rung did help, after its time was up; nothing when it did not."""
    if proof is None or _missing(work, proof) or _waiting(proof):
        return None
    return results.healed(work, proof), Found(proof)


def soak(work: Work, first: Result, before: Found) -> Talk[Result]:
    """Leave a tunnel that works alone for a while and look at it once more."""
    began, left = work.clock(), work.settings.soak
    try:
        while left > 0:
            yield Pause(min(left, STEP), f"{work.tunnel.name} works; looking once more in", ahead=left)
            left -= STEP
            if left > 0:
                # For whoever finds the record of a run that was killed, and for whoever keeps the tunnel for it.
                yield from work.sessions.note("watching", text=f"looking once more in {duration(left)}")
        # Idle for minutes, a login may have been ended by the device.
        found = yield from _rounds(
            work, work.clock() + work.settings.verify_timeout, "the wait is over", before.waiting
        )
    except StoppedError:
        done = min(work.clock() - began, work.settings.soak)
        words = f" It was not watched to the end: interrupted after {done:.0f} of {work.settings.soak:g} s."
        yield from work.sessions.note("interrupted", text=words.strip())
        return dataclasses.replace(
            results.of(work, first.outcome, first.text + words), judgement=first.judgement, devices=first.devices
        )
    seconds = work.settings.soak
    if found.proof and found.partial and found.waiting.keys() <= before.waiting.keys():
        return results.of(work, first.outcome, f"{first.text} It works still, {seconds:g} s later.", found.proof)
    if found.unread and not work.in_band:
        words = f" After {seconds:g} s it could not be looked at again: {found.missing.rstrip('.')}."
        return dataclasses.replace(
            results.of(work, first.outcome, first.text + words), judgement=first.judgement, devices=first.devices
        )
    return results.broke_again(work, first, found.proof, found.why, seconds)


def _rounds(work: Work, deadline: float, lost: str, spared: Collection[ProxyIdentities] = ()) -> Talk[Found]:
    """Round after round until the proof is complete, ``spared`` identities left out, or the deadline has passed.

    ``lost`` is why the logins must be armed again first; empty when they stand.
    """
    doubted = False
    while True:
        proof: Proof | None = None
        waiting: dict[ProxyIdentities, str] = {}
        try:
            if lost:
                yield from _arm_again(work)
            elif doubted:
                # A login outlives the switch of a pair, and then shows the copies of a standby unit.
                yield from work.arm(work.pairs, again=True)
            lost = ""
            yield from _stimulate(work)
            first = yield from reading(work)
            yield from _stimulate(work)
            yield Pause(work.settings.verify_interval, "between the two readings of the proof")
            proof = judged(work, first, (yield from reading(work)))
            missing = _missing(work, proof)
            waiting = _waiting(proof) if proof and not missing else {}
        except (LostError, AbortError) as error:
            missing = lost = saw(error)
        doubted = bool(missing and work.pairs)
        found = Found(proof, missing, waiting, bool(lost))
        if proof and not missing and waiting.keys() <= set(spared) and (found.partial or not waiting):
            return found
        if work.clock() >= deadline:
            return found
        yield from work.sessions.note("not_yet", text=found.why)
        # A login to a unit by its own address outlives a failover, and what the standby unit shows proves nothing.
        if lost:
            yield Pause(RETRY, "before the next login")


def _arm_again(work: Work) -> Talk[None]:
    """After a loss: what the next login shows proves nothing unless it is on the same device.

    A device that is reached through the tunnel answers when the other end's traffic has rebuilt that.
    """
    outside = {end.device for end in work.plan.ends}.difference(work.in_band)
    yield from work.arm(outside, again=True)
    if work.in_band:
        with contextlib.suppress(LostError):
            yield from _stimulate(work, outside)
        yield from work.arm(work.in_band, again=True)


def _stimulate(work: Work, devices: Collection[str] | None = None) -> Talk[None]:
    touched = {end.device for end in work.plan.ends}
    for step in work.plan.stimulus:
        if step.device in (touched if devices is None else devices):
            for command in step.commands:
                yield from work.sessions.ask(step.device, command)


def _missing(work: Work, proof: Proof | None) -> str:
    """What keeps the tunnel from being healed, or nothing."""
    if proof is None:
        return "neither end shows the tunnel"
    judgement = proof.judgement
    # What the other end shows is unknown when only one is touched.
    if judgement.verdict is Verdict.BROKEN or (judgement.verdict is Verdict.UNKNOWN and not work.one_sided):
        return f"the tunnel is {judgement.verdict}: {judgement.cause}"
    for end in judgement.tunnel.ends:
        if end.ipsec is None:
            return f"the SAs of {end.name} were not read"
        if not alive(end):
            return f"no IKE SA is up at {end.name}"
        held = {number for numbers in spis_of(end).values() for number in numbers}
        if kept := work.gone[end.name] & held:
            return f"{end.name} still holds the SPI {spis(kept)} of before"
    if not proof.up:
        return "no SA has come up yet"
    crossed = [str(lane) for lane in proof.up if not lane.mirrored]
    if crossed:
        return f"the SPIs of {', '.join(crossed)} do not mirror"
    return _strangers(work, proof)


def _strangers(work: Work, proof: Proof) -> str:
    """Packets that came for SAs that are gone: of this tunnel, if it can be told, else for the operator to know.

    The counter is the whole device's: it accuses this tunnel when the device has no other, or when the tunnel shows
    trouble of its own.
    """
    work.aside = ""
    for end in proof.tunnel.ends:
        if growth := strangers(end):
            words = f"{end.name} got {growth} packets for SAs that it does not hold"
            if only_tunnel(end) or trouble(proof.tunnel):
                return f"{words}: somebody still sends on SAs of before"
            work.aside = f"{words}; it has other tunnels, and this one shows no trouble."
    return ""


def strangers(end: End) -> int:
    """How many packets came for SAs that this device does not hold, between the two newest readings."""
    counts = [
        reading.statistics.totals[_MISSING_SA]
        for reading in end.device.readings[-2:]
        if reading.statistics is not None and _MISSING_SA in reading.statistics.totals
    ]
    return counts[1] - counts[0] if len(counts) == 2 else 0


def only_tunnel(end: End) -> bool:
    """The configuration has this tunnel alone: one map entry, to one peer, and none for peers it does not know."""
    entries = end.device.config.crypto_maps if end.device.config else ()
    return len(entries) == 1 and len(entries[0].peers) == 1 and entries[0].dynamic_map is None


def _waiting(proof: Proof) -> dict[ProxyIdentities, str]:
    """The proxy identities that are not up again, or have not been seen to carry traffic both ways."""
    again = {lane.identities: lane for lane in proof.up}
    words = {}
    for identities in proof.identities:
        lane = again.get(identities)
        silent = [
            f"{side.end.name} has {way} nothing"
            for side in (lane.sides if lane else ())
            for counter, way in (("pkts encaps", "sent"), ("pkts decaps", "received"))
            if not side.grown(counter)
        ]
        if lane is None or silent:
            words[identities] = f"{identities}: {', '.join(silent) or 'no SA yet, it waits for traffic'}"
    return words
