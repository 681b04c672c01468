# SPDX-License-Identifier: GPL-3.0-or-later
"""The same IPsec lifetimes at both ends, and none longer than the IKE SA's: ``set security-association lifetime``.

The lower value wins a negotiation, so that both ends get the lower one, in the entry of this tunnel. Where an IKEv1 SA
would end before them the IPsec SAs get its time instead: an IKE policy is every tunnel's. The defaults of the whole
device are never touched. It counts from the next SAs. Sources: ASA command reference, ``crypto map set
security-association lifetime``; ASA syslog messages 713073 and 713075.
"""

from __future__ import annotations

import dataclasses

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, CryptoMapEntry, End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    entry_lines,
    lifetime_kilobytes,
    lifetime_seconds,
    versions,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import ike_lifetimes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._setting import (
    CRYPTO,
    Change,
    Counts,
    Setting,
    both_entries,
    change,
    entry_look,
    entry_shared,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step

SET = "set security-association lifetime"
LEAST = 120
"""The shortest lifetime in seconds that the device takes."""


def step(end: End, entry: CryptoMapEntry, seconds: int | None, kilobytes: int | None) -> Step:
    """``None`` leaves a value alone."""
    texts, undo = [], []
    for unit, value, own in (
        ("seconds", seconds, entry.lifetime_seconds),
        ("kilobytes", kilobytes, entry.lifetime_kilobytes),
    ):
        if value is not None:
            texts.append(f"{SET} {unit} {value}")
            undo.append(f"no {SET} {unit} {value}" if own is None else f"{SET} {unit} {own or 'unlimited'}")
    lines = entry_lines(entry, *texts)
    return Step(
        device=end.name,
        phase=Phase.CONFIGURE,
        commands=lines,
        interrupts="nothing; the lower lifetime of the two ends counts before and after",
        proof=f"'{CRYPTO}' shows {' and '.join(texts)}",
        configure=True,
        undo=entry_lines(entry, *undo),
    )


def _words(end: End) -> str:
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return "not known"
    volume = lifetime_kilobytes(config, entry)
    return f"{lifetime_seconds(config, entry)} s and {f'{volume} kB' if volume else 'unlimited kB'}"


def _lines(end: End) -> tuple[str, ...]:
    config, entry = end.device.config, end.map_entry
    if config is None or entry is None:
        return ()
    lines: list[str] = []
    for unit, own, overall in (
        ("seconds", entry.lifetime_seconds, config.lifetime_seconds),
        ("kilobytes", entry.lifetime_kilobytes, config.lifetime_kilobytes),
    ):
        if own is None:
            lines.append(f"! {entry}: lifetime {unit} {overall or 'unlimited'}, as of the whole device")
        else:
            lines += entry_lines(entry, f"{SET} {unit} {own or 'unlimited'}")
    return tuple(lines)


def _changes(tunnel: Tunnel) -> tuple[Change, ...]:
    ends = both_entries(tunnel, "IPsec lifetime")
    times = [lifetime_seconds(config, entry) for _, config, entry in ends]
    times += [int(each) for each in _ike(tunnel, ends) if each < min(times)]
    seconds = max(LEAST, min(times))
    volumes = [volume for _, config, entry in ends if (volume := lifetime_kilobytes(config, entry))]
    return tuple(_change(tunnel, *each, seconds, min(volumes, default=0)) for each in ends)


def _ike(tunnel: Tunnel, ends: tuple[tuple[End, Config, CryptoMapEntry], ...]) -> list[float]:
    """How long an IKEv1 SA may last; an IKEv2 one takes its child SAs over to the next."""
    return [each for end, config, entry in ends if 1 in versions(entry) for each in ike_lifetimes(tunnel, end, config)]


def _change(tunnel: Tunnel, end: End, config: Config, entry: CryptoMapEntry, seconds: int, kilobytes: int) -> Change:
    time = seconds if lifetime_seconds(config, entry) != seconds else None
    volume = kilobytes if lifetime_kilobytes(config, entry) != kilobytes else None
    look = entry_look(entry)
    if time is None and volume is None:
        return change(SETTING, end, end, look, None)
    made = dataclasses.replace(
        entry,
        lifetime_seconds=entry.lifetime_seconds if time is None else time,
        lifetime_kilobytes=entry.lifetime_kilobytes if volume is None else volume,
    )
    return change(
        SETTING,
        end,
        dataclasses.replace(end, map_entry=made),
        look,
        step(end, entry, time, volume),
        shared=entry_shared(tunnel, end, entry),
    )


SETTING = Setting("lifetime", "IPsec lifetime", Counts.IPSEC, (CRYPTO,), _words, _lines, _changes)
