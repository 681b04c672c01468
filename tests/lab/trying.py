# SPDX-License-Identifier: GPL-3.0-or-later
"""The example's two ends, edited and tried in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from lab.trial.run import Wish, trial

EXAMPLE = Path(__file__).resolve().parents[2] / "molecule" / "gate" / "before"
KEY = "k3y-of-both-ends"
Edit = Callable[[str], str]


def same(text: str) -> str:
    return text


def texts(side: str, **edits: Edit) -> dict[str, tuple[str, str]]:
    """The example's two ends with their key in clear, each edited."""
    found = {}
    for name in ("hq", "branch"):
        text = (EXAMPLE / f"{name}.cfg").read_text(encoding="utf-8").replace("*****", KEY)
        found[name] = f"{side}/{name}.cfg", edits.get(name, same)(text)
    return found


def tried(out: Path, wish: dict[str, Any] | None = None, **edits: Edit) -> dict[str, Any]:
    given = {"before": texts("before"), "candidate": texts("candidate", **edits), "order": ["hq", "branch"], "jobs": 1}
    document = trial(Wish(**{**given, **(wish or {})}), out)
    assert KEY not in "".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file())
    return document


def only(document: dict[str, Any]) -> dict[str, Any]:
    assert document["problems"] == []
    (tunnel,) = document["tunnels"]
    assert isinstance(tunnel, dict)
    return tunnel


def without_dpd(text: str) -> str:
    return text.replace(f" ikev1 pre-shared-key {KEY}", f" ikev1 pre-shared-key {KEY}\n isakmp keepalive disable")


def other_pfs(text: str) -> str:
    return text.replace("set pfs group14", "set pfs group19")


def other_key(text: str) -> str:
    return text.replace(KEY, "k3y-of-one-end")
