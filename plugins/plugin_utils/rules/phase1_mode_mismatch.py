# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends start IKEv1 in the same mode."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, map_lines, modern, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._left import left
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    DEFAULT_IS_14,
    common_policies,
    common_versions,
    plain,
)

RULE = Rule(
    id="phase1-mode-mismatch",
    title="Both ends start IKEv1 in the same mode",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="The initiator chooses the mode. An end that starts in aggressive mode gets no answer from a peer that "
    "has it disabled, while the tunnel comes up well from the other side. Its group is sent with the first message and "
    "cannot be negotiated: the peer needs a policy of that very group.",
    reads=("show running-config crypto",),
    sources=("RFC 2409 section 5", "ASA command reference, crypto map set ikev1 phase1-mode"),
    fixed_by="set phase1-mode main at both ends: a human decides",
)
SUBJECT = "IKEv1 mode"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    if 1 not in common_versions(compared[0][2], compared[1][2]):
        yield RULE.not_applicable(tunnel, SUBJECT, "IKEv1 is not common to both ends", where=place(tunnel))
        return
    modes = [entry.phase1_mode or "main" for _, _, entry in compared]
    words = " ".join(f"{end.name}: {entry.phase1_mode or 'main (default)'}" for end, _, entry in compared)
    refused = ""
    up = any(sa.up for end in tunnel.ends for sa in end.ike or ())
    for (end, own, entry), (other, config, _) in (compared, compared[::-1]):
        settings = config.ike_settings
        if entry.phase1_mode == "aggressive" and settings is not None and settings.aggressive_mode_disabled:
            refused += f": {other.name} refuses aggressive mode, so {end.name} cannot start the tunnel"
        elif entry.phase1_mode == "aggressive" and not up and (group := _uncommon(end, entry, own, config)):
            refused += f": no common policy has {group}, so {end.name} cannot start the tunnel"
    if len(set(modes)) == 1 and not refused:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    fix = [
        Fix(end.name, map_lines(end, f"set {'ikev1 ' if modern(end.device) else ''}phase1-mode main"))
        for end, _, entry in compared
        if entry.phase1_mode == "aggressive"
    ]
    other_version = left(tunnel, 1)
    severity = Severity.ERROR if refused and not other_version else Severity.WARNING
    refused += f": {other_version}" if refused and other_version else ""
    yield RULE.fails(tunnel, SUBJECT, words + refused, where=place(tunnel), severity=severity, fix=fix)


def _uncommon(end: End, entry: CryptoMapEntry, own: Config, other: Config) -> str:
    """The group that this end starts with, when policies agree but none of them has it; else nothing."""
    if entry.phase1_group is None and (end.device.version is None or end.device.version >= DEFAULT_IS_14):
        return ""
    group = entry.phase1_group or "group2"
    agreed = common_policies(own, other, 1)
    return "" if not agreed or any(plain(group) in map(plain, p.group) for p, _ in agreed) else group
