# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator reads while a tunnel is changed: every line in full."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import telling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.conditions import conditions
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Condition
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Ask, Configure, Note
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.telling import Line, Telling
from tests.reporters import samples

CLEAR = "clear crypto ipsec sa peer 203.0.113.1"


def texts(lines: Iterable[Line | telling.Tick]) -> list[str]:
    return [each.line.text if isinstance(each, telling.Tick) else each.text for each in lines]


def test_a_mending_from_the_first_clear_to_the_proof() -> None:
    told = Telling(width=6)
    ping = Ask("hq", "ping inside 192.168.2.1")
    lines = texts(told.noted(Note("clear", "hq", CLEAR), 100.0))
    lines += texts(told.noted(Note("cleared", "hq", CLEAR), 100.2))
    lines += texts(told.noted(Note("clear", "branch", "clear crypto ipsec sa peer 198.51.100.1"), 100.9))
    lines += texts(told.noted(Note("cleared", "branch", "clear crypto ipsec sa peer 198.51.100.1"), 101.0))
    lines += texts(told.pause(3, "letting the clears take effect"))
    told.asked(ping, 104.0)
    lines += texts(told.answered(ping, Answer(ping.command, "!!!!!")))
    lines += texts(told.noted(Note("proven", text="IKE up at both ends: hq MM_ACTIVE, branch MM_ACTIVE"), 106.0))
    lines += texts(told.noted(Note("not_yet", text="no SA has come up yet"), 107.0))
    lines += texts(told.pause(12, "between the two readings of the proof"))
    assert lines == [
        "DOING    seconds since the first command that changes something",
        "    +0.0 s  hq      clear crypto ipsec sa peer 203.0.113.1 ...",
        "    +0.0 s  hq      clear crypto ipsec sa peer 203.0.113.1  done",
        "    +0.9 s  branch  clear crypto ipsec sa peer 198.51.100.1 ...",
        "    +0.9 s  branch  clear crypto ipsec sa peer 198.51.100.1  done",
        "PROOF",
        "  waiting 3 s: letting the clears take effect",
        "    +4.0 s  hq      ping inside 192.168.2.1  done",
        "    +6.0 s  yes: IKE up at both ends: hq MM_ACTIVE, branch MM_ACTIVE",
        "    +7.0 s  not yet: no SA has come up yet",
        "  waiting 12 s: between the two readings of the proof",
        "  still waiting 7 s: between the two readings of the proof",
        "  still waiting 2 s: between the two readings of the proof",
    ]


def test_what_went_wrong_is_told_beside_its_command() -> None:
    told = Telling(width=2)
    list(told.noted(Note("clear", "hq", CLEAR), 5.0))
    failed = list(told.noted(Note("clear_failed", "hq", CLEAR, "hq refused it: ERROR."), 5.3))
    assert failed[0] == Line(f"    +0.0 s  hq  {CLEAR}  hq refused it: ERROR.", "bad")
    ping = Ask("hq", "ping inside 192.168.2.1")
    told.asked(ping, 7.0)
    lost = list(told.answered(ping, None, "hq: the device closed the connection"))
    assert lost == [Line("    +2.0 s  hq  ping inside 192.168.2.1  hq: the device closed the connection", "bad")]
    refused = list(told.answered(ping, Answer(ping.command, "ERROR: % Invalid input detected at '^' marker.\n")))
    assert [each.tone for each in refused] == ["bad"]


def test_what_is_said_again_is_said_shorter() -> None:
    told = Telling(width=2)
    list(told.noted(Note("clear", "hq", CLEAR), 0.0))
    ping = Ask("hq", "ping inside 192.168.2.1")
    lines: list[str] = []
    for moment in (3.0, 4.0, 15.0):
        told.asked(ping, moment)
        lines += texts(
            told.answered(ping, Answer(ping.command, "!!!!!") if moment < 15 else None, "" if moment < 15 else "lost")
        )
        lines += texts(told.noted(Note("not_yet", text="no SA has come up yet"), moment + 0.5))
    assert lines == [
        "    +3.0 s  hq  ping inside 192.168.2.1  done",
        "PROOF",
        "    +3.5 s  not yet: no SA has come up yet",
        "    +4.5 s  not yet: as before",
        "   +15.0 s  hq  ping inside 192.168.2.1  lost",
        "   +15.5 s  not yet: as before",
    ]


def test_a_clear_that_cuts_its_own_way_is_told_as_sent() -> None:
    told = Telling(width=2)
    list(told.noted(Note("clear", "hq", CLEAR), 0.0))
    assert texts(told.noted(Note("sent", "hq", CLEAR, "its answer is not waited for"), 1.0)) == [
        f"    +0.0 s  hq  {CLEAR}  sent; its answer is not waited for"
    ]


@pytest.mark.parametrize("command", [CLEAR, "vpn-sessiondb logoff ipaddress 203.0.113.1 noconfirm"])
def test_whatever_takes_sas_down_is_told_once(command: str) -> None:
    told = Telling(width=2)
    clear = Ask("hq", command)
    lines = texts(told.noted(Note("clear", "hq", command), 5.0))
    told.asked(clear, 5.0)
    lines += texts(told.answered(clear, Answer(command, "")))
    lines += texts(told.noted(Note("cleared", "hq", command), 5.3))
    assert lines == [
        "DOING    seconds since the first command that changes something",
        f"    +0.0 s  hq  {command} ...",
        f"    +0.0 s  hq  {command}  done",
    ]


def test_show_commands_are_not_told_and_start_no_count() -> None:
    told = Telling()
    told.asked(Ask("hq", "show version"), 1.0)
    assert list(told.answered(Ask("hq", "show version"), Answer("show version", "x"))) == []
    assert texts(told.noted(Note("armed", "hq", text="ready"), 1.0)) == [
        "DOING    seconds since the first command that changes something",
        "            armed hq: ready",
    ]


def test_a_hardening_is_told_line_by_line_too() -> None:
    told = Telling(width=2)
    request = Configure("hq", ("tunnel-group 203.0.113.1 ipsec-attributes", " isakmp keepalive threshold 10 retry 2"))
    words = "tunnel-group 203.0.113.1 ipsec-attributes / isakmp keepalive threshold 10 retry 2"
    lines = texts(told.noted(Note("configure", "hq", words), 50.0))
    told.asked(request, 50.0)
    lines += texts(told.answered(request, ConfigAnswer(())))
    lines += texts(told.noted(Note("configured", "hq", text="threshold 10 retry 2"), 51.0))
    lines += texts(told.noted(Note("saved", "hq"), 52.0))
    assert lines == [
        "DOING    seconds since the first command that changes something",
        f"    +0.0 s  hq  {words} ...",
        f"    +0.0 s  hq  {words}  done",
        "    +1.0 s  yes: hq: threshold 10 retry 2",
        "    +2.0 s  yes: hq: saved",
    ]


@pytest.mark.parametrize(
    ("seconds", "every", "pieces"),
    [
        (3, 5, [3]),
        (12, 5, [5, 5, 2]),
        (15, 15, [15]),
        (40, 15, [15, 15, 10]),
        (100, 5, [30, 30, 30, 10]),
        (2.5, 5, [2.5]),
        (0, 5, []),
    ],
)
def test_a_wait_is_told_piece_by_piece_and_lasts_as_long_as_it_should(
    seconds: float, every: float, pieces: list[float]
) -> None:
    ticks = list(telling.waiting(seconds, "the soak", every))
    assert [tick.seconds for tick in ticks] == pieces
    assert sum(pieces) == seconds
    if ticks:
        assert ticks[0].line.text == f"  waiting {seconds:g} s: the soak"
        assert all(tick.line.text.startswith("  still waiting ") for tick in ticks[1:])


def test_what_lies_beyond_a_wait_comes_nearer_in_each_piece() -> None:
    ticks = [*telling.waiting(60, "it works; looking once more in", 5, 150)]
    ticks += telling.waiting(30, "it works; looking once more in", 15, 30)
    assert [(tick.line.text, tick.seconds) for tick in ticks] == [
        ("  it works; looking once more in 2m 30s", 30),
        ("  it works; looking once more in 2m", 30),
        ("  it works; looking once more in 30s", 15),
        ("  it works; looking once more in 15s", 15),
    ]


def test_a_plan_is_folded_under_where_its_words_began() -> None:
    lines = (
        "Cause      hq still uses the SA that branch has replaced",
        "To stop    Ctrl-C: before the first clear nothing has changed",
        "1. hq       clear",
        "short",
    )
    assert list(telling.folded(lines, 40)) == [
        "Cause      hq still uses the SA that",
        "           branch has replaced",
        "To stop    Ctrl-C: before the first",
        "           clear nothing has changed",
        "1. hq       clear",
        "short",
    ]


def test_the_end_of_the_screen_has_the_proof_and_the_next_step() -> None:
    found = (
        Condition("IKE up at both ends", True, "hq MM_ACTIVE"),
        Condition("counting both ways", None, "one reading"),
    )
    assert list(telling.ending(found, ["audit again"])) == [
        Line("PROOF    what the last two readings show", "part"),
        Line("  yes  IKE up at both ends  hq MM_ACTIVE", "good"),
        Line("  ?    counting both ways   one reading", "warn"),
        Line("NEXT", "part"),
        Line("  audit again"),
    ]


# --- the conditions --------------------------------------------------------------------------------------------------


def test_the_conditions_of_a_healed_tunnel_with_their_values() -> None:
    after = samples.tunnel(samples.MATCH, (5, 5), (5, 5))
    assert conditions(after, samples.planned()) == (
        Condition("IKE up at both ends", True, "hq MM_ACTIVE, branch MM_ACTIVE"),
        Condition("SPIs new at both ends", True, "hq 0x5D00A911, branch 0x1C7F22E0"),
        Condition("mirrored in two readings", True, "1 pair of networks"),
        Condition("counting both ways", True, "hq sent 5, hq received 5, branch sent 5, branch received 5"),
    )


def test_the_conditions_of_a_tunnel_that_is_as_it_was() -> None:
    assert conditions(samples.tunnel(), samples.planned()) == (
        Condition("IKE up at both ends", True, "hq MM_ACTIVE, branch MM_ACTIVE"),
        Condition(
            "SPIs new at both ends",
            False,
            "hq still holds 0x4E1F3B77, 0xA2280726, branch still holds 0x0D5C91AA, 0x91B6F0C4",
        ),
        Condition("mirrored in two readings", False, "1 of 1 pair of networks do not: 10.1.0.0/24 <-> 10.2.0.0/24"),
        Condition("counting both ways", False, "hq sent 12, hq received 0, branch sent 9, branch received 0"),
    )


def test_what_was_not_read_is_neither_yes_nor_no() -> None:
    whole = samples.tunnel(samples.MATCH)
    blind = replace(whole.ends[1], first=None, second=None, first_ike=None, second_ike=None)
    assert conditions(replace(whole, ends=(whole.ends[0], blind)), samples.planned()) == (
        Condition("IKE up at both ends", None, "hq MM_ACTIVE, branch not read"),
        Condition("SPIs new at both ends", None, "hq 0x5D00A911, branch not read"),
        Condition("mirrored in two readings", None, "the SAs of branch were not read"),
        Condition(
            "counting both ways", False, "hq sent 12, hq received 0, branch sent not known, branch received not known"
        ),
    )


def test_the_conditions_of_one_end_name_no_other() -> None:
    whole = samples.tunnel(samples.MATCH, (5, 5), (5, 5))
    alone = replace(whole, ends=whole.ends[:1], missing="203.0.113.1 was not read: judged from hq's end alone")
    assert conditions(alone, samples.planned())[:3] == (
        Condition("IKE up at hq", True, "hq MM_ACTIVE"),
        Condition("SPIs new at hq", True, "hq 0x5D00A911"),
        Condition("mirrored in two readings", None, "203.0.113.1 was not read: judged from hq's end alone"),
    )


# --- what to do next -------------------------------------------------------------------------------------------------


def steps(outcome: str, text: str = "", cleared: bool = True) -> tuple[str, ...]:
    return telling.next_steps(outcome, text, "hq-branch", "/srv/reports/R1", cleared)


SUPPORT = (
    "do not reload a device yet: a reload destroys what Cisco's support needs, and so does every further clear",
    "send them the whole of /srv/reports/R1: tar -czf case.tgz -C /srv/reports R1",
    "its evidence/manifest.json lists what was read from each device, when, and the sha256 of each file",
)


def test_a_tunnel_that_did_not_heal_says_what_a_reload_destroys_and_what_to_send() -> None:
    last = "a second clear will not do what this one did not: read the findings of report.html first"
    assert steps("not_healed") == steps("no_change") == (*SUPPORT, last)


def test_a_clear_that_is_in_doubt_is_followed_by_an_audit() -> None:
    text = "hq-branch is not healed after 60 s. Both ends hold the SAs of before: no clear had an effect."
    assert (
        steps("half_cleared")
        == steps("no_change", text)
        == (
            "audit before anything else: ansible-playbook playbooks/audit.yml",
            "only if it is still broken then, plan again: ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch "
            "--check",
            "what was read and sent is kept in /srv/reports/R1",
        )
    )


@pytest.mark.parametrize(
    ("outcome", "text", "words"),
    [
        (
            "planned",
            "",
            "nothing was sent; to carry it out, with every other -e of this run: ansible-playbook "
            "playbooks/remediate.yml -e tunnel=hq-branch -e confirm=hq-branch",
        ),
        (
            "aborted_gate:confirmation",
            "nobody confirmed",
            "ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch -e confirm=hq-branch",
        ),
        (
            "aborted_gate:changed",
            "x",
            "wait two minutes, then plan again: ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch --check",
        ),
        (
            "aborted_gate:in-band",
            "hq is reached at 10.1.0.1, which lies in 10.1.0.0/24. Give it an address outside the tunnel.",
            "Give it an address outside the tunnel.",
        ),
        (
            "aborted_gate:refused",
            "Nothing was cleared. hq refused 'clear'.",
            "See why it was not taken (the device's answer, what this user may type there), and run this again. Then "
            "plan again: ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch --check",
        ),
        ("unfinished", "", "audit before anything else: ansible-playbook playbooks/audit.yml"),
    ],
)
def test_every_other_end_has_one_next_step(outcome: str, text: str, words: str) -> None:
    assert steps(outcome, text) == (words,)


def test_an_end_that_was_not_read_is_reached_first() -> None:
    assert telling.unread_steps("remediate", "hq-branch") == (
        "reach what was not read, then run it again: ansible-playbook playbooks/remediate.yml -e tunnel=hq-branch "
        "--check",
    )


@pytest.mark.parametrize("outcome", ["healed", "hardened"])
def test_where_the_tunnel_says_what_is_next_nothing_is_added(outcome: str) -> None:
    assert steps(outcome) == ()
    assert steps("no_change", cleared=False) == ()


# --- several tunnels -------------------------------------------------------------------------------------------------


def test_the_tally_of_an_incident() -> None:
    ended = {"hq-branch1": "healed", "hq-branch2": "aborted_gate:cool-down", "hq-branch3": "healed"}
    assert telling.tally({}, 7, "hq-branch1") == "0 of 7: nothing yet, next hq-branch1"
    assert telling.tally(ended, 7, "hq-branch4") == "3 of 7: healed 2, refused 1 (cool-down), next hq-branch4"
    assert telling.tally({**ended, "d": "not_healed", "e": "no_change", "f": "half_cleared"}, 6) == (
        "6 of 6: healed 2, left alone 1, refused 1 (cool-down), not healed 1, half cleared 1"
    )


def test_the_table_of_an_incident_begins_with_what_needs_a_person() -> None:
    ended = {
        "hq-b1": ("healed", "hq-b1: new SPIs at both ends"),
        "hq-branch2": ("aborted_gate:cool-down", "cleared 3 minutes ago"),
        "hq-b3": ("no_change", "healthy"),
        "hq-b4": ("not_healed", "no SA has come up yet"),
    }
    assert telling.tally_table(ended) == (
        "hq-branch2  refused cool-down  cleared 3 minutes ago",
        "hq-b4       not healed         no SA has come up yet",
        "hq-b1       healed             hq-b1: new SPIs at both ends",
        "hq-b3       left alone         healthy",
        "4 of 4: healed 1, left alone 1, refused 1 (cool-down), not healed 1",
    )
