# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends have the same pre-shared key."""

from __future__ import annotations

import math
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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._age import (
    after_last_change,
    ike_ages,
    newest_reading,
    session_age,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import tunnel_groups
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import KEY, local_proofs, proofs, remote_proofs
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._log import naming
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="psk-equality",
    title="Both ends have the same pre-shared key",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="A device prints asterisks, so what is shown tells nothing of the keys. An IKE SA that is up proves that "
    "they were equal when it was agreed; a key changed since shows at the next negotiation, hours after the change.",
    reads=(
        "show running-config all tunnel-group",
        "show crypto ikev1 sa detail",
        "show crypto ikev2 sa detail",
        "show version",
        "show clock",
        "show vpn-sessiondb detail l2l",
    ),
    sources=("RFC 2409 section 5.4", "RFC 7296 sections 2.15 and 2.18"),
    fixed_by="pre-shared-key: a human knows it",
)
SUBJECT = "equal keys"
A_MOMENT = 60
"""So many seconds may lie between the first IKE SA and its session."""
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
    if tunnel.keys == "equal":
        yield RULE.passes(tunnel, SUBJECT, values(tunnel, lambda _: "compared, equal"))
        return
    if tunnel.keys == "unequal":
        words = values(tunnel, lambda _: "compared, not equal")
        yield RULE.fails(tunnel, SUBJECT, words, evidence=_complaints(tunnel))
        return
    words = values(tunnel, _words)
    if all(_proven(end) for end in tunnel.ends):
        yield RULE.passes(tunnel, SUBJECT, f"{words}: the keys matched then, and nothing was changed since")
        return
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
    ages = ike_ages(end)
    return f"IKE SA up, agreed {duration(ages[0])} ago" if ages else "IKE SA up"


def _proven(end: End) -> bool:
    """Whether the keys were asked for after the last change of this end's configuration.

    IKEv1 asks for them with every IKE SA. IKEv2 makes a new IKE SA of the old one without asking: there it is the
    session that must be younger, and no IKE SA older than it.
    """
    ages, reading, up = ike_ages(end), newest_reading(end), _up(end)
    if not ages or reading is None:
        return False
    if all(sa.version == 1 for sa in up):
        return after_last_change(end, ages[0], reading.started, reading.finished) is True
    session, first = session_age(end), end.device.readings[0]
    if session is None or ages[-1] > session + (reading.finished - first.started) + A_MOMENT:
        return False
    # Sessions are read behind the SAs of the same login.
    return after_last_change(end, session, first.started, math.inf) is True


def _complaints(tunnel: Tunnel) -> list[str]:
    """Lines in which a device itself suspects the keys; how old they are against the keys is not known."""
    return [
        line.text
        for end in tunnel.ends
        for line in naming(end.device, peers=[end.peer_address])
        if COMPLAINT in line.message.lower()
    ][-3:]
