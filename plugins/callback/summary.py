# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the report as a table after everything else Ansible has to say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.plugins.callback import CallbackBase

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import SCHEMA
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import html, table

DOCUMENTATION = """
name: summary
type: aggregate
short_description: the report as a table, after the recap
version_added: 0.1.0
author: The tunnelmend developers
description:
  - Prints the last report of the run as a table that a person can read on a plain terminal, after Ansible's recap.
  - A report is announced by any task whose result, or a fact it sets, holds C(tunnelmend_report), the path of a
    C(report.json). Several reports are printed in the order in which they were announced.
  - It prints nothing when no report was announced, and one line when a report cannot be read. It never fails a run.
requirements:
  - enabled with C(callbacks_enabled = tunnelmend.asa.summary) in C(ansible.cfg)
"""

KEY = "tunnelmend_report"


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

    def v2_runner_on_ok(self, result: Any) -> None:
        self._remember(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        # An audit that finds a broken tunnel fails its task, and its report is the one that matters.
        self._remember(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        for path in self.reports:
            self._print(Path(path))

    def _remember(self, result: Any) -> None:
        # ansible-core 2.19 renamed it and means to take the old name away.
        answer = result.result if hasattr(result, "result") else result._result
        for path in announced(answer):
            self.reports = [*(each for each in self.reports if each != path), path]

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


def announced(answer: object) -> Iterator[str]:
    """The paths in a task's result: its own, those of the facts it sets, those of a loop's items."""
    if not isinstance(answer, Mapping):
        return
    for place in (answer, answer.get("ansible_facts")):
        path = place.get(KEY) if isinstance(place, Mapping) else None
        if isinstance(path, str) and path:
            yield str(path)
    results = answer.get("results")
    for item in results if isinstance(results, list) else ():
        yield from announced(item)


def screen_width() -> int:
    """As wide as the terminal, within what can be read; 100 where there is none."""
    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 120))
