# SPDX-License-Identifier: GPL-3.0-or-later
"""A failover pair is mended on the unit that is active, also when that changes on the way."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import Identity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.mending import Mender
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Arm, Ask, LostError
from tests.mending.scene import BRANCH_CLEAR, HQ_CLEAR, Scene, scene, timed
from tests.rails.lifts import LIFTS

BRIEF = timed(settle=1, interval=5, timeout=20)
SERIALS = {"hq": "JMX1304K0HQ", "hq-b": "JMX1304K0HB"}
BOTH = [("hq", HQ_CLEAR), ("branch", BRANCH_CLEAR)]


@dataclass
class Pair:
    """The two units of hq, reached as ``hq`` and ``hq-b``; ``away`` is where nobody answers."""

    way: Scene
    active: str
    away: str = ""
    state: str = ""
    mate: str = ""
    hostname: str = "hq"
    moved: bool = False

    def __call__(self, host: str, command: str) -> str | None:
        if host == "branch":
            return None
        if host == self.away:
            raise LostError(f"{host}: no answer within 30 s")
        if command == "show failover":
            mine, other = ("Active", "Standby Ready") if host == self.active else ("Standby Ready", "Active")
            return (
                "Failover On\nFailover unit Primary\n"
                f"        This host: Primary - {self.state or mine}\n"
                f"        Other host: Secondary - {self.mate or other}\n"
            )
        if command == "show version" and (host == "hq-b" or self.moved):
            text = self.way.type("hq", command).replace(SERIALS["hq"], SERIALS["hq-b"])
            return text.replace("hq up", f"{self.hostname} up")
        return None


def pair(active: str = "hq", units: tuple[str, ...] = ("hq-b",), **options: object) -> tuple[Pair, Mender]:
    way = scene()
    mender = way.mender(settings=BRIEF, units={"hq": units} if units else {}, **options)
    on = [
        dataclasses.replace(end, device=dataclasses.replace(end.device, failover="active")) if end.name == "hq" else end
        for end in mender.tunnel.ends
    ]
    mender.tunnel = dataclasses.replace(mender.tunnel, ends=tuple(on))
    way.twist = units_of = Pair(way, active)
    return units_of, mender


def armed(way: Scene) -> list[str]:
    return [each.host or each.device for each in way.story if isinstance(each, Arm)]


def test_the_other_unit_is_armed_when_the_login_is_on_the_standby() -> None:
    units, mender = pair(active="hq-b")
    result = units.way.mend(mender)
    assert result.outcome == "healed"
    # A pair is looked at once more right before the clear.
    assert armed(units.way) == ["hq", "hq-b", "branch", "hq-b"]
    assert units.way.clears == BOTH
    assert units.way.armed == {"hq": "hq-b", "branch": "branch"}


def test_an_active_unit_is_used_as_it_is() -> None:
    units, mender = pair()
    assert units.way.mend(mender).outcome == "healed"
    assert armed(units.way) == ["hq", "branch", "hq"]


def test_a_switch_between_the_arming_and_the_clear_does_not_clear_the_standby_unit() -> None:
    units, mender = pair()
    way = units.way

    def twist(host: str, command: str) -> str | None:
        if command.startswith("ping outside"):
            units.active = "hq-b"
        return units(host, command)

    way.twist = twist
    assert way.mend(mender).outcome == "healed"
    assert way.clears == BOTH
    assert armed(way)[:4] == ["hq", "branch", "hq", "hq-b"]
    assert way.armed["hq"] == "hq-b"


@pytest.mark.parametrize(
    ("change", "gate", "words"),
    [
        (
            lambda units: setattr(units, "active", "nobody"),
            "standby",
            "hq has no unit that is active and can be logged in to (hq: standby ready; hq-b: standby ready)",
        ),
        (
            lambda units: setattr(units, "away", "hq-b"),
            "standby",
            "hq has no unit that is active and can be logged in to (hq: standby ready; hq-b: no answer within 30 s)",
        ),
        (
            lambda units: setattr(units, "hostname", "paris"),
            "wrong-device",
            "hq now answers as paris serial JMX1304K0HB; the audit read hq serial JMX1304K0HQ",
        ),
        (
            lambda units: setattr(units, "mate", "Bulk Sync"),
            "standby",
            "hq and its other unit are not in step (standby ready, the other bulk sync): what is cleared now may come "
            "back",
        ),
        (
            lambda units: setattr(units, "state", "Sync Config"),
            "standby",
            "hq and its other unit are not in step (sync config, the other active): what is cleared now may come back",
        ),
    ],
)
def test_without_an_active_unit_nothing_is_cleared(change: Callable[[Pair], None], gate: str, words: str) -> None:
    units, mender = pair(active="hq-b")
    change(units)
    result = units.way.mend(mender)
    assert units.way.clears == []
    assert (result.outcome, result.text) == (f"aborted_gate:{gate}", f"Nothing was cleared. {words}. {LIFTS[gate]}")


def test_a_pair_that_copies_its_configuration_is_left_alone_on_its_active_unit_too() -> None:
    units, mender = pair()
    units.mate = "Sync Config"
    result = units.way.mend(mender)
    assert result.outcome == "aborted_gate:standby"
    assert "hq and its other unit are not in step (active, the other sync config)" in result.text


def test_a_unit_that_the_inventory_does_not_know_is_another_device() -> None:
    units, mender = pair(active="hq-b", expected={"hq": Identity(serials=("JMX1304K0HQ", "JMX0000OTHER"))})
    result = units.way.mend(mender)
    assert (result.outcome, result.text) == (
        "aborted_gate:wrong-device",
        "Nothing was cleared. hq answers as hq serial JMX1304K0HB, and the inventory says serial JMX1304K0HQ or "
        f"JMX0000OTHER. {LIFTS['wrong-device']}",
    )


@pytest.mark.parametrize(
    ("identity", "said"),
    [
        (Identity("paris"), "paris"),
        (Identity("hq", ("JMX9",)), "hq serial JMX9"),
        (Identity(serials=("JMX9",)), "serial JMX9"),
    ],
)
def test_a_device_that_is_not_the_one_of_the_inventory_is_not_cleared(identity: Identity, said: str) -> None:
    way = scene()
    result = way.mend(way.mender(expected={"hq": identity}))
    assert way.clears == []
    assert (result.outcome, result.text) == (
        "aborted_gate:wrong-device",
        f"Nothing was cleared. hq answers as hq serial JMX1304K0HQ, and the inventory says {said}. "
        f"{LIFTS['wrong-device']}",
    )


def test_a_device_that_is_the_one_of_the_inventory_is_cleared() -> None:
    way = scene()
    identities = {"hq": Identity("hq", ("JMX1304K0HQ",)), "branch": Identity("branch")}
    assert way.mend(way.mender(expected=identities)).outcome == "healed"


# --- a failover on the way -------------------------------------------------------------------------------------------


def test_a_failover_after_the_clears_is_followed_to_the_other_unit() -> None:
    units, mender = pair()
    way = units.way

    def fail_over(pause: object) -> None:
        if way.clears and units.active == "hq":
            units.active, units.away = "hq-b", "hq"
            way.armed.pop("hq", None)

    way.meanwhile = fail_over
    result = way.mend(mender)
    assert result.outcome == "healed"
    assert way.clears == BOTH
    assert way.armed["hq"] == "hq-b"


def test_a_login_to_a_unit_that_is_the_standby_by_now_is_left_for_the_active_one() -> None:
    """A unit's own address answers on after a failover: what it shows then is not what the pair does."""
    units, mender = pair(active="hq-b")
    way = units.way

    def twist(host: str, command: str) -> str | None:
        if host == "hq-b" != units.active and command.startswith("show crypto isakmp sa"):
            return "\nThere are no isakmp sas\n"
        return units(host, command)

    def fail_over(pause: object) -> None:
        if way.clears:
            units.active = "hq"

    way.twist, way.meanwhile = twist, fail_over
    result = way.mend(mender)
    assert (result.outcome, result.text) == (
        "healed",
        "hq-branch: new SPIs at both ends, mirrored in two readings, counting both ways. The clears went out 0.0 s "
        "apart.",
    )
    assert way.armed["hq"] == "hq"


def test_a_login_that_outlives_a_failover_is_left_for_the_unit_that_is_active() -> None:
    """Its own address leads to the unit that is on standby now, and shows the IKE state of one."""
    units, mender = pair()
    way = units.way

    def twist(host: str, command: str) -> str | None:
        if host == "hq" and units.active == "hq-b" and command == "show crypto isakmp sa detail":
            return way.type("hq", command).replace("MM_ACTIVE", "MM_STANDBY")
        return units(host, command)

    def fail_over(pause: object) -> None:
        if way.clears:
            units.active = "hq-b"

    way.twist, way.meanwhile = twist, fail_over
    result = way.mend(mender)
    assert result.outcome == "healed", result.text
    assert result.text.endswith(" hq's failover pair had switched over to hq-b.")
    assert way.clears == BOTH
    assert way.armed["hq"] == "hq-b"


def test_a_failover_that_moves_the_address_is_followed_without_another_host() -> None:
    """The active address answers on, from a unit with another serial number."""
    units, mender = pair(units=())
    way = units.way

    def fail_over(pause: object) -> None:
        if way.clears and not units.moved:
            units.moved = True
            way.armed.pop("hq", None)

    way.meanwhile = fail_over
    assert way.mend(mender).outcome == "healed"


def test_before_the_first_clear_such_a_unit_is_another_device() -> None:
    units, mender = pair(units=())
    units.moved = True
    result = units.way.mend(mender)
    assert result.outcome == "aborted_gate:wrong-device"
    assert "hq now answers as hq serial JMX1304K0HB; the audit read hq serial JMX1304K0HQ." in result.text


def test_a_unit_whose_serial_the_inventory_gives_is_the_same_device_at_once() -> None:
    units, mender = pair(units=(), expected={"hq": Identity(serials=tuple(SERIALS.values()))})
    units.moved = True
    assert units.way.mend(mender).outcome == "healed"


def test_an_identity_of_a_single_device_is_never_stretched() -> None:
    """Without failover another serial number is another device, after the clears, too."""
    way = scene()
    mender = way.mender(settings=BRIEF)
    units = Pair(way, "hq")

    def swapped(host: str, command: str) -> str | None:
        return units(host, command) if command == "show version" else None

    way.twist = swapped
    way.meanwhile = lambda pause: (setattr(units, "moved", True), way.armed.pop("hq", None))
    result = way.mend(mender)
    assert result.outcome == "not_healed"
    assert "hq now answers as hq serial JMX1304K0HB" in result.text


@pytest.mark.parametrize("step", range(1, 60, 3))
def test_a_failover_at_any_step_ends_in_a_result_and_never_repeats_a_clear(step: int) -> None:
    units, mender = pair()
    asked = 0

    def twist(host: str, command: str) -> str | None:
        nonlocal asked
        asked += 1
        if asked == step:
            units.active, units.away = "hq-b", "hq"
            units.way.armed.pop("hq", None)
        return units(host, command)

    units.way.twist = twist
    result = units.way.mend(mender)
    assert units.way.clears in ([], BOTH[:1], BOTH)
    assert result.outcome in ("healed", "half_cleared", "no_change") or result.outcome.startswith("aborted_gate:")
    assert sum(each == Ask("hq", HQ_CLEAR) for each in units.way.story) <= 1
