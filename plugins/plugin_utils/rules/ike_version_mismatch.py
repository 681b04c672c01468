# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends speak one version of IKE in common."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    absent,
    map_lines,
    modern,
    no_entry,
    place,
    unread_config,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import offered, version_words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._left import none_left
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="ike-version-mismatch",
    title="Both ends speak one version of IKE in common",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="An entry speaks the versions for which it has transforms: transform sets for IKEv1, proposals for "
    "IKEv2. Without a common one the first message is refused. Of two each may lack something else, and then neither "
    "is left.",
    reads=("show running-config crypto",),
    sources=("ASA command reference, crypto map set ikev2 ipsec-proposal", "RFC 7296"),
    fixed_by="transforms of the other version at one end: a human decides",
)
SUBJECT = "IKE version"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    if alone := absent(RULE, tunnel, SUBJECT):
        yield alone
        return
    findings = unread_config(RULE, tunnel, SUBJECT)
    if findings:
        yield from findings
        return
    silent = next((end for end in tunnel.ends if not offered(end)), None)
    if silent is not None:
        reason = f"{silent.name}'s entry has no transform that was read: see map-entry-incomplete"
        if silent.map_entry is None:
            reason = no_entry(silent)
        yield RULE.not_applicable(tunnel, SUBJECT, reason)
        return
    left, right = tunnel.ends
    words = values(tunnel, version_words)
    if why := none_left(tunnel):
        yield RULE.fails(tunnel, SUBJECT, f"{words}: neither can come up ({why})", where=place(tunnel))
    elif offered(left) & offered(right):
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
    else:
        fix = _fix(left, right)
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), fix=fix)


def _fix(left: End, right: End) -> list[Fix]:
    """IKEv2 at the end that lacks it, or IKEv1 at the other when that end's release knows no IKEv2."""
    older, newer = (left, right) if offered(left) == {1} else (right, left)
    end, line = (older, "set ikev2 ipsec-proposal NAME")
    if not modern(older.device):
        end, line = (newer, "set ikev1 transform-set NAME")
    if end.map_entry is None or end.map_entry.tunnel_interface is not None or end.map_entry.dynamic_map is not None:
        return []
    return [Fix(end.name, map_lines(end, line), note="it needs a policy, its keys and crypto ikev... enable too")]
