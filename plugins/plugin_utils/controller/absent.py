# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a tunnel that is not there by its name: who was left out or not read, and what else can be done."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import AddressClaimedTwiceError, pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.in_band import behind
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Kind

# Tunnels of one device that are named in one message.
_NAMED = 3


def is_in(host: str, tunnel: str) -> bool:
    """Whether the name of a tunnel, which may have a suffix, has this host as an end."""
    return re.search(rf"(?:^|-){re.escape(host)}(?:-|:|$)", tunnel) is not None


def absent(name: str, devices: tuple[Device, ...], task_vars: Mapping[str, Any]) -> str:
    """What may explain that a tunnel is not known by this name: an end was left out of this run, or was not read."""
    here = task_vars["ansible_play_hosts_all"]
    # In hq-a-branch, hq is no end where hq-a is one.
    named = [host for host in here if is_in(host, name)]
    left_out = sorted(
        host
        for host in set(task_vars["groups"]["all"]).difference(here)
        if is_in(host, name) and not any(is_in(host, each) for each in named)
    )
    words = "".join(
        f" {host} is in the inventory, but not in this run: both ends are needed (look at --limit)."
        for host in left_out
    )
    words += "".join(
        f" {each.name} is the standby unit of its pair now, and its tunnels go by the name of the active one."
        for each in devices
        if each.standby and is_in(each.name, name)
    )
    unread = [device.problems[0] for device in devices if not device.readable]
    return words + (f" Not read: {'; '.join(unread)}." if unread else "")


def other_ways(
    ends: Sequence[Device], kind: Kind, name: str, devices: tuple[Device, ...], task_vars: Mapping[str, Any]
) -> str:
    """What else can be done about a tunnel of which an end was not read: a way beside it, or the other end alone."""
    try:
        tunnels = [each for each in pair(devices) if not each.both and is_in(each.ends[0].name, name)]
    except AddressClaimedTwiceError:
        return ""
    reached = login.addresses(task_vars, [end.name for end in ends])
    words = [
        f" {host} is reached at {address}, which lies in {network} behind the tunnel of {tunnel.ends[0].name} to "
        f"{tunnel.ends[0].peer_address}: while that is down, this way is closed. Give {host} an address beside the "
        "tunnel (asa_oob_host), or use its console."
        for host, known in reached.items()
        for address in known
        for tunnel in tunnels
        if (network := behind(tunnel, tunnel.ends[0], address))
    ]
    if kind is Kind.REMEDIATE and tunnels:
        alone = " or ".join(
            f"-e tunnel={tunnel.name} -e remediate_one_sided={tunnel.ends[0].name}" for tunnel in tunnels[:_NAMED]
        )
        words.append(f" To clear the end that was read alone, which may not suffice: {alone}.")
    return "".join(words)
