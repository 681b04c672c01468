#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of the lab that runs in LAB_DIR (.lab when not set), read from its run file.

Without a running lab there are hq and branch all the same, whose connection is refused: `make lab` starts them.
"""

import json
import os
from pathlib import Path

# What is tried when no lab runs, so that a playbook says who does not answer, not that there is nobody.
FALLBACK = {"hq": {}, "branch": {}}


def inventory():
    """The group `asa` holds what an audit should read; other ways to the same devices stand in groups of their own."""
    folder = Path(os.environ.get("LAB_DIR") or Path(__file__).resolve().parents[2] / ".lab")
    try:
        devices = json.loads((folder / "run.json").read_text(encoding="utf-8"))["devices"]
    except (OSError, ValueError, KeyError):
        devices = FALLBACK
    groups = {"asa": {"hosts": []}}
    hostvars = {}
    for name, device in devices.items():
        group = device.get("group", "asa")
        if group not in groups:
            groups[group] = {"hosts": []}
            groups.setdefault("other_ways", {"children": []})["children"].append(group)
        groups[group]["hosts"].append(name)
        hostvars[name] = {"lab_device": name, **device.get("hostvars", {})}
    return {**groups, "_meta": {"hostvars": hostvars}}


print(json.dumps(inventory(), indent=2))
