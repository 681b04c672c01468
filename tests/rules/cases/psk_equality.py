# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import TunnelGroup
from tests.build import (
    BRANCH,
    at_branch,
    at_hq,
    branch,
    branch_config,
    config_tunnel,
    half_read,
    hq,
    hq_config,
    tunnel,
)
from tests.rules.aged import NOW, aged
from tests.rules.case import Case

CERTIFICATE = {BRANCH: TunnelGroup(BRANCH, "ipsec-l2l", trustpoint="CA")}


SAYS = "hq-branch - equal keys -"
HOUR = "hq: IKE SA up, agreed 1h ago branch: IKE SA up, agreed 1h ago"
SINCE = f"{HOUR}: the keys matched when it was agreed, and what changed since is not known"
PROVEN = f"{HOUR}: the keys matched then, and nothing was changed since"


CASES = {
    "an IKE SA is up at both ends": Case(
        tunnel(),
        (
            "unverifiable: hq-branch - equal keys - hq: IKE SA up branch: IKE SA up: the keys matched when "
            "it was agreed, and what changed since is not known"
        ),
    ),
    "agreed after both configurations were changed": Case(aged(3600), f"pass: {SAYS} {PROVEN}"),
    "never changed since the start": Case(aged(3600, changed=None), f"pass: {SAYS} {PROVEN}"),
    "changed since": Case(aged(3600, changed=600), f"unverifiable: {SAYS} {SINCE}"),
    "changed since at branch": Case(
        aged(3600, theirs={"config_changed": NOW - timedelta(seconds=600)}), f"unverifiable: {SAYS} {SINCE}"
    ),
    "changed in the hour that summer time may have moved": Case(
        aged(3600, changed=5000, clock={"zone": "CET"}), f"unverifiable: {SAYS} {SINCE}"
    ),
    "when the clock was read is not known": Case(
        aged(3600, clock={"started": -math.inf, "finished": math.inf}), f"unverifiable: {SAYS} {SINCE}"
    ),
    "the clock was not read": Case(aged(3600, theirs={"clock": None}), f"unverifiable: {SAYS} {SINCE}"),
    "the version was not read": Case(
        aged(3600, changed=None, theirs={"uptime": None}), f"unverifiable: {SAYS} {SINCE}"
    ),
    "the other unit of a pair may have agreed it": Case(
        aged(3600, theirs={"failover": "active"}), f"unverifiable: {SAYS} {SINCE}"
    ),
    "a session of IKEv2 since the change": Case(aged(3600, version=2), f"pass: {SAYS} {PROVEN}"),
    "a rekey of IKEv2 asks for no key": Case(
        aged(3600, version=2, changed=7200, session=86000), f"unverifiable: {SAYS} {SINCE}"
    ),
    "an IKE SA of IKEv2 that is older than its session": Case(
        aged(3600, version=2, session=600), f"unverifiable: {SAYS} {SINCE}"
    ),
    "no session was read": Case(aged(3600, version=2, session=None), f"unverifiable: {SAYS} {SINCE}"),
    "compared and equal": Case(
        replace(tunnel(), keys="equal"), f"pass: {SAYS} hq: compared, equal branch: compared, equal"
    ),
    "compared and unequal": Case(
        replace(tunnel(), keys="unequal"),
        f"fail critical: {SAYS} hq: compared, not equal branch: compared, not equal",
    ),
    "compared in vain": Case(replace(aged(3600), keys="unverifiable"), f"pass: {SAYS} {PROVEN}"),
    "none is up at branch": Case(
        tunnel(hq(at_hq()), branch(at_branch(), states=())),
        (
            "unverifiable: hq-branch - equal keys - hq: IKE SA up branch: no IKE SA is up: the keys are "
            "masked, and only an IKE SA that is up at both ends would prove them"
        ),
    ),
    "the IKE SAs of branch were not read": Case(
        replace(tunnel(), ends=(tunnel().ends[0], replace(tunnel().ends[1], first_ike=None, second_ike=None))),
        (
            "unverifiable: hq-branch - equal keys - hq: IKE SA up branch: IKE SAs not read: the keys are "
            "masked, and only an IKE SA that is up at both ends would prove them"
        ),
    ),
    "a certificate at hq": Case(
        config_tunnel(hq_config(tunnel_groups=CERTIFICATE)),
        "not_applicable: hq-branch - equal keys - hq: no pre-shared key, see psk-missing",
    ),
    "no tunnel-group at branch": Case(
        config_tunnel(None, branch_config(tunnel_groups={})),
        ("not_applicable: hq-branch - equal keys - branch has no tunnel-group for this peer: see tunnel-group-missing"),
    ),
    "a peer of somebody else": Case(
        pair([hq(at_hq())], foreign_peers=[ip_address(BRANCH)])[0],
        ("not_applicable: hq-198.51.100.2 - equal keys - 198.51.100.2 is declared foreign: judged from hq's end alone"),
    ),
    "an end was not read": Case(
        half_read(),
        ("unknown: hq-branch - equal keys - the configuration of branch was not read (connection timed out)"),
    ),
}
