# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit says of a pair while no tunnel is up: the lab's own `show` outputs, from text to findings."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import assemble, collecting, judge, keys
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Finding
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Attempt
from tests.agree.grammar import texts
from tests.agree.spec import ENDS, GHOST, Pair
from tests.agree.witness import World

assert Attempt


@dataclass(frozen=True)
class Said:
    """The findings on the one tunnel, or why there are none."""

    findings: tuple[Finding, ...]
    error: str = ""

    def failing(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if str(each.outcome) == "fail")

    def open(self) -> tuple[Finding, ...]:
        """What was not decided."""
        return tuple(each for each in self.findings if str(each.outcome) in ("unknown", "unverifiable"))


def judged(pair: Pair, seed: int) -> Said:
    world = World(pair, seed)
    devices = [_device(world, name) for name in ENDS]
    try:
        found = judge.judge_all(devices, foreign_peers=[assemble.ip_address(GHOST)] if False else [])
    except judge.NothingToJudgeError as error:
        return Said((), str(error))
    meant = [each for each in found if len(each.tunnel.ends) == 2]
    if not meant:
        return Said(tuple(finding for each in found for finding in each.findings), "the ends were not paired")
    if not pair.masked:
        said = _compared(pair, meant[0].tunnel)
        if said:
            found = judge.judge_all(devices, keys={meant[0].tunnel.name: said})
            meant = [each for each in found if len(each.tunnel.ends) == 2]
    return Said(tuple(finding for each in meant for finding in each.findings))


def _compared(pair: Pair, tunnel: object) -> str:
    """What a run with `tunnelmend_compare_keys` finds out; nothing where it cannot."""
    ends = tunnel.ends  # type: ignore[attr-defined]
    groups = [end.tunnel_group.name if end.tunnel_group else "" for end in ends]
    shown = texts(pair)
    said = keys.compare(*(shown[end.device.name] for end in ends), left_group=groups[0], right_group=groups[1])
    return "" if said is keys.Comparison.UNVERIFIABLE else str(said)


def _device(world: World, name: str) -> Device:
    typist = world.typist(name)
    now = world.lab.network.now.timestamp()

    def tick() -> float:
        nonlocal now
        now += 0.01
        return now

    *_, last = collecting.snapshot(
        name, collecting.Scope.EVERYTHING, lambda command: Answer(command, typist(command)), tick
    )
    return assemble.device(name, [last])
