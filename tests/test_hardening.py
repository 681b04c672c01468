# SPDX-License-Identifier: GPL-3.0-or-later
"""Turning DPD on at both ends, driven in memory against two small devices that can fail at any step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import (
    Hardened,
    Hardener,
    as_hardened,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Keepalive, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import (
    Arm,
    Ask,
    Configure,
    LostError,
    Note,
    NotSentError,
    Request,
    Shield,
    StoppedError,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import enable_dpd
from tests import build
from tests.rails.lifts import LIFTS

MAY = (
    "It counts in an IKE SA agreed since it was set; the one that is up may be older, and lasts for up to its lifetime."
)
PEERS = {"hq": build.BRANCH, "branch": build.HQ}
WANTED = enable_dpd.wanted(10, 2)
DPD = (enable_dpd.setting(WANTED),)
ON, OFF = "isakmp keepalive threshold 10 retry 2", "isakmp keepalive disable"
NEXT = "It counts from the next IKE SA on; the one that is up was agreed before, and lasts for up to its lifetime."

VERSION = "Cisco Adaptive Security Appliance Software Version 7.2(5)\n\n{0} up 7 days\n\nSerial Number: {1}\n"
GROUP = "tunnel-group {0} type ipsec-l2l\ntunnel-group {0} ipsec-attributes\n pre-shared-key *\n"
STANDBY = "Failover On\nFailover unit Secondary\n        This host: Secondary - Standby Ready\n"


@dataclass
class Device:
    """The part of an ASA that hardening sees. ``line`` is its keepalive, ``startup`` the one that is saved."""

    name: str
    line: str = OFF
    startup: str = OFF
    startup_answer: str = ""
    refuses: bool = False
    ignores: bool = False
    lost_at: int | None = None
    lost_in: str = ""
    gone_for_good: bool = False
    failover: str = "Failover Off\n"
    answers_as: str = ""
    armed: bool = False
    asked: Iterator[int] = field(default_factory=count)

    @property
    def group(self) -> str:
        return PEERS[self.name]

    def arm(self) -> None:
        if self.gone_for_good and not self.armed and next(self.asked) > 0:
            raise LostError(f"{self.name}: connection refused")
        self.armed = True

    def ask(self, command: str) -> Answer:
        self._maybe_lost(command)
        if command == "write memory":
            self.startup = self.line
        return Answer(command, self._text(command))

    def _text(self, command: str) -> str:
        match command.split():
            case ["show", "version"]:
                return VERSION.format(self.answers_as or self.name, f"SN-{self.answers_as or self.name}")
            case ["show", "failover"]:
                return self.failover
            case ["show", "startup-config"]:
                whole = f"hostname {self.name}\n{GROUP.format(self.group)} {self.startup}\nCryptochecksum:0\n: end\n"
                return self.startup_answer or f": Saved\n:\nASA Version 7.2(5)\n!\n{whole}"
            case ["write", "memory"]:
                return "Building configuration...\n[OK]\n"
        return f"{GROUP.format(self.group)} {self.line}\n"

    def configure(self, lines: tuple[str, ...]) -> ConfigAnswer:
        if self.lost_in == "configure, after":
            self.line = lines[1].strip()
        self._maybe_lost("configure")
        if self.refuses:
            return ConfigAnswer((), lines[1], "Command authorization failed")
        if not self.ignores:
            self.line = lines[1].strip()
        return ConfigAnswer(tuple(Answer(line, "") for line in lines))

    def _maybe_lost(self, command: str) -> None:
        if not self.armed:
            raise NotSentError(f"{self.name}: the login that was armed has ended, so {command!r} was not sent")
        if next(self.asked) == self.lost_at or (self.lost_in and command.startswith(self.lost_in.split(",")[0])):
            self.lost_in, self.armed = "", False
            raise LostError(f"{self.name}: the device closed the connection")


@dataclass
class Story:
    """What was sent that is no show command, and what was noted, in order."""

    lines: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @property
    def typed(self) -> list[str]:
        return [line for line in self.lines if ": " in line]


def tunnel(**changes: Any) -> Tunnel:
    return build.tunnel(
        build.hq(build.at_hq(), hostname="hq", serial="SN-hq", **changes),
        build.branch(build.at_branch(), hostname="branch", serial="SN-branch"),
    )


def harden(
    devices: dict[str, Device], lost_at: int | None = None, stop_at: int | None = None, **options: Any
) -> tuple[Hardened, Story]:
    """Run it. ``lost_at`` and ``stop_at`` are numbers of requests at which all goes wrong, or somebody stops it."""
    hardener = Hardener(options.pop("tunnel", None) or tunnel(), DPD, clock=lambda: 0.0, **options)
    talk, reply, error = hardener.run(), None, None
    story = Story()
    shielded = stopped = False
    while True:
        try:
            request = talk.throw(error) if error else talk.send(reply)
        except StopIteration as done:
            result: Hardened = done.value
            return result, story
        reply = error = None
        story.requests.append(request)
        step = len(story.requests)
        try:
            if request == Shield(True) and stop_at and step >= stop_at and not stopped:
                stopped, error = True, StoppedError()
                continue
            if isinstance(request, Shield):
                shielded = request.up
                story.lines.append("shield up" if request.up else "shield down")
                continue
            if step == lost_at:
                if not isinstance(request, Note):
                    devices[request.device].armed = False
                raise LostError("the device closed the connection")
            if stop_at and step >= stop_at and not (shielded or stopped or isinstance(request, Note)):
                stopped, error = True, StoppedError()
                continue
            match request:
                case Arm(device):
                    devices[device].arm()
                case Ask(device, command):
                    if not command.startswith("show"):
                        story.lines.append(f"{device}: {command}")
                    reply = devices[device].ask(command)
                case Configure(device, lines):
                    story.lines.append(f"{device}: {lines[1].strip()}")
                    reply = devices[device].configure(lines)
                case Note(event, device):
                    story.lines.append(f"note {event} {device}")
        except LostError as lost:
            error = lost


def pair(**branch: Any) -> dict[str, Device]:
    return {"hq": Device("hq"), "branch": Device("branch", **branch)}


def hardened_pair(**branch: Any) -> dict[str, Device]:
    """Both have it, saved at neither unless said."""
    return {"hq": Device("hq", line=ON), "branch": Device("branch", line=ON, **branch)}


# --- it writes -------------------------------------------------------------------------------------------------------


def test_both_ends_are_written_and_every_write_is_noted_first() -> None:
    devices = pair()
    hardened, story = harden(devices)
    assert story.lines == [
        "shield up",
        "note configure hq",
        f"hq: {ON}",
        "note configured hq",
        "note configure branch",
        f"branch: {ON}",
        "note configured branch",
    ]
    assert (hardened.outcome, hardened.changed) == ("hardened", True)
    assert hardened.text == (
        "hq-branch: DPD set at hq (disabled -> threshold 10 retry 2) and branch (disabled -> threshold 10 retry 2). "
        "NOT SAVED at hq and branch: the next reload takes it away. To save it, run this again with "
        f"-e harden_save=true. {NEXT}"
    )
    assert {device.line for device in devices.values()} == {ON}


@pytest.mark.parametrize("line", [ON, ""])
def test_a_value_in_effect_is_left_alone_printed_or_not(line: str) -> None:
    devices = {name: Device(name, line=line, startup=line) for name in PEERS}
    hardened, story = harden(devices)
    assert story.typed == []
    assert (hardened.outcome, hardened.changed) == ("no_change", False)
    assert (
        hardened.text == f"hq-branch: both ends are set to DPD threshold 10 retry 2 and saved, nothing to change. {MAY}"
    )
    assert [change.step for change in hardened.changes] == [None, None]


def test_only_the_end_that_lacks_it_is_written() -> None:
    hardened, story = harden(pair(line=ON))
    assert story.typed == [f"hq: {ON}"]
    assert hardened.outcome == "hardened"


def test_check_mode_reads_and_writes_nothing() -> None:
    hardened, story = harden(pair(), check=True, save=True)
    assert story.lines == []
    assert (hardened.outcome, hardened.changed) == ("planned", True)
    assert hardened.text == (
        "hq-branch: would set DPD at hq (disabled -> threshold 10 retry 2) and branch (disabled -> threshold 10 retry "
        "2). Would save at hq and branch. Nothing was written."
    )
    assert [change.diff["after"] for change in hardened.changes] == [
        f"tunnel-group {peer} ipsec-attributes\n {ON}\n" for peer in PEERS.values()
    ]


def test_the_text_says_when_the_ike_sa_of_before_ends() -> None:
    given = tunnel()
    ends = []
    for end in given.ends:
        sas = tuple(replace(sa, lifetime_remaining=7200 if end.name == "hq" else 3600) for sa in end.ike or ())
        ends.append(replace(end, second_ike=sas))
    hardened, _ = harden(pair(), tunnel=replace(given, ends=tuple(ends)))
    assert hardened.text.endswith(
        "It counts from the next IKE SA on; the one that is up was agreed before, and lasts up to "
        "1970-01-01 01:00 UTC (1h)."
    )
    hardened, _ = harden(pair(), tunnel=tunnel(states=()))
    assert "It counts from the next IKE SA on" in hardened.text


def test_a_tunnel_without_an_ike_sa_has_it_from_the_first_one() -> None:
    given = tunnel()
    bare = replace(given, ends=tuple(replace(end, second_ike=(), first_ike=()) for end in given.ends))
    hardened, _ = harden(pair(), tunnel=bare)
    assert hardened.text.endswith("It counts from the next IKE SA on; none is up now.")


# --- gates, before anything is written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("branch", "gate", "words"),
    [
        (
            {"answers_as": "hq"},
            "wrong-device",
            "branch now answers as hq serial SN-hq; the audit read branch serial SN-branch",
        ),
        (
            {"failover": STANDBY},
            "standby",
            "branch is not the active unit (standby ready)",
        ),
        (
            {"failover": "Command authorization failed\n"},
            "unread",
            "branch: 'show failover' could not be read again: Command authorization failed",
        ),
        ({"lost_at": 0}, "session", "branch: the device closed the connection"),
        ({"lost_in": "show running-config"}, "session", "branch: the device closed the connection"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_a_gate_stops_the_run_before_anything_is_written(
    branch: dict[str, Any], gate: str, words: str, check: bool
) -> None:
    hardened, story = harden(pair(**branch), check=check)
    assert (hardened.outcome, hardened.text) == (f"aborted_gate:{gate}", f"Nothing was written. {words}. {LIFTS[gate]}")
    assert not hardened.changed
    assert story.lines == []


def test_both_ends_are_identified_before_either_is_read() -> None:
    _, story = harden(pair(), check=True)
    asked = [f"{each.device} {each.command}" for each in story.requests if isinstance(each, Ask)]
    assert asked[:4] == ["hq show version", "hq show failover", "branch show version", "branch show failover"]


def one_ended() -> Tunnel:
    return replace(tunnel(), ends=tunnel().ends[:1], missing="198.51.100.2 is in no inventory")


def without_group() -> Tunnel:
    given = tunnel()
    return replace(given, ends=(given.ends[0], replace(given.ends[1], tunnel_group=None)))


def in_the_default_group() -> Tunnel:
    first, second = tunnel().ends
    assert first.tunnel_group is not None
    return replace(
        tunnel(), ends=(replace(first, tunnel_group=replace(first.tunnel_group, name="DefaultL2LGroup")), second)
    )


@pytest.mark.parametrize(
    ("given", "gate", "words"),
    [
        (
            one_ended,
            "foreign-end",
            "hq-branch has one end of ours (198.51.100.2 is in no inventory): DPD works only when both ends have it",
        ),
        (without_group, "tunnel-group", "hq-branch: branch showed no tunnel-group for the other end"),
        (
            in_the_default_group,
            "tunnel-group",
            "hq-branch: at hq the other end has no tunnel-group of its own and falls into the default one, whose DPD "
            "is that of every such peer",
        ),
    ],
)
def test_a_tunnel_that_cannot_be_hardened_from_here_is_refused(given: Any, gate: str, words: str) -> None:
    with pytest.raises(RefusedError) as refused:
        Hardener(given(), DPD, clock=lambda: 0.0)
    assert refused.value.gate == gate
    assert str(refused.value) == f"{words}. {LIFTS[gate]}"


# --- it takes back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("branch", "words"),
    [
        (
            {"refuses": True},
            f"branch: the device refused '{ON}': Command authorization failed. "
            "hq is as it was (disabled); branch is as it was (disabled).",
        ),
        (
            {"ignores": True},
            "branch: after the change it still shows disabled. "
            "hq is as it was (disabled); branch is as it was (disabled).",
        ),
        (
            {"lost_in": "configure"},
            "branch: the device closed the connection. hq is as it was (disabled); branch is as it was (disabled).",
        ),
        (
            {"lost_in": "configure, after"},
            "branch: the device closed the connection. hq is as it was (disabled); branch is as it was (disabled).",
        ),
    ],
)
def test_when_the_second_end_fails_the_first_is_set_back(branch: dict[str, Any], words: str) -> None:
    devices = pair(**branch)
    hardened, _ = harden(devices)
    assert (hardened.outcome, hardened.text, hardened.changed) == ("failed", words, False)
    assert {device.line for device in devices.values()} == {OFF}


def test_an_end_that_never_took_the_line_is_not_typed_at_again() -> None:
    _, story = harden(pair(refuses=True))
    assert story.typed == [f"hq: {ON}", f"branch: {ON}", f"hq: {OFF}"]


def test_an_end_whose_login_had_ended_has_nothing_to_take_back() -> None:
    """Its login is not replaced to go on writing: what would be written to was not identified."""
    devices = pair()

    @dataclass
    class Ending(Device):
        def configure(self, lines: tuple[str, ...]) -> ConfigAnswer:
            self.armed = False
            return super().configure(lines)

    devices["branch"] = Ending("branch")
    hardened, story = harden(devices)
    assert hardened.text == (
        "branch: the login that was armed has ended, so 'configure' was not sent. hq is as it was (disabled)."
    )
    assert "branch" not in [each.device for each in story.requests[-8:] if isinstance(each, Ask)]


def test_the_undo_is_typed_only_in_a_login_that_is_identified_again() -> None:
    """Branch is lost when it has the line, and hq answers in its place."""
    devices = pair(lost_in="configure, after")

    @dataclass
    class Swapped(Device):
        def arm(self) -> None:
            super().arm()
            self.answers_as = "hq" if next(self.asked) > 2 else ""

    devices["branch"] = Swapped("branch", lost_in="configure, after")
    hardened, story = harden(devices)
    assert hardened.text.endswith(
        "hq is as it was (disabled); branch COULD NOT BE SET BACK (branch now answers as hq serial SN-hq; the audit "
        f"read branch serial SN-branch): look at 'show running-config all tunnel-group {build.HQ}' there; it had "
        f"DPD disabled, which is set by 'tunnel-group {build.HQ} ipsec-attributes / {OFF}'."
    )
    assert (hardened.outcome, hardened.changed) == ("failed", True)
    assert story.typed == [f"hq: {ON}", f"branch: {ON}", f"hq: {OFF}"]


def test_an_end_that_stays_away_is_said_loudly() -> None:
    devices = pair(refuses=True)
    devices["hq"] = Device("hq", lost_in="", gone_for_good=True)
    # Lost while it is read again after the change.
    devices["hq"].lost_at = 5
    hardened, _ = harden(devices)
    assert hardened.text == (
        "hq: the device closed the connection. hq COULD NOT BE SET BACK (hq: connection refused): look at "
        f"'show running-config all tunnel-group {build.BRANCH}' there; it had DPD disabled, which is set by "
        f"'tunnel-group {build.BRANCH} ipsec-attributes / {OFF}'."
    )
    assert hardened.changed


# --- it saves --------------------------------------------------------------------------------------------------------


def test_saving_happens_only_when_asked_and_the_result_says_where() -> None:
    devices = pair()
    hardened, story = harden(devices, save=True)
    assert story.lines[-6:] == [
        "note save hq",
        "hq: write memory",
        "note saved hq",
        "note save branch",
        "branch: write memory",
        "note saved branch",
    ]
    assert hardened.saved == ("hq", "branch")
    assert "Saved at hq and branch." in hardened.text
    assert "NOT SAVED" not in hardened.text


def test_a_second_run_saves_what_the_first_did_not_and_a_third_changes_nothing() -> None:
    devices = hardened_pair()
    hardened, story = harden(devices)
    assert (hardened.outcome, hardened.changed) == ("no_change", False)
    assert hardened.text == (
        "hq-branch: both ends are set to DPD threshold 10 retry 2, nothing to change. NOT SAVED at hq and branch: "
        f"the next reload takes it away. To save it, run this again with -e harden_save=true. {MAY}"
    )
    assert story.typed == []

    checked, _ = harden(devices, check=True)
    assert (checked.outcome, checked.text) == (hardened.outcome, hardened.text)

    hardened, story = harden(devices, check=True, save=True)
    assert (hardened.outcome, hardened.changed) == ("planned", True)
    assert hardened.text.endswith("nothing to change. Would save at hq and branch. Nothing was written.")
    assert story.typed == []

    hardened, story = harden(devices, save=True)
    assert (hardened.outcome, hardened.changed) == ("hardened", True)
    assert hardened.text == (
        f"hq-branch: both ends are set to DPD threshold 10 retry 2, nothing to change. Saved at hq and branch. {MAY}"
    )
    assert story.typed == ["hq: write memory", "branch: write memory"]

    hardened, story = harden(devices, save=True)
    assert (hardened.outcome, hardened.changed, story.typed) == ("no_change", False, [])
    assert "are set to DPD threshold 10 retry 2 and saved" in hardened.text


def test_only_the_end_that_is_not_saved_is_saved() -> None:
    hardened, story = harden(hardened_pair(startup=ON), save=True)
    assert story.typed == ["hq: write memory"]
    assert hardened.saved == ("hq",)


def test_a_line_that_was_undone_by_hand_is_saved_already() -> None:
    devices = {name: Device(name, startup=ON) for name in PEERS}
    hardened, story = harden(devices, save=True)
    assert story.typed == [f"hq: {ON}", f"branch: {ON}"]
    assert "SAVE" not in hardened.text.upper().replace("HARDEN_SAVE", "")


def test_a_start_up_configuration_that_cannot_be_read_is_not_taken_for_saved() -> None:
    unreadable = "Command authorization failed\n"
    hardened, _ = harden(hardened_pair(startup_answer=unreadable, startup=ON))
    assert hardened.text.endswith(
        "'show startup-config' was not readable at branch: to be sure it is saved, run this again with "
        f"-e harden_save=true. {MAY}"
    )
    assert not hardened.changed
    hardened, story = harden(hardened_pair(startup_answer=unreadable, startup=ON), save=True)
    assert "branch: write memory" in story.typed


@dataclass
class Full(Device):
    """Its flash is full."""

    def _text(self, command: str) -> str:
        return "%Error writing nvram:/startup-config\n" if command == "write memory" else super()._text(command)


@pytest.mark.parametrize(
    ("branch", "words"),
    [
        (
            Full("branch"),
            "Saved at hq. NOT SAVED at branch (branch: 'write memory' did not end in [OK]: '%Error writing "
            "nvram:/startup-config'). What is not saved is gone with the next reload: run this again with "
            "-e harden_save=true.",
        ),
        (
            Device("branch", lost_in="write memory"),
            "Saved at hq. Whether it is saved at branch is not known (branch: the device closed the connection). What "
            "is not saved is gone with the next reload: run this again with -e harden_save=true.",
        ),
    ],
)
def test_a_save_that_failed_is_said_and_dpd_stays_on(branch: Device, words: str) -> None:
    devices = {"hq": Device("hq"), "branch": branch}
    hardened, _ = harden(devices, save=True)
    assert (hardened.outcome, hardened.changed, hardened.saved) == ("not_saved", True, ("hq",))
    assert words in hardened.text
    assert {device.line for device in devices.values()} == {ON}


@pytest.mark.parametrize(
    ("branch", "result"),
    [
        (Full("branch"), "no [OK]: '%Error writing nvram:/startup-config'"),
        (Device("branch", lost_in="write memory"), ""),
        (Device("branch"), "done"),
    ],
)
def test_the_actions_tell_a_save_that_failed(branch: Device, result: str) -> None:
    hardened, _ = harden({"hq": Device("hq"), "branch": branch}, save=True)
    saves = [(each.device, each.result) for each in hardened.actions if each.command == "write memory"]
    assert saves == [("hq", "done"), ("branch", result)]


@pytest.mark.parametrize("save", [False, True])
def test_what_will_be_typed_is_known_before_it_is(save: bool) -> None:
    ends = []
    for end in tunnel().ends:
        assert end.tunnel_group is not None
        ends.append(replace(end, tunnel_group=replace(end.tunnel_group, keepalive=Keepalive(disabled=True))))
    hardener = Hardener(replace(tunnel(), ends=tuple(ends)), DPD, clock=lambda: 0.0, save=save)
    assert hardener.foreseen == [
        ("hq", f"tunnel-group {build.BRANCH} ipsec-attributes / {ON}"),
        ("branch", f"tunnel-group {build.HQ} ipsec-attributes / {ON}"),
        *([("hq", "write memory"), ("branch", "write memory")] if save else []),
    ]
    hardened, _ = harden(pair(), save=save)
    typed = [(each.device, each.command) for each in hardened.actions if not each.command.startswith("show ")]
    assert typed == hardener.foreseen


def test_the_devices_are_told_as_they_are_now() -> None:
    hardened, _ = harden(pair(), save=True)
    devices = as_hardened([end.device for end in tunnel().ends], hardened)
    for device in devices:
        assert device.config is not None
        assert device.config.tunnel_groups[PEERS[device.name]].keepalive == WANTED
        assert device.saved == device.config
    unsaved, _ = harden(pair())
    assert [each.saved for each in as_hardened([end.device for end in tunnel().ends], unsaved)] == [None, None]


# --- it is interrupted at every step ---------------------------------------------------------------------------------


def _steps(**options: Any) -> range:
    _, story = harden(pair(), **options)
    return range(1, 1 + len(story.requests))


@pytest.mark.parametrize("step", _steps(save=True))
def test_a_loss_at_any_step_leaves_both_ends_alike_and_says_so(step: int) -> None:
    devices = pair()
    hardened, story = harden(devices, lost_at=step, save=True)
    lines = {device.line for device in devices.values()}
    assert len(lines) == 1, hardened.text
    if hardened.outcome.startswith("aborted_gate:"):
        assert story.typed == []
        assert lines == {OFF}
    elif hardened.outcome == "failed":
        assert lines == {OFF}
        assert not hardened.changed
    else:
        assert hardened.outcome in ("hardened", "not_saved")
        assert lines == {ON}


@pytest.mark.parametrize("step", _steps())
def test_a_stop_before_the_first_line_writes_nothing_and_after_it_waits(step: int) -> None:
    devices = pair()
    hardened, story = harden(devices, stop_at=step)
    if story.typed:
        assert (hardened.outcome, {device.line for device in devices.values()}) == ("hardened", {ON})
    else:
        assert (hardened.outcome, hardened.text) == (
            "aborted_gate:interrupted",
            f"Nothing was written. The run was interrupted. {LIFTS['interrupted']}",
        )


@pytest.mark.parametrize(("threshold", "retry"), [(9, 2), (3601, 2), (10, 1), (10, 11)])
def test_a_value_the_device_would_refuse_is_refused_here(threshold: int, retry: int) -> None:
    with pytest.raises(ValueError, match="the threshold is 10 to 3600 seconds, the retry 2 to 10 seconds"):
        enable_dpd.wanted(threshold, retry)
