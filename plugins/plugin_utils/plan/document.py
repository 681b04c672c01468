# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan on disk: written for whoever approves it, and carried out later only if it would be made the same again.

No command ever comes from the file. A plan is made anew from what was just read, and the saved one says whether that
is what somebody has approved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan._model import Plan, PlannedEnd
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import spis

SCHEMA = 1


class PlanFileError(ValueError):
    """A file that is not a plan; the message names it and says what to do."""


def document(plan: Plan, run: str) -> dict[str, Any]:
    """A plan as JSON. ``run`` is the id of the run that made it; ``lines`` are the same for people."""
    return {"schema": SCHEMA, "run": run, **plain(plan), "lines": list(plan.lines)}


def load(path: Path) -> dict[str, Any]:
    """A saved plan.

    :raises PlanFileError: it cannot be read, is no plan, or is one of a newer release.
    """
    again = "Make it with --check; it is plan.json in that run's folder"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PlanFileError(f"the plan {path} cannot be read: {error.strerror}. {again}") from None
    except ValueError as error:
        raise PlanFileError(f"{path} is no plan: {error}. {again}") from None
    if not isinstance(found, dict) or not isinstance(found.get("tunnel"), str) or "ends" not in found:
        raise PlanFileError(f"{path} is no plan: it names no tunnel and its ends. {again}")
    if found.get("schema") != SCHEMA:
        raise PlanFileError(
            f"{path} is a plan of schema {found.get('schema')!r}, and this release knows {SCHEMA}. Plan again"
        )
    return found


def differences(saved: Mapping[str, Any], now: Plan) -> list[str]:
    """What keeps a saved plan from being carried out: each a clause with what it was made for and what is so now."""
    try:
        return list(_differences(saved, now))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return [f"the saved plan is damaged ({type(error).__name__}: {error})"]


def _differences(saved: Mapping[str, Any], now: Plan) -> Iterator[str]:
    if sorted(saved["failing"]) != sorted(now.failing):
        yield f"what fails was {_and(saved['failing'])}, and is {_and(now.failing)}"
    before = {end["device"]: end for end in saved["ends"]}
    for end in now.ends:
        if end.device not in before:
            yield f"{end.device} is not in the saved plan"
        else:
            yield from _of_end(before[end.device], end)
    order = [end["device"] for end in saved["ends"]]
    if order != [end.device for end in now.ends]:
        yield f"the order was {_and(order)}, and is {_and(end.device for end in now.ends)}"


def _of_end(saved: Mapping[str, Any], now: PlannedEnd) -> Iterator[str]:
    held = {way: tuple(numbers) for way, numbers in saved["spis"].items()}
    for way, numbers in now.spis.items():
        if sorted(held.get(way, ())) != sorted(numbers):
            yield f"{now.device}'s {way} SPIs were {spis(held.get(way, ()))}, and are {spis(numbers)}"
    for name, step in (("clear", now.clear), ("ike_clear", now.ike_clear)):
        was = tuple((saved.get(name) or {}).get("commands", ()))
        commands = step.commands if step else ()
        if was != commands:
            yield f"the command at {now.device} was {_and(was)}, and is {_and(commands)}"
    if saved.get("in_band", "") != now.in_band:
        yield f"{now.device} was reached otherwise then (in-band: {saved.get('in_band') or 'no'})"


def _and(items: Any) -> str:
    return ", ".join(map(str, items)) or "nothing"
