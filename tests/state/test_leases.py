# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time on a pair of peers, and none is kept out by a run that died."""

from __future__ import annotations

import dataclasses
import os
from ipaddress import ip_address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import (
    BusyError,
    Lease,
    LeaseLostError,
    Owner,
    State,
    pair_of,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state._state import _holder
from tests.build import at_hq, half_read, hq, tunnel

PAIR = "198.51.100.1-203.0.113.1"
# 2009-11-20T08:15:00Z
NOW = 1258704900.0
ONE = Owner.here("20091120T081500Z-remediate", "hq-branch", "ctl-1")
# Another run in a process that lives: this one's parent.
TWO = dataclasses.replace(
    Owner.here("20091120T081600Z-harden", "branch-hq", "ctl-1"), pid=os.getppid(), process_started=0
)
# On another machine, where our numbers of processes say nothing.
ELSEWHERE = Owner("20091120T081600Z-remediate", "ctl-2", 4711, 99, "hq-branch", "another boot")
DEAD = Owner("20091120T081500Z-remediate", "ctl-1", 2**22 + 1, 5, "hq-branch")


def test_a_pair_is_the_same_from_both_ends() -> None:
    one = tunnel()
    other = dataclasses.replace(one, name="branch-hq", ends=one.ends[::-1])
    assert pair_of(one) == pair_of(other) == "198.51.100.2-203.0.113.1"


def test_an_end_whose_address_the_other_does_not_name_counts_by_its_own() -> None:
    one = tunnel()
    silent = dataclasses.replace(one.ends[0], peer_address=None)
    assert pair_of(dataclasses.replace(one, ends=(silent, one.ends[1]))) == pair_of(one)
    unknown = dataclasses.replace(one.ends[1], address=None)
    assert pair_of(dataclasses.replace(one, ends=(silent, unknown))) == f"203.0.113.1-{unknown.name}"


@pytest.mark.parametrize("alone", [0, 1])
def test_a_pair_is_the_same_where_one_end_was_not_read(alone: int) -> None:
    """Lock, cool-down and count must meet, whichever end was within reach."""
    one = tunnel()
    assert pair_of(dataclasses.replace(one, ends=(one.ends[alone],))) == pair_of(one)


def test_a_pair_is_the_same_where_one_device_was_out_of_reach() -> None:
    (alone,) = pair([hq(at_hq())])
    assert (alone.both, pair_of(alone)) == (False, pair_of(tunnel()))
    assert pair_of(half_read()) == pair_of(tunnel())


def test_an_end_behind_a_nat_counts_by_the_address_that_its_peer_sees() -> None:
    one = tunnel()
    hq, branch = one.ends
    translated = dataclasses.replace(
        hq,
        address=ip_address("192.168.1.2"),
        device=dataclasses.replace(hq.device, public_addresses=(ip_address("203.0.113.1"),)),
    )
    for ends in ((translated, branch), (translated,)):
        assert pair_of(dataclasses.replace(one, ends=ends)) == pair_of(one)


def test_the_tunnels_of_several_hubs_to_one_foreign_peer_are_pairs_of_their_own() -> None:
    one = tunnel()
    hq, _ = one.ends
    second = dataclasses.replace(hq, address=ip_address("203.0.113.2"))
    pairs = [pair_of(dataclasses.replace(one, ends=(end,))) for end in (hq, second)]
    assert pairs == ["198.51.100.2-203.0.113.1", "198.51.100.2-203.0.113.2"]


def test_a_lonely_end_without_any_address_counts_by_its_name_and_that_of_its_tunnel() -> None:
    one = tunnel()
    silent = dataclasses.replace(one.ends[0], address=None, peer_address=None)
    assert pair_of(dataclasses.replace(one, name="hq-branch.example", ends=(silent,))) == "hq-hq-branch.example"


def holder(state: State, pair: str = PAIR) -> Lease | None:
    with state.database.transaction() as connection:
        return _holder(connection, pair)


def test_who_holds_it_is_named_and_it_is_free_afterwards(state: State) -> None:
    lease = state.lease(PAIR, ONE, NOW, 600.0)
    assert lease == Lease(PAIR, ONE, NOW, NOW + 600.0)
    assert holder(state) == lease
    with pytest.raises(BusyError) as busy:
        state.lease(PAIR, TWO, NOW + 1, 600.0)
    assert busy.value.holder == lease
    assert str(busy.value) == (
        f"Run 20091120T081500Z-remediate on ctl-1 (process {os.getpid()}) is at work on hq-branch ({PAIR}) since "
        "2009-11-20T08:15:00Z. Wait for its end. If it died: on ctl-1 the pair is free at once, elsewhere from "
        "2009-11-20T08:25:00Z on."
    )
    state.release(lease)
    assert holder(state) is None
    assert state.lease(PAIR, TWO, NOW + 2, 600.0) == Lease(PAIR, TWO, NOW + 2, NOW + 602.0)


def test_another_pair_is_another_lease(state: State) -> None:
    state.lease(PAIR, ONE, NOW, 600.0)
    assert state.lease("192.0.2.1-203.0.113.1", TWO, NOW, 600.0).why == ""


def test_who_holds_it_already_goes_on_with_it(state: State) -> None:
    """As after an answer of the database that was lost."""
    state.lease(PAIR, ONE, NOW, 600.0)
    assert state.lease(PAIR, ONE, NOW + 60, 600.0) == Lease(PAIR, ONE, NOW, NOW + 660.0)


def test_renewed_it_lasts_longer(state: State) -> None:
    lease = state.renew(state.lease(PAIR, ELSEWHERE, NOW, 600.0), NOW + 500, 600.0)
    assert holder(state) == lease == Lease(PAIR, ELSEWHERE, NOW, NOW + 1100.0)
    with pytest.raises(BusyError):
        state.lease(PAIR, ONE, NOW + 1099, 600.0)


def test_of_another_controller_it_is_taken_over_when_its_time_is_up_and_not_before(state: State) -> None:
    theirs = state.lease(PAIR, ELSEWHERE, NOW, 600.0)
    with pytest.raises(BusyError):
        state.lease(PAIR, ONE, NOW + 599.9, 600.0)
    ours = state.lease(PAIR, ONE, NOW + 600, 600.0)
    assert ours.why == (
        "Taken over from run 20091120T081600Z-remediate on ctl-2, at work since 2009-11-20T08:15:00Z: its time was up "
        "at 2009-11-20T08:25:00Z."
    )
    with pytest.raises(LeaseLostError) as lost:
        state.renew(theirs, NOW + 601, 600.0)
    assert str(lost.value) == (
        "Run 20091120T081600Z-remediate has lost its hold on hq-branch. Run 20091120T081500Z-remediate on ctl-1 "
        f"(process {os.getpid()}) is at work on hq-branch ({PAIR}) since 2009-11-20T08:25:00Z. Send nothing more."
    )
    state.release(theirs)
    assert holder(state) == dataclasses.replace(ours, why="")


def test_of_a_process_that_died_here_it_is_taken_over_at_once(state: State) -> None:
    state.lease(PAIR, DEAD, NOW, 600.0)
    ours = state.lease(PAIR, ONE, NOW + 1, 600.0)
    assert ours.why == (
        "Taken over from run 20091120T081500Z-remediate on ctl-1, at work since 2009-11-20T08:15:00Z: its process "
        "4194305 no longer lives."
    )


def test_a_later_process_with_its_number_keeps_nobody_out(state: State) -> None:
    state.lease(PAIR, dataclasses.replace(ONE, run="before", process_started=ONE.process_started - 1), NOW, 600.0)
    taken = state.lease(PAIR, ONE, NOW + 1, 600.0)
    assert taken.why.endswith(f"its process {os.getpid()} no longer lives.")


@pytest.mark.parametrize(
    "owner",
    [
        dataclasses.replace(DEAD, controller="ctl-2"),
        dataclasses.replace(DEAD, host="another container"),
        dataclasses.replace(DEAD, host=""),
    ],
    ids=["another name", "another container of this name", "not known where"],
)
def test_what_is_not_known_to_be_dead_waits_for_its_time(state: State, owner: Owner) -> None:
    state.lease(PAIR, owner, NOW, 600.0)
    with pytest.raises(BusyError):
        state.lease(PAIR, ONE, NOW + 599, 600.0)
    assert state.lease(PAIR, ONE, NOW + 600, 600.0).why.endswith("its time was up at 2009-11-20T08:25:00Z.")


def test_a_process_that_lives_here_is_respected_whatever_the_clock_says(state: State) -> None:
    state.lease(PAIR, TWO, NOW, 600.0)
    with pytest.raises(BusyError, match=r"^Run 20091120T081600Z-harden on ctl-1 .* is at work on branch-hq "):
        state.lease(PAIR, ONE, NOW + 86400, 600.0)


def test_nobody_renews_what_was_given_back(state: State) -> None:
    lease = state.lease(PAIR, ONE, NOW, 600.0)
    state.release(lease)
    with pytest.raises(LeaseLostError) as lost:
        state.renew(lease, NOW, 600.0)
    assert str(lost.value) == (
        f"Run 20091120T081500Z-remediate has lost its hold on hq-branch. Nobody holds {PAIR} any more. "
        "Send nothing more."
    )
