# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Nat,
    NatKind,
    NatPool,
    NatRule,
    NatSide,
    Selector,
    Tunnel,
)
from tests.build import BRANCH_LAN, HQ_LAN, half_read, hq_config
from tests.rules.around import MODERN, PAT, around, natted, twice
from tests.rules.case import Case

SAYS = "hq-branch / outside_map 10 - translated addresses -"
MAPPED = twice(("192.168.1.0/24", HQ_LAN), (BRANCH_LAN, BRANCH_LAN))


def policy(kind: NatKind, **changes: Any) -> Tunnel:
    """Before 8.3, hq translates what the access list POLICY names into 10.1.0.0 and what follows."""
    static = kind is NatKind.STATIC
    side = NatSide((), ("10.1.0.0",), None, (ip_network("10.1.0.0/32"),)) if static else NatSide(())
    rule = NatRule("nat POLICY", kind, side, real_interface="inside", access_list="POLICY", **changes)
    source, far = (Selector(ip_network(each)) for each in ("192.168.0.0/16", BRANCH_LAN))
    lists = {
        **hq_config().access_lists,
        "POLICY": AccessList("POLICY", (AccessRule(True, source, far, "access-list POLICY"),)),
    }
    pools = (NatPool(2, "outside", ("10.1.0.0-10.1.255.255", "netmask", "255.255.0.0")),)
    return around({"nat": Nat((rule,), pools), "access_lists": lists}, {"nat": Nat()})


CASES = {
    "no rule makes them": Case(
        around({"nat": natted(PAT)}, {"nat": Nat()}, devices=MODERN),
        f"pass: {SAYS} hq: as they are branch: as they are",
    ),
    "an exemption is no translation": Case(
        around({"nat": natted(twice((HQ_LAN, HQ_LAN), (BRANCH_LAN, BRANCH_LAN)))}, {"nat": Nat()}, devices=MODERN),
        f"pass: {SAYS} hq: as they are branch: as they are",
    ),
    "hq goes by other addresses": Case(
        around({"nat": natted(MAPPED, PAT)}, {"nat": Nat()}, devices=MODERN),
        f"fail info: {SAYS} hq: 192.168.1.0/24 is 10.1.0.0/16 branch: as they are",
    ),
    "towards another site alone": Case(
        around(
            {"nat": natted(twice(("192.168.1.0/24", HQ_LAN), ("10.9.0.0/16", "10.9.0.0/16")))},
            {"nat": Nat()},
            devices=MODERN,
        ),
        f"pass: {SAYS} hq: as they are branch: as they are",
    ),
    "the tunnel is for the outside address, behind which all hide": Case(
        around(
            {"nat": natted(PAT), "acl": [("203.0.113.1/32", BRANCH_LAN)]},
            {"nat": Nat(), "acl": [(BRANCH_LAN, "203.0.113.1/32")]},
            devices=MODERN,
        ),
        f"fail info: {SAYS} hq: any is 203.0.113.1/32 branch: as they are",
    ),
    "before 8.3 a policy that is static": Case(
        policy(NatKind.STATIC, mapped_interface="outside"),
        f"fail info: {SAYS} hq: POLICY is 10.1.0.0/16 branch: as they are",
    ),
    "before 8.3 a policy with a pool": Case(
        policy(NatKind.DYNAMIC, pool=2),
        f"fail info: {SAYS} hq: POLICY is 10.1.0.0/16 branch: as they are",
    ),
    "the rules were not read": Case(
        around({}, {"nat": Nat()}), f"unknown: {SAYS} the address translation of hq was not read"
    ),
    "the crypto map is on no interface": Case(
        around({"nat": Nat(), "crypto_map_interfaces": {}}, {"nat": Nat()}),
        f"not_applicable: {SAYS} hq has no crypto map on an interface for this peer",
        f"pass: {SAYS} branch: as they are",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - translated addresses - the configuration of branch was not read (connection timed out)",
        f"unknown: {SAYS} the address translation of hq was not read",
    ),
}
