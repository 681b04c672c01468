# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a mending: gates, clears, proof; a second rung where the plan allows one; and a last look."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError, Identity, saw
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import gates, results
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.clearing import clear
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.proving import Found, late, prove, soak
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.reading import spis_now
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.results import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.work import Work
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Snapshot, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    LostError,
    PrivilegeError,
    Shield,
    StoppedError,
    Talk,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings


@dataclass
class Mender:
    """One run on one tunnel. ``seen`` are the snapshots the plan was made of, by device.

    ``expected`` is who the devices are by the inventory, ``units`` other hosts of the inventory by which they are
    reached. ``may_go`` is asked right before the clears of each rung, since minutes may have passed: it returns the
    refusal of a rail that would not let them pass now, and asks no device. ``proven`` is the result as it stands when
    ``proven`` is noted: the tunnel works, and is only watched from then on.
    """

    plan: Plan
    tunnel: Tunnel
    seen: Mapping[str, Snapshot]
    clock: Callable[[], float]
    foreign_peers: Sequence[Address] = ()
    settings: Settings = field(default_factory=Settings)
    expected: Mapping[str, Identity] = field(default_factory=dict)
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    may_go: Callable[[], RefusedError | None] = lambda: None
    proven: Result | None = None

    def run(self) -> Talk[Result]:
        """The whole sequence. Whatever is thrown in, it ends in a :class:`Result`, and no clear is sent twice."""
        work = Work(
            self.plan, self.tunnel, self.seen, self.clock, self.foreign_peers, self.settings,
            self.expected, self.units, self.may_go,
        )  # fmt: skip
        result = yield from self._whole(work)
        return dataclasses.replace(result, actions=tuple(work.sessions.actions))

    def _whole(self, work: Work) -> Talk[Result]:
        try:
            if mended := (yield from gates.before_the_first(work)):
                yield from work.sessions.note("no_change", text=mended.text)
                return mended
            if stopped := self.may_go():
                return (yield from _refused(work, stopped))
            yield Shield(True)
        except AbortError as abort:
            return (yield from _aborted(work, abort.gate, abort.seen))
        except PrivilegeError as low:
            return (yield from _aborted(work, "privilege", str(low)))
        except LostError as lost:
            return (yield from _aborted(work, "session", str(lost)))
        except StoppedError:
            return (yield from _aborted(work, "interrupted", "The run was interrupted"))
        try:
            refused = yield from clear(work, [(end, end.clear) for end in self.plan.ends])
            yield Shield(False)
            if refused:
                return (yield from _aborted(work, refused.gate, refused.seen))
            return (yield from self._proof(work))
        except StoppedError:
            result = results.interrupted(work)
            yield from work.sessions.note("interrupted", text=result.text)
            return result
        except Exception as error:  # whatever it is, an end was cleared, and somebody must be told how it stands
            return (yield from _rescued(work, error, self.proven))

    def _proof(self, work: Work) -> Talk[Result]:
        result, found = yield from prove(work)
        if result.outcome in ("not_healed", "no_change") and self._may_climb(work):
            result, found = yield from _second_rung(work, result, found)
        if result.outcome not in ("healed", "healed_partial"):
            return result
        self.proven = result
        yield from work.sessions.note("proven", text=result.text)
        return (yield from soak(work, result, found)) if work.settings.soak > 0 else result

    def _may_climb(self, work: Work) -> bool:
        """After clears that were carried out and did not help. Where one failed, nobody knows what more would meet."""
        return not work.trouble and all(end.ike_clear for end in self.plan.ends)


def _second_rung(work: Work, first: Result, found: Found) -> Talk[tuple[Result, Found]]:
    """Behind the same gates, clear the IKE SAs too. A gate that refuses leaves the first rung's result as it is."""
    yield from work.sessions.note("second_rung", text=first.text)
    try:
        sample = yield from gates.before_the_second(work)
        if helped := late(work, sample):
            return helped
        if stopped := work.may_go():
            return _not_taken(first, str(stopped)), found
        yield Shield(True)
    except AbortError as refusal:
        return _not_taken(first, str(refusal)), found
    except LostError as lost:
        return _not_taken(first, rails.message("session", str(lost))), found
    work.next_rung(sample)
    steps = [(end, end.ike_clear) for end in work.plan.ends if end.ike_clear]
    refused = yield from clear(work, steps)
    yield Shield(False)
    if refused:
        return _not_taken(dataclasses.replace(first, actions=tuple(work.sessions.actions)), str(refused)), found
    return (yield from prove(work))


def _not_taken(first: Result, why: str) -> Result:
    return dataclasses.replace(first, text=f"{first.text} The second rung was not taken: {why}")


def _aborted(work: Work, gate: str, seen: str) -> Talk[Result]:
    return (yield from _refused(work, rails.refused(gate, seen, work.tunnel.name)))


def _refused(work: Work, refused: RefusedError) -> Talk[Result]:
    yield from work.sessions.note("aborted", text=f"{refused.gate}: {refused}")
    return results.aborted(work, refused.gate, str(refused))


def _rescued(work: Work, error: Exception, proven: Result | None) -> Talk[Result]:
    """Let the signals through again, and read once more what each end holds. What was proven stays so."""
    held = []
    try:
        yield Shield(False)
        for end in work.plan.ends:
            try:
                held.append(f"{end.device} shows {results.words((yield from spis_now(work, end)))}")
            except (LostError, AbortError) as lost:
                held.append(f"{end.device} could not be read ({saw(lost)})")
    except StoppedError:
        held.append("the run was interrupted")
    result = results.rescued(work, error, f"Now: {'; '.join(held)}.", proven)
    yield from work.sessions.note("failed", text=result.text)
    return result
