# SPDX-License-Identifier: GPL-3.0-or-later
"""A change tried in memory: what is measured of tunnels that survive it, and of those that do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lab.stored import SITES
from lab.trial.diff import commands
from lab.trial.measure import batches, telling
from lab.trial.reading import is_vpn
from lab.trial.run import Wish, trial
from lab.trial.texts import Text, mask
from lab.trial.world import Tunnel, World

EXAMPLE = Path(__file__).resolve().parents[2] / "molecule" / "gate" / "before"
KEY = "k3y-of-both-ends"
Edit = Callable[[str], str]


def same(text: str) -> str:
    return text


def texts(side: str, **edits: Edit) -> dict[str, tuple[str, str]]:
    """The example's two ends with their key in clear, each edited."""
    found = {}
    for name in ("hq", "branch"):
        text = (EXAMPLE / f"{name}.cfg").read_text(encoding="utf-8").replace("*****", KEY)
        found[name] = f"{side}/{name}.cfg", edits.get(name, same)(text)
    return found


def tried(out: Path, wish: dict[str, Any] | None = None, **edits: Edit) -> dict[str, Any]:
    given = {"before": texts("before"), "candidate": texts("candidate", **edits), "order": ["hq", "branch"], "jobs": 1}
    document = trial(Wish(**{**given, **(wish or {})}), out)
    assert KEY not in "".join(path.read_text(encoding="utf-8") for path in out.rglob("*") if path.is_file())
    return document


def only(document: dict[str, Any]) -> dict[str, Any]:
    assert document["problems"] == []
    (tunnel,) = document["tunnels"]
    assert isinstance(tunnel, dict)
    return tunnel


def without_dpd(text: str) -> str:
    return text.replace(f" ikev1 pre-shared-key {KEY}", f" ikev1 pre-shared-key {KEY}\n isakmp keepalive disable")


def other_pfs(text: str) -> str:
    return text.replace("set pfs group14", "set pfs group19")


def other_key(text: str) -> str:
    return text.replace(KEY, "k3y-of-one-end")


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


def test_a_key_of_one_end(tmp_path: Path) -> None:
    document = tried(tmp_path, branch=other_key)
    up = only(document)["after"]["up"]
    assert {end: (each["came_up"], each["phase1"]) for end, each in up.items()} == {
        "hq": (False, False),
        "branch": (False, False),
    }
    assert up["hq"]["state"].startswith("MM_WAIT_MSG")
    assert "k3y-of-one-end" not in json.dumps(document)


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


def test_masked_keys_get_a_stand_in(tmp_path: Path) -> None:
    for number, hidden in enumerate(("*****", "8 JDYkqyIFWheTqvbY")):
        document = tried(
            tmp_path / str(number),
            {"before": texts("before", hq=lambda text, hidden=hidden: text.replace(KEY, hidden))},
            hq=lambda text, hidden=hidden: without_dpd(text).replace(KEY, hidden),
        )
        tunnel = only(document)
        assert {tunnel[side]["key"] for side in ("before", "after")} == {"stand-in"}
        assert all(up["came_up"] for up in tunnel["after"]["up"].values())


def test_a_new_key_beside_a_masked_one_is_no_line_that_lacks(tmp_path: Path) -> None:
    hidden = {"hq": lambda text: text.replace(KEY, "*****")}
    document = tried(tmp_path, {"before": texts("before", **hidden)}, branch=other_key, **hidden)
    assert only(document)["after"]["key"] == "stand-in"
    assert document["not_reached"] == []


def test_a_new_key_beside_a_masked_one_is_told(tmp_path: Path) -> None:
    hidden = {"hq": lambda text: text.replace(KEY, "*****")}
    document = tried(tmp_path, {"before": texts("before", **hidden)}, branch=other_key, **hidden)
    assert document["notes"] == [
        "branch has a new key for hq, and hq does not show its own: see that both are the same"
    ]
    # What was typed beside a stand-in is no reason to lose the tunnel.
    assert only(document)["change"]["up_at_end"] is True


def test_a_key_that_is_masked_from_now_on_is_no_change(tmp_path: Path) -> None:
    document = tried(tmp_path, hq=lambda text: other_pfs(text.replace(KEY, "*****")), branch=other_pfs)
    assert (document["not_reached"], document["notes"]) == ([], [])
    assert (only(document)["before"]["key"], only(document)["after"]["key"]) == ("clear", "stand-in")
    assert only(document)["change"]["up_at_end"] is True


def test_lines_as_they_would_be_typed_and_the_longest_outage(tmp_path: Path) -> None:
    folder = tmp_path / "changes"
    folder.mkdir()
    lines = ["no crypto map outside_map interface outside", *["crypto map outside_map 10 set pfs group19"] * 5,
             "crypto map outside_map interface outside"]  # fmt: skip
    (folder / "branch.txt").write_text(
        "\n".join(["configure terminal", "! in daylight", *lines, "end", "write memory"])
    )
    document = tried(tmp_path / "out", {"changes": folder}, branch=other_pfs)
    assert [each["line"] for each in document["changes"]] == lines
    change = only(document)["change"]
    assert change["longest_outage"] == 6
    assert change["after"] == "branch: no crypto map outside_map interface outside"
    assert document["not_reached"] == []


def test_lines_that_do_not_lead_to_the_candidate(tmp_path: Path) -> None:
    folder = tmp_path / "changes"
    folder.mkdir()
    (folder / "branch.txt").write_text("crypto map outside_map 10 set pfs grop19\n")
    document = tried(tmp_path / "out", {"changes": folder}, branch=other_pfs)
    assert [each["answer"] for each in document["changes"]] == ["ERROR: % Invalid input detected at '^' marker."]
    assert document["not_reached"] == [
        {"device": "branch", "kind": "missing", "line": "crypto map outside_map 10 set pfs group19", "given": True},
        {"device": "branch", "kind": "left", "line": "crypto map outside_map 10 set pfs group14", "given": True},
    ]


def typed(folder: Path, *lines: str) -> dict[str, Any]:
    """What came of these lines at branch, whose candidate has another PFS group."""
    folder.joinpath("changes").mkdir()
    folder.joinpath("changes", "branch.txt").write_text("\n".join(lines))
    return tried(folder / "out", {"changes": folder / "changes"}, branch=other_pfs)


PFS = "crypto map outside_map 10 set pfs group19"


def test_lines_that_are_none_do_not_lead_to_the_candidate(tmp_path: Path) -> None:
    document = typed(tmp_path, "configure terminal", "! to be written", "end")
    assert [(each["kind"], each["line"]) for each in document["not_reached"]] == [
        ("missing", PFS), ("left", "crypto map outside_map 10 set pfs group14"),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["clear configure crypto map", "cry map outside_map 10 set psf group19"])
def test_a_refusal_of_a_line_that_was_shortened_or_clears_is_told(line: str, tmp_path: Path) -> None:
    document = typed(tmp_path, line, PFS)
    assert [each["answer"] for each in document["changes"]] == ["ERROR: % Invalid input detected at '^' marker.", ""]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("crypto map M 10 set pfs", True), ("no cry map M 10", True), ("tunn 203.0.113.1 type ipsec-l2l", True),
        ("clear configure crypto", True), ("crypto ca trustpoint T", False), ("access-group A in interface B", False),
        ("object network A", False), ("c", False), ("no", False), ("", False),
    ],
)  # fmt: skip
def test_lines_about_vpn(line: str, expected: bool) -> None:
    assert is_vpn(line) is expected


def test_lines_about_anything_else_do_nothing(tmp_path: Path) -> None:
    document = typed(tmp_path, "webvpn", "object network NEW", "host 192.0.2.1", PFS)
    assert [each["answer"] for each in document["changes"]] == [""] * 4
    assert document["not_reached"] == []


def test_a_session_that_was_left_too_early_is_told(tmp_path: Path) -> None:
    document = typed(tmp_path, PFS, "exit", "exit", "exit")
    assert document["changes"][-1]["answer"] == "the session at branch is over; 'exit\\n' was not sent"


def test_characters_that_nobody_types_are_told(tmp_path: Path) -> None:
    document = typed(tmp_path, PFS, "\x00")
    assert [each["text"] for each in document["problems"]] == [
        "changes/branch.txt line 2: no device takes '\\x00'"
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


def test_the_lines_between_two_configurations() -> None:
    before = """\
access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.2
crypto ipsec ikev1 transform-set OLD esp-aes esp-sha-hmac
crypto map M 10 set pfs group14
crypto map M 10 set peer 203.0.113.1
crypto map M 10 set ikev1 transform-set OLD
tunnel-group 203.0.113.1 type ipsec-l2l
tunnel-group 203.0.113.1 ipsec-attributes
 ikev1 pre-shared-key one
 isakmp keepalive disable
tunnel-group 203.0.113.9 type ipsec-l2l
tunnel-group 203.0.113.9 ipsec-attributes
 ikev1 pre-shared-key one
"""
    after = """\
access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.3
crypto ipsec ikev1 transform-set NEW esp-aes-256 esp-sha-hmac
crypto map M 10 set pfs group19
crypto map M 10 set peer 203.0.113.2
crypto map M 10 set ikev1 transform-set NEW
tunnel-group 203.0.113.1 type ipsec-l2l
tunnel-group 203.0.113.1 ipsec-attributes
 ikev1 pre-shared-key two
"""
    assert commands(before, after) == [
        "access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.3",
        "crypto ipsec ikev1 transform-set NEW esp-aes-256 esp-sha-hmac",
        "crypto map M 10 set pfs group19",
        "no crypto map M 10 set peer 203.0.113.1",
        "crypto map M 10 set peer 203.0.113.2",
        "crypto map M 10 set ikev1 transform-set NEW",
        "tunnel-group 203.0.113.1 ipsec-attributes",
        "ikev1 pre-shared-key two",
        "no isakmp keepalive disable",
        "no tunnel-group 203.0.113.9 type ipsec-l2l",
        "no crypto ipsec ikev1 transform-set OLD esp-aes esp-sha-hmac",
        "no access-list VPN extended permit ip host 192.0.2.1 host 192.0.2.2",
    ]
    assert commands(after, after) == []


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (" ikev1 pre-shared-key secret", " ikev1 pre-shared-key *****"),
        (" ikev2 local-authentication pre-shared-key 8 blob", " ikev2 local-authentication pre-shared-key 8 *****"),
        (" pre-shared-key *", " pre-shared-key *"),
        ("enable password abc encrypted", "enable password ***** encrypted"),
        ("username joe password abc pbkdf2 privilege 15", "username joe password ***** pbkdf2 privilege 15"),
        ("snmp-server community public", "snmp-server community *****"),
        (" key ldap-secret", " key *****"),
        (
            "        sa timing: remaining key lifetime (kB/sec): (4608000/28799)",
            "        sa timing: remaining key lifetime (kB/sec): (4608000/28799)",
        ),
        ("crypto key generate rsa", "crypto key generate rsa"),
        ("ikev1 pre secret", "ikev1 pre *****"),
        ("pre-sh 0 secret", "pre-sh 0 *****"),
        ("ikev1 preshared-key secret", "ikev1 preshared-key *****"),
        ("ikev2 remote pre-shared secret", "ikev2 remote pre-shared *****"),
        (" ikev1 pre-shared-key two secrets", " ikev1 pre-shared-key *****"),
        ("isakmp key secret address 203.0.113.1", "isakmp key *****"),
        ("crypto map M 10 set session-key inbound esp 256 cipher secret", "crypto map M 10 set session-key *****"),
        ("failover key hex 0123", "failover key *****"),
        ("key config-key password-encryption secret", "key config-key password-encryption *****"),
        ("key chain OSPF", "key chain OSPF"),
        ("vpdn username joe password secret", "vpdn username joe password *****"),
        ("snmp-server user joe g v3 auth sha secret priv aes 128 secret", "snmp-server user joe g v3 auth *****"),
        (" authentication pre-share", " authentication pre-share"),
        (" preempt 30", " preempt 30"),
        ("password encryption aes", "password encryption aes"),
    ],
)
def test_secrets_are_masked(line: str, shown: str) -> None:
    assert mask(line) == shown


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
