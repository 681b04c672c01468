# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a change may reach the firewalls: what was seen of it in a trial, and what the audit makes of both sides.

``facts`` reads what was seen, ``checks`` judges each tunnel by it, ``verdict`` adds the audit and has the last word,
and ``reporters`` write it down. Nothing here runs a trial or reads a file.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.facts import Trial, TrialError, read_trial
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.model import Gate, Result, Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.verdict import decide

__all__ = ["Gate", "Result", "Settings", "Trial", "TrialError", "decide", "read_trial"]
