# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT keepalives are not taken for DPD."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Finding,
    Group,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dpd import keepalives, said
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dpd-natt-keepalive",
    title="NAT keepalives are not taken for DPD",
    severity=Severity.INFO,
    group=Group.DPD,
    rationale="The keepalives of `crypto isakmp nat-traversal` hold a translation open and nobody answers them. Where "
    "no end asks by DPD, they do not replace it.",
    reads=("show running-config crypto", "show running-config all tunnel-group"),
    sources=("RFC 3948 section 4",),
    fixed_by="enable_dpd",
)
SUBJECT = "NAT keepalive"
DEFAULT, ON_BY_DEFAULT = 20, Version(8, 0)


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = keepalives(RULE, tunnel, SUBJECT)
    intervals = {end.name: _interval(end.device) for end, _ in known}
    unread = [name for name, interval in intervals.items() if interval is None]
    findings += [RULE.unknown(tunnel, SUBJECT, f"the IKE settings of {name} were not read") for name in unread]
    yield from findings
    if findings:
        return
    words = " ".join(f"{said(end, keepalive)}, {_word(end.device)}" for end, keepalive in known)
    if not any(intervals.values()):
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: no end sends any")
    elif any(keepalive.asks for _, keepalive in known):
        yield RULE.passes(tunnel, SUBJECT, words)
    elif len(known) < 2:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{words}: whether the peer asks is not known")
    else:
        yield RULE.fails(tunnel, SUBJECT, f"{words}: nobody asks by DPD")


def _interval(device: Device) -> int | None:
    """Seconds between two, 0 when off, ``None`` when not read."""
    if device.config is None or device.config.ike_settings is None:
        return None
    printed = device.config.ike_settings.nat_traversal
    if printed is not None:
        return printed
    return DEFAULT if device.version is None or device.version >= ON_BY_DEFAULT else 0


def _word(device: Device) -> str:
    interval = _interval(device)
    settings = device.config.ike_settings if device.config is not None else None
    default = " (default)" if settings is not None and settings.nat_traversal is None else ""
    return (f"every {interval} s" if interval else "off") + default
