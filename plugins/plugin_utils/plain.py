# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the model as plain JSON: for filters, reports and snapshots on disk."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

Plain = Any


def plain(value: object) -> Plain:
    """Dataclasses by field, enums by value (a severity by its word), addresses and moments as text, sets as lists."""
    if value is None or isinstance(value, bool | str | float):
        return value
    if isinstance(value, enum.Enum):
        return str(value) if isinstance(value, int) else value.value
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, IPv4Address | IPv6Address | IPv4Network | IPv6Network):
        return str(value)
    if isinstance(value, Mapping):
        return {_key(key): plain(each) for key, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(each) for each in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    raise TypeError(f"a {type(value).__name__} has no plain form: {value!r}")


def _key(key: object) -> str:
    found = plain(key)
    return found if isinstance(found, str) else str(found)
