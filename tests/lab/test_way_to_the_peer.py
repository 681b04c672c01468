# SPDX-License-Identifier: GPL-3.0-or-later
"""IKE is bound to its interface, and needs a route to the peer from there.

Source: "Cisco ASA Series Syslog Messages", 110003.
"""

from __future__ import annotations

import pytest

from lab.testing import Typist, pair

DEFAULT = "route outside 0.0.0.0 0.0.0.0 198.51.100.254 1"


def told(line: str) -> tuple[list[str], str]:
    """The states of branch's IKE SAs, and hq's log, when this stands in place of hq's default route."""
    lab = pair("8.2(5)", "9.16(4)", hq=lambda text: text.replace(DEFAULT, line))
    lab.act("renegotiate branch")
    lab.advance(60)
    states = [sa["state"] for sa in lab.status()["devices"]["branch"]["ike"]]
    return states, Typist(lab, "hq").enable()("show logging")


def test_with_its_route_an_end_answers() -> None:
    states, log = told(DEFAULT)
    assert states == ["MM_ACTIVE"]
    assert "110003" not in log


@pytest.mark.parametrize(
    "line", ["!", f"{DEFAULT}\nroute inside 203.0.113.1 255.255.255.255 192.168.1.254 1"], ids=["none", "elsewhere"]
)
def test_without_one_from_there_it_is_silent(line: str) -> None:
    states, log = told(line)
    assert "MM_ACTIVE" not in states
    where = "NP Identity Ifc:198.51.100.1/500 to outside:203.0.113.1/500"
    assert f"%ASA-6-110003: Routing failed to locate next hop for UDP from {where}" in log
