# SPDX-License-Identifier: GPL-3.0-or-later
"""Several broken tunnels, one after the other: each is a run of its own, and the row stops when one gets worse."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import telling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting, commands, reports, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action, Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder

STOPPING = ("worse", "half_cleared", "unfinished")
"""After one of these a person looks first: what did harm here may do so at the next."""
USED_UP = ("aborted_gate:blast-radius", "aborted_gate:kill-switch", "aborted_gate:interrupted", "aborted_gate:journal")
"""Gates that would stop all that follow, too."""
# The worst first: the row as a whole is called by the worst that happened in it.
_WORST = ("worse", "half_cleared", "unfinished", "not_healed", "healed_partial", "aborted_gate", "shadow", "healed")


@dataclass
class Row:
    """The tunnels in their order, and what became of each so far.

    ``interrupted`` says whether somebody wants the run to end: that may come after a tunnel is healed, too. ``failed``
    is what went wrong in here, so that no other is touched.
    """

    runs: Sequence[acting.Run]
    interrupted: Callable[[], bool] = lambda: False
    failed: str = ""
    results: list[tuple[acting.Run, Result]] = field(default_factory=list)

    def __iter__(self) -> Iterator[acting.Run]:
        for run in self.runs:
            if self.stopped:
                return
            screen.say(telling.tally(self.outcomes, len(self.runs), run.tunnel.name))
            yield run.apart()

    def add(self, run: acting.Run, result: Result) -> None:
        self.results.append((run, result))

    @property
    def acted(self) -> int:
        return sum(result.cleared for _, result in self.results)

    @property
    def stopped(self) -> str:
        """Why the next one is not touched, if so."""
        if self.failed:
            return self.failed
        if self.results:
            run, result = self.results[-1]
            if result.outcome in STOPPING:
                return f"{run.tunnel.name} is {result.outcome}: look at it before any other is touched"
            if result.outcome in USED_UP:
                return result.text
        return "somebody stopped this run" if self.interrupted() else ""

    @property
    def _not_tried(self) -> list[str]:
        """Those whose turn did not come, and the one that would have been one too many."""
        refused = [run.tunnel.name for run, result in self.results if result.outcome in USED_UP]
        return [*refused, *(run.tunnel.name for run in self.runs[len(self.results) :])]

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each tunnel so far."""
        return {run.tunnel.name: result.outcome for run, result in self.results}

    @property
    def tally(self) -> str:
        """How often each outcome was reached."""
        return telling.tally(self.outcomes, len(self.runs))

    def ended(self, folder: RunFolder, started: float, refused: RefusedError | None = None) -> dict[str, Any]:
        """Write the report of the whole row, and return what the result of the task says.

        ``refused`` is why the row was not begun at all.
        """
        table = {run.tunnel.name: (result.outcome, result.text) for run, result in self.results}
        for line in telling.tally_table(table) if table else ():
            screen.say(line)
        left = [] if refused else self._not_tried
        if refused:
            text = str(refused)
        elif not self.runs:
            text = "No tunnel is broken: nothing was sent."
        else:
            each = "; ".join(f"{run.tunnel.name} {result.outcome} ({run.folder.id})" for run, result in self.results)
            text = f"{self.tally}. {each}." if each else f"{self.tally}."
        if left:
            text += f" NOT TRIED: {', '.join(left)}: {self.stopped.rstrip('.')}."
        outcomes = [result.outcome for _, result in self.results]
        if refused:
            outcomes = [f"aborted_gate:{refused.gate}"]
        worst = next((each for word in _WORST for each in outcomes if each.partition(":")[0] == word), "no_change")
        good = all(result.good for _, result in self.results) and not (left or refused)
        path = reports.write(folder, report(folder, started, self.runs, self.results, worst, text))
        return {
            "tunnelmend_report": path,
            "outcome": worst,
            "msg": acting.message(worst, text),
            "changed": self.acted > 0,
            "failed": not good,
            "tally": self.tally,
        }


def report(
    folder: RunFolder,
    started: float,
    runs: Sequence[acting.Run],
    results: Sequence[tuple[acting.Run, Result]],
    outcome: str,
    text: str,
) -> Report:
    """Of several tunnels: each as it is now, and as it was where it was touched; the newest reading of each device."""
    newest = {device.name: device for run in runs for device in run.devices}
    newest |= {device.name: device for _, result in results for device in result.devices}
    judged = {
        run.tunnel.name: result.judgement if result.good else _for_its_own_run(result.judgement, run.folder.id)
        for run, result in results
        if result.judgement
    }
    return Report(
        id=folder.id,
        kind=Kind.REMEDIATE,
        started=started,
        finished=time.time(),
        devices=tuple(newest.values()),
        judgements=tuple(judged.get(run.tunnel.name, run.judgement) for run in runs),
        before=tuple(run.judgement for run in runs if run.tunnel.name in judged),
        actions=tuple(sorted((each for _, result in results for each in result.actions), key=_time)),
        outcome=outcome,
        outcome_text=commands.pasteable(text),
        **reports.about_this_run(),
    )


def _for_its_own_run(judgement: Judgement, run: str) -> Judgement:
    """What the tunnel shows would have it cleared again; what was tried just now says more."""
    advice = f"read {run}: a second clear will not do what this one did not, and a reload destroys the evidence"
    return dataclasses.replace(judgement, next_action=advice)


def _time(action: Action) -> float:
    return action.time
