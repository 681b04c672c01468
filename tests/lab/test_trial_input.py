# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations that cannot be tried, each with what a person is told; and the ends that somebody declared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.trial.expectation import load, text_of
from lab.trial.grammar import refused
from lab.trial.reading import read
from lab.trial.run import Wish, trial
from lab.trial.texts import Problem, SourceError, behaves_as, from_folder, from_repository, uncommitted

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "molecule" / "gate" / "before"
CHANGED = "crypto map outside_map 10 set pfs group19"
Edit = Callable[[str], str]


def texts(side: str, names: tuple[str, ...] = ("hq", "branch")) -> dict[str, tuple[str, str]]:
    return {name: (f"{side}/{name}.cfg", (EXAMPLE / f"{name}.cfg").read_text(encoding="utf-8")) for name in names}


def told(out: Path, edit: Edit | None = None, **wish: Any) -> list[str]:
    """The problems of a candidate whose branch was edited; the line that changes makes it worth trying."""
    candidate = texts("candidate")
    where, text = candidate["branch"]
    changed = text.replace("crypto map outside_map 10 set pfs group14", CHANGED)
    candidate["branch"] = where, edit(changed) if edit else changed
    given: dict[str, Any] = {"before": texts("before"), "candidate": candidate, "jobs": 1, **wish}
    document = trial(Wish(**given), out)
    assert (document["tunnels"] == []) == bool(document["problems"])
    return [each["text"] for each in document["problems"]]


def replaced(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new)

    return edit


def number(beginning: str) -> int:
    """Where a line stands in the candidate's branch."""
    lines = texts("candidate")["branch"][1].replace("set pfs group14", "set pfs group19").splitlines()
    return next(place for place, line in enumerate(lines, 1) if line.strip().startswith(beginning))


PFS = number(CHANGED)
OUTSIDE = number("ip address 203.0.113.1 255.255.255.0")
ROUTE = number("route outside")
NAMEIF = number("nameif inside")
PEER = number("crypto map outside_map 10 set peer")

WRONG: dict[str, tuple[Edit, str]] = {
    "a typing error": (
        replaced(CHANGED, CHANGED.replace("pfs", "psf")),
        f"candidate/branch.cfg line {PFS}: 'crypto map outside_map 10 set psf group19' is not understood at 'psf'",
    ),
    "a truncated line": (
        replaced(CHANGED, "crypto map outside_map 10 set"),
        f"candidate/branch.cfg line {PFS}: 'crypto map outside_map 10 set' stops too early",
    ),
    "a crypto line that nobody knows": (
        replaced(CHANGED, f"{CHANGED}\ncrypto isakmp quantum enable"),
        f"candidate/branch.cfg line {PFS + 1}: 'crypto isakmp quantum enable' is not understood at 'quantum'",
    ),
    "a first word with a typing error": (
        replaced(CHANGED, f"{CHANGED}\ncrypot isakmp enable outside"),
        f"candidate/branch.cfg line {PFS + 1}: 'crypot isakmp enable outside' is not understood: is 'crypto' meant?",
    ),
    "a route with a typing error": (
        replaced("\nroute outside ", "\nrout outside "),
        f"candidate/branch.cfg line {ROUTE}: 'rout outside 0.0.0.0 0.0.0.0 203.0.113.254 1' is not understood: is "
        "'route' meant?",
    ),
    "a second word with a typing error": (
        replaced(CHANGED, f"{CHANGED}\ncrypto ikve1 policy 77"),
        f"candidate/branch.cfg line {PFS + 1}: 'crypto ikve1 policy 77' is not understood: is 'ikev1' meant?",
    ),
    "a truncated file": (
        lambda text: "\n".join(text.splitlines()[:40]),
        "candidate/branch.cfg has no ': end' behind its last line 40, {last!r}: it was cut. Save it again whole; "
        "to a file that was written by hand, add ': end'",
    ),
    "an empty file": (
        lambda text: "\n",
        "candidate/branch.cfg is empty: save 'show running-config' of branch into it",
    ),
    "the pager": (
        replaced("names\n", "<--- More --->\nnames\n"),
        "candidate/branch.cfg line {pager} is the pager's: save it again after 'terminal pager 0'",
    ),
    "no release": (
        replaced("ASA Version 9.16(4)\n", ""),
        "candidate/branch.cfg has no line 'ASA Version': put one such as 'ASA Version 9.16(4)' on top, or give the "
        "release of branch",
    ),
    "a release from before": (
        replaced("ASA Version 9.16(4)", "PIX Version 6.3(5)"),
        "candidate/branch.cfg is of release 6.3(5), and the lab knows none before 7.2",
    ),
    "a file whose indentation was lost": (
        replaced("\n nameif inside", "\nnameif inside"),
        f"candidate/branch.cfg line {NAMEIF}: 'nameif inside' is not indented and stands under no line: save it again "
        "as the device shows it",
    ),
    "a line that was indented": (
        replaced(CHANGED, f"  {CHANGED}"),
        f"candidate/branch.cfg line {PFS}: '{CHANGED}' is indented and may not be: save it again as the device "
        "shows it",
    ),
    "the other device's file": (
        replaced("hostname branch", "hostname hq"),
        "candidate/branch.cfg has the hostname hq, which is another file: were the two mixed up?",
    ),
    "an address that is none": (
        replaced("ip address 203.0.113.1 255.255.255.0", "ip address 203.0.113.1 255.255.255.256"),
        f"candidate/branch.cfg line {OUTSIDE}: 'ip address 203.0.113.1 255.255.255.256' is no address with its mask",
    ),
    "a peer that nobody is": (
        replaced("set peer 198.51.100.1", "set peer 198.51.100.77"),
        f"candidate/branch.cfg line {PEER}: nobody has the address of the peer 198.51.100.77: add its configuration, "
        "or declare it in expectations",
    ),
    "a peer by a name that stands nowhere": (
        replaced("set peer 198.51.100.1", "set peer hq.example.com"),
        f"candidate/branch.cfg line {PEER}: the lab knows no way to the peer hq.example.com, which is no IPv4 address",
    ),
    "a peer of IPv6": (
        replaced("set peer 198.51.100.1", "set peer 2001:db8::1"),
        f"candidate/branch.cfg line {PEER}: the lab knows no way to the peer 2001:db8::1, which is no IPv4 address",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told(case: str, tmp_path: Path) -> None:
    edit, message = WRONG[case]
    lines = texts("candidate")["branch"][1].splitlines()
    assert told(tmp_path, edit) == [message.format(last=lines[39].strip(), pager=lines.index("names") + 1)]


def test_a_candidate_that_removes_a_device(tmp_path: Path) -> None:
    candidate = texts("candidate", ("hq",))
    assert told(tmp_path, candidate=candidate) == [
        "branch is in before and not in the candidate: add branch.cfg, or name it as removed",
    ]


def test_a_device_that_is_removed_on_purpose(tmp_path: Path) -> None:
    document = trial(Wish(texts("before"), texts("candidate", ("hq",)), removed=("branch",), jobs=1), tmp_path)
    assert document["problems"] == []
    assert document["notes"] == ["hq still points to branch, which is removed"]
    (tunnel,) = document["tunnels"]
    assert (tunnel["before"] is None, tunnel["after"]) == (False, None)


def test_devices_that_nobody_knows(tmp_path: Path) -> None:
    assert told(tmp_path / "order", order=["hq", "lyon"]) == [
        "the order names lyon, which has no configuration: there are branch, hq"
    ]
    changes = tmp_path / "changes"
    changes.mkdir()
    (changes / "lyon.txt").write_text("crypto map outside_map 10 set pfs group19\n")
    assert told(tmp_path / "lines", changes=changes) == [
        "changes/lyon.txt is for lyon, which has no configuration: there are branch, hq"
    ]


def test_a_line_that_is_passed_over_is_told(tmp_path: Path) -> None:
    candidate = texts("candidate")
    where, text = candidate["branch"]
    candidate["branch"] = where, text.replace("set pfs group14", "set pfs group19\ncrypto isakmp quantum enable")
    document = trial(Wish(texts("before"), candidate, ignore=("crypto isakmp quantum",), jobs=1), tmp_path)
    assert document["problems"] == []
    assert "passed over at branch: 'crypto isakmp quantum enable' is not understood at 'quantum'" in document["notes"]


def test_a_tunnel_that_the_lab_cannot_try_is_passed_over_by_whoever_says_so(tmp_path: Path) -> None:
    wrong = replaced("set peer 198.51.100.1", "set peer 2001:db8::1")
    candidate = texts("candidate")
    candidate["branch"] = candidate["branch"][0], wrong(candidate["branch"][1])
    wish = Wish(texts("before"), candidate, ignore=("crypto map outside_map 10 set peer 2001:",), jobs=1)
    document = trial(wish, tmp_path)
    assert document["problems"] == []
    assert "passed over at branch: the peer 2001:db8::1 is no IPv4 address" in document["notes"]


def test_a_release_without_a_personality_is_told(tmp_path: Path) -> None:
    found = {
        side: {
            name: (where, text.replace("ASA Version 9.16(4)", "ASA Version 9.14(3)"))
            for name, (where, text) in texts(side).items()
        }
        for side in ("before", "candidate")
    }
    document = trial(Wish(found["before"], found["candidate"], everything=True, jobs=1), tmp_path)
    assert document["notes"] == [
        "hq runs 9.14(3); the lab behaves as 9.8",
        "branch runs 9.14(3); the lab behaves as 9.8",
    ]
    assert [behaves_as(each) for each in ("7.2(5)", "8.3(1)", "9.15(1)1", "9.24(1)", "7.0(8)")] == [
        "7.2", "8.2", "9.8", "9.20", "",
    ]  # fmt: skip


def test_a_file_that_no_device_can_be_named_after(tmp_path: Path) -> None:
    candidate = texts("candidate")
    for name in ("new hq", "..", "a|b"):
        candidate[name] = f"candidate/{name}.cfg", candidate["hq"][1]
    assert told(tmp_path, candidate=candidate) == [
        f"candidate/{name}.cfg: a device's name is made of letters, digits, '-', '_' and '.': rename the file"
        for name in ("new hq", "..", "a|b")
    ]


def test_a_file_that_is_no_configuration_is_not_quoted(tmp_path: Path) -> None:
    assert told(tmp_path, lambda text: "secret of the machine\n") == [
        "candidate/branch.cfg has no line 'ASA Version': put one such as 'ASA Version 9.16(4)' on top, or give the "
        "release of branch"
    ]


# -- folders and repositories ----------------------------------------------------------------------------------


def test_folders_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refused:
        from_folder(tmp_path / "nowhere")
    assert str(refused.value) == (
        f"{tmp_path}/nowhere cannot be read: No such file or directory. Give a folder with DEVICE.cfg files"
    )
    with pytest.raises(SourceError) as refused:
        from_folder(tmp_path)
    assert str(refused.value) == f"{tmp_path} has no .cfg file: one file a device, named after it, such as hq.cfg"


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_a_repository_is_read_without_a_checkout(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    place = tmp_path / "firewalls"
    place.mkdir()
    (place / "hq.cfg").write_text("hostname hq\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    (place / "hq.cfg").write_text("hostname new\n")
    (tmp_path / "notes.txt").write_text("nothing\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "two")
    (place / "hq.cfg").write_text("not committed\n")
    assert from_repository(tmp_path, "HEAD~1") == {"hq": ("firewalls/hq.cfg", "hostname hq\n")}
    assert from_repository(tmp_path, "HEAD", "firewalls") == {"hq": ("firewalls/hq.cfg", "hostname new\n")}
    assert from_repository(place, "HEAD") == {"hq": ("firewalls/hq.cfg", "hostname new\n")}
    for revision, under, message in (
        ("nope", "", f"{tmp_path} has no revision 'nope': give a branch, a tag or a commit, and fetch it first"),
        ("--output=x", "", "'--output=x' is no revision: give a branch, a tag or a commit"),
        ("HEAD", "routers", f"{tmp_path} has no .cfg file at HEAD under routers"),
    ):
        with pytest.raises(SourceError) as refused:
            from_repository(tmp_path, revision, under)
        assert str(refused.value) == message


def test_work_that_is_not_committed_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "hq.cfg").write_text("hostname hq\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "notes.txt").write_text("nothing\n")
    assert uncommitted(tmp_path) == []
    (tmp_path / "hq.cfg").write_text("hostname new\n")
    (tmp_path / "lyon.cfg").write_text("hostname lyon\n")
    assert uncommitted(tmp_path) == ["hq.cfg", "lyon.cfg"]
    assert uncommitted(tmp_path, "firewalls") == []


def test_the_command_says_what_it_needs(tmp_path: Path) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "lab", "trial", "--out", str(tmp_path / "out"), *words],
            cwd=ROOT, text=True, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    nothing = "give the folders before and candidate, or a repository and the revision before the change (from)"
    assert run() == (1, f"{nothing}\nnot tried; {tmp_path}/out/trial.json says why\n")
    missing = "the revision before the change is missing (from): such as origin/main"
    assert run("--repo", str(tmp_path)) == (1, f"{missing}\nnot tried; {tmp_path}/out/trial.json says why\n")
    nowhere = f"{tmp_path}/nowhere cannot be read: No such file or directory. Give a folder with DEVICE.cfg files"
    assert run("--before", str(tmp_path / "nowhere"), "--candidate", str(EXAMPLE)) == (
        1, f"{nowhere}\nnot tried; {tmp_path}/out/trial.json says why\n",
    )  # fmt: skip
    written = json.loads((tmp_path / "out" / "trial.json").read_text(encoding="utf-8"))
    assert [each["text"] for each in written["problems"]] == [nowhere]
    code, said = run("--help")
    assert code == 0
    assert "DEVICE.cfg for each device" in said
    assert run("--before", str(EXAMPLE), "--candidate", str(EXAMPLE)) == (
        0, f"0 devices to try, 0 of them changed\n0 tunnels tried in 0 s: {tmp_path}/out/trial.json\n",
    )  # fmt: skip


# -- ends that somebody declared -------------------------------------------------------------------------------

PARTNER: dict[str, Any] = {
    "address": "203.0.113.1",
    "policies": [{"encryption": "aes-256", "hash": "sha", "group": 14}],
    "pfs": 14,
    "networks": [{"theirs": "192.168.2.0/24", "ours": "192.168.1.0/24"}],
}


def with_partner(folder: Path, candidate: Edit, **more: Any) -> dict[str, Any]:
    expectations = folder / "expectations"
    expectations.mkdir()
    (expectations / "partner.yml").write_text(yaml.safe_dump({**PARTNER, **more}))
    found = {side: texts(side, ("hq",)) for side in ("before", "candidate")}
    where, text = found["candidate"]["hq"]
    found["candidate"]["hq"] = where, candidate(text)
    return trial(Wish(found["before"], found["candidate"], expectations, jobs=1), folder / "out")


def test_one_end_is_tried_against_what_the_other_promised(tmp_path: Path) -> None:
    document = with_partner(tmp_path, replaced("set pfs group14", "set pfs group19"))
    assert document["problems"] == []
    (tunnel,) = document["tunnels"]
    assert tunnel["ends"] == ["hq", "partner"]
    assert {end: up["came_up"] for end, up in tunnel["before"]["up"].items()} == {"hq": True, "partner": True}
    assert {end: up["came_up"] for end, up in tunnel["after"]["up"].items()} == {"hq": False, "partner": False}
    assert tunnel["before"]["key"] == "stand-in"
    assert document["devices"]["partner"]["declared"]


@pytest.mark.parametrize(
    ("keepalive", "recovers"), [(True, True), (False, False), ({"threshold": 30, "retry": 5}, True)]
)
def test_a_promise_about_keepalives_counts(keepalive: object, recovers: bool, tmp_path: Path) -> None:
    later = "crypto map outside_map 10 set pfs group14\ncrypto map outside_map 10 set security-association lifetime "
    document = with_partner(
        tmp_path, replaced("crypto map outside_map 10 set pfs group14", f"{later}seconds 7200"), keepalive=keepalive
    )
    assert document["problems"] == []
    (tunnel,) = document["tunnels"]
    assert (tunnel["after"]["incident"]["partner"] is not None) is recovers


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"address": None}, "address is missing"),
        ({"address": "203.0.113.300"}, "address is '203.0.113.300': give an IPv4 address"),
        ({"networks": [{"theirs": "192.168.2.0/24"}]}, "networks is a list of {theirs: NETWORK, ours: NETWORK}"),
        (
            {"networks": [{"theirs": "192.168.2.9/24", "ours": "192.168.1.0/24"}]},
            "networks: theirs is '192.168.2.9/24': give an IPv4 network",
        ),
        ({"ike": 3}, "ike is 3: give 1 or 2"),
        ({"release": "new"}, "release is 'new': give one such as 9.16(4)"),
        (
            {"keepalive": "often"},
            "keepalive is 'often': give true, false, infinite or {threshold: 10, retry: 2}",
        ),
        ({"release": "9.x"}, "release is '9.x': give one such as 9.16(4)"),
        ({"peer": 5}, "peer is 5: give an IPv4 address"),
        (
            {"networks": {"theirs": "192.168.2.0/24", "ours": "192.168.1.0/24"}},
            "networks is a list of {theirs: NETWORK, ours: NETWORK}",
        ),
        (
            {"policies": "aes"},
            "policies is a list, each with some of encryption, hash, integrity, group, lifetime, authentication, prf",
        ),
        ({"proposals": [{"encryptoin": "aes"}]}, "proposals have no 'encryptoin'; there are: encryption, integrity"),
        (
            {"dpd": True},
            "there is no key 'dpd'; there are: address, peer, release, ike, policies, proposals, pfs, lifetime, "
            "networks, keepalive, connection_type",
        ),
    ],
)
def test_a_wrong_declaration_is_told(change: dict[str, Any], message: str, tmp_path: Path) -> None:
    (tmp_path / "partner.yml").write_text(yaml.safe_dump({**PARTNER, **change}, sort_keys=False))
    problems: list[Problem] = []
    assert load(tmp_path, problems) == {}
    assert [each.text for each in problems] == [f"{tmp_path.name}/partner.yml: {message}"]


def test_a_declaration_without_anybody_who_points_to_it(tmp_path: Path) -> None:
    document = with_partner(tmp_path, lambda text: text, address="203.0.113.99")
    assert "expectations/partner.yml: no device has the peer 203.0.113.99; take the file away, or give the peer" in [
        each["text"] for each in document["problems"]
    ]


@pytest.mark.parametrize(
    ("promise", "why"),
    [
        ({"pfs": True}, "'crypto map outside_map 10 set pfs groupTrue' is not understood at 'groupTrue'"),
        ({"policies": [{"encryption": "aes256"}]}, "'encryption aes256' is not understood at 'aes256'"),
        (
            {"connection_type": "sideways"},
            "'crypto map outside_map 10 set connection-type sideways' is not understood at 'sideways'",
        ),
    ],
)
def test_a_promise_that_no_device_could_keep_is_told(promise: dict[str, Any], why: str, tmp_path: Path) -> None:
    document = with_partner(tmp_path, replaced("set pfs group14", "set pfs group19"), **promise)
    hint = "; it is made for release 9.16(4), and a line 'release:' in it names another"
    assert [each["text"] for each in document["problems"]] == [f"expectations/partner.yml: {why}{hint}"]


@pytest.mark.parametrize(
    ("release", "ike", "group"),
    [("7.2(5)", 1, 5), ("8.2(5)", 1, 5), ("8.4(7)", 1, 5), ("8.4(7)", 2, 5), ("9.16(4)", 1, 14), ("9.20(2)", 2, 14)],
)
def test_what_is_made_of_a_declaration_its_release_takes(release: str, ike: int, group: int) -> None:
    told: dict[str, Any] = {
        **PARTNER, "ike": ike, "release": release, "peer": "198.51.100.1", "policies": [{"group": group}], "pfs": group,
        "connection_type": "answer-only", "lifetime": 28800, "keepalive": {"threshold": 10, "retry": 2},
    }  # fmt: skip
    text = text_of("partner", told, {})
    assert list(refused(text, read(text))) == []


def test_a_policy_of_ikev2_may_say_integrity() -> None:
    policies = [{"integrity": "sha256", "group": 19}]
    text = text_of("partner", {**PARTNER, "ike": 2, "peer": "198.51.100.1", "policies": policies}, {})
    assert " integrity sha256\n group 19\n prf sha256\n" in text.text


def test_expectations_that_cannot_be_read(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert load(tmp_path / "nowhere", problems) == {}
    (tmp_path / "partner.yml").write_bytes(b"\xff")
    assert load(tmp_path, problems) == {}
    (tmp_path / "part ner.yml").write_text(yaml.safe_dump(PARTNER))
    assert load(tmp_path, []) == {}
    assert [each.text for each in problems] == [
        f"{tmp_path}/nowhere is no folder: it has NAME.yml for each end that is somebody else's",
        f"{tmp_path.name}/partner.yml: 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    ]


def test_lines_of_remote_access_do_not_stop_it(tmp_path: Path) -> None:
    """An ASA prints them beside those of its tunnels, and in a group-policy that a tunnel uses."""
    policy = replaced(
        "tunnel-group 198.51.100.1 type ipsec-l2l\n",
        "group-policy GP internal\ngroup-policy GP attributes\n banner value Hello there\n dns-server value 192.0.2.1\n"
        " vpn-simultaneous-logins 3\n vpn-idle-timeout 30\n split-tunnel-policy tunnelall\n webvpn\n"
        "  anyconnect keep-installer installed\ntunnel-group 198.51.100.1 type ipsec-l2l\n"
        "tunnel-group 198.51.100.1 general-attributes\n default-group-policy GP\n",
    )
    enabled = replaced(
        "crypto ikev1 enable outside",
        "crypto ikev1 enable outside\ncrypto ikev2 enable outside client-services port 443\n"
        "crypto ikev2 remote-access trustpoint TP\ncrypto ikev2 cookie-challenge 50",
    )
    candidate = texts("candidate")
    candidate["branch"] = candidate["branch"][0], policy(enabled(candidate["branch"][1]))
    document = trial(Wish(texts("before"), candidate, jobs=1), tmp_path)
    assert (document["problems"], document["notes"], document["not_reached"]) == ([], [], [])
    assert [each for each in document["changes"] if each["answer"]] == []


def test_what_is_wrong_in_a_group_policy_is_told(tmp_path: Path) -> None:
    policy = replaced(
        "tunnel-group 198.51.100.1 type ipsec-l2l\n",
        "group-policy GP internal\ngroup-policy GP attributes\n vpn-tunel-protocol ikev1\n"
        "tunnel-group 198.51.100.1 type ipsec-l2l\n"
        "tunnel-group 198.51.100.1 general-attributes\n default-group-policy GP\n",
    )
    assert [each.partition(": ")[2] for each in told(tmp_path, policy)] == [
        "'vpn-tunel-protocol ikev1' is not understood at 'vpn-tunel-protocol'"
    ]
