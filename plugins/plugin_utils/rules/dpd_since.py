# SPDX-License-Identifier: GPL-3.0-or-later
"""The IKE SA that is up was agreed after DPD was set."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._age import (
    after_last_change,
    ike_ages,
    newest_reading,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalives
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    not_applicable,
    passes,
    together,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-since",
    title="The IKE SA that is up was agreed after DPD was set",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="DPD is negotiated with the IKE SA. Who turns it on for a tunnel that is up has it from the next IKE SA "
    "on, up to a day later, and until then a lost peer goes unnoticed as before.",
    reads=(
        "show version",
        "show clock",
        "show running-config all tunnel-group",
        "show crypto ikev1 sa detail",
        "show crypto ikev2 sa detail",
    ),
    sources=("RFC 3706 section 5.1",),
    fixed_by="the next IKE SA; to clear the one that is up interrupts the tunnel",
    practice=True,
)
SUBJECT = "DPD in the IKE SA"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    yield from findings
    said = []
    for end, keepalive in known:
        if keepalive.asks:
            said.append((end, _say(end)))
        else:
            words = f"{end.name} asks nobody: see dpd-disabled and dpd-infinite-both"
            said.append((end, not_applicable(words)))
    yield from together(RULE, tunnel, SUBJECT, said, whole=not findings)


def _say(end: End) -> Said:
    reading = newest_reading(end)
    if reading is None:
        return unknown(f"the IKE SAs of {end.name} were not read")
    up = [sa for sa in end.ike or () if sa.up]
    if not up:
        return not_applicable(f"{end.name} has no IKE SA that is up")
    ages = ike_ages(end)
    after = [after_last_change(end, age, reading.started, reading.finished) for age in ages]
    if not ages:
        return unknown(f"{end.name} does not say how old its IKE SA is")
    agreed = f"agreed {duration(ages[0])} ago"
    if all(after):
        return passes(f"{agreed}, and the configuration was not changed since")
    if all(each is False for each in after):
        words = f"{agreed}, before the configuration was last changed: if DPD was set then, this IKE SA is without it"
        return fails(words, Severity.INFO)
    return unknown(f"{end.name}: {agreed}, and whether the configuration was changed since is not known")
