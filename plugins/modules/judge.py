# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: judge
author: The tunnelmend developers
short_description: Judge every tunnel of a run and write the report
version_added: 0.1.0
description:
  - Joins the devices of the play into tunnels by the addresses in their configurations, judges each by every rule and
    writes the report in all its forms.
  - It does not fail on what it finds. RV(objections) says what a caller should fail for.
  - Used by the role P(tunnelmend.asa.audit#role). It runs on the controller, over what M(tunnelmend.asa.collect) read.
extends_documentation_fragment:
  - tunnelmend.asa.run
  - tunnelmend.asa.run.judged
options:
  stimulated:
    description: Whether traffic was sent through the tunnels between the two readings. Idle counters are then a fault.
    type: bool
    default: false
  fail_on:
    description: A failing finding of this severity or worse is an objection.
    type: str
    choices: [info, warning, error, critical]
    default: critical
  fail_on_unknown:
    description: Whether a tunnel or device of ours that could not be judged is an objection.
    type: bool
    default: true
  catalog:
    description:
      - What the site says of the rules. Empty looks for C(catalog.yml) with the inventory, then with the playbooks.
      - Every mistake in it is named with its line, and nothing is judged.
    type: path
    default: ""
  profile:
    description: The profile to take in place of the one that the catalogue names.
    type: str
    default: ""
attributes:
  check_mode:
    description: Sends nothing to a device. The report is written all the same.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
"""

EXAMPLES = r"""
- name: Judge every tunnel and write the report
  tunnelmend.asa.judge:
    run: "{{ prepare_run.run }}"
    started: "{{ prepare_run.started }}"
    fail_on: error
  register: judged
  run_once: true
  delegate_to: localhost

- name: Fail when there is something to fail for
  ansible.builtin.assert:
    that: not judged.objections
    fail_msg: "{{ judged.conclusion }}"
"""

RETURN = r"""
tunnels:
  description: Each tunnel with its verdict.
  type: dict
  returned: success
  sample: {hq-branch: broken}
verdicts:
  description: How many tunnels have which verdict.
  type: dict
  returned: success
  sample: {broken: 1}
objections:
  description: Why the audit should fail, one sentence for each tunnel or device. Empty when it may pass.
  type: list
  elements: str
  returned: success
  sample: ["hq-branch is broken: spi-mirror-mismatch"]
conclusion:
  description: The first of the objections as one text. Empty when the audit may pass.
  type: str
  returned: success
  sample: "hq-branch is broken: spi-mirror-mismatch."
catalog:
  description: Which catalogue and profile were used.
  type: str
  returned: success
  sample: inventory/mine/catalog.yml, profile baseline
tunnelmend_report:
  description: Path of C(report.json). The callback P(tunnelmend.asa.summary#callback) prints it at the end of the run.
  type: str
  returned: success
"""
