# SPDX-License-Identifier: GPL-3.0-or-later
"""An ASA of text: what it prints for each command that a collection sends.

A line of a configuration that begins with ``~`` is a default: ``show running-config`` hides it, ``... all`` prints it.
A command that is not known here is refused, with the words of the device.
"""

from __future__ import annotations

import datetime
import ipaddress
import pathlib
import re
from typing import Any

import jinja2

from tests.accuracy.state import State

_TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(pathlib.Path(__file__).with_name("templates")),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=jinja2.StrictUndefined,
)

REFUSAL = "                  ^\nERROR: % Invalid input detected at '^' marker.\n"

_OUTPUTS = {
    "show version": "version.j2",
    "show curpriv": "curpriv.j2",
    "show mode": "mode.j2",
    "show clock": "clock.j2",
    "show failover": "failover.j2",
    "show ntp status": "ntp.j2",
    "show logging": "logging.j2",
    "show route": "route.j2",
    "show crypto ipsec sa": "ipsec_sa.j2",
    "show crypto ipsec sa detail": "ipsec_sa.j2",
    "show crypto ipsec stats": "ipsec_stats.j2",
    "show asp drop": "asp_drop.j2",
    "show vpn-sessiondb detail l2l": "sessiondb.j2",
}
_IKE = {
    "show crypto isakmp sa detail": "isakmp_sa.j2",
    "show crypto ikev1 sa detail": "ikev1_sa.j2",
    "show crypto ikev2 sa detail": "ikev2_sa.j2",
}


def answer(state: State, config: str, saved: str, log: list[str], moment: float, command: str) -> str:
    """What the device prints for this command at this moment (seconds since 1970, UTC)."""
    if command.startswith("show running-config"):
        return _part(config, command.removeprefix("show running-config").split())
    if command == "show startup-config":
        return _plain(saved)
    if command in _IKE and (release(state) < (8, 4)) is (command == "show crypto isakmp sa detail"):
        return _render(_IKE[command], state, config, log, moment)
    return _render(_OUTPUTS[command], state, config, log, moment) if command in _OUTPUTS else REFUSAL


def release(state: State) -> tuple[int, int]:
    major, minor = re.findall(r"\d+", state["release"])[:2]
    return int(major), int(minor)


def _render(template: str, state: State, config: str, log: list[str], moment: float) -> str:
    return _TEMPLATES.get_template(template).render(
        **state,
        log=log,
        at=datetime.datetime.fromtimestamp(moment + state["clock_offset"], datetime.UTC),
        since=datetime.timedelta,
        gen=release(state),
        ident=lambda network: _ident(network, state["names"]),
        called=lambda address: state["names"].get(address, address),
        first_address=lambda network: ipaddress.ip_network(network)[0],
        last_address=lambda network: ipaddress.ip_network(network)[-1],
        buffered=re.findall(r"^logging buffered (\w+)$", config, re.MULTILINE)[-1],
        networks=_routes(config),
    )


def _ident(network: str, names: dict[str, str]) -> str:
    """``10.1.0.0/24`` as an identity of an SA; names stand for addresses, as under ``names``."""
    found = ipaddress.ip_network(network)
    address = str(found.network_address)
    mask = str(found.netmask) if found.version == 4 else str(found.prefixlen)
    return f"({names.get(address, address)}/{mask}/0/0)"


def _routes(config: str) -> list[dict[str, Any]]:
    """Connected and static routes that the configuration makes, the connected ones first."""
    connected, static, interface = [], [], ""
    for line in _plain(config).splitlines():
        words = line.split()
        if line.startswith(" nameif "):
            interface = words[1]
        elif line.startswith(" ip address ") and len(words) >= 4:
            network = ipaddress.ip_interface(f"{words[2]}/{words[3]}")
            connected.append({"kind": "C", "net": network.network, "interface": interface, "own": network.ip})
        elif line.startswith("route ") and words[1] != "Null0":
            network = ipaddress.ip_interface(f"{words[2]}/{words[3]}")
            static.append({"kind": "S", "net": network.network, "interface": words[1], "gateway": words[4]})
        elif line.startswith(("interface ", "!")):
            interface = ""
    return connected + static


def _part(config: str, words: list[str]) -> str:
    everything = words[:1] == ["all"]
    text = _all(config) if everything else _plain(config)
    wanted = words[1:] if everything else words
    if not wanted:
        return text
    kept, keep = [], False
    for line in text.splitlines():
        if not line.startswith(" "):
            first = line.split()[: len(wanted)]
            keep = first == wanted or (wanted == ["names"] and first[:1] == ["name"])
        if keep:
            kept.append(line)
    # `show running-config interface` parts its blocks by a line of `!`.
    if wanted == ["interface"]:
        kept = [text for line in kept for text in ((["!"] if line.startswith("interface") else []) + [line])] + ["!"]
    return "".join(f"{line}\n" for line in kept)


def _plain(config: str) -> str:
    return "".join(f"{line}\n" for line in config.splitlines() if not line.startswith("~"))


def _all(config: str) -> str:
    return "".join(f"{line.removeprefix('~')}\n" for line in config.splitlines())
