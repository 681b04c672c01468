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

    REMEDIATION = r"""
options:
  tunnel:
    description:
      - Name of the tunnel, the two devices in either order. V(all-broken) stands for every tunnel that is broken, one
        after the other.
      - Empty, it is the tunnel of O(plan).
    type: str
    default: ""
  plan:
    description:
      - Path of a C(plan.json) that somebody has approved. It is carried out only if the same plan would be made of what
        was read in this run. No command is ever taken from the file.
    type: path
    default: ""
  settings:
    description:
      - What the operator set. The keys are the variables of the role P(tunnelmend.asa.remediate#role) without
        C(remediate_), and C(confirm) and C(change_id).
    type: dict
    default: {}
  stimulated:
    description:
      - Whether traffic was made between the readings. Counters that stand still are then a fault and no idleness.
    type: bool
    default: false
"""
