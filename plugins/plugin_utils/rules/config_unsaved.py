# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs of the tunnel is saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    CryptoMapEntry,
    End,
    Finding,
    Fix,
    Group,
    Keepalive,
    Severity,
    Tunnel,
    TunnelGroup,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    lifetime_kilobytes,
    lifetime_seconds,
    unread_config,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="config-unsaved",
    title="What runs of the tunnel is saved",
    severity=Severity.WARNING,
    group=Group.DPD,
    rationale="A reload brings back the start-up configuration. A keepalive or a crypto map entry that only runs is "
    "lost with it, and the tunnel dies again as it did before it was mended.",
    reads=("show startup-config", "show running-config"),
    sources=("ASA command reference, write memory and show startup-config",),
    fixed_by="`write memory`, when everything else that is unsaved on the device may be saved too; "
    "`playbooks/harden.yml -e harden_save=true` does it after a hardening",
)
SUBJECT = "start-up configuration"
# An access list is compared with its names, objects and groups resolved.
_RESOLVING = frozenset({"names", "object", "object-group", "interface"})


@dataclass(frozen=True)
class _Difference:
    """``parts`` are those that it was computed from, in the words of ``Config.unread``."""

    text: str
    parts: frozenset[str] = frozenset()


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from unread_config(RULE, tunnel, SUBJECT)
    known = []
    for end in tunnel.ends:
        runs, saved = end.device.config, end.device.saved
        if runs is None:
            continue
        if saved is None:
            yield RULE.unknown(tunnel, SUBJECT, f"the start-up configuration of {end.name} was not read")
            continue
        differences = list(_differences(end, runs, saved))
        # What was not read on either side looks like a difference, and never like being equal.
        missing = sorted({part for each in differences for part in each.parts & runs.unread} | saved.unread)
        words = "; ".join(each.text for each in differences)
        if words and missing:
            yield RULE.unknown(tunnel, SUBJECT, f"{end.name}: {words}, but {', '.join(missing)} was not read")
        else:
            known.append((end, words))
    words = " ".join(f"{end.name}: {what or 'as it runs'}" for end, what in known)
    if any(what for _, what in known):
        yield RULE.fails(tunnel, SUBJECT, words, fix=[_save(end) for end, what in known if what])
    elif len(known) == len(tunnel.ends):
        yield RULE.passes(tunnel, SUBJECT, words)


def _save(end: End) -> Fix:
    return Fix(
        end.name, ("write memory",), note="saves all that runs on the device, whoever typed it: look at it first"
    )


def _differences(end: End, runs: Config, saved: Config) -> Iterator[_Difference]:
    """What a reload would change of this end, each in a few words."""
    group, entry = end.tunnel_group, end.map_entry
    if group is not None:
        yield from _of_group(group, saved.tunnel_groups.get(group.name))
    if entry is not None:
        yield from _of_entry(entry, runs, saved)
        yield from _of_ike(entry, runs, saved)


def _of_group(runs: TunnelGroup, saved: TunnelGroup | None) -> Iterator[_Difference]:
    if saved is None:
        yield _Difference(f"tunnel-group {runs.name} is not saved")
        return
    keepalive, other = (group.keepalive or Keepalive() for group in (runs, saved))
    if keepalive.effect != other.effect:
        yield _Difference(f"keepalive saved {other}, runs {keepalive}")
    if (runs.has_key, runs.trustpoint) != (saved.has_key, saved.trustpoint):
        yield _Difference(f"tunnel-group {runs.name} is saved with another authentication")


def _of_entry(effective: CryptoMapEntry, config: Config, saved: Config) -> Iterator[_Difference]:
    # The entry of an end holds what a dynamic map's template says; the configurations hold both apart.
    key = (effective.map, effective.sequence)
    runs, stored = _entries(config).get(key, effective), _entries(saved).get(key)
    kind = "" if runs.tunnel_interface is not None else "crypto map "
    if stored is None:
        yield _Difference(f"{kind}{runs} is not saved")
    # The texts may differ in order and in hidden defaults; what they say may not.
    elif dataclasses.replace(stored, lines=()) != dataclasses.replace(runs, lines=()):
        yield _Difference(f"{kind}{runs} is saved otherwise", frozenset({"names"}))
    elif config.crypto_map_interfaces.get(runs.map) != saved.crypto_map_interfaces.get(runs.map):
        yield _Difference(f"{kind}{runs.map} is saved for other interfaces")
    if effective.dynamic_sequence is not None:
        template = (effective.dynamic_map, effective.dynamic_sequence)
        if _templates(config).get(template) != _templates(saved).get(template):
            yield _Difference(f"dynamic map {effective.dynamic_map} {effective.dynamic_sequence} is saved otherwise")
    if effective.access_list and not _same_list(config, saved, effective.access_list):
        yield _Difference(f"access-list {effective.access_list} is saved otherwise", _RESOLVING)
    for what, names, ours, theirs in (
        ("transform-set", effective.transform_sets, config.transform_sets, saved.transform_sets),
        ("ipsec-proposal", effective.ikev2_proposals, config.ipsec_proposals, saved.ipsec_proposals),
    ):
        for each in names:
            if ours.get(each) != theirs.get(each):
                yield _Difference(f"{what} {each} is saved otherwise")


def _of_ike(entry: CryptoMapEntry, runs: Config, saved: Config) -> Iterator[_Difference]:
    for version in sorted(versions(entry)):
        ours, theirs = ([each for each in one.ike_policies if each.version == version] for one in (runs, saved))
        if ours != theirs:
            yield _Difference(f"IKEv{version} policies are saved otherwise")
        if runs.ike_enabled.get(version) != saved.ike_enabled.get(version):
            yield _Difference(f"IKEv{version} is saved enabled on other interfaces")
    lifetimes = [(lifetime_seconds(one, entry), lifetime_kilobytes(one, entry)) for one in (runs, saved)]
    if lifetimes[0] != lifetimes[1]:
        yield _Difference("the lifetime of IPsec SAs is saved otherwise")


@once
def _entries(config: Config) -> dict[tuple[str, int], CryptoMapEntry]:
    return {(each.map, each.sequence): each for each in config.crypto_maps}


@once
def _templates(config: Config) -> dict[tuple[str | None, int | None], CryptoMapEntry]:
    return {(each.map, each.sequence): dataclasses.replace(each, lines=()) for each in config.dynamic_maps}


@once
def _lists_compared(config: Config) -> dict[tuple[int, str], bool]:
    return {}


def _same_list(config: Config, saved: Config, name: str) -> bool:
    """A dynamic map's list is every spoke's, and may be long."""
    known = _lists_compared(config)
    key = (id(saved), name)
    if key not in known:
        known[key] = config.access_lists.get(name) == saved.access_lists.get(name)
    return known[key]
