# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in front of `>` and `#`: the host name, and what the configuration's `prompt` line adds to it.

Source: Cisco ASA Command Reference, `prompt`.
"""

from __future__ import annotations

from lab.engine.network import Device

SYSTEM = "system"


def prompt_name(device: Device) -> str:
    """`hq`, `hq/pri/act`, `hq/vpn1`; without a `prompt` line the host name, and the context where there are some."""
    words = (device.config.value("prompt") or "hostname context").split()
    parts = [_part(device, word) for word in words]
    return "/".join(part for part in parts if part) or device.hostname


def _part(device: Device, word: str) -> str:
    unit = device.unit
    match word:
        case "hostname":
            return device.hostname
        case "domain":
            return device.config.value("domain-name") or ""
        case "priority":
            return "" if unit is None else "pri" if unit.primary else "sec"
        case "state":
            return "stby" if device.standby else "act" if unit else "actNoFailover"
        case "context":
            return "" if device.context == SYSTEM else device.context
    return ""
