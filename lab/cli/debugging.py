# SPDX-License-Identifier: GPL-3.0-or-later
"""`debug crypto isakmp|ikev1|ikev2 …`: what IKE says, in the session that asked for it, as it happens.

The lines are those of the log, in the dress of a debug: up to 8.3 `[IKEv1]: text`, later `[IKEv1]text` (captured), and
for IKEv2 `IKEv2-PROTO-1: (1): text`. From level 127 on the lines of severity 7 come too. From practice: which line
comes at which level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.cli.tree import Match, registry

if TYPE_CHECKING:
    from lab.cli.shell import Session

EVERYTHING = 127
DECODED = 713236


def dressed(session: Session, kinds: dict[str, int], severity: int, number: int, text: str) -> str | None:
    """A message as a debug line, or None when nobody wants it. `kinds`: the debugs that are on, with their levels."""
    version = {713: 1, 715: 1, 750: 2, 751: 2}.get(number // 1000)
    level = max((kinds[kind] for kind in kinds if (kind == "ikev2") == (version == 2)), default=0)
    if version is None or level == 0 or (severity == 7 and level < EVERYTHING):
        return None
    if version == 2:
        # Who is meant stands in front of a message, not of a debug line.
        return f"IKEv2-PROTO-{1 if severity < 5 else 4}: (1): {text.split(' ', 3)[-1]}"
    # Captured: the line for a whole message is in the plain dress, though its severity is 7 as well.
    tag = "[IKEv1 DEBUG]" if severity == 7 and number != DECODED else "[IKEv1]"
    when = session.device.now.strftime("%b %d %H:%M:%S")
    return f"{when} {tag}{': ' if session.device.legacy else ''}{text}"


def _start(session: Session, match: Match) -> None:
    kind = "ikev2" if "ikev2" in match else "ikev1"
    level = match.args.get("number", "1")
    session.debug(kind, min(int(level), 255))


registry.exec("debug crypto isakmp [<number>]")(_start)
registry.exec("debug crypto ikev1 [<number>]", trains=("modern",))(_start)
registry.exec("debug crypto ikev2 protocol|platform [<number>]", trains=("modern",))(_start)


@registry.exec("undebug all")
def stop(session: Session, match: Match) -> None:
    session.undebug()


@registry.exec("show debug")
def show_debug(session: Session, match: Match) -> list[str]:
    names = {"ikev1": "isakmp" if session.device.legacy else "ikev1", "ikev2": "ikev2 protocol"}
    return [f"debug crypto {names[kind]} enabled at level {level}" for kind, level in session.debugs.items()]
