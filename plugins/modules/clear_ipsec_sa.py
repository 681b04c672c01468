# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: clear_ipsec_sa
author: The tunnelmend developers
short_description: Clear the IPsec SAs of one peer on an ASA
version_added: 0.1.0
description:
  - Reads the SAs to one peer, clears them and reads them again. The IKE SA stays.
  - Nothing is sent when there is no SA to the peer, when the SAs could not be read whole, or when they are not those of
    O(expect_spis).
  - It clears one end. A tunnel whose two ends disagree needs both, in an order that depends on which one is stale.
    The role P(tunnelmend.asa.remediate#role) does that.
options:
  peer:
    description:
      - One literal IPv4 or IPv6 address, as the device's crypto map names it.
      - Without an address the command would clear every tunnel of the device, so an empty value or anything else is
        refused before the login.
    type: str
    required: true
  expect_spis:
    description:
      - The SPIs of both directions that the device is expected to show for this peer, all of them and no others, as
        numbers or as V(0x1E8246FC).
      - Given, the clear is sent only while this is still so. An empty list expects none.
    type: list
    elements: str
attributes:
  check_mode:
    description: Reads, and says what would be sent.
    support: full
  diff_mode:
    description: There is no text to compare.
    support: none
seealso:
  - module: tunnelmend.asa.vpn_info
  - plugin: tunnelmend.asa.cli
    plugin_type: connection
"""

EXAMPLES = r"""
- name: Clear the SAs to the branch
  tunnelmend.asa.clear_ipsec_sa:
    peer: 203.0.113.1

- name: Clear them only while they are the stale ones
  tunnelmend.asa.clear_ipsec_sa:
    peer: 203.0.113.1
    expect_spis: ["0xD7C3F4D7", "0xE05D5A0A"]
"""

RETURN = r"""
command:
  description: The command that was sent, or would be.
  type: str
  returned: always, after the login
  sample: clear crypto ipsec sa peer 203.0.113.1
before:
  description: The SPIs that the device showed before.
  type: dict
  returned: always, after the login
  sample: {inbound: [3619943639], outbound: [3764214282]}
  contains:
    inbound: &inbound
      description: Those it accepts.
      type: list
      elements: int
    outbound: &outbound
      description: Those it sends on.
      type: list
      elements: int
after:
  description: The SPIs that it shows now. Nothing in check mode, and when they could not be read.
  type: dict
  returned: always, after the login
  sample: {inbound: [], outbound: []}
  contains:
    inbound: *inbound
    outbound: *outbound
msg:
  description: What was done, in one sentence.
  type: str
  returned: always
"""
