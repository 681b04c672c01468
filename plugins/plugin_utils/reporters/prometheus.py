# SPDX-License-Identifier: GPL-3.0-or-later
"""``metrics.prom``: the report for Prometheus, through node_exporter's textfile collector.

Labels are names and words from fixed lists only: a message or an SPI would make a new series at every run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "metrics.prom"


def render(document: Mapping[str, Any]) -> str:
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    tunnels = sorted(document["tunnels"], key=lambda tunnel: str(tunnel["name"]))
    yield from _metric("tunnelmend_tunnel_verdict", "1 for the verdict of this tunnel, 0 for the others.")
    for tunnel in tunnels:
        for verdict in words.VERDICTS:
            labels = _labels(tunnel=tunnel["name"], verdict=verdict)
            yield f"tunnelmend_tunnel_verdict{labels} {int(tunnel['verdict'] == verdict)}"
    yield from _metric("tunnelmend_findings", "Failing findings of this tunnel.")
    failed = Counter(
        (tunnel["name"], finding["rule"], finding["severity"])
        for tunnel in tunnels
        for finding in words.failing(tunnel)
    )
    for (name, rule, severity), number in sorted(failed.items()):
        yield f"tunnelmend_findings{_labels(tunnel=name, rule=rule, severity=severity)} {number}"
    yield from _metric("tunnelmend_device_readable", "Whether this device could be read.")
    for device in sorted(document["devices"], key=lambda device: str(device["name"])):
        yield f"tunnelmend_device_readable{_labels(device=device['name'])} {int(device['readable'])}"
    yield from _metric("tunnelmend_last_run_timestamp_seconds", "When the last run finished.")
    finished = datetime.fromisoformat(document["run"]["finished"]).timestamp()
    yield f"tunnelmend_last_run_timestamp_seconds {finished:.3f}"


def _metric(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} gauge"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return words.clean(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
