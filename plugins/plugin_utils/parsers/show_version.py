# SPDX-License-Identifier: GPL-3.0-or-later
"""``show version``: the release, the serial number, how long the device has been up.

::

    Cisco Adaptive Security Appliance Software Version 9.16(4)18 [<system> | <context>]
    Cisco PIX Security Appliance Software Version 7.2(5)
    branch up 7 days 23 hours                 (``failover cluster up`` is the pair's; both may count years to seconds)
    Serial Number: JMX0000A0AA
    Configuration last modified by enable_15 at 10:58:15.123 UTC Thu Jul 19 2018
    Licensed features for this platform:      and then ``Feature : value`` to the end of the list

The remaining lines describe hardware, files and licences. A Threat Defense device prints the ASA's version line
too, and is told by its model.

Sources: Cisco ASA command reference, ``show version``; captured on 9.6(2) (FTD 6.1) and a development release on an
FPR-2130.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Parsed, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

COMMAND = "show version"
INVENTORY = "hardware, file or licence"

_VERSION = re.compile(
    r"Cisco (?:Adaptive|PIX) Security Appliance Software Version (?P<text>(\d+)\.(\d+)(?:\((\d+)\)(\d*))?\S*)"
    r"(?: <(?P<context>[\w-]+)>)?"
)
_UP = re.compile(r"(?P<host>\S+|failover cluster) up (?P<time>\d+ [a-z]+(?: \d+ [a-z]+)*)")
_SECONDS = {"year": 31_536_000, "week": 604_800, "day": 86_400, "hour": 3_600, "min": 60, "minute": 60, "sec": 1}
_FEATURE = re.compile(r"[A-Z][\w /()+.-]{2,60}? {0,40}: ?\S.{0,60}")
_CHANGED = re.compile(
    r"Configuration last modified by \S+ at (\d\d?:\d\d:\d\d)(?:\.\d+)? \S+ "
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} {1,2}\d\d? \d{4})"
)
_PORT = re.compile(r"\d{1,2}: (?:Int|Ext): .*")
_KNOWN = (
    "Compiled on ",
    "System image file is ",
    "Config file at boot was ",
    "Device Manager Version",
    "Firepower Extensible Operating System Version",
    "SSP Operating System Version",
    "REST API Agent Version",
    "Start-up time",
    "Hardware:",
    "ASA:",
    "Slot ",
    "Internal ATA Compact Flash",
    "BIOS Flash",
    "Encryption hardware device",
    "Boot microcode",
    "SSL/IKE microcode",
    "IPSec microcode",
    "IPSEC microcode",
    "CPU microcode",
    "Number of accelerators",
    "Baseboard Management Controller",
    "Model Id:",
    "License mode:",
    "This platform has a",
    "This platform has TLS",
    "Licensed features for this",
    "Failover cluster licensed features for this platform",
    "Running Activation Key:",
    "Running Permanent Activation Key:",
    "Running Timebased Activation Key:",
    "The Running Activation Key feature",
    "The flash permanent activation key is",
    "Configuration register is",
    "Configuration last modified by",
    "Configuration has not been modified",
    "Image type",
    "Key version",
    "Key Version",
    "ASLR ",
    "Model  ",
    "UUID ",
    "Rules update version",
    "VDB version",
)


@dataclass(frozen=True)
class Release:
    """What a device is. ``context`` is ``system`` or a context's name as printed after the version.

    ``config_changed`` is when the running configuration was last modified, ISO 8601 by the device's own clock; ``None``
    when it was not since the last start, or does not say.
    """

    version: Version | None = None
    hostname: str | None = None
    serial: str | None = None
    uptime: int | None = None
    hardware: str | None = None
    context: str | None = None
    threat_defense: bool = False
    config_changed: str | None = None


def parse(text: str) -> Parsed[Release]:
    account = Account(COMMAND, text)
    facts: dict[str, Any] = {}
    licences = False
    for number, line in account.lines:
        if match := _VERSION.match(line):
            major, minor, maintenance, interim = (int(part or 0) for part in match.group(2, 3, 4, 5))
            version = Version(major, minor, maintenance, interim, match["text"])
            facts |= {"version": version, "context": match["context"]}
        elif match := _UP.fullmatch(line):
            if match["host"] != "failover cluster":
                facts |= {"hostname": match["host"], "uptime": _seconds(match["time"])}
        elif line.startswith("Serial Number: "):
            facts["serial"] = line[15:].strip()
        elif line.startswith(_KNOWN) or _PORT.fullmatch(line) or (licences and _FEATURE.fullmatch(line)):
            licences |= line.startswith(("Licensed features", "Failover cluster licensed"))
            if line.startswith("Hardware:"):
                facts["hardware"] = line[9:].split(",")[0].strip()
            if match := _CHANGED.match(line):
                facts["config_changed"] = _moment(f"{match[2]} {match[1]}")
            facts["threat_defense"] = facts.get("threat_defense", False) or "Threat Defense" in line
            account.skip(INVENTORY)
        else:
            account.unknown(number, line)
    missing = "" if "version" in facts else "there is no line 'Software Version'"
    return account.parsed(Release(**facts), missing)


def _moment(text: str) -> str | None:
    try:
        return datetime.strptime(text, "%b %d %Y %H:%M:%S").isoformat()
    except ValueError:
        return None


def _seconds(text: str) -> int | None:
    """``7 days 23 hours`` in seconds."""
    words = text.split()
    total = 0
    for amount, unit in zip(words[::2], words[1::2], strict=True):
        seconds = _SECONDS.get(unit.rstrip("s"))
        if seconds is None:
            return None
        total += int(amount) * seconds
    return total


PARSER = Parser(command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.IDENTITY, rank=10)
