# SPDX-License-Identifier: GPL-3.0-or-later
"""What each word that a run may end with rests on, in the lab's own record and state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.chaos.lines import CLEARS

if TYPE_CHECKING:
    from tests.chaos.invariants import Told
    from tests.chaos.trace import Entry


#: What a run says of a tunnel that it leaves alone without a word on whether it works.
IDLE = "is idle: neither end has SAs"


def carried_out(run: Told, clear: Entry) -> bool:
    """Whether the engine carried this line out: it tells so right behind the line's record."""
    following = [e for e in run.entries if e.order > clear.order and e.kind in ("carried", "received")]
    return bool(following) and following[0].kind == "carried"


def _last_reading(run: Told) -> int:
    """Where the run began to read the SAs for the last time: of all ends while it audits, then of those it mends."""
    mends = next((e.order for e in run.entries if (e.kind, e.text) == ("phase", "mend")), -1)
    last: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for entry in run.received:
        if entry.text == "show crypto ipsec sa":
            last[entry.order > mends][entry.device] = entry.order
    return min((last[True] or last[False]).values(), default=run.entries[0].order)


def _false_healthy(run: Told) -> str:
    """Why a run may not say that the tunnel works; what comes behind its last reading it cannot know."""
    begin = _last_reading(run)
    states = run.healthy(begin)
    if run.disturbed(begin):
        return "" if any(states) else "the lab never saw it work since the last reading"
    return "" if all(states) else "the lab saw it down since the last reading"


def _healed(run: Told) -> str:
    return _without_clear(run) or _false_healthy(run)


def _without_clear(run: Told) -> str:
    """A clear that was lost on its way may go with a tunnel that came up by itself: the run then says that it may."""
    return "" if run.clears or "is not known" in run.outcome.text else "no device got a clear"


def _partial(run: Told) -> str:
    seen = any(run.healthy(_last_reading(run)))
    return _without_clear(run) or ("" if seen else "the lab never saw it work since the last reading")


def _left_alone(run: Told) -> str:
    """A tunnel is left alone when each end accepts what the other sends: that is all that a look at it can show.

    Whether packets pass is told by counters that grow, and an audit makes no traffic. What comes behind the look, such
    as a peer that is found to be dead, nobody can know.
    """
    if IDLE in run.outcome.text:
        return _not_idle(run)
    begin = _last_reading(run)
    end = max(e.order for e in run.received if e.text == "show crypto ipsec sa")
    states = [e.mirrors for e in run.world.trace.between(begin, end)]
    if run.disturbed(begin):
        return "" if any(states) else "the SPIs never mirrored since the last reading"
    return "" if all(states) else "the SPIs did not mirror in the last reading"


def _not_idle(run: Told) -> str:
    """Of a tunnel without SAs nothing is said to work; they must have been gone from the ends at its last reading."""
    for place, end in enumerate(run.world.kind.ends):
        read = [e for e in run.received if e.device == end and e.text == "show crypto ipsec sa"]
        if read and read[-1].spis and any(read[-1].spis[place]) and not run.disturbed(read[-1].order):
            return f"{end} held SAs when it was read"
    return ""


def _no_change(run: Told) -> str:
    if not run.outcome.actions:
        return "it cleared all the same" if run.clears else _left_alone(run)
    if not run.clears and not any(CLEARS.match(a.command) for a in run.outcome.actions):
        return _false_healthy(run)
    before = next((e.spis for e in run.received if e.text.startswith("show crypto ipsec sa peer")), None)
    if run.disturbed(_last_reading(run)):
        return ""
    return "" if before == run.end.spis else "the ends do not hold the SAs of before"


def _nothing(run: Told) -> str:
    """A refusal: no clear had an effect; only one that a device refused was sent at all."""
    effects = [e for e in run.carried if e.text != "ipsec nothing"]
    if effects:
        return f"{effects[0].device} carried out a clear"
    if run.clears and run.word != "aborted_gate:refused":
        return f"{run.clears[0].device} got {run.clears[0].text!r}"
    return "" if len(run.clears) < 2 else "two clears were sent"


def _not_sent(run: Told) -> str:
    return "a clear was sent" if run.clears else ""


def _overlooked(run: Told) -> bool:
    """Whether the lab saw the tunnel work, undisturbed, in all of the last two readings: then the run did, too."""
    readings: dict[str, list[int]] = {}
    for entry in run.received:
        if entry.text == "show crypto ipsec sa" and run.clears and entry.order > run.clears[0].order:
            readings.setdefault(entry.device, []).append(entry.order)
    enough = len(readings) == len(run.touched) and all(len(orders) >= 2 for orders in readings.values())
    begin = min(orders[-2] for orders in readings.values()) if enough else run.entries[0].order
    return all(run.healthy(begin)) and not run.disturbed(begin)


def _not_healed(run: Told) -> str:
    if len(run.clears) < len(run.touched) and not run.disturbed(
        run.clears[0].order if run.clears else run.entries[0].order
    ):
        return "not both ends got a clear, and nothing disturbed them"
    return "the lab saw it work all the time at the end" if _overlooked(run) else ""


def _half(run: Told) -> str:
    if len(run.clears) >= 2 and all(_answered(run, clear) and carried_out(run, clear) for clear in run.clears[:2]):
        return "both ends carried their clear out and said so"
    if not run.disturbed(run.clears[0].order - 3 if run.clears else 0):
        return "nothing disturbed the clears"
    return "the lab saw it work all the time at the end" if _overlooked(run) and not _keeps(run) else ""


def _keeps(run: Told) -> bool:
    """Whether an end still holds SAs of before: a tunnel that works over new ones is not yet clean."""
    before, now = (entry.spis for entry in (run.clears[0], run.end))
    assert before
    assert now
    return any(then[way] & held[way] for then, held in zip(before, now, strict=True) for way in (0, 1))


def _answered(run: Told, clear: Entry) -> bool:
    following = [e for e in run.entries if e.order > clear.order and e.session == clear.session]
    kinds = [e.kind for e in following if e.kind in ("answered", "closed", "spoiled") and e.device == clear.device]
    return bool(kinds) and kinds[0] == "answered"


def _unfinished(run: Told) -> str:
    if not any(e.kind == "stop" for e in run.entries):
        return "nobody stopped it"
    noted = any(e.kind == "note" and e.text.startswith("clear ") for e in run.entries)
    if not noted:
        return "no clear was noted"
    for clear in run.clears:
        named = clear.asked in run.outcome.text
        if carried_out(run, clear) and not named:
            return f"{clear.asked} was cleared, and the text does not name it"
    return ""


#: What each word of an outcome rests on, as a function that says why it is not true; nothing when it is.
TRUTHS = {
    "healed": _healed,
    "healed_partial": _partial,
    "no_change": _no_change,
    "aborted_gate": _nothing,
    "planned": _not_sent,
    "failed": _not_sent,
    "not_healed": _not_healed,
    "worse": _not_healed,
    "half_cleared": _half,
    "unfinished": _unfinished,
}
