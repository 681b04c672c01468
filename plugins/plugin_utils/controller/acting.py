# SPDX-License-Identifier: GPL-3.0-or-later
"""What the actions on one tunnel share: the tunnel as it was read, its lock, its journal and its report."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails, telling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device as assemble
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.conditions import conditions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import commands, log, reports, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.absent import absent, is_in, other_ways
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller.driver import Journal
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import UnknownTunnelError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.decisions import Decided
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import named
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    Device,
    Judgement,
    Snapshot,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Action, Condition, Kind, Report
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder, RunFolderError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import (
    BusyError,
    Lease,
    Owner,
    State,
    StateError,
    pair_of,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import is_clear
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.timeline import Timeline, timeline
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.timeline import document as timeline_document

#: The arguments that each of these actions takes.
ARGUMENTS: dict[str, dict[str, Any]] = {
    "run": {"type": "path", "required": True},
    "started": {"type": "float", "required": True},
    "tunnel": {"type": "str", "required": True},
    "foreign_peers": {"type": "list", "elements": "str", "default": []},
}


def state_of(args: Mapping[str, Any], variables: Mapping[str, Any], templar: Any) -> State:
    """The state of ``tunnelmend_state``, or in the file beside the folders of the runs.

    No argument of a task names it: an address may hold a password, and Ansible shows arguments to who asks for them.

    :raises AnsibleActionFail: it cannot be used; nothing was sent.
    """
    where = templar.template(variables.get("tunnelmend_state") or "")
    try:
        return State.open(where or f"sqlite:///{Path(args['run']).parent / 'state.sqlite'}")
    except StateError as error:
        raise AnsibleActionFail(f"{str(error).rstrip('.')}. Nothing was sent") from None


@dataclass(frozen=True)
class Run:
    """A run that acts on one tunnel. ``judgement`` is that of what was read before."""

    folder: RunFolder
    kind: Kind
    started: float
    devices: tuple[Device, ...]
    foreign_peers: tuple[Address, ...]
    judgement: Judgement

    @classmethod
    def of(cls, kind: Kind, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Run:
        """The tunnel of this name, judged over what this run has read.

        :raises AnsibleActionFail: nothing can be judged, or no tunnel has this name. When an end was not read, a report
            says so before.
        """
        folder = RunFolder(Path(args["run"]))
        devices = reports.read_devices(folder, task_vars)
        foreign_peers = reports.addresses(args["foreign_peers"], "audit_foreign_peers")
        try:
            judgement = named(_judged(devices, foreign_peers, args), args["tunnel"])
        except (UnknownTunnelError, AnsibleActionFail) as error:
            ends = [each for each in devices if is_in(each.name, args["tunnel"]) and each.config is None]
            if ends:
                raise _not_read(ends, folder, kind, args, devices, task_vars) from None
            if isinstance(error, AnsibleActionFail):
                raise
            raise AnsibleActionFail(f"{error}{absent(args['tunnel'], devices, task_vars)}") from None
        return cls(folder, kind, args["started"], devices, foreign_peers, judgement)

    @classmethod
    def broken(cls, kind: Kind, args: Mapping[str, Any], task_vars: Mapping[str, Any]) -> list[Run]:
        """Every tunnel that is broken, in the order of the audit's table.

        :raises AnsibleActionFail: nothing can be judged.
        """
        folder = RunFolder(Path(args["run"]))
        devices = reports.read_devices(folder, task_vars)
        foreign_peers = reports.addresses(args["foreign_peers"], "audit_foreign_peers")
        return [
            cls(folder, kind, args["started"], devices, foreign_peers, judgement)
            for judgement in _judged(devices, foreign_peers, args)
            if judgement.verdict is Verdict.BROKEN
        ]

    @property
    def tunnel(self) -> Tunnel:
        return self.judgement.tunnel

    @property
    def journal(self) -> Journal:
        return Journal(self.folder.path / "journal.jsonl")

    @contextlib.contextmanager
    def alone(self, state: State, seconds: float, about_to_send: Sequence[tuple[str, str]] = ()) -> Iterator[Lease]:
        """Keep other runs off this pair of peers, from whichever end and with whichever playbook they were named.

        What is about to be sent stands in the report first, in case this process is ended by force.

        :raises RefusedError: ``locked``, with the run that is at work.
        """
        try:
            owner = Owner.here(self.folder.id, self.tunnel.name)
            lease = state.lease(pair_of(self.tunnel), owner, time.time(), seconds)
        except BusyError as busy:
            raise rails.refused("locked", str(busy)) from None
        except StateError as error:
            raise AnsibleActionFail(f"{error} Nothing was sent") from None
        if lease.why:
            screen.say(lease.why)
        try:
            if about_to_send:
                self._foresee(about_to_send)
            yield lease
        finally:
            # A lease that cannot be given back ends by itself, and what was done must be told first.
            with contextlib.suppress(StateError):
                state.release(lease)

    def _foresee(self, about_to_send: Sequence[tuple[str, str]]) -> None:
        journal = self.folder.path / "journal.jsonl"
        self.report(
            "unfinished",
            f"The run was interrupted. {journal} has what was sent. Audit before anything else.",
            hurried=True,
            judgement=self.unread("the run was interrupted before the tunnel was read again"),
            actions=[
                Action(time.time(), device, command, "not known: see journal.jsonl")
                for device, command in about_to_send
            ],
        )

    def apart(self) -> Run:
        """The same tunnel as a run of its own, in a folder of its own with what was read of its ends."""
        folder = RunFolder.start(self.folder.path.parent, str(self.kind), time.time())
        for end in self.tunnel.ends:
            folder.adopt(self.folder, end.name)
        return dataclasses.replace(self, folder=folder, started=time.time())

    def report(
        self,
        outcome: str,
        text: str,
        *,
        judgement: Judgement | None = None,
        devices: Sequence[Device] = (),
        actions: Sequence[Action] = (),
        snapshots: Sequence[Snapshot] = (),
        planned: Plan | None = None,
        hurried: bool = False,
    ) -> str:
        """Write the report and return its path. ``judgement`` and ``devices`` are those that are newer than before.

        ``snapshots`` are what was read since and lies in no folder yet. A ``hurried`` report has no time line.
        """
        told, problem = (None, "") if hurried else self._timeline(actions, snapshots)
        newest = {device.name: device for device in devices}
        return reports.write(
            self.folder,
            Report(
                id=self.folder.id,
                kind=self.kind,
                started=self.started,
                finished=time.time(),
                devices=tuple(newest.get(device.name, device) for device in self.devices),
                judgements=(self._renamed(judgement) if judgement else self.judgement,),
                before=(self.judgement,) if judgement else (),
                actions=tuple(actions),
                outcome=outcome,
                outcome_text=commands.pasteable(text),
                plan=planned,
                proof=_proof(judgement, planned),
                next_steps=self._next_steps(outcome, text, actions),
                timeline=told,
                problems=(problem,) if problem else (),
                **reports.about_this_run(),
            ),
        )

    def _next_steps(self, outcome: str, text: str, actions: Sequence[Action]) -> tuple[str, ...]:
        cleared = any(is_clear(each.command) for each in actions)
        steps = telling.next_steps(outcome, text, self.tunnel.name, str(self.folder.path), cleared)
        return tuple(map(commands.pasteable, steps))

    def _timeline(self, actions: Sequence[Action], snapshots: Sequence[Snapshot]) -> tuple[Timeline | None, str]:
        """What happened so far, also in a file of its own; or why that cannot be told."""
        try:
            journal = self.folder.path / "journal.jsonl"
            noted = journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []
            taken = {
                end.name: [
                    *self.folder.snapshots(end.name),
                    *(each for each in snapshots if each.device == end.name),
                ]
                for end in self.tunnel.ends
            }
            readings = {name: assemble(name, each).readings for name, each in taken.items() if each}
            told = timeline(self.tunnel, _entries(noted), actions, taken, readings)
            self.folder.write({"timeline.json": json.dumps(timeline_document(told), indent=2) + "\n"})
        except Exception as error:  # this must not be what keeps the report from being written
            return None, f"the time line cannot be told: {type(error).__name__}: {error}"
        return told, ""

    def end(
        self,
        outcome: str,
        text: str,
        *,
        judgement: Judgement | None = None,
        devices: Sequence[Device] = (),
        actions: Sequence[Action] = (),
        snapshots: Sequence[Snapshot] = (),
        after: Sequence[Snapshot] = (),
        planned: Plan | None = None,
    ) -> dict[str, Any]:
        """Write the last report, then keep what was read since; returns what the result of the task says of both.

        ``snapshots`` are readings, ``after`` is what was read for the evidence alone.

        What is known of the devices is told whatever the disk says.
        """
        report = functools.partial(
            self.report,
            outcome,
            judgement=judgement,
            devices=devices,
            actions=actions,
            snapshots=(*snapshots, *after),
            planned=planned,
        )
        try:
            path = report(text)
        except AnsibleActionFail as error:
            words = commands.pasteable(f"{outcome}: {text} But {error.message}")
            return {"failed": True, "outcome": outcome, "msg": words}
        try:
            for snapshot in snapshots:
                self.folder.save_snapshot(snapshot)
            for snapshot in after:
                self.folder.save_snapshot(snapshot, "after")
        except OSError as error:
            text += f" What was read since is not kept as evidence: {error}."
            with contextlib.suppress(AnsibleActionFail):
                report(text)
        self.close(outcome, text, judgement=judgement, actions=actions, planned=planned)
        return {"tunnelmend_report": path, "outcome": outcome, "msg": message(outcome, text)}

    def close(
        self,
        outcome: str,
        text: str,
        *,
        judgement: Judgement | None = None,
        actions: Sequence[Action] = (),
        planned: Plan | None = None,
    ) -> None:
        """Say on the screen what is proven and what to do next, and seal the evidence: nothing more is read."""
        advice = commands.pasteable((judgement or self.judgement).next_action)
        steps = self._next_steps(outcome, text, actions) or tuple(filter(None, [advice]))
        screen.show(telling.ending(_proof(judgement, planned), steps))
        try:
            self.folder.seal(reports.versions())
        except (OSError, RunFolderError) as error:
            screen.show([telling.Line(f"  the list of the evidence is not written: {error}", "warn")])

    def keep(self, snapshot: Snapshot) -> None:
        """Keep what was read for the evidence alone, at once: this run may be ended by force."""
        with contextlib.suppress(OSError):
            self.folder.save_snapshot(snapshot, "before")

    def _renamed(self, judgement: Judgement) -> Judgement:
        """Judged among fewer devices, a tunnel may have got a shorter name."""
        return dataclasses.replace(judgement, tunnel=dataclasses.replace(judgement.tunnel, name=self.tunnel.name))

    def unread(self, why: str) -> Judgement:
        """The tunnel when something was sent and nobody has looked since: neither mended nor as it was."""
        ends = tuple(
            dataclasses.replace(end, first=None, second=None, first_ike=None, second_ike=None)
            for end in self.tunnel.ends
        )
        tunnel = dataclasses.replace(self.tunnel, ends=ends)
        return Judgement(tunnel, Verdict.UNKNOWN, (), why, "audit: ansible-playbook playbooks/audit.yml")


def _judged(
    devices: Sequence[Device], foreign_peers: Sequence[Address], args: Mapping[str, Any]
) -> tuple[Judgement, ...]:
    """Where traffic was made between the readings, what does not count any is no idle tunnel."""
    return reports.judged(devices, foreign_peers, stimulated=bool(args.get("stimulated")))


def _entries(lines: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """The entries of a journal; a process that was killed may have left half a line."""
    for line in lines:
        with contextlib.suppress(ValueError):
            yield json.loads(line)


def _proof(judgement: Judgement | None, planned: Plan | None) -> tuple[Condition, ...]:
    """What was read after the clears, beside what the plan was made of."""
    return conditions(judgement.tunnel, planned) if judgement and planned else ()


def _not_read(
    ends: Sequence[Device],
    folder: RunFolder,
    kind: Kind,
    args: Mapping[str, Any],
    devices: tuple[Device, ...],
    task_vars: Mapping[str, Any],
) -> AnsibleActionFail:
    """The refusal of a tunnel whose ends were not read. Reported, or `latest` would go on showing an earlier run."""
    outcome = "aborted_gate:unread"
    why = "; ".join(next(iter(end.problems), f"{end.name} was not read").rstrip(".") for end in ends)
    text = (
        f"{why}. Nothing is changed on what was not read.{other_ways(ends, kind, args['tunnel'], devices, task_vars)}"
    )
    warning = log.decided(folder, args["tunnel"], Decided.REFUSED, gate="unread", outcome=outcome, text=text)
    text = f"{text} {warning}".strip()
    report = Report(
        id=folder.id,
        kind=kind,
        started=args["started"],
        finished=time.time(),
        devices=devices,
        outcome=outcome,
        outcome_text=commands.pasteable(text),
        next_steps=tuple(map(commands.pasteable, telling.unread_steps(kind.value, args["tunnel"]))),
        **reports.about_this_run(),
    )
    result = {"tunnelmend_report": reports.write(folder, report), "outcome": outcome}
    return AnsibleActionFail(message(outcome, text), result=result)


def message(outcome: str, text: str) -> str:
    """The end of a run for the screen; a refusal begins with the gate that refused."""
    kind, _, gate = outcome.partition(":")
    return commands.pasteable(f"Gate {gate}: {text}" if kind == "aborted_gate" else text)
