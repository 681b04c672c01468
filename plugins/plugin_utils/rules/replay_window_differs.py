# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends forgive as much reordering."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import absent, unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="replay-window-differs",
    title="Both ends forgive as much reordering",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="The window is the receiver's own and is not negotiated. Where it differs, the same queue in between "
    "costs packets in one direction only.",
    reads=("show running-config crypto",),
    sources=("ASA command reference, crypto ipsec security-association replay",),
    fixed_by="crypto ipsec security-association replay window-size: a human decides",
)
SUBJECT = "replay window"
DEFAULT = 64


def check(tunnel: Tunnel) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    findings = unread_config(RULE, tunnel, SUBJECT)
    windows: dict[str, int | None] = {}
    for end in tunnel.ends:
        config = end.device.config
        if config is not None and config.ipsec_settings is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the IPsec settings of {end.name} were not read"))
        elif config is not None and config.ipsec_settings is not None:
            windows[end.name] = config.ipsec_settings.replay_window
    yield from findings
    if findings:
        return
    words = values(tunnel, lambda end: _words(windows[end.name]))
    sizes = {DEFAULT if window is None else window for window in windows.values()}
    if 0 in sizes:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: see replay-disabled")
    elif len(sizes) == 1:
        yield RULE.passes(tunnel, SUBJECT, words)
    else:
        line = f"crypto ipsec security-association replay window-size {max(sizes)}"
        low = [name for name, window in windows.items() if (window or DEFAULT) < max(sizes)]
        yield RULE.fails(tunnel, SUBJECT, words, fix=[Fix(name, (line,), note="holds for new SAs") for name in low])


def _words(window: int | None) -> str:
    if window == 0:
        return "off"
    return f"{DEFAULT} packets (default)" if window is None else f"{window} packets"
