# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device does at a moment, as plain dictionaries: made of a base's few words, changed by a case's.

A case names what it changes by its path: ``lanes.0.out.0.spi: 0x1E8246FC``.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

State = dict[str, Any]

DAY = 86400
# What a tunnel of an hour looks like. Counters are of the first reading and of the second.
IKE_AGE = 3600
ENCAPS = [1000, 1150]
KILOBYTES = 4373999
SECONDS_LEFT = 25200


def healthy(base: dict[str, Any]) -> dict[str, State]:
    """Each device of a base in a tunnel that was made an hour ago and carries traffic both ways."""
    ends = base["ends"]
    first = base.get("initiator", next(iter(ends)))
    return {name: _device(base, name, end, initiator=name == first) for name, end in ends.items()}


def _device(base: dict[str, Any], name: str, end: dict[str, Any], *, initiator: bool) -> State:
    # The two ends number their SAs crosswise: what one sends on, the other receives on.
    return {
        "name": name,
        "release": end["release"],
        "address": end["address"],
        "names": end.get("names", {}),
        "uptime": 120 * DAY + 7 * 3600,
        "clock_offset": 0,
        "ntp": "synchronized",
        "privilege": 15,
        "failover": end.get("failover", "off"),
        "ike": [
            {
                "version": base["ike"],
                "local": end["address"],
                "peer": end["peer"],
                "natt": end.get("natt", False),
                "role": "initiator" if initiator else "responder",
                "state": "MM_ACTIVE" if base["ike"] == 1 else "READY",
                "rekey": "no",
                "life": DAY,
                "age": IKE_AGE,
                "encryption": 256,
                "dh": base["pfs"],
            }
        ],
        "lanes": [_lane(base, end, lane, number, initiator) for number, lane in enumerate(end["lanes"])],
        "sessions": True,
        "session_age": None,
        # Failures of the whole device, as `show crypto ipsec stats` counts them.
        "replay": 0,
        "authentication": 0,
        "decryption": 0,
        "missing": 0,
    }


def _lane(base: dict[str, Any], end: dict[str, Any], lane: dict[str, Any], number: int, initiator: bool) -> State:
    there, back = 0x5C10A3E1 + number * 0x01010101, 0xC7440B9E + number * 0x01010101
    sent, received = (there, back) if initiator else (back, there)
    return {
        "map": end.get("map", "outside_map"),
        "seq": end.get("seq", 10),
        "vti": base.get("vti", False),
        "version": base["ike"],
        "local_address": end["address"],
        "peer": end["peer"],
        "natt": end.get("natt", False),
        "local": lane["local"],
        "remote": lane["remote"],
        "ace": lane.get("ace", ""),
        "encaps": list(ENCAPS),
        "decaps": list(ENCAPS),
        "send_errors": 0,
        "recv_errors": 0,
        "pfs": base["pfs"],
        "transform": f"{base['encryption']} {base['integrity']}",
        "mode": "Tunnel",
        "current": 0,
        "in": [_sa(received)],
        "out": [_sa(sent)],
    }


def _sa(spi: int) -> State:
    return {"spi": spi, "kb": KILOBYTES, "left": SECONDS_LEFT, "rekeyed": False}


def changed(state: State, changes: dict[str, Any]) -> State:
    """A copy with these paths set.

    :raises KeyError: a path that is not there, or that is there with that very value already.
    """
    found = copy.deepcopy(state)
    for path, value in changes.items():
        *way, last = path.split(".")
        place: Any = found
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        key: Any = int(last) if isinstance(place, list) else last
        if place[key] == value:
            raise KeyError(f"{path} is {value!r} already")
        place[key] = copy.deepcopy(value)
    return found


def without(state: State, paths: Iterable[str]) -> State:
    """A copy without the member of a list at each of these paths.

    :raises IndexError: there is no such member.
    """
    found = copy.deepcopy(state)
    for path in paths:
        *way, last = path.split(".")
        place: Any = found
        for step in way:
            place = place[int(step)] if isinstance(place, list) else place[step]
        del place[int(last)]
    return found


def at(state: State, reading: int, elapsed: float) -> State:
    """The device at its first (0) or second (1) reading, ``elapsed`` seconds after the first began."""
    found = copy.deepcopy(state)
    for lane in found["lanes"]:
        for counter in ("encaps", "decaps", "send_errors", "recv_errors"):
            lane[counter] = _of(lane[counter], reading)
        for sa in lane["in"] + lane["out"]:
            sa["left"] = max(0, int(sa["left"] - elapsed)) if sa["left"] is not None else None
    for counter in ("replay", "authentication", "decryption", "missing"):
        found[counter] = _of(found[counter], reading)
    for ike in found["ike"]:
        ike["age"] = int(ike["age"] + elapsed)
    found["uptime"] = int(found["uptime"] + elapsed)
    return found


def _of(counter: int | list[int], reading: int) -> int:
    return counter[reading] if isinstance(counter, list) else counter
