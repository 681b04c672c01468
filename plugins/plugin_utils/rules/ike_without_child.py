# SPDX-License-Identifier: GPL-3.0-or-later
"""An IKE SA has child SAs."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import about
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive, sides
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names

RULE = Rule(
    id="ike-without-child",
    title="An IKE SA has child SAs",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="Phase 1 is up and phase 2 is not. It is idleness, or phase 2 fails: proxy identities, transforms or PFS "
    "of the two ends differ.",
    reads=("show crypto ipsec sa", "show crypto isakmp sa", "show logging"),
    sources=("ASA syslog messages, 713061 and 751022",),
    fixed_by="the configuration match rules name the difference: a human decides",
)
SUBJECT = "child SAs"
# A peer wants SAs that no crypto map entry matches.
UNMATCHED = (713061, 751022)


def check(tunnel: Tunnel) -> Iterator[Finding]:
    unread = [end for end in tunnel.ends if end.ike is None or end.ipsec is None]
    for end in unread:
        yield RULE.unknown(tunnel, SUBJECT, f"the SAs of {end.name} were not read")
    read = [end for end in tunnel.ends if end not in unread]
    barren = [end for end in read if alive(end) and not any(side.up for side in sides(end).values())]
    if barren and not all(_lasting(end) for end in barren):
        yield RULE.transient(tunnel, SUBJECT, f"{names(barren)}: an IKE SA was made or lost its children just now")
    elif barren:
        wanted = tunnel.stimulated or any(line.message_id in UNMATCHED for end in barren for line in about(end))
        words = "an IKE SA without child SAs" + (", though traffic wants them" if wanted else "")
        severity = Severity.WARNING if wanted else Severity.INFO
        yield RULE.fails(tunnel, SUBJECT, f"{names(barren)}: {words}", severity=severity)
    elif unread:
        return
    elif any(alive(end) for end in read):
        yield RULE.passes(tunnel, SUBJECT, "every end with an IKE SA has them")
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no IKE SA is up")


def _lasting(end: End) -> bool:
    """It was so in the first reading too."""
    if end.first is None or end.second is None:
        return True
    return any(sa.up for sa in end.first_ike or ()) and not any(entry.sas for entry in end.first)
