# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode: which lines there are, where they go, and what `no` takes away.

Source: Cisco ASA Command Reference 7.2 and 9.16. A line outside this grammar is refused, as a real ASA refuses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.cli.tree import INCOMPLETE, INVALID, Command, Failure, Match, registry, tree_of
from lab.engine.policy.groups import DEFAULT_L2L
from lab.engine.policy.vocabulary import known

if TYPE_CHECKING:
    from lab.cli.shell import Session

LEGACY, MODERN = ("legacy",), ("modern",)
BOTH = LEGACY + MODERN
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
            return _negate(found.words, mode) if negated else found
        if negated and found.message == INCOMPLETE and len(found.words) > 0:
            return _negate(found.words, mode)
        if best is None or (found.column or 0) > (best.column or 0):
            best = found
    assert best is not None
    return best


def _negate(words: tuple[str, ...], mode: str) -> Match:
    return Match(Command(_remove_top if mode == "config" else _remove_child), words, {})


def _touch(session: Session) -> None:
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
    _touch(session)
    session.mode = match.command.submode or "config"
    session.submode_of = line if match.command.submode else ""


def apply_child(session: Session, match: Match) -> None:
    block = session.device.config.find(session.submode_of)
    if block is None:
        return
    line = " ".join(match.words)
    if match.words[:3] == ("isakmp", "keepalive", "threshold") and match.words[3:] != ("infinite",):
        line = line if "retry" in match else f"{line} retry 2"
    key = match.words[: match.command.key] if match.command.key else match.words
    session.device.config.set_child(block, line, key)
    _touch(session)


def _remove_top(session: Session, match: Match) -> list[str]:
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
    _touch(session)
    session.mode, session.submode_of = "config", ""
    return [] if removed or match.words[0] != "access-list" else ["ERROR: the specified entry does not exist"]


def _remove_child(session: Session, match: Match) -> None:
    block = session.device.config.find(session.submode_of)
    if block:
        words = tuple(" ".join(match.words).split())
        key = words[: words.index("threshold")] if "threshold" in words else words
        session.device.config.drop_child(block, key)
        _touch(session)


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
    _touch(session)
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


def _pfs_set(session: Session, match: Match) -> list[str] | None:
    """9.13 warns of groups that it calls insecure; 9.15 has them no more, but for group 5 with IKEv1."""
    release, group = release_of(session), match.words[-1].removeprefix("group")
    if release >= (9, 15) and group in ("1", "2"):
        return Failure(INVALID, len(" ".join(match.words[:-1])) + 1).lines(session.prompt)
    apply_top(session, match)
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
    _touch(session)
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
top("access-list <word> extended permit|deny <rest>", "access-list <word> remark <rest>")
top("access-list <word> standard permit|deny <rest>", "access-group <rest>")
top("sysopt connection permit-vpn|preserve-vpn-flows|reclassify-vpn", "sysopt connection tcpmss <number>")
top("nat <rest>")
top("global <rest>", "static <rest>", trains=LEGACY)
top("crypto ipsec security-association lifetime seconds|kilobytes <number>", key=5)
top("crypto ipsec security-association replay window-size <number>", key=5)
# What an ASA prints of itself, and what has no bearing on what is negotiated.
top("crypto ipsec security-association pmtu-aging infinite|<number>", key=4, trains=MODERN)
top(
    "crypto ipsec df-bit clear-df|copy-df|set-df <if:word>",
    "crypto ipsec fragmentation before-encryption|after-encryption <if:word>",
)
for _set, _trains in (("crypto ipsec transform-set", LEGACY), ("crypto ipsec ikev1 transform-set", MODERN)):
    registry.config("config", f"{_set} <word> <rest>", _set_made, None, "", _trains)
    top(f"{_set} <word> mode transport|tunnel", key=len(_set.split()) + 2, trains=_trains)
top("crypto ipsec ikev2 ipsec-proposal <word>", submode="config-ipsec-proposal", trains=MODERN)
top(f"{_MAP} match address <acl:word>", f"{_MAP} set peer <rest>", key=6)
top(f"{_MAP} set pfs [group1|group2|group5]", f"{_MAP} set pfs group7", key=6, trains=LEGACY)
registry.config(
    "config",
    f"{_MAP} set pfs [group1|group2|group5|group14|group15|group16|group19|group20|group21]",
    _pfs_set,
    6,
    "",
    MODERN,
)
top(f"{_MAP} set phase1-mode <rest>", key=6, trains=LEGACY)
top(f"{_MAP} set ikev1 phase1-mode <rest>", key=7, trains=MODERN)
# A list that is typed again replaces the one before.
registry.config("config", f"{_MAP} set transform-set <rest>", _sets_listed, 6, "", LEGACY)
registry.config("config", f"{_MAP} set ikev1 transform-set <rest>", _sets_listed, 7, "", MODERN)
registry.config("config", f"{_MAP} set ikev2 ipsec-proposal <rest>", _sets_listed, 7, "", MODERN)
top(f"{_MAP} set security-association lifetime seconds <seconds>", key=8)
top(f"{_MAP} set security-association lifetime kilobytes <kilobytes>", key=8)
top(f"{_MAP} set security-association lifetime kilobytes unlimited", key=8, trains=MODERN)
top(f"{_MAP} set connection-type bidirectional|originate-only|answer-only", key=6)
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
top("object-group network <word>", submode="config-network")
top("object network <word>", submode="config-network-object", trains=MODERN)
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
sub("config-group-policy", "vpn-idle-timeout none|<rest>", "vpn-session-timeout none|<rest>")
sub("config-group-policy", "vpn-tunnel-protocol <rest>", "vpn-filter <rest>", "pfs enable|disable")
sub("config-network", "network-object <rest>", "group-object <word>", "description <rest>", key=None)
sub("config-network-object", "subnet <net:ip> <mask:ip>", "host <ip>", "description <rest>")
sub("config-if", "nameif <word>", "security-level <number>", "description <rest>", "shutdown")
sub("config-if", "ip address <ip> <mask:ip>", key=2)
