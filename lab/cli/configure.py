# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode: which lines there are, where they go, and what `no` takes away.

Source: Cisco ASA Command Reference 7.2 and 9.16. A line outside this grammar is refused, as a real ASA refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from lab.cli.consequences import tearing_down
from lab.cli.tree import INCOMPLETE, INVALID, Command, Failure, Match, registry, tree_of
from lab.engine.policy.groups import DEFAULT_L2L
from lab.engine.policy.vocabulary import known
from lab.spelling import names_in, names_one, spelled

if TYPE_CHECKING:
    from lab.cli.shell import Session

LEGACY, MODERN = ("legacy",), ("modern",)
BOTH = LEGACY + MODERN
_PROTOCOLS = {
    "legacy": ("ipsec", "l2tp-ipsec", "svc", "webvpn"),
    "modern": ("ikev1", "ikev2", "l2tp-ipsec", "ssl-client", "ssl-clientless"),
}
GROUPS = "|".join(f"group{number}" for number in (1, 2, 5, 14, 15, 16, 19, 20, 21, 24, 31))
# By mode, or by the first word of a first-level line: what a `no` does that takes away more than what begins so.
REMOVED_BY: dict[str, Callable[[Session, Match], object]] = {}
# What a `no` in front switches off, and what is written down then, by the release from which on it is on.
_ON_BY_DEFAULT = {"sysopt connection permit-vpn": (7, 1), "crypto isakmp nat-traversal": (8, 0)}


def parse(session: Session, line: str) -> Match | Failure:
    """Try the submode, then configuration mode, then EXEC, as an ASA does."""
    words = line.split()
    negated = words[:1] == ["no"] and words[1:2] != ["terminal"] and words[1:3] != ["failover", "active"]
    body = line.replace("no", "  ", 1) if negated else line
    best: Failure | None = None
    for mode in dict.fromkeys((session.mode, "config", *([] if negated else ["exec"]))):
        found = tree_of(mode, session.train).parse(body)
        if isinstance(found, Match):
            found = replace(found, words=_spelled(session, found.words))
            return _negate(found.words, mode) if negated else found
        if negated and found.message == INCOMPLETE and len(found.words) > 0:
            return _negate(_spelled(session, found.words), mode)
        if best is None or _understood(found, words[negated:]) > _understood(best, words[negated:]):
            best = found
    assert best is not None
    return best


def _spelled(session: Session, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words with interfaces as the device spells them, which are as long."""
    whole = " ".join(words)
    if not names_one(whole):
        return words
    children = (child for block in session.device.config.starting("interface") for child in block.children)
    line = spelled(whole, names_in(f" {child}" for child in children))
    ends = accumulate(len(word) + 1 for word in words)
    return tuple(line[end - len(word) - 1 : end - 1] for word, end in zip(words, ends, strict=True))


def _understood(found: Failure, typed: list[str]) -> tuple[int, int]:
    """How many words in front were these very ones, and how far it got."""
    return sum(1 for _ in takewhile(lambda each: each[0] == each[1], zip(found.words, typed, strict=False))), (
        found.column or 0
    )


def _negate(words: tuple[str, ...], mode: str) -> Match:
    if mode != "config":
        return Match(Command(REMOVED_BY.get(mode, remove_child)), words, {})
    if words[0] in REMOVED_BY:
        return Match(Command(REMOVED_BY[words[0]]), words, {})
    # A look at every definition is not for each line of a large configuration.
    return Match(Command(tearing_down(remove_top) if "dynamic" in words else remove_top), words, {})


def touch(session: Session) -> None:
    session.box.modified_by = session.shown_user
    session.box.modified_at = session.device.now.strftime("%H:%M:%S.%f")[:-3] + session.device.now.strftime(
        " UTC %a %b %-d %Y"
    )


def apply_top(session: Session, match: Match) -> None:
    config = session.device.config
    line = " ".join(match.words)
    if " ".join(match.words[:3]) in _ON_BY_DEFAULT:
        config.remove("no", *match.words[:3])
    if match.command.key:
        config.replace(match.words[: match.command.key], line)
    else:
        config.add(line)
    touch(session)
    session.mode = match.command.submode or "config"
    session.submode_of = line if match.command.submode else ""


def apply_child(session: Session, match: Match, indent: str = "") -> None:
    block = session.device.config.find(session.submode_of)
    if block is None:
        return
    line = indent + " ".join(match.words)
    if match.words[:3] == ("isakmp", "keepalive", "threshold") and match.words[3:] != ("infinite",):
        line = line if "retry" in match else f"{line} retry 2"
    key = match.words[: match.command.key] if match.command.key else match.words
    session.device.config.set_child(block, line, key)
    touch(session)


def remove_top(session: Session, match: Match) -> list[str]:
    if match.words[0] == "group-policy" and len(match.words) == 2:
        name = match.words[1]
        if not _has_policy(session, name):
            return [f"ERROR: group policy {name} does not exist"]
        if users := _users_of_policy(session, name):
            return [f"ERROR: group policy {name} is in use by tunnel-group {users[0]}"]
    words = " ".join(match.words).split()
    removed = session.device.config.remove(*words)
    if release_of(session) >= _ON_BY_DEFAULT.get(" ".join(words[:3]), (99, 0)):
        session.device.config.add("no " + " ".join(words[:3]))
    for kind in ("transform-set", "ikev1 transform-set", "ikev2 ipsec-proposal"):
        named = words[2 + len(kind.split()) :]
        if removed and named and words[: -len(named)] == ["crypto", "ipsec", *kind.split()]:
            _removed_from_maps(session, named[0], kind)
    touch(session)
    session.mode, session.submode_of = "config", ""
    return [] if removed or match.words[0] != "access-list" else ["ERROR: the specified entry does not exist"]


def remove_child(session: Session, match: Match) -> None:
    block = session.device.config.find(session.submode_of)
    if block:
        words = tuple(" ".join(match.words).split())
        key = words[: words.index("threshold")] if "threshold" in words else words
        session.device.config.drop_child(block, key)
        touch(session)


def _peer_must_be_typed(session: Session, match: Match) -> list[str] | None:
    """Attributes can only be given to a tunnel-group that exists; DefaultL2LGroup does, printed or not."""
    name = match.words[1]
    if name != DEFAULT_L2L and not any(True for _ in session.device.config.starting("tunnel-group", name, "type")):
        return [f"ERROR: tunnel group {name} does not exist"]
    apply_top(session, match)
    return None


def _policy_made(session: Session, match: Match) -> list[str] | None:
    """`from` copies the attributes of a policy that is there; DfltGrpPolicy is, printed or not."""
    config = session.device.config
    source = match.words[4] if "from" in match else ""
    copied = config.find(f"group-policy {source} attributes")
    if source and not _has_policy(session, source):
        return [f"ERROR: group policy {source} does not exist"]
    fresh = not _has_policy(session, match.words[1])
    made = config.add(" ".join(match.words[:3]))
    if fresh and copied is not None:
        config.add_after(made, f"group-policy {match.words[1]} attributes").children[:] = copied.children
    touch(session)
    return None


def _policy_entered(session: Session, match: Match) -> list[str] | None:
    if not _has_policy(session, match.words[1]):
        return [f"ERROR: group policy {match.words[1]} does not exist"]
    apply_top(session, match)
    return None


def _policy_named(session: Session, match: Match) -> list[str] | None:
    if not _has_policy(session, match.words[1]):
        return [f"ERROR: group policy {match.words[1]} does not exist"]
    apply_child(session, match)
    return None


def _has_policy(session: Session, name: str) -> bool:
    return name == "DfltGrpPolicy" or next(session.device.config.starting("group-policy", name), None) is not None


def _users_of_policy(session: Session, name: str) -> list[str]:
    groups = session.device.config.starting("tunnel-group")
    return [block.words[1] for block in groups if f"default-group-policy {name}" in block.children]


def pfs_set(session: Session, match: Match) -> list[str] | None:
    """9.13 warns of groups that it calls insecure; 9.15 has them no more, but for group 5 with IKEv1."""
    release, group = release_of(session), match.words[-1].removeprefix("group")
    if group != "pfs" and not known("pfs", [group], release):
        return Failure(INVALID, len(" ".join(match.words[:-1])) + 1).lines(session.prompt)
    (apply_top if match.words[0] == "crypto" else apply_child)(session, match)
    if release >= (9, 13) and group in ("1", "2", "5"):
        return [
            f"WARNING: DH group {group} is considered insecure. This option is deprecated and will be removed in a "
            "later version."
        ]
    return None


def _set_made(session: Session, match: Match) -> list[str] | None:
    """One encryption and at most one authentication (command reference, `crypto ipsec transform-set`)."""
    release, *before = release_of(session), *match.words[:-1]
    kinds = set()
    for word in match.words[-1].split():
        kind = "authentication" if word.endswith("-hmac") or word == "esp-none" else "encryption"
        if kind in kinds or not known("esp", [word], release):
            return Failure(INVALID, len(" ".join(before)) + 1).lines(session.prompt)
        kinds.add(kind)
        before.append(word)
    config, prefix = session.device.config, match.words[:-1]
    # `mode transport` is a line of its own.
    old = next((block for block in config.starting(*prefix) if block.words[len(prefix)] != "mode"), None)
    config.replace(tuple(old.words) if old else match.words, " ".join(match.words))
    touch(session)
    session.mode, session.submode_of = "config", ""
    return None


def _sets_listed(session: Session, match: Match) -> list[str] | None:
    """An entry names what is defined, up to six before 8.4 and eleven after; the errors' words are from memory."""
    names = match.words[-1].split()
    kind = " ".join(match.words[5:-1])
    config = session.device.config
    unknown = [name for name in names if not any(config.starting("crypto", "ipsec", *kind.split(), name))]
    if unknown:
        return [f'ERROR: {match.words[-2]} with tag "{unknown[0]}" does not exist.']
    if len(names) > (6 if session.device.legacy else 11):
        return ["ERROR: too many transform sets in this crypto map entry"]
    apply_top(session, match)
    return None


def _removed_from_maps(session: Session, name: str, kind: str) -> None:
    """An ASA takes the references away with the definition: configuration guide, "Understanding Transform Sets"."""
    config = session.device.config
    for block in list(config.starting("crypto", "map")):
        line, listed, names = block.line.partition(f" set {kind} ")
        if listed and name in names.split():
            left = " ".join(each for each in names.split() if each != name)
            config.remove(*block.words)
            if left:
                config.add(f"{line}{listed}{left}")


def since(release: tuple[int, int], then: Callable[[Session, Match], object]) -> Callable[[Session, Match], object]:
    """A line that came with this release; before it the caret stands under the line's last word."""

    def handler(session: Session, match: Match) -> object:
        if release_of(session) >= release:
            return then(session, match)
        return Failure(INVALID, len(" ".join(match.words[:-1])) + 1).lines(session.prompt)

    return handler


def lifetime_set(session: Session, match: Match) -> None:
    """Seconds and kilobytes on one line are two lines, each in place of its own kind."""
    at = match.words.index("lifetime") + 1
    for pair in (match.words[at : at + 2], match.words[at + 2 :]):
        if pair:
            one = replace(match, words=(*match.words[:at], *pair), command=replace(match.command, key=at + 1))
            (apply_top if match.words[0] == "crypto" else apply_child)(session, one)


def _timeout_set(session: Session, match: Match) -> None:
    """When its owner is warned of a time-out is a line of its own beside it."""
    block = session.device.config.find(session.submode_of)
    if block is None:
        return
    given = match.words[1] == "alert-interval"
    kin = [c for c in block.children if c.split()[:1] == [match.words[0]] and ("alert-interval" in c) == given]
    if kin:
        block.children[block.children.index(kin[0])] = " ".join(match.words[:2])  # its place is kept
    apply_child(session, match)


def _protocols_set(session: Session, match: Match) -> list[str] | None:
    """8.4 has a word for each version of IKE in place of `IPSec` ("Migration from 8.3 to 8.4")."""
    known_words = _PROTOCOLS[session.train]
    before = match.words[0]
    for word in match.words[-1].split():
        if word.lower() not in known_words:
            return Failure(INVALID, len(before) + 1).lines(session.prompt)
        before += f" {word}"
    apply_child(session, match)
    return None


def release_of(session: Session) -> tuple[int, int]:
    major, _, minor = session.device.release.partition("(")[0].partition(".")
    return int(major), int(minor)


def top(*patterns: str, key: int | None = None, submode: str = "", trains: tuple[str, ...] = BOTH) -> None:
    for pattern in patterns:
        registry.config("config", pattern, apply_top, key, submode, trains)


def sub(mode: str, *patterns: str, key: int | None = 1, trains: tuple[str, ...] = BOTH) -> None:
    for pattern in patterns:
        registry.config(mode, pattern, apply_child, key, "", trains)


_MAP = "crypto map <word> <seq:number>"

top("hostname <word>", "domain-name <word>", "prompt <rest>", key=1)
top("pager lines <number>", "pager <number>", key=1)
top("terminal width <number>", "logging buffered <word>", "logging buffer-size <number>", key=2)
top("logging enable|timestamp|debug-trace|standby", "logging trap <word>", "logging class <rest>")
top("management-access <word>", key=1)
top("names", "name <ip> <word>")
_ROUTE = "route <word> <net:ip> <mask:ip> <gateway:ip>"
top(f"{_ROUTE} [<metric:number>] [track <track:number>]", key=5)
top(f"{_ROUTE} [<metric:number>] tunneled")
top("sysopt connection permit-vpn|preserve-vpn-flows|reclassify-vpn", "sysopt connection tcpmss <number>")
top("global <rest>", "static <rest>", trains=LEGACY)
top("crypto ipsec security-association replay window-size <number>", key=5)
for _set, _trains in (("crypto ipsec transform-set", LEGACY), ("crypto ipsec ikev1 transform-set", MODERN)):
    registry.config("config", f"{_set} <word> <rest>", tearing_down(_set_made), None, "", _trains)
    top(f"{_set} <word> mode transport|tunnel", key=len(_set.split()) + 2, trains=_trains)
top("crypto ipsec ikev2 ipsec-proposal <word>", submode="config-ipsec-proposal", trains=MODERN)
top(f"{_MAP} match address <acl:word>", f"{_MAP} set peer <rest>", key=6)
top(f"{_MAP} set pfs [group1|group2|group5]", f"{_MAP} set pfs group7", key=6, trains=LEGACY)
registry.config("config", f"{_MAP} set pfs [{GROUPS}]", pfs_set, 6, "", MODERN)
top(f"{_MAP} set phase1-mode <rest>", key=6, trains=LEGACY)
top(f"{_MAP} set ikev1 phase1-mode <rest>", key=7, trains=MODERN)
# A list that is typed again replaces the one before.
registry.config("config", f"{_MAP} set transform-set <rest>", _sets_listed, 6, "", LEGACY)
registry.config("config", f"{_MAP} set ikev1 transform-set <rest>", _sets_listed, 7, "", MODERN)
registry.config("config", f"{_MAP} set ikev2 ipsec-proposal <rest>", _sets_listed, 7, "", MODERN)
for _mode, _of in (
    ("config", "crypto ipsec "), ("config", f"{_MAP} set "), ("config", "crypto dynamic-map <word> <seq:number> set "),
    ("config-ipsec-profile", "set "),
):  # fmt: skip
    for _volume, _releases in (("<kilobytes>", BOTH), ("unlimited", MODERN)):
        for _pattern in (f"seconds <seconds> [kilobytes {_volume}]", f"kilobytes {_volume} [seconds <seconds>]"):
            registry.config(_mode, f"{_of}security-association lifetime {_pattern}", lifetime_set, None, "", _releases)
# `show running-config` writes the first of these with a hyphen, the command reference without.
top(f"{_MAP} set connection-type bi-directional|bidirectional|originate-only|answer-only", key=6)
top(f"{_MAP} set reverse-route|nat-t-disable", key=6)
top("crypto map <word> interface <if:word>", key=4)
top("crypto isakmp enable <word>", "crypto isakmp disconnect-notify")
top("crypto isakmp nat-traversal [<number>]", key=3)
top("crypto isakmp identity address|auto|hostname", key=3)
top("crypto ikev1 enable <word>", trains=MODERN)
top("crypto isakmp policy <number>", submode="config-isakmp-policy", trains=LEGACY)
top("crypto ikev1 policy <number>", submode="config-ikev1-policy", trains=MODERN)
top("tunnel-group <word> type ipsec-l2l|ipsec-ra|remote-access", key=3)
registry.config("config", "group-policy <word> internal [from <source:word>]", _policy_made, None)
registry.config("config", "group-policy <word> attributes", _policy_entered, None, "config-group-policy")
top("interface <word>", submode="config-if")
for _kind, _mode in (("ipsec", "config-tunnel-ipsec"), ("general", "config-tunnel-general")):
    registry.config("config", f"tunnel-group <word> {_kind}-attributes", _peer_must_be_typed, None, _mode)

sub(
    "config-tunnel-ipsec",
    "isakmp keepalive threshold <threshold> [retry <retry>]", "isakmp keepalive threshold infinite",
    "isakmp keepalive disable", key=2,
)  # fmt: skip
sub("config-tunnel-ipsec", "pre-shared-key <word>", "trust-point <word>", trains=LEGACY)
sub("config-tunnel-ipsec", "ikev1 pre-shared-key <word>", "ikev1 trust-point <word>", key=2, trains=MODERN)
sub("config-tunnel-ipsec", "peer-id-validate req|cert|nocheck", "chain")
registry.config("config-tunnel-general", "default-group-policy <word>", _policy_named, 1)
sub("config-tunnel-general", "accounting-server-group <word>")
for _word in ("vpn-idle-timeout", "vpn-session-timeout"):
    registry.config("config-group-policy", f"{_word} none|<number>", _timeout_set, 2)
    registry.config("config-group-policy", f"{_word} alert-interval none|<number>", _timeout_set, 2, "", MODERN)
registry.config("config-group-policy", "vpn-tunnel-protocol <rest>", _protocols_set, 1)
sub("config-group-policy", "vpn-filter none", "vpn-filter value <name:word>", "pfs enable|disable")
sub("config-if", "nameif <word>", "security-level <number>", "description <rest>", "shutdown")
sub("config-if", "ip address <ip> <mask:ip> [standby <other:ip>]", key=2)
