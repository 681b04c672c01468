# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends refuse packets that were seen before."""

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

RULE = Rule(
    id="replay-disabled",
    title="Both ends refuse packets that were seen before",
    severity=Severity.WARNING,
    group=Group.HYGIENE,
    rationale="Turning the check off is a common cure for drops that a queue in between causes by reordering. A wider "
    "window cures them too, and leaves the protection in place.",
    reads=("show running-config crypto",),
    sources=("RFC 4303, section 3.4.3", "ASA command reference, crypto ipsec security-association replay"),
    fixed_by="crypto ipsec security-association replay window-size: a human decides",
)
SUBJECT = "replay check"
DEFAULT = 64


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, _say)


def _say(end: End, config: Config) -> Said:
    if config.ipsec_settings is None:
        return unknown(f"the IPsec settings of {end.name} were not read")
    window = config.ipsec_settings.replay_window
    if window == 0:
        lines = ("crypto ipsec security-association replay window-size 1024",)
        return fails("off", Severity.WARNING, fix=(Fix(end.name, lines, note="holds for new SAs"),))
    return passes(f"{window} packets" if window else f"{DEFAULT} packets (default)")
