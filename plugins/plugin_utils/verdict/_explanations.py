# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failure explains which: the order in which a tunnel comes up, and what lies behind a symptom.

A negotiation goes through stages, and what fails at one is never asked at the next. So among several faults of the
configuration the earliest is the cause today, unless the tunnel is known to have come further than that.
"""

from __future__ import annotations

PATH = (
    "map-entry-incomplete",
    "map-not-applied",
    "map-wrong-interface",
    "peer-address-mismatch",
    "ike-not-enabled",
    "connection-type-conflict",
    "ike-version-mismatch",
)
"""Before the first packet of IKE can be sent to the right address."""

IKE = (
    "ikepolicy-auth-mismatch",
    "ikepolicy-no-overlap",
    "phase1-mode-mismatch",
    "tunnel-group-missing",
    "tunnel-group-type",
    "tunnel-group-name-not-ip",
    "psk-missing",
    "isakmp-identity",
    "natt-mismatch",
    "cert-validity",
)
"""What the IKE SA needs."""

CHILD = (
    "gp-protocol-missing",
    "map-dynamic-not-last",
    "map-seq-shadow",
    "acl-not-mirrored",
    "transform-no-overlap",
    "transform-mode",
    "pfs-mismatch",
)
"""What the child SAs need."""

TRAFFIC = (
    "route-remote-nets",
    "nat-exemption-missing",
    "sysopt-permit-vpn",
    "vpn-filter-one-way",
)
"""What a packet needs to reach the tunnel, and to leave it at the other end."""

STAGES = (PATH, IKE, CHILD, TRAFFIC)

TAKEN_ELSEWHERE = ("map-seq-shadow", "map-dynamic-not-last")

SYMPTOMS: dict[str, tuple[str, ...]] = {
    "encaps-no-decaps": ("asp-context-stale", "natt-mismatch", *TRAFFIC, *TAKEN_ELSEWHERE),
    "decaps-no-encaps": ("asp-context-stale", *TAKEN_ELSEWHERE, *TRAFFIC),
    "counters-frozen": ("asp-context-stale", *TAKEN_ELSEWHERE, *TRAFFIC),
    "sa-missing-both": (*PATH, *IKE, "ike-state-not-up", *CHILD, *TRAFFIC),
    "ike-state-not-up": (*PATH, *IKE),
    "ike-without-child": CHILD,
}
"""A symptom, and what explains it if it fails too, the likeliest first."""

SUPPORTS: dict[str, tuple[str, ...]] = {
    "spi-mirror-mismatch": (
        "log-evidence",
        "uptime-vs-sa-age",
        "session-age-vs-sa-age",
        "lifetime-remaining-skew",
        "missing-sa-failures",
    ),
    "spi-half-match": ("log-evidence", "uptime-vs-sa-age", "lifetime-remaining-skew", "missing-sa-failures"),
    "sa-one-sided": (
        "uptime-vs-sa-age",
        "session-age-vs-sa-age",
        "log-evidence",
        "dpd-disabled",
        "missing-sa-failures",
    ),
    "child-without-ike": ("log-evidence", "uptime-vs-sa-age", "lifetime-ike-shorter-than-ipsec"),
    "kb-lifetime-zero": ("known-bug-version", "log-evidence"),
    "encaps-no-decaps": ("log-evidence", "replay-failures", "auth-failures", "missing-sa-failures"),
    "acl-not-mirrored": ("ike-without-child", "log-evidence"),
    "pfs-mismatch": ("ike-without-child", "log-evidence"),
    "transform-no-overlap": ("ike-without-child", "log-evidence"),
}
"""A cause, and what else of the findings speaks for it."""
ALWAYS_SUPPORTS = ("ike-state-not-up", "log-evidence")

EXCLUDES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("lost SAs: both ends have them", ("sa-one-sided",)),
    ("an SPI mismatch: each end accepts what the other sends on", ("spi-mirror-mismatch",)),
    ("a dead peer: the IKE SA is up at both ends", ("ike-state-not-up",)),
    ("a used-up volume: every SA has some left", ("kb-lifetime-zero",)),
    ("a restart that the peer missed: both ends are up longer than their SAs", ("uptime-vs-sa-age",)),
    (
        "IKE's policies and keys' presence: both ends agree",
        ("ikepolicy-no-overlap", "psk-missing", "tunnel-group-missing"),
    ),
    ("transforms and PFS: both ends agree", ("transform-no-overlap", "pfs-mismatch")),
    ("the crypto access lists: they mirror each other", ("acl-not-mirrored",)),
    ("routing: the remote networks leave through the tunnel's interface", ("route-remote-nets",)),
    ("address translation: it leaves the tunnel's traffic alone", ("nat-exemption-missing",)),
    ("loss between the ends: what one encrypts the other decrypts", ("encaps-no-decaps", "decaps-no-encaps")),
)
"""What an engineer would suspect too, and the rules which all pass when it is not that."""
