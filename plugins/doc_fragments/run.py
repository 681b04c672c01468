# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that the modules of one run share."""

from __future__ import annotations


class ModuleDocFragment:
    """``DOCUMENTATION`` is of every module that works in a run, the others of those that judge it or one tunnel."""

    DOCUMENTATION = r"""
options:
  run:
    description: Folder of the run, from RV(tunnelmend.asa.start_run#module:run).
    type: path
    required: true
"""

    JUDGED = r"""
options:
  started:
    description: When the run began, from RV(tunnelmend.asa.start_run#module:started).
    type: float
    required: true
  foreign_peers:
    description: Addresses of peers that somebody else runs. Their tunnels are judged from our end alone.
    type: list
    elements: str
    default: []
"""

    TUNNEL = r"""
options:
  tunnel:
    description: Name of the tunnel, the two devices in either order.
    type: str
    required: true
"""
