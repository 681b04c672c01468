# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mend
author: The tunnelmend developers
short_description: Mend a tunnel by clearing the IPsec SAs of both ends
version_added: 0.1.0
description:
  - Plans over what was read, logs in to both ends, and compares their SPIs with the plan again. Clears the stale end
    and then the other, makes traffic and proves by two readings that the tunnel works.
  - Until both ends agree with the plan nothing but show commands is sent, and whatever is sent goes into the very login
    that was found to be on the device that was read, on its active unit. Nothing is repeated.
  - Keeps as evidence, before it arms, what a clear destroys and no collection reads (C(show failover state),
    C(show asp table vpn-context detail), C(show asp table classify crypto), C(show counters protocol ipsec)), and after
    the proof the clock and the log of both ends. What a device refuses of these stops nothing.
  - Writes C(timeline.json), on which both ends and the controller stand in one order, and C(evidence/manifest.json)
    with the SHA-256 of each file that was read.
  - Between the two clears the signals of an interrupted run wait. Before and after them they end it at once, and the
    report says what was sent and when.
  - One run at a time works on a pair of peers, by the state of C(tunnelmend_state), which is no option since its
    address may hold a password. Another one, or M(tunnelmend.asa.harden), is refused meanwhile. What it
    is about to do is in the state before it does it, so that a run that was killed is known to the next one.
  - With V(all-broken) for a tunnel, the broken ones are mended one after the other, each as a run with a folder of its
    own, until one got worse or as many as allowed were touched.
  - Used by the role P(tunnelmend.asa.remediate#role). It runs on the controller and holds the sessions to both ends.
extends_documentation_fragment:
  - tunnelmend.asa.run
  - tunnelmend.asa.run.judged
  - tunnelmend.asa.run.remediation
attributes:
  check_mode:
    description: Does nothing. M(tunnelmend.asa.plan_remediation) says what it would do.
    support: full
  diff_mode:
    description: There is no text to compare.
    support: none
"""

EXAMPLES = r"""
- name: Clear both ends and prove that the tunnel works
  tunnelmend.asa.mend:
    run: "{{ prepare_run.run }}"
    started: "{{ prepare_run.started }}"
    tunnel: hq-branch
    settings:
      confirm: "{{ confirm }}"
  run_once: true
  delegate_to: localhost
"""

RETURN = r"""
outcome:
  description:
    - How it ended. V(healed), V(healed_partial), V(no_change), V(not_healed), V(worse), V(half_cleared),
      V(unfinished) when it was interrupted, V(shadow) when nothing may be sent, or V(aborted_gate:NAME) when nothing
      was cleared. Of several tunnels it is the worst. Only V(healed), V(shadow) and a tunnel that was healthy before do
      not fail, and V(shadow) does where it has watched a broken tunnel too often (C(remediate_shadow_alert)).
  type: str
  returned: when not in check mode
gap:
  description: Seconds between the two clears. More than 5 are meant to be an exception, and RV(msg) says why.
  type: float
  returned: when both were sent, to one tunnel
tally:
  description: How often each outcome was reached.
  type: str
  returned: for several tunnels
  sample: healed 2, refused 1
msg:
  description: The outcome in words.
  type: str
  returned: always
tunnelmend_report:
  description: Path of C(report.json), with every command that was sent.
  type: str
  returned: when not in check mode
"""
