# SPDX-License-Identifier: GPL-3.0-or-later
"""Mend one tunnel: arm both ends, compare, clear both, make traffic, prove (sans I/O).

The sequence speaks to its driver in the words of :mod:`sequence`. Before the first clear anything wrong ends in
``aborted_gate:NAME`` with nothing sent but show commands and pings. From the first clear of a rung to its last, signals
wait, and each command is noted before it is sent. After that no clear is repeated: both ends are read until the proof
is complete or the time is up, and the result is reported as it is. Only where the plan has a second rung, and the first
was carried out and did not help, are the IKE SAs cleared too, behind the same gates.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.mender import Mender
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending.results import Result

__all__ = ["Mender", "Result"]
