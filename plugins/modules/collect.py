# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: collect
author: The tunnelmend developers
short_description: Read an ASA into the folder of a run
version_added: 0.1.0
description:
  - Logs in once, sends show commands and keeps their masked texts as evidence.
  - A device that cannot be read is recorded with the reason and does not fail. The audit calls its tunnels unknown.
  - To take what somebody saved instead, see M(tunnelmend.asa.collect_saved).
  - Used by the role P(tunnelmend.asa.collect#role). For a playbook of your own see M(tunnelmend.asa.vpn_info).
extends_documentation_fragment:
  - tunnelmend.asa.run
options:
  reading:
    description: Which reading of the run this is. Two are needed to compare the ends of a tunnel.
    type: int
    default: 1
  scope:
    description: What to read. V(sas) is the SAs and counters, for the second reading.
    type: str
    choices: [everything, sas]
    default: everything
  out_of_band:
    description:
      - Whether a device that has an address beside its tunnels (C(asa_oob_host)) is logged in to there. Who is about to
        act on a tunnel reads its ends where they will be acted on, and a tunnel that is down carries no login.
    type: bool
    default: false
attributes:
  check_mode:
    description: Reads the device and writes the run's folder all the same, so that there is something to plan over.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
"""

EXAMPLES = r"""
- name: Read everything
  tunnelmend.asa.collect:
    run: "{{ prepare_run.run }}"

- name: Read the SAs again
  tunnelmend.asa.collect:
    run: "{{ prepare_run.run }}"
    reading: 2
    scope: sas
"""

RETURN = r"""
reading:
  description: Which reading of the run this was.
  type: int
  returned: always
devices:
  description: How many devices this reading is of.
  type: int
  returned: always
read:
  description: Whether the device was read to the end.
  type: bool
  returned: always
error:
  description: Why it was not, or nothing.
  type: str
  returned: always
commands:
  description: How many commands were answered.
  type: int
  returned: always
troubled:
  description: The commands that were refused or cut, with the reason.
  type: dict
  returned: always
seconds:
  description: How long the login lasted.
  type: float
  returned: always
"""
