# SPDX-License-Identifier: GPL-3.0-or-later
"""What a hardening says of what it would do, did, took back and did not save."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import (
    Change,
    Counts,
    Setting,
    overall,
)

AGAIN = "run this again with -e harden_save=true"


def one_line(lines: Sequence[str]) -> str:
    return " / ".join(line.strip() for line in lines)


def both(words: Sequence[str]) -> str:
    """``a and b``, or ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 2 else words)


def join(text: str, warnings: Sequence[str]) -> str:
    return f"{text} {'; '.join(warnings)}." if warnings else text


# --- refusals --------------------------------------------------------------------------------------------------


def one_ended(tunnel: Tunnel, settings: Sequence[Setting]) -> str:
    dpd = any(setting.name == "dpd" for setting in settings)
    why = "DPD works only when both ends have it" if dpd else "these settings must fit at both ends"
    return f"{tunnel.name} has one end of ours ({tunnel.missing}): {why}"


def stopped(killed: str) -> str:
    return f"Every change is stopped: {killed}"


def refused_as_shared(shared: Sequence[Change], settings: Sequence[Setting]) -> str:
    what = "; ".join(dict.fromkeys(change.shared for change in shared))
    names = [setting.name for setting in settings if setting not in [change.setting for change in shared]]
    without = f"; -e harden_settings={','.join(names)} would not" if names else ""
    return f"It would change other tunnels too: {what}{without}"


# --- what is done ----------------------------------------------------------------------------------------------


def said(tunnel: Tunnel, changes: Sequence[Change], verb: str = "") -> str:
    """What was set, or with a verb what would be; else that both ends have it."""
    todo: dict[str, list[str]] = {}
    for change in changes:
        if change.step:
            todo.setdefault(change.setting.title, []).append(str(change))
    if todo:
        done = "; ".join(f"{verb or ''}{title}{'' if verb else ' set'} at {both(at)}" for title, at in todo.items())
        return f"{tunnel.name}: {done}."
    saved = " and saved" if all(change.saved for change in changes) else ""
    return f"{tunnel.name}: both ends are set to {', '.join(_goals(changes))}{saved}, nothing to change."


def _goals(changes: Sequence[Change]) -> list[str]:
    by_title: dict[str, dict[str, str]] = {}
    for change in changes:
        by_title.setdefault(change.setting.title, {})[change.device] = change.after
    return [
        f"{title} {next(iter(ends.values()))}"
        if len(set(ends.values())) == 1
        else f"{title} {' '.join(f'{device}: {value}' for device, value in ends.items())}"
        for title, ends in by_title.items()
    ]


def costs(todo: Iterable[Change]) -> list[str]:
    """What a plan interrupts, and whom else it changes."""
    words = []
    for change in todo:
        assert change.step is not None
        if not change.step.interrupts.startswith("nothing"):
            words.append(f"{change.setting.title} at {change.device} interrupts {change.step.interrupts}.")
        if change.shared:
            words.append(f"OTHER TUNNELS CHANGE TOO: {change.shared}.")
    return words


# --- what is taken back ----------------------------------------------------------------------------------------


def named(setting: Setting, settings: Sequence[Setting], end: End) -> str:
    return _titled(setting, settings, setting.words(end))


def _titled(setting: Setting, settings: Sequence[Setting], value: str) -> str:
    return value if len(settings) == 1 else f"{setting.title} {value}"


def as_it_was(typed: Sequence[Change], settings: Sequence[Setting], *, rest: bool) -> str:
    values = ", ".join(_titled(change.setting, settings, change.before) for change in overall(typed))
    return f"{'the rest of ' if rest else ''}{typed[0].device} is as it was ({values})"


def not_set_back(change: Change, why: str) -> str:
    assert change.step is not None
    return (
        f"{change.device} COULD NOT BE SET BACK ({why.rstrip('.')}): look at '{change.look}' there; it had "
        f"{change.setting.title} {change.before}, which is set by '{one_line(change.step.undo)}'"
    )


def kept(change: Change) -> str:
    """Of what was added, where the other end may have lost the old."""
    assert change.step is not None
    return (
        f"{change.device} keeps {change.setting.title} {change.after}, so that the ends have one in common; when both "
        f"have the old again, '{one_line(change.step.undo)}' takes the new away"
    )


# --- what is saved ----------------------------------------------------------------------------------------------


def is_saved(changes: Sequence[Change], device: str) -> bool | None:
    """Whether a reload brings all of it; ``None`` when that is not known."""
    known = [change.saved for change in changes if change.device == device]
    return None if None in known else all(known)


def unsaved(changes: Sequence[Change], devices: Iterable[str]) -> list[str]:
    """What a reload would take away although nobody asked to save it."""
    saved = {device: is_saved(changes, device) for device in devices}
    lacking = [device for device, known in saved.items() if known is False]
    unknown = [device for device, known in saved.items() if known is None]
    words = []
    if lacking:
        words.append(f"NOT SAVED at {both(lacking)}: the next reload takes it away. To save it, {AGAIN}.")
    if unknown:
        words.append(f"'show startup-config' was not readable at {both(unknown)}: to be sure it is saved, {AGAIN}.")
    return words


# --- from when it counts ---------------------------------------------------------------------------------------


def from_when(tunnel: Tunnel, changes: Sequence[Change], now: float) -> list[str]:
    """When each begins to protect: what was just set, else all that stands."""
    todo = [change for change in changes if change.step]
    told = list(dict.fromkeys(change.setting.title for change in todo or changes))
    words = []
    for counts in Counts:
        titles = [t for t in told if any(each.setting.title == t and each.setting.counts is counts for each in changes)]
        if not titles:
            continue
        plural = len(titles) > 1
        who = both(titles) if len(told) > 1 else "It"
        verb = "count" if plural else "counts"
        if counts is Counts.NOW:
            words.append(f"{who} {verb} at once.")
        elif counts is Counts.IPSEC:
            when = "from the next IPsec SAs on, which a rekey makes" if todo else "in IPsec SAs made since it was set"
            words.append(f"{who} {verb} {when}.")
        else:
            words.append(_of_ike(tunnel, f"{who} {verb}", now, just_set=bool(todo)))
    return words


def _of_ike(tunnel: Tunnel, who: str, now: float, *, just_set: bool) -> str:
    """What the ends agree on, or take from a group-policy, when they make an IKE SA."""
    up = [(end.device.readings[-1].finished, sa) for end in tunnel.ends for sa in end.ike or () if sa.up]
    ends = [read + sa.lifetime_remaining for read, sa in up if sa.lifetime_remaining is not None]
    words = f"{who} from the next IKE SA on" if just_set else f"{who} in an IKE SA agreed since it was set"
    if not up:
        return f"{words}; none is up now."
    # When a value that stands was set is not known, nor, then, whether the IKE SA is older.
    present = "the one that is up was agreed before, and" if just_set else "the one that is up may be older, and"
    if not ends or min(ends) <= now:
        return f"{words}; {present} lasts for up to its lifetime."
    until = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(min(ends)))
    return f"{words}; {present} lasts up to {until} ({duration(min(ends) - now)})."
