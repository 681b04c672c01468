# SPDX-License-Identifier: GPL-3.0-or-later
"""No end keeps SAs from before the other's start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Outcome, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._age import ike_age, session_age
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent, lifetime_seconds
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import in_step
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="uptime-vs-sa-age",
    title="No end keeps SAs from before the other's start",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="A device that started after its peer made the SAs has none of them: the peer did not notice the reload "
    "and encrypts into the void.",
    reads=("show version", "show crypto isakmp sa detail", "show crypto ipsec sa", "show vpn-sessiondb detail l2l"),
    fixed_by="clear both ends, the one that did not notice first; crypto isakmp disconnect-notify and DPD tell it next "
    "time",
    practice=True,
    limits={"seconds": 120},
)
SUBJECT = "last start"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    findings = []
    judged = []
    left, right = tunnel.ends
    for young, old in ((left, right), (right, left)):
        if young.device.uptime is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the uptime of {young.name} was not read"))
        elif young.device.failover not in (None, "off"):
            # A stateful pair hands its SAs to a unit that may have started a minute ago.
            reason = f"{young.name} is a failover pair, whose SAs outlive a unit"
            findings.append(RULE.not_applicable(tunnel, SUBJECT, reason))
        elif (found := _oldest(old, tunnel)) is not None:
            what, age = found
            words = f"{young.name} started {duration(young.device.uptime)} ago"
            words += f", {old.name}'s {what} is {duration(age)} old"
            # The uptime is of the first reading, and the SAs are of the last.
            if age - young.device.uptime <= limits["seconds"] + (tunnel.interval or 0):
                judged.append(words)
            else:
                # SAs that mirror are younger than both devices, whatever else is old.
                works = in_step(tunnel)
                words += ", though the SPIs mirror" if works else ""
                severity = Severity.INFO if works else Severity.WARNING
                findings.append(RULE.fails(tunnel, SUBJECT, words, severity=severity))
    yield from findings
    if judged and not any(finding.outcome is Outcome.FAIL for finding in findings):
        yield RULE.passes(tunnel, SUBJECT, "; ".join(judged))
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end has an SA whose age is known")


def _oldest(end: End, tunnel: Tunnel) -> tuple[str, int] | None:
    """What this end has had for the longest time, and for how long at the least."""
    known = [("IKE SA", ike_age(end)), ("session", session_age(end)), ("IPsec SA", _ipsec_age(end, tunnel))]
    found = [(what, age) for what, age in known if age is not None]
    return max(found, key=lambda each: each[1], default=None)


def _ipsec_age(end: End, tunnel: Tunnel) -> int | None:
    """The lower of both lifetimes counts in IKEv1, each end's own in IKEv2: the lower is safe for both."""
    lifetimes = [
        lifetime_seconds(each.device.config, each.map_entry)
        for each in tunnel.ends
        if each.device.config is not None and each.map_entry is not None
    ]
    left = [sa.lifetime_seconds for entry in end.ipsec or () for sa in entry.sas if sa.lifetime_seconds]
    if len(lifetimes) < len(tunnel.ends) or not left:
        return None
    return max(0, min(lifetimes) - min(left))
