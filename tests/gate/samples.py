# SPDX-License-Identifier: GPL-3.0-or-later
"""Trials and judgements made by hand, for the gate to decide on."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.facts import (
    Attempt,
    Facts,
    Outage,
    Rekeys,
    Trial,
    Tried,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    End,
    Finding,
    Fix,
    Judgement,
    Outcome,
    Severity,
    Tunnel,
    Verdict,
)

ENDS, NETWORKS = ("hq", "branch"), ("192.168.1.0/24", "192.168.2.0/24")
UP = Attempt(True, 1.0, phase1=True)
GOOD = Facts(
    up={"hq": UP, "branch": UP},
    traffic={"hq": True, "branch": True},
    rekeys=Rekeys(41.0, 2, 5, 0.0),
    reboot={"hq": 2.0, "branch": 2.0},
    incident={"hq": 18.0, "branch": 18.0},
    watched=900,
    hidden_key=False,
)
QUIET = Outage(0.0, "", True, 600)
REFUSED = "branch: %ASA-5-713904: Group = 198.51.100.1, IP = 198.51.100.1, All IPSec SA proposals found unacceptable!"
PHASE1 = Attempt(False, None, "", True, (REFUSED,))
DOWN = replace(GOOD, up={"hq": PHASE1, "branch": PHASE1}, traffic={"hq": False, "branch": False}, rekeys=None,
               reboot={}, incident={})  # fmt: skip
NEVER = replace(GOOD, incident={"hq": 18.0, "branch": None})


def tried(after: Facts | None, before: Facts | None = GOOD, outage: Outage | None = QUIET) -> Tried:
    return Tried(ENDS, NETWORKS, before, after, outage)


def trial(*tunnels: Tried, **more: object) -> Trial:
    devices = {name: {"release": "9.16(4)", "behaves_as": "9.16", "declared": False, "changed": True} for name in ENDS}
    return Trial(**{"devices": devices, "tunnels": tunnels, **more})  # type: ignore[arg-type]


DPD = Finding(
    "dpd-disabled", "hq-branch", Outcome.FAIL, Severity.CRITICAL,
    "hq-branch - DPD - hq: threshold 10 retry 2 branch: disabled",
    fix=(Fix("branch", ("tunnel-group 198.51.100.1 ipsec-attributes", " isakmp keepalive threshold 10 retry 2")),),
)  # fmt: skip
WEAK = Finding("weak-hash", "hq-branch", Outcome.FAIL, Severity.WARNING, "hq-branch - hash - hq: md5 branch: md5")


def judgement(verdict: Verdict, *findings: Finding, cause: str = "", rule: str = "") -> Judgement:
    tunnel = Tunnel("hq-branch", tuple(End(Device(name)) for name in ENDS))
    return Judgement(tunnel, verdict, findings, cause=cause, cause_rule=rule)
