# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab, which was written without these parsers, prints nothing they do not know."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Direction, Output, Snapshot, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Stage, commands, find
from lab.testing import Typist, change


@pytest.mark.parametrize("site", ["incident-2009", "modern-9x"])
def test_both_ends_of_a_lab(site: str) -> None:
    lab = change(site)
    spis: dict[tuple[str, Direction], frozenset[int]] = {}
    for name in lab.boxes:
        typist = Typist(lab, name).enable()
        typist("terminal pager 0")
        version: Version | None = None
        outputs = []
        for stage in Stage:
            for command in commands(stage, version):
                outputs.append(Output(command, typist(command), 1, 2))
                if command == "show version":
                    version = find(command).parse(outputs[-1].text).value.version
        more = [
            "show running-config",
            "show running-config all",
            "show running-config all crypto",
            "show failover state",
        ]
        more += ["show pager", "show crypto ipsec sa detail", "show crypto ipsec stats", "show asp drop", "show route"]
        more += ["show vpn-sessiondb l2l", "show vpn-sessiondb detail l2l", "show interface ip brief"]
        for command in [*(output.command for output in outputs), *more]:
            account = find(command).parse(typist(command))
            assert (account.unparsed, account.incomplete) == ((), ""), command
        found = device(name, [Snapshot(name, 1, 2, tuple(outputs))])
        assert found.problems == ()
        assert found.version == version
        assert found.config is not None
        assert all(not each.unresolved for each in found.config.access_lists.values())
        assert found.readings[0].ike
        assert found.readings[0].ipsec
        for way in Direction:
            spis[name, way] = found.readings[0].ipsec[0].spis(way)
    one, other = lab.boxes
    assert spis[one, Direction.OUTBOUND] == spis[other, Direction.INBOUND]
    assert spis[other, Direction.OUTBOUND] == spis[one, Direction.INBOUND]
