# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release fills in where a line says nothing.

Sources: Cisco ASA Command Reference 7.2, 8.2, 8.4, 9.1, 9.16 (each command's "Defaults"); CLI guide VPN, "Configuring
ISAKMP"; release notes 9.13(1), which moved the default group to 14.
"""

from __future__ import annotations

from lab.engine.policy.model import IkePolicy

Release = tuple[int, int]


def default_group(release: Release) -> str:
    """Of IKE policies and of a bare `set pfs`: 14 since 9.13(1), 2 before."""
    return "14" if release >= (9, 13) else "2"


def default_ike_policy(priority: int, release: Release) -> IkePolicy:
    return IkePolicy(priority, "pre-share", default_encryption(release), "sha", default_group(release), 86400)


def default_encryption(release: Release) -> str:
    """3DES, until 9.15(1) took it away (from practice: what stands there since is AES-256)."""
    return "aes-256" if release >= (9, 15) else "3des"


def fallback_ike_policies(release: Release) -> tuple[IkePolicy, ...]:
    """Where no policy is configured: one of default values at the lowest priority, and since 8.4 none.

    CLI guide 7.2/8.2, "Creating IKE Policies" (the default policy), against 8.4, which says that new configurations
    have no default policy.
    """
    return (default_ike_policy(65535, release),) if release < (8, 4) else ()


def default_protocols(release: Release) -> frozenset[str]:
    """The tunnel protocols of DfltGrpPolicy that matter here."""
    return frozenset({"ikev1"}) if release < (8, 4) else frozenset({"ikev1", "ikev2"})


def default_nat_traversal(release: Release) -> int | None:
    """Off in 7.x, on with a keepalive of 20 seconds since 8.0 (command reference, `crypto isakmp nat-traversal`)."""
    return None if release < (8, 0) else 20
