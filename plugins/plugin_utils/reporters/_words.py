# SPDX-License-Identifier: GPL-3.0-or-later
"""Words, marks and orders that every form of a report shares."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted

#: Worst first, which is the order in which tunnels are told. An unknown tunnel may be a broken one.
VERDICTS = ("broken", "unknown", "degraded", "healthy")
SEVERITIES = ("critical", "error", "warning", "info")
#: What needs a person first.
OUTCOMES = ("fail", "unknown", "transient", "unverifiable", "waived", "pass", "not_applicable")

DEVICES_SHOWN = 10

# A device's text may hold terminal escapes, and right-to-left overrides that make a line read as another one.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def clean(text: str) -> str:
    """The text with everything that steers a terminal, a reader's eye or an XML parser spelled out."""
    return _UNPRINTABLE.sub(lambda match: f"\\x{ord(match[0]):02x}", text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def problem(device: str, text: str) -> str:
    """A problem of a device without the device's name, for a place where that stands already."""
    return text.removeprefix(f"{device} could not be read: ").removeprefix(f"{device}: ")


def problems(device: Mapping[str, Any]) -> str:
    """All problems of a device in one line, without its name."""
    return "; ".join(problem(device["name"], text) for text in device["problems"])


def first_sentence(text: str) -> str:
    """What is wrong, without the advice that follows it."""
    return text.partition(". ")[0]


def message(tunnel: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    """A finding's message under the heading of its tunnel, whose name it need not repeat."""
    rest = str(finding["message"]).removeprefix(tunnel["name"])
    return rest.removeprefix(" / ").removeprefix(" - ")


def before(tunnel: Mapping[str, Any]) -> str | None:
    """The verdict in the audit before; ``None`` when there was none, or when it did not know the tunnel."""
    return None if tunnel["change"] is None else tunnel["change"]["before"]


def changed(tunnel: Mapping[str, Any], most: int = 1000) -> str:
    """What the audit before did not find, and what it found that is gone; nothing when all is as it was."""
    change = tunnel["change"] or {"new": [], "cleared": [], "before": None}
    if not change["before"]:
        return ""
    parts = [f"{key}: {first_of(change[key], most)}" for key in ("new", "cleared") if change[key]]
    return "; ".join(parts)


def first_of(names: Sequence[str], most: int) -> str:
    """The first names of a list, and how many there are besides."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def advice(text: str) -> tuple[str, str]:
    """What to do next in words, and the command to type where there is one."""
    lead, start, rest = text.partition("ansible-playbook ")
    return lead.strip(), start + rest


def failing(tunnel: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [finding for finding in tunnel["findings"] if finding["outcome"] == "fail"]


def undecided(tunnel: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What could not be judged now, and so may hide a failure."""
    return [finding for finding in tunnel["findings"] if finding["outcome"] in ("unknown", "transient")]


def tally(counts: Mapping[str, int], order: Sequence[str]) -> str:
    """``2 broken, 1 unknown``: what there is, in this order, zeros left out."""
    said = {"fail": "failing", "pass": "passed", "not_applicable": "not applicable"}
    return ", ".join(f"{counts[word]} {said.get(word, word)}" for word in order if counts.get(word))


def headline(document: Mapping[str, Any]) -> str:
    """The whole run in a few words."""
    return tally(document["summary"]["verdicts"], VERDICTS) or "no tunnel was judged"


def offline(document: Mapping[str, Any]) -> list[str]:
    """What an audit of saved outputs was made of, a line each; nothing when the devices were asked."""
    folder = document["run"]["collected_from"]
    if not folder:
        return []
    told = [f"made of saved outputs in {folder}; no device was asked"]
    for device in document["devices"][:DEVICES_SHOWN]:
        files = device["files"]
        what = files[0] if len(files) == 1 else counted(len(files), "file")
        clock = f", its clock said {device['clock']}" if device["clock"] else ""
        told.append(f"{device['name']}: {what}{clock}")
    more = len(document["devices"]) - DEVICES_SHOWN
    return [*told, f"{more} more devices"] if more > 0 else told


def traffic(arrow: Mapping[str, Any]) -> str:
    """What travelled along an arrow between the two readings, or nothing when that was not measured."""
    parts = [f"{label} {arrow[label]}" for label in ("sent", "arrived") if arrow[label] is not None]
    return ", ".join(parts)


def lost(arrow: Mapping[str, Any]) -> bool:
    """The receiver has the SPI and yet nothing of what was sent came out."""
    return bool(arrow["accepted"] and arrow["sent"] and arrow["arrived"] == 0)
