# SPDX-License-Identifier: GPL-3.0-or-later
"""What `python -m lab` says to somebody who does not know yet what to type."""

from __future__ import annotations

import re
import textwrap

from lab.generate import NAMES
from lab.stored import SITES, site_names

GENERATED = {
    NAMES[0]: "a hub with 5 spokes, or as many as wanted",
    NAMES[1]: "the incident's hq and branch, of any two releases",
}
# In few words; what each stands for, with its source, is in `engine/faults.py` and `script.py`.
FAULTS = {
    "lost-peer": "loses all SAs and says nothing",
    "deletion-retry": "keeps an old SA that the other end has replaced",
    "undeletable-sa": "the same, and no clear frees it",
    "lose-delete": "DELETEs from it and to it get lost",
    "underlay-dead": "no packet passes between the ends; =off ends it",
    "clock-wrong": "its clock is off, =2h",
    "kb-lifetime-zero": "an SA without volume carries nothing",
    "dead-asp-context": "SAs stand and nothing is encrypted",
    "failover": "the other unit takes over",
    "reboot": "crashes and comes back, =90s",
    "dies-on-clear": "every session that types a clear ends",
    "renegotiates-between": "negotiates anew after the first clear",
    "reboots-during": "crashes at its first clear",
    "another-operator": "somebody else clears first",
}
TEXT = """\
Emulated Cisco ASAs that negotiate their tunnels, to log in to and to break.

  python -m lab up SITE            start a site; prints how to log in
  python -m lab fault NAME DEVICE  let something happen at a device
  python -m lab advance 15h        let time pass: s, m, h, d; `up --rate 60` makes a minute of each second
  python -m lab status             what is up, and what passes
  python -m lab down               stop it
  python -m lab --help             all commands

Sites
{sites}

Faults
{faults}
"""


def overview() -> str:
    """Sites, faults, and how time goes."""
    sites = {name: _about(name) for name in site_names()} | GENERATED
    return TEXT.format(sites=_table(sites), faults=_table(FAULTS))


def _about(site: str) -> str:
    """The beginning of the comment that a site's file begins with."""
    text = (SITES / site / "site.yml").read_text(encoding="utf-8")
    comment = " ".join(line.lstrip("# ") for line in text.partition("\nclock")[0].splitlines() if line.startswith("#"))
    return re.split(r"[.;] ", comment)[0].rstrip(".")


def _table(rows: dict[str, str]) -> str:
    width = max(map(len, rows)) + 2
    indent = " " * (width + 2)
    return "\n".join(
        textwrap.fill(about, 110, initial_indent=f"  {name:<{width}}", subsequent_indent=indent)
        for name, about in rows.items()
    )
