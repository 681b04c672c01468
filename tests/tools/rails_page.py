# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/rails.md, written from the rails."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import Rail, Stage

INTRODUCTION = """# Rails

<!-- Generated from plugins/plugin_utils/rails/. To change it, change a rail. -->

What must be so before a tunnel is cleared. The first rail that is not so stops the run before anything was sent: the
outcome is `aborted_gate:` and the name of the rail, and the sentence beside it says what was seen and how to lift it.
With `--check` the plan is made all the same, and says which rails would stop it at this moment.

A rail is lifted by its variable: for one run with `-e`, for good in the inventory. A rail without a variable is lifted
by mending what it saw. Nothing lifts them all.

## Stopping everything, now

Write a file `STOP` into the reports folder, or the one that `remediate_kill_switch` names, with the reason as its first
line. Every run looks for it before it opens a session, and once more, as for the windows, right before the clears of
each rung: minutes may lie between. It stops a hardening as well, before its first line; `remediate_enabled` is about
clears alone."""

STAGES = {
    Stage.TUNNEL: (
        "What was read",
        "Asked over both readings of both ends, when the plan is made. A plan that was saved is made anew before it is "
        "carried out, and so they are asked again.",
    ),
    Stage.MOMENT: ("The moment", "Asked when something is about to be sent, whatever the tunnel looks like."),
    Stage.SESSION: (
        "In the sessions",
        "Asked in the logins that will clear, right before the first clear. Both ends pass all of them, or nothing is "
        "sent.",
    ),
}


def rails_page() -> str:
    """The whole page."""
    known = [check.rail for check in rails.load()]
    parts = [INTRODUCTION]
    for stage, (title, words) in STAGES.items():
        mine = [rail for rail in known if rail.stage is stage]
        table = ["| Rail | Holds | Variable | Default |", "| --- | --- | --- | --- |"]
        table += [
            f"| [`{rail.id}`](#{rail.id}) | {rail.holds} | {_variables(rail)} | {rail.default} |" for rail in mine
        ]
        parts += [f"## {title}\n\n{words}", "\n".join(table)]
        parts += ["\n\n".join(_section(rail)) for rail in mine]
    return "\n\n".join(parts) + "\n"


def _section(rail: Rail) -> Iterator[str]:
    yield f"### {rail.id}"
    yield f"{rail.holds}."
    yield f"*Why.* {rail.rationale}"
    yield f"*Where it does not.* {rail.lift.replace('{tunnel}', 'NAME')}"
    notes = [f"Default: {rail.default}."]
    if rail.variable:
        notes.append(f"Variable: {_variables(rail)}.")
    if rail.sources:
        notes.append(f"Sources: {'; '.join(rail.sources)}.")
    if rail.practice:
        notes.append("From engineering practice.")
    yield "  \n".join(notes)


def _variables(rail: Rail) -> str:
    return ", ".join(f"`{name}`" for name in filter(None, rail.variable.split(", ")))
