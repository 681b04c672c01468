# SPDX-License-Identifier: GPL-3.0-or-later
"""The IKE SA is up at both ends."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import alive, ike_word, ike_words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="ike-state-not-up",
    title="The IKE SA is up at both ends",
    severity=Severity.ERROR,
    group=Group.LIVE,
    rationale="The state at which an IKE negotiation stands says what it waits for, and the pair of both ends' states "
    "says why it never comes.",
    reads=("show crypto isakmp sa", "show crypto ikev1 sa", "show crypto ikev2 sa"),
    sources=("tunnelsup.com: ISAKMP (IKE phase 1) status messages",),
    fixed_by="the configuration match rules name the difference: a human decides",
)
SUBJECT = "IKE state"
MEANING = {
    "MM_WAIT_MSG2": "the peer does not answer: no route, UDP 500 filtered, or IKE not enabled on its interface",
    "MM_WAIT_MSG3": "the policy is agreed and the initiator went silent: something between filters or fragments",
    "MM_WAIT_MSG4": "the peer has no tunnel-group for this address, or no key",
    "MM_WAIT_MSG5": "the keys differ, or UDP 4500 is filtered",
    "MM_WAIT_MSG6": "the keys differ, or UDP 4500 is filtered",
}


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = [RULE.unknown(tunnel, SUBJECT, f"{end.name}: not read") for end in tunnel.ends if end.ike is None]
    read = [end for end in tunnel.ends if end.ike is not None]
    if findings and not any(end.ike for end in read):
        yield from findings
    elif not any(end.ike for end in read):
        yield RULE.not_applicable(tunnel, SUBJECT, f"{ike_words(tunnel)}: idle")
    elif all(alive(end) for end in read):
        yield from findings or [RULE.passes(tunnel, SUBJECT, ike_words(tunnel))]
    elif any(_states(end) for end in read):
        yield RULE.transient(tunnel, SUBJECT, f"{ike_words(tunnel)}: changed between the readings")
    else:
        yield from findings
        states = dict.fromkeys(sa.state for end in read for sa in end.ike or ())
        meanings = [f"{state}: {MEANING[state]}" for state in states if state in MEANING]
        yield RULE.fails(tunnel, SUBJECT, ike_words(tunnel), evidence=meanings)


def _states(end: End) -> bool:
    """The state was another in the first reading."""
    if end.first_ike is None or end.second_ike is None:
        return False
    return ike_word(end) != (", ".join(sa.state for sa in end.first_ike) or "none")
