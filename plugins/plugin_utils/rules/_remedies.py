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
    SHA2,
    algorithms,
    free_priority,
    knows_group,
    meet,
    policies,
    proposals,
    proposals_meet,
    sound,
    transform_sets,
)

_ELLIPTIC = ("20", "19")
_IKEV1 = IkePolicy(1, 0, ("aes-256",), ("sha",), ("5",), authentication="pre-share")
_SET = TransformSet("AES256-SHA", ("esp-aes-256", "esp-sha-hmac"))
_SHA1 = IpsecProposal("AES256-SHA1", ("aes-256",), ("sha-1",))
_SHA2 = IpsecProposal("AES256-SHA256", ("aes-256",), ("sha-256",))


def suite_fix(tunnel: Tunnel, end: End, weak: Collection[str] = ()) -> Fix | None:
    """What this end lacks of the best suite that both ends' releases know, or ``None``; so where one was not read.

    ``weak`` are the names that a rule does not want: where the best is among them, nothing would be mended by it.
    """
    if any(each.device.version is None for each in tunnel.ends):
        return None
    second = all(modern(each.device) for each in tunnel.ends)
    policy = _policy(tunnel, second)
    if policy is None or not {*policy.encryption, *policy.hash, *policy.group}.isdisjoint(weak):
        return None
    lines = (*_policy_lines(end, policy), *transform_lines(tunnel, end, second))
    if not lines:
        return None
    note = "add it at both ends, verify, then remove the old suite at both"
    if not second:
        note += "; a release before 8.4 has nothing better"
    elif not _know_sha2(tunnel):
        note += "; a release before 9.3 is given nothing better"
    return Fix(end.name, lines, note=note)


def transform_lines(tunnel: Tunnel, end: End, second: bool) -> tuple[str, ...]:
    """A good transform, of IKEv2 where ``second``, put before those of the entry.

    Nothing where it is there, and where a release that decides its words was not read.
    """
    config, entry = end.device.config or Config(), end.map_entry
    if entry is None or any(each.device.version is None for each in tunnel.ends):
        return ()
    if second:
        wanted = _SHA2 if _know_sha2(tunnel) else _SHA1
        if any(proposals_meet(each, wanted) for each in proposals(config, entry)):
            return ()
        name = _free(wanted.name, config.ipsec_proposals)
        return (
            f"crypto ipsec ikev2 ipsec-proposal {name}",
            f" protocol esp encryption {wanted.encryption[0]}",
            f" protocol esp integrity {wanted.integrity[0]}",
            *map_lines(end, " ".join(["set ikev2 ipsec-proposal", name, *entry.ikev2_proposals])),
        )
    if any(algorithms(each) == algorithms(_SET) for each in transform_sets(config, entry)):
        return ()
    ike, name = "ikev1 " if modern(end.device) else "", _free(_SET.name, config.transform_sets)
    return (
        f"crypto ipsec {ike}transform-set {name} {' '.join(_SET.transforms)}",
        *map_lines(end, " ".join([f"set {ike}transform-set", name, *entry.transform_sets])),
    )


def _know_sha2(tunnel: Tunnel) -> bool:
    return all(each.device.version is not None and each.device.version >= SHA2 for each in tunnel.ends)


def _policy(tunnel: Tunnel, second: bool) -> IkePolicy | None:
    """The best IKE policy of these releases, of IKEv2 where ``second``; ``None`` where they know no group in common."""
    if not second:
        return _IKEV1
    hashed = ("sha384",) if _know_sha2(tunnel) else ("sha",)
    for groups in (_ELLIPTIC, ("5",)):
        if all(knows_group(each.device, group, frozenset({2})) for each in tunnel.ends for group in groups):
            return IkePolicy(2, 0, ("aes-256",), hashed, groups, prf=hashed)
    return None


def _policy_lines(end: End, wanted: IkePolicy) -> tuple[str, ...]:
    config = end.device.config or Config()
    there = policies(config, wanted.version)
    if any(meet(policy, wanted) or (wanted.version == 2 and sound(policy)) for policy in there):
        return ()
    if wanted.version == 2:
        return (
            f"crypto ikev2 policy {free_priority(config, 2, 1)}",
            f" encryption {wanted.encryption[0]}",
            f" integrity {wanted.hash[0]}",
            f" group {' '.join(wanted.group)}",
            f" prf {wanted.prf[0]}",
            " lifetime seconds 86400",
        )
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
