# SPDX-License-Identifier: GPL-3.0-or-later
"""How each rail that is asked in the sessions, or by who holds what it looks at, says that it is lifted."""

from __future__ import annotations

LIFTS = {
    "session": "See why there is no session to it, and run this again.",
    "wrong-device": "See which device the address leads to, correct ansible_host, asa_hostname or asa_serial, "
    "whichever is wrong, and audit again.",
    "standby": "Look at 'show failover' on both units. Set ansible_host to the active address, or give the inventory "
    "the other unit, too; a pair that is not in step is left alone until it says Active and Standby Ready.",
    "privilege": "Use a user of level 15, or set ansible_become_password.",
    "context": "Set ansible_asa_context for the host, or reach the context by its own address, and audit again.",
    "unread": "See what the device shows there, and run this again.",
    "underlay": "A dark site is an outage, which no clear mends: look at the path and at the provider. If the path is "
    "known to work and ICMP is filtered, run this again with -e remediate_underlay=false.",
    "changed": "Audit again.",
    "interrupted": "Run it again when you are ready.",
    "journal": "Make room on the disk, or set reports_dir to a folder that can be written.",
    "refused": "See why it was not taken (the device's answer, what this user may type there), and run this again.",
    "shared": "If that is meant, add -e harden_shared=true; else leave it out of harden_settings.",
    "plan-changed": "Make a new plan with --check, and have that one approved.",
    "locked": "Wait for it to end.",
    "tunnel-group": "Give the other end a tunnel-group of its own first.",
    "foreign-end": "Ask whoever runs the other end to set it, or give the inventory that device, too.",
    "crypto-map": "Give each end one crypto map entry for the other, or set it by hand.",
    "group-policy": "See which group-policy the tunnel has and where its values stand, and set vpn-idle-timeout there.",
    "pfs": "Choose a group that both releases have, or upgrade the older one, and set it by hand at both ends.",
    "transforms": "See why, and change the lists by hand: first the common one at both ends, "
    "then the old one off both.",
}
PEER_ADDRESS = "Audit, and see which address each end has for the other."
