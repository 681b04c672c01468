# SPDX-License-Identifier: GPL-3.0-or-later
"""A login that is not in a security context as it was when it was audited clears nothing."""

from __future__ import annotations

from dataclasses import replace

from tests.mending.scene import scene
from tests.rails.lifts import LIFTS


def marked(text: str, place: str) -> str:
    return text.replace("Version 7.2(5)", f"Version 7.2(5) <{place}>")


def test_a_login_that_lands_in_the_system_space_now_clears_nothing() -> None:
    way = scene()
    place = ["context"]
    way.twist = lambda host, command: (
        marked(way.type("hq", command), place[0]) if (host, command) == ("hq", "show version") else None
    )
    mender = way.mender()
    (hq,) = (end for end in mender.tunnel.ends if end.device.name == "hq")
    audited = replace(hq, device=replace(hq.device, context="context"))
    ends = tuple(audited if end is hq else end for end in mender.tunnel.ends)
    mender = replace(mender, tunnel=replace(mender.tunnel, ends=ends))
    place[0] = "system"
    result = way.mend(mender)
    assert way.clears == []
    assert (result.outcome, result.text) == (
        "aborted_gate:context",
        "Nothing was cleared. hq was audited in a security context and now answers from the system space. "
        f"{LIFTS['context']}",
    )


def test_a_login_in_the_same_place_as_when_it_was_audited_goes_on() -> None:
    way = scene()
    way.twist = lambda host, command: (
        marked(way.type("hq", command), "context") if (host, command) == ("hq", "show version") else None
    )
    mender = way.mender()
    (hq,) = (end for end in mender.tunnel.ends if end.device.name == "hq")
    audited = replace(hq, device=replace(hq.device, context="context"))
    ends = tuple(audited if end is hq else end for end in mender.tunnel.ends)
    assert way.mend(replace(mender, tunnel=replace(mender.tunnel, ends=ends))).outcome == "healed"
