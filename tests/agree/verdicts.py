# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit says of a pair while no tunnel is up: the lab's own `show` outputs, from text to findings."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import assemble, collecting, judge, keys
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Finding
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import versions
from tests.agree.grammar import texts
from tests.agree.spec import Pair
from tests.agree.witness import World


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
    devices = [_device(world, end.name, end.public) for end in pair.ends]
    try:
        found = judge.judge_all(devices)
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
    if any(end.tunnel_group is None for end in ends):
        return ""
    groups = [end.tunnel_group.name for end in ends]
    shown = texts(pair)
    common = frozenset.intersection(*(versions(end.map_entry) if end.map_entry else frozenset() for end in ends))
    said = keys.compare(
        *(shown[end.device.name] for end in ends), left_group=groups[0], right_group=groups[1],
        version=min(common) if len(common) == 1 else None,
    )  # fmt: skip
    return "" if said is keys.Comparison.UNVERIFIABLE else str(said)


def _device(world: World, name: str, public: str) -> Device:
    typist = world.typist(name)
    now = world.lab.network.now.timestamp()

    def tick() -> float:
        nonlocal now
        now += 0.01
        return now

    *_, last = collecting.snapshot(
        name, collecting.Scope.EVERYTHING, lambda command: Answer(command, typist(command)), tick
    )
    return assemble.device(name, [last], public_addresses=[ip_address(public)] if public else [])
