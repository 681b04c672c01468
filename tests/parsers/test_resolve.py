# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists followed through objects, groups and ports."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import AccessList, Interface
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._resolve import Resolver

OBJECTS = """object network LAN
 subnet 10.1.0.0 255.255.0.0
object network POOL
 range 10.5.0.1 10.5.0.4
object network SIX
 subnet 2001:db8:a::/64
object network SITE
 fqdn v4 branch.example
object service WEB
 service tcp destination eq https
object service DNS
 service udp source range 1024 65535 destination eq domain
"""
GROUPS = """object-group network NETS
 network-object object LAN
 network-object host 10.3.0.9
 group-object MORE
object-group network MORE
 network-object 2001:db8:b::/64
 group-object NETS
object-group service PORTS tcp
 port-object eq www
 port-object range 8080 8081
 group-object SSH
object-group service SSH tcp
 port-object eq ssh
object-group service MIXED
 service-object object WEB
 service-object icmp
 service-object tcp-udp destination eq 53
object-group protocol BOTH
 protocol-object tcp
 protocol-object udp
object-group network EMPTY
"""
INTERFACES = (Interface("Vlan2", "outside", IPv4Address("192.0.2.1")),)


def resolved(*lines: str) -> AccessList:
    text = "\n".join(f"access-list vpn {line}" for line in lines)
    resolver = Resolver(
        {"server": IPv4Address("10.1.0.9")},
        find("show running-config object").parse(OBJECTS).value,
        find("show running-config object-group").parse(GROUPS).value,
        INTERFACES,
    )
    account = find("show running-config access-list").parse(text)
    assert account.unparsed == ()
    return resolver.access_list("vpn", account.value["vpn"])


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("extended permit ip object LAN host server", ["10.1.0.0/16 10.1.0.9/32"]),
        ("extended permit ip interface outside any4", ["192.0.2.1/32 0.0.0.0/0"]),
        ("extended permit ip any6 any6", ["::/0 ::/0"]),
        ("extended permit ip object SIX 2001:db8:b::/64", ["2001:db8:a::/64 2001:db8:b::/64"]),
        (
            "extended permit ip object POOL any",
            ["10.5.0.1/32 0.0.0.0/0", "10.5.0.2/31 0.0.0.0/0", "10.5.0.4/32 0.0.0.0/0"],
        ),
        ("extended permit ip object-group NETS any4", ["10.1.0.0/16 0.0.0.0/0", "10.3.0.9/32 0.0.0.0/0"]),
        ("extended permit ip object-group NETS any6", ["2001:db8:b::/64 ::/0"]),
        (
            "extended permit tcp any4 any4 object-group PORTS",
            ["0.0.0.0/0/6/0 0.0.0.0/0/6/80", "0.0.0.0/0/6/0 0.0.0.0/0/6/8080-8081", "0.0.0.0/0/6/0 0.0.0.0/0/6/22"],
        ),
        ("extended permit object DNS any4 any4", ["0.0.0.0/0/17/1024-65535 0.0.0.0/0/17/53"]),
        (
            "extended permit object-group MIXED any4 any4",
            [
                "0.0.0.0/0/6/0 0.0.0.0/0/6/443",
                "0.0.0.0/0/1/0 0.0.0.0/0/1/0",
                "0.0.0.0/0/6/0 0.0.0.0/0/6/53",
                "0.0.0.0/0/17/0 0.0.0.0/0/17/53",
            ],
        ),
        (
            "extended permit object-group BOTH any4 eq 7 any4",
            ["0.0.0.0/0/6/7 0.0.0.0/0/6/0", "0.0.0.0/0/17/7 0.0.0.0/0/17/0"],
        ),
        (
            "extended permit tcp any4 any4 neq 80",
            ["0.0.0.0/0/6/0 0.0.0.0/0/6/0-79", "0.0.0.0/0/6/0 0.0.0.0/0/6/81-65535"],
        ),
        ("extended permit icmp any4 any4 echo-reply", ["0.0.0.0/0/1/0 0.0.0.0/0/1/0"]),
        ("extended permit 47 any4 any4", ["0.0.0.0/0/47/0 0.0.0.0/0/47/0"]),
        ("standard permit 10.1.0.0 255.255.0.0", ["10.1.0.0/16 0.0.0.0/0"]),
    ],
)
def test_a_line_becomes_selectors(line: str, rules: list[str]) -> None:
    found = resolved(line)
    assert found.unresolved == ()
    assert [f"{rule.source} {rule.destination}" for rule in found.rules] == rules


@pytest.mark.parametrize(
    "line",
    [
        "extended permit ip object SITE any",
        "extended permit ip object GONE any",
        "extended permit ip object-group EMPTY any",
        "extended permit ip object SIX any4",
        "extended permit ip object-group GONE any",
        "extended permit ip interface nowhere any",
        "extended permit ip host nobody any",
        "extended permit ip 10.1.0.0 255.0.255.0 any",
        "extended permit quantum any any",
        "extended permit tcp any any eq quantum",
        "extended permit object-group GONE any any",
    ],
)
def test_what_leads_nowhere_is_kept(line: str) -> None:
    found = resolved("extended deny ip any4 host 10.1.0.9 inactive", line)
    assert found.unresolved == (f"access-list vpn {line}",)
    assert [(rule.permit, rule.inactive) for rule in found.rules] == [(False, True)]


def test_a_rule_keeps_the_hours_in_which_it_holds() -> None:
    found = resolved("extended permit ip any4 host 10.1.0.9 time-range OFFICE", "extended permit ip any4 any4")
    assert [rule.time_range for rule in found.rules] == ["OFFICE", None]
