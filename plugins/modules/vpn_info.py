# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vpn_info
author: The tunnelmend developers
short_description: Read the VPN state of an ASA as data
version_added: 0.1.0
description:
  - Logs in once, reads the device with show commands and returns what they say, for playbooks of your own.
  - What was refused, cut or not understood is RV(problems) and a null value, never an empty list. No SA read is not
    the same as no SA.
  - Texts are masked before they are parsed. No key or password is returned.
options:
  gather:
    description: What to read. V(sas) is the IPsec and IKE SAs alone.
    type: str
    choices: [everything, sas]
    default: everything
  raw:
    description: Whether to return the text of every command too.
    type: bool
    default: false
attributes:
  check_mode:
    description: Only reads, so that check mode makes no difference.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
seealso:
  - plugin: tunnelmend.asa.parse
    plugin_type: filter
  - plugin: tunnelmend.asa.cli
    plugin_type: connection
"""

EXAMPLES = r"""
- name: Read the SAs
  tunnelmend.asa.vpn_info:
    gather: sas
  register: vpn

- name: Stop when something was not read
  ansible.builtin.assert:
    that: not vpn.problems
    fail_msg: "{{ vpn.problems | join('; ') }}"

- name: Show what the device sends on
  ansible.builtin.debug:
    msg: "{{ item.identities.remote.network }} by SPI {{ '0x%08X' | format(item.current_outbound_spi) }}"
  loop: "{{ vpn.ipsec }}"
  loop_control:
    label: "{{ item.peer }}"
"""

RETURN = r"""
ipsec:
  description:
    - One entry for each pair of proxy identities, as C(show crypto ipsec sa) prints them. Null when not read.
  type: list
  elements: dict
  returned: success
  contains:
    peer:
      description: Address of the peer.
      type: str
    identities:
      description: The C(local) and C(remote) traffic, each with its C(network) and ports.
      type: dict
    counters:
      description: Each counter under the device's own label, such as C(pkts encaps).
      type: dict
    current_outbound_spi:
      description: The SPI this device sends on.
      type: int
    sas:
      description: Every SA with its C(direction), C(spi) as a number, lifetimes and settings.
      type: list
      elements: dict
ike:
  description: One entry for each IKE SA, version 1 and 2. Null when not read.
  type: list
  elements: dict
  returned: success
  contains:
    peer:
      description: Address of the peer.
      type: str
    version:
      description: Version of IKE.
      type: int
    state:
      description: The device's own word, such as C(MM_ACTIVE) or C(READY).
      type: str
    role:
      description: V(initiator) or V(responder).
      type: str
device:
  description: Everything else that was read. With O(gather=sas) only its identity.
  type: dict
  returned: success
  contains:
    name:
      description: Name in the inventory.
      type: str
    hostname:
      description: Name on the device.
      type: str
    version:
      description: The release, as C(major), C(minor), C(maintenance), C(interim) and C(text).
      type: dict
    config:
      description: The VPN part of the configuration. Null when not read.
      type: dict
    clock:
      description: What the device took for the time, and what it says of its source. Null when not read.
      type: dict
    routing:
      description: Its routing tables. Null when not read.
      type: list
      elements: dict
    sessions:
      description: Its VPN sessions with other sites. Null when not read.
      type: list
      elements: dict
    gaps:
      description: What the device refused of these, one sentence each.
      type: list
      elements: str
    log:
      description: The log lines that tell something of a tunnel.
      type: list
      elements: dict
problems:
  description: What was not read and why, one sentence each. Empty when all was.
  type: list
  elements: str
  returned: success
outputs:
  description: The masked text of each command.
  type: dict
  returned: when O(raw=true)
"""
