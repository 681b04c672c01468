# SPDX-License-Identifier: GPL-3.0-or-later
"""The other end as somebody declared it, made into a configuration: `expectations/NAME.yml`.

Its keys are masked, since nobody else's key belongs into a repository: both ends get a stand-in. The file is described
in docs/gate.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import yaml

from lab.trial.keys import MASKED
from lab.trial.reading import Reading
from lab.trial.texts import NAME, NAMED, Problem, Text, behaves_as

RELEASE = "9.16(4)"
_POLICY = {"encryption": "aes-256", "hash": "sha", "group": 14, "lifetime": 86400}
_PROPOSAL = {"encryption": "aes-256", "integrity": "sha"}
_KNOWN = (
    "address", "peer", "release", "ike", "policies", "proposals", "pfs", "lifetime", "networks", "keepalive",
    "connection_type",
)  # fmt: skip
_ALGORITHMS = {"sha": "sha-1"}
_LISTS = {
    "policies": ("encryption", "hash", "integrity", "group", "lifetime", "authentication", "prf"),
    "proposals": ("encryption", "integrity"),
}  # fmt: skip


class ExpectationError(ValueError):
    """What is wrong with the declaration, after the file's name."""


def load(folder: Path, problems: list[Problem]) -> dict[str, dict[str, Any]]:
    """Every declaration in a folder, by name; `problems` gets those that are none."""
    found: dict[str, dict[str, Any]] = {}
    if not folder.is_dir():
        problems.append(Problem("", "", f"{folder} is no folder: it has NAME.yml for each end that is somebody else's"))
        return found
    for path in sorted([*folder.glob("*.yml"), *folder.glob("*.yaml")]):
        try:
            if not NAME.fullmatch(path.stem):
                raise ExpectationError(NAMED)
            told = yaml.safe_load(path.read_text(encoding="utf-8"))
            found[path.stem] = _valid(told)
        # A file that is not UTF-8 is a ValueError as well.
        except (OSError, yaml.YAMLError, ValueError) as error:
            why = " ".join(str(error).split())
            problems.append(Problem("", path.stem, f"{folder.name}/{path.name}: {why}"))
    return found


def _valid(told: object) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise ExpectationError("it must be keys with values, such as 'address: 203.0.113.1'")
    strange = [key for key in told if key not in _KNOWN]
    if strange:
        raise ExpectationError(f"there is no key {strange[0]!r}; there are: {', '.join(_KNOWN)}")
    for key in ("address", "networks"):
        if not told.get(key):
            raise ExpectationError(f"{key} is missing")
    _checked(lambda: IPv4Address(str(told["address"])), "address", told["address"], "an IPv4 address")
    if told.get("peer") is not None:
        _checked(lambda: IPv4Address(str(told["peer"])), "peer", told["peer"], "an IPv4 address")
    networks = told["networks"]
    for each in networks if isinstance(networks, list) else [""]:
        if not isinstance(each, dict) or set(each) != {"theirs", "ours"}:
            raise ExpectationError("networks is a list of {theirs: NETWORK, ours: NETWORK}")
        for side, value in each.items():
            _checked(lambda value=value: IPv4Network(str(value)), f"networks: {side}", value, "an IPv4 network")
    if told.get("ike", 1) not in (1, 2):
        raise ExpectationError(f"ike is {told['ike']!r}: give 1 or 2")
    for key, known in _LISTS.items():
        _listed(key, told.get(key), known)
    release = str(told.get("release", RELEASE))
    if not re.match(r"\d+\.\d", release) or not behaves_as(release):
        raise ExpectationError(f"release is {release!r}: give one such as {RELEASE}")
    _keepalive(told.get("keepalive", True))
    return told


def _listed(key: str, told: object, known: Sequence[str]) -> None:
    """What is left out has a default; a word that nobody knows would have it unseen."""
    entries = told if isinstance(told, list) else [] if told is None else [""]
    if not all(isinstance(each, dict) for each in entries):
        raise ExpectationError(f"{key} is a list, each with some of {', '.join(known)}")
    for each in entries:
        if strange := [word for word in each if word not in known]:
            raise ExpectationError(f"{key} have no {strange[0]!r}; there are: {', '.join(known)}")


def _checked(make: Any, name: str, value: object, what: str) -> None:
    try:
        make()
    except ValueError:
        raise ExpectationError(f"{name} is {value!r}: give {what}") from None


def _keepalive(value: object) -> str:
    """The line of a tunnel-group; nothing for the default, which is on."""
    match value:
        case True:
            return ""
        case False:
            return "isakmp keepalive disable"
        case "infinite":
            return "isakmp keepalive threshold infinite"
        case {"threshold": int(threshold), "retry": int(retry)}:
            return f"isakmp keepalive threshold {threshold} retry {retry}"
    raise ExpectationError(f"keepalive is {value!r}: give true, false, infinite or {{threshold: 10, retry: 2}}")


def text_of(name: str, told: Mapping[str, Any], ours: Mapping[str, Reading]) -> Text:
    """The configuration of the declared end, towards whichever of our devices points to it.

    :raises ExpectationError: none does.
    """
    address = str(told["address"])
    peer = str(told.get("peer") or _pointing(address, ours))
    release = str(told.get("release", RELEASE))
    text = Text(name, f"expectations/{name}.yml", "", release)
    lines = [
        ": Saved", ":", f"ASA Version {release}", "!", f"hostname {name}", "names", "!", *_interfaces(address, told),
        *_crypto(peer, told, text.legacy), ": end", "",
    ]  # fmt: skip
    return Text(name, text.where, "\n".join(lines), release)


def _pointing(address: str, ours: Mapping[str, Reading]) -> str:
    for each in ours.values():
        line = each.peers.get(address)
        if line is None:
            continue
        for interface, name in each.crypto_interfaces.items():
            if name == line.words[2] and interface in each.addresses:
                return each.addresses[interface]
        outside = each.addresses.get("outside")
        if outside:
            return outside
    raise ExpectationError(f"no device has the peer {address}; take the file away, or give the peer")


def _interfaces(address: str, told: Mapping[str, Any]) -> list[str]:
    nets = [IPv4Network(each["theirs"]) for each in told["networks"]]
    first = nets[0]
    inside = (first[1], first.netmask) if first.prefixlen <= 30 else (IPv4Address("10.255.255.1"), "255.255.255.252")
    gateway = IPv4Network(f"{inside[0]}/{inside[1]}", strict=False)[2]
    outside = IPv4Network(f"{address}/24", strict=False)
    routes = [net for net in dict.fromkeys(nets) if net != first or first.prefixlen > 30]
    return [
        "interface GigabitEthernet0/0", " nameif outside", " security-level 0", f" ip address {address} 255.255.255.0",
        "!", "interface GigabitEthernet0/1", " nameif inside", " security-level 100",
        f" ip address {inside[0]} {inside[1]}", "!", *_access_list(told),
        f"route outside 0.0.0.0 0.0.0.0 {outside[254]} 1",
        *(f"route inside {net.network_address} {net.netmask} {gateway} 1" for net in routes),
    ]  # fmt: skip


def _access_list(told: Mapping[str, Any]) -> list[str]:
    pairs = [(IPv4Network(each["theirs"]), IPv4Network(each["ours"])) for each in told["networks"]]
    return [
        f"access-list VPN extended permit ip {a.network_address} {a.netmask} {b.network_address} {b.netmask}"
        for a, b in pairs
    ]


def _crypto(peer: str, told: Mapping[str, Any], legacy: bool) -> list[str]:
    second = told.get("ike", 1) == 2
    proposals: Sequence[Mapping[str, Any]] = [{**_PROPOSAL, **each} for each in told.get("proposals") or [{}]]
    policies = [
        # IKEv2 calls it integrity, as the lines of a configuration do.
        {**_POLICY, **each, "hash": each.get("hash", each.get("integrity", _POLICY["hash"]))}
        for each in told.get("policies") or [{}]
    ]
    v1 = "" if legacy else "ikev1 "
    lines: list[str] = []
    names: list[str] = []
    for number, each in enumerate(proposals, 1):
        names.append(f"SET{number}")
        if second:
            integrity = _ALGORITHMS.get(each["integrity"], each["integrity"])
            lines += [
                f"crypto ipsec ikev2 ipsec-proposal SET{number}", f" protocol esp encryption {each['encryption']}",
                f" protocol esp integrity {integrity}",
            ]  # fmt: skip
        else:
            lines.append(
                f"crypto ipsec {v1}transform-set SET{number} esp-{each['encryption']} esp-{each['integrity']}-hmac"
            )
    entry = "crypto map outside_map 10"
    lines.append(f"{entry} match address VPN")
    if told.get("pfs"):
        lines.append(f"{entry} set pfs group{str(told['pfs']).removeprefix('group')}")
    lines.append(f"{entry} set peer {peer}")
    if told.get("connection_type"):
        lines.append(f"{entry} set connection-type {told['connection_type']}")
    lines.append(f"{entry} set {'ikev2 ipsec-proposal' if second else f'{v1}transform-set'} {' '.join(names)}")
    if told.get("lifetime"):
        lines.append(f"{entry} set security-association lifetime seconds {told['lifetime']}")
    ike = "ikev2" if second else "isakmp" if legacy else "ikev1"
    lines += ["crypto map outside_map interface outside", f"crypto {ike} enable outside"]
    for number, policy in enumerate(policies, 1):
        lines.append(f"crypto {ike} policy {10 * number}")
        if second:
            lines += [
                f" encryption {policy['encryption']}", f" integrity {policy['hash']}", f" group {policy['group']}",
                f" prf {policy.get('prf', policy['hash'])}", f" lifetime seconds {policy['lifetime']}",
            ]  # fmt: skip
        else:
            lines += [
                f" authentication {policy.get('authentication', 'pre-share')}", f" encryption {policy['encryption']}",
                f" hash {policy['hash']}", f" group {policy['group']}", f" lifetime {policy['lifetime']}",
            ]  # fmt: skip
    keepalive = _keepalive(told.get("keepalive", True))
    keys = (
        [f" ikev2 {which}-authentication pre-shared-key {MASKED}" for which in ("remote", "local")]
        if second else [f" {v1}pre-shared-key {MASKED}"]
    )  # fmt: skip
    return [
        *lines, f"tunnel-group {peer} type ipsec-l2l", f"tunnel-group {peer} ipsec-attributes", *keys,
        *([f" {keepalive}"] if keepalive else []),
    ]  # fmt: skip
