# SPDX-License-Identifier: GPL-3.0-or-later
"""The table on the screen: a line a tunnel, the failing ones first, and below each what fails."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.table import Line

_ORDER = ("fail", "as_before", "unverifiable", "not_tried", "pass")
_SAID = {"fail": "FAIL", "as_before": "AS BEFORE", "pass": "pass", "unverifiable": "unverifiable", "not_tried": "-"}
_TONES = {"fail": "bad", "as_before": "warn", "pass": "good"}
ROWS, NOTES = 20, 5


def lines(told: Mapping[str, Any], width: int, path: str) -> Iterator[Line]:
    """``path`` is where the comment for the merge request is."""
    rule = Line("-" * width)
    yield rule
    verdict = "PASSED" if told["passed"] else "FAILED"
    yield from _wrapped(f"gate {verdict}: {told['headline']}", width, "good" if told["passed"] else "bad")
    yield rule
    for problem in told["problems"][:ROWS]:
        yield from _wrapped(problem, width, "bad")
    if len(told["problems"]) > ROWS:
        yield Line(f"and {len(told['problems']) - ROWS} more problems", "bad")
    for text in told["to_see"][:ROWS]:
        yield from _wrapped(text, width, "warn")
    tunnels = sorted(told["tunnels"], key=lambda each: _ORDER.index(each["result"]))
    longest = max((len(each["name"]) for each in tunnels[:ROWS]), default=0)
    for tunnel in tunnels[:ROWS]:
        outage = next((check["after"] for check in tunnel["checks"] if check["id"] == "outage"), "")
        tail = f"  outage {outage}" if outage else ""
        said = "removed" if _removed(tunnel) else _SAID[tunnel["result"]]
        text = f"{words.one_line(tunnel['name']):<{longest}}  {said}{tail}"
        yield Line(text[:width], _TONES.get(tunnel["result"], ""))
        for check in tunnel["checks"]:
            if check["result"] in ("fail", "as_before"):
                yield from _wrapped(f"{check['title']}: {check['why']}", width, indent="    ")
                for line in check["evidence"]:
                    yield from _wrapped(line, width, indent="      ")
    if len(tunnels) > ROWS:
        yield Line(f"and {len(tunnels) - ROWS} more")
    for audit in told["audits"]:
        if audit["why"]:
            yield from _wrapped(f"{audit['tunnel']}: {audit['why']}", width, "bad")
            if audit["cause"]:
                yield from _wrapped(audit["cause"], width, indent="    ")
    for note in told["notes"][:NOTES]:
        yield from _wrapped(f"note: {note}", width)
    yield rule
    yield Line(words.one_line(f"for the merge request: {path}"))


def _removed(tunnel: Mapping[str, Any]) -> bool:
    return any((check["id"], check["result"]) == ("there", "pass") for check in tunnel["checks"])


def _wrapped(text: str, width: int, tone: str = "", indent: str = "") -> Iterator[Line]:
    for piece in textwrap.wrap(words.one_line(text), width, initial_indent=indent, subsequent_indent=indent + "  "):
        yield Line(piece, tone)
