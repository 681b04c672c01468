# SPDX-License-Identifier: GPL-3.0-or-later
"""The session is equally old at both ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._age import ike_age, session_age
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="session-age-vs-sa-age",
    title="The session is equally old at both ends",
    severity=Severity.INFO,
    group=Group.LIVE,
    rationale="The end whose session is much younger lost its state and began anew, and the other did not notice. It "
    "is the cheapest evidence of who lost what.",
    reads=("show vpn-sessiondb detail l2l", "show crypto isakmp sa detail"),
    fixed_by="nothing: it tells which end to look at",
    practice=True,
    limits={"seconds": 120},
)
SUBJECT = "session age"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    unread = [end for end in tunnel.ends if end.device.sessions is None]
    for end in unread:
        yield RULE.unknown(tunnel, SUBJECT, f"the sessions of {end.name} were not read")
    if unread:
        return
    ages = [(end, session_age(end)) for end in tunnel.ends]
    # Without a session, an IKE SA says how old this end is at the least.
    least = [(end, ike_age(end) if age is None else age) for end, age in ages]
    words = " ".join(f"{end.name}: {'no session' if age is None else duration(age)}" for end, age in least)
    for (young, age), (old, other) in ((ages[0], least[1]), (ages[1], least[0])):
        # Sessions are of the first reading, and IKE SAs are of the last.
        if age is not None and other is not None and other - age > limits["seconds"] + (tunnel.interval or 0):
            yield RULE.fails(tunnel, SUBJECT, f"{words}: {young.name} began anew, and {old.name} did not")
            return
    if all(age is not None for _, age in ages):
        yield RULE.passes(tunnel, SUBJECT, words)
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: nothing to compare")
