# SPDX-License-Identifier: GPL-3.0-or-later
"""A tunnel that lives in a security context is armed and cleared there, and the login goes back to where it began."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender, Timing
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Ask, Enter, LostError, Place, Request
from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, TALK, Scene, scene
from tests.rails.lifts import LIFTS

BRIEF = Timing(settle=1, interval=5, timeout=12)
BOTH = [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]
INVALID = "ERROR: % Invalid input detected at '^' marker.\n"
CONTEXT = "Context Name      Class      Interfaces           URL\n"
NAMES = ("*admin", " vpn", " lab")


@dataclass
class Multiple:
    """Hq in multiple mode. ``at`` is where the login is; VPN commands exist in a context alone."""

    way: Scene
    at: str = "system"
    home: str = "system"
    mode: str = "multiple"
    told: bool = True
    refusal: str = ""
    stuck: bool = False
    banner: bool = True

    def __call__(self, host: str, command: str) -> str | Place | None:
        if host != "hq":
            return None
        if command == "":
            self.at = self.home if "hq" not in self.way.armed else self.at
        if command.startswith("changeto"):
            where = command.split()[-1]
            if not self.refusal and not self.stuck:
                self.at = where
            return Place(f"hq/{self.at}" if self.told and self.at != "system" else "hq", self.refusal)
        if command == "show mode":
            return f"Security context mode: {self.mode}\n"
        if command == "show version":
            text = self.way.type("hq", command)
            place = "system" if self.at == "system" else "context"
            return text.replace("Version 7.2(5)", f"Version 7.2(5) <{place}>") if self.banner else text
        if command == "show context":
            shown = NAMES if self.at in ("system", "admin") else [name for name in NAMES if name.strip() == self.at]
            rows = "".join(
                f"{name:<18}default    Ethernet0/0          disk0:/{name.strip(' *')}.cfg\n" for name in shown
            )
            return f"{CONTEXT}{rows}Total active Security Contexts: {len(shown)}\n"
        if "crypto" in command and self.at != "vpn":
            return INVALID
        return None


def in_vpn(plan: Plan) -> Plan:
    ends = (replace(end, context="vpn") if end.device == "hq" else end for end in plan.ends)
    return replace(plan, ends=tuple(ends))


def multiple(**state: object) -> tuple[Multiple, Mender]:
    way = scene()
    mender = way.mender(in_vpn, timing=BRIEF)
    way.twist = hq = Multiple(way, **state)  # type: ignore[arg-type]
    return hq, mender


def changes(way: Scene) -> list[str]:
    return [each.command for each in way.story if isinstance(each, Enter)]


def test_a_login_in_the_system_space_changes_to_the_context_and_back() -> None:
    hq, mender = multiple()
    result = hq.way.mend(mender)
    assert result.outcome == "healed"
    assert hq.way.clears == BOTH
    assert changes(hq.way) == ["changeto context vpn", "changeto system"]
    assert hq.way.story[-1] == Enter("hq", "")
    assert hq.at == "system"
    assert [(each.command, each.result) for each in result.actions if each.command.startswith("changeto")] == [
        ("changeto context vpn", "done"),
        ("changeto system", "done"),
    ]


def test_the_context_is_verified_before_the_device_is_identified() -> None:
    hq, mender = multiple()
    hq.way.mend(mender)
    first = [each.command for each in hq.way.story if isinstance(each, Ask | Enter)][:5]
    assert first == ["show mode", "show version", "changeto context vpn", "show version", "show failover"]


def test_a_prompt_that_does_not_tell_is_made_up_for_by_the_list_of_contexts() -> None:
    hq, mender = multiple(told=False)
    assert hq.way.mend(mender).outcome == "healed"


def test_a_login_that_lands_in_the_context_stays_there() -> None:
    hq, mender = multiple(at="vpn", home="vpn")
    assert hq.way.mend(mender).outcome == "healed"
    assert changes(hq.way) == []


def test_a_login_in_the_admin_context_changes_and_is_not_sent_to_the_system_space() -> None:
    hq, mender = multiple(at="admin", home="admin")
    assert hq.way.mend(mender).outcome == "healed"
    assert changes(hq.way) == ["changeto context vpn"]


@pytest.mark.parametrize(
    ("state", "gate", "words"),
    [
        ({"mode": "single"}, "context", "hq is in single mode, and the plan is for its context vpn"),
        (
            {"refusal": "Command authorization failed"},
            "context",
            "hq refused 'changeto context vpn': Command authorization failed",
        ),
        (
            {"stuck": True},
            "context",
            "hq does not say that it changed to its context vpn: the prompt is 'hq', and 'show context' lists admin, "
            "vpn, lab",
        ),
        (
            {"at": "lab", "home": "lab", "refusal": "ERROR: % Invalid input detected at '^' marker."},
            "context",
            "hq refused 'changeto context vpn': ERROR: % Invalid input detected at '^' marker",
        ),
    ],
)
def test_without_the_right_context_nothing_is_cleared(state: dict[str, object], gate: str, words: str) -> None:
    hq, mender = multiple(**state)
    result = hq.way.mend(mender)
    assert hq.way.clears == []
    assert (result.outcome, result.text) == (f"aborted_gate:{gate}", f"Nothing was cleared. {words}. {LIFTS[gate]}")


def test_a_gate_that_refuses_later_leaves_the_login_where_it_began() -> None:
    hq, mender = multiple()
    hq.way.type("branch", BRANCH_CLEAR)
    result = hq.way.mend(mender)
    assert result.outcome == "aborted_gate:changed"
    assert hq.at == "system"


def test_a_new_login_after_a_loss_changes_to_the_context_again() -> None:
    hq, mender = multiple()
    lost = []

    def twist(host: str, command: str) -> str | Place | None:
        if host == "hq" and hq.way.clears and command.startswith("show crypto isakmp") and not lost:
            lost.append(command)
            hq.at = "system"
            raise LostError("hq: the device closed the connection")
        return hq(host, command)

    hq.way.twist = twist
    assert hq.way.mend(mender).outcome == "healed"
    assert changes(hq.way) == ["changeto context vpn"] * 2 + ["changeto system"]


def test_a_device_that_is_gone_at_the_end_takes_no_result_away() -> None:
    hq, mender = multiple()

    def twist(host: str, command: str) -> str | Place | None:
        if command == "changeto system":
            raise LostError("hq: the device closed the connection")
        return hq(host, command)

    hq.way.twist = twist
    assert hq.way.mend(mender).outcome == "healed"


def _story() -> list[Request]:
    hq, mender = multiple()
    hq.way.mend(mender)
    return hq.way.story


STORY = _story()


@pytest.mark.parametrize("step", range(1, 1 + len(STORY), 2))
def test_a_stop_at_any_step_leaves_the_login_where_it_began(step: int) -> None:
    hq, mender = multiple()
    result = hq.way.mend(mender, stop_at=step)
    assert hq.way.clears in ([], BOTH)
    assert result.text
    changed = changes(hq.way)
    assert changed in ([], ["changeto context vpn"], ["changeto context vpn", "changeto system"])
    # A change that is cut short belongs to a login that is over.
    assert hq.at == "system" or changed == ["changeto context vpn"]


@pytest.mark.parametrize("step", range(1, 1 + sum(isinstance(each, TALK) for each in STORY), 2))
def test_a_loss_at_any_step_ends_in_a_result(step: int) -> None:
    hq, mender = multiple()
    result = hq.way.mend(mender, lost_at=step)
    assert hq.way.clears in ([], BOTH[:1], BOTH)
    assert result.text
