# SPDX-License-Identifier: GPL-3.0-or-later
"""The group policy lets the tunnel's IKE version in."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import modern, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._groups import (
    Effective,
    group_policies,
    policy_fix,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="gp-protocol-missing",
    title="The group policy lets the tunnel's IKE version in",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="A policy that was made for remote access and lists other protocols refuses the tunnel after phase 1, "
    "and the log speaks of conflicting protocols, not of the policy.",
    reads=("show running-config group-policy", "show running-config all tunnel-group"),
    sources=("ASA command reference, vpn-tunnel-protocol",),
    fixed_by="vpn-tunnel-protocol in a group-policy of the tunnel's own: a human decides",
)
SUBJECT = "tunnel protocol"
_NAMES = {1: frozenset({"ipsec", "ikev1"}), 2: frozenset({"ikev2"})}


def check(tunnel: Tunnel) -> Iterator[Finding]:
    known, findings = group_policies(RULE, tunnel, SUBJECT)
    judged = [each for each in known if _wanted(tunnel, each)]
    words = " ".join(f"{each.end.name}: {_words(each)}" for each in judged)
    refused = [each for each in judged if not _wanted(tunnel, each) & _allowed(each)]
    partly = [each for each in judged if _wanted(tunnel, each) - _allowed(each)]
    if partly:
        fix = [policy_fix(each, f"vpn-tunnel-protocol {_line(tunnel, each)}") for each in partly]
        # The other version still gets in: the tunnel comes up, on the version that is left.
        severity = Severity.CRITICAL if refused else Severity.WARNING
        wanted = ", ".join(f"{each.end.name} offers {_versions(_wanted(tunnel, each))}" for each in partly)
        findings.append(RULE.fails(tunnel, SUBJECT, f"{words}: {wanted}", severity=severity, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end's crypto map says which IKE version it offers")


def _wanted(tunnel: Tunnel, found: Effective) -> frozenset[int]:
    """What this end can use: what it offers, and what the other end offers too when that is known."""
    mine = versions(found.end.map_entry) if found.end.map_entry is not None else frozenset()
    other = tunnel.other(found.end)
    theirs = versions(other.map_entry) if other is not None and other.map_entry is not None else frozenset()
    return mine & theirs or mine


def _allowed(found: Effective) -> frozenset[int]:
    """The default of every release lets site-to-site tunnels in."""
    protocols = set(found.policy.protocols)
    return frozenset(version for version, names in _NAMES.items() if not protocols or names & protocols)


def _words(found: Effective) -> str:
    return (" ".join(found.policy.protocols) or "all") + found.mark("protocols")


def _versions(found: frozenset[int]) -> str:
    return " and ".join(f"IKEv{version}" for version in sorted(found))


def _line(tunnel: Tunnel, found: Effective) -> str:
    """The protocols that are there, with those that are not; in the spelling of the device's own line."""
    missing = _wanted(tunnel, found) - _allowed(found)
    # Releases before 8.4 know one IKE, and print it in capitals.
    new = modern(found.end.device)
    return " ".join([*found.policy.protocols, *(f"ikev{version}" if new else "IPSec" for version in sorted(missing))])
