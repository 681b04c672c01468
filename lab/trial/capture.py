# SPDX-License-Identifier: GPL-3.0-or-later
"""What every device would answer, twice with traffic between, in the layout that an audit of saved outputs reads.

`FOLDER/evidence/DEVICE/N/*.txt` and, beside it, `N.json` with the times: virtual ones, of one clock for all, so that
both ends are known to have been read at one moment.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from lab.testing import Typist
from lab.trial.texts import mask
from lab.trial.tunnel import Tunnel
from lab.trial.world import World

# What is asked of a device, from the command references; what one does not know it refuses, as a real one would.
_IDENTITY = ("show version", "show curpriv", "show clock", "show mode", "show failover")
_CONFIG = (
    "names", "interface", "object", "object-group", "access-list", "crypto", "all tunnel-group", "group-policy", "nat",
    "route", "all sysopt", "access-group", "logging", "event manager", "management-access",
)  # fmt: skip
_LEGACY_CONFIG = ("static", "global", "nat-control")
_LEGACY_ONLY_MODERN = ("object", "event manager")
_COUNTERS = ("show crypto ipsec stats", "show asp drop")
_SURROUNDINGS = ("show ntp status", "show route", "show vpn-sessiondb detail l2l", "show logging")
BETWEEN_SECONDS = 15


def commands(legacy: bool, *, everything: bool) -> list[str]:
    state = ["show crypto ipsec sa", *(["show crypto isakmp sa detail"] if legacy else
             ["show crypto ikev1 sa detail", "show crypto ikev2 sa detail"])]  # fmt: skip
    if not everything:
        return ["show version", *state, *_COUNTERS]
    parts = [part for part in _CONFIG if not (legacy and part in _LEGACY_ONLY_MODERN)]
    parts += _LEGACY_CONFIG if legacy else ()
    config = [f"show running-config {part}" for part in parts]
    return [*_IDENTITY, *config, "show startup-config", *state, *_COUNTERS, *_SURROUNDINGS]


def capture(world: World, folder: Path, up: list[Tunnel]) -> None:
    """Read every device, let traffic flow, read the SAs again."""
    _reading(world, folder, 1)
    for _ in range(BETWEEN_SECONDS):
        for tunnel in up:
            world.talk(tunnel, tunnel.ends[0])
        world.advance(1)
    _reading(world, folder, 2)


def _reading(world: World, folder: Path, number: int) -> None:
    moment = world.lab.network.now.timestamp()
    for device, text in world.texts.items():
        place = folder / "evidence" / device / str(number)
        place.mkdir(parents=True, exist_ok=True)
        typist = world.typist(device)
        outputs = [_answer(typist, command, place, moment) for command in commands(text.legacy, everything=number == 1)]
        index = {"device": device, "started": moment, "finished": moment, "error": "", "outputs": outputs}
        place.with_suffix(".json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _answer(typist: Typist, command: str, place: Path, moment: float) -> dict[str, object]:
    said = "".join(f"{mask(line)}\n" for line in typist(command).splitlines())
    name = re.sub(r"[^A-Za-z0-9]+", "_", command) + ".txt"
    (place / name).write_text(said, encoding="utf-8")
    refused = next((line for line in said.splitlines() if line.startswith("ERROR: ")), "")
    return {
        "command": command, "file": f"{place.name}/{name}", "started": moment, "finished": moment,
        "status": "refused" if refused else "read", "detail": refused,
    }  # fmt: skip
