# SPDX-License-Identifier: GPL-3.0-or-later
"""A full TCP segment fits into the tunnel without fragments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit, Rule

RULE = Rule(
    id="tcpmss",
    title="A full TCP segment fits into the tunnel without fragments",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="A segment that does not fit once it is encrypted is cut in two, or dropped when it must not be: pings "
    "pass, logins work, and downloads hang.",
    reads=("show running-config sysopt", "show crypto ipsec sa"),
    sources=("ASA command reference, sysopt connection tcpmss",),
    fixed_by="sysopt connection tcpmss: a human decides",
    limits={"largest": 1380},
)
SUBJECT = "TCP segment size"
DEFAULT = 1380
# IPv4 and TCP without options.
_HEADERS = 40
_USUAL = 1350


def check(tunnel: Tunnel, limits: Mapping[str, Limit]) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    sizes: dict[str, int] = {}
    words: list[str] = []
    for end in tunnel.ends:
        config = end.device.config
        if config is None:
            continue
        if config.sysopt is None or "sysopt" in config.unread:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the system options of {end.name} were not read"))
            continue
        sizes[end.name], text = _size(config)
        words.append(f"{end.name}: {text}")
    yield from findings
    if findings:
        return
    rooms = [room for end in tunnel.ends if (room := _room(end)) is not None]
    # Each end lowers what passes it in either direction, so that the smaller of both holds.
    smallest = min((size for size in sizes.values() if size), default=0)
    largest = min((room for room, _ in rooms), default=int(limits["largest"]))
    if smallest and smallest <= largest:
        yield RULE.passes(tunnel, SUBJECT, " ".join(words))
        return
    proof = [line for _, line in rooms]
    fix = [Fix(name, (f"sysopt connection tcpmss {min(largest, _USUAL)}",)) for name in sizes]
    said = f"{' '.join(words)}, {largest} would fit"
    yield RULE.fails(tunnel, SUBJECT, said, severity=Severity.WARNING, evidence=proof, fix=fix)


def _size(config: Config) -> tuple[int, str]:
    """In bytes, 0 without a limit."""
    size = config.sysopt.tcpmss if config.sysopt is not None else None
    if size is None and "sysopt" not in config.all_read:
        return DEFAULT, f"{DEFAULT} (default)"
    return (size, str(size)) if size else (0, "no limit")


def _room(end: End) -> tuple[int, str] | None:
    """What fits by the device's own account of its path and of what IPsec adds."""
    known = [
        (entry.path_mtu - entry.overhead - _HEADERS, entry)
        for entry in end.ipsec or ()
        if entry.path_mtu and entry.overhead
    ]
    if not known:
        return None
    room, entry = min(known, key=lambda each: each[0])
    return room, f"{end.name}: path MTU {entry.path_mtu}, IPsec adds {entry.overhead}: room for {room}"
