# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mending does when nothing goes wrong: both ends in order, each clear noted, a proof that is complete."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Ask,
    Note,
    Pause,
    Shield,
)
from tests.mending.scene import (
    BRANCH_CLEAR,
    HQ_CLEAR,
    on,
    scene,
    two_networks,
)

# --- it works -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["deletion-retry", "lost-peer"])
def test_both_ends_are_cleared_in_order_and_the_proof_is_complete(fault: str) -> None:
    way = scene(fault)
    result = way.mend()
    assert result.outcome == "healed"
    assert result.text == (
        "hq-branch: new SPIs at both ends, mirrored in two readings, counting both ways. "
        "The clears went out 0.0 s apart."
    )
    assert result.gap == 0
    assert way.clears == [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
    assert result.judgement is not None
    assert result.judgement.verdict is Verdict.HEALTHY
    assert [each.device for each in result.snapshots] == ["hq", "branch"] * 2


def test_nothing_but_show_commands_and_two_pings_of_the_peers_before_the_first_clear() -> None:
    way = scene()
    way.mend()
    before = [command for _, command in way.sent][: way.sent.index(("hq", HQ_CLEAR))]
    assert before
    others = [command for command in before if not command.startswith("show ")]
    assert others == ["ping outside 203.0.113.1", "ping outside 198.51.100.1"]


def test_every_clear_is_noted_before_it_is_sent_and_both_are_shielded() -> None:
    way = scene()
    way.mend()
    head = next(n for n, each in enumerate(way.story) if each == Shield(True))
    assert way.story[head : head + 9] == [
        Shield(True),
        Note("clear", "hq", HQ_CLEAR),
        Ask("hq", HQ_CLEAR),
        Note("cleared", "hq", HQ_CLEAR),
        Note("clear", "branch", BRANCH_CLEAR),
        Ask("branch", BRANCH_CLEAR),
        Note("cleared", "branch", BRANCH_CLEAR),
        Shield(False),
        Pause(3, "letting the clears take effect"),
    ]


def test_actions_tell_what_was_sent_and_answered() -> None:
    result = scene(twist=on("hq", "ping", "Command authorization failed\n")).mend()
    answers = {(each.device, each.command): each.result for each in result.actions}
    assert answers["hq", HQ_CLEAR] == "done"
    assert answers["hq", "ping inside 192.168.2.1"] == "Command authorization failed"


def test_a_network_that_waits_for_traffic_makes_it_partial_and_is_named() -> None:
    def unstimulated(device: str, command: str) -> str | None:
        return "" if "192.168.3." in command else None

    result = two_networks(unstimulated).mend()
    assert result.outcome == "healed_partial"
    assert result.text.endswith(
        "Not proven for 1 of 2 proxy identities: 192.168.1.0/24 <-> 192.168.3.0/24: no SA yet, it waits for traffic."
    )


def test_the_plan_names_one_literal_peer_for_each_end() -> None:
    planned: Plan = scene().mender().plan
    assert [end.clear.commands for end in planned.ends] == [(HQ_CLEAR,), (BRANCH_CLEAR,)]
