# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: gate
author: The tunnelmend developers
short_description: Say whether a change of configurations may reach the firewalls
version_added: 0.1.0
description:
  - Has the lab boot the configurations of both ends in memory, before the change and after it. Every tunnel is brought
    up from either end, carries traffic, rekeys twice, and loses each end in turn; the lines between are typed while
    traffic flows.
  - Audits what the devices showed on either side, and judges the change by both. A tunnel that came up must still come
    up, survive, and recover by itself; the audit must not call it worse.
  - Writes C(gate.json), C(gate.md) for the merge request and C(junit.xml) into the folder of the run, and shows a
    table. It does not fail for a change that may not go on; look at RV(passed).
  - No device is asked, and none needs to be in an inventory.
  - Used by the role P(tunnelmend.asa.gate#role). It runs on the controller.
extends_documentation_fragment:
  - tunnelmend.asa.run
options:
  before:
    description: Folder with a C(DEVICE.cfg) for each device as it is.
    type: path
    default: ""
  candidate:
    description: Folder with a C(DEVICE.cfg) for each device as it would be after the change.
    type: path
    default: ""
  repo:
    description: In place of the two folders, a Git repository that has them in two revisions. Nothing is checked out.
    type: path
    default: ""
  from:
    description: The revision of O(repo) before the change, such as C(origin/main).
    type: str
    default: ""
  to:
    description: The revision of O(repo) after the change. Empty is C(HEAD).
    type: str
    default: ""
  path:
    description: The folder in O(repo) that has the configurations; empty for all of it.
    type: str
    default: ""
  expectations:
    description: Folder with a C(NAME.yml) for each end that is somebody else's.
    type: path
    default: ""
  changes:
    description:
      - Folder with a C(DEVICE.txt) that holds the lines as they would be typed. For a device that has none, they are
        computed from the difference.
    type: path
    default: ""
  order:
    description: The devices in the order in which they are changed; the others follow by name.
    type: list
    elements: str
    default: []
  removed:
    description: Devices and tunnels that the change removes on purpose.
    type: list
    elements: str
    default: []
  ignore:
    description: Beginnings of lines to pass over although the lab does not know them.
    type: list
    elements: str
    default: []
  releases:
    description: The release of a device whose file does not say it, by device.
    type: dict
    default: {}
  everything:
    description: Whether to try tunnels, too, of whose devices none changed.
    type: bool
    default: false
  max_outage:
    description: How many seconds a tunnel may carry nothing while it is changed or rekeyed.
    type: int
    default: 30
  max_recovery:
    description: How many seconds a tunnel may take to recover by itself when an end was rebooted or lost its SAs.
    type: int
    default: 300
  require_keys:
    description: Whether a key that a configuration does not show in clear makes the change fail.
    type: bool
    default: false
  accept_as_before:
    description: Whether a check may fail that failed before the change, too.
    type: bool
    default: false
  fail_on:
    description: A finding of the audit of this severity or worse that was not there before makes the change fail.
    type: str
    choices: [info, warning, error, critical]
    default: critical
  catalog:
    description:
      - What the site says of the rules. Empty looks for C(catalog.yml) in the folder of each inventory, beside it if it
        is a file, then with the playbooks.
    type: path
    default: ""
  profile:
    description: The profile to take in place of the one that the catalogue names.
    type: str
    default: ""
  lab:
    description:
      - The folder that has the package C(lab), a checkout of tunnelmend. Empty is where this plugin comes from.
    type: path
    default: ""
attributes:
  check_mode:
    description: Writes the run's folder all the same.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
"""

EXAMPLES = r"""
- name: Try what the merge request changes
  tunnelmend.asa.gate:
    run: "{{ prepare_run.run }}"
    repo: ~/configurations
    from: origin/main
    to: HEAD
    max_outage: 10
  register: tried

- name: Stop the pipeline
  ansible.builtin.assert:
    that: tried.passed
    fail_msg: "{{ tried.headline }}"
"""

RETURN = r"""
passed:
  description: Whether the change may reach the firewalls.
  type: bool
  returned: success
headline:
  description: The verdict in a few words.
  type: str
  returned: success
  sample: 1 of 2 tunnels would not survive this change
summary:
  description: How many tunnels came out how.
  type: dict
  returned: success
  sample: {pass: 1, fail: 1, as_before: 0, unverifiable: 0, not_tried: 0}
files:
  description: The path of each file that was written, by its name.
  type: dict
  returned: success
"""
