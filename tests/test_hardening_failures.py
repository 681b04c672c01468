# SPDX-License-Identifier: GPL-3.0-or-later
"""All settings of a hardening at once, with every line refused and every request lost or stopped."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from ipaddress import ip_address
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import Identity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Hardened, Hardener, _reading
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening_settings import settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._whole import of_crypto
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Arm, Configure
from tests.hardening_scene import (
    BRANCH,
    ENTRY,
    HQ,
    LIFETIME,
    WANTED,
    Scene,
    again,
    harden,
    scene,
    with_lines,
)
from tests.rails.lifts import LIFTS

# --- all of them, and every failure ----------------------------------------------------------------------------------


def ready() -> Scene:
    """Both ends lack every setting, and each end something that the other has."""
    more = with_lines(f"{ENTRY} set pfs group5", f"{LIFETIME} seconds 3600")
    return scene(hq=lambda text: more(weak(text)), branch=weak)


def weak(text: str) -> str:
    """What the shipped end offers is 3DES and MD5 now."""
    return text.replace("AES256-SHA", "3DES-MD5").replace("esp-aes-256 esp-sha-hmac", "esp-3des esp-md5-hmac")


@cache
def audited() -> Tunnel:
    """What is read before a run takes longer than the run, and is the same for each."""
    return ready().tunnel()


@cache
def all_made() -> tuple[str, ...]:
    at = ready()
    everything(at)
    return at.state


def everything(at: Scene, **options: Any) -> Hardened:
    return harden(at, "all", shared=True, tunnel=audited(), **options)


def test_all_are_made_in_one_run_and_a_second_makes_none() -> None:
    at = ready()
    hardened = everything(at, save=True)
    assert hardened.text.split(". ")[0] == (
        "hq-branch: DPD set at hq (disabled -> threshold 10 retry 2) and branch (disabled -> threshold 10 retry 2); "
        "disconnect-notify set at hq (off -> on) and branch (off -> on); idle timeout set at hq (30 minutes -> none) "
        "and branch (30 minutes -> none); IPsec lifetime set at branch (28800 s and 4608000 kB -> 3600 s and 4608000 "
        "kB); PFS set at branch (none -> group5); transform list set at hq (esp-3des esp-md5-hmac -> esp-aes-256 "
        "esp-sha-hmac) and branch (esp-3des esp-md5-hmac -> esp-aes-256 esp-sha-hmac)"
    )
    assert "DPD and idle timeout count from the next IKE SA on;" in hardened.text
    assert (
        "IPsec lifetime, PFS and transform list count from the next IPsec SAs on, which a rekey makes." in hardened.text
    )
    assert "disconnect-notify counts at once." in hardened.text
    assert hardened.saved == at.names
    saved = again(at, "all", shared=True, save=True)
    assert "PFS group5, transform list esp-aes-256 esp-sha-hmac and saved, nothing to change." in saved.text


def test_what_will_be_typed_is_known_before_it_is() -> None:
    at = ready()
    hardener = Hardener(at.tunnel(), settings(["all"], WANTED), clock=lambda: 0.0, shared=True, save=True)
    hardened = everything(at, save=True)
    typed = [(each.device, each.command) for each in hardened.actions if not each.command.startswith("show ")]
    assert typed == hardener.foreseen


def requests() -> int:
    at = ready()
    everything(at, save=True)
    return len(at.story)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 1 + requests()))
def test_a_loss_at_any_request_leaves_all_or_nothing(number: int, after: bool) -> None:
    at = ready()
    before = at.state
    hardened = everything(at, save=True, lost_at=number, lost_after=after)
    if hardened.outcome in ("hardened", "not_saved"):
        assert at.state == all_made()
    else:
        assert hardened.outcome == "failed" or hardened.outcome.startswith("aborted_gate:")
        assert at.state == before, hardened.text
        assert not hardened.changed
        assert "COULD NOT" not in hardened.text


@pytest.mark.parametrize("number", range(1, 1 + requests()))
def test_a_stop_before_the_first_line_writes_nothing_and_after_it_waits(number: int) -> None:
    at = ready()
    before = at.state
    hardened = everything(at, stop_at=number)
    if at.typed:
        assert (hardened.outcome, at.state) == ("hardened", all_made())
    else:
        assert (hardened.outcome, at.state) == ("aborted_gate:interrupted", before)
        assert hardened.text == f"Nothing was written. The run was interrupted. {LIFTS['interrupted']}"


def lines() -> list[tuple[str, str]]:
    at = ready()
    everything(at)
    return [(name, line) for name, _, line in (typed.partition(": ") for typed in at.typed)]


@pytest.mark.parametrize(("name", "line"), lines())
def test_a_line_that_is_refused_takes_all_back(name: str, line: str) -> None:
    at = ready()
    before = at.state
    at.refuses = {name: (line,)}
    hardened = everything(at)
    # A heading that is refused the undo needs as well.
    stuck = [word for word in hardened.text.split("; ") if "COULD NOT BE SET BACK" in word]
    if not stuck:
        assert at.state == before, hardened.text
    assert hardened.outcome == "failed"
    assert hardened.text.startswith(f"{name}: the device refused {line!r}: Command authorization failed. ")
    assert hardened.changed == bool(stuck)


def test_all_is_taken_back_in_reverse_and_told_by_device() -> None:
    at = ready()
    at.refuses = {"branch": (f"{ENTRY} set pfs group5",)}
    hardened = everything(at)
    undone = at.typed[at.typed.index(f"branch: {ENTRY} set pfs group5") + 1 :]
    assert undone == [
        f"branch: no {LIFETIME} seconds 3600",
        f"branch: tunnel-group {BRANCH} general-attributes",
        "branch: no default-group-policy",
        f"branch: no group-policy L2L-{BRANCH}",
        f"hq: tunnel-group {HQ} general-attributes",
        "hq: no default-group-policy",
        f"hq: no group-policy L2L-{HQ}",
        "branch: no crypto isakmp disconnect-notify",
        "hq: no crypto isakmp disconnect-notify",
        f"branch: tunnel-group {BRANCH} ipsec-attributes",
        "branch: isakmp keepalive disable",
        f"hq: tunnel-group {HQ} ipsec-attributes",
        "hq: isakmp keepalive disable",
    ]
    assert hardened.text == (
        f"branch: the device refused '{ENTRY} set pfs group5': Command authorization failed. hq is as it was (DPD "
        "disabled, disconnect-notify off, idle timeout 30 minutes); branch is as it was (DPD disabled, "
        "disconnect-notify off, idle timeout 30 minutes, IPsec lifetime 28800 s and 4608000 kB, PFS none)."
    )


def test_what_cannot_be_taken_back_is_said_and_the_rest_is() -> None:
    at = ready()
    at.refuses = {"branch": (f"{ENTRY} set pfs group5",), "hq": (f"no group-policy L2L-{HQ}",)}
    hardened = everything(at)
    assert (
        f"hq COULD NOT BE SET BACK (hq: the device refused 'no group-policy L2L-{HQ}': Command authorization failed): "
        f"look at 'show running-config group-policy' and 'show running-config all tunnel-group {HQ}' there; it had "
        f"idle timeout 30 minutes, which is set by 'tunnel-group {HQ} general-attributes / no default-group-policy / "
        f"no group-policy L2L-{HQ}'; the rest of hq is as it was (DPD disabled, disconnect-notify off); branch is as "
        in hardened.text
    )
    assert hardened.changed
    assert "isakmp keepalive disable" in at.shows("hq"), "the rest was"
    assert "disconnect-notify" not in at.shows("hq")


# --- what nobody foresaw ----------------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[dict[str, Any]], bool]], None]:
    """Let the crypto configuration be beyond understanding while it has something in it."""

    def when(found: Callable[[dict[str, Any]], bool]) -> None:
        def read(*args: Any) -> dict[str, Any]:
            parts = of_crypto(*args)
            if found(parts):
                raise ValueError("no group of that name.")
            return parts

        monkeypatch.setattr(_reading, "of_crypto", read)

    return when


def pfs_at_branch(parts: dict[str, Any]) -> bool:
    entries = parts["crypto_maps"]
    return any(each.pfs == "group5" and ip_address(BRANCH) in each.peers for each in entries)


def test_a_line_whose_reading_breaks_is_taken_back_with_all_before_it(broken: Any) -> None:
    at = ready()
    before = at.state
    broken(pfs_at_branch)
    hardened = everything(at)
    assert at.state == before
    assert (hardened.outcome, hardened.changed) == ("failed", False)
    assert hardened.text == (
        "branch: ValueError: no group of that name. hq is as it was (DPD disabled, disconnect-notify off, idle timeout "
        "30 minutes); branch is as it was (DPD disabled, disconnect-notify off, idle timeout 30 minutes, IPsec "
        "lifetime 28800 s and 4608000 kB, PFS none)."
    )


def test_what_breaks_while_one_end_is_set_back_keeps_no_other_from_it(broken: Any) -> None:
    at = ready()
    at.refuses = {"branch": (f"{ENTRY} set pfs group5",)}
    told: list[str] = []

    def once_it_was_taken_back(parts: dict[str, Any]) -> bool:
        if told or f"branch: no {LIFETIME} seconds 3600" not in at.typed:
            return False
        told.append("now")
        return True

    broken(once_it_was_taken_back)
    hardened = everything(at)
    assert (hardened.outcome, hardened.changed) == ("failed", True)
    assert hardened.text == (
        f"branch: the device refused '{ENTRY} set pfs group5': Command authorization failed. hq is as it was (DPD "
        "disabled, disconnect-notify off, idle timeout 30 minutes); branch COULD NOT BE SET BACK (branch: ValueError: "
        "no group of that name): look at 'show running-config crypto map | include outside_map 10' there; it had IPsec "
        f"lifetime 28800 s and 4608000 kB, which is set by 'no {LIFETIME} seconds 3600'; the rest of branch is as it "
        "was (DPD disabled, disconnect-notify off, idle timeout 30 minutes, PFS none)."
    )


def test_what_breaks_before_the_first_line_writes_nothing(broken: Any) -> None:
    at = ready()
    before = at.state
    broken(lambda parts: True)
    hardened = everything(at)
    assert at.state == before
    assert (hardened.outcome, hardened.changed) == ("aborted_gate:unread", False)
    assert hardened.text == (
        "Nothing was written. What the ends hold could not be worked out (ValueError: no group of that name). "
        f"{LIFTS['unread']}"
    )


# --- who is written to, and whether anybody is ------------------------------------------------------------------------


def test_a_device_that_the_inventory_knows_as_another_is_not_written_to() -> None:
    at = ready()
    before = at.state
    serial = audited().ends[0].device.serial
    hardened = everything(at, expected={"hq": Identity("hq", ("JMX0000X0XX",))})
    assert (hardened.outcome, at.state) == ("aborted_gate:wrong-device", before)
    assert hardened.text == (
        f"Nothing was written. hq answers as hq serial {serial}, and the inventory says hq serial JMX0000X0XX. "
        f"{LIFTS['wrong-device']}"
    )


def test_a_device_that_the_inventory_knows_is_written_to() -> None:
    known = {end.name: Identity(end.name, (str(end.device.serial),)) for end in audited().ends}
    assert everything(ready(), expected=known).outcome == "hardened"


def test_the_other_unit_is_asked_where_one_cannot_be_logged_in_to() -> None:
    at = ready()
    hardened = everything(at, lost_at=1, units={"hq": ("hq-b",)})
    assert [each for each in at.story if isinstance(each, Arm)] == [Arm("hq"), Arm("hq", "hq-b"), Arm("branch")]
    assert (hardened.outcome, at.state) == ("hardened", all_made())


def test_a_unit_that_is_lost_while_it_is_written_is_set_back_by_way_of_the_other() -> None:
    at = ready()
    before = at.state
    everything(at)
    first = next(number for number, each in enumerate(at.story, start=1) if isinstance(each, Configure))
    at = ready()
    hardened = everything(at, lost_at=first, lost_after=True, lost_again=Arm("hq"), units={"hq": ("hq-b",)})
    arms = [each for each in at.story if isinstance(each, Arm)]
    assert arms == [Arm("hq"), Arm("branch"), Arm("hq"), Arm("hq", "hq-b")]
    assert (hardened.outcome, at.state) == ("failed", before)
    assert hardened.text == "the device closed the connection. hq is as it was (DPD disabled)."


STOPPED = "the kill switch /reports/STOP is there: freeze until Monday"


STOPS = (
    f"Every change is stopped: {STOPPED}. Ask whoever stopped it. Then take the file away, or set remediate_enabled to "
    "true; --check still plans."
)


def test_a_kill_switch_stops_it_before_the_first_login() -> None:
    at = ready()
    with pytest.raises(RefusedError) as refused:
        everything(at, stopped=lambda: STOPPED)
    assert (refused.value.gate, str(refused.value), at.story) == ("kill-switch", STOPS, [])


def test_a_kill_switch_stops_it_before_the_first_line() -> None:
    at = ready()
    before = at.state
    said = iter([""])
    hardened = everything(at, stopped=lambda: next(said, STOPPED))
    assert (hardened.outcome, hardened.changed, at.state) == ("aborted_gate:kill-switch", False, before)
    assert hardened.text == f"Nothing was written. {STOPS}"


def test_a_kill_switch_stops_no_check() -> None:
    at = ready()
    hardened = everything(at, check=True, stopped=lambda: STOPPED)
    assert (hardened.outcome, at.typed) == ("planned", [])
