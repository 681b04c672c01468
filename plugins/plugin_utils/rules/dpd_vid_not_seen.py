# SPDX-License-Identifier: GPL-3.0-or-later
"""The peer offered DPD when the IKE SA was made."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, LogLine, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import ikev2
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import about
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-vid-not-seen",
    title="The peer offered DPD when the IKE SA was made",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="IKEv1 agrees on DPD by a vendor ID in its first messages. What the configurations say today may be "
    "younger than the IKE SA that is up; only the log of its negotiation says what was agreed.",
    reads=("show logging",),
    sources=(
        "RFC 3706 section 5.1",
        "networkerworld.blogspot.com/2020/01/ikev1-keepalive-dpd.html",
        "ASA syslog messages, 713121, 713122 and 715049",
    ),
    fixed_by="a new IKE SA, once DPD is on at both ends: a human decides when",
)
SUBJECT = "DPD offered"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    if ikev2(tunnel):
        yield RULE.not_applicable(tunnel, SUBJECT, "IKEv2 needs no offer: every end must answer")
        return
    offers = {end.name: _latest(end) for end in tunnel.ends}
    said = " ".join(f"{name}: {'not said' if offer is None else offer[0]}" for name, offer in offers.items())
    known = {name: offer for name, offer in offers.items() if offer is not None}
    evidence = [f"{name}: {line.text}" for name, (_, line) in known.items()]
    if any(word == "no" for word, _ in known.values()):
        yield RULE.fails(tunnel, SUBJECT, said, evidence=evidence)
    elif known:
        yield RULE.passes(tunnel, SUBJECT, said)
    else:
        reason = "no log that was read says so, which needs severity 7 or debug crypto isakmp"
        yield RULE.unverifiable(tunnel, SUBJECT, reason)


def _latest(end: End) -> tuple[str, LogLine] | None:
    """What the newest line about this peer says: ``yes`` or ``no``."""
    return next(((word, line) for line in reversed(about(end)) if (word := _offered(line))), None)


def _offered(line: LogLine) -> str:
    text = line.text.lower()
    if "received dpd vid" in text or "keep-alive type for this connection: dpd" in text:
        return "yes"
    if "keep-alive type for this connection: none" in text or line.message_id == 713122:
        return "no"
    return ""
