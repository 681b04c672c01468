# SPDX-License-Identifier: GPL-3.0-or-later
"""Two devices of the lab in memory, and a hardening driven against them, which may be lost or refused anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope, snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Hardened, Hardener
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening_settings import settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Configure,
    LostError,
    Note,
    Request,
    Shield,
    StoppedError,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import enable_dpd
from lab.site import Lab
from lab.testing import Typist, change

WANTED = enable_dpd.wanted(10, 2)
ENDS = {"incident-2009": ("hq", "branch"), "modern-9x": ("east", "west")}
HQ, BRANCH = "203.0.113.1", "198.51.100.1"
EAST, WEST = "203.0.113.11", "198.51.100.11"
ENTRY = "crypto map outside_map 10"
LIFETIME = f"{ENTRY} set security-association lifetime"
PARTS = ("crypto", "tunnel-group", "group-policy")
Edit = Callable[[str], str]


@dataclass
class Scene:
    """The two devices of a site, and all that was asked of them. ``refuses`` are the lines each device refuses."""

    lab: Lab
    names: tuple[str, str]
    refuses: dict[str, tuple[str, ...]] = field(default_factory=dict)
    story: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.typists = {name: Typist(self.lab, name).enable() for name in self.names}
        self.armed: set[str] = set()

    def tunnel(self) -> Tunnel:
        read = []
        for name in self.names:
            clock = iter(range(1000))
            answers = lambda line, name=name: Answer(line, self.type(name, line))  # noqa: E731
            *_, seen = snapshot(name, Scope.EVERYTHING, answers, lambda clock=clock: float(next(clock)))
            read.append(device(name, [seen]))
        return next(tunnel for tunnel in pair(read) if tunnel.both)

    def type(self, name: str, line: str) -> str:
        text = self.typists[name](line)
        return text + "\n" if text else ""

    def configure(self, name: str, lines: Sequence[str]) -> ConfigAnswer:
        self.type(name, "configure terminal")
        applied, refused, reason = [], "", ""
        for line in lines:
            text = (
                "Command authorization failed\n"
                if line.strip() in self.refuses.get(name, ())
                else self.type(name, line)
            )
            answer = Answer(line, text)
            if answer.refusal:
                refused, reason = line, answer.refusal
                break
            applied.append(answer)
        self.type(name, "end")
        return ConfigAnswer(tuple(applied), refused, reason)

    @property
    def typed(self) -> list[str]:
        told = [each for each in self.story if isinstance(each, Configure)]
        return [f"{each.device}: {line.strip()}" for each in told for line in each.lines]

    def shows(self, name: str) -> str:
        return "".join(self.type(name, f"show running-config {part}") for part in PARTS)

    @property
    def state(self) -> tuple[str, ...]:
        return tuple(self.shows(name) for name in self.names)


def scene(site: str = "incident-2009", **edits: Edit) -> Scene:
    return Scene(change(site, **edits), ENDS[site])


def harden(
    at: Scene,
    *names: str,
    lost_at: int = 0,
    lost_after: bool = False,
    lost_again: Request | None = None,
    stop_at: int = 0,
    **options: Any,
) -> Hardened:
    """One run; ``lost_at`` and ``stop_at`` are numbers of requests, and what is lost may have been done first.

    ``lost_again`` is a request that never succeeds after the first loss.
    """
    tunnel = options.pop("tunnel", None) or at.tunnel()
    hardener = Hardener(tunnel, settings(names, WANTED), clock=lambda: 0.0, **options)
    talk, reply, error = hardener.run(), None, None
    at.story, shielded, stopped = [], False, False
    while True:
        try:
            request = talk.throw(error) if error else talk.send(reply)
        except StopIteration as done:
            result: Hardened = done.value
            return result
        reply = error = None
        at.story.append(request)
        number = len(at.story)
        if stop_at and number >= stop_at and not (shielded or stopped or isinstance(request, Note)):
            stopped, error = True, StoppedError()
            continue
        lost = number == lost_at
        if (lost and not lost_after) or (0 < lost_at < number and request == lost_again):
            error = LostError("the device closed the connection")
            continue
        match request:
            case Ask(name, command):
                reply = Answer(command, at.type(name, command))
            case Configure(name, lines):
                reply = at.configure(name, lines)
            case Shield(up):
                shielded = up
            case Arm() | Note():
                pass
        if lost:
            error = LostError("the device closed the connection")


def replaced(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


def with_lines(*lines: str) -> Edit:
    """More lines of the crypto map, beside those that are there."""
    return replaced(f"{ENTRY} set peer", "".join(f"{line}\n" for line in lines) + f"{ENTRY} set peer")


def again(at: Scene, *names: str, **options: Any) -> Hardened:
    """A second run, which must find nothing to do."""
    hardened = harden(at, *names, **options)
    assert at.typed == []
    assert (hardened.outcome, hardened.changed) == ("no_change", False)
    assert "nothing to change" in hardened.text
    return hardened
