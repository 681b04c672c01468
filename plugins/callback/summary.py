# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints how far the reading has come, and the report as a table after everything else Ansible has to say."""

from __future__ import annotations

import atexit
import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.plugins.callback import CallbackBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import results, screen
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import SCHEMA
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import html, table
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters._words import one_line

DOCUMENTATION = """
name: summary
type: aggregate
short_description: progress while devices are read, and the report as a table after the recap
version_added: 0.1.0
author: The tunnelmend developers
description:
  - Prints the last report of the run as a table that a person can read on a plain terminal, after Ansible's recap.
  - A report is announced by any task whose result, or a fact it sets, holds C(tunnelmend_report), the path of a
    C(report.json). Several reports are printed in the order in which they were announced.
  - While M(tunnelmend.asa.collect) reads, it says every few seconds how many devices are done, and at the end of a
    reading how many were read. It takes no notice of other modules.
  - When a run is interrupted, which Ansible ends without a recap, it prints what the run's report says was done.
  - It prints nothing when no report was announced, and one line when a report cannot be read. It never fails a run.
requirements:
  - enabled with C(callbacks_enabled = tunnelmend.asa.summary) in C(ansible.cfg)
"""

KEY = "tunnelmend_report"
COLLECT = "tunnelmend.asa.collect"
START = "tunnelmend.asa.start_run"
# Often enough to see that it moves, seldom enough to leave the rest of the screen in sight.
PROGRESS_SECONDS = 5
# A second Ctrl-C would end this process alone: what is under way at the devices goes on, and its end is not shown.
WAITING = "ending at the devices what was begun there: do not press Ctrl-C again. The result will be in {}"


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Remembers the reports that tasks announce and prints them at the end."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "tunnelmend.asa.summary"
    # Ansible loads the callbacks of a collection only when they are enabled by name.
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reports: list[str] = []
        self.folder: Path | None = None
        atexit.register(self._interrupted, os.getpid())
        self.progress: dict[str, Progress] = {}

    def v2_runner_on_ok(self, result: Any) -> None:
        if results.action(results.task(result)) == START:
            self.folder = Path(results.answer(result)["run"])
        self._remember(result)
        self._count(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        # An audit that finds a broken tunnel fails its task, and its report is the one that matters.
        self._remember(result)
        self._count(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._count(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self.folder = None
        for path in self.reports:
            self._print(Path(path))

    def _remember(self, result: Any) -> None:
        for path in announced(results.answer(result)):
            self.reports = [*(each for each in self.reports if each != path), path]

    def _count(self, result: Any) -> None:
        task = results.task(result)
        if results.action(task) != COLLECT:
            return
        progress = self.progress.setdefault(task._uuid, Progress(time.monotonic()))
        if sentence := progress.count(results.answer(result), time.monotonic()):
            screen.say(sentence)

    def _interrupted(self, controller: int) -> None:
        """Ansible ends an interrupted run without statistics: say what its report says that it did.

        A mending or hardening ends at the devices what it had begun there, and writes its report, before it goes.
        """
        # A worker is a fork that has this hook as well.
        if self.folder is None or os.getpid() != controller:
            return
        for child in multiprocessing.active_children():
            child.join(1)
            if child.is_alive():
                self._display.display(f"  {WAITING.format(self.folder)}", color=C.COLOR_WARN)
                child.join()
        if words := ending(self.folder / "report.json"):
            self._display.display(f"  {words}", color=C.COLOR_WARN)

    def _print(self, path: Path) -> None:
        tones = {"bad": C.COLOR_ERROR, "warn": C.COLOR_WARN, "good": C.COLOR_OK}
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            if document["schema"] != SCHEMA:
                raise ValueError(f"its schema is {document['schema']}, and this tunnelmend reads {SCHEMA}")
            page = path.with_name(html.FILENAME)
            lines = list(table.lines(document, screen_width(), str(page if page.exists() else path)))
        except Exception as error:  # the run is over: whatever is wrong with the file, it must not hide the recap
            why = f"{type(error).__name__}: {error}"
            sentence = f"tunnelmend: the report {path} cannot be shown ({why})"
            lines = [table.Line(" ".join(sentence.split()), "warn")]
        for line in lines:
            self._display.display(line.text, color=tones.get(line.tone))


class Progress:
    """One reading of all devices, counted as their answers come; ``now`` is in seconds."""

    def __init__(self, now: float) -> None:
        self.spoke = now
        self.reading = self.devices = self.done = self.read = 0

    def count(self, answer: Mapping[str, Any], now: float) -> str:
        """Count one device's answer; returns what to say, which is mostly nothing."""
        self.done += 1
        self.read += bool(answer.get("read"))
        # A device that was left out or failed does not say of how many it is one.
        self.reading = answer.get("reading") or self.reading
        self.devices = answer.get("devices") or self.devices
        if self.devices and self.done >= self.devices:
            which = {1: "first ", 2: "second "}.get(self.reading, "")
            return f"{which}reading: {self.read} of {self.devices} devices read"
        if self.devices and now - self.spoke >= PROGRESS_SECONDS:
            self.spoke = now
            return f"read {self.done} of {self.devices} devices"
        return ""


def ending(path: Path) -> str:
    """What an interrupted run's report says that it did; nothing without one, or for an audit, which does nothing."""
    run = json.loads(path.read_text(encoding="utf-8"))["run"] if path.exists() else {}
    return one_line(f"{run['outcome']}: {run['outcome_text']} Report: {path}") if run.get("outcome") else ""


def announced(answer: object) -> Iterator[str]:
    """The paths in a task's result: its own, those of the facts it sets, those of a loop's items."""
    if not isinstance(answer, Mapping):
        return
    for place in (answer, answer.get("ansible_facts")):
        path = place.get(KEY) if isinstance(place, Mapping) else None
        if isinstance(path, str) and path:
            yield str(path)
    items = answer.get("results")
    for item in items if isinstance(items, list) else ():
        yield from announced(item)


def screen_width() -> int:
    """As wide as the terminal, within what can be read; 100 where there is none."""
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
