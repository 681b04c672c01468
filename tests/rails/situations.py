# SPDX-License-Identifier: GPL-3.0-or-later
"""Situations for rails, and what one rail says of them."""

from __future__ import annotations

from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails, rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import Past, Situation
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge
from tests.build import at_branch, at_hq, branch, hq, tunnel

# Mon 2026-03-02 12:00 UTC.
NOON = 1772452800.0
SITUATION = ("addresses", "sources", "past", "acted", "killed", "now")


def broken(left: dict[str, Any] | None = None, right: dict[str, Any] | None = None, **hq_changes: Any) -> Tunnel:
    """Hq sends on an SPI that branch does not hold, and branch on one that hq does not."""
    return tunnel(
        hq(at_hq(inbound=(0xA9,), outbound=(0xB9,), **(left or {})), **hq_changes), branch(at_branch(**(right or {})))
    )


def situation(given: Tunnel | Judgement | None = None, **changes: Any) -> Situation:
    """A tunnel that a clear would mend, at noon; ``changes`` are settings, or of the situation itself."""
    found = broken() if given is None else given
    judgement = judge(found, rules.load()) if isinstance(found, Tunnel) else found
    own = {name: changes.pop(name) for name in SITUATION if name in changes}
    return Situation(judgement, Settings(**changes), **{"now": NOON, **own})


def said(gate: str, given: Tunnel | Judgement | None = None, **changes: Any) -> str:
    """The message of one rail, or nothing where it lets pass."""
    where = situation(given, **changes)
    found = {refusal.gate: str(refusal) for refusal in rails.refusals(where)}
    return found.get(gate, "")


def failures(*ago: float) -> Past:
    """Attempts that ended so many seconds before noon, newest first."""
    return Past(failures=tuple(NOON - each for each in ago))
