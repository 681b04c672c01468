# SPDX-License-Identifier: GPL-3.0-or-later
"""Dynamic maps have the last sequences of the crypto map."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import Index
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.effective import templates
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import permitted
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said, fails, judge_entries, passes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._sequences import sequences

LAST = 65535

RULE = Rule(
    id="map-dynamic-not-last",
    title="Dynamic maps have the last sequences of the crypto map",
    severity=Severity.ERROR,
    group=Group.MATCH,
    rationale="A dynamic map that comes first answers the peer with its own settings, and the entry meant for that "
    "peer is never looked at.",
    reads=("show running-config crypto",),
    sources=("Cisco ASA CLI configuration guide, Using Dynamic Crypto Maps",),
    fixed_by=f"the dynamic map at sequence {LAST}: a human decides",
)
SUBJECT = "dynamic map"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_entries(RULE, tunnel, SUBJECT, _examine)


def _examine(end: End, config: Config, entry: CryptoMapEntry) -> Said:
    dynamic = sequences(config, entry.map).dynamic
    early = [each for each in dynamic if each.sequence < entry.sequence]
    if early:
        takes = any(_takes(config, each, entry) for each in early)
        words = f"{', '.join(f'{each.dynamic_map} at {each.sequence}' for each in early)} before {entry.sequence}"
        return fails(words, Severity.ERROR if takes else Severity.WARNING, fix=(_fix(end, config, early[0]),))
    if not dynamic:
        return passes("none")
    return passes(", ".join(f"{each.dynamic_map} at {each.sequence}" for each in dynamic))


def _takes(config: Config, dynamic: CryptoMapEntry, entry: CryptoMapEntry) -> bool:
    """Whether a template may accept this entry's traffic: it does when it names no list, or one that was not read."""
    wanted = Index(permitted(config, entry.access_list))
    known = templates(config, dynamic)
    lists = [config.access_lists.get(each.access_list or "") for each in known]
    if not known or any(each is None or each.unresolved for each in lists):
        return True
    return any(any(True for _ in wanted.near(line)) for each in known for line in permitted(config, each.access_list))


def _fix(end: End, config: Config, dynamic: CryptoMapEntry) -> Fix:
    used = {each.sequence for each in config.crypto_maps if each.map == dynamic.map}
    free = next(number for number in range(LAST, 0, -1) if number not in used)
    lines = (
        f"no crypto map {dynamic.map} {dynamic.sequence} ipsec-isakmp dynamic {dynamic.dynamic_map}",
        f"crypto map {dynamic.map} {free} ipsec-isakmp dynamic {dynamic.dynamic_map}",
    )
    return Fix(end.name, lines, note="interrupts every tunnel of the dynamic map")
