# SPDX-License-Identifier: GPL-3.0-or-later
"""The releases of both ends have modern algorithms in common."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Severity, Tunnel, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import SPLIT_IKE, absent
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import WITHOUT_OLD

RULE = Rule(
    id="version-pair",
    title="The releases of both ends have modern algorithms in common",
    severity=Severity.INFO,
    group=Group.MATCH,
    rationale="A release before 8.4 knows IKEv1 only, with SHA-1 and group 5 at best. One past 9.15 has removed the "
    "rest of what such a peer can do: what is left in common is one suite, and the next removal takes that too.",
    reads=("show version",),
    sources=(
        "github.com/RenanHingel/FMC_Unsupported_Algorithms",
        "Cisco ASA upgrade guide, 9.15 guidelines: low-security cipher removal",
    ),
    fixed_by="upgrade the older end: a human decides",
    practice=True,
)
SUBJECT = "releases"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    alone = absent(RULE, tunnel, SUBJECT)
    if alone is not None:
        yield alone
        return
    releases = [(end.name, end.device.version) for end in tunnel.ends if end.device.version is not None]
    unread = [end.name for end in tunnel.ends if end.device.version is None]
    words = " ".join(f"{name}: {version}" for name, version in releases)
    if unread:
        yield RULE.unknown(tunnel, SUBJECT, f"the release of {' and '.join(unread)} was not read")
        return
    low, high = sorted(version for _, version in releases)
    left = _left(low, high)
    if left:
        yield RULE.fails(tunnel, SUBJECT, f"{words}: {left}")
    else:
        yield RULE.passes(tunnel, SUBJECT, words)


def _left(low: Version, high: Version) -> str:
    """What the two have in common where that is little, or nothing to say."""
    if low >= SPLIT_IKE:
        return ""
    if high >= WITHOUT_OLD:
        return "in common are only IKEv1, AES, SHA-1 and group 5"
    return "in common are only IKEv1, AES or 3DES, SHA-1 or MD5 and group 5 or less"
