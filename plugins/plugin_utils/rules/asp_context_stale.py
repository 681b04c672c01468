# SPDX-License-Identifier: GPL-3.0-or-later
"""The data path holds the SAs that the control plane shows."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Direction,
    End,
    Finding,
    Group,
    Severity,
    Tunnel,
    VpnContext,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._clear import clears
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import Side, sides, spi
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names

RULE = Rule(
    id="asp-context-stale",
    title="The data path holds the SAs that the control plane shows",
    severity=Severity.CRITICAL,
    group=Group.LIVE,
    rationale="`show crypto ipsec sa` is the control plane's view, and can mirror at both ends while the data path "
    "encrypts with a context that nobody renewed. Nothing else shows it.",
    reads=("show asp table vpn-context detail", "show crypto ipsec sa"),
    sources=("tunnelsup.com: ASP tables, SPI and VPN contexts", "ASA command reference, show asp table vpn-context"),
    fixed_by="clear_ipsec_sa by hand; if it stays, take the crypto map off the interface and on again, or fail over: "
    "a human decides",
)
SUBJECT = "data path"
BAD = ("bad_pkts", "bad_spi", "bad_crypto")
# A state such as `UP+DIP`: a deletion was asked for and is not done.
DYING = "DIP"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    read = [end for end in tunnel.ends if any(each.contexts is not None for each in end.device.readings)]
    if not read:
        reason = "`show asp table vpn-context detail` was not read: a collection reads it only when told to"
        yield RULE.not_applicable(tunnel, SUBJECT, reason)
        return
    findings: list[Finding] = []
    judged: list[End] = []
    for end in read:
        contexts = _contexts(end)
        if isinstance(contexts, str):
            findings.append(RULE.unknown(tunnel, SUBJECT, contexts))
            continue
        for side in sides(end).values():
            if side.up:
                if end not in judged:
                    judged.append(end)
                findings.extend(_judge(tunnel, side, *contexts))
    yield from findings
    if findings:
        return
    if judged:
        yield RULE.passes(tunnel, SUBJECT, f"{names(judged)}: it holds every SA")
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{names(read)}: no SA")


Contexts = dict[tuple[Direction | None, int | None], VpnContext]


def _contexts(end: End) -> tuple[Contexts, Contexts] | str:
    """The contexts of both readings by direction and SPI, or why they cannot be judged."""
    readings = [reading.contexts for reading in end.device.readings]
    if end.first is None or end.second is None or len(readings) < 2 or readings[0] is None or readings[-1] is None:
        return f"{end.name}'s SAs and contexts were not both read twice, and a context may lag behind its SA"
    both = [*readings[0], *readings[-1]]
    if any(each.spi is None or each.direction is None or each.incomplete for each in both):
        return f"{end.name}: a context without its SPI was read, as without the word `detail`"
    then, now = ({(each.direction, each.spi): each for each in contexts} for contexts in (readings[0], readings[-1]))
    return then, now


def _judge(tunnel: Tunnel, side: Side, then: Contexts, now: Contexts) -> Iterator[Finding]:
    place = str(side.entries[0].identities)
    sas = [sa for sa in side.sas if not sa.rekeyed]
    without = [sa for sa in sas if (sa.direction, sa.spi) not in now]
    lost = [sa for sa in without if (sa.direction, sa.spi) not in then]
    dying = [
        sa for sa in sas if all(DYING in (_state(contexts.get((sa.direction, sa.spi)))) for contexts in (then, now))
    ]
    passes = bool(side.grown("pkts encaps")) and bool(side.grown("pkts decaps"))
    if (without or dying) and side.changed:
        yield RULE.transient(tunnel, SUBJECT, f"{side.end.name}'s SAs changed between the readings", where=place)
        return
    if len(without) > len(lost):
        words = f"{side.end.name}: the context of an SA went away between the readings"
        yield RULE.transient(tunnel, SUBJECT, words, where=place)
    for found, what in ((lost, "has no context"), (dying, "waits for its deletion in the data path")):
        for sa in found:
            words = f"{side.end.name}: {sa.direction.value} {spi(sa.spi)} {what}"
            yield RULE.fails(
                tunnel,
                SUBJECT,
                words + (", and packets still pass" if passes else ""),
                where=place,
                severity=Severity.WARNING if passes or found is dying else Severity.CRITICAL,
                fix=() if passes else clears(tunnel),
            )
    for sa in sas:
        key = (sa.direction, sa.spi)
        grown = _grown(then.get(key), now.get(key))
        if grown:
            words = f"{side.end.name}: {sa.direction.value} {spi(sa.spi)} {grown}"
            yield RULE.fails(tunnel, SUBJECT, words, where=place, severity=Severity.WARNING)


def _state(context: VpnContext | None) -> str:
    return (context.state or "") if context is not None else ""


def _grown(then: VpnContext | None, now: VpnContext | None) -> str:
    """The counters of bad packets that grew in one context."""
    if then is None or now is None or then.vpn_ctx != now.vpn_ctx:
        return ""
    counts = [(name, getattr(then, name), getattr(now, name)) for name in BAD]
    grown = [(name, b - a) for name, a, b in counts if a is not None and b is not None and b > a]
    return " ".join(f"{name.replace('_', ' ')} +{count}" for name, count in grown)
