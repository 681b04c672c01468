# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends see the same path, and treat packets that must not be cut alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule, values

RULE = Rule(
    id="pmtu",
    title="Both ends see the same path, and treat packets that must not be cut alike",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="Where the path takes less than its ends believe, or one end copies the DF bit and the other clears it, "
    "large packets are lost in one direction only.",
    reads=("show crypto ipsec sa", "show running-config crypto"),
    sources=("ASA command reference, crypto ipsec df-bit", "RFC 4301, section 8"),
    fixed_by="crypto ipsec df-bit clear-df, or a smaller tcpmss: a human decides",
    limits={"smallest": 1400},
)
SUBJECT = "path MTU"
DEFAULT = "copy-df"


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    ends = [(end, end.device.config) for end in tunnel.ends if end.device.config is not None]
    for end, config in ends:
        if config.ipsec_settings is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the IPsec settings of {end.name} were not read"))
    yield from findings
    if findings:
        return
    paths = {end.name: _path(end) for end, _ in ends}
    bits = {end.name: _bit(end, config) for end, config in ends}
    words = values(tunnel, lambda end: f"{paths[end.name] or 'not known'}, DF bit {bits[end.name]}")
    known = [path for path in paths.values() if path]
    plain = {bit.split()[0] for bit in bits.values()}
    if len(set(known)) > 1 or any(path < limits["smallest"] for path in known) or len(plain) > 1:
        fix = [_fix(end) for end, _ in ends if len(plain) > 1 and "clear-df" not in bits[end.name]]
        yield RULE.fails(tunnel, SUBJECT, words, fix=fix)
    elif not known:
        yield RULE.not_applicable(tunnel, SUBJECT, f"no SA is up that says; {words}")
    else:
        yield RULE.passes(tunnel, SUBJECT, words)


def _path(end: End) -> int | None:
    return min((entry.path_mtu for entry in end.ipsec or () if entry.path_mtu and entry.sas), default=None)


def _bit(end: End, config: Config) -> str:
    settings = config.ipsec_settings
    printed = settings.df_bit.get(end.interface or "") if settings is not None else None
    return printed or f"{DEFAULT} (default)"


def _fix(end: End) -> Fix:
    return Fix(end.name, (f"crypto ipsec df-bit clear-df {end.interface or 'outside'}",))
