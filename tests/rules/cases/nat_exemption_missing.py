# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Config,
    Nat,
    NatKind,
    NatPool,
    NatRule,
    NatSide,
    Selector,
    Tunnel,
)
from tests.build import BRANCH_LAN, HQ_LAN, at_hq, half_read, hq_config
from tests.rules.around import BRANCH_ROUTES, HQ_ROUTES, MODERN, PAT, around, natted, route, table, twice
from tests.rules.case import Case

SAYS = "hq-branch / outside_map 10 - translation -"
NONE = "branch: not translated"
EXEMPTION = twice((HQ_LAN, HQ_LAN), (BRANCH_LAN, BRANCH_LAN))
EXEMPT = f"exempt by '{EXEMPTION.line}'"
PAIR = "10.1.0.0/16 <-> 10.2.0.0/16"
PATTED = f"{PAIR} is translated by '{PAT.line}'"


def translated(nat: Nat | None, **changes: Any) -> Tunnel:
    """A tunnel of which hq has these rules, and branch none."""
    mine = {"nat": nat, **changes.pop("config", {})}
    return around(mine, {"nat": Nat()}, **{"devices": MODERN, **changes})


def old(*rules: NatRule, acl: list[tuple[bool, str, str]] | None = None, control: bool | None = None) -> Tunnel:
    """The same before 8.3: an access list NONAT, and a pool with the interface's address."""
    nat = Nat(rules, (NatPool(1, "outside", ("interface",)),), control)
    lists: dict[str, AccessList] = dict(hq_config().access_lists)
    if acl is not None:
        lines = [
            AccessRule(permit, Selector(ip_network(a)), Selector(ip_network(b)), f"access-list NONAT {a} {b}")
            for permit, a, b in acl
        ]
        lists["NONAT"] = AccessList("NONAT", tuple(lines))
    return translated(nat, config={"access_lists": lists}, devices={}, sas=())


def nonat(name: str = "NONAT") -> NatRule:
    return NatRule(
        f"nat (inside) 0 access-list {name}",
        NatKind.EXEMPTION,
        NatSide(()),
        real_interface="inside",
        access_list=name,
        pool=0,
    )


def dynamic(network: str = "0.0.0.0/0", pool: int = 1) -> NatRule:
    net = ip_network(network)
    words = (str(net.network_address), str(net.netmask))
    return NatRule(
        f"nat (inside) {pool} {' '.join(words)}",
        NatKind.DYNAMIC,
        NatSide(words, (), (net,)),
        real_interface="inside",
        pool=pool,
    )


def static(real: str, mapped: str) -> NatRule:
    return NatRule(
        f"static (inside,outside) {mapped} {real}",
        NatKind.STATIC,
        NatSide((real,), (mapped,), (ip_network(real),), (ip_network(mapped),)),
        real_interface="inside",
        mapped_interface="outside",
    )


def in_object(real: str, mapped: str, **changes: Any) -> NatRule:
    return twice((real, mapped), section=2, object="O", **changes)


def without_interfaces() -> Config:
    return hq_config(nat=natted(PAT), interfaces=(hq_config().interfaces[0],))


CASES = {
    "no rules": Case(translated(Nat()), f"pass: {SAYS} hq: not translated {NONE}"),
    "an exemption before PAT": Case(translated(natted(EXEMPTION, PAT)), f"pass: {SAYS} hq: {EXEMPT} {NONE}"),
    "PAT alone, and nothing is encrypted": Case(
        translated(natted(PAT), sas=()), f"fail critical: {SAYS} hq: {PATTED} {NONE}"
    ),
    "PAT alone, and an SA is up": Case(
        translated(natted(PAT), sas=(at_hq(encaps=0),)), f"fail error: {SAYS} hq: {PATTED} {NONE}"
    ),
    "PAT alone, and something is encrypted": Case(translated(natted(PAT)), f"fail warning: {SAYS} hq: {PATTED} {NONE}"),
    "PAT before the exemption": Case(
        translated(natted(twice(("any", "interface"), kind=NatKind.DYNAMIC), EXEMPTION), sas=()),
        f"fail critical: {SAYS} hq: {PAIR} is translated by 'nat (inside,outside) source dynamic any interface' {NONE}",
    ),
    "an exemption that is inactive": Case(
        translated(natted(twice((HQ_LAN, HQ_LAN), (BRANCH_LAN, BRANCH_LAN), inactive=True), PAT), sas=()),
        f"fail critical: {SAYS} hq: {PATTED} {NONE}",
    ),
    "an exemption between wider networks": Case(
        translated(natted(twice(("10.0.0.0/8", "10.0.0.0/8"), ("10.0.0.0/8", "10.0.0.0/8")), PAT)),
        f"pass: {SAYS} hq: exempt by 'nat (inside,outside) source static 10.0.0.0/8 10.0.0.0/8 "
        f"destination static 10.0.0.0/8 10.0.0.0/8' {NONE}",
    ),
    "an exemption of one half": Case(
        translated(natted(twice(("10.1.0.0/17", "10.1.0.0/17"), (BRANCH_LAN, BRANCH_LAN)), PAT), sas=()),
        f"fail warning: {SAYS} hq: {PAIR} is translated in part by '{PAT.line}' {NONE}",
    ),
    "two exemptions that make a whole": Case(
        translated(
            natted(
                twice(("10.1.0.0/17", "10.1.0.0/17"), (BRANCH_LAN, BRANCH_LAN)),
                twice(("10.1.128.0/17", "10.1.128.0/17"), (BRANCH_LAN, BRANCH_LAN)),
                PAT,
            )
        ),
        f"pass: {SAYS} hq: exempt by 'nat (inside,outside) source static 10.1.0.0/17 10.1.0.0/17 "
        f"destination static 10.2.0.0/16 10.2.0.0/16' {NONE}",
    ),
    "an exemption written the other way round": Case(
        translated(natted(twice((BRANCH_LAN, BRANCH_LAN), (HQ_LAN, HQ_LAN), interfaces=("outside", "inside")), PAT)),
        f"pass: {SAYS} hq: exempt by 'nat (outside,inside) source static 10.2.0.0/16 10.2.0.0/16 "
        f"destination static 10.1.0.0/16 10.1.0.0/16' {NONE}",
    ),
    "PAT of another interface": Case(
        translated(natted(twice(("any", "interface"), kind=NatKind.DYNAMIC, interfaces=("dmz", "outside")))),
        f"pass: {SAYS} hq: not translated {NONE}",
    ),
    "PAT to another interface": Case(
        translated(natted(twice(("any", "interface"), kind=NatKind.DYNAMIC, interfaces=("inside", "dsl")))),
        f"pass: {SAYS} hq: not translated {NONE}",
    ),
    "one server is translated": Case(
        translated(natted(in_object("10.1.0.9/32", "203.0.113.3/32")), sas=()),
        f"fail warning: {SAYS} hq: {PAIR} is translated in part by "
        f"'nat (inside,outside) source static 10.1.0.9/32 203.0.113.3/32' {NONE}",
    ),
    "a server is translated, and then all the rest": Case(
        translated(natted(in_object("10.1.0.9/32", "203.0.113.3/32"), PAT), sas=()),
        f"fail critical: {SAYS} hq: {PATTED} {NONE}",
    ),
    "one port of a server is translated": Case(
        translated(natted(in_object("10.1.0.9/32", "203.0.113.3/32", service=("tcp", "25", "25"))), sas=()),
        f"fail warning: {SAYS} hq: {PAIR} is translated in part by "
        f"'nat (inside,outside) source static 10.1.0.9/32 203.0.113.3/32' {NONE}",
    ),
    "in objects static stands before dynamic": Case(
        translated(
            natted(in_object("any", "interface", kind=NatKind.DYNAMIC), in_object("10.0.0.0/8", "10.0.0.0/8")),
        ),
        f"pass: {SAYS} hq: exempt by 'nat (inside,outside) source static 10.0.0.0/8 10.0.0.0/8' {NONE}",
    ),
    "the access list names what translation makes": Case(
        translated(
            natted(twice(("192.168.1.0/24", HQ_LAN), (BRANCH_LAN, BRANCH_LAN)), PAT),
            left={"routing": table(route("0.0.0.0/0", "outside"))},
        ),
        f"pass: {SAYS} hq: 10.1.0.0/16 is what translation makes {NONE}",
    ),
    "an exemption of objects that were not read": Case(
        translated(natted(twice(("LAN", "LAN"), ("FAR", "FAR")), PAT)),
        f"unknown: {SAYS} hq: {PAIR} may meet 'nat (inside,outside) source static LAN LAN destination static FAR FAR', "
        "which was not resolved",
    ),
    "objects that were not read after an exemption": Case(
        translated(natted(EXEMPTION, twice(("LAN", "POOL"), kind=NatKind.DYNAMIC))),
        f"pass: {SAYS} hq: {EXEMPT} {NONE}",
    ),
    "nobody knows where the traffic comes in": Case(
        around({"nat": natted(PAT), "interfaces": without_interfaces().interfaces}, {"nat": Nat()}, devices=MODERN),
        f"unknown: {SAYS} hq: {PAIR} may meet '{PAT.line}': by which interface it comes in is not known",
    ),
    "it comes in by the tunnel of another site": Case(
        translated(natted(PAT), left={"routing": table(route("0.0.0.0/0", "outside"))}),
        f"pass: {SAYS} hq: not translated {NONE}",
    ),
    "before 8.3 an exemption": Case(
        old(dynamic(), nonat(), acl=[(True, HQ_LAN, BRANCH_LAN)]),
        f"pass: {SAYS} hq: exempt by 'nat (inside) 0 access-list NONAT' {NONE}",
    ),
    "before 8.3 an exemption of another network": Case(
        old(nonat(), dynamic(), acl=[(True, HQ_LAN, "10.9.0.0/16")]),
        f"fail critical: {SAYS} hq: {PAIR} is translated by 'nat (inside) 1 0.0.0.0 0.0.0.0' {NONE}",
    ),
    "before 8.3 an exemption whose list was not read": Case(
        old(nonat(), dynamic()),
        f"unknown: {SAYS} hq: {PAIR} may meet 'nat (inside) 0 access-list NONAT', which was not resolved",
    ),
    "before 8.3 a denied part": Case(
        old(nonat(), dynamic(), acl=[(False, "10.1.0.0/24", BRANCH_LAN), (True, HQ_LAN, BRANCH_LAN)]),
        f"unknown: {SAYS} hq: {PAIR} may meet 'nat (inside) 0 access-list NONAT', which was not resolved",
    ),
    "before 8.3 a static rule, which the exemption precedes": Case(
        old(static(HQ_LAN, "198.18.0.0/16"), nonat(), acl=[(True, HQ_LAN, BRANCH_LAN)]),
        f"pass: {SAYS} hq: exempt by 'nat (inside) 0 access-list NONAT' {NONE}",
    ),
    "before 8.3 identity of a narrower network fits best": Case(
        old(
            dynamic(),
            NatRule(
                "nat (inside) 0 10.1.0.0 255.255.0.0",
                NatKind.STATIC,
                NatSide(("10.1.0.0", "255.255.0.0"), ("10.1.0.0", "255.255.0.0"), (ip_network(HQ_LAN),)),
                real_interface="inside",
                pool=0,
            ),
        ),
        f"pass: {SAYS} hq: exempt by 'nat (inside) 0 10.1.0.0 255.255.0.0' {NONE}",
    ),
    "before 8.3 a number without a pool on that interface": Case(
        old(dynamic(pool=7)),
        f"unknown: {SAYS} hq: {PAIR} may meet 'nat (inside) 7 0.0.0.0 0.0.0.0', which was not resolved",
    ),
    "nat-control refuses what no rule matches": Case(
        old(control=True), f"fail critical: {SAYS} hq: {PAIR} matches no rule under nat-control {NONE}"
    ),
    "the routes say where it comes in": Case(
        translated(natted(PAT), sas=(), left={"routing": HQ_ROUTES}, right={"routing": BRANCH_ROUTES}),
        f"fail critical: {SAYS} hq: {PATTED} {NONE}",
    ),
    "the rules of hq were not read": Case(
        translated(None), f"unknown: {SAYS} the address translation of hq was not read"
    ),
    "the crypto map is on no interface": Case(
        translated(Nat(), config={"crypto_map_interfaces": {}}),
        f"not_applicable: {SAYS} hq has no crypto map on an interface for this peer",
        f"pass: {SAYS} {NONE}",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - translation - the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the address translation of hq was not read",
    ),
}
