# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stimulate
author: The tunnelmend developers
short_description: Make a little traffic through a device's tunnels
version_added: 0.1.0
description:
  - Sends one C(ping) or C(packet-tracer) for each pair of proxy identities that the first reading of the run showed, so
    that a tunnel that is only idle is told from one that is dead.
  - Used between the two readings of an audit with O(ignore:audit_stimulus). Sends nothing in check mode.
options:
  run:
    description: Folder of the run, with the first reading of every device.
    type: path
    required: true
  out_of_band:
    description:
      - Whether a device that has an address beside its tunnels (C(asa_oob_host)) is logged in to there. Who is about to
        act on a tunnel reads its ends where they will be acted on, and a tunnel that is down carries no login.
    type: bool
    default: false
attributes:
  check_mode:
    description: Says what would be sent.
    support: full
  diff_mode:
    description: Changes nothing on a device.
    support: none
"""

EXAMPLES = r"""
- name: Make traffic through the tunnels of this device
  tunnelmend.asa.stimulate:
    run: "{{ prepare_run.run }}"
"""

RETURN = r"""
commands:
  description: What was sent; in check mode, what would be.
  returned: always
  type: list
  elements: str
  sample: ["ping inside 192.168.2.1"]
"""
