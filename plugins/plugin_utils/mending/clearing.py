# SPDX-License-Identifier: GPL-3.0-or-later
"""Send the clears of one rung, one an end, each noted before it is sent and none of them twice."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import AbortError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.work import Work
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import PlannedEnd
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    HoldLostError,
    LostError,
    Note,
    NotSentError,
    Talk,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import Step, UnsafeStepError, cleared_by


def check(end: PlannedEnd, step: Step) -> str:
    """The one line of a step, when it clears this end's peer and nothing else.

    :raises AbortError: ``peer-address``.
    """
    try:
        (command,) = step.commands
        if (step.device, cleared_by(command)) == (end.device, end.peer):
            return command
        wrong = f"{command!r} at {step.device} is not about {end.peer}, the peer of {end.device}"
    except (ValueError, UnsafeStepError) as error:
        wrong = str(error)
    raise AbortError("peer-address", f"The plan is wrong: {wrong}")


def clear(work: Work, steps: Sequence[tuple[PlannedEnd, Step]]) -> Talk[AbortError | None]:
    """Every clear of a rung; ``trouble`` then says what went wrong with one. Returns why none had an effect, if so.

    A clear whose answer was lost or cut may have been carried out. The other one is then not sent: nobody knows any
    more what it would meet, and the notice that the first one sends may have sufficed. One that is answered late is
    followed by the other all the same: an end that is cleared alone is what this must not leave behind. Only where
    another run has taken the tunnel over meanwhile, as after a long sleep of this one, that run decides.
    """
    try:
        lines = [(end, check(end, step)) for end, step in steps]
    except AbortError as abort:
        return abort
    (first, command), *others = lines
    try:
        yield Note("clear", first.device, command)
    except LostError as lost:
        return AbortError("journal", str(lost))
    if refusal := (yield from _send(work, first, command)):
        return AbortError("refused", refusal)
    for end, line in others:
        if not work.trouble:
            try:
                yield Note("clear", end.device, line)
            except HoldLostError as lost:
                work.trouble = f"{end.device} was not cleared: {str(lost).removesuffix(' Send nothing more.')}"
                break
            except LostError:
                # A journal that cannot be written is no reason to leave an end cleared alone.
                pass
            work.trouble = (yield from _send(work, end, line)) or work.trouble
    return None


def _send(work: Work, end: PlannedEnd, command: str) -> Talk[str]:
    """Send one clear and return why it surely had no effect, if so."""
    if end.in_band:
        return (yield from _fire(work, end, command))
    refusal = ""
    sent = work.clock()
    try:
        answer = yield from work.sessions.ask(end.device, command)
        if answer.refusal:
            refusal = f"{end.device} refused {command!r}: {answer.refusal}."
        elif answer.incomplete:
            raise LostError(f"{end.device}: {answer.incomplete}")
    except (NotSentError, UnsafeStepError) as lost:
        refusal = f"{lost}."
    except LostError as lost:
        work.trouble = f"{lost}. Whether {end.device} carried out {command!r} is not known."
    if end is work.plan.ends[0]:
        work.answered = work.clock() - sent
    trouble = refusal or work.trouble
    yield from work.sessions.note("clear_failed" if trouble else "cleared", end.device, command, trouble)
    return refusal


def _fire(work: Work, end: PlannedEnd, command: str) -> Talk[str]:
    """Send a clear that cuts the way its own answer takes. That nothing comes back is no trouble: the proof decides."""
    try:
        yield from work.sessions.fire(end.device, command)
    except (NotSentError, UnsafeStepError) as lost:
        yield from work.sessions.note("clear_failed", end.device, command, f"{lost}.")
        return f"{lost}."
    except LostError:
        pass
    yield from work.sessions.note("sent", end.device, command, "its answer is not waited for")
    return ""
