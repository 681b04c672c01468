# SPDX-License-Identifier: GPL-3.0-or-later
"""What each rule says will happen, in the observables of the lab.

A finding ``demands`` failures that the lab must show, and ``explains`` those that it may show. Severities mean what
they say: what a message limits to one end is demanded of that end alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding
from tests.agree.spec import ENDS, GOOD, Pair

Names = frozenset[str]
NONE: Names = frozenset()
UP = frozenset(f"up:{end}" for end in ENDS)
TRAFFIC = frozenset(f"traffic:{end}" for end in ENDS)
REKEY = frozenset({"rekey1", "rekey2"})
RECOVERY = frozenset(f"recovery:{end}" for end in ENDS)
RETURN = frozenset(f"return:{end}" for end in ENDS)
ANY = UP | TRAFFIC | REKEY | RECOVERY | RETURN
#: What fails when one end's packets go astray: it cannot start, and it does not answer.
_OTHER = dict(zip(ENDS, ENDS[::-1], strict=True))


@dataclass(frozen=True)
class Prediction:
    demands: Names
    explains: Names


def _parts(finding: Finding) -> dict[str, str]:
    """What a message says of each end."""
    body = finding.message.rpartition(" - ")[2]
    found = re.split(rf"(?:^|(?<= ))({'|'.join(ENDS)}): ", body)
    return dict(zip(found[1::2], found[2::2], strict=False))


def _ends(finding: Finding, pattern: str) -> list[str]:
    return [end for end, said in _parts(finding).items() if re.search(pattern, said)]


def _up(finding: Finding) -> Prediction:
    """Nothing can be negotiated; at warning it still can."""
    severe = str(finding.severity) == "critical"
    return Prediction(UP if severe else NONE, ANY)


def _up_at_error(finding: Finding) -> Prediction:
    return Prediction(UP if str(finding.severity) in ("critical", "error") else NONE, ANY)


def _may(*names: Names) -> Callable[[Finding], Prediction]:
    """No failure is certain, and these would be no surprise."""
    return lambda finding: Prediction(NONE, frozenset().union(*names))


def _mirror(finding: Finding) -> Prediction:
    refused = {f"up:{end}" for end in _ends(finding, "refuses")}
    return Prediction(frozenset(refused), ANY)


def _astray(pattern: str) -> Callable[[Finding], Prediction]:
    """The packets of the ends of which this is said miss the tunnel."""

    def predict(finding: Finding) -> Prediction:
        bad = _ends(finding, pattern)
        severe = str(finding.severity) in ("critical", "error")
        names = {f"up:{end}" for end in bad} | {f"traffic:{_OTHER[end]}" for end in bad}
        return Prediction(frozenset(names) if severe else NONE, ANY)

    return predict


def _shadow(finding: Finding) -> Prediction:
    bad = _ends(finding, " by ")
    return Prediction(frozenset({f"up:{end}" for end in bad} | {f"traffic:{_OTHER[end]}" for end in bad}), ANY)


def _wrong_interface(finding: Finding) -> Prediction:
    """Only what leaves by the map's interface is encrypted, IKE included."""
    return Prediction(UP if str(finding.severity) == "critical" else NONE, ANY)


def _pfs(finding: Finding) -> Prediction:
    said = finding.message
    if match := re.search(r"works only while (\S+) initiates", said):
        demands = {f"up:{_OTHER[match[1]]}"} if str(finding.severity) == "error" else set()
        return Prediction(frozenset(demands), ANY)
    if "cannot initiate" in said:
        return Prediction(UP, ANY)
    if "IKEv2 shows it after its first SAs" in said:
        return Prediction(frozenset({"rekey2"}) if str(finding.severity) == "critical" else NONE, ANY)
    return Prediction(UP, ANY)


def _mode(finding: Finding) -> Prediction:
    named = {f"up:{end}" for end in re.findall(r"so (\S+) cannot start", finding.message)}
    severe = str(finding.severity) == "error"
    return Prediction(frozenset(named) if severe else NONE, ANY if named else NONE)


def _group(finding: Finding) -> Prediction:
    if str(finding.severity) == "critical":
        return Prediction(UP, ANY)
    return Prediction(frozenset(f"up:{end}" for end in _ends(finding, "works only while")), ANY)


def _dpd(finding: Finding) -> Prediction:
    """At critical nobody notices anything; in IKEv2 only the end that does not ask notices nothing."""
    if str(finding.severity) == "critical":
        return Prediction(RECOVERY, RECOVERY | RETURN)
    blind = {f"recovery:{_OTHER[end]}" for end in _ends(finding, r"^(disabled|infinite|never asks)")}
    return Prediction(frozenset(blind), frozenset(blind))


def _infinite(finding: Finding) -> Prediction:
    blind = {f"recovery:{_OTHER[end]}" for end in _ends(finding, "infinite")}
    return Prediction(frozenset(blind), frozenset(blind))


def _filter(finding: Finding) -> Prediction:
    bad = _ends(finding, "does not permit")
    severe = str(finding.severity) == "error"
    return Prediction(frozenset(f"traffic:{_OTHER[end]}" for end in bad) if severe else NONE, TRAFFIC | RECOVERY)


TABLE: dict[str, Callable[[Finding], Prediction]] = {
    "acl-not-mirrored": _mirror,
    "connection-type-conflict": _up,
    "dpd-disabled": _dpd,
    "dpd-infinite-both": lambda finding: Prediction(RECOVERY, RECOVERY | RETURN),
    "dpd-infinite-one": _infinite,
    "dpd-too-slow": _may(RECOVERY),
    "dynamic-hub-cannot-initiate": lambda finding: Prediction(
        frozenset(f"up:{end}" for end in _ends(finding, "^no ")), frozenset(f"up:{e}" for e in _ends(finding, "^no "))
    ),
    "gp-protocol-missing": _up,
    "gp-vpn-filter": _may(TRAFFIC, REKEY, RECOVERY, RETURN),
    "ike-not-enabled": _up,
    "ike-version-mismatch": _up,
    "ikepolicy-auth-mismatch": _up,
    "ikepolicy-no-overlap": _up,
    "inventory-pairing": _up_at_error,
    "isakmp-identity": _up_at_error,
    "map-entry-incomplete": _up,
    "map-not-applied": _up,
    "map-seq-overlap": _may(UP, TRAFFIC, RECOVERY),
    "map-seq-shadow": _shadow,
    "map-wrong-interface": _wrong_interface,
    "nat-exemption-missing": _astray("translated by|matches no rule"),
    "natt-mismatch": lambda finding: Prediction(TRAFFIC, ANY),
    "peer-address-mismatch": _up,
    "peer-multiple": _mode,
    "pfs-mismatch": _pfs,
    "phase1-mode-mismatch": _mode,
    "psk-equality": _up,
    "psk-missing": _up,
    "route-remote-nets": _astray("not by|no route"),
    "sysopt-permit-vpn": _filter,
    "transform-mode": _up_at_error,
    "transform-no-overlap": _up,
    "trustpoint-missing": _up_at_error,
    "tunnel-group-missing": _group,
    "tunnel-group-type": _up,
    "vpn-filter-one-way": lambda finding: Prediction(
        TRAFFIC if str(finding.severity) == "error" else NONE, TRAFFIC | REKEY | RECOVERY | RETURN
    ),
}

#: Rules that may fail and have no consequence here, and why.
WITHOUT = {
    "acl-deny-in-crypto": "what is denied leaves by design in clear; where the ends differ acl-not-mirrored says so",
    "map-acl-any": "works between two ends that say the same",
}

#: Rules that may explain a failure and demand none, or that nothing here can set off, and why.
UNSHOWN = {
    "dpd-too-slow": "says how long it takes, not that it fails",
    "gp-vpn-filter": "a second list that limits the traffic is often wanted",
    "isakmp-identity": "says what another group would take over, not that it fails",
    "map-seq-overlap": "a part of the traffic may be meant for another peer",
}

#: What the lab may show and no rule says, and why. Keep it short.
EXCEPTIONS: dict[str, tuple[Callable[[Pair], bool], Names, str]] = {
    "a certificate that the peer does not believe": (
        lambda pair: any(end.certificate not in ({}, GOOD) for end in pair.ends),
        UP,
        "cert-validity has no check: `show crypto ca certificates` is not read, and a configuration holds "
        "certificates as hexadecimal text alone",
    ),
}


#: What rules say more of than the lab shows, and why. The last one is what the lab must show of it all the same.
OVERSTATED: dict[str, tuple[Callable[[Pair], bool], frozenset[str], str, Names]] = {
    "an entry for another peer protects just these networks, before a dynamic map": (
        lambda pair: any(end.kind == "dynamic" and end.before + end.after for end in pair.ends),
        frozenset({"acl-not-mirrored", "inventory-pairing", "peer-address-mismatch"}),
        "the audit takes it for the tunnel's own entry with a wrong peer; the tunnel comes up and carries nothing",
        TRAFFIC,
    ),
    "an end without a group for its peer, and a key in DefaultL2LGroup": (
        lambda pair: any(end.default_keys and end.group != "peer" for end in pair.ends),
        frozenset({"tunnel-group-missing"}),
        "no published page says whether such an end may start the tunnel: the rule says no, the lab lets it",
        NONE,
    ),
}


def overstated(finding: Finding, pair: Pair, failures: Names) -> str:
    """The exception under which a finding says more than the lab shows, or nothing."""
    for title, (holds, rules, _, all_the_same) in OVERSTATED.items():
        if finding.rule in rules and holds(pair) and (not all_the_same or failures & all_the_same):
            return title
    return ""


def excepted(name: str, pair: Pair) -> str:
    """The exception that an unexplained failure falls under, or nothing."""
    return next((title for title, (holds, names, _) in EXCEPTIONS.items() if name in names and holds(pair)), "")


def predicted(finding: Finding) -> Prediction:
    outcome = str(finding.outcome)
    if finding.rule == "connection-type-conflict" and outcome == "pass":
        return Prediction(NONE, _designed(finding))
    if finding.rule not in TABLE:
        return Prediction(NONE, NONE)
    if outcome == "fail":
        return TABLE[finding.rule](finding)
    return Prediction(NONE, NONE)


def _designed(finding: Finding) -> Names:
    """An end that only answers starts nothing, and one that only originates answers nothing: both are said."""
    mute = {f"up:{end}" for end in _ends(finding, "^(answer-only|responder-only)")}
    deaf = {f"up:{_OTHER[end]}" for end in _ends(finding, "^originate-only")}
    return frozenset(mute | deaf)


def withheld(finding: Finding) -> Names:
    """What a rule might have explained, had it been able to decide."""
    if finding.rule in TABLE and str(finding.outcome) in ("unknown", "unverifiable"):
        return ANY
    return NONE
