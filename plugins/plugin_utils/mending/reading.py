# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the ends that are touched, and judge the tunnel over what was read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError, read
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device as assemble
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import output
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import NothingToJudgeError, judge_all, named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.work import Proof, Work
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Direction, Judgement, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Stage, commands, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import PlannedEnd
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Talk

Reading = Mapping[str, Snapshot]

# Beside the SAs: it counts the packets that arrive for an SA that is not there.
_STATISTICS = "show crypto ipsec stats"


def reading(work: Work) -> Talk[Reading]:
    """The SAs of every end that is touched, as an audit's second reading; kept as evidence."""
    taken = {}
    for device in work.devices:
        started = work.clock()
        outputs = []
        for command in (*commands(Stage.STATE, device.version), find(_STATISTICS).sent):
            sent = work.clock()
            outputs.append(output((yield from work.sessions.ask(device.name, command)), sent, work.clock()))
        taken[device.name] = Snapshot(device.name, started, work.clock(), tuple(outputs))
    work.snapshots.extend(taken.values())
    return taken


def spis_now(work: Work, end: PlannedEnd) -> Talk[dict[str, tuple[int, ...]]]:
    """The SPIs to this end's peer at this very moment, by direction.

    :raises AbortError: ``unread``, when a line of them is not understood.
    """
    show = "show crypto ipsec sa"
    parsed = yield from read(work.sessions, end.device, show, f"{show} peer {end.peer}")
    if parsed.unparsed:
        raise AbortError(
            "unread",
            f"{end.device}: the SAs to {end.peer} have lines that are not understood: {parsed.unparsed[0].text!r}",
        )
    return {
        direction.value: tuple(sorted(spi for entry in parsed.value for spi in entry.spis(direction)))
        for direction in Direction
    }


def judged(work: Work, *readings: Reading) -> Proof | None:
    """The tunnel over the last two of what was read, the audit's reading included; ``None`` when it is not seen."""
    devices = []
    for end in work.tunnel.ends:
        if any(end is touched for touched in work.ends):
            whole = assemble(
                end.name,
                [work.seen[end.name], *(each[end.name] for each in readings)],
                public_addresses=end.device.public_addresses,
                groups=end.device.groups,
            )
            devices.append(dataclasses.replace(whole, readings=whole.readings[-2:]))
    try:
        judgement = _judgement(work, devices)
    except (NothingToJudgeError, UnknownTunnelError):
        return None
    return Proof(tuple(devices), judgement, work.identities_before) if judgement else None


def _judgement(work: Work, devices: list[Device]) -> Judgement | None:
    stimulated = bool(work.plan.stimulus)
    if not work.one_sided:
        judgements = judge_all(devices, foreign_peers=work.foreign_peers, stimulated=stimulated)
        return named(judgements, work.tunnel.name)
    # The other end is not read: its device is judged as somebody else's.
    (only,) = work.plan.ends
    judgements = judge_all(devices, foreign_peers=(*work.foreign_peers, only.peer), stimulated=stimulated)
    found = next((each for each in judgements if each.tunnel.ends[0].peer_address == only.peer), None)
    if found is None:
        return None
    alone = f"{only.peer} was not read: judged from {only.device}'s end alone"
    # Nobody has declared it foreign.
    cause = found.cause.replace(found.tunnel.missing, alone) if found.tunnel.missing else found.cause
    return dataclasses.replace(found, tunnel=dataclasses.replace(found.tunnel, missing=alone), cause=cause)
