# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: start_run
author: The tunnelmend developers
short_description: Start a run and make its folder
version_added: 0.1.0
description:
  - Refuses a mistyped variable of this collection and names the near match, because Ansible would ignore it.
  - Refuses a value that is not allowed, a missing C(tunnel) and a tunnel that cannot be one of these devices, in one
    message that says what is allowed. Ansible itself would look at them after the devices were read.
  - Makes the folder of the run and removes the oldest runs beyond O(keep).
  - Used by the role P(tunnelmend.asa.prepare#role). It runs on the controller.
options:
  reports:
    description: Folder in which every run gets a folder of its own.
    type: path
    default: reports
  kind:
    description: What is run. It becomes part of the folder's name.
    type: str
    required: true
    choices: [audit, remediate, harden, verify, gate]
  keep:
    description: How many runs to keep. V(0) keeps all.
    type: int
    default: 30
attributes:
  check_mode:
    description: The folder is made all the same, because a plan is written there.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
"""

EXAMPLES = r"""
- name: Start an audit
  tunnelmend.asa.start_run:
    reports: reports
    kind: audit
  register: prepare_run
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
run:
  description: Folder of the run.
  type: str
  returned: success
  sample: reports/20091120T081500Z-audit
started:
  description: When it began, in seconds since the epoch.
  type: float
  returned: success
removed:
  description: Names of the old runs that were removed.
  type: list
  elements: str
  returned: success
"""
