# SPDX-License-Identifier: GPL-3.0-or-later
"""``junit.xml``: a suite for each tunnel, a case for each check, and one for what kept the change from being tried."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters import _words as words

FILENAME = "junit.xml"


def render(told: Mapping[str, Any]) -> str:
    root = ET.Element("testsuites", name="tunnelmend gate")
    suite = _suite(root, "change", told)
    for number, problem in enumerate(told["problems"], 1):
        _case(suite, "change", f"problem {number}", "error", problem)
    if not told["problems"]:
        _case(suite, "change", "can be tried", "", "")
    for tunnel in told["tunnels"]:
        suite = _suite(root, tunnel["name"], told)
        for check in tunnel["checks"]:
            kind = {"fail": "failure", "pass": ""}.get(check["result"], "skipped")
            message = check["why"] if check["result"] == "fail" else f"{check['result']}: {check['why']}"
            seen = f"before: {check['before']}\nafter: {check['after']}"
            _case(suite, tunnel["name"], check["title"], kind, message, "\n".join([seen, *check["evidence"]]))
    for audit in told["audits"]:
        suite = _suite(root, f"audit of {audit['tunnel']}", told)
        seen = "\n".join(f"{each['severity']}: {each['message']}" for each in audit["new"])
        kind = "failure" if audit["result"] == "fail" else ""
        _case(suite, audit["tunnel"], "is no worse than before", kind, audit["why"], seen)
    for suite in root:
        suite.set("tests", str(len(suite)))
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(attribute, str(len(suite.findall(f"testcase/{tag}"))))
    for attribute in ("tests", "failures", "errors", "skipped"):
        root.set(attribute, str(sum(int(suite.get(attribute, "0")) for suite in root)))
    root.set("time", f"{max(told['run']['seconds'], 0):.3f}")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, name: str, told: Mapping[str, Any]) -> ET.Element:
    started = told["run"]["started"][:19]
    return ET.SubElement(root, "testsuite", name=words.clean(name), timestamp=started, time="0", hostname="localhost")


def _case(suite: ET.Element, classname: str, name: str, kind: str, message: str, text: str = "") -> None:
    case = ET.SubElement(suite, "testcase", classname=words.clean(classname), name=words.clean(name), time="0")
    if not kind:
        if text:
            ET.SubElement(case, "system-out").text = words.clean(text)
        return
    note = ET.SubElement(case, kind, message=words.clean(message))
    if kind != "skipped":
        note.set("type", kind)
        note.text = words.clean("\n".join(filter(None, (message, text))))
