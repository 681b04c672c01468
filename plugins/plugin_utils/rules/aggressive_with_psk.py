# SPDX-License-Identifier: GPL-3.0-or-later
"""A device with pre-shared keys refuses aggressive mode."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, unread_config, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import KEY, proofs
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="aggressive-with-psk",
    title="A device with pre-shared keys refuses aggressive mode",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="Aggressive mode is answered unless it is disabled, and the answer carries a hash made with the key: "
    "whoever asks may guess the key offline.",
    reads=("show running-config crypto", "show running-config all tunnel-group"),
    sources=("RFC 2409 section 5.4", "ASA command reference, crypto ikev1 am-disable"),
    fixed_by="am-disable: a human decides, for clients with group keys need aggressive mode",
)
SUBJECT = "aggressive mode"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    judged = [end for end in tunnel.ends if _concerned(end)]
    known = [(end, _refuses(end)) for end in judged]
    for end, refuses in known:
        if refuses is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the IKE settings of {end.name} were not read"))
    words = " ".join(f"{end.name}: {'refused' if no else 'answered'}" for end, no in known if no is not None)
    open_ = [end for end, refuses in known if refuses is False]
    if open_:
        fix = [Fix(end.name, (_line(end),), note="not where clients log in with a group key") for end in open_]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and known:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end uses IKEv1 with a pre-shared key")


def _concerned(end: End) -> bool:
    return end.map_entry is not None and 1 in versions(end.map_entry) and KEY in proofs(end, 1)


def _refuses(end: End) -> bool | None:
    settings = end.device.config.ike_settings if end.device.config is not None else None
    return None if settings is None else bool(settings.aggressive_mode_disabled)


def _line(end: End) -> str:
    if modern(end.device):
        return "crypto ikev1 am-disable"
    # 7.0 and 7.1 have no `crypto` before it.
    bare = end.device.version is not None and end.device.version < Version(7, 2)
    return "isakmp am-disable" if bare else "crypto isakmp am-disable"
