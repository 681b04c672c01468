# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn DPD on at both ends of a tunnel, or leave both as they were (sans I/O).

Judged by effective value: ``show running-config`` hides a default, so each end is asked with ``all`` before and after.
When the second end fails, what was written at the first is taken back. The generator speaks to its driver as
:mod:`mending` does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Ask, LostError, Note, Shield
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_tunnel_group import effective
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import Step, enable_dpd


@dataclass(frozen=True)
class Configure:
    """Type configuration lines at a device; the answer is a :class:`ConfigAnswer`."""

    device: str
    lines: tuple[str, ...]


Request = Ask | Configure | Note | Shield
Reply = Answer | ConfigAnswer | None
Talk = Generator[Request, Reply, None]


class HardenError(Exception):
    """The hardening stopped; the message says what was written where, and what was taken back."""


@dataclass(frozen=True)
class Change:
    """What one end has, and the step that gives it what it should have; ``step`` is ``None`` when it has it."""

    device: str
    group: str
    before: Keepalive
    after: Keepalive
    step: Step | None

    @property
    def diff(self) -> dict[str, str]:
        """For Ansible's ``--diff``: the effective line before and after."""
        head = f"tunnel-group {self.group} ipsec-attributes\n"
        return {
            "before_header": self.device,
            "after_header": self.device,
            "before": f"{head}{enable_dpd.line(self.before)}\n",
            "after": f"{head}{enable_dpd.line(self.after)}\n",
        }


@dataclass
class Hardener:
    """One run on one tunnel. ``groups`` are the names of the tunnel-groups for the other end, by device, in order."""

    groups: dict[str, str]
    wanted: Keepalive
    clock: Callable[[], float]
    check: bool = False
    save: bool = False
    changes: list[Change] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    done: bool = False
    written: bool = False

    def run(self) -> Talk:
        """Read both ends, then write both; raises :class:`HardenError` when that did not work out.

        Nothing is written in check mode, nor when both ends already have the value.
        """
        try:
            for device, group in self.groups.items():
                before = yield from self._read(device, group)
                keepalive = before.keepalive or Keepalive()
                step = None if enable_dpd.same(keepalive, self.wanted) else enable_dpd.step(device, before, self.wanted)
                self.changes.append(Change(device, group, keepalive, self.wanted, step))
        except LostError as lost:
            raise HardenError(f"nothing was written: {lost}") from None
        todo = [change for change in self.changes if change.step]
        if todo and not self.check:
            yield Shield(True)
            yield from self._write(todo)
            yield Shield(False)
            self.written = True
        if self.save and not self.check:
            try:
                yield from self._save()
            except LostError as lost:
                raise HardenError(f"DPD is on at both ends, but whether it is saved is not known: {lost}") from None
        self.done = True

    def _write(self, todo: list[Change]) -> Talk:
        done: list[Change] = []
        for change in todo:
            try:
                yield from self._apply(change)
            except (LostError, HardenError) as error:
                # The end that failed may have taken the line before it was lost, so it is taken back there as well.
                undone = yield from self._take_back([*done, change])
                raise HardenError(f"{change.device}: {error}. {undone}") from None
            done.append(change)

    def _apply(self, change: Change) -> Talk:
        assert change.step is not None
        yield Note("configure", change.device, " /".join(change.step.commands))
        yield from self._configure(change.device, change.step.commands)
        now = yield from self._read(change.device, change.group)
        if now.keepalive is None or not enable_dpd.same(now.keepalive, change.after):
            raise HardenError(f"after the change it still shows {now.keepalive}")
        yield Note("configured", change.device, text=str(now.keepalive))

    def _take_back(self, changes: list[Change]) -> Generator[Request, Reply, str]:
        words = []
        for change in changes:
            assert change.step is not None
            try:
                # Taking back matters more than its record.
                with contextlib.suppress(LostError):
                    yield Note("take_back", change.device, " /".join(change.step.undo))
                yield from self._configure(change.device, change.step.undo)
                now = yield from self._read(change.device, change.group)
                if now.keepalive is None or not enable_dpd.same(now.keepalive, change.before):
                    raise HardenError(f"it shows {now.keepalive}")
                words.append(f"{change.device} is as it was ({change.before})")
            except (LostError, HardenError) as error:
                self.written = True
                words.append(
                    f"{change.device} COULD NOT BE SET BACK ({error}): look at 'show running-config all tunnel-group "
                    f"{change.group}' there"
                )
        return "; ".join(words)

    def _configure(self, device: str, lines: tuple[str, ...]) -> Talk:
        sent = self.clock()
        self.actions.append(Action(sent, device, " / ".join(each.strip() for each in lines)))
        answer = yield Configure(device, lines)
        assert isinstance(answer, ConfigAnswer)
        self.actions[-1] = Action(sent, device, self.actions[-1].command, answer.reason or "done")
        if answer.refused:
            raise HardenError(f"the device refused {answer.refused.strip()!r}: {answer.reason}")

    def _read(self, device: str, group: str) -> Generator[Request, Reply, TunnelGroup]:
        command = f"show running-config all tunnel-group {group}"
        sent = self.clock()
        answer = yield Ask(device, command)
        assert isinstance(answer, Answer)
        self.actions.append(Action(sent, device, command, answer.refusal or answer.incomplete or "done"))
        parsed = find("show running-config all tunnel-group").parse(answer.text)
        found: TunnelGroup | None = effective(parsed.value).get(group)
        if answer.refusal or answer.incomplete or parsed.incomplete or found is None:
            why = answer.refusal or answer.incomplete or parsed.incomplete or f"there is no tunnel-group {group}"
            raise LostError(f"{device}: {command!r} could not be read: {why}")
        return found

    def _save(self) -> Talk:
        for device in self.groups:
            yield Note("save", device, "write memory")
            sent = self.clock()
            answer = yield Ask(device, "write memory")
            assert isinstance(answer, Answer)
            saved = "[OK]" in answer.text
            self.actions.append(Action(sent, device, "write memory", "done" if saved else answer.text.strip()))
            if not saved:
                raise HardenError(
                    f"{device}: DPD is on, but 'write memory' did not end in [OK]: {answer.text.strip()!r}"
                )
