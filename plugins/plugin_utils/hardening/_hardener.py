# SPDX-License-Identifier: GPL-3.0-or-later
"""One hardening: look at both ends, write both, save both.

Judged by effective value, which ``show running-config`` may hide: each end is read before and after every step. Both
logins are armed as for a mending. From the first line to the last save signals wait, and each write is noted before it
is sent. Before anything old is taken away both ends must show what was added to them. When anything fails, all that was
written is taken back in reverse order, at both ends; but where the old could not be given back at one end, what was
added stays at the other, or the two might have nothing in common.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import ANYBODY, AbortError, Identity, arm, saw
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import _words as words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening._reading import end_now, end_saved
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening._result import Hardened
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    LostError,
    Note,
    NotSentError,
    PrivilegeError,
    Sessions,
    Shield,
    StoppedError,
    Talk,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import (
    CannotError,
    Change,
    Setting,
    overall,
)

OK = "[OK]"


class _FailedError(Exception):
    """A device did not take what it was told; the message begins with its name."""


@dataclass
class Hardener:
    """One run on one tunnel; ``check`` reads and writes nothing, ``shared`` permits what changes other tunnels too.

    ``expected`` is who the devices are by the inventory, ``units`` are other hosts of it by which each is reached.
    ``stopped`` says what the kill switch says, or nothing.

    :raises rails.RefusedError: an end is not ours or was not read, or a setting cannot be made at an end; or the kill
        switch is thrown.
    """

    tunnel: Tunnel
    settings: Sequence[Setting]
    clock: Callable[[], float]
    check: bool = False
    save: bool = False
    shared: bool = False
    expected: Mapping[str, Identity] = field(default_factory=dict)
    units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stopped: Callable[[], str] = str
    _changes: tuple[Change, ...] = ()
    _typed: list[Change] = field(default_factory=list)
    _warnings: list[str] = field(default_factory=list)
    _left: bool = False

    def __post_init__(self) -> None:
        if not self.tunnel.both:
            raise rails.refused("foreign-end", words.one_ended(self.tunnel, self.settings))
        if not self.check and (killed := self.stopped()):
            raise rails.refused("kill-switch", words.stopped(killed))
        self._sessions = Sessions(self.clock)
        self._now = {end.name: end for end in self.tunnel.ends}
        self._identified: set[str] = set()
        try:
            self._seen = self._all_changes(self.tunnel)
        except CannotError as cannot:
            raise rails.refused(cannot.gate, str(cannot), self.tunnel.name) from None

    @property
    def foreseen(self) -> list[tuple[str, str]]:
        """What will be typed beside show commands, by device, unless the ends show now that it need not be."""
        steps = [each.step for each in _in_order(self._seen) if each.step]
        saves = [(device, "write memory") for device in self._now if self.save]
        return [(step.device, words.one_line(step.commands)) for step in steps] + saves

    def run(self) -> Talk[Hardened]:
        """Look at both ends, then write both, then save both. Whatever is thrown in, it ends in a result."""
        try:
            for name in self._now:
                yield from self._arm(name)
            yield from self._look()
            self._refuse_shared()
            if self.check:
                return self._planned()
            if killed := self.stopped():
                raise AbortError("kill-switch", words.stopped(killed))
            # It stays up: once something is written, what follows is short and must not be left half done.
            yield Shield(True)
        except AbortError as abort:
            return self._aborted(abort.gate, abort.seen)
        except CannotError as cannot:
            return self._aborted(cannot.gate, str(cannot))
        except PrivilegeError as low:
            return self._aborted("privilege", str(low))
        except LostError as lost:
            return self._aborted("session", str(lost))
        except StoppedError:
            return self._aborted("interrupted", "The run was interrupted")
        except Exception as error:
            return self._aborted("unread", f"What the ends hold could not be worked out ({_unforeseen(error)})")
        if trouble := (yield from self._write()):
            return self._result("failed", trouble, changed=self._left)
        return (yield from self._save())

    # --- look --------------------------------------------------------------------------------------------------

    def _look(self) -> Talk[None]:
        saved: dict[str, End | None] = {}
        for name, end in self._now.items():
            self._now[name] = yield from end_now(self._sessions, end, self.settings)
            saved[name] = yield from end_saved(self._sessions, end)
        tunnel = dataclasses.replace(self.tunnel, ends=tuple(self._now.values()))
        self._changes = tuple(
            dataclasses.replace(each, saved=_is_saved(each, saved[each.device])) for each in self._all_changes(tunnel)
        )

    def _all_changes(self, tunnel: Tunnel) -> tuple[Change, ...]:
        return tuple(change for setting in self.settings for change in setting.changes(tunnel))

    def _refuse_shared(self) -> None:
        shared = [each for each in self._changes if each.shared]
        if shared and not self.shared:
            raise AbortError("shared", words.refused_as_shared(shared, self.settings))

    def _arm(self, name: str, *, again: bool = False) -> Talk[None]:
        yield from arm(
            self._sessions,
            self._now[name].device,
            expected=self.expected.get(name, ANYBODY),
            units=self.units.get(name, ()),
            again=again,
        )

    # --- write -------------------------------------------------------------------------------------------------

    def _write(self) -> Talk[str]:
        """Every line that is needed; returns what went wrong and what became of the lines that were written."""
        taking = False
        for change in _in_order(self._changes):
            try:
                if change.removes and not taking:
                    taking = True
                    yield from self._both_hold()
                yield from self._apply(change)
            except Exception as error:  # whatever it is, lines may stand at an end, and belong to none or to both
                undone = yield from self._take_back()
                return words.join(f"{_told(error, change.device)}. {undone}.", self._warnings)
        return ""

    def _apply(self, change: Change) -> Talk[None]:
        assert change.step is not None
        commands = change.step.commands
        yield Note("configure", change.device, words.one_line(commands))
        try:
            self._typed.append(change)
            yield from self._configure(change.device, commands)
        except NotSentError:
            self._typed.pop()
            raise
        yield from self._read(change.device)
        # What was set before must stand as well: one line may take another away.
        for each in overall(self._typed):
            if each.device == change.device:
                self._require(each, each.lines_after, "after the change it still shows")
        yield from self._sessions.note("configured", change.device, text=change.setting.words(self._now[change.device]))

    def _both_hold(self) -> Talk[None]:
        """Both ends show now what the first of two phases made of them.

        :raises _FailedError: one does not, so that nothing may be taken away at the other.
        """
        taken = [each.setting for each in self._changes if each.removes]
        for name in self._now:
            yield from self._read(name)
            for each in self._changes:
                if each.device == name and each.setting in taken:
                    lines = each.lines_before if each.removes else each.lines_after
                    self._require(each, lines, "before the old is taken away it shows")

    def _take_back(self) -> Talk[str]:
        """Set back all that was typed, the last first, and the failed one too: it may have been taken in part."""
        problems: dict[int, str] = {}
        stuck: set[Setting] = set()
        for number, change in reversed(list(enumerate(self._typed))):
            if change.setting in stuck and not change.removes:
                problems[number] = words.kept(change)
                continue
            try:
                yield from self._set_back(change)
            except Exception as error:  # the others must be set back all the same
                self._left = True
                self._identified.discard(change.device)
                problems[number] = words.not_set_back(change, _told(error, change.device))
                stuck |= {change.setting} if change.removes else set()
        said: list[str] = []
        for name in self._now:
            mine = {number: each for number, each in enumerate(self._typed) if each.device == name}
            wrong = {number: each for number, each in mine.items() if number in problems}
            # A setting of which a part is not set back is not as it was; its last problem says what it should be.
            said += {each.setting: problems[number] for number, each in wrong.items()}.values()
            settings = [each.setting for each in wrong.values()]
            if back := [each for each in mine.values() if each.setting not in settings]:
                said.append(words.as_it_was(back, self.settings, rest=bool(wrong)))
        return "; ".join(said) or "Nothing was written"

    def _set_back(self, change: Change) -> Talk[None]:
        """In a login that is identified again, for the one that wrote may be the one that was lost."""
        assert change.step is not None
        if change.device not in self._identified:
            yield from self._arm(change.device, again=True)
            self._identified.add(change.device)
        if (yield from self._stands_as_before(change)):
            return
        undo = change.step.undo
        yield from self._sessions.note("take_back", change.device, words.one_line(undo))
        yield from self._configure(change.device, undo)
        yield from self._read(change.device)
        self._require(change, change.lines_before, "it shows")

    def _stands_as_before(self, change: Change) -> Talk[bool]:
        try:
            yield from self._read(change.device)
            return change.setting.lines(self._now[change.device]) == change.lines_before
        except (LostError, AbortError):
            raise
        except Exception:  # what cannot be understood may come of the very line that is to be taken back
            return False

    def _configure(self, device: str, lines: tuple[str, ...]) -> Talk[None]:
        answer = yield from self._sessions.configure(device, lines)
        self._warnings += [f"{device} said {warning!r}" for warning in answer.warnings]
        if answer.refused:
            raise _FailedError(f"{device}: the device refused {answer.refused.strip()!r}: {answer.reason}")

    def _read(self, device: str) -> Talk[None]:
        self._now[device] = yield from end_now(self._sessions, self._now[device], self.settings)

    def _require(self, change: Change, lines: tuple[str, ...], but: str) -> None:
        end = self._now[change.device]
        if change.setting.lines(end) != lines:
            raise _FailedError(f"{change.device}: {but} {words.named(change.setting, self.settings, end)}")

    # --- save --------------------------------------------------------------------------------------------------

    def _save(self) -> Talk[Hardened]:
        saved: list[str] = []
        trouble: list[str] = []
        unsure = False
        for device in self._now:
            if not self.save or words.is_saved(self._ends, device):
                continue
            try:
                yield from self._write_memory(device)
                saved.append(device)
            except (NotSentError, _FailedError) as error:
                trouble.append(f"NOT SAVED at {device} ({str(error).rstrip('.')})")
            except Exception as error:  # what was written stands, and must be told
                unsure = True
                trouble.append(f"Whether it is saved at {device} is not known ({_told(error, device)})")
        done = [change for change in self._ends if change.step]
        text = [words.said(self.tunnel, self._ends), *self._warned()]
        if saved:
            text.append(f"Saved at {words.both(saved)}.")
        if trouble:
            text.append(f"{'. '.join(trouble)}. What is not saved is gone with the next reload: {words.AGAIN}.")
        elif not self.save:
            text += words.unsaved(self._ends, self._now)
        text += words.from_when(self.tunnel, self._ends, self.clock())
        outcome = "not_saved" if trouble else "hardened" if done or saved else "no_change"
        return self._result(outcome, " ".join(text), changed=bool(done or saved or unsure), saved=tuple(saved))

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
        todo = [change for change in self._ends if change.step]
        would = [device for device in self._now if self.save and not words.is_saved(self._ends, device)]
        text = [words.said(self.tunnel, self._ends, verb="would set "), *words.costs(todo)]
        if would:
            text.append(f"Would save at {words.both(would)}.")
        elif not self.save:
            text += words.unsaved(self._ends, self._now)
        if todo or would:
            text.append("Nothing was written.")
        else:
            text += words.from_when(self.tunnel, self._ends, self.clock())
        return self._result("planned" if todo or would else "no_change", " ".join(text), changed=bool(todo or would))

    @property
    def _ends(self) -> tuple[Change, ...]:
        return overall(self._changes)

    def _warned(self) -> list[str]:
        return [f"{'; '.join(self._warnings)}."] if self._warnings else []

    def _aborted(self, gate: str, seen: str) -> Hardened:
        text = f"Nothing was written. {rails.message(gate, seen, self.tunnel.name)}"
        return self._result(f"aborted_gate:{gate}", text)

    def _result(self, outcome: str, text: str, *, changed: bool = False, saved: tuple[str, ...] = ()) -> Hardened:
        configs = {name: end.device.config for name, end in self._now.items() if end.device.config is not None}
        return Hardened(outcome, text, changed, self._ends, saved, tuple(self._sessions.actions), configs)


def _told(error: Exception, device: str) -> str:
    expected = isinstance(error, LostError | AbortError | _FailedError)
    return saw(error).rstrip(".") if expected else f"{device}: {_unforeseen(error)}"


def _unforeseen(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).rstrip('.')}".removesuffix(": ")


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """What is to be typed: a phase is made and proven at both ends before the next begins."""
    return sorted((each for each in changes if each.step), key=lambda each: each.step.phase if each.step else 0)


def _is_saved(change: Change, saved: End | None) -> bool | None:
    return None if saved is None else change.setting.lines(saved) == change.lines_after
