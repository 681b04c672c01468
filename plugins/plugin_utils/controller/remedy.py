# SPDX-License-Identifier: GPL-3.0-or-later
"""What planning and mending share on the controller: the rails at this moment, the state, the log of decisions."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import decisions, rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import acting, log, login
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.acting import Run
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import aliases
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import Decided
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.in_band import in_band
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Result, results
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan.document import PlanFileError, differences, load
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import (
    Past,
    RefusedError,
    Situation,
    Stage,
    kill_switch,
    shadow_words,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import lanes
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.settings import Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Lease, State, StateError, pair_of
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.variables import ALL_BROKEN

_MARGIN = 120.0

#: The arguments that planning and mending take besides those of every action on a tunnel.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "tunnel": {"type": "str", "default": ""},
    "plan": {"type": "path", "default": ""},
    "settings": {"type": "dict", "default": {}},
    "stimulated": {"type": "bool", "default": False},
}


def left_alone(run: Run) -> str:
    """Why a healthy tunnel is not touched. That its SAs fit proves no more where nobody saw packets pass."""
    words = results.left_alone(run.judgement)
    sides = [side for lane in lanes(run.tunnel) for side in lane.sides if side.up]
    if not sides or any(side.grown("pkts encaps") and side.grown("pkts decaps") for side in sides):
        return words
    return (
        f"{words} No end was seen to count packets both ways between the readings: SAs that fit are no proof that "
        "traffic passes. -e collect_stimulus=true makes some."
    )


@dataclass(frozen=True)
class Remedy:
    """One run of planning or mending. ``saved`` is the plan that somebody has approved, if one is carried out."""

    settings: Settings
    variables: Mapping[str, Any]
    state: State
    log: Path
    saved: Mapping[str, Any] | None = None
    saved_at: str = ""

    @classmethod
    def of(cls, args: Mapping[str, Any], variables: Mapping[str, Any], templar: Any) -> Remedy:
        """By the arguments of an action and the variables of its task, which ``templar`` resolves.

        :raises AnsibleActionFail: a setting, the plan or the state cannot be used; nothing was sent.
        """
        reports = Path(args["run"]).parent
        try:
            settings = Settings.of(args["settings"])
            saved = load(Path(args["plan"])) if args["plan"] else None
        except (PlanFileError, ValueError) as error:
            raise AnsibleActionFail(f"{str(error).rstrip('.')}. Nothing was sent") from None
        return cls(
            settings,
            variables,
            acting.state_of(args, variables, templar),
            reports / decisions.NAME,
            saved,
            args["plan"],
        )

    def named(self, args: Mapping[str, Any]) -> str:
        """The tunnel that is meant: by its name, or by the plan that is carried out.

        :raises AnsibleActionFail: neither is given, or a plan is given for all that is broken.
        """
        given = args["tunnel"]
        planned = str(self.saved["tunnel"]) if self.saved else ""
        if given == ALL_BROKEN and planned:
            raise self._for_another(given)
        if not (given or planned):
            raise AnsibleActionFail("no tunnel is named: give -e tunnel=NAME, or a plan with -e plan=FILE")
        return str(given or planned)

    def require_meant(self, run: Run) -> None:
        """The plan that is carried out is one for this tunnel, by any of its names.

        :raises AnsibleActionFail: it is for another.
        """
        if self.saved and self.saved["tunnel"] not in (run.tunnel.name, *aliases(run.tunnel)):
            raise self._for_another(run.tunnel.name)

    def _for_another(self, tunnel: str) -> AnsibleActionFail:
        planned = self.saved["tunnel"] if self.saved else ""
        return AnsibleActionFail(
            f"tunnel is {tunnel!r}, and the plan {self.saved_at} is for {planned!r}: leave one of them out. Nothing "
            "was sent"
        )

    def situation(self, run: Run, acted: int = 0) -> Situation:
        """All that the rails look at, as it is now."""
        return Situation(
            judgement=run.judgement,
            settings=self.settings,
            now=time.time(),
            addresses=login.addresses(self.variables),
            sources=login.sources(self.variables),
            past=self._past(run),
            acted=acted,
            killed=self._killed(),
        )

    def plan(self, run: Run) -> Plan | None:
        """The plan for this tunnel as it was read, or ``None`` when it is healthy.

        :raises RefusedError: nothing can be planned, or the approved plan does not hold any more.
        :raises AnsibleActionFail: the approved plan is for another tunnel.
        """
        self.require_meant(run)
        addresses, sources = login.addresses(self.variables), login.sources(self.variables)
        inside = in_band(run.tunnel, addresses, sources) if self.settings.allow_in_band else {}
        planned = plan(
            run.judgement,
            addresses,
            self.settings,
            in_band={name: why for name, why in inside.items() if why},
            sources=sources,
            now=time.time(),
            also=list(filter(None, [rails.open_attempt(self._past(run))])),
        )
        if planned and self.saved and (changed := differences(self.saved, planned)):
            seen = f"{self.saved_at} does not hold any more: {'; '.join(changed)}"
            raise rails.refused("plan-changed", seen, run.tunnel.name)
        return planned

    def obstacles(self, run: Run, acted: int = 0, *, confirmed: bool = True) -> tuple[RefusedError, ...]:
        """The rails that would stop this run at this moment; without ``confirmed`` that of the confirmation is not
        asked yet.
        """
        found = rails.refusals(self.situation(run, acted), [Stage.MOMENT])
        return tuple(each for each in found if confirmed or each.gate != "confirmation")

    def stopped(self, run: Run) -> RefusedError | None:
        """The rail that would refuse right before a clear what it let pass at the beginning; no device is asked."""
        now = Situation(run.judgement, self.settings, time.time(), killed=self._killed())
        found = rails.refusals(now, Stage.MOMENT)
        return next((each for each in found if each.gate in rails.ASKED_AGAIN), None)

    def decided(
        self, run: Run, decision: Decided, *, gate: str = "", outcome: str = "", text: str = "", before: bool = False
    ) -> str:
        """Write a decision to the log; returns what went wrong, as a warning.

        :raises RefusedError: ``journal``, when it cannot be written ``before`` something is sent.
        """
        return log.decided(
            run.folder,
            run.tunnel.name,
            decision,
            gate=gate,
            outcome=outcome,
            text=text,
            change_id=self.settings.change_id,
            before=before,
        )

    def ended(self, folder: RunFolder, tunnel: str, outcome: str, text: str) -> str:
        """Write to the log how a run on a tunnel or on ``all-broken`` ended; returns what went wrong, as a warning."""
        return log.ended(folder, tunnel, outcome, text, change_id=self.settings.change_id)

    def seconds(self, planned: Plan) -> float:
        """How long this run holds the tunnel for itself, anew with each of its notes; another must not come in."""
        # The proof of each rung, and the last look.
        proofs = 3 if self.settings.ike else 2
        return planned.wait + proofs * self.settings.verify_timeout + self.settings.soak + _MARGIN

    def shadowed(self, run: Run, planned: Plan) -> Result:
        """Nothing is sent, and that something would have been is counted and complained of."""
        try:
            times = self.state.would_have_acted(pair_of(run.tunnel), time.time())
        except StateError as error:
            raise AnsibleActionFail(f"{error} Nothing was sent") from None
        commands = "; ".join(f"{end.device}: {command}" for end in planned.ends for command in end.clear.commands)
        text = f"Shadow mode: would have sent {commands}. Nothing was sent."
        complaint = shadow_words(dataclasses.replace(self._past(run), shadowed=times), self.settings)
        result = Result("shadow", f"{text} {complaint}".strip(), complaint=complaint)
        self.decided(run, Decided.SHADOW, outcome="shadow", text=result.text)
        return result

    def left_open(self, run: Run) -> str:
        """What an earlier run on this tunnel left behind, as a sentence to append; nothing when none did.

        A state that cannot be read must not stand in the way of what is to be told.
        """
        try:
            said = rails.open_attempt(self._past(run))
        except AnsibleActionFail:
            return ""
        return f" {said}" if said else ""

    def settled(self, run: Run) -> str:
        """A tunnel that is healthy settles what an earlier run left open; says so, as a sentence to append."""
        said = self.left_open(run)
        if not said:
            return ""
        with run.alone(self.state, _MARGIN) as lease:
            self.settle(run, lease)
        return said

    def settle(self, run: Run, lease: Lease) -> None:
        """Close an attempt that came to no end: both ends were read again since, and this run goes by that.

        :raises RefusedError: ``journal``, when the state cannot be written.
        """
        try:
            interrupted = self.state.history(lease.pair, time.time()).interrupted
            if interrupted:
                found = f"Run {run.folder.id} read both ends again: {run.judgement.verdict}, {run.judgement.cause}."
                self.state.resolve(lease, interrupted.id, interrupted.phase.left, found, time.time())
        except StateError as error:
            raise rails.refused("journal", str(error)) from None

    def _past(self, run: Run) -> Past:
        now = time.time()
        try:
            history = self.state.history(pair_of(run.tunnel), now)
        except StateError as error:
            raise AnsibleActionFail(f"{error} Nothing was sent") from None
        failed = history.acted_without_lasting(now, self.settings.cool_down_max)
        return Past(
            failures=tuple(each.finished or each.moved for each in failed),
            acted_today=history.fleet,
            shadowed=history.shadowed,
            open=history.interrupted.words if history.interrupted else "",
        )

    def _killed(self) -> str:
        if not self.settings.enabled:
            return "remediate_enabled is false"
        return kill_switch.read(self.settings.kill_switch or str(self.log.parent / kill_switch.FILE))
