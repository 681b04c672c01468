# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rules
author: The tunnelmend developers
short_description: List the rules as the site wants them
version_added: 0.1.0
description:
  - Shows every rule with its severity, its group, the healthy state it asks for, and what the site's C(catalog.yml)
    makes of it; the waivers and when they expire; and the rules that cannot be done, with the reason.
  - Refuses a catalogue with mistakes and names each of them with its line.
  - It needs no device. It runs on the controller.
options:
  rule:
    description: Show this rule alone, with its reasons, sources and fix. Empty shows all.
    type: str
    default: ""
  catalog:
    description: The site's catalogue. Empty looks for C(catalog.yml) with the inventory, then with the playbooks.
    type: path
    default: ""
  profile:
    description: The profile to take in place of the one that the catalogue names.
    type: str
    default: ""
attributes:
  check_mode:
    description: Changes nothing.
    support: full
  diff_mode:
    description: Changes nothing.
    support: none
"""

EXAMPLES = r"""
- name: Check the site's catalogue and list the rules
  tunnelmend.asa.rules:
    catalog: inventory/mine/catalog.yml
  register: listed

- name: Fail when a waiver is past its day
  ansible.builtin.assert:
    that: listed.waivers | selectattr('expired') | list | length == 0
"""

RETURN = r"""
catalog:
  description: Which catalogue and profile were used.
  type: str
  returned: success
  sample: inventory/mine/catalog.yml, profile stig
rules:
  description: Every rule, the site's own included.
  type: list
  elements: dict
  returned: success
  contains:
    id: {description: Its name., type: str}
    title: {description: The healthy state., type: str}
    group: {description: What it is about., type: str}
    severity: {description: The worst it gives under this catalogue., type: str}
    enabled: {description: Whether it is asked where nothing more specific says otherwise., type: bool}
    limits: {description: The numbers it judges by., type: dict}
missing:
  description: The rules that cannot be done, each with the reason.
  type: dict
  returned: success
waivers:
  description: The waivers with C(rule), C(scope), C(reason), C(owner), C(expires) and C(expired).
  type: list
  elements: dict
  returned: success
"""
