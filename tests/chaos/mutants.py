# SPDX-License-Identifier: GPL-3.0-or-later
"""Menders that do harm, each in its own way, so that the invariants can be seen to catch it.

They are wrapped around the product's own sequence, and change what it asks for or what it says.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Arm, Ask, Note, Pause
from tests.chaos import product

Talk = Generator[Any, Any, Any]
#: What a mutant makes of one request: others in its place, the answer to the last of them being the answer.
Change = Callable[[Any, Any], "list[Any] | None"]


def _through(sequence: Any, change: Callable[[Any], Any]) -> Talk:
    """Run a sequence with some of its requests replaced; ``None`` swallows one, and its answer is an empty one."""
    reply: Any = None
    error: Exception | None = None
    while True:
        try:
            request = sequence.throw(error) if error else sequence.send(reply)
        except StopIteration as done:
            return done.value
        reply = error = None
        changed = change(request)
        for each in changed if isinstance(changed, list) else [changed]:
            try:
                reply = yield each
            except Exception as raised:
                error = raised
                break


def _is_clear(request: Any) -> bool:
    return isinstance(request, Ask) and request.command.startswith("clear")


def clears_everything(*given: Any) -> Talk:
    """Loses the peer's address on the way: every tunnel of the device goes."""

    def change(request: Any) -> Any:
        return Ask(request.device, "clear crypto ipsec sa") if _is_clear(request) else request

    return _through(product.sequence(*given), change)


def clears_the_wrong_peer(*given: Any) -> Talk:
    """Sends to each end the clear of the other one."""
    plan = given[1]
    commands = {end.device: end.clear.commands[0] for end in plan.ends}
    other = dict(zip(commands, list(commands.values())[::-1], strict=True))

    def change(request: Any) -> Any:
        return Ask(request.device, other[request.device]) if _is_clear(request) else request

    return _through(product.sequence(*given), change)


def repeats_a_clear(*given: Any) -> Talk:
    def change(request: Any) -> Any:
        return [request, request] if _is_clear(request) else request

    return _through(product.sequence(*given), change)


def saves(*given: Any) -> Talk:
    """Writes the configuration when the clears are out."""

    def change(request: Any) -> Any:
        return [request, Ask(request.device, "write memory")] if _is_clear(request) else request

    return _through(product.sequence(*given), change)


def configures(*given: Any) -> Talk:
    lines = ("configure terminal", "access-list VPN-NEW extended permit ip any any", "end")

    def change(request: Any) -> Any:
        return [*(Ask(request.device, line) for line in lines), request] if _is_clear(request) else request

    return _through(product.sequence(*given), change)


def notes_afterwards(*given: Any) -> Talk:
    """Clears first and writes it down then."""
    held: list[Any] = []

    def change(request: Any) -> Any:
        if isinstance(request, Note) and request.event == "clear":
            held.append(request)
            return Pause(0.0, "nothing")
        if held and _is_clear(request):
            return _Late(request, held.pop())
        return request

    return _behind(product.sequence(*given), change)


@dataclasses.dataclass(frozen=True)
class _Late:
    request: Any
    note: Any


def _behind(sequence: Any, change: Callable[[Any], Any]) -> Talk:
    reply: Any = None
    while True:
        try:
            request = change(sequence.send(reply))
        except StopIteration as done:
            return done.value
        if isinstance(request, _Late):
            reply = yield request.request
            yield request.note
        else:
            reply = yield request


def arms_one_after_the_other(*given: Any) -> Talk:
    """Clears the first end, and only then looks at the second."""
    plan = given[1]
    first, second = plan.ends
    for end in (first, second):
        yield Arm(end.device)
        for command in ("show version", "show failover", f"show crypto ipsec sa peer {end.peer}"):
            yield Ask(end.device, command)
        yield Note("clear", end.device, end.clear.commands[0])
        yield Ask(end.device, end.clear.commands[0])
    return product.Outcome("healed")


def compares_nothing(*given: Any) -> Talk:
    """Logs in and clears."""
    plan = given[1]
    for end in plan.ends:
        yield Arm(end.device)
    for end in plan.ends:
        yield Note("clear", end.device, end.clear.commands[0])
        yield Ask(end.device, end.clear.commands[0])
    return product.Outcome("healed")


def dawdles(*given: Any) -> Talk:
    """Takes its time between the two clears, and does not say so."""

    def change(request: Any) -> Any:
        late = isinstance(request, Note) and request.event == "cleared"
        return [request, Pause(9.0, "nothing")] if late else request

    result = yield from _through(product.sequence(*given), change)
    return dataclasses.replace(result, text="all is well")


def says(word: str) -> Callable[..., Talk]:
    """Says this in the end, whatever happened."""

    def mutant(*given: Any) -> Talk:
        result = yield from product.sequence(*given)
        return dataclasses.replace(result, outcome=word)

    return mutant


def hides_what_it_cleared(*given: Any) -> Talk:
    result = yield from product.sequence(*given)
    kept = tuple(action for action in result.actions if not action.command.startswith("clear"))
    return dataclasses.replace(result, actions=kept)


def gives_up_at_once(*given: Any) -> Talk:
    """Refuses whatever it meets: safe, and of no use."""
    yield Note("aborted")
    return product.Outcome("aborted_gate:session", "Nothing was cleared.")


def proves_nothing(*given: Any) -> Talk:
    """Clears one end only and calls it healed without a look."""
    sequence = product.sequence(*given)
    reply: Any = None
    cleared = 0
    while True:
        request = sequence.send(reply)
        if _is_clear(request):
            cleared += 1
            if cleared == 2:
                return product.Outcome("healed", actions=())
        reply = yield request
        assert not isinstance(reply, Answer) or reply.text is not None
