# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: collect_saved
author: The tunnelmend developers
short_description: Take saved outputs into the folder of a run
version_added: 0.1.0
description:
  - Reads what somebody saved of ASAs and keeps it as the evidence of this run, secrets masked. No device is asked, and
    none needs to be in an inventory.
  - A device whose file cannot be read, or is no ASA's, is recorded with the reason and does not fail. The audit calls
    its tunnels unknown.
  - Fails when the folder is missing, empty, or has a device twice.
  - Used by the role P(tunnelmend.asa.collect#role). It runs on the controller.
extends_documentation_fragment:
  - tunnelmend.asa.run
options:
  from:
    description:
      - A folder with a terminal log or a C(show tech-support) a device, named after it, or with a folder a device that
        holds a file a command. Numbered folders in that are several readings.
      - Or the folder of a run, whose evidence knows when it was read. Only that can prove that both ends were read at
        one moment.
    type: path
    required: true
  hosts:
    description:
      - Which of its devices, as a pattern of Ansible. The groups are those of the inventory. C(--limit) counts too.
    type: str
    default: all
attributes:
  check_mode:
    description: Writes the run's folder all the same.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
"""

EXAMPLES = r"""
- name: Take what the branch office sent
  tunnelmend.asa.collect_saved:
    run: "{{ prepare_run.run }}"
    from: ~/case-4711
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
devices:
  description: The devices that were taken.
  type: list
  elements: str
  returned: success
files:
  description: The files that each was taken from.
  type: dict
  returned: success
"""
