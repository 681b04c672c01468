# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from before to after: lines typed one by one at devices that carry traffic, and the longest silence."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lab.testing import SessionError
from lab.trial.diff import families, moved
from lab.trial.grammar import passed_over
from lab.trial.keys import groups_with_stand_in, in_line
from lab.trial.reading import Reading, is_vpn, read, vpn_lines
from lab.trial.talking import settle
from lab.trial.texts import Text, mask
from lab.trial.tunnel import Tunnel
from lab.trial.world import World

# Whoever types or pastes is not faster, and changes windows between two devices.
LINE_SECONDS, DEVICE_SECONDS = 1, 10
AFTERWARDS_SECONDS = 600
_OTHERS = (
    "interface", "object", "object-group", "nat", "route", "snmp-server", "ssh", "telnet", "http", "logging", "aaa",
    "username", "policy-map", "class-map", "service-policy", "ntp", "banner", "timeout", "mtu", "dns", "clock",
)  # fmt: skip


@dataclass
class Typed:
    device: str
    line: str
    at: float
    answer: str = ""


@dataclass
class Outage:
    """The longest time without a packet both ways, and the line that was typed last before it began."""

    longest_outage: float = 0.0
    after: str = ""
    up_at_end: bool = False
    watched: int = AFTERWARDS_SECONDS


@dataclass
class Change:
    typed: list[Typed] = field(default_factory=list)
    outages: dict[Tunnel, Outage] = field(default_factory=dict)
    not_reached: list[dict[str, str]] = field(default_factory=list)


@dataclass
class _Watch:
    heard: float
    outage: Outage = field(default_factory=Outage)
    after: str = ""


def change(
    before: Mapping[str, Text], after: Mapping[str, Text], lines: Mapping[str, Sequence[str]], order: Sequence[str],
    ignore: Collection[str] = (),
) -> Change:  # fmt: skip
    """Type `lines` at each device of `order`; traffic flows through all that is up before.

    `ignore` are beginnings of lines that need not be understood.
    """
    world = World(before)
    every = world.tunnels()
    up = settle(world, every, 0)
    up += settle(world, [tunnel for tunnel in every if tunnel not in up], 1)
    done = Change()
    watches = {tunnel: _Watch(world.now, Outage(up_at_end=True)) for tunnel in up}
    begun = world.now

    def elapse(seconds: int) -> None:
        last = done.typed[-1] if done.typed else None
        for _ in range(seconds):
            world.advance(1)
            for tunnel, watch in watches.items():
                _look(world, tunnel, watch, f"{last.device}: {last.line}" if last else "")

    for device in [each for each in order if lines.get(each)]:
        typist = world.typist(device)
        typist("configure terminal")
        head = ""
        unseen = {
            group for side in (before, after) if device in side for group in groups_with_stand_in(side[device].text)
        }
        for line in lines[device]:
            head = line if is_vpn(line) else head
            answer, pasted = "", typist.session.asking
            try:
                said = _said(typist(in_line(line, bool(unseen & {*head.split()[1:2]}))))
                # Whether a lab knows every other line of a firewall is not what is tried.
                head = line if typist.session.mode in ("config", "config-if") else head
                answer = said if is_vpn(line) or (is_vpn(head) and not _is_other(line)) else ""
                answer = "" if passed_over(line, ignore) else answer
            except SessionError as error:
                answer = mask(str(error))
            if pasted and not answer:
                continue
            done.typed.append(Typed(device, mask(line), world.now - begun, answer))
            elapse(LINE_SECONDS)
        with contextlib.suppress(SessionError):
            typist("end")
        elapse(DEVICE_SECONDS)
    elapse(AFTERWARDS_SECONDS)
    done.outages = {tunnel: watch.outage for tunnel, watch in watches.items()}
    fresh = World(after)
    for device in order:
        if device in after and device in before:
            done.not_reached += _missing(world, fresh, device, ignore)
    return done


def _look(world: World, tunnel: Tunnel, watch: _Watch, last: str) -> None:
    # Either end may have to begin, as with hosts that talk at both.
    one, other = (world.talk(tunnel, end) for end in tunnel.ends)
    passes = one or other
    if not passes and watch.outage.up_at_end:
        watch.after = last
    silence = world.now - watch.heard - passes
    if silence > watch.outage.longest_outage:
        watch.outage.longest_outage, watch.outage.after = round(silence, 1), watch.after
    watch.heard = world.now if passes else watch.heard
    watch.outage.up_at_end = passes


def _is_other(line: str) -> bool:
    """Does a line surely begin something of the first level that is not about VPN?"""
    words = line.split()
    return words[words[:1] == ["no"] :][:1] in ([each] for each in _OTHERS)


def _said(answer: str) -> str:
    """What a device objects to; warnings are no objection."""
    return next((line for line in answer.splitlines() if line.startswith("ERROR:")), "")


def _missing(world: World, fresh: World, device: str, ignore: Collection[str]) -> list[dict[str, str]]:
    """The VPN lines of a device that booted the candidate and not of the changed one, and the other way.

    And the lines whose place counts, and that stand elsewhere.
    """
    is_, should = (_running(each, device) for each in (world, fresh))
    present, wanted = ([(line.head, line.text) for line in vpn_lines(each)] for each in (is_, should))
    found = [("missing", *each) for each in wanted if each not in present]
    found += [("left", *each) for each in present if each not in wanted]
    found += [("misplaced", line, line) for line in _misplaced(is_, should)]
    return [
        {"device": device, "kind": kind, "line": mask(line if line == head else f"{head} / {line}")}
        for kind, head, line in found
        if not passed_over(head, ignore)
    ]


def _misplaced(is_: Reading, should: Reading) -> Iterator[str]:
    """Of crypto access lists and of translation; what a remark stands beside is nobody's concern here."""
    counts = {line.head for each in (is_, should) for line in vpn_lines(each)}
    then, now = (_placed(each, counts) for each in (is_, should))
    for kind, lines in now.items():
        yield from moved(then.get(kind, ()), lines)


def _placed(reading: Reading, counts: Collection[str]) -> dict[tuple[str, ...], list[str]]:
    heads = [line.head for line in reading.lines if line.top and (line.words[0] == "nat" or line.head in counts)]
    return families(heads)


def _running(world: World, device: str) -> Reading:
    return read(replace(world.texts[device], text=world.typist(device)("more system:running-config")))
