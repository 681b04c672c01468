# SPDX-License-Identifier: GPL-3.0-or-later
"""No mismatch hides behind a living IKE SA."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive, comparable, ike_words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-cannot-see-spi-mismatch",
    title="No mismatch hides behind a living IKE SA",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="DPD asks over the IKE SA whether the peer lives, and stays silent while ESP arrives. It cures a peer "
    "that rebooted or was lost. It never sees SPIs that a failed rekey or delete left out of step.",
    reads=("show crypto ipsec sa", "show crypto isakmp sa"),
    sources=("RFC 3706 section 5.5", "networkerworld.blogspot.com/2020/01/ikev1-keepalive-dpd.html"),
    fixed_by="clear_ipsec_sa; an upgrade when the log shows deletion retries",
)
SUBJECT = "what DPD can see"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    lanes, findings = comparable(RULE, tunnel, SUBJECT)
    yield from findings
    broken = [lane for lane in lanes if len(lane.up) == 1 or (len(lane.up) == 2 and lane.refused)]
    up = [lane for lane in lanes if lane.up]
    if broken and all(alive(end) for end in tunnel.ends):
        yield RULE.fails(tunnel, SUBJECT, f"{ike_words(tunnel)}: IKE is alive, so DPD will not notice the mismatch")
    elif broken:
        yield RULE.passes(tunnel, SUBJECT, f"{ike_words(tunnel)}: IKE is not up at both ends")
    elif up and not findings:
        yield RULE.passes(tunnel, SUBJECT, "there is no mismatch")
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no SA at either end")
