# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses, masks and selectors in the spellings of an ASA."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from socket import AF_INET, inet_pton

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Network, Selector

Names = Mapping[str, Address]


@functools.lru_cache(maxsize=1 << 16)
def literal(text: str) -> Address | None:
    """The address a text spells, if it spells one."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def address_or_name(text: str, names: Names | None = None) -> Address | str:
    """An address, a name resolved to one, or the text itself: with ``names`` on, an ASA prints names instead."""
    found = literal(text) or (names or {}).get(text)
    return text if found is None else found


def address(text: str, names: Names | None = None) -> Address | None:
    return literal(text) or (names or {}).get(text)


@functools.lru_cache(maxsize=1 << 16)
def _network(base: str, mask: str) -> Network | None:
    try:
        # The text's own way through `ipaddress` costs four times as much, and a hub prints two of these for every SA.
        return IPv4Network((int.from_bytes(inet_pton(AF_INET, base), "big"), mask), strict=False)
    except (OSError, ValueError):
        pass
    try:
        return ip_network(f"{base}/{mask}", strict=False)
    except ValueError:
        return None


def network(base: str, mask: str, names: Names | None = None) -> Network | None:
    """``A M`` of IPv4 or ``A/length`` of IPv6. An ASA may print a name for either, the mask included."""
    if found := _network(base, mask):
        return found
    at, width = address(base, names), address(mask, names) or mask
    if at is None or (isinstance(at, IPv4Address) and not _is_mask(str(width))):
        return None
    return _network(str(at), str(width))


@functools.lru_cache(maxsize=256)
def _is_mask(text: str) -> bool:
    return _network("0.0.0.0", text) is not None


def host(at: Address) -> Network:
    return ip_network(at)


def endpoint(text: str, names: Names | None = None) -> tuple[Address | str, int | None]:
    """``A/500`` (8.4 and later) or ``A``: a crypto endpoint and its port."""
    where, slash, port = text.rpartition("/")
    if slash and port.isdigit():
        return address_or_name(where, names), int(port)
    return address_or_name(text, names), None


def selector(text: str, names: Names | None = None) -> Selector | None:
    """``A/M/protocol/port`` of an identity; the port may be a range with blanks, ``0 - 65535``."""
    fields = text.split("/")
    if len(fields) != 4 or not fields[2].isdigit():
        return None
    low, _, high = fields[3].partition("-")
    low, high = low.strip(), high.strip() or low.strip()
    where = network(fields[0], fields[1], names)
    if where is None or not low.isdigit() or not high.isdigit():
        return None
    return Selector(where, int(fields[2]), int(low), int(high))
