# SPDX-License-Identifier: GPL-3.0-or-later
"""A change tried in memory: what is measured of tunnels that survive it, and of those that do not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lab.stored import SITES
from lab.trial import run
from lab.trial.measure import telling
from lab.trial.run import Wish, trial
from lab.trial.stories import batches
from lab.trial.talking import taking_turns
from lab.trial.texts import Text
from lab.trial.tunnel import Tunnel
from lab.trial.world import World
from tests.lab.trying import KEY, Edit, only, other_pfs, texts, tried, without_dpd


def test_a_tunnel_that_survives(tmp_path: Path) -> None:
    def shorter(text: str) -> str:
        entry = "crypto map outside_map 10 set"
        return text.replace(
            f"{entry} pfs group14", f"{entry} pfs group14\n{entry} security-association lifetime seconds 3600"
        )

    tunnel = only(tried(tmp_path, hq=shorter, branch=shorter))
    assert tunnel["ends"] == ["hq", "branch"]
    assert tunnel["networks"] == ["192.168.1.0/24", "192.168.2.0/24"]
    for side in ("before", "after"):
        facts = tunnel[side]
        assert {end: up["came_up"] for end, up in facts["up"].items()} == {"hq": True, "branch": True}
        assert facts["traffic"] == {"hq": True, "branch": True}
        assert facts["rekeys"]["phase1"] >= 2
        assert facts["rekeys"]["longest_loss"] == 0
        assert all(seconds <= 10 for seconds in facts["reboot"].values())
        # Ten seconds of silence, three questions two seconds apart: keepalives at their defaults.
        assert all(10 < seconds <= 30 for seconds in facts["incident"].values())
        assert facts["key"] == "clear"
    assert tunnel["after"]["rekeys"]["phase2"] > 4 * tunnel["before"]["rekeys"]["phase2"]
    assert tunnel["change"] == {"longest_outage": 0, "after": "", "up_at_end": True, "watched": 600}


def test_without_keepalives_at_one_end_the_incident_lasts(tmp_path: Path) -> None:
    tunnel = only(tried(tmp_path, branch=without_dpd))
    assert all(up["came_up"] for up in tunnel["after"]["up"].values())
    assert tunnel["after"]["incident"] == {"hq": None, "branch": None}
    assert set(tunnel["before"]["incident"].values()) != {None}
    assert None not in tunnel["after"]["reboot"].values()


def test_pfs_of_one_end(tmp_path: Path) -> None:
    document = tried(tmp_path, branch=other_pfs)
    up = only(document)["after"]["up"]
    assert {end: (each["came_up"], each["phase1"]) for end, each in up.items()} == {
        "hq": (False, True),
        "branch": (False, True),
    }
    assert any("branch: %ASA-5-713904" in line and "All IPSec SA proposals" in line for line in up["hq"]["log"])
    assert only(document)["after"]["rekeys"] is None
    # What is there goes on until it is rekeyed, which is what makes such a change look harmless.
    assert only(document)["change"]["longest_outage"] == 0
    assert [(each["device"], each["line"]) for each in document["changes"]] == [
        ("branch", "crypto map outside_map 10 set pfs group19")
    ]


def test_packets_that_an_access_list_drops_behind_both_phases(tmp_path: Path) -> None:
    def filtered(text: str) -> str:
        return text.replace("no failover\n", "no failover\nno sysopt connection permit-vpn\n")

    after = only(tried(tmp_path, hq=filtered))["after"]
    assert after["rekeys"]["longest_loss"] == 0
    up = after["up"]
    assert {end: (each["came_up"], each["phase1"], each["phase2"]) for end, each in up.items()} == {
        "hq": (True, True, True), "branch": (False, True, True),
    }  # fmt: skip


def no_default(text: str) -> str:
    """There is a way to the peer, and none to what is behind it."""
    return text.replace("route outside 0.0.0.0 0.0.0.0", "route outside 203.0.113.1 255.255.255.255")


def inside_elsewhere(text: str) -> str:
    """The network that is protected is not where the route leads."""
    return text.replace("ip address 192.168.1.1 255.255.255.0", "ip address 192.168.77.1 255.255.255.0")


def refusing(text: str) -> str:
    return text.replace(
        "\nroute ", "\naccess-list IN extended deny ip any any\naccess-group IN in interface inside\nroute ", 1
    )


def filtering(text: str) -> str:
    return text.replace("no failover\n", "no failover\nno sysopt connection permit-vpn\n")


def turning_round(text: str) -> str:
    """The list of the outside interface is not asked of what came out of a tunnel, wherever it goes then."""
    lines = (
        "same-security-traffic permit intra-interface\naccess-list OUT extended deny ip any any\n"
        "access-group OUT in interface outside\nftp mode passive"
    )
    return inside_elsewhere(text).replace("ftp mode passive", lines)


def translating(text: str) -> str:
    return re.sub(r"\nnat .*\n", "\nnat (inside,outside) source dynamic any interface\n", text)


PAT = "nat (inside,outside) source dynamic any interface"


@pytest.mark.parametrize(
    ("hq", "asked", "lost"),
    [
        (no_default, "hq", ("hq", "hq", "route", "192.168.2.10", "")),
        (inside_elsewhere, "branch", ("branch", "hq", "back", "192.168.1.10", "outside")),
        (turning_round, "branch", ("branch", "hq", "clear", "192.168.1.10", "outside")),
        (turning_round, "hq", ("branch", "hq", "clear", "192.168.1.10", "outside")),
        (
            refusing, "hq",
            ("hq", "hq", "access list", "192.168.2.10",
             "access-group IN in interface inside, access-list IN extended deny ip any any"),
        ),
        (filtering, "branch", ("branch", "hq", "access list", "192.168.1.10", "implicit rule")),
        (translating, "hq", ("hq", "hq", "translation", "192.168.2.10", PAT)),
        (translating, "branch", ("branch", "hq", "translation", "192.168.1.10", PAT)),
    ],
)  # fmt: skip
def test_where_a_packet_ends(tmp_path: Path, hq: Edit, asked: str, lost: tuple[str, ...]) -> None:
    up = only(tried(tmp_path, hq=hq))["after"]["up"][asked]
    assert up["came_up"] is False
    assert tuple(up["lost"].values()) == lost


def test_a_packet_that_waits_for_its_sa(tmp_path: Path) -> None:
    tunnel = only(tried(tmp_path, branch=other_pfs))
    assert [tuple(each["lost"].values()) for each in tunnel["after"]["up"].values()] == [
        ("hq", "hq", "sa", "192.168.2.10", ""),
        ("branch", "branch", "sa", "192.168.1.10", ""),
    ]
    assert [each["lost"] for each in tunnel["before"]["up"].values()] == [None, None]


def over_ikev2(text: str) -> str:
    return (
        text.replace("ikev1 transform-set AES256-SHA esp-aes-256 esp-sha-hmac", IKEV2_PROPOSAL)
        .replace("set ikev1 transform-set AES256-SHA", "set ikev2 ipsec-proposal P")
        .replace("crypto ikev1 enable outside\ncrypto ikev1 policy 10\n authentication pre-share", IKEV2_POLICY)
        .replace(" hash sha\n", " integrity sha256\n prf sha256\n")
        .replace(" lifetime 86400", " lifetime seconds 86400")
        .replace(
            f" ikev1 pre-shared-key {KEY}",
            f" ikev2 local-authentication pre-shared-key {KEY}\n ikev2 remote-authentication pre-shared-key {KEY}",
        )
    )


IKEV2_PROPOSAL = "ikev2 ipsec-proposal P\n protocol esp encryption aes-256\n protocol esp integrity sha-1"
IKEV2_POLICY = "crypto ikev2 enable outside\ncrypto ikev2 policy 10"


@pytest.mark.parametrize(
    ("old", "new", "phase1"),
    [
        (f"local-authentication pre-shared-key {KEY}", "local-authentication pre-shared-key k3y-of-one-end", False),
        (f"remote-authentication pre-shared-key {KEY}", "remote-authentication pre-shared-key k3y-of-one-end", False),
        ("protocol esp encryption aes-256", "protocol esp encryption aes", True),
    ],
)
def test_under_ikev2_phase_1_is_what_both_ends_believe(tmp_path: Path, old: str, new: str, phase1: bool) -> None:
    """RFC 7296 §1.2: the initiator is believed, and the SA is up at the responder, before its own proof is judged."""
    document = tried(tmp_path, hq=over_ikev2, branch=lambda text: over_ikev2(text).replace(old, new))
    up = only(document)["after"]["up"]
    assert {end: (each["came_up"], each["phase1"]) for end, each in up.items()} == {
        "hq": (False, phase1),
        "branch": (False, phase1),
    }


def test_under_ikev2_the_second_line_meets_another_pfs_group(tmp_path: Path) -> None:
    """RFC 7296 section 1.2: the first child has no key exchange of its own. What alone comes up does not beside it."""

    def two(text: str) -> str:
        first = re.search(r"access-list VPN-.* 192.168.[12].0 255.255.255.0 192.168.[12].0 255.255.255.0\n", text)
        assert first
        return over_ikev2(text.replace(first[0], first[0] + first[0].replace("192.168.1.0", "192.168.11.0")))

    def routed(text: str) -> str:
        return two(text).replace("route outside", "route inside 192.168.11.0 255.255.255.0 192.168.1.2\nroute outside")

    wish = {"before": texts("before", hq=routed, branch=two)}
    document = tried(tmp_path, wish, hq=routed, branch=lambda text: other_pfs(two(text)))
    found = {each["networks"][0]: each["after"]["up"]["hq"] for each in document["tunnels"]}
    assert {net: (up["came_up"], up["phase1"], up["phase2"]) for net, up in found.items()} == {
        "192.168.1.0/24": (True, True, True), "192.168.11.0/24": (False, True, False),
    }  # fmt: skip
    assert any("NO_PROPOSAL_CHOSEN" in line for line in found["192.168.11.0/24"]["log"])


def as_interface(text: str, *, route: bool = True) -> str:
    """One end with a tunnel interface in place of its crypto map, and a route to the other end's network over it."""
    hq = "hostname hq" in text
    peer, near, far, net = (
        ("203.0.113.1", "10.255.0.1", "10.255.0.2", "192.168.2.0") if hq
        else ("198.51.100.1", "10.255.0.2", "10.255.0.1", "192.168.1.0")
    )  # fmt: skip
    interface = (
        f"interface Tunnel1\n nameif vti\n ip address {near} 255.255.255.252\n tunnel source interface outside\n"
        f" tunnel destination {peer}\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile P\n"
    )
    profile = "crypto ipsec profile P\n set ikev1 transform-set AES256-SHA\n"
    kept = "".join(line for line in text.splitlines(True) if not line.startswith(("crypto map ", "access-list VPN-")))
    kept = kept.replace("ftp mode passive\n", f"{interface}!\nftp mode passive\n")
    kept = kept.replace("crypto ikev1 enable", f"{profile}crypto ikev1 enable")
    return kept.replace("timeout xlate", f"route vti {net} 255.255.255.0 {far} 1\ntimeout xlate") if route else kept


@pytest.mark.parametrize("route", [True, False])
def test_what_a_crypto_map_protected_is_tried_over_the_tunnel_interface(route: bool, tmp_path: Path) -> None:
    def hq(text: str) -> str:
        return as_interface(text, route=route)

    document = tried(tmp_path, hq=hq, branch=as_interface)
    assert document["problems"] == []
    found = {tuple(each["networks"]): each for each in document["tunnels"]}
    assert set(found) == {("0.0.0.0/0", "0.0.0.0/0"), ("192.168.1.0/24", "192.168.2.0/24")}
    after = found["192.168.1.0/24", "192.168.2.0/24"]["after"]
    assert after["traffic"] == {"hq": route, "branch": True}
    assert {end: up["came_up"] for end, up in after["up"].items()} == {"hq": route, "branch": route}
    assert (after["rekeys"] is not None and after["rekeys"]["phase2"] >= 2) is route


def test_an_access_list_that_is_no_longer_mirrored(tmp_path: Path) -> None:
    def wider(text: str) -> str:
        narrow = "access-list VPN-HQ extended permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0"
        assert narrow in text
        return text.replace(narrow, narrow.replace("192.168.1.0 255.255.255.0", "192.168.0.0 255.255.254.0"))

    document = tried(tmp_path, branch=wider)
    assert document["problems"] == []
    found = {tuple(each["networks"]): each for each in document["tunnels"]}
    assert set(found) == {("192.168.1.0/24", "192.168.2.0/24"), ("192.168.0.0/23", "192.168.2.0/24")}
    # The narrow end may begin, the wide one may not.
    up = found["192.168.1.0/24", "192.168.2.0/24"]["after"]["up"]
    assert {end: each["came_up"] for end, each in up.items()} == {"hq": True, "branch": False}


def test_a_line_that_one_end_has_alone_leaves_the_others_be(tmp_path: Path) -> None:
    line = "access-list VPN-BRANCH extended permit ip 192.168.{} 255.255.255.0 192.168.2.0 255.255.255.0\n"
    right = line.format("1.0")

    def more(text: str) -> str:
        assert right in text
        return text.replace(right, line.format("10.0") + right + line.format("11.0"))

    document = tried(tmp_path, hq=more)
    found = {each["networks"][0]: each["after"]["up"] for each in document["tunnels"]}
    assert {net: {end: each["came_up"] for end, each in up.items()} for net, up in found.items()} == {
        "192.168.1.0/24": {"hq": True, "branch": True},
        "192.168.10.0/24": {"hq": False, "branch": False},
        "192.168.11.0/24": {"hq": False, "branch": False},
    }
    assert any("713061" in line for line in found["192.168.10.0/24"]["hq"]["log"])


def test_tunnels_of_two_ends_take_turns() -> None:
    one, two, three = (Tunnel(("a", "b"), (f"192.168.{n}.0/24", "192.168.9.0/24")) for n in (1, 2, 3))
    other = Tunnel(("a", "c"), ("192.168.1.0/24", "192.168.8.0/24"))
    assert taking_turns([one, other, two, three], 0) == [one, two, three, other]
    assert taking_turns([one, other, two, three], 1) == [two, three, one, other]
    assert taking_turns([one, other, two, three], 5) == [three, one, two, other]
    assert taking_turns([], 1) == []


def test_what_a_line_is_for_is_what_its_hosts_send(tmp_path: Path) -> None:
    hq, branch = "192.168.1.0 255.255.255.0", "192.168.2.0 255.255.255.0"

    def web(text: str) -> str:
        for name, whole, tcp, udp in (
            ("VPN-BRANCH", f"ip {hq} {branch}", f"tcp {hq} {branch} eq 443", f"udp {hq} {branch}"),
            ("VPN-HQ", f"ip {branch} {hq}", f"tcp {branch} eq 443 {hq}", f"udp {branch} {hq}"),
        ):
            line = f"access-list {name} extended permit"
            text = text.replace(f"{line} {whole}", f"{line} {tcp}\n{line} {udp}")
        return text

    given = {"before": texts("before", hq=web, branch=web)}
    document = tried(tmp_path, given, hq=lambda text: other_pfs(web(text)), branch=lambda text: other_pfs(web(text)))
    assert document["problems"] == []
    assert [each["service"] for each in document["tunnels"]] == ["tcp any to 443", "udp"]
    for tunnel in document["tunnels"]:
        assert tunnel["networks"] == ["192.168.1.0/24", "192.168.2.0/24"]
        assert {end: up["came_up"] for end, up in tunnel["after"]["up"].items()} == {"hq": True, "branch": True}
        assert (tunnel["after"]["traffic"], tunnel["change"]["up_at_end"]) == ({"hq": True, "branch": True}, True)
        assert tunnel["after"]["rekeys"]["phase2"] >= 2


def test_a_tunnel_interface_is_a_tunnel_before_it_has_an_sa(tmp_path: Path) -> None:
    """Nothing but its own lines says whom it protects what from: there is no access list to find it by."""
    wish = {}
    for side in ("before", "candidate"):
        found = {name: (SITES / "vti" / f"{name}.cfg").read_text("utf-8") + ": end\n" for name in ("hq", "branch")}
        if side == "candidate":
            found["hq"] = found["hq"].replace(
                "local-authentication pre-shared-key ", "local-authentication pre-shared-key not-"
            )
        wish[side] = {name: (f"{side}/{name}.cfg", text) for name, text in found.items()}
    tunnel = only(tried(tmp_path, wish))
    assert tunnel["networks"] == ["0.0.0.0/0", "0.0.0.0/0"]
    assert [tunnel[side]["traffic"] for side in ("before", "after")] == [
        {"branch": True, "hq": True}, {"branch": False, "hq": False},
    ]  # fmt: skip


def test_what_does_not_change_is_not_tried(tmp_path: Path) -> None:
    document = tried(tmp_path)
    assert (document["problems"], document["tunnels"]) == ([], [])
    assert document["untried"] == ["branch", "hq"]
    checksum = tried(tmp_path, hq=lambda text: text.replace(": end", "Cryptochecksum:0123\n: end"))
    assert checksum["tunnels"] == []
    assert len(tried(tmp_path, {"everything": True})["tunnels"]) == 1


def test_a_tunnel_that_is_gone_and_a_new_one(tmp_path: Path) -> None:
    def unprotected(text: str) -> str:
        return "".join(line for line in text.splitlines(keepends=True) if "match address" not in line)

    tunnel = only(tried(tmp_path / "gone", hq=unprotected, branch=unprotected))
    assert tunnel["after"] is None
    assert tunnel["before"] is not None
    bare = {"before": texts("before", hq=unprotected, branch=unprotected)}
    tunnel = only(tried(tmp_path / "new", bare))
    assert tunnel["before"] is None
    assert all(up["came_up"] for up in tunnel["after"]["up"].values())


def test_the_captures_are_evidence_with_times(tmp_path: Path) -> None:
    tried(tmp_path, branch=other_pfs)
    for side in ("before", "after"):
        first, second = (
            json.loads((tmp_path / side / "evidence" / "hq" / f"{number}.json").read_text()) for number in (1, 2)
        )
        assert second["started"] - first["finished"] == 15
        assert {each["status"] for each in first["outputs"]} <= {"read", "refused"}
        by_command = {each["command"]: each["file"] for each in first["outputs"]}
        said = (tmp_path / side / "evidence" / "hq" / by_command["show running-config crypto"]).read_text()
        assert "crypto map outside_map 10 match address VPN-BRANCH" in said
    same_again = tmp_path / "again"
    tried(same_again, branch=other_pfs)
    assert (same_again / "trial.json").read_text() == (tmp_path / "trial.json").read_text()


# -- its parts -------------------------------------------------------------------------------------------------


def test_no_two_peers_lose_their_state_at_once() -> None:
    def tunnel(one: str, other: str) -> Tunnel:
        return Tunnel((one, other), ("192.0.2.0/28", "198.51.100.0/28"))

    hub = [tunnel("hub", f"spoke{number}") for number in range(9)]
    assert batches(hub) == [frozenset({"hub"}), frozenset(f"spoke{number}" for number in range(9))]
    ring = [tunnel("a", "b"), tunnel("b", "c"), tunnel("c", "a")]
    assert sorted(map(len, batches(ring))) == [1, 1, 1]


def test_the_line_that_says_why_comes_first() -> None:
    log = [
        "Jan 15 2024 08:00:01: %ASA-7-713236: IP = 192.0.2.1, IKE_DECODE RECEIVED Message",
        "Jan 15 2024 08:00:01: %ASA-3-713902: Group = 192.0.2.1, IP = 192.0.2.1, QM FSM error "
        "(P2 struct &0x7fff0000, mess id 0x1234)!",
        "Jan 15 2024 08:00:01: %ASA-5-713904: Group = 192.0.2.1, IP = 192.0.2.1, All IPSec SA proposals found "
        "unacceptable!",
    ]
    assert telling(log) == [
        "%ASA-5-713904: Group = 192.0.2.1, IP = 192.0.2.1, All IPSec SA proposals found unacceptable!"
    ]
    assert telling(log[:2]) == ["%ASA-3-713902: Group = 192.0.2.1, IP = 192.0.2.1, QM FSM error!"]


def test_a_world_stands_still_until_somebody_talks() -> None:
    found = {name: Text(name, where, text, "9.16(4)") for name, (where, text) in texts("before").items()}
    world = World(found)
    (tunnel,) = world.tunnels()
    world.advance(3600)
    assert world.spis(tunnel) == frozenset()
    assert not world.send(tunnel, "hq")
    world.advance(1)
    assert world.talk(tunnel, "hq")
    assert len(world.spis(tunnel)) == 1
    assert world.ike_age("hq", "branch") == 1
    world.advance(100)
    assert world.ike_age("hq", "branch") == 101


def test_who_waits_long_hears_that_it_is_still_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUIET", 0.01)
    heard: list[str] = []
    trial(Wish(texts("before"), texts("candidate", hq=other_pfs, branch=other_pfs), jobs=2), tmp_path, heard.append)
    assert heard[1] == "still at work after 0 s: 0 of 3 parts tried"
