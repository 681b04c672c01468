# SPDX-License-Identifier: GPL-3.0-or-later
"""Mending one tunnel, driven in memory against two emulated ASAs whose answers may be twisted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import Scope, snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all, named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Result, Timing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Snapshot
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Fire,
    LostError,
    Note,
    NotSentError,
    Pause,
    Request,
    Shield,
    StoppedError,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import is_clear
from lab.site import Lab
from lab.testing import Typist, change

PEER = {"hq": "203.0.113.1", "branch": "198.51.100.1"}
TALK = (Arm, Ask, Fire, Note)
HQ_CLEAR, BRANCH_CLEAR = (f"clear crypto ipsec sa peer {PEER[name]}" for name in ("hq", "branch"))

Twist = Callable[[str, str], "str | Answer | None"]


@dataclass
class Scene:
    """Two devices in memory. ``twist`` may answer in a device's place or lose its session; ``story`` has all of it.

    It is asked with the name of the host that was logged in to: another unit of a device has a name of its own, and
    shows what the device shows. The empty command is the login. ``meanwhile`` happens in a pause, before its end;
    ``keep`` may refuse a note.
    """

    lab: Lab
    twist: Twist = lambda device, command: None
    now: float = 0.0
    story: list[Request] = field(default_factory=list)
    armed: dict[str, str] = field(default_factory=dict)
    meanwhile: Callable[[Pause], object] = lambda pause: None
    keep: Callable[[Note], object] = lambda note: None

    def __post_init__(self) -> None:
        self.typists = {name: Typist(self.lab, name).enable() for name in ("hq", "branch")}

    def ask(self, name: str, command: str) -> Answer:
        answer = self.twist(self.armed.get(name, name), command)
        if isinstance(answer, Answer):
            return answer
        return Answer(command, self.type(name, command) if answer is None else answer)

    def type(self, name: str, command: str) -> str:
        text = self.typists[name](command)
        return text + "\n" if text else ""

    def wait(self, seconds: float) -> None:
        self.now += seconds
        self.lab.advance(seconds)

    def read(self, name: str, scope: Scope) -> Snapshot:
        *_, whole = snapshot(name, scope, lambda line: Answer(line, self.type(name, line)), lambda: self.now)
        return whole

    def audit(self) -> tuple[Judgement, dict[str, Snapshot]]:
        first = {name: self.read(name, Scope.EVERYTHING) for name in PEER}
        self.wait(5)
        second = {name: self.read(name, Scope.SAS) for name in PEER}
        judgements = judge_all([device(name, [first[name], second[name]]) for name in PEER])
        return named(judgements, "hq-branch"), first

    def mender(self, change: Callable[[Plan], Plan] = lambda plan: plan, **options: Any) -> Mender:
        """What the plan of an audit makes of it, without its wait, and otherwise as ``change`` has it."""
        judgement, first = self.audit()
        planned = plan(judgement, {})
        assert planned is not None
        timing = options.pop("timing", Timing(settle=3, interval=5, timeout=60))
        planned = change(replace(planned, wait=0.0, wait_reason=""))
        return Mender(planned, judgement.tunnel, first, lambda: self.now, timing, **options)

    def mend(self, mender: Mender | None = None, lost_at: int | None = None, stop_at: int | None = None) -> Result:
        """Run it; ``lost_at`` is the number of the question or note at which a session is lost or the disk is full.

        At the request of the number ``stop_at``, or at the first that may be cut short after it, somebody stops it.
        """
        running, reply, error = (mender or self.mender()).run(), None, None
        talk = steps = 0
        shielded = stopped = False
        while True:
            try:
                request = running.throw(error) if error else running.send(reply)
            except StopIteration as done:
                result: Result = done.value
                return result
            self.story.append(request)
            reply, error = None, None
            steps += 1
            if isinstance(request, Shield):
                shielded = request.up
            elif isinstance(request, TALK):
                talk += 1
                if talk == lost_at:
                    error = LostError("the device closed the connection")
                else:
                    try:
                        if isinstance(request, Note):
                            self.keep(request)
                        else:
                            reply = self.answer(request)
                    except LostError as lost:
                        error = lost
            elif isinstance(request, Pause):
                self.meanwhile(request)
                self.wait(request.seconds)
            spared = isinstance(request, Note) or request == Shield(False)
            if stop_at and steps >= stop_at and not (stopped or spared or (shielded and request != Shield(True))):
                stopped, shielded, reply, error = True, False, None, StoppedError()
            if isinstance(error, LostError) and isinstance(request, Arm | Ask | Fire):
                self.armed.pop(request.device, None)

    def answer(self, request: Arm | Ask | Fire) -> Answer | None:
        """As the driver: whatever is typed is typed in a login that was armed."""
        device = request.device
        if isinstance(request, Arm):
            self.twist(request.host or device, "")
            self.armed[device] = request.host or device
            return None
        if device not in self.armed:
            raise NotSentError(f"{device}: the login that was armed has ended, so {request.command!r} was not sent")
        answer = self.ask(device, request.command)
        if isinstance(request, Fire):
            del self.armed[device]
            return None
        return answer

    @property
    def sent(self) -> list[tuple[str, str]]:
        return [(each.device, each.command) for each in self.story if isinstance(each, Ask | Fire)]

    @property
    def clears(self) -> list[tuple[str, str]]:
        return [each for each in self.sent if is_clear(each[1])]

    @property
    def notes(self) -> list[str]:
        return [f"{each.event} {each.device}".strip() for each in self.story if isinstance(each, Note)]


def scene(fault: str = "deletion-retry", twist: Twist | None = None, edit: Callable[[str], str] = str) -> Scene:
    """``edit`` changes the configuration of both devices."""
    lab = change("incident-2009", hq=edit, branch=edit)
    lab.fault(fault)
    lab.advance(5)
    return Scene(lab, twist) if twist else Scene(lab)


def story(**options: Any) -> list[Request]:
    """All that is asked when nothing goes wrong."""
    way = scene()
    way.mend(way.mender(**options))
    return way.story


def on(name: str, prefix: str, text: str) -> Twist:
    """Answer every such command of a device with this text."""
    return lambda device, command: text if device == name and command.startswith(prefix) else None


def lose(name: str, prefix: str, first: Callable[[], Any] = lambda: None, times: int = 1) -> Twist:
    """Lose a device's session at such a command, after something else was done."""
    left = [times]

    def twist(device: str, command: str) -> None:
        if device == name and command.startswith(prefix) and left[0]:
            left[0] -= 1
            first()
            raise LostError(f"{device}: the device closed the connection")

    return twist


# --- what a plan may say --------------------------------------------------------------------------------------------


def deeper(plan: Plan) -> Plan:
    """With the second rung, which on this release logs the session off."""
    ends = tuple(
        replace(end, ike_clear=replace(end.clear, commands=(f"vpn-sessiondb logoff ipaddress {end.peer} noconfirm",)))
        for end in plan.ends
    )
    return replace(plan, ends=ends)


def branch_in_band(plan: Plan) -> Plan:
    """Branch is reached through the tunnel, and so comes first."""
    hq, branch = sorted(plan.ends, key=lambda end: end.device, reverse=True)
    return replace(plan, ends=(replace(branch, in_band="its address lies behind the tunnel"), hq))


def hq_alone(plan: Plan) -> Plan:
    (hq,) = (end for end in plan.ends if end.device == "hq")
    stimulus = tuple(step for step in plan.stimulus if step.device == "hq")
    return replace(plan, ends=(hq,), stimulus=stimulus, left_alone="branch is left alone: nobody can log in to it.")


# --- what may go wrong ----------------------------------------------------------------------------------------------

SECOND = "access-list VPN-{} extended permit ip {} 255.255.255.0 {} 255.255.255.0\n"


def two_networks(twist: Twist) -> Scene:
    """The branch has a second network, whose SAs come up with the first packet to it."""

    def at(name: str, here: str, there: str) -> Callable[[str], str]:
        line = SECOND.format("BRANCH" if name == "hq" else "HQ", here, there)
        # Exempt from translation as well: otherwise no packet of it is ever interesting.
        line += f"access-list NONAT extended permit ip {here} 255.255.255.0 {there} 255.255.255.0\n"
        return lambda text: text.replace("crypto map outside_map 10 match", line + "crypto map outside_map 10 match")

    lab = change(
        "incident-2009",
        hq=at("hq", "192.168.1.0", "192.168.3.0"),
        branch=at("branch", "192.168.3.0", "192.168.1.0"),
    )
    way = Scene(lab)
    way.type("hq", "packet-tracer input inside icmp 192.168.1.10 8 0 192.168.3.10")
    way.wait(5)
    lab.fault("deletion-retry")
    way.wait(5)
    way.twist = twist
    return way


def standby() -> str:
    return (
        "Failover On\nFailover unit Secondary\n"
        "        This host: Secondary - Standby Ready\n        Other host: Primary - Active\n"
    )


def cut_short(device: str, command: str) -> Answer | None:
    return Answer(command, "", "the pager stopped the output") if command.startswith("clear") else None


def second_clear_refused(device: str, command: str) -> str | None:
    return "ERROR: no\n" if (device, command) == ("branch", BRANCH_CLEAR) else None


def quiet(device: str, command: str) -> str | None:
    """Nothing can be pinged."""
    return "?????\nSuccess rate is 0 percent (0/5)\n" if command.startswith("ping") else None
