# SPDX-License-Identifier: GPL-3.0-or-later
"""Both ends encapsulate in the same mode."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    CryptoMapEntry,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    Compared,
    both_entries,
    map_lines,
    modern,
    place,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._left import left
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import (
    algorithms,
    common_versions,
    transform_sets,
)

RULE = Rule(
    id="transform-mode",
    title="Both ends encapsulate in the same mode",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="The mode is negotiated with the algorithms: transport at one end and tunnel at the other is no common "
    "proposal, though both list the same ciphers.",
    reads=("show running-config crypto",),
    sources=("RFC 2407 section 4.5, Encapsulation Mode", "RFC 7296 section 1.3.1, USE_TRANSPORT_MODE"),
    fixed_by="mode of the transform-set: a human decides",
)
SUBJECT = "encapsulation mode"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    common = sorted(common_versions(compared[0][2], compared[1][2]))
    if not common:
        yield RULE.not_applicable(tunnel, SUBJECT, "no common IKE version: see transform-no-overlap")
    for version in common:
        yield _version_1(tunnel, compared) if version == 1 else _version_2(tunnel, compared)


def _version_1(tunnel: Tunnel, compared: Compared) -> Finding:
    subject = "IKEv1 encapsulation mode"
    sets = [transform_sets(config, entry) for _, config, entry in compared]
    common = {algorithms(each) for each in sets[0]} & {algorithms(each) for each in sets[1]}
    if not common:
        return RULE.not_applicable(tunnel, subject, "no common transform: see transform-no-overlap")
    offered = [{(algorithms(each), each.mode) for each in some if algorithms(each) in common} for some in sets]
    agreed = offered[0] & offered[1]
    said = [agreed or some for some in offered]
    words = " ".join(
        f"{end.name}: {'/'.join(sorted({mode for _, mode in some}))}"
        for (end, _, _), some in zip(compared, said, strict=True)
    )
    if agreed:
        return RULE.passes(tunnel, subject, words, where=place(tunnel))
    fix = []
    for (end, _, _), some in zip(compared, sets, strict=True):
        ike = "ikev1 " if modern(end.device) else ""
        names = [each.name for each in some if each.mode != "tunnel" and algorithms(each) in common]
        if names:
            lines = tuple(f"no crypto ipsec {ike}transform-set {name} mode transport" for name in names)
            fix.append(Fix(end.name, lines, note="look first who else uses the set"))
    return _fails(tunnel, subject, words, fix, 1)


def _fails(tunnel: Tunnel, subject: str, words: str, fix: list[Fix], version: int) -> Finding:
    other = left(tunnel, version)
    severity = Severity.WARNING if other else Severity.ERROR
    words += f": {other}" if other else ""
    return RULE.fails(tunnel, subject, words, where=place(tunnel), severity=severity, fix=fix)


def _version_2(tunnel: Tunnel, compared: Compared) -> Finding:
    subject = "IKEv2 encapsulation mode"
    words = " ".join(f"{end.name}: {_mode(entry)}" for end, _, entry in compared)
    modes = {entry.ikev2_mode or "tunnel" for _, _, entry in compared}
    # `transport` falls back to tunnel mode when the peer does not ask for it, `transport-require` does not.
    if modes != {"tunnel", "transport-require"}:
        return RULE.passes(tunnel, subject, words, where=place(tunnel))
    fix = [
        Fix(end.name, map_lines(end, "set ikev2 mode tunnel"))
        for end, _, entry in compared
        if entry.ikev2_mode == "transport-require"
    ]
    return _fails(tunnel, subject, words, fix, 2)


def _mode(entry: CryptoMapEntry) -> str:
    return entry.ikev2_mode or "tunnel (default)"
