# SPDX-License-Identifier: GPL-3.0-or-later
"""Where in a configuration a failing rule points: the setting that it compares, and the lines that say it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

LABELS = {
    "peer": "Peer",
    "access_list": "Crypto access list",
    "ike_versions": "IKE versions",
    "ike_policies": "IKE policies",
    "transforms": "Transforms",
    "pfs": "PFS group",
    "lifetime": "SA lifetime",
    "connection_type": "May start",
    "authentication": "Authentication",
    "dpd": "Dead peer detection",
    "group_policy": "Group policy",
}

# The beginning of a rule's id, the setting it is about, and what its lines hold.
_POINTS = (
    ("peer-", "peer", r"set peer"),
    ("inventory-pairing", "peer", r"set peer"),
    ("acl-", "access_list", r"match address|^access-list"),
    ("map-acl-any", "access_list", r"match address|^access-list"),
    ("map-entry-incomplete", "access_list", r"match address|set peer|transform-set|ipsec-proposal"),
    ("map-not-applied", "peer", r"^crypto map \S+ interface"),
    ("ike-version-", "ike_versions", r"transform-set|ipsec-proposal"),
    ("ikev1-in-use", "ike_versions", r"transform-set"),
    ("ikepolicy-", "ike_policies", r"^crypto (?:isakmp|ikev\d) policy"),
    ("ike-lifetime-", "ike_policies", r"^ lifetime"),
    ("lifetime-ike-", "ike_policies", r"^ lifetime"),
    ("weak-pfs", "pfs", r"set pfs"),
    ("weak-dh", "ike_policies", r"^ group|set pfs"),
    ("weak-encryption", "ike_policies", r"transform-set \S+ esp|protocol esp|^ encryption "),
    ("weak-hash", "ike_policies", r"transform-set \S+ esp|protocol esp|^ (?:hash|integrity) "),
    ("weak-", "transforms", r"transform-set \S+ esp|protocol esp|^ (?:encryption|hash|integrity) "),
    ("transform-", "transforms", r"transform-set|ipsec-proposal|protocol esp"),
    ("pfs-", "pfs", r"set pfs"),
    ("lifetime-", "lifetime", r"security-association lifetime"),
    ("ipsec-lifetime-", "lifetime", r"security-association lifetime"),
    ("connection-type-", "connection_type", r"connection-type"),
    ("psk-", "authentication", r"pre-shared-key|trust-point"),
    ("tunnel-group-", "authentication", r"^tunnel-group"),
    ("dpd-", "dpd", r"isakmp keepalive"),
    ("gp-", "group_policy", r"default-group-policy"),
    ("vpn-filter-", "group_policy", r"default-group-policy"),
    ("phase1-mode-", "ike_policies", r"phase1-mode"),
    ("natt-", "peer", r"nat-t-disable"),
    ("rri-", "access_list", r"reverse-route"),
)


def settings(tunnel: Mapping[str, Any], failing: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row for each setting: ``label``, a value for each end (``None``: not read), and the ``rules`` that fail it."""
    blamed: dict[str, list[str]] = {}
    for rule in dict.fromkeys(finding["rule"] for finding in failing):
        for prefix, setting, _ in _POINTS:
            if rule.startswith(prefix):
                blamed.setdefault(setting, []).append(rule)
                break
    rows = []
    for name, label in LABELS.items():
        values = [end["configuration"] and end["configuration"]["settings"].get(name, "") for end in tunnel["ends"]]
        if any(values):
            rows.append({"label": label, "values": values, "rules": blamed.get(name, [])})
    return rows


def lines(end: Mapping[str, Any], failing: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]] | None:
    """The end's lines, each with the ``rules`` that point at it; ``None`` when they were not read."""
    if end["configuration"] is None:
        return None
    points = []
    for rule in dict.fromkeys(finding["rule"] for finding in failing):
        found = next((pattern for prefix, _, pattern in _POINTS if rule.startswith(prefix)), None)
        if found:
            points.append((rule, re.compile(found)))
    return [
        {"text": text, "rules": [rule for rule, pattern in points if pattern.search(text)]}
        for text in end["configuration"]["lines"]
    ]
