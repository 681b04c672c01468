# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessGroup,
    AccessList,
    AccessRule,
    Selector,
    Tunnel,
)
from tests.build import (
    BRANCH,
    HQ,
    at_branch,
    at_hq,
    branch,
    branch_config,
    half_read,
    hq,
    hq_config,
    ike,
    readings,
    tunnel,
    vti,
)
from tests.rules.around import MODERN, around, settings
from tests.rules.case import Case

SAYS = "hq-branch - VPN traffic past access lists -"

ON = "branch: on (default)"
FLOW = "10.2.0.0/16 to 10.1.0.0/16"


def permit(source: str, destination: str, protocol: int = 0, *, to: bool = True) -> AccessRule:
    ends = [Selector(ip_network(each), protocol) for each in (source, destination)]
    return AccessRule(to, *ends, "access-list OUTSIDE_IN extended ...")


def deny(source: str, destination: str) -> AccessRule:
    return permit(source, destination, to=False)


def off(rules: list[AccessRule], unresolved: tuple[str, ...] = (), **options: Any) -> Tunnel:
    """Hq filters what it decrypts by OUTSIDE_IN, and behind it by EVERYWHERE if that is given."""
    lists = dict(hq_config().access_lists)
    lists["OUTSIDE_IN"] = AccessList("OUTSIDE_IN", tuple(rules), unresolved)
    groups = [AccessGroup("OUTSIDE_IN", "in", "outside")]
    if everywhere := options.pop("EVERYWHERE", None):
        lists["EVERYWHERE"] = AccessList("EVERYWHERE", tuple(everywhere))
        groups.append(AccessGroup("EVERYWHERE", "global"))
    mine = {**settings(permit_vpn=False), "access_lists": lists, "access_groups": tuple(groups)}
    return around(mine, settings(), **options)


CASES = {
    "by default": Case(around(settings(), settings()), f"pass: {SAYS} hq: on (default) branch: on (default)"),
    "printed": Case(
        around({**settings(permit_vpn=True), "all_read": frozenset({"sysopt"})}, settings()),
        f"pass: {SAYS} hq: on branch: on (default)",
    ),
    "off, and the interface's list permits the far networks": Case(
        off([permit("10.2.0.0/16", "10.1.0.0/16")]),
        f"pass: {SAYS} hq: off, OUTSIDE_IN of outside permits the far networks {ON}",
    ),
    "off, and the list permits nothing of them": Case(
        off([permit("192.0.2.0/24", "10.1.0.0/16")]),
        f"fail error: {SAYS} hq: off, OUTSIDE_IN of outside does not permit {FLOW} {ON}",
    ),
    "off, and the list permits pings alone": Case(
        off([permit("0.0.0.0/0", "0.0.0.0/0", 1)]),
        f"fail error: {SAYS} hq: off, OUTSIDE_IN of outside does not permit {FLOW} {ON}",
    ),
    "denied above the line that permits": Case(
        off([deny("10.2.0.0/16", "10.0.0.0/8"), permit("0.0.0.0/0", "0.0.0.0/0")]),
        f"fail error: {SAYS} hq: off, OUTSIDE_IN of outside does not permit {FLOW} {ON}",
    ),
    "not permitted, and packets pass both ways as answers": Case(
        off(
            [permit("192.0.2.0/24", "10.1.0.0/16")],
            left={"readings": readings([at_hq()], [at_hq(encaps=1100, decaps=1100)], [ike(BRANCH)], [ike(BRANCH)])},
        ),
        f"fail warning: {SAYS} hq: off, OUTSIDE_IN of outside does not permit {FLOW} {ON}",
    ),
    "a part is permitted, on purpose or not": Case(
        off([permit("10.2.0.0/16", "10.1.0.0/16", 6)]),
        f"fail info: {SAYS} hq: off, OUTSIDE_IN of outside permits only a part of {FLOW} {ON}",
    ),
    "a denial makes a part of what is permitted below": Case(
        off([deny("10.2.9.0/24", "10.1.0.0/16"), permit("0.0.0.0/0", "0.0.0.0/0")]),
        f"fail info: {SAYS} hq: off, OUTSIDE_IN of outside permits only a part of {FLOW} {ON}",
    ),
    "the global list permits": Case(
        off([permit("192.0.2.0/24", "10.1.0.0/16")], EVERYWHERE=[permit("10.2.0.0/16", "10.1.0.0/16")]),
        f"pass: {SAYS} hq: off, OUTSIDE_IN and EVERYWHERE of outside permits the far networks {ON}",
    ),
    "the addresses may be those before translation": Case(
        off([permit("192.0.2.0/24", "10.1.0.0/16")], devices=MODERN),
        f"unknown: {SAYS} hq: off, OUTSIDE_IN of outside may name addresses before translation: {FLOW}",
    ),
    "a line of the list is not understood": Case(
        off([permit("10.2.0.0/16", "10.1.0.0/16")], unresolved=("access-list OUTSIDE_IN quantum",)),
        f"unknown: {SAYS} hq's access list OUTSIDE_IN names what was not read: access-list OUTSIDE_IN quantum",
    ),
    "the list was not read": Case(
        around(
            {**settings(permit_vpn=False), "access_groups": (AccessGroup("OUTSIDE_IN", "in", "outside"),)}, settings()
        ),
        f"unknown: {SAYS} hq's access list OUTSIDE_IN was not read",
    ),
    "the interface has no list": Case(
        around(
            {
                **settings(permit_vpn=False),
                "access_groups": (
                    AccessGroup("INSIDE_IN", "in", "inside"),
                    AccessGroup("BOX", "in", "outside", "control-plane"),
                ),
            },
            settings(),
        ),
        f"unknown: {SAYS} hq: off, and outside has no access list: its security level decides, which is not read",
    ),
    "which lists the interfaces have was not read": Case(
        around(settings(permit_vpn=False), settings()),
        f"unknown: {SAYS} hq: off, and which access lists its interfaces have was not read",
    ),
    "off at the hub of a tunnel interface": Case(
        tunnel(
            hq(at_hq(), config=vti(HQ, BRANCH, **settings(permit_vpn=False))),
            branch(at_branch(), config=branch_config(**settings())),
        ),
        f"fail info: {SAYS} hq: off: the access list of Tunnel1 must permit the far networks {ON}",
    ),
    "the part was refused": Case(
        around({**settings(), "unread": frozenset({"sysopt"})}, settings()),
        f"unknown: {SAYS} the system options of hq were not read",
    ),
    "an end was not read": Case(
        half_read(),
        f"unknown: {SAYS} the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the system options of hq were not read",
    ),
}
