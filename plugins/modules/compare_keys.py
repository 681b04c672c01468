# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: compare_keys
author: The tunnelmend developers
short_description: Say whether the two ends of each tunnel hold the same pre-shared key
version_added: 0.1.0
description:
  - Logs in to each device that is an end of a tunnel with a pre-shared key, reads C(more system:running-config), and
    compares the keys of the two ends in the memory of the controller. That command is the only one that shows keys.
  - What it keeps is one word a tunnel, V(equal), V(unequal) or V(unverifiable). No key, no digest of one and no text
    that holds one is written, returned, shown or logged. Give the task C(no_log) all the same.
  - The devices log that their configuration was looked at (111008, 111010). Privilege level 15 is needed.
  - A key that is stored encrypted (C(password encryption aes)) or in hexadecimal is V(unverifiable), as is one of a
    security context, where the command does not exist.
  - The rule C(psk-equality) tells the outcome. Used by the role P(tunnelmend.asa.audit#role) when
    O(tunnelmend.asa.audit#role:main:audit_compare_keys) is set.
extends_documentation_fragment:
  - tunnelmend.asa.run
options:
  foreign_peers:
    description: Addresses of peers that somebody else runs.
    type: list
    elements: str
    default: []
attributes:
  check_mode:
    description: It only reads.
    support: full
  diff_mode:
    description: It changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Compare the keys of both ends
  tunnelmend.asa.compare_keys:
    run: "{{ prepare_run.run }}"
  run_once: true
  delegate_to: localhost
  no_log: true
"""

RETURN = r"""
compared:
  description: How many tunnels came out as what.
  type: dict
  returned: success
  sample: {equal: 11, unverifiable: 1}
"""
