# SPDX-License-Identifier: GPL-3.0-or-later
"""``report.html``: one self-contained page with a picture of each tunnel. It needs no script and no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "report.html"

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_STYLE = Path(__file__).with_name("report.css")
# Pairs of proxy identities drawn at once; those that are accepted both ways wait behind a click when there are more.
DRAWN = 3


def render(document: Mapping[str, Any]) -> str:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.tests["match_show"] = lambda command: command.startswith("show ")
    environment.filters |= {"duration": words.duration, "counted": words.counted, "moment": moment}
    environment.filters["problems"] = words.problems
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    earlier = {tunnel["name"]: view(tunnel) for tunnel in document["before"]}
    tunnels = [{**view(tunnel), "before": earlier.get(tunnel["name"])} for tunnel in document["tunnels"]]
    return template.render(
        document,
        style=Markup(_STYLE.read_text(encoding="utf-8")),
        shown=tunnels,
        headline=words.headline(document),
        offline=words.offline(document),
        worst=next((verdict for verdict in words.VERDICTS if document["summary"]["verdicts"].get(verdict)), "unknown"),
        unread=[device for device in document["devices"] if not device["readable"]],
        evidence=evidence,
    )


def view(tunnel: Mapping[str, Any]) -> dict[str, Any]:
    """A tunnel with what the page shows of it worked out."""
    findings = tunnel["findings"]
    pairs = arrow_pairs(tunnel)
    dull = [pair for pair in pairs if all(arrow["state"] == "accepted" for arrow in pair["arrows"])]
    hidden = dull if len(pairs) > DRAWN else []
    advice, command = words.advice(tunnel["next_action"])
    decided = ("fail", "unknown", "transient", "pass", "not_applicable")
    return {
        **tunnel,
        "advice": advice,
        "command": command,
        "anchor": "tunnel-" + quote(tunnel["name"], safe=""),
        "sides": sides(tunnel),
        "pairs": [pair for pair in pairs if pair not in hidden],
        "hidden_pairs": hidden,
        "failing": words.failing(tunnel),
        "undecided": words.undecided(tunnel),
        "set_aside": [finding for finding in findings if finding["outcome"] not in decided],
        "passed": [finding for finding in findings if finding["outcome"] == "pass"],
        "not_applicable": [finding for finding in findings if finding["outcome"] == "not_applicable"],
    }


def sides(tunnel: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The two boxes of the picture; the second is a stranger when the peer is not ours."""
    boxes = [{"name": end["device"], "end": end, "note": ""} for end in tunnel["ends"]]
    if len(boxes) == 1:
        note = "somebody else's" if tunnel["foreign"] else "in no inventory"
        boxes.append({"name": tunnel["ends"][0]["peer_address"] or "peer", "end": None, "note": note})
    return boxes


def arrow_pairs(tunnel: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The arrows grouped by the traffic they carry, each group as the first end names it."""
    near = tunnel["ends"][0]["device"] if tunnel["ends"] else ""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for arrow in tunnel["arrows"]:
        leaving = arrow["from"] == near
        key = (arrow["source"], arrow["destination"])
        drawn = {**arrow, "state": state(arrow), "leaving": leaving, "moved": words.traffic(arrow)}
        groups.setdefault(key if leaving else key[::-1], []).append(drawn)
    return [{"local": local, "remote": remote, "arrows": found} for (local, remote), found in groups.items()]


def state(arrow: Mapping[str, Any]) -> str:
    """The word that the arrow is drawn by."""
    if arrow["accepted"] is None:
        return "unknown"
    if not arrow["accepted"]:
        return "dead" if arrow["spi"] else "silent"
    return "lost" if words.lost(arrow) else "accepted"


def evidence(references: Iterable[str]) -> list[dict[str, str]]:
    """References with the address of those that are files of this run's folder, and of nothing else."""
    found = []
    for text in references:
        path, _, line = text.partition("#")
        inside = path.startswith("evidence/") and ".." not in path.split("/")
        found.append({"text": text, "href": quote(path) + (f"#{quote(line)}" if line else "") if inside else ""})
    return found


def moment(text: str) -> str:
    """An ISO instant as a clock shows it."""
    return f"{text[:10]} {text[11:19]} UTC"
