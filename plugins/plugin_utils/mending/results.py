# SPDX-License-Identifier: GPL-3.0-or-later
"""How a mending ended, in a word of the design and in sentences for whoever is on call."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.work import Proof, Work
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Judgement,
    Snapshot,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import spis_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Lane, spis
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import FIRED
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import is_clear
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.telling import NO_EFFECT
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge

# Longer apart, and the first end may have negotiated anew with SAs that the second clear then takes away.
GAP = 5.0
NEXT = "Next: run the audit (ansible-playbook playbooks/audit.yml)."
_ORDER = (Verdict.HEALTHY, Verdict.DEGRADED, Verdict.BROKEN)


@dataclass(frozen=True)
class Result:
    """How it ended. ``outcome`` is a word of the design; ``judgement`` is the last one made, if any.

    ``gap`` is the time between the two clears in seconds, if both were sent; of the last rung that was taken.
    ``complaint`` is what must be looked at although nothing went wrong; it stands in ``text``, too.
    """

    outcome: str
    text: str
    actions: tuple[Action, ...] = ()
    gap: float | None = None
    judgement: Judgement | None = None
    devices: tuple[Device, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    complaint: str = ""

    @property
    def good(self) -> bool:
        """Whether nobody has to look at it: healed, left alone, or watched by a shadow mode that does not complain."""
        left_alone = self.outcome == "no_change" and not self.cleared
        return left_alone or (self.outcome in ("healed", "shadow") and not self.complaint)

    @property
    def cleared(self) -> bool:
        """Whether something may have been cleared: an answer that was lost or cut is no proof that nothing was."""
        sent = any(is_clear(each.command) for each in self.actions)
        return sent and not self.outcome.startswith("aborted_gate:")


def of(work: Work, outcome: str, text: str, proof: Proof | None = None) -> Result:
    judgement, devices = (proof.judgement, proof.devices) if proof else (None, ())
    return Result(outcome, text, tuple(work.sessions.actions), work.gap, judgement, devices, tuple(work.snapshots))


def left_alone(judgement: Judgement) -> str:
    """Why a tunnel that is judged healthy is not touched. One without SAs may be down, as long as nobody uses it."""
    tunnel = judgement.tunnel
    if any(numbers for end in tunnel.ends for numbers in spis_of(end).values()):
        return f"{tunnel.name} is healthy ({judgement.cause}): it was left alone."
    return (
        f"{tunnel.name} is idle: neither end has SAs, so there is nothing to clear. Whether traffic makes them is not "
        "proven: send some through it, and if none passes, run the audit with -e audit_stimulus=true."
    )


def aborted(work: Work, gate: str, why: str) -> Result:
    # Of any other gate the unit that was tried last need not be the one that is active.
    moved = switched(work) if gate == "changed" else ""
    return of(work, f"aborted_gate:{gate}", f"Nothing was cleared. {why}{moved}")


def interrupted(work: Work) -> Result:
    kinds = {"done": "", FIRED: " (its answer was not waited for)"}
    clears = [each for each in work.clears if each.result in kinds]
    sent = ", ".join(f"{each.device} {moment(each.time)}{kinds[each.result]}" for each in clears)
    words = f"Interrupted: {f'cleared {sent}' if sent else 'no clear was confirmed'}; the proof was not finished."
    if work.trouble:
        words += f" {work.trouble}"
    return of(work, "unfinished", f"{words} {NEXT}")


def rescued(work: Work, error: Exception, now: str, proven: Result | None) -> Result:
    """Something went wrong in here after the first clear: what stands at the devices is told, and nothing repeated."""
    what = f"this run failed ({type(error).__name__}: {error}), and nothing was repeated. {now} {NEXT}"
    if proven is None:
        return of(work, "half_cleared", f"After the first clear {what}")
    return replace(proven, text=f"{proven.text} After that {what}", snapshots=tuple(work.snapshots))


def healed_by_itself(work: Work, proof: Proof, new: bool) -> Result:
    where = work.plan.ends[0].device if work.one_sided else "both ends"
    moves = f"the counters of {where} grow both ways"
    seen = f"the SPIs are new at {where} and mirror" if new and not work.one_sided else moves
    words = f"{work.tunnel.name}: nothing was cleared. Something else mended it while this run waited: {seen}."
    return of(work, "no_change", words, proof)


def healed(work: Work, proof: Proof, waiting: Sequence[str] = ()) -> Result:
    if work.one_sided:
        (only,) = work.plan.ends
        words = f"{work.tunnel.name}: new SPIs at {only.device}, in use in two readings, counting both ways."
    else:
        words = f"{work.tunnel.name}: new SPIs at both ends, mirrored in two readings, counting both ways."
    words += apart(work)
    if work.rung == 2:
        words += " It took the second rung: the IKE SAs were cleared, too."
    if work.one_sided:
        words += (
            f" {only.peer} was neither cleared nor read: packets that come back show that it uses the new SAs, and "
            "nothing shows whether it keeps old ones besides."
        )
    words += switched(work)
    if work.trouble:
        words += f" One clear did not go as planned ({work.trouble.rstrip('.')}), and the tunnel works all the same."
    if work.aside:
        words += f" {work.aside}"
    if not waiting:
        return of(work, "healed", words, proof)
    words += f" Not proven for {len(waiting)} of {len(proof.identities)} proxy identities: {'; '.join(waiting)}."
    if lost := _lost(work, proof):
        return of(work, "worse", f"{words} {lost}", proof)
    return of(work, "healed_partial", words, proof)


def not_healed(work: Work, proof: Proof | None, missing: str) -> Result:
    proven = "is not healed" if proof else "is not proven to be healed"
    words = f"{work.tunnel.name} {proven} after {work.settings.verify_timeout:g} s: {missing.rstrip('.')}.{apart(work)}"
    if work.rung == 2:
        words += " The second rung was taken, too: the IKE SAs were cleared."
    words += switched(work)
    if work.trouble:
        words += f" {work.trouble}"
    if proof and all(dict(work.planned(end.name).spis) == spis_of(end) for end in proof.judgement.tunnel.ends):
        held = f"{work.plan.ends[0].device} holds" if work.one_sided else "Both ends hold"
        undone = f": {NO_EFFECT}" if work.trouble else ""
        return of(work, "no_change", f"{words} {held} the SAs of before{undone}.", proof)
    worse = _worse(work, proof) if proof else ""
    words = f"{words} {worse}".rstrip()
    return of(work, "half_cleared" if work.trouble else "worse" if worse else "not_healed", words, proof)


def broke_again(work: Work, first: Result, proof: Proof | None, missing: str, seconds: float) -> Result:
    words = f"{work.tunnel.name} worked for {seconds:g} s and broke again: {missing.rstrip('.')}."
    return of(work, "not_healed", f"{words} Before that: {first.text}", proof)


def _worse(work: Work, proof: Proof) -> str:
    """In what it is worse than before the clear, or nothing."""
    if lost := _lost(work, proof):
        return lost
    before, now = judge(work.tunnel, rules.load()).verdict, proof.judgement.verdict
    if before in _ORDER and now in _ORDER and _ORDER.index(now) > _ORDER.index(before):
        return f"It is worse than before: it was {before}, and is {now} now."
    return ""


def _lost(work: Work, proof: Proof) -> str:
    """The proxy identities that carried traffic both ways before and have no SAs that fit now, as a sentence."""
    now = {lane.identities: lane for lane in proof.lanes}
    carried = [lane for lane in work.lanes_before if _carries(lane)]
    down = [lane for lane in carried if not (lane.identities in now and now[lane.identities].mirrored)]
    if not down:
        return ""
    return f"It is worse than before: {', '.join(map(str, down))} carried traffic both ways, and is down now."


def _carries(lane: Lane) -> bool:
    return all(side.grown(counter) for side in lane.sides for counter in ("pkts encaps", "pkts decaps"))


def apart(work: Work) -> str:
    """How far apart the clears went out, as a sentence to append."""
    if work.gap is None:
        return ""
    device = work.plan.ends[0].device
    late = f"{device} answered late" if work.answered > work.gap / 2 else "this controller was slow to note them"
    slow = f", more than the {GAP:g} s that are meant: {late}"
    return f" The clears went out {work.gap:.1f} s apart{slow if work.gap > GAP else ''}."


def switched(work: Work) -> str:
    """Which device was found at another unit of its pair than it was read at, as a sentence to append."""
    found = work.sessions.hosts.items()
    return "".join(f" {device}'s failover pair had switched over to {host}." for device, host in found if host)


def words(held: Mapping[str, tuple[int, ...]]) -> str:
    return " and ".join(f"{way} {spis(numbers)}" for way, numbers in held.items() if numbers) or "no SA"


def moment(seconds: float) -> str:
    return time.strftime("%H:%M:%SZ", time.gmtime(seconds))
