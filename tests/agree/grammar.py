# SPDX-License-Identifier: GPL-3.0-or-later
"""An end as the configuration of its release: what that release accepts, in the order in which it prints it.

Sources: Cisco ASA command references 7.2, 8.2, 8.4, 9.1, 9.8, 9.16; "Migrating to Cisco ASA 8.3" (translation),
"Migration from 8.3 to 8.4" (``isakmp`` becomes ``ikev1``); VPN CLI guide 9.8, "Virtual Tunnel Interface".
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from lab import certificates
from tests.agree.spec import GHOST, INSIDE, TUNNEL, End, Line, Pair, Policy

MAP = "outside_map"
SEQUENCE = 20


def texts(pair: Pair) -> dict[str, str]:
    return {end.name: text(pair, end) for end in pair.ends}


def text(pair: Pair, end: End) -> str:
    lines = [
        ": Saved", ":", f"ASA Version {end.release}", "!", f"hostname {end.name}", "domain-name example.com",
        "names", "!", *_interfaces(end),
        "ftp mode passive", *_objects(end), *_lists(end), "pager lines 24", "logging enable", "logging timestamp",
        "logging buffer-size 1048576", "logging buffered debugging", "mtu outside 1500", "mtu inside 1500",
        "no failover", *_nat(end), *_routes(end), "timeout xlate 3:00:00",
        *([] if end.permit_vpn else ["no sysopt connection permit-vpn"]), *_phase2(end), *_maps(end), *_trust(end),
        *_ike(end), "telnet timeout 5", "ssh timeout 5", "console timeout 0", *_policies(end), *_groups(pair, end),
        "prompt hostname context", ": end", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _net(network: str) -> str:
    found = ip_network(network)
    return f"{found.network_address} {found.netmask}"


def _interfaces(end: End) -> Iterator[str]:
    port = "GigabitEthernet" if end.version >= (9, 2) else "Ethernet"
    yield from (f"interface {port}0/0", " nameif outside", " security-level 0")
    yield from (f" ip address {end.outside} 255.255.255.0", "!")
    for number, network in enumerate(INSIDE[end.place], 1):
        yield from (f"interface {port}0/{number}", f" nameif inside{'' if number == 1 else number}")
        yield from (" security-level 100", f" ip address {ip_network(network)[1]} 255.255.255.0", "!")
    if end.kind == "vti":
        yield from ("interface Tunnel1", " nameif vti", f" ip address {TUNNEL[end.place]} 255.255.255.252")
        yield from (" tunnel source interface outside", *(f" tunnel destination {peer}" for peer in end.peers[:1]))
        yield " tunnel mode ipsec ipv4"
        yield from ([] if "protection" in end.without else [" tunnel protection ipsec profile VTI"])
        yield "!"


def _objects(end: End) -> Iterator[str]:
    if end.version < (8, 3):
        return
    for place in (end.place, 1 - end.place):
        for number, network in enumerate(INSIDE[place], 1):
            yield from (f"object network NET-{'AB'[place]}{number}", f" subnet {_net(network)}")


def _lists(end: End) -> Iterator[str]:
    if end.kind == "static" or end.dynamic_match:
        lines = [] if "list" in end.without else end.lines
        yield from (f"access-list VPN extended {_named(end, line) if end.by_object else _line(line)}" for line in lines)
    if end.filter:
        # As the remote side sees it.
        theirs, mine = (_net(INSIDE[place][0]) for place in (1 - end.place, end.place))
        yield f"access-list FILTER extended permit ip {theirs if end.filter == 'right' else mine} any"
    for number, row in enumerate((*end.before, *end.after)):
        yield f"access-list OTHER{number} extended {row}"
    if end.version < (8, 3) and end.exempt:
        for mine in INSIDE[end.place]:
            for theirs in INSIDE[1 - end.place]:
                yield f"access-list NONAT extended permit ip {_net(mine)} {_net(theirs)}"
    for row in end.outside_list:
        yield f"access-list OUTSIDE-IN extended {row}"


def _line(line: Line) -> str:
    return f"{line.action} {line.protocol} {_side(line.local)} {_side(line.remote)}{line.tail}"


def _named(end: End, line: Line) -> str:
    """The same by objects, where there is one."""
    known = {net: f"object NET-{'AB'[each]}{n}" for each in (0, 1) for n, net in enumerate(INSIDE[each], 1)}
    sides = (known.get(side, _side(side)) for side in (line.local, line.remote))
    return f"{line.action} {line.protocol} {' '.join(sides)}{line.tail}"


def _side(network: str) -> str:
    if network == "any":
        return "any"
    return f"host {network.removesuffix('/32')}" if network.endswith("/32") else _net(network)


def _nat(end: End) -> Iterator[str]:
    if end.version < (8, 3):
        if end.pat:
            yield "global (outside) 1 interface"
        for number in (1, 2):
            name = f"inside{'' if number == 1 else number}"
            if end.exempt:
                yield f"nat ({name}) 0 access-list NONAT"
            if end.pat:
                yield f"nat ({name}) 1 0.0.0.0 0.0.0.0"
    else:
        tail = " no-proxy-arp route-lookup" if end.version >= (8, 4) else ""
        for mine in (1, 2) if end.exempt else ():
            for theirs in (1, 2):
                ours, far = f"NET-{'AB'[end.place]}{mine}", f"NET-{'AB'[1 - end.place]}{theirs}"
                name = f"inside{'' if mine == 1 else mine}"
                yield f"nat ({name},outside) source static {ours} {ours} destination static {far} {far}{tail}"
        for mine in (1, 2) if end.pat else ():
            name = f"inside{'' if mine == 1 else mine}"
            yield f"nat ({name},outside) after-auto source dynamic any interface"
    if end.outside_list:
        yield "access-group OUTSIDE-IN in interface outside"


def _routes(end: End) -> Iterator[str]:
    gateway = end.outside.rpartition(".")[0] + ".254"
    if end.default_route:
        yield f"route outside 0.0.0.0 0.0.0.0 {gateway} 1"
    yield from end.routes
    if end.kind == "vti" and end.vti_route:
        yield f"route vti {_net(INSIDE[1 - end.place][0])} {TUNNEL[1 - end.place]} 1"


def _phase2(end: End) -> Iterator[str]:
    v1 = "" if end.legacy else "ikev1 "
    for number, (encryption, integrity, mode) in enumerate(end.transforms, 1):
        hash_ = f" {integrity}" if integrity else ""
        yield f"crypto ipsec {v1}transform-set TS{number} {encryption}{hash_}"
        if mode == "transport":
            yield f"crypto ipsec {v1}transform-set TS{number} mode transport"
    for number, (encryption, integrity) in enumerate(end.proposals, 1):
        yield from (f"crypto ipsec ikev2 ipsec-proposal P{number}", f" protocol esp encryption {encryption}")
        yield f" protocol esp integrity {integrity}"
    if end.kind == "vti":
        yield "crypto ipsec profile VTI"
        yield from (f" {line}" for line in _settings(end) if not line.startswith("set connection-type"))
        if end.responder_only:
            yield " responder-only"
    if end.global_seconds:
        yield f"crypto ipsec security-association lifetime seconds {end.global_seconds}"


def _settings(end: End) -> Iterator[str]:
    """The lines that an entry, a template of a dynamic map and a profile have alike."""
    v1 = "" if end.legacy else "ikev1 "
    if end.pfs is not None:
        yield f"set pfs{f' {end.pfs}' if end.pfs else ''}"
    if 1 in end.versions and end.transforms and "transform" not in end.without:
        yield f"set {v1}transform-set {' '.join(f'TS{n}' for n in range(1, len(end.transforms) + 1))}"
    if 2 in end.versions and end.proposals and "transform" not in end.without:
        yield f"set ikev2 ipsec-proposal {' '.join(f'P{n}' for n in range(1, len(end.proposals) + 1))}"
    if end.seconds:
        yield f"set security-association lifetime seconds {end.seconds}"
    if end.kilobytes:
        yield f"set security-association lifetime kilobytes {end.kilobytes}"


def _maps(end: End) -> Iterator[str]:
    v1 = "" if end.legacy else "ikev1 "
    other = [f"set {v1}transform-set TS1"] if end.transforms else []
    other += ["set ikev2 ipsec-proposal P1"] if end.proposals else []
    ghosts = len(end.before)
    for number in range(ghosts):
        yield from _ghost(10 + number, number, other)
    if end.kind == "dynamic":
        template = "crypto dynamic-map DYN 10"
        yield from ([f"{template} match address VPN"] if end.dynamic_match else [])
        yield from (f"{template} {line}" for line in _settings(end))
    elif end.kind == "static":
        yield from (f"crypto map {MAP} {SEQUENCE} {line}" for line in _entry(end))
    for number in range(len(end.after)):
        yield from _ghost(30 + number, ghosts + number, other)
    if end.kind == "dynamic":
        yield f"crypto map {MAP} 65535 ipsec-isakmp dynamic DYN"
    if end.applied and (end.kind != "vti" or end.before or end.after):
        yield f"crypto map {MAP} interface {end.applied}"


def _ghost(sequence: int, number: int, other: list[str]) -> Iterator[str]:
    entry = f"crypto map {MAP} {sequence}"
    yield from (f"{entry} match address OTHER{number}", f"{entry} set peer {GHOST}", *(f"{entry} {o}" for o in other))


def _entry(end: End) -> Iterator[str]:
    v1 = "" if end.legacy else "ikev1 "
    if "match" not in end.without:
        yield "match address VPN"
    settings = list(_settings(end))
    yield from (line for line in settings if line.startswith("set pfs"))
    if end.connection_type:
        # Printed so by these releases.
        yield f"set connection-type {end.connection_type}"
    if end.peers and "peer" not in end.without:
        yield f"set peer {' '.join(end.peers)}"
    if end.aggressive is not None:
        yield f"set {v1}phase1-mode aggressive{f' {end.aggressive}' if end.aggressive else ''}"
    yield from (line for line in settings if not line.startswith("set pfs"))
    if end.nat_t_disable:
        yield "set nat-t-disable"


def _trust(end: End) -> Iterator[str]:
    if end.trustpoint and not end.certificate:
        yield from ("crypto ca trustpoint OTHER", " enrollment terminal", " crl configure")
    if end.certificate:
        names = [end.outside, f"{end.name}.example.com"]
        told = {"authority": "lab-ca", "days": 36500, **end.certificate}
        yield from certificates.lines("TP", f"{end.name}.example.com", names=names, **told).strip().splitlines()


def _ike(end: End) -> Iterator[str]:
    ike = "isakmp" if end.legacy else "ikev1"
    if end.identity:
        yield f"crypto isakmp identity {end.identity}"
    for number, policy in sorted(end.policies2.items()):
        yield from _policy2(number, policy)
    for version in sorted(end.enabled, reverse=True):
        yield f"crypto {f'ikev{version}' if not end.legacy else 'isakmp'} enable outside"
    if end.aggressive_refused:
        yield f"crypto {ike} am-disable"
    for number, policy in sorted(end.policies.items()):
        yield from (f"crypto {ike} policy {number}", f" authentication {policy.authentication}")
        yield from (f" encryption {policy.encryption}", f" hash {policy.integrity}", f" group {policy.group}")
        yield f" lifetime {policy.lifetime or 86400}"
    if end.nat_traversal is not None:
        yield "crypto isakmp nat-traversal 20" if end.nat_traversal else "no crypto isakmp nat-traversal"
    if end.disconnect_notify:
        yield "crypto isakmp disconnect-notify"


def _policy2(number: int, policy: Policy) -> Iterator[str]:
    yield from (f"crypto ikev2 policy {number}", f" encryption {policy.encryption}")
    yield from (f" integrity {policy.integrity}", f" group {policy.group}", f" prf {policy.prf}")
    yield f" lifetime seconds {policy.lifetime or 86400}"


def _policies(end: End) -> Iterator[str]:
    yield from ("group-policy L2L internal", "group-policy L2L attributes")
    if end.idle:
        yield f" vpn-idle-timeout {end.idle}"
    if end.session:
        yield f" vpn-session-timeout {end.session}"
    if end.filter:
        yield " vpn-filter value FILTER"
    if end.protocols is not None:
        yield f" vpn-tunnel-protocol {end.protocols}"


def _groups(pair: Pair, end: End) -> Iterator[str]:
    default = list(_keys(pair, end, dict(end.default_keys)))
    default += [f" {end.default_keepalive}"] if end.default_keepalive else []
    if default:
        yield from ("tunnel-group DefaultL2LGroup ipsec-attributes", *default)
    if not end.group:
        return
    name = end.peer if end.group == "peer" else end.group
    yield from (f"tunnel-group {name} type {end.group_type}", f"tunnel-group {name} general-attributes")
    yield " default-group-policy L2L"
    own = [*_keys(pair, end, end.keys), *([f" {end.keepalive}"] if end.keepalive else [])]
    if own:
        yield from (f"tunnel-group {name} ipsec-attributes", *own)


def _keys(pair: Pair, end: End, keys: dict[str, str | None]) -> Iterator[str]:
    if end.trustpoint and keys is end.keys and 1 in end.versions:
        yield f" {'' if end.legacy else 'ikev1 '}trust-point {end.trustpoint}"
    shown = {kind: "*" * (1 if end.legacy else 5) if pair.masked else key for kind, key in keys.items() if key}
    if "ikev1" in shown:
        yield f" {'' if end.legacy else 'ikev1 '}pre-shared-key {shown['ikev1']}"
    for kind in ("remote", "local"):
        if kind in shown and not end.legacy:
            yield f" ikev2 {kind}-authentication pre-shared-key {shown[kind]}"
    if keys is end.keys and 2 in end.versions and end.expects_certificate:
        yield " ikev2 remote-authentication certificate"
    if keys is end.keys and 2 in end.versions and end.trustpoint:
        yield f" ikev2 local-authentication certificate {end.trustpoint}"
