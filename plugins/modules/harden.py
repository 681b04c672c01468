# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: harden
author: The tunnelmend developers
short_description: Turn dead peer detection on at both ends of one tunnel
version_added: 0.1.0
description:
  - Writes C(isakmp keepalive) into the tunnel-groups of both ends, reads the effective value again, and takes it back
    at the first end when the second fails. An end where the value is already in effect is left alone.
  - It protects from the next IKE SA on, because both ends agree on it when they make one.
  - Used by the role P(tunnelmend.asa.harden#role). It runs on the controller and holds the sessions to both ends.
options:
  run:
    description: Folder of the run, from RV(tunnelmend.asa.start_run#module:run).
    type: path
    required: true
  started:
    description: When the run began, from RV(tunnelmend.asa.start_run#module:started).
    type: float
    required: true
  tunnel:
    description: Name of the tunnel, the two devices in either order.
    type: str
    required: true
  threshold:
    description: Seconds without traffic from the peer before it is asked, V(10) to V(3600).
    type: int
    default: 10
  retry:
    description: Seconds between the three questions that follow, V(2) to V(10).
    type: int
    default: 2
  save:
    description: Whether to save the running configuration of both ends, all of it.
    type: bool
    default: false
attributes:
  check_mode:
    description: Reads both ends and says what would be written.
    support: full
  diff_mode:
    description: Shows the effective line of each end before and after.
    support: full
"""

EXAMPLES = r"""
- name: Turn dead peer detection on at both ends
  tunnelmend.asa.harden:
    run: "{{ prepare_run.run }}"
    started: "{{ prepare_run.started }}"
    tunnel: hq-branch
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
tunnel:
  description: The tunnel's name as the report spells it.
  type: str
  returned: when both ends are ours
msg:
  description: What was done, or what went wrong and was taken back.
  type: str
  returned: always
tunnelmend_report:
  description: Path of C(report.json).
  type: str
  returned: when both ends are ours
"""
