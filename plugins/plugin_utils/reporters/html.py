# SPDX-License-Identifier: GPL-3.0-or-later
"""``report.html``: one self-contained page with a picture of each tunnel. It fetches nothing.

A script of its own, the only one that the page lets run, filters, sorts and copies; without it all is there to read.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import counted, duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _marks as marks
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _strip
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "report.html"

_TEMPLATE = Path(__file__).with_name("report.html.j2")
_STYLE = Path(__file__).with_name("report.css")
_SCRIPT = Path(__file__).with_name("report.js")
# Pairs of proxy identities drawn at once; those that are accepted both ways wait behind a click when there are more.
DRAWN = 3
# Beyond this many tunnels each waits behind its name; beyond the second, healthy ones are a line of the overview alone.
UNFOLDED = 10
DETAILED = 500


def render(document: Mapping[str, Any]) -> str:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.tests["match_show"] = lambda command: command.startswith("show ")
    environment.filters |= {"duration": duration, "counted": counted, "moment": moment}
    environment.filters["problems"] = words.problems
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    evidence_of = {device["name"]: device["evidence"] for device in document["devices"]}
    reads = {rule: {_plain(command) for command in told["reads"]} for rule, told in document["rules"].items()}
    earlier = {tunnel["name"]: view(tunnel, evidence_of, reads) for tunnel in document["before"]}
    tunnels = []
    for place, tunnel in enumerate(document["tunnels"]):
        # Worst first, so that what is left out is healthy unless there are too many sick ones to read anyway.
        detailed = place < DETAILED or tunnel["verdict"] != "healthy"
        seen = view(tunnel, evidence_of, reads) if detailed else {**tunnel, "failing": words.failing(tunnel)}
        tunnels.append({**seen, "before": earlier.get(tunnel["name"]), "detailed": detailed})
    script = _SCRIPT.read_text(encoding="utf-8")
    return template.render(
        document,
        script=Markup(script),
        script_hash="sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        verdicts=words.VERDICTS,
        folded=len(tunnels) > UNFOLDED,
        left_out=sum(not tunnel["detailed"] for tunnel in tunnels),
        style=Markup(_STYLE.read_text(encoding="utf-8")),
        shown=tunnels,
        headline=words.headline(document),
        offline=words.offline(document),
        worst=next((verdict for verdict in words.VERDICTS if document["summary"]["verdicts"].get(verdict)), "unknown"),
        unread=[device for device in document["devices"] if not device["readable"]],
        evidence=evidence,
        strip=_strip.strip(document["timeline"]),
        steps=[dict(zip(("words", "command"), words.advice(each), strict=True)) for each in document["next"]],
    )


def view(
    tunnel: Mapping[str, Any], evidence_of: Mapping[str, Mapping[str, str]], reads: Mapping[str, set[str]]
) -> dict[str, Any]:
    """A tunnel with what the page shows of it worked out.

    ``evidence_of`` has each device's files by command, ``reads`` the commands that each rule judges.
    """
    findings = tunnel["findings"]
    answers = {end["device"]: evidence_of.get(end["device"], {}) for end in tunnel["ends"]}
    blaming = [finding for finding in words.failing(tunnel) if finding["severity"] != "info"]
    pairs = arrow_pairs(tunnel)
    dull = [pair for pair in pairs if all(arrow["state"] == "accepted" for arrow in pair["arrows"])]
    hidden = dull if len(pairs) > DRAWN else []
    advice, command = words.advice(tunnel["next_action"])
    decided = ("fail", "unknown", "transient", "pass", "not_applicable")
    return {
        **tunnel,
        "ends": [{**end, "lines": marks.lines(end, blaming)} for end in tunnel["ends"]],
        "settings": marks.settings(tunnel, blaming),
        "changed": words.changed(tunnel),
        "was": words.before(tunnel) if words.before(tunnel) != tunnel["verdict"] else None,
        "advice": advice,
        "command": command,
        "anchor": "tunnel-" + quote(tunnel["name"], safe=""),
        "sides": sides(tunnel),
        "pairs": [pair for pair in pairs if pair not in hidden],
        "hidden_pairs": hidden,
        "failing": [
            {**finding, "files": files(answers, reads.get(finding["rule"], set()))} for finding in words.failing(tunnel)
        ],
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


def files(answers: Mapping[str, Mapping[str, str]], wanted: set[str]) -> list[dict[str, str]]:
    """The files that hold what was answered to these commands; ``answers`` are those of the tunnel's devices."""
    return [
        {"device": device, "command": command, "href": quote(path)}
        for device, by_command in answers.items()
        for command, path in by_command.items()
        if _plain(command) in wanted
    ]


def _plain(command: str) -> str:
    """A command without the words that ask for more of the same."""
    return " ".join(word for word in command.split() if word not in ("all", "detail"))


def moment(text: str) -> str:
    """An ISO instant as a clock shows it."""
    return f"{text[:10]} {text[11:19]} UTC"
