# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecEntry, Tunnel, Version
from tests.build import at_branch, at_hq, branch, branch_config, half_read, hq, hq_config, tunnel
from tests.rules.around import MODERN, around, settings
from tests.rules.case import Case

SAYS = "hq-branch / outside_map 10 - NAT traversal -"
ON = "keepalive 20 s"


def floated(entry: IpsecEntry) -> IpsecEntry:
    return replace(entry, local_port=4500, remote_port=4500)


def through_nat(mine: dict[str, Any], theirs: dict[str, Any], **changes: Any) -> Tunnel:
    """Hq sends ESP in UDP."""
    return around(mine, theirs, sas=(floated(at_hq()),), **changes)


def behind() -> Tunnel:
    """Branch names a public address that hq has on no interface."""
    return tunnel(
        hq(at_hq(), config=hq_config(**settings()), public_addresses=(ip_address("192.0.2.9"),)),
        branch(at_branch(), config=branch_config("192.0.2.9", **settings(nat_traversal=20))),
    )


CASES = {
    "on at both ends": Case(
        around(settings(nat_traversal=30), settings(nat_traversal=20)),
        f"pass: {SAYS} hq: keepalive 30 s branch: {ON}",
    ),
    "on by default since 8.0": Case(
        through_nat(settings(), settings(), devices=MODERN), f"pass: {SAYS} hq: {ON} (default) branch: {ON} (default)"
    ),
    "off by default in 7.x, and there is a NAT": Case(
        through_nat(settings(), settings(nat_traversal=20)), f"fail error: {SAYS} hq: off (default) branch: {ON}"
    ),
    "hq is behind a public address": Case(behind(), f"fail error: {SAYS} hq: off (default) branch: {ON}"),
    "turned off, and there is a NAT": Case(
        through_nat(settings(nat_traversal=0), settings(), devices=MODERN),
        f"fail error: {SAYS} hq: off branch: {ON} (default)",
    ),
    "a whole reading that does not print it": Case(
        through_nat({**settings(), "all_read": frozenset({"crypto"})}, settings(), devices=MODERN),
        f"fail error: {SAYS} hq: off (default) branch: {ON} (default)",
    ),
    "turned off for this entry": Case(
        through_nat({**settings(), "map_changes": {"nat_t_disabled": True}}, settings(), devices=MODERN),
        f"fail error: {SAYS} hq: off for this entry branch: {ON} (default)",
    ),
    "off, and nothing shows a NAT": Case(
        around(settings(), settings()),
        f"not_applicable: {SAYS} hq: off (default), and nothing shows a NAT between the ends",
        f"not_applicable: {SAYS} branch: off (default), and nothing shows a NAT between the ends",
    ),
    "off with IKEv2 alone": Case(
        through_nat(
            {**settings(nat_traversal=0), "map_changes": {"transform_sets": (), "ikev2_proposals": ("P",)}},
            settings(),
            devices=MODERN,
        ),
        f"unknown: {SAYS} hq: off, which may be meant for IKEv1 alone, and hq sends ESP in UDP 4500",
    ),
    "the release is not known": Case(
        through_nat(settings(), settings(nat_traversal=20), left={"version": None}),
        f"unknown: {SAYS} hq: not printed, and the default depends on the release, and hq sends ESP in UDP 4500",
    ),
    "a recent release at the other end alone": Case(
        around(settings(), settings(), right={"version": Version(8, 0, 4)}),
        f"not_applicable: {SAYS} hq: off (default), and nothing shows a NAT between the ends",
        f"pass: {SAYS} branch: {ON} (default)",
    ),
    "the settings were not read": Case(
        through_nat({}, settings(nat_traversal=20)),
        f"unknown: {SAYS} hq: NAT traversal was not read, and hq sends ESP in UDP 4500",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - NAT traversal - the configuration of branch was not read (connection timed out)",
        f"not_applicable: {SAYS} hq: NAT traversal was not read, and nothing shows a NAT between the ends",
    ),
}
