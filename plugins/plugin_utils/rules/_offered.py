# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of IKE that an end can negotiate for a tunnel."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._dynamic import templates


def offered(end: End) -> frozenset[int]:
    """What the entry has transforms for, or its dynamic map's templates, or its tunnel interface's profile."""
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return frozenset()
    if entry.dynamic_map is not None:
        return frozenset().union(*(versions(each) for each in templates(config, entry)))
    profile = config.ipsec_profiles.get(entry.profile or "")
    if not versions(entry) and profile is not None:
        found = ((1, profile.transform_sets), (2, profile.ikev2_proposals))
        return frozenset(version for version, names in found if names)
    return versions(entry)


def version_words(end: End) -> str:
    if end.device.config is None:
        return "not read"
    return ", ".join(f"IKEv{version}" for version in sorted(offered(end))) or "none"
