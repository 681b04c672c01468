# SPDX-License-Identifier: GPL-3.0-or-later
"""The product as a run of Ansible puts it together, without Ansible: audit, plan, mender. One place to follow it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all, named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.keeping import around
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Sessions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from tests.chaos.scenario import Scenario

#: What a lease lasts longer than the run that it is meant for.
MARGIN = 120.0
#: Both readings of each device, the whole one first.
Read = Mapping[str, tuple[Snapshot, Snapshot]]


@dataclass(frozen=True)
class Outcome:
    """What a run says of itself at its end. ``killed`` says nothing: that is the point of it."""

    outcome: str
    text: str = ""
    actions: tuple[Action, ...] = ()


def judged(read: Read, tunnel: str) -> Judgement:
    """The judgement on the tunnel over all that was read of its two devices."""
    return named(judge_all([device(name, list(snapshots)) for name, snapshots in read.items()]), tunnel)


def planned(scenario: Scenario, judgement: Judgement) -> Plan | None:
    """The plan; the controller reaches the lab's devices by addresses outside of every tunnel, unless it is said."""
    in_band = {scenario.in_band: "so it was drawn"} if scenario.in_band and not scenario.one_sided else {}
    made = plan(judgement, {}, settings(scenario), in_band=in_band)
    return made if made is None or scenario.waits else dataclasses.replace(made, wait=0.0, wait_reason="")


def seconds(scenario: Scenario, planned: Plan | None) -> float:
    """How long a run holds its lease, as on the controller."""
    if planned is None:
        return MARGIN
    proofs = 3 if scenario.ike else 2
    return planned.wait + proofs * scenario.timeout + scenario.soak + MARGIN


def settings(scenario: Scenario) -> Settings:
    return Settings(
        ike=scenario.ike,
        one_sided=scenario.one_sided,
        underlay=scenario.underlay,
        allow_in_band=bool(scenario.in_band),
        verify_interval=scenario.interval,
        verify_timeout=scenario.timeout,
        settle=3.0,
        soak=scenario.soak,
    )


def sequence(scenario: Scenario, planned: Plan, judgement: Judgement, read: Read, clock: Callable[[], float]) -> Any:
    """The mending as a generator of requests."""
    first = {name: snapshots[0] for name, snapshots in read.items()}
    set_by = settings(scenario)
    units = {scenario.kind.ends[0]: scenario.kind.units} if scenario.units else {}
    mender = Mender(planned, judgement.tunnel, first, clock, settings=set_by, units=units)
    kept = around(mender.run(), Sessions(clock), [end.device for end in planned.ends], lambda _: None, _acted)
    result, _ = yield from kept
    return result


def _acted(result: Result) -> bool:
    return result.cleared and result.outcome != "unfinished"
