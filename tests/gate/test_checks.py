# SPDX-License-Identifier: GPL-3.0-or-later
"""Each check of a tunnel: what passes, what fails, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.checks import checks, now, was
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.facts import (
    Attempt,
    Facts,
    Lost,
    Outage,
    Rekeys,
    TrialError,
    Tried,
    read_trial,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.model import Check, Result, Settings
from tests.gate.samples import DOWN, GOOD, NEVER, PHASE1, REFUSED, UP, tried

STANDARD = Settings()


def every(found: Tried, settings: Settings = STANDARD) -> tuple[Check, ...]:
    return checks(found, "hq-branch", settings)


def failing(found: Tried, settings: Settings = STANDARD) -> dict[str, str]:
    return {each.title: each.why for each in every(found, settings) if each.result is Result.FAIL}


def test_a_tunnel_that_survives_passes_every_check() -> None:
    assert [(each.title, each.before, each.after, each.result) for each in every(tried(GOOD))] == [
        ("comes up from hq", "in 1s", "in 1s", Result.PASS),
        ("comes up from branch", "in 1s", "in 1s", Result.PASS),
        ("carries traffic both ways", "both ways", "both ways", Result.PASS),
        ("survives two rekeys", "2 of phase 1, 5 of phase 2", "2 of phase 1, 5 of phase 2", Result.PASS),
        ("survives a reboot of hq", "in 2s", "in 2s", Result.PASS),
        ("survives a reboot of branch", "in 2s", "in 2s", Result.PASS),
        ("recovers when hq loses its SAs", "in 18s", "in 18s", Result.PASS),
        ("recovers when branch loses its SAs", "in 18s", "in 18s", Result.PASS),
        ("stays up while it is changed", "-", "0s", Result.PASS),
        ("both ends hold one key", "read", "read", Result.PASS),
    ]
    assert now(tried(GOOD), every(tried(GOOD))) == "up"


HANGS = "comes up from hq"
CASES: dict[str, tuple[Facts, dict[str, str]]] = {
    "phase 2": (DOWN, {HANGS: "phase 1 comes up, phase 2 does not",
                       "comes up from branch": "phase 1 comes up, phase 2 does not"}),
    "keys": (replace(GOOD, up={"hq": Attempt(False, None, "MM_WAIT_MSG6"), "branch": UP}),
             {HANGS: "phase 1 hangs in MM_WAIT_MSG6: the keys differ"}),
    "another state": (replace(GOOD, up={"hq": Attempt(False, None, "EAP_WAIT"), "branch": UP}),
                      {HANGS: "phase 1 hangs in EAP_WAIT"}),
    "no phase 2": (replace(GOOD, up={"hq": Attempt(False, None, "MM_ACTIVE"), "branch": UP}),
                   {HANGS: "phase 1 is up, and this end begins no phase 2: "
                    "no line of its access list is for these hosts"}),
    "packets": (replace(GOOD, up={"hq": Attempt(False, None, "MM_ACTIVE", True, ("said",), True), "branch": UP}),
                {HANGS: "both phases come up, and packets are lost: access lists, address translation or routes are in "
                        "their way"}),
    "silence": (replace(GOOD, up={"hq": Attempt(False), "branch": UP}), {HANGS: "nothing was negotiated"}),
    "one way": (replace(GOOD, traffic={"hq": True, "branch": False}),
                {"carries traffic both ways": "nothing that branch sends arrives"}),
    "a rekey": (replace(GOOD, rekeys=Rekeys(41.0, 2, 5, 75.0)),
                {"survives two rekeys": "1m 15s without an answer within 41 h of steady traffic"}),
    "a reboot": (replace(GOOD, reboot={"hq": None, "branch": 2.0}),
                 {"survives a reboot of hq": "no packet passes within 15m"}),
    "the incident": (NEVER, {"recovers when branch loses its SAs":
                     "no packet passes within 15m; keepalives at both ends are what notices the loss"}),
    "a backup": (replace(GOOD, backup={"branch": None}), {"recovers when branch loses its first interface":
                 "no packet passes within 15m; its second address needs a route, a crypto map and IKE there, and a "
                 "tunnel-group at the other end"}),
    "a takeover": (replace(GOOD, takeover={"hq2": None}), {"takes over when hq2 is gone":
                   "no packet passes within 15m; an end that asks several peers needs keepalives to leave one, and a "
                   "tunnel-group for each"}),
    "a slow recovery": (replace(GOOD, incident={"hq": 400.0, "branch": 18.0}), {"recovers when hq loses its SAs":
                        "packets pass again in 6m 40s; at most 5m is allowed; "
                        "keepalives at both ends are what notices the loss"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_fails_and_why(case: str) -> None:
    after, expected = CASES[case]
    assert failing(tried(after)) == expected


ENDED = {
    "route": ("", "both phases come up, and packets from branch are dropped at hq: no route to 192.168.1.10"),
    "back": ("outside", "both phases come up, and packets from branch are dropped at hq: no route to 192.168.1.10 but "
             "by outside, where they come from"),
    "access list": ("access-group OUT in interface outside", "both phases come up, and packets from branch are dropped "
                    "at hq: its access list refuses them (access-group OUT in interface outside)"),
    "vpn-filter": ("", "both phases come up, and packets from branch are dropped at hq: its vpn-filter refuses them"),
    "translation": ("nat (inside,outside) source dynamic any interface", "both phases come up, and packets from branch "
                    "are lost at hq: its address translation takes them (nat (inside,outside) source dynamic any "
                    "interface)"),
    "clear": ("outside", "both phases come up, and packets from branch are lost at hq: its route to 192.168.1.10 leads "
              "out by outside, in clear"),
    "sa": ("", "both phases come up, and packets from branch wait at hq for another SA: an earlier entry or another "
           "line of its crypto map takes them"),
    "between": ("", "both phases come up, and packets are lost: access lists, address translation or routes are in "
                "their way"),
}  # fmt: skip


@pytest.mark.parametrize("step", ENDED)
def test_where_packets_end_and_why(step: str) -> None:
    detail, why = ENDED[step]
    lost = Lost("branch", "hq", step, "192.168.1.10", detail)
    attempt = Attempt(False, None, "MM_ACTIVE", True, ("said",), True, lost)
    found = tried(replace(GOOD, up={"hq": attempt, "branch": UP}))
    assert failing(found) == {HANGS: why}
    assert every(found)[0].evidence == ()


def test_packets_that_end_before_anything_is_negotiated() -> None:
    attempt = Attempt(False, log=("said",), lost=Lost("hq", "hq", "route", "192.168.2.10"))
    found = tried(replace(GOOD, up={"hq": attempt, "branch": UP}))
    assert failing(found) == {HANGS: "packets from hq are dropped at hq: no route to 192.168.2.10"}
    leaves = replace(attempt, lost=Lost("hq", "hq", "clear", "192.168.2.10", "dmz"))
    found = tried(replace(GOOD, up={"hq": leaves, "branch": UP}))
    why = "packets from hq are lost at hq: they leave by dmz in clear, and no crypto map there is for them"
    assert failing(found) == {HANGS: why}
    waits = replace(attempt, lost=Lost("hq", "hq", "sa", "192.168.2.10"))
    found = tried(replace(GOOD, up={"hq": waits, "branch": UP}))
    assert failing(found) == {HANGS: "nothing was negotiated"}
    assert every(found)[0].evidence == ("said",)


def test_the_devices_own_lines_are_the_evidence() -> None:
    assert every(tried(DOWN))[0].evidence == (REFUSED,)
    assert now(tried(DOWN), every(tried(DOWN))) == "does not come up"


def test_an_outage_while_it_is_changed() -> None:
    long = tried(GOOD, outage=Outage(45.0, "hq: no crypto map M interface outside", True, 600))
    assert failing(long) == {
        "stays up while it is changed":
        "45s, after 'hq: no crypto map M interface outside'; at most 30s is allowed"
    }  # fmt: skip
    assert failing(long, Settings(max_outage=45)) == {}
    down = tried(GOOD, outage=Outage(600.0, "", False, 600))
    assert failing(down) == {"stays up while it is changed": "down at the end, for 10m; at most 30s is allowed"}


def test_what_failed_before_fails_unless_that_is_accepted() -> None:
    both = tried(NEVER, NEVER)
    assert list(failing(both).values()) == [
        "no packet passes within 15m; keepalives at both ends are what notices the loss (as before)"
    ]
    accepted = every(both, Settings(accept_as_before=True))
    assert {each.result for each in accepted} == {Result.PASS, Result.AS_BEFORE}
    # What is worse than before is not accepted by that.
    assert failing(tried(NEVER), Settings(accept_as_before=True)) != {}


def test_an_end_that_never_began_need_not() -> None:
    one_way = replace(GOOD, up={"hq": UP, "branch": Attempt(False)})
    assert failing(tried(one_way, one_way)) == {}
    assert failing(tried(one_way)) == {"comes up from branch": "nothing was negotiated"}
    # A hub that never could is not what broke where its spoke cannot begin any more, either.
    assert [title for title in failing(tried(DOWN, one_way)) if "comes up" in title] == ["comes up from hq"]


def test_what_was_down_and_is() -> None:
    (only,) = every(tried(DOWN, DOWN))
    assert (only.result, only.why) == (Result.AS_BEFORE, "it did not come up before, either")
    assert was(tried(DOWN, DOWN)) == "down"


def test_a_declared_end_with_which_nothing_ever_came_up_is_no_witness() -> None:
    (only,) = checks(tried(DOWN, DOWN), "hq-branch", STANDARD, frozenset({"branch"}))
    assert (only.result, only.why, only.evidence) == (
        Result.FAIL,
        "it did not come up before, either, with what branch is declared to be: one of both is wrong, and then nothing "
        "is tried",
        (REFUSED,),
    )
    accepted = Settings(accept_as_before=True)
    assert [each.result for each in checks(tried(DOWN, DOWN), "hq-branch", accepted, frozenset({"branch"}))] == [
        Result.AS_BEFORE
    ]
    assert [each.result for each in checks(tried(DOWN, DOWN), "hq-branch", STANDARD, frozenset({"lyon"}))] == [
        Result.AS_BEFORE
    ]


def test_a_new_tunnel_must_work() -> None:
    assert failing(tried(GOOD, None)) == {}
    assert was(tried(GOOD, None)) == "not there"
    assert set(failing(tried(DOWN, None))) == {"comes up from hq", "comes up from branch"}


@pytest.mark.parametrize("removed", ["branch", "hq-branch", "branch-hq"])
def test_a_tunnel_that_is_gone(removed: str) -> None:
    gone = tried(None)
    assert failing(gone) == {
        "is still there":
        "no end protects 192.168.1.0/24 to 192.168.2.0/24 any more; if that is meant, name it as removed"
    }  # fmt: skip
    assert now(gone, every(gone)) == "gone"
    wanted = every(gone, Settings(removed=(removed,)))
    assert [(each.result, each.after) for each in wanted] == [(Result.PASS, "removed on purpose")]
    assert now(gone, wanted) == "removed on purpose"


def test_keys_that_nobody_showed() -> None:
    hidden = tried(replace(GOOD, hidden_key=True))
    why = "an end shows its key masked or encrypted, so a stand-in was used at both"
    assert [(each.result, each.why) for each in every(hidden) if each.id == "key"] == [(Result.UNVERIFIABLE, why)]
    assert failing(hidden, Settings(require_keys=True)) == {"both ends hold one key": why}


def test_rekeys_that_were_not_seen_are_no_pass() -> None:
    (found,) = [each for each in every(tried(replace(GOOD, rekeys=Rekeys(120.0, 0, 9, 0.0)))) if each.id == "rekey"]
    assert (found.result, found.why) == (
        Result.UNVERIFIABLE, "0 of phase 1 and 9 of phase 2 were seen in 120 h",
    )  # fmt: skip


def test_an_attempt_of_one_end_alone_is_told_by_that_end() -> None:
    found = tried(replace(GOOD, up={"hq": UP, "branch": PHASE1}))
    assert now(found, every(found)) == "does not come up from branch"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"schema": 9}, "its schema is 9, and this tunnelmend reads 1"),
        ({"schema": 1}, "something is missing in it: 'problems'"),
    ],
)
def test_a_document_of_another_kind(document: dict[str, object], message: str) -> None:
    with pytest.raises(TrialError) as refused:
        read_trial(document)
    assert str(refused.value) == message
