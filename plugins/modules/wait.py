# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: wait
author: The tunnelmend developers
short_description: Wait between the two readings of a run
version_added: 0.1.0
description:
  - Says how long it waits and why, and waits, so that counters can move between the two readings.
  - Does not wait when no device answered anything in the first reading.
  - Used by the role P(tunnelmend.asa.collect#role). It runs on the controller.
extends_documentation_fragment:
  - tunnelmend.asa.run
options:
  seconds:
    description: How long to wait.
    type: int
    default: 15
attributes:
  check_mode:
    description: Waits all the same, because the devices are read all the same.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
"""

EXAMPLES = r"""
- name: Let counters move before the second reading
  tunnelmend.asa.wait:
    run: "{{ prepare_run.run }}"
    seconds: 15
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
answered:
  description: Whether any device answered anything so far, so that a second reading has something to be compared with.
  type: bool
  returned: success
"""
