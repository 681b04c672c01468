# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs of the tunnel is saved."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

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
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
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


def check(tunnel: Tunnel) -> Iterator[Finding]:
    unread = unread_config(RULE, tunnel, SUBJECT)
    yield from unread
    known = []
    for end in tunnel.ends:
        if end.device.config is None:
            continue
        if end.device.saved is None:
            yield RULE.unknown(tunnel, SUBJECT, f"the start-up configuration of {end.name} was not read")
        else:
            known.append((end, "; ".join(_differences(end, end.device.config, end.device.saved))))
    words = " ".join(f"{end.name}: {what or 'as it runs'}" for end, what in known)
    if any(what for _, what in known):
        yield RULE.fails(tunnel, SUBJECT, words, fix=[_save(end) for end, what in known if what])
    elif len(known) == len(tunnel.ends):
        yield RULE.passes(tunnel, SUBJECT, words)


def _save(end: End) -> Fix:
    return Fix(
        end.name, ("write memory",), note="saves all that runs on the device, whoever typed it: look at it first"
    )


def _differences(end: End, runs: Config, saved: Config) -> Iterator[str]:
    """What a reload would change of this end, each as a few words."""
    group, entry = end.tunnel_group, end.map_entry
    if group is not None:
        yield from _of_group(group, saved.tunnel_groups.get(group.name))
    if entry is not None:
        yield from _of_entry(entry, runs, saved)


def _of_group(runs: TunnelGroup, saved: TunnelGroup | None) -> Iterator[str]:
    if saved is None:
        yield f"tunnel-group {runs.name} is not saved"
        return
    keepalive, other = (group.keepalive or Keepalive() for group in (runs, saved))
    if keepalive.effect != other.effect:
        yield f"keepalive saved {other}, runs {keepalive}"
    if (runs.has_key, runs.trustpoint) != (saved.has_key, saved.trustpoint):
        yield f"tunnel-group {runs.name} is saved with another authentication"


def _of_entry(runs: CryptoMapEntry, config: Config, saved: Config) -> Iterator[str]:
    name = f"{runs.map} {runs.sequence}"
    found = [each for each in saved.crypto_maps if (each.map, each.sequence) == (runs.map, runs.sequence)]
    if not found:
        yield f"crypto map {name} is not saved"
    # The texts may differ in order and in hidden defaults; what they say may not.
    elif any(dataclasses.replace(each, lines=()) != dataclasses.replace(runs, lines=()) for each in found):
        yield f"crypto map {name} is saved otherwise"
    elif config.crypto_map_interfaces.get(runs.map) != saved.crypto_map_interfaces.get(runs.map):
        yield f"crypto map {runs.map} is saved for other interfaces"
    if runs.access_list and config.access_lists.get(runs.access_list) != saved.access_lists.get(runs.access_list):
        yield f"access-list {runs.access_list} is saved otherwise"
