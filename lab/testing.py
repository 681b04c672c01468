# SPDX-License-Identifier: GPL-3.0-or-later
"""For tests: a lab over real SSH (`running_lab`), or one in memory (`change`) with a typist at its CLI."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab import generate
from lab.cli.shell import Session
from lab.cli.transport import Action, Die, Pause, Write
from lab.control import ask
from lab.daemon import Options, start, stop
from lab.management import Link
from lab.site import Lab, load_site
from lab.stored import Site


class RunningLab:
    """A handle on a lab in its own process."""

    def __init__(self, run: dict[str, Any]) -> None:
        self.run = run
        self.devices: dict[str, dict[str, Any]] = run["devices"]
        self.known_hosts: str = run["known_hosts"]
        self.dir = Path(run["dir"])

    def fault(self, name: str, at: str | None = None) -> dict[str, Any]:
        return dict(ask(self.run, {"do": "fault", "name": name, "at": at}))

    def when(self, text: str = "", clear: bool = False) -> list[dict[str, Any]]:
        """Add a trigger, such as `after the first clear at hq: reboot branch`; gives back all of them."""
        return list(ask(self.run, {"do": "when", "text": text, "clear": clear}))

    def act(self, text: str) -> None:
        """Do now what may stand behind a trigger."""
        ask(self.run, {"do": "act", "text": text})

    def failover(self, name: str | None = None) -> str:
        """The other unit of a pair takes over; returns which one is active then."""
        return str(ask(self.run, {"do": "failover", "name": name})["active"])

    def advance(self, by: str | float) -> dict[str, Any]:
        return dict(ask(self.run, {"do": "advance", "by": by}))

    def quirk(self, device: str, *quirks: str, clear: bool = False) -> dict[str, str]:
        return dict(ask(self.run, {"do": "quirk", "device": device, "quirks": quirks, "clear": clear}))

    def record(self, device: str | None = None) -> list[dict[str, Any]]:
        return list(ask(self.run, {"do": "record", "device": device}))

    def lines(self, device: str | None = None) -> list[str]:
        """Only the text of what was received, in order."""
        return [entry["line"] for entry in self.record(device)]

    def status(self) -> dict[str, Any]:
        return dict(ask(self.run, {"do": "status"}))


@contextmanager
def running_lab(
    site: str = "incident-2009", dir: str | Path | None = None, *, rate: float = 1.0, fault: str | None = None,
    ssh: str | None = None, authorized_key: str | Path | None = None,
) -> Iterator[RunningLab]:  # fmt: skip
    """Start a lab in `dir` (a temporary folder when left out) and stop it at the end, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="lab-") as temporary:
        folder = Path(dir) if dir else Path(temporary)
        key = Path(authorized_key) if authorized_key else None
        run = start(Options(site, folder, rate, fault, ssh, key))
        try:
            yield RunningLab(run)
        finally:
            stop(folder)


@dataclass(frozen=True)
class EditedSite(Site):
    """A shipped site whose configurations were changed in memory."""

    texts: dict[str, str] = field(default_factory=dict)

    def text(self, device: str) -> str:
        return self.texts[device]


def change(site: str, **edits: Callable[[str], str]) -> Lab:
    """A lab in memory, its wall clock standing still, made from a site after each device's text was edited."""
    return _edited(load_site(site), edits)


def pair(release_a: str, release_b: str, **edits: Callable[[str], str]) -> Lab:
    """The incident's hq and branch in memory, of any two releases from `7.2(5)` on; see `change`."""
    return _edited(generate.pair(release_a, release_b), edits)


def hub(spokes: int = 5, **edits: Callable[[str], str]) -> Lab:
    """A hub and its spokes in memory: `hub`, `spoke1`, `spoke2` ...; see `change`."""
    return _edited(generate.hub(spokes), edits)


def _edited(shipped: Site, edits: dict[str, Callable[[str], str]]) -> Lab:
    texts = {name: edits.get(name, str)(shipped.text(name)) for name in shipped.files}
    return Lab(EditedSite(shipped.name, shipped.data, shipped.folder, texts), wall=lambda: 0.0)


class SessionError(Exception):
    """What a login can meet instead of an answer: one of the three below."""


class LoginRefusedError(SessionError):
    """The device lets nobody in, or is down."""


class SessionEndedError(SessionError):
    """The session is over, and the answer with it; the text says what was still seen of it."""


class NoAnswerError(SessionError):
    """Nothing comes back: packets are lost on the way, or the device holds the session open and says nothing."""


class Typist:
    """Types lines into a session and gives back what the screen shows between the echo and the next prompt.

    `login` is a name of `lab.logins`: a device, a pair (the unit that is active then answers), or a context. Where
    the way leads through a tunnel, a new login waits for it as TCP would, in virtual time; see `lab.management`.

    A session can die under it (see `SessionError`); another Typist is another login. Where the device is slow,
    virtual time passes.
    """

    def __init__(self, lab: Lab, login: str, user: str = "operator") -> None:
        self._lab = lab
        self.link = Link(lab, lab.logins[login])
        for wait in (1, 2, 4, 8):
            if self.link.connect():
                break
            lab.advance(wait)
        box = self.link.box
        if not self.link.carries() or box is None:
            raise NoAnswerError(f"{login}: no answer")
        if not box.device.up:
            raise LoginRefusedError(f"{login} is down")
        if "refuse-login" in box.quirks:
            raise LoginRefusedError(f"{login} refuses the login of {user}")
        self.session = Session(box, user, self.link.login.context)
        self.greeting = text_of(self.session.start())

    @property
    def hung(self) -> bool:
        return self.link.dead or self.session.hung

    def raw(self, text: str) -> str:
        """What comes back: nothing where the device says nothing, and for ever from the first packet that is lost."""
        if not self.link.carries():
            return ""
        name = self.session.device.name
        if self.session.closed:
            raise SessionEndedError(f"the session at {name} is over; {text!r} was not sent")
        actions = self.session.feed(text.encode())
        self._lab.advance(sum(action.seconds for action in actions if isinstance(action, Pause)))
        if not self.link.carries():
            return ""
        if Die() in actions:
            raise SessionEndedError(f"{name} ended the session after {text!r}; it had shown {text_of(actions)!r}")
        return text_of(actions)

    def __call__(self, line: str) -> str:
        name = self.session.device.name
        shown = self.raw(line + "\n").replace("\r\n", "\n")
        if self.hung:
            raise NoAnswerError(f"{name} does not answer {line!r}")
        if self.session.closed and not shown.endswith("Logoff\n\n"):
            raise SessionEndedError(f"{name} ended the session; it had shown {shown!r}")
        if not shown.startswith(line):
            raise AssertionError(f"the echo of {line!r} is missing in {shown!r}")
        return shown[len(line) + 1 :].removesuffix(self.session.prompt).removesuffix("\n")

    def enable(self) -> Typist:
        """Go to privileged EXEC and turn the pager off."""
        self.raw("enable\nlab-enable\nterminal pager 0\n")
        return self


def text_of(actions: list[Action]) -> str:
    return b"".join(action.data for action in actions if isinstance(action, Write)).decode()
