# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes out of the tunnel passes the interface's access list."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails, judge_ends, passes, unknown
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._switches import switch

RULE = Rule(
    id="sysopt-permit-vpn",
    title="What comes out of the tunnel passes the interface's access list",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="With `no sysopt connection permit-vpn` decrypted packets are filtered like any others: where the access "
    "list of the interface forgets the far networks, packets are decrypted and then dropped.",
    reads=("show running-config sysopt",),
    sources=("ASA command reference, sysopt connection permit-vpn",),
    fixed_by="sysopt connection permit-vpn, or lines in the interface's access list: a human decides",
)
SUBJECT = "VPN traffic past access lists"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, _say)


def _say(end: End, config: Config) -> Said:
    if config.sysopt is None or "sysopt" in config.unread:
        return unknown(f"the system options of {end.name} were not read")
    value = switch(config, "sysopt", config.sysopt.permit_vpn, default=True)
    if value.on:
        return passes(value.words)
    # A legitimate choice, and that access list is not read: so this points, and does not accuse.
    words = f"{value.words}: the access list of {end.interface or 'the interface'} must permit the far networks"
    return fails(words, fix=(Fix(end.name, ("sysopt connection permit-vpn",)),))
