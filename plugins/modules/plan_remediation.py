# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: plan_remediation
author: The tunnelmend developers
short_description: Plan how to mend one tunnel, or all that are broken
version_added: 0.1.0
description:
  - Judges what was read and plans the clears of both ends, with the order and its reason, what they interrupt and what
    will prove success. Writes the plan and the report into the folder of the run.
  - A tunnel that a clear would not mend, or that is unknown or in transition, is refused. A healthy one is left alone.
  - What stands in the way at this moment alone (a change window, a cool-down) is told in check mode, and refuses the
    run otherwise. Each decision is a line in C(decisions.jsonl).
  - Used by the role P(tunnelmend.asa.remediate#role). It runs on the controller and sends nothing to a device.
extends_documentation_fragment:
  - tunnelmend.asa.run
  - tunnelmend.asa.run.judged
  - tunnelmend.asa.run.remediation
attributes:
  check_mode:
    description: Sends nothing to a device. The plan is written all the same.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
seealso:
  - plugin: tunnelmend.asa.plan
    plugin_type: filter
  - module: tunnelmend.asa.mend
"""

EXAMPLES = r"""
- name: Plan the remediation
  tunnelmend.asa.plan_remediation:
    run: "{{ prepare_run.run }}"
    started: "{{ prepare_run.started }}"
    tunnel: hq-branch
  register: plan
  run_once: true
  delegate_to: localhost

- name: Show the plan
  ansible.builtin.debug:
    msg: "{{ plan.lines or [plan.text] }}"
  run_once: true
"""

RETURN = r"""
tunnel:
  description: The tunnel's name as the report spells it, or V(all-broken).
  type: str
  returned: success
verdict:
  description: What the tunnel does now.
  type: str
  returned: success
planned:
  description: Whether there is a plan that may be carried out now.
  type: bool
  returned: success
refusal:
  description: Why there is none although the tunnel is not healthy, or nothing.
  type: str
  returned: success
gate:
  description: The rail that refused, or nothing.
  type: str
  returned: success
  sample: in-band
text:
  description: The outcome in one sentence.
  type: str
  returned: success
lines:
  description: The plan for the screen. Empty when there is none.
  type: list
  elements: str
  returned: success
tunnelmend_report:
  description: Path of C(report.json).
  type: str
  returned: success
"""
