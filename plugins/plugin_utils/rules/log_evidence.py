# SPDX-License-Identifier: GPL-3.0-or-later
"""The log holds no trace of a broken tunnel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    End,
    Finding,
    Group,
    LogLine,
    Outcome,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import touching
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import in_step, sides
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="log-evidence",
    title="The log holds no trace of a broken tunnel",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="A line about an SA that is still in use is evidence of now; any other line is history that explains. "
    "History does not move the verdict: the log outlives the repair.",
    reads=("show logging",),
    sources=("ASA syslog messages", "supportforums.cisco.com/discussion/10546926/spi-mismatch"),
    fixed_by="what the lines point to: a human decides",
)
SUBJECT = "log"
PROXIES = "no crypto map entry matches the proposed proxy identities"
OUT_OF_STEP = "IKE SA and connection entry are out of step"
LOWER = "the lifetimes of the two ends differ, and the lower one counts"
ENDED = "a connection ended"
MEANING = {
    113019: ENDED,
    402114: "ESP arrived with an SPI that this end does not hold",
    402115: "a packet of the wrong protocol for its SA",
    402116: "the inner packet does not match the SA's proxy identities",
    402117: "the peer sent in clear what should be encrypted",
    402118: "an illegal fragment arrived in the tunnel",
    402119: "packets failed the anti-replay check",
    402120: "packets failed authentication",
    402121: "IPsec dropped packets that arrived",
    402122: "IPsec dropped packets that were to be sent",
    602305: "an SA could not be made",
    713050: ENDED,
    713061: PROXIES,
    **dict.fromkeys((713073, 713074, 713075, 713076), LOWER),
    713092: "both ends rekeyed the IKE SA at once",
    713113: OUT_OF_STEP,
    713114: OUT_OF_STEP,
    713117: "an invalid-SPI notice arrived; without DPD a human must re-establish the tunnel",
    713122: "keepalives are configured at one end and not at the other",
    713123: "DPD lost the peer and tore the tunnel down",
    713124: "a DPD answer came out of order",
    713259: ENDED,
    750003: "the IKEv2 negotiation was given up",
    750007: "the IKEv2 SA went down",
    751022: PROXIES,
    752006: "the crypto map or the tunnel-group cannot start the tunnel",
    752015: "every IKE version that is configured failed to make the tunnel",
}
# Messages without a meaning of their own: what they say is in the text.
FREE = frozenset({713902, 713903, 713904, 713905})
TEXTS = {
    "no matching sa": "an IKE packet arrived for an IKE SA that this end does not hold",
    "invalid_cookie": "the peer does not know this end's IKE SA",
    "qm fsm error": "phase 2 failed",
    "proposals found unacceptable": "none of the algorithms that were proposed is accepted",
    "removing peer from": "a negotiation was given up",
    "information exchange processing failed": "a notice of the peer could not be read",
}
# Made, agreed, rekeyed, deleted: no trace of anything broken, and the time line of what was.
TIMELINE = frozenset({602303, 602304, 702305, 702307, 713049, 713119, 713120, 750006})
LATEST_LINES = 20
INVALID_SPI = 402114
INVALID_SPI_NOTICE = 713117
DELETION_RETRY = "an SA could not be deleted from the data path"
DELETED = "an SA was deleted here that an end still uses"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    in_use = frozenset(sa.spi for end in tunnel.ends for side in sides(end).values() for sa in side.sas)
    ours = [(end, touching(end, in_use)) for end in tunnel.ends]
    timeline = [text for end, lines in ours for text in _timeline(end, lines)]
    found = False
    for end, about_us in ours:
        by_meaning: dict[str, list[LogLine]] = {}
        for line in about_us:
            if meaning := _meaning(line, end, in_use):
                by_meaning.setdefault(meaning, []).append(line)
        # What explains the most comes first: screens tell the first and count the rest.
        for meaning, lines in sorted(by_meaning.items(), key=lambda each: each[0] not in (DELETION_RETRY, DELETED)):
            # The time line stands once, under what is said first.
            behind = [] if found else timeline
            found = True
            now = any(_of_now(line, end, in_use, tunnel.ends) for line in lines)
            now = now and not (meaning == DELETED and in_step(tunnel))
            yield RULE.fails(
                tunnel,
                SUBJECT,
                f"{end.name}: {meaning}{_reasons(lines)}{'; it names an SA that is still in use' if now else ''}",
                severity=Severity.WARNING if now else Severity.INFO,
                evidence=[*(f"{end.name}: {line.text}" for line in lines), *behind],
            )
    if found:
        return
    if any(end.device.log for end in tunnel.ends):
        yield RULE.finding(Outcome.PASS, tunnel, SUBJECT, "no such line about this tunnel", evidence=timeline)
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no log was read")


def _of_now(line: LogLine, end: End, in_use: frozenset[int], ends: Sequence[End]) -> bool:
    """Whether a line tells of an SA that is in use. A new SA's first packet may come before the SA is there to take it:
    an SPI that its receiver holds by now is no stranger to it any more. That is this end (402114), or the one that sent
    the notice (713117).
    """
    receivers = {INVALID_SPI: [end], INVALID_SPI_NOTICE: [each for each in ends if each is not end]}
    heard = receivers.get(line.message_id or 0, [])
    entries = [entry for each in heard for entry in each.ipsec or ()]
    held = {sa.spi for entry in entries for sa in entry.sas if sa.direction is Direction.INBOUND}
    return line.spi in in_use and line.spi not in held


def _meaning(line: LogLine, end: End, in_use: frozenset[int]) -> str:
    text = line.text.lower()
    if "deletion retry" in text:
        return DELETION_RETRY
    # The log is of the first login: what it calls deleted and a second reading still shows is no rekey in progress.
    if line.message_id == 602304 and line.spi in in_use and end.second is not None:
        return DELETED
    if line.message_id in FREE:
        return next((meaning for words, meaning in TEXTS.items() if words in text), "")
    return MEANING.get(line.message_id or 0, "")


def _reasons(lines: Sequence[LogLine]) -> str:
    reasons = dict.fromkeys(line.reason for line in lines if line.reason)
    times = f" ({len(lines)} lines)" if len(lines) > 1 else ""
    return (f": {', '.join(reasons)}" if reasons else "") + times


def _timeline(end: End, lines: Sequence[LogLine]) -> list[str]:
    return [f"{end.name}: {line.text}" for line in lines if line.message_id in TIMELINE][-LATEST_LINES:]
