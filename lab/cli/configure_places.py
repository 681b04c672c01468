# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode, continued: lines whose place counts, of access lists and of translation.

A line goes last of its kind, or where its number says, and is kept without that number. Sources: Cisco ASA Command
Reference, `access-list extended` (`line`, remarks are counted) and `nat` (global, 8.3 and later). That a number beyond
the last means last is from practice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lab.cli.configure import REMOVED_BY, apply_top, remove_top, touch
from lab.cli.tree import Match

if TYPE_CHECKING:
    from lab.cli.shell import Session
    from lab.config import Block, Config


def without_place(words: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """A line as it is kept, and the place typed in it, as in `access-list A line 3 ...`, `nat (a,b) 1 source ...`."""
    match words:
        case ["access-list", name, "line", number, *rest] if number.isdigit() and rest:
            return ("access-list", name, *rest), int(number)
        case ["nat", pair, number, "source", *rest] if number.isdigit():
            return ("nat", pair, "source", *rest), int(number)
        case ["nat", pair, "after-auto", number, "source", *rest] if number.isdigit():
            return ("nat", pair, "after-auto", "source", *rest), int(number)
    return words, None


def placed(session: Session, match: Match) -> None:
    """A new line goes to its place; one that is there already stays where it is."""
    words, place = without_place(tuple(" ".join(match.words).split()))
    config = session.device.config
    kin = _kin(config, words)
    if kin is None:
        apply_top(session, replace(match, words=words))
        return
    line = " ".join(words)
    if config.find(line) is None:
        if kin and place is not None and place <= len(kin):
            config.insert(line, before=kin[max(place, 1) - 1])
        elif kin:
            config.add_after(kin[-1], line)
        else:
            config.add(line)
    touch(session)
    session.mode, session.submode_of = "config", ""


def _kin(config: Config, words: tuple[str, ...]) -> list[Block] | None:
    """The lines among which this one has its place; None where places do not count."""
    if words[0] == "access-list":
        return list(config.starting(*words[:2]))
    if words[0] == "nat" and "source" in words[2:4]:
        last = words[2] == "after-auto"
        return [
            block for block in config.starting("nat")
            if "source" in block.words[2:4] and (block.words[2] == "after-auto") is last
        ]  # fmt: skip
    return None


def _taken_away(session: Session, match: Match) -> list[str]:
    words, _ = without_place(tuple(" ".join(match.words).split()))
    return remove_top(session, replace(match, words=words))


REMOVED_BY["access-list"] = REMOVED_BY["nat"] = _taken_away
