# SPDX-License-Identifier: GPL-3.0-or-later
"""What may be different about an end. Each feature draws a value for it, or ``None`` where it makes no sense there."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.agree import words
from tests.agree.spec import BEHIND, GHOST, GHOST_NET, GOOD, INSIDE, KEY, PUBLIC, End, Line, Pair, Policy

Draw = Callable[[random.Random, Pair, End], Any]
Apply = Callable[[Pair, End, Any], None]


@dataclass(frozen=True)
class Kind:
    """``weight`` is how often it is drawn beside the others."""

    draw: Draw
    apply: Apply
    weight: int = 3


@dataclass(frozen=True, order=True)
class Feature:
    """One change of one end; ``value`` is plain data, as a case file writes it."""

    name: str
    end: int
    value: Any

    def __str__(self) -> str:
        return f"{self.name}@{'AB'[self.end]}={self.value}"


def apply(pair: Pair, feature: Feature) -> None:
    KINDS[feature.name].apply(pair, pair.ends[feature.end], feature.value)


def _set(attribute: str, when: Callable[[End], bool], *values: Any) -> tuple[Draw, Apply]:
    """A feature that sets one attribute."""

    def draw(rng: random.Random, pair: Pair, end: End) -> Any:
        return rng.choice(values) if when(end) else None

    return draw, lambda pair, end, value: setattr(end, attribute, value)


def always(end: End) -> bool:
    return True


def static(end: End) -> bool:
    return end.kind == "static"


def mapped(end: End) -> bool:
    return end.kind != "vti"


def v1(end: End) -> bool:
    return 1 in end.versions


def v2(end: End) -> bool:
    return 2 in end.versions


# -- phase 1 ---------------------------------------------------------------------------------------------------


def _policy1(rng: random.Random, pair: Pair, end: End) -> Any:
    if not v1(end):
        return None
    release = end.version
    how = rng.choice(("replace", "prepend", "append"))
    return [how, *(rng.choice(find(release)) for find in (words.ciphers, words.hashes, words.groups)),
            rng.choice((14400, 14400, 14400, 28800, 3600))]  # fmt: skip


def _put1(pair: Pair, end: End, value: Any) -> None:
    how, *rest = value
    if how == "replace":
        end.policies.clear()
    number = {"replace": 10, "prepend": 5, "append": 30}[how]
    end.policies[number] = Policy(rest[0], rest[1], rest[2], rest[3])


def _policy2(rng: random.Random, pair: Pair, end: End) -> Any:
    if not v2(end):
        return None
    release = end.version

    def some(found: tuple[str, ...]) -> str:
        return " ".join(rng.sample(found, rng.choice((1, 1, 2))))

    cipher = some(words.ciphers2(release))
    gcm = "gcm" in cipher
    # GCM brings its own integrity, and stands beside no cipher that needs one.
    cipher, integrity = ("aes-gcm-256", "null") if gcm else (cipher, some(words.integrities(release)))
    prf = some(words.integrities(release)) if gcm or rng.random() < 0.3 else integrity
    return [rng.choice(("replace", "prepend", "append")), cipher, integrity, some(words.groups2(release)), prf,
            rng.choice((14400, 14400, 28800, 3600))]  # fmt: skip


def _put2(pair: Pair, end: End, value: Any) -> None:
    how, cipher, integrity, group, prf, lifetime = value
    if how == "replace":
        end.policies2.clear()
    number = {"replace": 10, "prepend": 5, "append": 30}[how]
    end.policies2[number] = Policy(cipher, integrity, group, lifetime, prf=prf)


def _ike_lifetime(rng: random.Random, pair: Pair, end: End) -> Any:
    return rng.choice((600, 1800, 3600, 7200, 14400, 28800, 86400))


def _put_lifetime(pair: Pair, end: End, value: Any) -> None:
    for policy in (*end.policies.values(), *end.policies2.values()):
        policy.lifetime = value


def _offer(rng: random.Random, pair: Pair, end: End) -> Any:
    """Another version than the base has, with all that belongs to it; or one less."""
    return None if end.legacy else rng.choice(([1], [2], [1, 2]))


def _put_offer(pair: Pair, end: End, value: Any) -> None:
    end.versions = tuple(value)
    end.enabled = tuple(value)
    group = "14" if end.version >= (9, 13) else "5"
    if 1 in value and not end.policies:
        end.policies = {10: Policy("aes-256", "sha", "5", 14400)}
        end.transforms = [("esp-aes-256", "esp-sha-hmac", "tunnel")]
        end.keys["ikev1"] = KEY
    if 2 in value and not end.policies2:
        end.policies2 = {10: Policy("aes-256", "sha", group, 14400)}
        end.proposals = [("aes-256", "sha-1")]
        end.keys |= {"local": KEY, "remote": KEY}
    if 1 not in value:
        end.policies, end.transforms = {}, []
    if 2 not in value:
        end.policies2, end.proposals = {}, []


def _enable(rng: random.Random, pair: Pair, end: End) -> Any:
    return rng.choice([[], [version for version in end.versions if rng.random() < 0.5]])


def _authentication(rng: random.Random, pair: Pair, end: End) -> Any:
    return "rsa-sig" if v1(end) else None


def _put_authentication(pair: Pair, end: End, value: Any) -> None:
    for policy in end.policies.values():
        policy.authentication = value


# -- keys and groups -------------------------------------------------------------------------------------------


def _key(rng: random.Random, pair: Pair, end: End) -> Any:
    return [rng.choice(sorted(end.keys) or ["ikev1"]), rng.choice(("another-key", "another-key", None))]


def _put_key(pair: Pair, end: End, value: Any) -> None:
    end.keys[value[0]] = value[1]


def _default_key(rng: random.Random, pair: Pair, end: End) -> Any:
    return rng.choice((KEY, KEY, "another-key"))


def _put_default_key(pair: Pair, end: End, value: Any) -> None:
    end.default_keys = {kind: value for kind in ("ikev1", "local", "remote") if kind in end.keys}


# -- phase 2 ---------------------------------------------------------------------------------------------------


def _transform(rng: random.Random, pair: Pair, end: End) -> Any:
    if not v1(end):
        return None
    return [rng.choice(("replace", "prepend", "append")), *rng.choice(words.transforms(end.version)),
            rng.choice(("tunnel",) * 5 + ("transport",))]  # fmt: skip


def _put_transform(pair: Pair, end: End, value: Any) -> None:
    how, *rest = value
    made = (rest[0], rest[1], rest[2])
    end.transforms = {"replace": [made], "prepend": [made, *end.transforms], "append": [*end.transforms, made]}[how]


def _put_transport(pair: Pair, end: End, value: Any) -> None:
    end.transforms = [(cipher, mac, "transport") for cipher, mac, _ in end.transforms]


def _proposal(rng: random.Random, pair: Pair, end: End) -> Any:
    if not v2(end):
        return None
    return [rng.choice(("replace", "prepend", "append")), *rng.choice(words.proposals(end.version))]


def _put_proposal(pair: Pair, end: End, value: Any) -> None:
    how, *rest = value
    made = (rest[0], rest[1])
    end.proposals = {"replace": [made], "prepend": [made, *end.proposals], "append": [*end.proposals, made]}[how]


def _pfs(rng: random.Random, pair: Pair, end: End) -> Any:
    return rng.choice(words.pfs(end.version, end.versions))


# -- access lists ----------------------------------------------------------------------------------------------


def _lines(rng: random.Random, pair: Pair, end: End) -> Any:
    if end.kind == "vti":
        return None
    (mine, mine2), (theirs, theirs2) = INSIDE[end.place], INSIDE[1 - end.place]
    half, host = mine.replace("/24", "/25"), mine.replace(".0/24", ".10/32")
    far_half, far_host = theirs.replace("/24", "/25"), theirs.replace(".0/24", ".10/32")
    return rng.choice(
        (
            [[half, theirs]], [[mine, far_half]], [[host, far_host]], [[host, theirs]],
            [[mine, theirs], [mine2, theirs]], [[mine, theirs], [mine, theirs2]], [[mine, theirs], [mine2, theirs2]],
            [[mine2, theirs2]], [[mine2, theirs]], [[mine, theirs2]], [["any", theirs]], [[mine, "any"]],
            [[mine.replace("/24", "/16").replace("168.1.", "168.0.").replace("168.2.", "168.0."), theirs]],
            [[host, theirs, "deny"], [mine, theirs]], [[mine, far_host, "deny"], [mine, theirs]],
            [[mine, theirs, "permit", "tcp"]], [[mine, theirs, "permit", "ip", " inactive"]],
            [[half, theirs], [mine.replace(".0/24", ".128/25"), theirs]],
        )
    )  # fmt: skip


def _put_lines(pair: Pair, end: End, value: Any) -> None:
    end.lines = [Line(*row) for row in value]
    end.dynamic_match = end.dynamic_match or end.kind == "dynamic"


def _both_lines(rng: random.Random, pair: Pair, end: End) -> Any:
    (mine, mine2), (theirs, theirs2) = INSIDE[end.place], INSIDE[1 - end.place]
    if any(each.kind == "vti" for each in pair.ends):
        return None
    return rng.choice(([[mine, theirs], [mine2, theirs]], [[mine, theirs], [mine2, theirs2]], [[mine2, theirs2]]))


def _put_both(pair: Pair, end: End, value: Any) -> None:
    for each in pair.ends:
        rows = [row if each is end else [row[1], row[0]] for row in value]
        each.lines = [Line(*row) for row in rows]


def _other(rng: random.Random, pair: Pair, end: End) -> Any:
    """Lines of an entry for a peer that is nobody, in front of the one that matters or behind it."""
    mine, theirs = INSIDE[end.place][0], INSIDE[1 - end.place][0]
    return rng.choice(
        (
            [mine, GHOST_NET], [mine, GHOST_NET], [mine, theirs], [mine, theirs.replace("/24", "/25")],
            [mine.replace("/24", "/16").replace("168.1.", "168.0.").replace("168.2.", "168.0."), GHOST_NET],
            [mine.replace(".0/24", ".10/32"), theirs], ["any", "any"], [INSIDE[end.place][1], theirs],
        )
    )  # fmt: skip


def _row(value: Any) -> str:
    from tests.agree.grammar import _line

    return _line(Line(*value))


def _without(*parts: str) -> tuple[Draw, Apply]:
    def put(pair: Pair, end: End, value: Any) -> None:
        end.without |= {value}

    return lambda rng, pair, end: rng.choice(parts) if static(end) else None, put


def _peers(rng: random.Random, pair: Pair, end: End) -> Any:
    own = end.peer
    return rng.choice(([own, GHOST], [GHOST, own], [GHOST], [own, GHOST])) if static(end) else (
        [GHOST] if end.kind == "vti" else None)  # fmt: skip


def _route(rng: random.Random, pair: Pair, end: End) -> Any:
    """A route by which something leaves elsewhere."""
    far = INSIDE[1 - end.place][0].partition("/")[0]
    if end.kind == "vti":
        # There is a route to that network already, and one by another interface is refused.
        far = end.peer
    gateway = INSIDE[end.place][0].replace(".0/24", ".254")
    return rng.choice(
        (
            f"route inside {far} 255.255.255.{'255' if far == end.peer else '0'} {gateway} 1",
            f"route inside {end.peer} 255.255.255.255 {gateway} 1",
        )
    )


def _keepalive(rng: random.Random, pair: Pair, end: End) -> Any:
    return rng.choice(
        ("disable", "threshold infinite", "threshold 10 retry 2", "threshold 20 retry 5", "threshold 60 retry 10",
         "threshold 300 retry 2", "threshold 3600 retry 2")
    )  # fmt: skip


def _filtered(rng: random.Random, pair: Pair, end: End) -> Any:
    mine, theirs = INSIDE[end.place][0], INSIDE[1 - end.place][0]
    return rng.choice(([["any", "any", "deny"]], [[theirs, mine]], [[GHOST_NET, mine]], []))


def _put_filtered(pair: Pair, end: End, value: Any) -> None:
    end.permit_vpn = False
    end.outside_list = [_row(row) for row in value]


def _identity(rng: random.Random, pair: Pair, end: End) -> Any:
    return rng.choice(("address", "hostname", "auto", "key-id site-7"))


# -- NAT and certificates --------------------------------------------------------------------------------------


def _put_behind(pair: Pair, end: End, value: Any) -> None:
    """A NAT in front of this end, which the other one names by the address that the NAT shows."""
    other = pair.other(end)
    end.outside, end.public = BEHIND[end.place], PUBLIC[end.place]
    other.peers = [end.public if peer == other.peer else peer for peer in other.peers]
    other.peer = end.public


def _certificates(rng: random.Random, pair: Pair, end: End) -> Any:
    """At both ends, or at this one alone."""
    return rng.choice(("both", "both", "both", "alone"))


def _put_certificates(pair: Pair, end: End, value: Any) -> None:
    for each in pair.ends if value == "both" else (end,):
        each.trustpoint, each.certificate, each.expects_certificate = "TP", dict(GOOD), True
        each.keys.clear()
        for policy in each.policies.values():
            policy.authentication = "rsa-sig"


def _spoilt(rng: random.Random, pair: Pair, end: End) -> Any:
    """An expired certificate, one of somebody else, or a trustpoint that is gone."""
    return rng.choice(({"days": 3}, {"authority": "other-ca"}, {}, {})) if end.certificate else None


KINDS: dict[str, Kind] = {
    "policy": Kind(_policy1, _put1, 8),
    "policy2": Kind(_policy2, _put2, 8),
    "ike-lifetime": Kind(_ike_lifetime, _put_lifetime, 4),
    "offer": Kind(_offer, _put_offer, 3),
    "enable": Kind(_enable, lambda pair, end, value: setattr(end, "enabled", tuple(value)), 3),
    "authentication": Kind(_authentication, _put_authentication, 2),
    "key": Kind(_key, _put_key, 4),
    "default-key": Kind(_default_key, _put_default_key, 2),
    "masked": Kind(lambda r, p, e: True, lambda p, e, value: setattr(p, "masked", value), 2),
    "group": Kind(*_set("group", always, "", "", "BRANCHES"), 3),
    "group-type": Kind(*_set("group_type", always, "remote-access"), 2),
    "protocols": Kind(
        lambda r, p, e: r.choice(("l2tp-ipsec", "webvpn", "IPSec") if e.legacy else
                                 ("l2tp-ipsec", "ikev1", "ikev2", "ikev1 ikev2", "ssl-client")),
        lambda p, e, value: setattr(e, "protocols", value), 3),
    "keepalive": Kind(_keepalive, lambda p, e, value: setattr(e, "keepalive", f"isakmp keepalive {value}"), 7),
    "default-keepalive": Kind(
        _keepalive, lambda p, e, value: setattr(e, "default_keepalive", f"isakmp keepalive {value}"), 1),
    "aggressive": Kind(
        lambda r, p, e: r.choice([f"group{each}" for each in words.groups(e.version)]
                                 + ([""] if e.version < (9, 13) else [])) if static(e) and v1(e) else None,
        lambda p, e, value: setattr(e, "aggressive", value), 3),
    "am-disable": Kind(*_set("aggressive_refused", v1, True), 3),
    "identity": Kind(_identity, lambda p, e, value: setattr(e, "identity", value), 2),
    "transform": Kind(_transform, _put_transform, 8),
    "transport": Kind(lambda r, p, e: True if v1(e) and e.transforms else None, _put_transport, 2),
    "proposal": Kind(_proposal, _put_proposal, 8),
    "pfs": Kind(_pfs, lambda p, e, value: setattr(e, "pfs", value), 10),
    "seconds": Kind(*_set("seconds", always, 0, 600, 1200, 3600, 14400, 86400), 4),
    "global-seconds": Kind(*_set("global_seconds", always, 900, 3600, 7200), 1),
    "lines": Kind(_lines, _put_lines, 9),
    "both-lines": Kind(_both_lines, _put_both, 4),
    "before": Kind(_other, lambda p, e, value: e.before.append(_row(value)), 4),
    "after": Kind(_other, lambda p, e, value: e.after.append(_row(value)), 2),
    "without": Kind(*_without("match", "peer", "transform", "list"), 3),
    "peers": Kind(_peers, lambda p, e, value: setattr(e, "peers", list(value)), 4),
    "applied": Kind(*_set("applied", mapped, "", "inside"), 2),
    "connection-type": Kind(
        *_set("connection_type", static, "answer-only", "originate-only", "bidirectional"), 5),
    "default-route": Kind(*_set("default_route", always, False), 2),
    "route": Kind(_route, lambda p, e, value: e.routes.append(value), 2),
    "exempt": Kind(*_set("exempt", mapped, False), 3),
    "pat": Kind(*_set("pat", always, False), 2),
    "permit-vpn": Kind(_filtered, _put_filtered, 2),
    "idle": Kind(*_set("idle", always, "", "5", "30"), 2),
    "session": Kind(*_set("session", always, "60", "600"), 1),
    "nat-traversal": Kind(*_set("nat_traversal", always, True, False), 1),
    "disconnect-notify": Kind(*_set("disconnect_notify", always, True), 1),
    "dynamic-match": Kind(*_set("dynamic_match", lambda e: e.kind == "dynamic", True), 3),
    "vti-route": Kind(*_set("vti_route", lambda e: e.kind == "vti", False), 2),
    "behind": Kind(
        lambda r, p, e: True if all(not each.public and each.kind == "static" for each in p.ends) else None,
        _put_behind, 4),
    "nat-t-disable": Kind(*_set("nat_t_disable", static, True), 1),
    "certificates": Kind(_certificates, _put_certificates, 6),
    # Drawn for the few ends alone that have one.
    "spoilt": Kind(_spoilt, lambda p, e, value: setattr(e, "certificate", dict(value)), 40),
    "filter": Kind(*_set("filter", always, "right", "wrong"), 2),
    "by-object": Kind(*_set("by_object", lambda e: mapped(e) and e.version >= (8, 3), True), 2),
    "kilobytes": Kind(
        lambda r, p, e: r.choice(("10000", "4608000", *(("unlimited",) if e.version >= (9, 1) else ()))),
        lambda p, e, value: setattr(e, "kilobytes", value), 1),
    "responder-only": Kind(*_set("responder_only", lambda e: e.kind == "vti" and e.version >= (9, 12), True), 2),
}  # fmt: skip
