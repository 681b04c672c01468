# SPDX-License-Identifier: GPL-3.0-or-later
"""What shall happen when a device receives a line: `after the first clear at hq: reboot branch 90s`.

A trigger is `before|after [first|second|third|Nth|every] PREFIX at DEVICE|any: DEED[; DEED]`. `before` and `after`
mean the carrying out of the line; the answer comes after both. `here` is the device that received the line, `peer` the
other end of its first tunnel. The name of a pair is that of the unit which is active when it matters. What another
operator does sets no trigger off and meets no quirk.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from lab.cli.box import Box, Deed, Login
from lab.cli.shell import Session
from lab.clock import parse_duration
from lab.engine import faults
from lab.engine.faults import FAULTS, FaultError
from lab.engine.network import Device

if TYPE_CHECKING:
    from lab.site import Lab

OTHER_OPERATOR = "other-operator"
RELOAD = "180s"
# A DELETE has arrived after the first, and a quick mode is through after the second.
TRAVEL_SECONDS, NEGOTIATION_SECONDS = 0.1, 1.0

_TRIGGER = re.compile(
    r"(?P<when>before|after) (?:the )?(?:(?P<nth>first|second|third|every|\d+)(?:st|nd|rd|th)? )?"
    r"(?P<prefix>.+?) at (?P<at>\S+): ?(?P<do>.+)"
)
_NTH = {"first": 1, "second": 2, "third": 3, "every": None, None: 1}

DEEDS = {
    "drop": "drop: the session that typed the line ends without another word",
    "reboot": "reboot [DEVICE] [DURATION] [silently]: crash, cut every session, refuse logins, come back bare (180s)",
    "renegotiate": "renegotiate [DEVICE]: this end negotiates its SAs anew, or rekeys those that it has",
    "type": "type DEVICE LINE: another operator has this line carried out there",
    "fault": "fault NAME[=VALUE] [DEVICE]: inject a fault",
    "quirk": "quirk DEVICE NAME[=VALUE]: the device misbehaves from now on; -NAME ends that",
    "wait": "wait DURATION: virtual time passes",
}

# Faults that are scripts: the device where each is at home when none is named, what may stand behind NAME=, and how
# the trigger reads; None happens at once. They happen: a session that runs through the tunnel loses its way back with
# the SA (Cisco ASA Command Reference, management-access); either end may start a quick mode at any time (RFC 2409
# section 5.5); a unit crashes and reloads; and an applet clears by itself what an operator is about to clear (Cisco
# TechNote 118087, `event manager applet` with `cli command "clear crypto ipsec sa peer"`).
SCRIPTED: dict[str, tuple[str, str, str | None]] = {
    "reboot": ("branch", "DURATION", None),
    "dies-on-clear": ("hq", "before or after", "{value} every clear at {here}: drop"),
    "renegotiates-between": ("hq", "", "after the first clear at any: renegotiate {here}"),
    "reboots-during": ("branch", "PREFIX", "before the first {value} at {here}: reboot here"),
    "another-operator": ("hq", "here or peer", "before the first clear at {here}: type {other} {clear}"),
}
_DEFAULT = {"dies-on-clear": "after", "reboots-during": "clear", "another-operator": "peer", "reboot": RELOAD}


def fault_names() -> list[str]:
    return [*FAULTS, *SCRIPTED]


def check_fault(text: str) -> str:
    """The text again when it names a fault."""
    name = text.partition("=")[0]
    if name not in fault_names():
        raise FaultError(f"no fault named {name!r}; there are: {', '.join(fault_names())}")
    return text


@dataclass
class Trigger:
    """`nth` None = every. `seen` counts the lines that fit, `fired` how often it went off; `error` is why it failed."""

    text: str
    before: bool
    nth: int | None
    prefix: str
    at: str
    do: str
    seen: int = 0
    fired: int = 0
    error: str = ""

    def due(self, names: set[str], line: str) -> bool:
        if self.at not in (*names, "any") or not " ".join(line.split()).startswith(self.prefix):
            return False
        self.seen += 1
        if self.nth not in (None, self.seen):
            return False
        self.fired += 1
        return True


@dataclass(frozen=True)
class Place:
    """A box, and the context of it that is meant; without contexts its only device."""

    box: Box
    device: Device

    @property
    def names(self) -> set[str]:
        """What it is called at this moment."""
        unit = self.device.unit
        pair = {unit.pair.name} if unit and unit.active else set()
        return {self.box.name, self.device.name, *pair}


class Script:
    """All triggers of a lab. The boxes ask it about every line that a session receives."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.triggers: list[Trigger] = []
        for box in lab.boxes.values():
            box.watch = partial(self._received, box)

    def when(self, text: str) -> Trigger:
        """Add a trigger; FaultError says what is wrong with its text."""
        found = _TRIGGER.fullmatch(" ".join(text.split()))
        if found is None:
            raise FaultError(f"not a trigger: {text!r} (write: after the first clear at hq: reboot branch)")
        if found["at"] != "any":
            self._place(found["at"])
        word = found["nth"]
        nth = int(word) if word and word.isdigit() else _NTH[word]
        trigger = Trigger(found[0], found["when"] == "before", nth, found["prefix"], found["at"], found["do"])
        for deed in trigger.do.split(";"):
            self._deed(deed.split(), None, None)
        self.triggers.append(trigger)
        return trigger

    def act(self, text: str) -> None:
        """Do something now, outside of any session."""
        for deed in [self._deed(part.split(), None, None) for part in text.split(";")]:
            deed()

    def fault(self, text: str, at: str | None) -> tuple[str, bool]:
        """Inject a fault; returns where it happened, and whether its consequences take a while."""
        name, _, value = check_fault(text).partition("=")
        if name in FAULTS:
            return faults.inject(self.lab.network, text, at), FAULTS[name].settles
        home, form, trigger = SCRIPTED[name]
        if value and not form:
            raise FaultError(f"the fault {name} takes no value")
        if value and " or " in form and value not in form.split(" or "):
            raise FaultError(f"{name} takes {form}, not {value!r}")
        here = at if at in self.lab.boxes else faults.place(self.lab.network, at, home)
        value = value or _DEFAULT.get(name, "")
        if trigger is None:
            self.act(f"reboot {here} {value}")
        else:
            other, clear = here, ""
            if name == "another-operator":
                place = self._peer(self._place(here)) if value == "peer" else self._place(here)
                other, clear = place.device.name, f"clear crypto ipsec sa peer {_peers(place.device)[0]}"
            self.when(trigger.format(here=here, value=value, other=other, clear=clear))
        return here, False

    # -- when a line comes ---------------------------------------------------------------------------------

    def _received(self, box: Box, login: Login, line: str) -> tuple[list[Deed], list[Deed]]:
        here = Place(box, login.device)
        due = [trigger for trigger in self.triggers if trigger.due(here.names, line)]

        def deeds(before: bool) -> list[Deed]:
            return [partial(self._fire, trigger, here, login) for trigger in due if trigger.before == before]

        return deeds(True), deeds(False)

    def _fire(self, trigger: Trigger, here: Place, login: Login) -> None:
        try:
            for part in trigger.do.split(";"):
                self._deed(part.split(), here, login)()
        except (FaultError, ValueError) as error:
            # Raised here it would end the session that typed the line, which is not what was asked for.
            trigger.error = str(error)

    # -- deeds ---------------------------------------------------------------------------------------------

    def _deed(self, words: list[str], here: Place | None, login: Login | None) -> Deed:
        """What a deed's words mean; without `here` they are only looked at, or mean what they mean at no device."""
        verb, *rest = words or [""]
        match verb, rest:
            case "drop", []:
                return login.die if login else _nobody
            case "reboot", _:
                silently = rest[-1:] == ["silently"]
                rest = rest[:-1] if silently else rest
                device = rest.pop(0) if rest and not rest[0][0].isdigit() else "here"
                seconds = _seconds(" ".join(rest) or RELOAD)
                return self._at(device, here, lambda place: place.box.reload(seconds, silently))
            case "renegotiate", [] | [_]:
                return self._at(rest[0] if rest else "here", here, self._renegotiate)
            case "type", [device, _, *_]:
                return self._at(device, here, lambda place: _operate(place, " ".join(rest[1:])))
            case "fault", [text] | [text, _]:
                check_fault(text)
                if len(rest) == 1:
                    return lambda: _forget(self.fault(text, None))
                return self._at(rest[1], here, lambda place: _forget(self.fault(text, place.device.name)))
            case "quirk", [device, _, *_]:
                return self._at(device, here, lambda place: _misbehave(place.box, " ".join(rest[1:])))
            case "wait", [duration]:
                seconds = _seconds(duration)
                return lambda: self.lab.network.elapse(seconds)
        raise FaultError(f"not a deed: {' '.join(words)!r}; there are: {', '.join(DEEDS)}")

    def _at(self, name: str, here: Place | None, do: Callable[[Place], None]) -> Deed:
        if name not in ("here", "peer"):
            self._place(name)
            return lambda: do(self._place(name))
        if here is None:
            return _nobody
        return lambda: do(here if name == "here" else self._peer(here))

    def _place(self, name: str) -> Place:
        """A box by its name, or a context or the active unit of a pair; FaultError when there is none."""
        if name in self.lab.boxes:
            return Place(self.lab.boxes[name], self.lab.boxes[name].device)
        device = self.lab.network.device(faults.place(self.lab.network, name, ""))
        assert device is not None
        return Place(self.lab.box_of(device.name), device)

    def _peer(self, place: Place) -> Place:
        owners = (self.lab.network.owner(peer) for peer in _peers(place.device))
        found = next((owner for owner in owners if owner), None)
        if found is None:
            raise FaultError(f"{place.device.name} has no peer in this lab")
        return Place(self.lab.box_of(found.name), found)

    def _renegotiate(self, place: Place) -> None:
        device, phase2 = place.device, place.device.ike.phase2
        _peers(device)
        if device.standby:
            raise FaultError(f"{device.name} is the standby unit, which negotiates nothing")
        elapse = self.lab.network.elapse
        elapse(TRAVEL_SECONDS)
        for entries in device.policy.maps.values():
            for entry in entries:
                for ace in device.policy.acls.get(entry.acl, ()):
                    child = next((c for c in phase2.children if c.ace == ace and not c.superseded), None)
                    egress = device.policy.egress(ace.destination.network_address)
                    if child:
                        phase2.rekey(child)
                    elif ace.permit and egress:
                        device.ike.acquire(entry, ace, str(egress.address.ip))
        for child in phase2.children:
            if child.entry.tunnel:
                phase2.rekey(child)
        elapse(NEGOTIATION_SECONDS)


def _nobody() -> None:
    raise FaultError("this deed needs a session, or a device named: it belongs behind a trigger")


def _seconds(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise FaultError(str(error)) from error


def _peers(device: Device) -> list[str]:
    found = [peer for entries in device.policy.maps.values() for entry in entries for peer in entry.peers]
    found += [tunnel.destination for tunnel in device.policy.tunnels]
    if not found:
        raise FaultError(f"{device.name} has no crypto map with a peer")
    return found


def _operate(place: Place, line: str) -> None:
    if not place.device.up:
        raise FaultError(f"{place.box.name} is down, nobody can type there")
    other = Session(place.box, OTHER_OPERATOR, place.device.context)
    other.enabled, other.privilege = True, 15
    other.carry_out(line)
    other.hung_up()


def _misbehave(box: Box, text: str) -> None:
    if text.startswith("-"):
        box.quirks.pop(text[1:], None)
    else:
        box.set_quirk(text)


def _forget(_: object) -> None:
    """A deed gives nothing back."""
