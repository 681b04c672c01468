# SPDX-License-Identifier: GPL-3.0-or-later
"""A dynamic map says which traffic it takes."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import templates
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import dynamic
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="dynmap-no-match-address",
    title="A dynamic map says which traffic it takes",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="Without match address it accepts any proxy identities that a peer with the key proposes: a site with a "
    "wrong access list gets its tunnel here, and takes another's traffic.",
    reads=("show running-config crypto",),
    sources=("ASA command reference, crypto dynamic-map match address",),
    fixed_by="match address: a human decides",
    practice=True,
)
SUBJECT = "dynamic map's access list"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    for end in tunnel.ends:
        entry, config = dynamic(end), end.device.config
        if entry is None or config is None:
            continue
        known = templates(config, entry)
        open_ = [each for each in known if each.access_list is None]
        words = f"{end.name}: " + ", ".join(f"{each} {each.access_list or 'any traffic'}" for each in known)
        if not known:
            reason = f"{end.name}'s dynamic map {entry.dynamic_map} was not read"
            findings.append(RULE.unknown(tunnel, SUBJECT, reason, where=str(entry)))
        elif open_:
            lines = tuple(f"crypto dynamic-map {each.map} {each.sequence} match address NAME" for each in open_)
            note = "not on a sequence that remote-access clients use: theirs has no list"
            fix = [Fix(end.name, lines, note=note)]
            findings.append(RULE.fails(tunnel, SUBJECT, words, where=str(entry), fix=fix))
        else:
            findings.append(RULE.passes(tunnel, SUBJECT, words, where=str(entry)))
    yield from findings
    if not findings:
        yield RULE.not_applicable(tunnel, SUBJECT, "no end takes this peer by a dynamic map")
