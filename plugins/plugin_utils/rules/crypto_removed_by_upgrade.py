# SPDX-License-Identifier: GPL-3.0-or-later
"""The tunnel uses nothing that a newer release has removed."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config, versions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._hygiene import (
    encryption,
    groups,
    ike_policies,
    integrity,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._remedies import suite_fix
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import REMOVED, WITHOUT_OLD, configured

RULE = Rule(
    id="crypto-removed-by-upgrade",
    title="The tunnel uses nothing that 9.15 removed",
    severity=Severity.WARNING,
    group=Group.HYGIENE,
    rationale="An upgrade across 9.15 rejects these lines at boot: it drops them or puts a default in their place, and "
    "the end that was upgraded no longer agrees with the other.",
    reads=("show running-config crypto", "show version"),
    sources=(
        "Cisco ASA upgrade guide, 9.15 guidelines: low-security cipher removal",
        "manual.sakura.ad.jp: firmware update to ASA 9.16",
        "github.com/RenanHingel/FMC_Unsupported_Algorithms",
    ),
    fixed_by="before the upgrade, align_transforms for what IPsec offers; IKE policies and groups: a human decides",
)
SUBJECT = "removed by 9.15"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    judged = [(end, _removed(end, config, entry)) for end, config, entry in configured(tunnel.ends)]
    words = " ".join(f"{end.name}: {', '.join(removed) or 'nothing'}" for end, removed in judged)
    using = [end for end, removed in judged if removed]
    if using:
        fix = [fix for end in using if (fix := suite_fix(tunnel, end)) is not None]
        findings.append(RULE.fails(tunnel, SUBJECT, words, fix=fix))
    yield from findings
    if not findings and judged:
        yield RULE.passes(tunnel, SUBJECT, words)
    elif not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end's configuration says")


def _removed(end: End, config: Config, entry: CryptoMapEntry) -> list[str]:
    """What this end uses and would lose. A device past that release has nothing more to lose."""
    if end.device.version is not None and end.device.version >= WITHOUT_OLD:
        return []
    found = [name for name in encryption(end, config, entry) if name in REMOVED["encryption"]]
    found += [name for name in integrity(end, config, entry) if name in REMOVED["integrity"]]
    # Group 5 stayed for IKEv1, and went for IKEv2.
    second = {group for policy in ike_policies(config, entry) if policy.version == 2 for group in policy.group}
    lost = REMOVED["group"] | ({"5"} if 2 in versions(entry) and second & {"5", "group5"} else set())
    found += [f"group {name}" for name in groups(end, config, entry) if name in lost]
    return list(dict.fromkeys(found))
