# SPDX-License-Identifier: GPL-3.0-or-later
"""The log holds no trace of a broken tunnel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Device,
    End,
    Finding,
    Group,
    LogLine,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import sides
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
MEANING = {
    402114: "ESP arrived with an SPI that this end does not hold",
    402115: "a packet of the wrong protocol for its SA",
    402116: "the inner packet does not match the SA's proxy identities",
    402117: "the peer sent in clear what should be encrypted",
    402119: "packets failed the anti-replay check",
    402120: "packets failed authentication",
    713061: "no crypto map entry matches the proposed proxy identities",
    713113: "IKE SA and connection entry are out of step",
    713114: "IKE SA and connection entry are out of step",
    713117: "an invalid-SPI notice arrived; without DPD a human must re-establish the tunnel",
    713122: "keepalives are configured at one end and not at the other",
    713123: "DPD lost the peer and tore the tunnel down",
}
DELETION_RETRY = "an SA could not be deleted from the data path"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    in_use = {sa.spi for end in tunnel.ends for side in sides(end).values() for sa in side.sas}
    found = False
    for end in tunnel.ends:
        by_meaning: dict[str, list[LogLine]] = {}
        for line in _lines(end, in_use):
            by_meaning.setdefault(_meaning(line), []).append(line)
        # What explains the most comes first: screens tell the first and count the rest.
        for meaning, lines in sorted(by_meaning.items(), key=lambda each: each[0] != DELETION_RETRY):
            found = True
            now = any(line.spi in in_use for line in lines if line.spi is not None)
            times = f" ({len(lines)} lines)" if len(lines) > 1 else ""
            yield RULE.fails(
                tunnel,
                SUBJECT,
                f"{end.name}: {meaning}{times}{'; it names an SA that is still in use' if now else ''}",
                severity=Severity.WARNING if now else Severity.INFO,
                evidence=[f"{end.name}: {line.text}" for line in lines],
            )
    if found:
        return
    if any(end.device.log for end in tunnel.ends):
        yield RULE.passes(tunnel, SUBJECT, "no such line about this tunnel")
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no log was read")


def _meaning(line: LogLine) -> str:
    if "deletion retry" in line.text.lower():
        return DELETION_RETRY
    return MEANING.get(line.message_id or 0, "")


@once
def _telling(device: Device) -> tuple[dict[int, list[int]], dict[Address, list[int]]]:
    """Where the lines that mean something stand in the log, by the SPI and by the peer that they name."""
    by_spi: dict[int, list[int]] = defaultdict(list)
    by_peer: dict[Address, list[int]] = defaultdict(list)
    for position, line in enumerate(device.log):
        if _meaning(line):
            if line.spi is not None:
                by_spi[line.spi].append(position)
            if line.peer is not None:
                by_peer[line.peer].append(position)
    return by_spi, by_peer


def _lines(end: End, in_use: set[int]) -> Iterator[LogLine]:
    """The lines about an SA in use or about this peer, in their order."""
    by_spi, by_peer = _telling(end.device)
    found = {position for spi in in_use & by_spi.keys() for position in by_spi[spi]}
    if end.peer_address is not None:
        found.update(by_peer.get(end.peer_address, ()))
    yield from (end.device.log[position] for position in sorted(found))
