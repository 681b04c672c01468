# SPDX-License-Identifier: GPL-3.0-or-later
"""The transforms of both ends, aligned in two phases: at every moment the lists have one in common."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening import Hardened, Hardener
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening_settings import of_step, settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, CryptoMapEntry, End, Tunnel, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import IpsecProposal, TransformSet
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import RefusedError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._suites import algorithms, proposals_meet
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._transforms import wanted
from tests import build
from tests.hardening_scene import BRANCH, ENTRY, WANTED, Edit, Scene, again, harden, replaced, scene
from tests.rails.lifts import LIFTS

SETS = f"{ENTRY} set transform-set"
OLD = "crypto ipsec transform-set AES256-SHA esp-aes-256 esp-sha-hmac\n"
WEAK = "crypto ipsec transform-set OLD esp-3des esp-md5-hmac\n"
NEW = "TUNNELMEND-AES256-SHA"
DEFINED = f"crypto ipsec transform-set {NEW} esp-aes-256 esp-sha-hmac"


def offers(*names: str, more: str = "", strong: bool = False) -> Edit:
    """An end that lists these; ``OLD`` is weak, and ``AES256-SHA`` only there when ``strong``."""

    def edit(text: str) -> str:
        text = text.replace(OLD, (OLD if strong else "") + WEAK + more)
        return text.replace(f"{SETS} AES256-SHA\n", f"{SETS} {' '.join(names)}\n")

    return edit


def weak_ends() -> Scene:
    return scene(hq=offers("OLD"), branch=offers("OLD"))


def ends_of(at: Scene) -> tuple[set[frozenset[str]], ...]:
    """What each device offers now, by algorithm, as it would have to be read by anybody."""
    found = []
    for name in at.names:
        lines = at.type(name, "show running-config crypto").splitlines()
        sets = {words[3]: frozenset(words[4:]) for words in map(str.split, lines) if words[2:3] == ["transform-set"]}
        listed = next(line.split()[6:] for line in lines if line.startswith(f"{SETS} "))
        found.append({sets[each] for each in listed})
    return tuple(found)


class Watched(Scene):
    """Looks at both ends after every single line."""

    def type(self, name: str, line: str) -> str:
        text = super().type(name, line)
        if not line.startswith("show "):
            self.moments = [*getattr(self, "moments", []), ends_of(self)]
        return text


def watched() -> Watched:
    plain = weak_ends()
    return Watched(plain.lab, plain.names)


def in_common(at: Watched) -> bool:
    return all(one & two for one, two in getattr(at, "moments", []))


# --- two phases ------------------------------------------------------------------------------------------------------


def test_the_strong_is_added_at_both_ends_before_the_weak_is_taken_away_at_either() -> None:
    at = weak_ends()
    hardened = harden(at, "transforms")
    assert at.typed == [
        f"hq: {DEFINED}",
        f"hq: {SETS} {NEW} OLD",
        f"branch: {DEFINED}",
        f"branch: {SETS} {NEW} OLD",
        f"hq: {SETS} {NEW}",
        f"branch: {SETS} {NEW}",
    ]
    change = "esp-3des esp-md5-hmac -> esp-aes-256 esp-sha-hmac"
    assert hardened.text == (
        f"hq-branch: transform list set at hq ({change}) and branch ({change}). NOT SAVED at hq and branch: the next "
        "reload takes it away. To save it, run this again with -e harden_save=true. It counts from the next IPsec SAs "
        "on, which a rekey makes."
    )
    assert (hardened.outcome, hardened.changed, len(hardened.changes)) == ("hardened", True, 2)
    text = again(at, "transforms").text
    assert text.startswith(
        "hq-branch: both ends are set to transform list esp-aes-256 esp-sha-hmac, nothing to change."
    )


def test_what_is_saved_is_what_the_last_phase_left() -> None:
    at = weak_ends()
    assert harden(at, "transforms", save=True).saved == ("hq", "branch")
    assert "and saved, nothing to change." in again(at, "transforms", save=True).text


def test_both_ends_are_read_again_between_the_phases() -> None:
    at = weak_ends()
    harden(at, "transforms")
    story = [getattr(each, "command", "") or getattr(each, "lines", "") for each in at.story]
    last_added, first_taken = story.index((DEFINED, f"{SETS} {NEW} OLD")), story.index((f"{SETS} {NEW}",))
    between = [(each.device, each.command) for each in at.story[last_added:first_taken] if hasattr(each, "command")]
    read = [device for device, command in between if command == "show running-config crypto"]
    assert read[-2:] == ["hq", "branch"]


def test_a_plan_says_both_ends_and_shows_what_the_last_phase_leaves() -> None:
    at = weak_ends()
    hardened = harden(at, "transforms", check=True)
    assert at.typed == []
    assert hardened.text.startswith("hq-branch: would set transform list at hq (esp-3des esp-md5-hmac -> esp-aes-256")
    assert "interrupts" not in hardened.text
    assert hardened.changes[0].diff == {
        "before_header": "hq",
        "after_header": "hq",
        "before": f"{SETS} OLD\n",
        "after": f"{DEFINED}\n{SETS} {NEW}\n",
    }


def test_what_will_be_typed_is_known_in_the_order_of_the_phases() -> None:
    at = weak_ends()
    hardener = Hardener(at.tunnel(), settings(["transforms"], WANTED), clock=lambda: 0.0)
    added, taken = f"{DEFINED} / {SETS} {NEW} OLD", f"{SETS} {NEW}"
    assert hardener.foreseen == [("hq", added), ("branch", added), ("hq", taken), ("branch", taken)]


# --- what is chosen --------------------------------------------------------------------------------------------------


def test_one_that_both_have_is_put_first_and_nothing_is_defined() -> None:
    at = scene(hq=offers("OLD", "AES256-SHA", strong=True), branch=offers("AES256-SHA", "OLD", strong=True))
    harden(at, "transforms")
    assert at.typed == [f"hq: {SETS} AES256-SHA OLD", f"hq: {SETS} AES256-SHA", f"branch: {SETS} AES256-SHA"]
    again(at, "transforms")


def test_a_definition_of_this_content_is_used_by_its_name() -> None:
    at = scene(hq=offers("OLD", strong=True), branch=offers("OLD"))
    harden(at, "transforms")
    assert at.typed[0] == f"hq: {SETS} AES256-SHA OLD"
    assert at.typed[1:3] == [f"branch: {DEFINED}", f"branch: {SETS} {NEW} OLD"]
    again(at, "transforms")


def test_a_name_that_has_another_content_is_left_alone() -> None:
    taken = f"crypto ipsec transform-set {NEW} esp-3des esp-sha-hmac\n"
    at = scene(hq=offers("OLD", more=taken), branch=offers("OLD"))
    harden(at, "transforms")
    assert at.typed[:2] == [
        f"hq: crypto ipsec transform-set {NEW}-2 esp-aes-256 esp-sha-hmac",
        f"hq: {SETS} {NEW}-2 OLD",
    ]
    assert taken.strip() in at.shows("hq")
    again(at, "transforms")


def test_a_strong_one_that_one_end_has_alone_stays_in_its_place() -> None:
    more = "crypto ipsec transform-set AES esp-aes esp-sha-hmac\n"
    at = scene(hq=offers("AES", "OLD", more=more), branch=offers("OLD"))
    harden(at, "transforms")
    assert at.typed[1] == f"hq: {SETS} {NEW} AES OLD"
    assert f"hq: {SETS} {NEW} AES" in at.typed
    again(at, "transforms")


def test_an_end_without_any_in_common_gets_one_and_keeps_its_own_until_then() -> None:
    at = scene(branch=offers("OLD"))
    harden(at, "transforms")
    assert at.typed == [f"branch: {DEFINED}", f"branch: {SETS} {NEW} OLD", f"branch: {SETS} {NEW}"]


def test_strong_lists_are_left_alone_and_other_strong_ones_too() -> None:
    assert again(scene(), "transforms").changes[0].after == "esp-aes-256 esp-sha-hmac"
    assert again(scene("modern-9x"), "transforms").outcome == "no_change"


# --- IKEv2 -----------------------------------------------------------------------------------------------------------

PROPOSE = f"{ENTRY} set ikev2 ipsec-proposal"


def proposes(text: str) -> str:
    made = "crypto ipsec ikev2 ipsec-proposal P\n protocol esp encryption aes-256 aes\n protocol esp integrity sha-1\n"
    text = text.replace("crypto ipsec security-association", f"{made}crypto ipsec security-association", 1)
    return text.replace(f"{ENTRY} set ikev1", f"{PROPOSE} P\n{ENTRY} set ikev1")


def test_a_proposal_of_ikev2_is_made_beside_the_transform_sets() -> None:
    at = scene("modern-9x", east=proposes, west=proposes)
    before = at.state
    hardened = harden(at, "transforms")
    name = "TUNNELMEND-AES256-SHA256"
    one = [
        f"crypto ipsec ikev2 ipsec-proposal {name}",
        "protocol esp encryption aes-256",
        "protocol esp integrity sha-256",
        f"{PROPOSE} {name} P",
    ]
    assert at.typed == [
        *(f"east: {line}" for line in one),
        *(f"west: {line}" for line in one),
        f"east: {PROPOSE} {name}",
        f"west: {PROPOSE} {name}",
    ]
    assert hardened.outcome == "hardened"
    again(at, "transforms")
    at = scene("modern-9x", east=proposes, west=proposes)
    at.refuses = {"west": (f"{PROPOSE} {name}",)}
    assert harden(at, "transforms").outcome == "failed"
    assert at.state == before


NOW = Version(9, 16, 4)


def of(*proposals: IpsecProposal, release: Version = NOW) -> tuple[End, Config, CryptoMapEntry]:
    named = {each.name: each for each in proposals}
    config = replace(build.hq_config(), ipsec_proposals=named)
    end = build.tunnel(build.hq(build.at_hq(), config=config), build.branch(build.at_branch())).ends[0]
    assert end.map_entry is not None
    entry = replace(end.map_entry, transform_sets=(), ikev2_proposals=tuple(named))
    return replace(end, device=replace(end.device, version=release), map_entry=entry), config, entry


def proposal(encryption: str, integrity: str, name: str = "P") -> IpsecProposal:
    return IpsecProposal(name, tuple(encryption.split()), tuple(integrity.split()))


@pytest.mark.parametrize(
    ("encryption", "integrity", "release", "new"),
    [
        ("aes-256", "sha-1", Version(9, 16), "TUNNELMEND-AES256-SHA256"),
        ("aes-256", "sha-1", Version(9, 2), None),
        ("3des", "sha-1", Version(9, 2), "TUNNELMEND-AES256-SHA"),
        ("aes-256 3des", "sha-256", Version(9, 8), "TUNNELMEND-AES256-SHA256"),
        ("aes-256", "md5", Version(9, 8), "TUNNELMEND-AES256-SHA256"),
        ("aes-256", "null", Version(9, 8), "TUNNELMEND-AES256-SHA256"),
        ("aes-gmac-256", "null", Version(9, 8), "TUNNELMEND-AES256-SHA256"),
        ("aes-gcm-256", "null", Version(9, 8), None),
        ("aes", "sha-256", Version(9, 8), None),
    ],
)
def test_what_is_weak_depends_on_what_both_releases_have(
    encryption: str, integrity: str, release: Version, new: str | None
) -> None:
    ends = of(proposal(encryption, integrity), release=release), of(proposal(encryption, integrity))
    both = wanted(2, *ends)
    assert (both and both[0].new and both[0].new.name) == new
    if both is not None:
        assert (both[0].added, both[0].left) == ((new, "P"), (new,))


def test_of_those_that_both_have_the_longest_key_is_chosen() -> None:
    weak = proposal("3des", "sha-1", "W")
    short, long = proposal("aes", "sha-256", "A"), proposal("aes-256", "sha-256", "B")
    both = wanted(2, of(weak, short, long), of(short, long))
    assert both is not None
    assert [each.left for each in both] == [("B", "A"), ("B", "A")]
    assert [each.new for each in both] == [None, None]


# --- every failure ---------------------------------------------------------------------------------------------------


@cache
def audited() -> Tunnel:
    return weak_ends().tunnel()


@cache
def all_made() -> tuple[str, ...]:
    at = weak_ends()
    harden(at, "transforms", tunnel=audited())
    return at.state


def requests() -> int:
    at = weak_ends()
    harden(at, "transforms", tunnel=audited(), save=True)
    return len(at.story)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 1 + requests()))
def test_a_loss_at_any_request_leaves_all_or_nothing_and_always_one_in_common(number: int, after: bool) -> None:
    at = watched()
    before = at.state
    hardened = harden(at, "transforms", tunnel=audited(), save=True, lost_at=number, lost_after=after)
    assert in_common(at)
    if hardened.outcome in ("hardened", "not_saved"):
        assert at.state == all_made()
    else:
        assert at.state == before, hardened.text
        assert (hardened.changed, "COULD NOT" in hardened.text) == (False, False)


def lines() -> list[tuple[str, str]]:
    at = weak_ends()
    harden(at, "transforms", tunnel=audited())
    return [(name, line) for name, _, line in (typed.partition(": ") for typed in at.typed)]


@pytest.mark.parametrize(("name", "line"), lines())
def test_a_line_that_is_refused_takes_all_back_and_there_is_always_one_in_common(name: str, line: str) -> None:
    at = watched()
    before = at.state
    at.refuses = {name: (line,)}
    hardened = harden(at, "transforms", tunnel=audited())
    assert in_common(at)
    assert (hardened.outcome, at.state) == ("failed", before), hardened.text
    assert hardened.text == (
        f"{name}: the device refused {line!r}: Command authorization failed. "
        "hq is as it was (esp-3des esp-md5-hmac)"
        + ("; branch is as it was (esp-3des esp-md5-hmac)." if lines().index((name, line)) > 1 else ".")
    )


def gone_from(at: Scene, device: str, line: str, **options: Any) -> Hardened:
    """From this line on the device takes nothing any more: it is done, and then every line is refused."""
    real = at.configure

    def configure(name: str, typed: Any) -> Any:
        answer = real(name, typed)
        if name == device and line in typed:
            at.refuses = {device: tuple(each for each in (*typed, f"{SETS} {NEW} OLD", f"{SETS} OLD"))}
            return replace(answer, refused=line, reason="the device went silent")
        return answer

    at.configure = configure  # type: ignore[method-assign]
    return harden(at, "transforms", tunnel=audited(), **options)


@pytest.mark.parametrize("device", ["hq", "branch"])
def test_where_the_old_cannot_be_given_back_the_new_stays_at_the_other_end(device: str) -> None:
    """Otherwise one end would have the new alone, and the other the old alone."""
    at = watched()
    other = "branch" if device == "hq" else "hq"
    hardened = gone_from(at, device, f"{SETS} {NEW}")
    assert in_common(at)
    assert (hardened.outcome, hardened.changed) == ("failed", True)
    both = "esp-aes-256 esp-sha-hmac, esp-3des esp-md5-hmac"
    stuck = (
        f"{device} COULD NOT BE SET BACK ({device}: the device refused '{SETS} {NEW} OLD': Command authorization "
        f"failed): look at 'show running-config crypto map | include outside_map 10' there; it had transform list "
        f"{both}, which is set by '{SETS} {NEW} OLD'"
    )
    kept = (
        f"{other} keeps transform list {both}, so that the ends have one in common; when both have the old again, "
        f"'{SETS} OLD / no {DEFINED}' takes the new away"
    )
    said = "; ".join([stuck, kept] if device == "hq" else [kept, stuck])
    assert hardened.text == f"{device}: the device refused '{SETS} {NEW}': the device went silent. {said}."


def test_an_end_that_somebody_else_changes_between_the_phases_loses_nothing_at_the_other() -> None:
    at = watched()
    real = at.configure

    def configure(name: str, typed: Any) -> Any:
        answer = real(name, typed)
        if name == "branch" and DEFINED in typed:
            for line in ("configure terminal", f"{SETS} OLD", "end"):
                at.type("hq", line)
        return answer

    at.configure = configure  # type: ignore[method-assign]
    hardened = harden(at, "transforms", tunnel=audited())
    assert in_common(at)
    assert hardened.text.startswith("hq: before the old is taken away it shows esp-3des esp-md5-hmac. hq is as it was")
    assert not any(line.endswith(f"{SETS} {NEW}") for line in at.typed)


# --- what is refused -------------------------------------------------------------------------------------------------


def refusal(*ends: End) -> tuple[str, str]:
    with pytest.raises(RefusedError) as refused:
        Hardener(replace(audited(), ends=ends), settings(["transforms"], WANTED), lambda: 0.0)
    return refused.value.gate, str(refused.value)


def with_sets(end: End, *sets: TransformSet) -> End:
    assert end.device.config is not None
    assert end.map_entry is not None
    config = replace(end.device.config, transform_sets={each.name: each for each in sets})
    entry = replace(end.map_entry, transform_sets=tuple(each.name for each in sets))
    return replace(end, device=replace(end.device, config=config), map_entry=entry)


def test_what_cannot_be_judged_or_typed_is_refused() -> None:
    hq, branch = audited().ends
    by_hand = LIFTS["transforms"]
    weak = TransformSet("OLD", ("esp-3des", "esp-md5-hmac"))
    assert refusal(replace(hq, device=replace(hq.device, version=None)), branch) == (
        "transforms",
        f"hq-branch: the release of hq was not read, and it decides what may be typed there. {by_hand}",
    )
    assert refusal(hq, with_sets(branch, replace(weak, mode="transport"))) == (
        "transforms",
        "hq-branch: OLD of branch is in transport mode, and both ends must have the same mode. " + by_hand,
    )
    many = [replace(weak, name=f"OLD{number}") for number in range(6)]
    assert refusal(with_sets(hq, *many), branch) == (
        "transforms",
        f"hq-branch: the list of hq is full: it may name 6. {by_hand}",
    )
    assert branch.device.config is not None
    unread = replace(branch.device, config=replace(branch.device.config, transform_sets={}))
    assert refusal(hq, replace(branch, device=unread)) == (
        "transforms",
        f"hq-branch: branch showed no whole definition of OLD, which its entry names. {by_hand}",
    )


def test_a_virtual_interface_is_left_to_a_person() -> None:
    hq, branch = audited().ends
    assert hq.map_entry is not None
    virtual = replace(hq.map_entry, tunnel_interface="Tunnel1", profile="P")
    gate, text = refusal(replace(hq, map_entry=virtual), branch)
    assert (gate, text) == (
        "transforms",
        "hq-branch: Tunnel1 of hq takes its transforms from an ipsec profile, which holds no list to add to. "
        + LIFTS["transforms"],
    )


def test_an_entry_with_other_peers_needs_leave_once() -> None:
    at = scene(
        hq=offers("OLD"),
        branch=lambda text: replaced(f"set peer {BRANCH}", f"set peer {BRANCH} 192.0.2.77")(offers("OLD")(text)),
    )
    assert harden(at, "transforms").outcome == "aborted_gate:shared"
    planned = harden(at, "transforms", shared=True, check=True)
    assert planned.text.count("OTHER TUNNELS CHANGE TOO") == 1
    assert harden(at, "transforms", shared=True).outcome == "hardened"


def test_the_rules_name_the_step() -> None:
    assert of_step("align_transforms") == "transforms"
    assert algorithms(TransformSet("A", ("esp-aes-128", "esp-sha-hmac"))) == {"esp-aes", "esp-sha-hmac"}
    assert proposals_meet(proposal("aes-256", "sha-256"), proposal("aes-256 aes", "sha-256 sha-1"))
