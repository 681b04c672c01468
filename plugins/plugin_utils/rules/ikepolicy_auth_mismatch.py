# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends prove who they are in the same way."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Group,
    IkePolicy,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._keys import (
    CERTIFICATE,
    local_proofs,
    proofs,
    remote_proofs,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._left import left as other_left
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    algorithms_meet,
    authentication,
    common_policies,
    common_versions,
    policies,
)

RULE = Rule(
    id="ikepolicy-auth-mismatch",
    title="Both ends prove who they are in the same way",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="Algorithms agree and phase 1 fails all the same: IKEv1 negotiates the method with the policy, and in "
    "IKEv2 each end must send what the other expects.",
    reads=("show running-config crypto", "show running-config tunnel-group"),
    sources=("RFC 2409 section 5", "RFC 7296 section 2.15"),
    fixed_by="authentication of the IKE policy, or of the tunnel-group: a human decides",
    stig=("CASA-VN-000310", "V-239961"),
)
SUBJECT = "IKE authentication"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    (left, config_a, a), (right, config_b, b) = compared
    common = sorted(common_versions(a, b))
    if not common:
        yield RULE.not_applicable(tunnel, SUBJECT, "no common IKE version: see transform-no-overlap")
    for version in common:
        if version == 1:
            yield _version_1(tunnel, (left, config_a), (right, config_b))
        else:
            yield _version_2(tunnel, left, right)


def _version_1(tunnel: Tunnel, left: tuple[End, Config], right: tuple[End, Config]) -> Finding:
    subject = "IKEv1 authentication"
    (end_a, a), (end_b, b) = left, right
    pairs = [(p, q) for p in policies(a, 1) for q in policies(b, 1) if algorithms_meet(p, q)]
    if not pairs:
        return RULE.not_applicable(tunnel, subject, "no common algorithms: see ikepolicy-no-overlap")
    common = common_policies(a, b, 1)
    agreed = [(p, q) for p, q in common if _backed(end_a, p) and _backed(end_b, q)][:1]
    if common and not agreed:
        words = " ".join(f"{end.name}: {_list(proofs(end, 1))}" for end in (end_a, end_b))
        return _fails(tunnel, subject, f"{words}: the common policy asks for a pre-shared key", 1)
    mine = [authentication(p) for p, _ in agreed or pairs]
    theirs = [authentication(q) for _, q in agreed or pairs]
    words = f"{end_a.name}: {_list(mine)} {end_b.name}: {_list(theirs)}"
    bare = [end.name for end, config in (left, right) if agreed and _without_certificate(end, config, mine)]
    if bare:
        return RULE.unknown(tunnel, subject, f"{words}: no trustpoint of {' and '.join(bare)} was read")
    return RULE.passes(tunnel, subject, words) if agreed else _fails(tunnel, subject, words, 1)


def _fails(tunnel: Tunnel, subject: str, words: str, version: int) -> Finding:
    other = other_left(tunnel, version)
    severity = Severity.WARNING if other else Severity.CRITICAL
    return RULE.fails(tunnel, subject, words + (f": {other}" if other else ""), severity=severity)


def _backed(end: End, policy: IkePolicy) -> bool:
    """Whether the end can do what the policy asks. A certificate may be one that no line of the tunnel names."""
    return authentication(policy) != "pre-share" or proofs(end, 1) != {CERTIFICATE}


def _without_certificate(end: End, config: Config, methods: list[str]) -> bool:
    """Certificates were agreed on, and nothing shows that the end has one. An IKE SA that is up does."""
    up = any(sa.up for sa in end.ike or ())
    return "pre-share" not in methods and CERTIFICATE not in proofs(end, 1) and not config.trustpoints and not up


def _version_2(tunnel: Tunnel, left: End, right: End) -> Finding:
    subject = "IKEv2 authentication"
    said = " ".join(
        f"{end.name}: sends {_list(local_proofs(end))}, expects {_list(remote_proofs(end))}" for end in (left, right)
    )
    if any(not local_proofs(end) or not remote_proofs(end) for end in (left, right)):
        return RULE.not_applicable(tunnel, subject, f"{said}: see psk-missing")
    apart = any(local_proofs(a).isdisjoint(remote_proofs(b)) for a, b in ((left, right), (right, left)))
    return _fails(tunnel, subject, said, 2) if apart else RULE.passes(tunnel, subject, said)


def _list(found: list[str] | frozenset[str]) -> str:
    return " or ".join(sorted(set(found))) or "nothing"
