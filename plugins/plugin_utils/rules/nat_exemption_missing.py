# SPDX-License-Identifier: GPL-3.0-or-later
"""No address translation stands between the traffic and the tunnel."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    NatKind,
    Outcome,
    ProxyIdentities,
    Selector,
    Severity,
    Tunnel,
    Version,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import permit_line, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import (
    Said,
    fails,
    judge_ends,
    not_applicable,
    passes,
    unknown,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import crypto_interfaces
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._nat import Translation, entries, of_config
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected, weight
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule

RULE = Rule(
    id="nat-exemption-missing",
    title="No address translation stands between the traffic and the tunnel",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="The crypto map is asked after translation. What was translated no longer matches the access list, so it "
    "leaves in clear, and this end never sends into a tunnel that is up.",
    reads=("show running-config nat", "show running-config access-list", "show route"),
    sources=(
        "ASA configuration guide 8.2, Order of NAT Rules Used to Match Real Addresses",
        "ASA configuration guide 9.x, NAT Rule Order and NAT and VPN",
    ),
    fixed_by="an exemption before the rule that translates: a human decides",
)
SUBJECT = "translation"
TWICE = Version(8, 3)


def check(tunnel: Tunnel) -> Iterator[Finding]:
    yield from judge_ends(RULE, tunnel, SUBJECT, lambda end, config: _say(tunnel, end, config), where=place(tunnel))


def _say(tunnel: Tunnel, end: End, config: Config) -> Said:
    entry = end.map_entry
    if entry is not None and entry.tunnel_interface is not None:
        return not_applicable(f"{end.name} routes into {entry.tunnel_interface}, which takes any address")
    interfaces = crypto_interfaces(end)
    if entry is None or not interfaces:
        return not_applicable(f"{end.name} has no crypto map on an interface for this peer")
    if config.nat is None or "nat" in config.unread:
        return unknown(f"the address translation of {end.name} was not read")
    wanted = protected(tunnel, end)
    if not wanted.pairs:
        return unknown(wanted.doubt) if wanted.doubt else not_applicable(f"{end.name} protects nothing")
    interface = end.interface if end.interface in interfaces else interfaces[0]
    said = _judge(end, config, wanted.pairs, of_config(config)[interface])
    return unknown(wanted.doubt) if wanted.doubt and said.outcome is Outcome.PASS else said


def _judge(end: End, config: Config, pairs: tuple[ProxyIdentities, ...], translation: Translation) -> Said:
    good: list[str] = []
    unclear: list[str] = []
    bad: list[tuple[Severity, str, str]] = []
    broken: list[ProxyIdentities] = []
    for pair in pairs:
        answer = translation.answer(pair, come := entries(end, pair.local.network, translation.interface))
        first = next((each for each in answer.translated if each[1]), next(iter(answer.translated), None))
        if first is None and not answer.unsure:
            if answer.exempt:
                good.append(f"exempt by '{answer.exempt[0].rule.line}'")
            elif answer.mapped:
                good.append(f"{pair.local} is what translation makes")
            elif translation.control and answer.untouched:
                bad.append((weight(end, pair), f"{pair} matches no rule under nat-control", "nat-control"))
                broken.append(pair)
            else:
                good.append("not translated")
        elif answer.mapped:
            good.append(f"{pair.local} is what translation makes")
        elif first is None or answer.unsure:
            line = (answer.unsure[0] if answer.unsure else answer.translated[0][0]).rule.line
            unclear.append(f"{pair} may meet '{line}', which was not resolved")
        elif come is None and first[0].entry != "any":
            unclear.append(f"{pair} may meet '{first[0].rule.line}': by which interface it comes in is not known")
        else:
            view, whole = first
            how = "is translated" if whole else "is translated in part"
            severity = weight(end, pair) if whole else Severity.WARNING
            bad.append((severity, f"{pair} {how} by '{view.rule.line}'", view.rule.line))
            broken.append(pair)
    if bad:
        words = listed([words for _, words, _ in bad])
        lines = tuple(dict.fromkeys(f"{end.name}: {line}" for _, _, line in bad))
        fix = (_fix(end, config, broken, translation.interface),)
        return fails(words, max(severity for severity, _, _ in bad), evidence=lines, fix=fix)
    if unclear:
        return unknown(f"{end.name}: {listed(unclear)}")
    return passes(listed(good))


def _fix(end: End, config: Config, pairs: list[ProxyIdentities], interface: str) -> Fix:
    inside = next(iter((entries(end, pairs[0].local.network, interface) or {"inside"}) - {interface}), "inside")
    if _old(end, config):
        rules = config.nat.rules if config.nat is not None else ()
        known = [rule.access_list for rule in rules if rule.kind is NatKind.EXEMPTION and rule.real_interface == inside]
        name = next((each for each in known if each), "NONAT")
        lines = [permit_line(name, pair.local, pair.remote) for pair in pairs]
        return Fix(end.name, (*lines, *([] if any(known) else [f"nat ({inside}) 0 access-list {name}"])))
    lines = []
    version = end.device.version
    options = " no-proxy-arp route-lookup" if version is None or version >= Version(8, 4, 2) else ""
    for pair in pairs:
        local, remote = _object(pair.local), _object(pair.remote)
        lines += [line for side in (pair.local, pair.remote) for line in _definition(side)]
        lines.append(
            f"nat ({inside},{interface}) 1 source static {local} {local} destination static {remote} {remote}{options}"
        )
    return Fix(end.name, tuple(dict.fromkeys(lines)), note="the 1 puts it before what translates")


def _old(end: End, config: Config) -> bool:
    if end.device.version is not None:
        return end.device.version < TWICE
    return config.nat is not None and any(rule.section is None for rule in config.nat.rules)


def _object(selector: Selector) -> str:
    return f"NET-{selector.network.network_address}-{selector.network.prefixlen}"


def _definition(selector: Selector) -> list[str]:
    network = selector.network
    typed = f"{network.network_address} {network.netmask}" if network.version == 4 else network.with_prefixlen
    return [f"object network {_object(selector)}", f" subnet {typed}"]
