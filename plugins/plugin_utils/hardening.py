# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn DPD on at both ends of a tunnel, or leave both as they were (sans I/O).

Judged by effective value: ``show running-config`` hides a default, so each end is asked with ``all`` before and after.
Both logins are armed as for a mending. From the first line to the last save signals wait, and each write is noted
before it is sent. When the second end fails, what was written at the first is taken back.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError, arm, read
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Keepalive, Tunnel, TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_tunnel_group import effective
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    LostError,
    Note,
    NotSentError,
    Sessions,
    Shield,
    StoppedError,
    Talk,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import Step, enable_dpd

OK = "[OK]"
AGAIN = "run this again with -e harden_save=true"


@dataclass(frozen=True)
class Change:
    """What one end has, and the step that gives it what it should have; ``step`` is ``None`` when it has it.

    ``saved`` is whether the start-up configuration holds the wanted value, ``None`` when it could not be read.
    """

    device: str
    group: str
    before: Keepalive
    after: Keepalive
    step: Step | None
    saved: bool | None = None

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

    def __str__(self) -> str:
        return f"{self.device} ({self.before} -> {self.after})"


@dataclass(frozen=True)
class Hardened:
    """How it ended: ``hardened``, ``no_change``, ``planned``, ``not_saved``, ``failed`` or ``aborted_gate:NAME``.

    ``changed`` says that a device holds (or, in check mode, would hold) something else than before. ``saved`` names
    the devices whose configuration was saved.
    """

    outcome: str
    text: str
    changed: bool = False
    changes: tuple[Change, ...] = ()
    saved: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()


class _FailedError(Exception):
    """A device did not take what it was told; the message begins with its name."""


@dataclass
class Hardener:
    """One run on one tunnel; ``check`` reads and writes nothing.

    :raises RefusedError: an end is not ours, was not read, or has no tunnel-group of its own for the other.
    """

    tunnel: Tunnel
    wanted: Keepalive
    clock: Callable[[], float]
    check: bool = False
    save: bool = False
    _changes: list[Change] = field(default_factory=list)
    _typed: set[str] = field(default_factory=set)
    _left: bool = False

    def __post_init__(self) -> None:
        self._groups = _groups(self.tunnel)
        self._sessions = Sessions(self.clock)
        self._devices = {end.name: end.device for end in self.tunnel.ends}

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        """What will be typed beside show commands, by device, unless the ends show now that it need not be."""
        groups = [(end.name, end.tunnel_group) for end in self.tunnel.ends if end.tunnel_group]
        steps = [step for device, group in groups if (step := self._step(device, group))]
        saves = [(device, "write memory") for device in self._devices if self.save]
        return [(step.device, _one_line(step.commands)) for step in steps] + saves

    def run(self) -> Talk[Hardened]:
        """Look at both ends, then write both, then save both. Whatever is thrown in, it ends in a result."""
        try:
            for device in self._devices.values():
                yield from arm(self._sessions, device)
            for name in self._devices:
                self._changes.append((yield from self._look(name)))
            if self.check:
                return self._planned()
            # It stays up: once something is written, what follows is short and must not be left half done.
            yield Shield(True)
        except AbortError as abort:
            return self._aborted(abort.gate, str(abort))
        except LostError as lost:
            return self._aborted("session", f"{lost}.")
        except StoppedError:
            return self._aborted("interrupted", "The run was interrupted.")
        if trouble := (yield from self._write()):
            return self._result("failed", trouble, changed=self._left)
        return (yield from self._save())

    # --- look --------------------------------------------------------------------------------------------------

    def _look(self, device: str) -> Talk[Change]:
        before = yield from self._read(device)
        saved = yield from self._is_saved(device)
        keepalive = before.keepalive or Keepalive()
        return Change(device, before.name, keepalive, self.wanted, self._step(device, before), saved)

    def _step(self, device: str, group: TunnelGroup) -> Step | None:
        has_it = enable_dpd.same(group.keepalive or Keepalive(), self.wanted)
        return None if has_it else enable_dpd.step(device, group, self.wanted)

    def _read(self, device: str) -> Talk[TunnelGroup]:
        group = self._groups[device]
        show = "show running-config all tunnel-group"
        parsed = yield from read(self._sessions, device, show, f"{show} {group}")
        found = effective(parsed.value).get(group)
        if found is None:
            raise AbortError("unread", f"{device}: there is no tunnel-group {group} any more.")
        return found

    def _is_saved(self, device: str) -> Talk[bool | None]:
        """Whether a reload would bring the wanted value. Not knowing it is no reason to harden nothing."""
        answer = yield from self._sessions.ask(device, "show startup-config")
        parsed = find("show startup-config").parse(answer.text)
        if answer.refusal or answer.incomplete or parsed.incomplete:
            return None
        group = parsed.value.tunnel_groups.get(self._groups[device])
        return group is not None and group.keepalive is not None and enable_dpd.same(group.keepalive, self.wanted)

    # --- write -------------------------------------------------------------------------------------------------

    def _write(self) -> Talk[str]:
        """Every line that is needed; returns what went wrong and what became of the lines that were written."""
        for change in self._changes:
            if change.step is None:
                continue
            try:
                yield from self._apply(change, change.step)
            except (LostError, AbortError, _FailedError) as error:
                undone = yield from self._take_back()
                return f"{str(error).rstrip('.')}. {undone}."
        return ""

    def _apply(self, change: Change, step: Step) -> Talk[None]:
        yield Note("configure", change.device, _one_line(step.commands))
        yield from self._configure(change.device, step.commands)
        now = yield from self._read(change.device)
        if now.keepalive is None or not enable_dpd.same(now.keepalive, change.after):
            raise _FailedError(f"{change.device}: after the change it still shows {now.keepalive}")
        yield from self._sessions.note("configured", change.device, text=str(now.keepalive))

    def _take_back(self) -> Talk[str]:
        """Set back every end at which something was typed, the failed one too: it may have taken the line."""
        words = []
        for change in self._changes:
            if change.device not in self._typed:
                continue
            try:
                yield from self._set_back(change)
                words.append(f"{change.device} is as it was ({change.before})")
            except (LostError, AbortError, _FailedError) as error:
                self._left = True
                words.append(
                    f"{change.device} COULD NOT BE SET BACK ({str(error).rstrip('.')}): look at 'show running-config "
                    f"all tunnel-group {change.group}' there; it had {enable_dpd.line(change.before).strip()!r}"
                )
        return "; ".join(words) or "Nothing was written"

    def _set_back(self, change: Change) -> Talk[None]:
        """In a login that is identified again, for the one that wrote may be the one that was lost."""
        assert change.step is not None
        yield from arm(self._sessions, self._devices[change.device])
        now = yield from self._read(change.device)
        if now.keepalive is not None and enable_dpd.same(now.keepalive, change.before):
            return
        undo = change.step.undo
        yield from self._sessions.note("take_back", change.device, _one_line(undo))
        yield from self._configure(change.device, undo)
        now = yield from self._read(change.device)
        if now.keepalive is None or not enable_dpd.same(now.keepalive, change.before):
            raise _FailedError(f"{change.device}: it shows {now.keepalive}")

    def _configure(self, device: str, lines: tuple[str, ...]) -> Talk[None]:
        before = set(self._typed)
        self._typed.add(device)
        try:
            answer = yield from self._sessions.configure(device, lines)
        except NotSentError:
            self._typed = before
            raise
        if answer.refused:
            raise _FailedError(f"{device}: the device refused {answer.refused.strip()!r}: {answer.reason}")

    # --- save --------------------------------------------------------------------------------------------------

    def _save(self) -> Talk[Hardened]:
        saved: list[str] = []
        trouble: list[str] = []
        unsure = False
        for change in self._changes:
            if not self.save or change.saved:
                continue
            try:
                yield from self._write_memory(change.device)
                saved.append(change.device)
            except (NotSentError, _FailedError) as error:
                trouble.append(f"NOT SAVED at {change.device} ({str(error).rstrip('.')})")
            except LostError as error:
                unsure = True
                trouble.append(f"Whether it is saved at {change.device} is not known ({str(error).rstrip('.')})")
        done = [change for change in self._changes if change.step]
        words = [self._said(done)]
        if saved:
            words.append(f"Saved at {_and(saved)}.")
        if trouble:
            words.append(f"{'. '.join(trouble)}. What is not saved is gone with the next reload: {AGAIN}.")
        elif not self.save:
            words += self._unsaved()
        words.append(self._from_when(just_set=bool(done)))
        outcome = "not_saved" if trouble else "hardened" if done or saved else "no_change"
        return self._result(outcome, " ".join(words), changed=bool(done or saved or unsure), saved=tuple(saved))

    def _write_memory(self, device: str) -> Talk[None]:
        try:
            yield Note("save", device, "write memory")
        except LostError as lost:
            raise NotSentError(str(lost)) from None
        answer = yield from self._sessions.ask(device, "write memory", proof=OK)
        if OK not in answer.text:
            raise _FailedError(f"{device}: 'write memory' did not end in {OK}: {answer.text.strip()!r}")
        yield from self._sessions.note("saved", device)

    # --- results -----------------------------------------------------------------------------------------------

    def _planned(self) -> Hardened:
        todo = [change for change in self._changes if change.step]
        would = [change.device for change in self._changes if self.save and not change.saved]
        words = [self._said(todo, verb="would set DPD")]
        if would:
            words.append(f"Would save at {_and(would)}.")
        elif not self.save:
            words += self._unsaved()
        words.append("Nothing was written." if todo or would else self._from_when(just_set=False))
        return self._result("planned" if todo or would else "no_change", " ".join(words), changed=bool(todo or would))

    def _said(self, todo: list[Change], verb: str = "DPD set") -> str:
        if todo:
            return f"{self.tunnel.name}: {verb} at {_and([str(change) for change in todo])}."
        saved = " and saved" if all(change.saved for change in self._changes) else ""
        return f"{self.tunnel.name}: both ends are set to DPD {self.wanted}{saved}, nothing to change."

    def _unsaved(self) -> list[str]:
        """What a reload would take away although nobody asked to save it."""
        lacking = [change.device for change in self._changes if change.saved is False]
        unknown = [change.device for change in self._changes if change.saved is None]
        words = []
        if lacking:
            words.append(f"NOT SAVED at {_and(lacking)}: the next reload takes it away. To save it, {AGAIN}.")
        if unknown:
            words.append(f"'show startup-config' was not readable at {_and(unknown)}: to be sure it is saved, {AGAIN}.")
        return words

    def _from_when(self, *, just_set: bool) -> str:
        """When it begins to protect: the ends agree on DPD when they make an IKE SA."""
        now = self.clock()
        up = [(end.device.readings[-1].finished, sa) for end in self.tunnel.ends for sa in end.ike or () if sa.up]
        ends = [read + sa.lifetime_remaining for read, sa in up if sa.lifetime_remaining is not None]
        words = "It counts from the next IKE SA on" if just_set else "It counts in an IKE SA agreed since it was set"
        if not up:
            return f"{words}; none is up now."
        # When a value that stands was set is not known, nor, then, whether the IKE SA is older.
        present = "the one that is up was agreed before, and" if just_set else "the one that is up may be older, and"
        if not ends or min(ends) <= now:
            return f"{words}; {present} lasts for up to its lifetime."
        until = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(min(ends)))
        return f"{words}; {present} lasts up to {until} ({duration(min(ends) - now)})."

    def _aborted(self, gate: str, why: str) -> Hardened:
        return self._result(f"aborted_gate:{gate}", f"Nothing was written. {why}")

    def _result(self, outcome: str, text: str, *, changed: bool = False, saved: tuple[str, ...] = ()) -> Hardened:
        return Hardened(outcome, text, changed, tuple(self._changes), saved, tuple(self._sessions.actions))


def as_hardened(devices: Sequence[Device], hardened: Hardened) -> tuple[Device, ...]:
    """The devices as they are now: what was read before, with the keepalives that were read again after the change."""
    return tuple(_as_hardened(device, hardened) for device in devices)


def _as_hardened(device: Device, hardened: Hardened) -> Device:
    for change in hardened.changes:
        if change.device == device.name and device.config is not None:
            groups = dict(device.config.tunnel_groups)
            groups[change.group] = dataclasses.replace(groups[change.group], keepalive=change.after)
            device = dataclasses.replace(device, config=dataclasses.replace(device.config, tunnel_groups=groups))
    return dataclasses.replace(device, saved=device.config) if device.name in hardened.saved else device


def _groups(tunnel: Tunnel) -> dict[str, str]:
    """The tunnel-group at each end, by device."""
    if not tunnel.both:
        raise RefusedError(
            "both-ends",
            f"{tunnel.name} has one end of ours ({tunnel.missing}): DPD works only when both ends have it, so ask "
            "whoever runs the other end. Nothing was written.",
        )
    without = [end.name for end in tunnel.ends if end.tunnel_group is None]
    if without:
        raise RefusedError(
            "tunnel-group",
            f"{tunnel.name}: {_and(without)} showed no tunnel-group for the other end. Nothing was written.",
        )
    groups = {end.name: end.tunnel_group.name for end in tunnel.ends if end.tunnel_group is not None}
    shared = [device for device, group in groups.items() if group.startswith("Default")]
    if shared:
        raise RefusedError(
            "tunnel-group",
            f"{tunnel.name}: at {_and(shared)} the other end has no tunnel-group of its own and falls into the default "
            "one, whose DPD is that of every such peer. Give it a tunnel-group first. Nothing was written.",
        )
    return groups


def _one_line(lines: Sequence[str]) -> str:
    return " / ".join(line.strip() for line in lines)


def _and(words: Sequence[str]) -> str:
    return " and ".join(words)
