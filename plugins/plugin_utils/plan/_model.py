# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import Step


@dataclass(frozen=True)
class PlannedEnd:
    """One end in the order of the clears. ``spis`` are the SAs it showed, by direction; the clear depends on them.

    ``ike_clear`` is the second rung for this end, where the operator allows it. ``in_band`` is why this end is reached
    through the tunnel itself: its clear is sent without waiting for an answer.
    """

    device: str
    peer: Address
    clear: Step
    reason: str
    spis: Mapping[str, tuple[int, ...]]
    ike_clear: Step | None = None
    in_band: str = ""


@dataclass(frozen=True)
class Plan:
    """What will be done to one tunnel, in order.

    ``ends`` has one member in one-sided mode, and ``left_alone`` then says which end is not touched and what that
    means. ``wait`` is the zeroth rung, in seconds, with its reason. ``beyond`` is what is never run from here: the
    rungs after the last, as lines to type and evidence to keep. ``notes`` are known bugs and what else an operator
    should know. ``stop`` says how to end the run, and what that leaves.
    """

    tunnel: str
    cause: str
    failing: tuple[str, ...]
    ends: tuple[PlannedEnd, ...]
    stimulus: tuple[Step, ...]
    interrupts: str
    proof: str
    on_failure: str
    stop: str = ""
    wait: float = 0.0
    wait_reason: str = ""
    left_alone: str = ""
    beyond: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    created: float = 0.0

    @property
    def lines(self) -> tuple[str, ...]:
        """The plan for the screen, one sentence a line."""
        return tuple(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"Tunnel     {self.tunnel}"
        yield f"Cause      {self.cause}"
        if self.failing:
            yield f"Because    {', '.join(self.failing)}"
        if self.wait:
            yield f"0. wait    {self.wait:g} s: {self.wait_reason}"
        acts = [(end.clear, end.reason) for end in self.ends]
        acts += [(step, "traffic, so that new SAs are made") for step in self.stimulus]
        deeper = "only when the proof fails: the IKE SA too, which is made anew in full"
        acts += [(end.ike_clear, deeper) for end in self.ends if end.ike_clear]
        for number, (step, why) in enumerate(acts, start=1):
            yield f"{number}. {step.device:<8} {'; '.join(step.commands)}   ({why})"
        for end in self.ends:
            if end.in_band:
                yield f"In-band    {end.device}: {end.in_band}. Its clear is sent without waiting for an answer"
        if self.left_alone:
            yield f"Left alone {self.left_alone}"
        yield f"Interrupts {self.interrupts}"
        yield f"Proof      {self.proof}"
        yield f"On failure {self.on_failure}"
        if self.stop:
            yield f"To stop    {self.stop}"
        for note in self.notes:
            yield f"Note       {note}"
