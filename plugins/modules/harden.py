# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: harden
author: The tunnelmend developers
short_description: Set what keeps a tunnel alive at both of its ends
version_added: 0.1.0
description:
  - Brings the settings that are asked for to both ends of one tunnel. Dead peer detection alone, unless more are named.
  - Each is judged by the value in effect, read again after it is written, and taken back at both ends, the last first,
    when anything fails. An end where the value is already in effect is left alone.
  - Nothing is written before both logins are found to be on the devices that were read, and that the inventory means
    (C(asa_hostname), C(asa_serial)), on their active units. Where the inventory has both units of a failover pair, the
    one that is active is used. What was lost while it was written is set back in a login that is identified again.
  - From the first line to the last save the signals of an interrupted run wait. One run at a time works on a pair of
    peers, by the state of C(tunnelmend_state). Another one, or M(tunnelmend.asa.mend), is refused meanwhile.
  - The result says from when each setting counts. Dead peer detection does so from the next IKE SA on, because both
    ends agree on it when they make one.
  - Used by the role P(tunnelmend.asa.harden#role). It runs on the controller and holds the sessions to both ends.
extends_documentation_fragment:
  - tunnelmend.asa.run
  - tunnelmend.asa.run.judged
  - tunnelmend.asa.run.tunnel
options:
  kill_switch:
    description:
      - A file that stops every run which may write as long as it is there; its first line is told as the reason. Empty,
        a file C(STOP) beside the folders of the runs.
    type: path
    default: ""
  settings:
    description:
      - Which settings to make, or V(all).
      - V(dpd) is C(isakmp keepalive) in the tunnel-groups. V(disconnect-notify) is C(crypto isakmp disconnect-notify)
        and needs O(shared), since it is a line of the whole device.
      - V(idle-timeout) is C(vpn-idle-timeout none) in a group-policy of the tunnel's own, which is made where it has
        none.
      - V(lifetime) gives both ends the lower IPsec lifetimes of the two, and V(pfs) the strongest PFS group in use that
        both releases take.
      - V(transforms) puts a strong transform-set or IKEv2 proposal first at both ends, reads both again, and then takes
        the weak ones off both lists.
    type: list
    elements: str
    choices: [dpd, disconnect-notify, idle-timeout, lifetime, pfs, transforms, all]
    default: [dpd]
  shared:
    description:
      - Whether a setting may be made that counts for other tunnels too. Without it a run that needs one is refused
        before anything is written.
    type: bool
    default: false
  threshold:
    description: Seconds without traffic from the peer before it is asked, V(10) to V(3600).
    type: int
    default: 10
  retry:
    description: Seconds between the three questions that follow, V(2) to V(10).
    type: int
    default: 2
  save:
    description:
      - Whether to save the running configuration, all of it, at each end whose start-up configuration does not hold the
        value already.
    type: bool
    default: false
attributes:
  check_mode:
    description: Reads both ends and says what would be written and saved.
    support: full
  diff_mode:
    description:
      - Shows the lines in effect at each end before and after, and nothing of what was refused or taken back.
    support: full
"""

EXAMPLES = r"""
- name: Turn dead peer detection on at both ends
  tunnelmend.asa.harden:
    run: "{{ prepare_run.run }}"
    started: "{{ prepare_run.started }}"
    tunnel: hq-branch
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
tunnel:
  description: The tunnel's name as the report spells it.
  type: str
  returned: always
outcome:
  description:
    - How it ended. V(hardened), V(no_change), V(planned) in check mode, V(not_saved), V(failed), or
      V(aborted_gate:NAME) when nothing was written. The last three fail.
  type: str
  returned: always
saved:
  description: The devices whose configuration was saved.
  type: list
  elements: str
  returned: always
msg:
  description: What was done and saved, what was not, and what went wrong and was taken back.
  type: str
  returned: always
tunnelmend_report:
  description: Path of C(report.json), with every command that was sent.
  type: str
  returned: always
"""
