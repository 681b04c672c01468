# SPDX-License-Identifier: GPL-3.0-or-later
"""Write what was decided to the log of decisions, which lies beside the folders of the runs."""

from __future__ import annotations

import platform
import time

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import decisions, rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import Decided, Decision, DecisionError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder


def decided(
    folder: RunFolder,
    tunnel: str,
    decision: Decided,
    *,
    gate: str = "",
    outcome: str = "",
    text: str = "",
    change_id: str = "",
    before: bool = False,
) -> str:
    """Write a decision on a tunnel, or on ``all-broken``; returns what went wrong, as a warning.

    :raises rails.RefusedError: ``journal``, when it cannot be written ``before`` something is sent.
    """
    log = folder.path.parent / decisions.NAME
    entry = Decision(
        time.time(), folder.id, platform.node(), tunnel, decision, gate, outcome, text, change_id=change_id
    )
    if not before:
        return decisions.record_after(log, entry)
    try:
        decisions.record(log, entry)
    except DecisionError as error:
        raise rails.refused("journal", str(error)) from None
    return ""


def ended(folder: RunFolder, tunnel: str, outcome: str, text: str, *, change_id: str = "") -> str:
    """Write how a run ended that may have acted: a gate that refused, and what needed nothing, are no act."""
    kind, _, gate = outcome.partition(":")
    refused = kind in ("aborted_gate", "no_change")
    decision = Decided.REFUSED if refused else Decided.PLANNED if kind == "planned" else Decided.ACTED
    return decided(folder, tunnel, decision, gate=gate, outcome=outcome, text=text, change_id=change_id)
