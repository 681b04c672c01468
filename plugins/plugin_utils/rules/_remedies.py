# SPDX-License-Identifier: GPL-3.0-or-later
"""The best suite of a release, typed beside what is there: nothing is replaced, so one end may have it first."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Fix,
    IkePolicy,
    IpsecProposal,
    TransformSet,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import map_lines, modern
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    algorithms,
    free_priority,
    meet,
    policies,
    proposals,
    proposals_meet,
    sound,
    transform_sets,
)

OLD_POLICY = IkePolicy(1, 0, ("aes-256",), ("sha",), ("5",), authentication="pre-share")
OLD_SET = TransformSet("AES256-SHA", ("esp-aes-256", "esp-sha-hmac"))
PROPOSAL = IpsecProposal("AES256-SHA256", ("aes-256",), ("sha-256",))


OLD_NAMES = frozenset((*OLD_POLICY.encryption, *OLD_POLICY.hash, *OLD_POLICY.group))


def suite_fix(tunnel: Tunnel, end: End, weak: Collection[str] = ()) -> Fix | None:
    """What this end lacks of the best suite that both ends' releases know, or ``None``.

    ``weak`` are the names that a rule does not want: where the best is among them, nothing would be mended by it.
    """
    second = all(modern(each.device) for each in tunnel.ends)
    if not second and not OLD_NAMES.isdisjoint(weak):
        return None
    lines = (*_policy_lines(end, second), *transform_lines(end, second))
    if not lines:
        return None
    note = "add it at both ends, verify, then remove the old suite at both"
    if not second:
        note += "; a release before 8.4 has nothing better"
    return Fix(end.name, lines, note=note)


def transform_lines(end: End, second: bool) -> tuple[str, ...]:
    """A good transform, of IKEv2 where ``second``, put before those of the entry; nothing where it is there."""
    config, entry = end.device.config or Config(), end.map_entry
    if entry is None:
        return ()
    if second:
        if any(proposals_meet(each, PROPOSAL) for each in proposals(config, entry)):
            return ()
        name = _free(PROPOSAL.name, config.ipsec_proposals)
        return (
            f"crypto ipsec ikev2 ipsec-proposal {name}",
            f" protocol esp encryption {PROPOSAL.encryption[0]}",
            f" protocol esp integrity {PROPOSAL.integrity[0]}",
            *map_lines(end, " ".join(["set ikev2 ipsec-proposal", name, *entry.ikev2_proposals])),
        )
    if any(algorithms(each) == algorithms(OLD_SET) for each in transform_sets(config, entry)):
        return ()
    ike, name = "ikev1 " if modern(end.device) else "", _free(OLD_SET.name, config.transform_sets)
    return (
        f"crypto ipsec {ike}transform-set {name} {' '.join(OLD_SET.transforms)}",
        *map_lines(end, " ".join([f"set {ike}transform-set", name, *entry.transform_sets])),
    )


def _policy_lines(end: End, second: bool) -> tuple[str, ...]:
    config = end.device.config or Config()
    if second:
        if any(sound(policy) for policy in policies(config, 2)):
            return ()
        return (
            f"crypto ikev2 policy {free_priority(config, 2, 1)}",
            " encryption aes-256",
            " integrity sha384",
            " group 20 19",
            " prf sha384",
            " lifetime seconds 86400",
        )
    if any(meet(policy, OLD_POLICY) for policy in policies(config, 1)):
        return ()
    return (
        f"crypto {'ikev1' if modern(end.device) else 'isakmp'} policy {free_priority(config, 1, 5)}",
        " authentication pre-share",
        " encryption aes-256",
        " hash sha",
        " group 5",
    )


def _free(name: str, taken: Mapping[str, object]) -> str:
    """The name, or one beside it: typing it anew would change other tunnels."""
    number = 2
    while name in taken:
        name, number = f"{name.split('.')[0]}.{number}", number + 1
    return name
