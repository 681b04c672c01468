# SPDX-License-Identifier: GPL-3.0-or-later
"""``junit.xml``: one suite for each tunnel, one case for each finding, as GitLab and Jenkins read it.

A case fails when its finding fails at or above the run's ``fail_on``, so that the pipeline agrees with the exit code;
what fails below it passes with the message in its output. What was not judged is skipped with the reason, and a device
that could not be read is an error: a run that read nothing must not be green.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "junit.xml"


def render(document: Mapping[str, Any]) -> str:
    run = document["run"]
    root = ET.Element("testsuites", name=words.clean(f"tunnelmend {run['kind']}"))
    _reading(root, document)
    for tunnel in document["tunnels"]:
        _tunnel(root, tunnel, run)
    for attribute in ("tests", "failures", "errors", "skipped"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    root.set("time", _seconds(run))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _reading(root: ET.Element, document: Mapping[str, Any]) -> None:
    suite = _suite(root, "reading", document["run"])
    for device in document["devices"]:
        case = _case(suite, "reading", f"{device['name']} can be read")
        if not device["readable"]:
            _note(case, "error", "; ".join(device["problems"]) or "nothing was read", "unreadable")
        elif device["problems"]:
            _note(case, "system-out", "\n".join(device["problems"]))
    problems = list(document["problems"])
    if not document["tunnels"]:
        problems.append("no tunnel was judged")
    for number, problem in enumerate(problems, 1):
        _note(_case(suite, "reading", f"problem {number}"), "error", problem, "problem")
    _count(suite)


def _tunnel(root: ET.Element, tunnel: Mapping[str, Any], run: Mapping[str, Any]) -> None:
    suite = _suite(root, tunnel["name"], run)
    seen: Counter[str] = Counter()
    for finding in tunnel["findings"]:
        rule = finding["rule"]
        seen[rule] += 1
        # GitLab takes two cases of one name for one case.
        case = _case(suite, tunnel["name"], rule if seen[rule] == 1 else f"{rule} ({seen[rule]})")
        _conclude(case, finding, run["fail_on"])
    _count(suite)


def _conclude(case: ET.Element, finding: Mapping[str, Any], fail_on: str) -> None:
    outcome, severity, message = finding["outcome"], finding["severity"], finding["message"]
    if outcome == "pass":
        return
    if outcome != "fail":
        _note(case, "skipped", f"{outcome}: {message}")
    elif words.SEVERITIES.index(severity) <= words.SEVERITIES.index(fail_on):
        failure = _note(case, "failure", message, severity)
        failure.text = words.clean("\n".join([message, *_fixes(finding), *finding["evidence"]]))
    else:
        _note(case, "system-out", f"{severity}: {message}")


def _fixes(finding: Mapping[str, Any]) -> list[str]:
    return [
        line for fix in finding["fix"] for line in (f"on {fix['device']}:", *(f"  {each}" for each in fix["lines"]))
    ]


def _suite(root: ET.Element, name: str, run: Mapping[str, Any]) -> ET.Element:
    return ET.SubElement(
        root,
        "testsuite",
        name=words.clean(name),
        timestamp=run["started"][:19],
        time=_seconds(run),
        hostname=words.clean(run["controller"]) or "localhost",
    )


def _case(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", classname=words.clean(classname), name=words.clean(name), time="0")


def _note(case: ET.Element, tag: str, text: str, kind: str = "") -> ET.Element:
    note = ET.SubElement(case, tag)
    if tag == "system-out":
        note.text = words.clean(text)
    else:
        note.set("message", words.clean(text))
    if kind:
        note.set("type", kind)
    return note


def _count(suite: ET.Element) -> None:
    suite.set("tests", str(len(suite)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))


def _seconds(run: Mapping[str, Any]) -> str:
    return f"{max(run['duration_seconds'], 0):.3f}"
