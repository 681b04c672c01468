# SPDX-License-Identifier: GPL-3.0-or-later
"""`?` and TAB: what may stand next where a session is, out of the same grammar that its lines are parsed by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.cli.tree import Tree, tree_of
from lab.cli.words import described

if TYPE_CHECKING:
    from lab.cli.shell import Session

UNRECOGNIZED = "ERROR: % Unrecognized command"


def _trees(session: Session) -> list[Tree]:
    """In a submode its own words, then those of configuration mode, then EXEC, as the parser goes."""
    exec_ = tree_of("exec", session.train, 15 if session.enabled else 1)
    modes = dict.fromkeys((session.mode, "config")) if session.mode else ()
    return [*(tree_of(mode, session.train) for mode in modes), exec_]


def listed(session: Session, line: str) -> list[str]:
    """What `?` shows after the line so far."""
    said = line.removeprefix("no ") if session.mode else line
    trees = _trees(session)
    # All of EXEC may be typed while configuring; it is listed only where somebody asks for more of it.
    first = trees[:-1] if session.mode and not said.split() else trees
    found = [words for words in (tree.completions(said) for tree in first) if words is not None]
    if not found:
        return [UNRECOGNIZED]
    words = list(dict.fromkeys(word for each in found for word in each))
    if session.mode and not line.split():
        words += ["no", "exit", "end"]
    if line and not line.endswith(" "):
        return [f"  {word}" for word in words]
    return described(words, first=not said.split())


def completed(session: Session, line: str) -> str:
    """The line with its last word written out, for TAB; as it is where that word is none or several."""
    said = line.removeprefix("no ") if session.mode else line
    typed = said.split()[-1] if said.split() and not said.endswith(" ") else ""
    found = {word for tree in _trees(session) for word in tree.completions(said) or ()}
    return f"{line[: -len(typed)]}{found.pop()} " if typed and len(found) == 1 else line
