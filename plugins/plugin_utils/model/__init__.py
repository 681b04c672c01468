# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's nouns: what a device said, the tunnel two ends make, and what was found.

Terms follow RFC 4301 and RFC 7296 (SA, SPI, IKE SA, child SA) and Cisco's command reference (crypto map,
tunnel-group, proxy identities). Times are seconds since the epoch on the controller's clock, durations are
seconds, SPIs are integers, addresses are ``ipaddress`` objects. ``None`` means that the device did not say;
it never means zero or empty.
"""

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.association import (
    Address,
    Direction,
    IkeSa,
    IpsecEntry,
    IpsecSa,
    Network,
    ProxyIdentities,
    Selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import (
    AccessList,
    AccessRule,
    Config,
    CryptoMapEntry,
    GroupPolicy,
    IkePolicy,
    Interface,
    IpsecProfile,
    IpsecProposal,
    Keepalive,
    Origin,
    TransformSet,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.finding import (
    Finding,
    Fix,
    Group,
    Judgement,
    Outcome,
    Severity,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.reading import (
    EARLIEST,
    LATEST,
    Output,
    OutputStatus,
    Parsed,
    Snapshot,
    Unparsed,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.tunnel import (
    Device,
    End,
    LogLine,
    SaReading,
    Tunnel,
    Version,
)

__all__ = [
    "EARLIEST",
    "LATEST",
    "AccessList",
    "AccessRule",
    "Address",
    "Config",
    "CryptoMapEntry",
    "Device",
    "Direction",
    "End",
    "Finding",
    "Fix",
    "Group",
    "GroupPolicy",
    "IkePolicy",
    "IkeSa",
    "Interface",
    "IpsecEntry",
    "IpsecProfile",
    "IpsecProposal",
    "IpsecSa",
    "Judgement",
    "Keepalive",
    "LogLine",
    "Network",
    "Origin",
    "Outcome",
    "Output",
    "OutputStatus",
    "Parsed",
    "ProxyIdentities",
    "SaReading",
    "Selector",
    "Severity",
    "Snapshot",
    "TransformSet",
    "Tunnel",
    "TunnelGroup",
    "Unparsed",
    "Verdict",
    "Version",
]
