# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel, Version
from tests.build import half_read
from tests.rules.around import around
from tests.rules.case import Case

SAYS = "hq-branch - security context -"
NONE = f"not_applicable: {SAYS} branch names no security context"


def context(name: str, version: Version | None) -> Tunnel:
    return around(left={"context": name, "version": version})


CASES = {
    "a context that can": Case(context("blue", Version(9, 0, 1)), NONE, f"pass: {SAYS} hq: blue"),
    "a context that cannot": Case(
        context("blue", Version(8, 4, 7)),
        NONE,
        f"fail warning: {SAYS} hq: blue of 8.4(7), and contexts have tunnels from 9.0(1) on",
    ),
    "the system space": Case(
        context("system", Version(9, 16, 4)), NONE, f"fail warning: {SAYS} hq: the system space, which has no tunnels"
    ),
    "the release was not read": Case(
        context("blue", None), f"unknown: {SAYS} hq is the context blue, and its release was not read", NONE
    ),
    "no contexts": Case(around(), f"not_applicable: {SAYS} hq names no security context", NONE),
    "an end was not read": Case(half_read(), f"not_applicable: {SAYS} hq names no security context", NONE),
}
