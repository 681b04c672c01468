# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode, continued: IKE policies, dynamic maps, profiles, tunnel interfaces, IKEv2 keys, trustpoints.

Which algorithms a release has words for is in `lab.engine.policy.vocabulary`; a line with another one is refused.
Sources: Cisco ASA Command Reference 7.2, 8.4 and 9.16; "Virtual Tunnel Interface" in the VPN CLI guide since 9.7.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lab.cli.configure import (
    BOTH,
    GROUPS,
    LEGACY,
    MODERN,
    REMOVED_BY,
    apply_child,
    apply_top,
    pfs_set,
    release_of,
    remove_child,
    since,
    sub,
    top,
)
from lab.cli.consequences import tearing_down
from lab.cli.tree import INVALID, Failure, Match, registry
from lab.engine.policy.vocabulary import first_unknown

if TYPE_CHECKING:
    from lab.cli.shell import Session

_DYNAMIC = "crypto dynamic-map <word> <seq:number>"
_MAP = "crypto map <word> <seq:number>"


def _listed(what: str) -> Callable[[Session, Match], list[str] | None]:
    """A line of a submode whose last words must be of this vocabulary."""

    def handler(session: Session, match: Match) -> list[str] | None:
        words = match.words[-1].split()
        wrong = first_unknown(what, words, release_of(session))
        if wrong is None and len(words) > 1 and what.startswith("ikev1 "):
            wrong = 1  # an IKEv1 policy has one of each
        if wrong is not None:
            before = (*match.words[:-1], *words[:wrong])
            return Failure(INVALID, len(" ".join(before)) + 1).lines(session.prompt)
        if what == "ikev2 encryption" and _mixed(words):
            return ["ERROR: AES-GCM encryption cannot be combined with other encryption algorithms"]  # from practice
        apply_child(session, match)
        return None

    return handler


def _mixed(words: list[str]) -> bool:
    return 0 < sum("gcm" in word for word in words) < len(words)


def _values(mode: str, kind: str, names: tuple[str, ...], trains: tuple[str, ...]) -> None:
    for name in names:
        registry.config(mode, f"{name} <rest>", _listed(f"{kind} {name}"), 1, "", trains)


# -- policies ------------------------------------------------------------------------------------------------

for _mode, _trains in (("config-isakmp-policy", LEGACY), ("config-ikev1-policy", MODERN)):
    _values(_mode, "ikev1", ("authentication", "encryption", "hash", "group"), _trains)
    sub(_mode, "lifetime <number>", "lifetime none", trains=_trains)
top("crypto ikev2 policy <number>", submode="config-ikev2-policy", trains=MODERN)
_values("config-ikev2-policy", "ikev2", ("encryption", "integrity", "group", "prf"), MODERN)
sub("config-ikev2-policy", "lifetime seconds <number>", "lifetime seconds none", trains=MODERN)
for _name in ("encryption", "integrity"):
    _pattern = f"protocol esp {_name} <rest>"
    registry.config("config-ipsec-proposal", _pattern, tearing_down(_listed(f"ikev2 esp {_name}")), 3, "", MODERN)
REMOVED_BY["config-ipsec-proposal"] = tearing_down(remove_child)

# -- once per device -----------------------------------------------------------------------------------------

top("crypto isakmp am-disable", trains=LEGACY)
top("crypto ikev1 am-disable", trains=MODERN)
top("crypto ikev2 enable <word>", key=4, trains=MODERN)
top("crypto ikev2 notify invalid-selectors", trains=MODERN)
top("crypto isakmp reload-wait")
top("crypto isakmp identity key-id <word>", key=3)

# -- maps, profiles and tunnels ------------------------------------------------------------------------------

top(f"{_MAP} ipsec-isakmp dynamic <name:word>", key=5)
top(f"{_MAP} set trustpoint <name:word> [chain]", key=6)
top(f"{_MAP} set ikev2 mode tunnel|transport", f"{_DYNAMIC} set ikev2 mode tunnel|transport", key=7, trains=MODERN)
top(f"{_DYNAMIC} match address <acl:word>", f"{_DYNAMIC} set peer <rest>", key=6)
top(f"{_DYNAMIC} set pfs [group1|group2|group5|group7]", key=6, trains=LEGACY)
registry.config("config", f"{_DYNAMIC} set pfs [{GROUPS}]", pfs_set, 6, "", MODERN)
top(f"{_DYNAMIC} set transform-set <rest>", key=6, trains=LEGACY)
top(f"{_DYNAMIC} set ikev1 transform-set <rest>", f"{_DYNAMIC} set ikev2 ipsec-proposal <rest>", key=7, trains=MODERN)
top(f"{_DYNAMIC} set reverse-route|nat-t-disable", key=6)
registry.config("config", "crypto ipsec profile <word>", since((9, 7), apply_top), None, "config-ipsec-profile", MODERN)
sub("config-ipsec-profile", "set ikev1 transform-set <rest>", "set ikev2 ipsec-proposal <rest>", key=3, trains=MODERN)
registry.config("config-ipsec-profile", f"set pfs [{GROUPS}]", pfs_set, 2, "", MODERN)
sub("config-ipsec-profile", "set trustpoint <word> [chain]", key=2, trains=MODERN)
sub("config-ipsec-profile", "responder-only", trains=MODERN)
for _pattern in (
    "tunnel source interface <word>", "tunnel destination <word>", "tunnel mode ipsec ipv4|ipv6",
    "tunnel protection ipsec profile <word>",
):  # fmt: skip
    registry.config("config-if", _pattern, since((9, 7), apply_child), 2, "", MODERN)

# -- keys and trustpoints ------------------------------------------------------------------------------------

for _side in ("local", "remote"):
    sub("config-tunnel-ipsec", f"ikev2 {_side}-authentication pre-shared-key [hex] <word>", key=2, trains=MODERN)
sub("config-tunnel-ipsec", "ikev2 local-authentication certificate <word>", key=2, trains=MODERN)
sub("config-tunnel-ipsec", "ikev2 remote-authentication certificate", key=2, trains=MODERN)
top("crypto ca trustpoint <word>", submode="config-ca-trustpoint", trains=BOTH)
sub("config-ca-trustpoint", "enrollment terminal|self", "crl configure", "keypair <word>", "fqdn <word>")
sub("config-ca-trustpoint", "subject-name <rest>", "revocation-check <rest>")
