# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends have the same pre-shared key."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    Group,
    IkeSa,
    Outcome,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import tunnel_groups
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import KEY, local_proofs, proofs, remote_proofs
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import naming
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="psk-equality",
    title="Both ends have the same pre-shared key",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="A device prints asterisks, so no audit can compare the keys. An IKE SA that is up proves that they were "
    "equal when it was agreed; a key changed since shows at the next negotiation, hours after the change.",
    reads=("show running-config all tunnel-group", "show crypto ikev1 sa detail", "show crypto ikev2 sa detail"),
    sources=("RFC 2409 section 5.4", "RFC 7296 section 2.15"),
    fixed_by="pre-shared-key: a human knows it",
)
SUBJECT = "equal keys"
COMPLAINT = "pre-shared key"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    known, findings = tunnel_groups(RULE, tunnel, SUBJECT)
    if findings:
        yield from findings
        return
    without = [end.name for end, _, _ in known if not _keyed(end)]
    if without:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{' and '.join(without)}: no pre-shared key, see psk-missing")
        return
    words = " ".join(f"{end.name}: {_words(end)}" for end in tunnel.ends)
    if all(_up(end) for end in tunnel.ends):
        reason = f"{words}: the keys matched when it was agreed, and what changed since is not known"
    else:
        reason = f"{words}: the keys are masked, and only an IKE SA that is up at both ends would prove them"
    yield RULE.finding(Outcome.UNVERIFIABLE, tunnel, SUBJECT, reason, evidence=_complaints(tunnel))


def _keyed(end: End) -> bool:
    return KEY in proofs(end, 1) | local_proofs(end) | remote_proofs(end)


def _up(end: End) -> list[IkeSa]:
    return [sa for sa in end.ike or () if sa.up]


def _words(end: End) -> str:
    if end.ike is None:
        return "IKE SAs not read"
    if not _up(end):
        return "no IKE SA is up"
    # The youngest says most: it was agreed with the keys that were there last.
    ages = [sa.lifetime - sa.lifetime_remaining for sa in _up(end) if sa.lifetime and sa.lifetime_remaining is not None]
    return f"IKE SA up, agreed {min(ages)} s ago" if ages and min(ages) >= 0 else "IKE SA up"


def _complaints(tunnel: Tunnel) -> list[str]:
    """Lines in which a device itself suspects the keys; how old they are against the keys is not known."""
    return [
        line.text
        for end in tunnel.ends
        for line in naming(end.device, peers=[end.peer_address])
        if COMPLAINT in line.message.lower()
    ][-3:]
