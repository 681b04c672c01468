# SPDX-License-Identifier: GPL-3.0-or-later
"""The log keeps how tunnels begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Finding,
    Fix,
    Group,
    LogSettings,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import unread_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="log-level-hides-evidence",
    title="The log keeps how tunnels begin and end",
    severity=Severity.WARNING,
    group=Group.DATA,
    rationale="Which SPIs were agreed (713049) and why a connection ended (713050) is said at level 5. Without it the "
    "next incident leaves no trace of who tore what down.",
    reads=("show running-config logging",),
    sources=("ASA syslog messages, 713049 and 713050", "Cisco ASA VPN STIG"),
    stig=("CASA-VN-000010",),
    fixed_by="logging class vpn buffered notifications: a human decides",
)
SUBJECT = "VPN messages kept"
LEVELS = ("emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational", "debugging")
WANTED = 5
MESSAGES = (713049, 713050)
# What a console or a terminal showed is gone.
KEPT_IN = ("buffered", "trap")


def check(tunnel: Tunnel) -> Iterator[Finding]:
    findings = unread_config(RULE, tunnel, SUBJECT)
    words = []
    hidden = []
    for end in tunnel.ends:
        config = end.device.config
        if config is None:
            continue
        if config.logging is None:
            findings.append(RULE.unknown(tunnel, SUBJECT, f"the logging settings of {end.name} were not read"))
            continue
        kept, word = _kept(config.logging)
        words.append(f"{end.name}: {word}")
        if not kept:
            hidden.append(_fix(end.device, config.logging))
    if hidden:
        yield RULE.fails(tunnel, SUBJECT, " ".join(words), fix=hidden)
    elif words and not findings:
        yield RULE.passes(tunnel, SUBJECT, " ".join(words))
    yield from findings


def _kept(settings: LogSettings) -> tuple[bool, str]:
    """Whether both messages are kept anywhere, and what is set."""
    if not settings.enabled:
        return False, "logging is off"
    silenced = [str(number) for number in MESSAGES if number in settings.silenced]
    if silenced:
        return False, f"{' and '.join(silenced)} silenced"
    places = {place: level for place in KEPT_IN if (level := _level(settings, place)) is not None}
    if "trap" in places and not settings.hosts:
        del places["trap"]
    kept = all(any(_shows(settings, level, number) for level in places.values()) for number in MESSAGES)
    return kept, ", ".join(f"{place} {level}" for place, level in places.items()) or "nowhere"


def _level(settings: LogSettings, place: str) -> str | None:
    """What the class says goes before what the destination says."""
    return settings.classes.get("vpn", {}).get(place) or settings.levels.get(place)


def _shows(settings: LogSettings, level: str, number: int) -> bool:
    """Whether a destination at this level, or with this list, shows the message."""
    own = _number(settings.message_levels.get(number, ""))
    mine = WANTED if own is None else own
    if (shown := _number(level)) is not None:
        return mine <= shown
    return any(_listed(line, number, mine) for line in settings.lists.get(level, ()))


def _listed(line: str, number: int, mine: int) -> bool:
    """``level errors [class vpn]``, ``message 713120[-713124]`` or ``class vpn [level errors]``."""
    if match := re.search(r"message (\d+)(?:-(\d+))?", line):
        return int(match[1]) <= number <= int(match[2] or match[1])
    if (found := re.search(r"class (\S+)", line)) and found[1] != "vpn":
        return False
    match = re.search(r"level (\S+)", line)
    shown = _number(match[1]) if match else len(LEVELS)
    return shown is not None and mine <= shown


def _number(level: str) -> int | None:
    if level.isdigit():
        return int(level)
    return LEVELS.index(level) if level in LEVELS else None


def _fix(device: Device, settings: LogSettings) -> Fix:
    lines = [] if settings.enabled else ["logging enable"]
    lines += [f"logging message {number}" for number in MESSAGES if number in settings.silenced]
    destinations = "buffered notifications" + (" trap notifications" if settings.hosts else "")
    return Fix(device.name, (*lines, f"logging class vpn {destinations}"), note="the buffer turns over sooner")
