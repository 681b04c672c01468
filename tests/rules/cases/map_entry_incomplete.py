# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Version
from tests.build import config_tunnel, half_read, hq, hq_config, template, tunnel
from tests.rules.case import Case
from tests.rules.maps import THERE, at_hq_only, dynamic_hub, entries, joined, lists, mapped, route_based

CASES = {
    "complete": Case(
        tunnel(),
        "pass: hq-branch / outside_map 10 - missing - hq: nothing branch: nothing",
    ),
    "without a transform": Case(
        config_tunnel(hq_config(map_changes={"transform_sets": ()})),
        "fail critical: hq-branch / outside_map 10 - missing - hq: transform",
    ),
    "without an access list at a release of today": Case(
        tunnel(hq(config=hq_config(map_changes={"access_list": None, "transform_sets": ()}), version=Version(9, 16))),
        "fail critical: hq-branch / outside_map 10 - missing - hq: match address, transform",
    ),
    "an access list that is gone": Case(
        config_tunnel(hq_config(access_lists={}, absent_lists=frozenset({"VPN"}))),
        "fail critical: hq-branch / outside_map 10 - missing - hq: access list VPN",
    ),
    "another sequence of the same peer": Case(
        joined(hq_config(crypto_maps=(mapped(10), mapped(20, None)))),
        "fail critical: hq-branch / outside_map 20 - missing - hq: match address",
    ),
    "two whole sequences of the same peer": Case(
        joined(hq_config(crypto_maps=(mapped(10), mapped(20, "MORE")), access_lists=lists(THERE, MORE=[THERE]))),
        "pass: hq-branch / outside_map 10 - missing - hq: nothing branch: nothing",
    ),
    "a dynamic map has its own": Case(
        dynamic_hub(),
        "pass: hq-branch / outside_map 65535 - missing - branch: nothing",
    ),
    "two tunnel interfaces": Case(
        route_based(),
        "pass: hq-branch / Tunnel1 - missing - hq: nothing branch: nothing",
    ),
    "an access list whose only line is switched off": Case(
        at_hq_only(f"{THERE} inactive"),
        "fail critical: hq-branch / outside_map 10 - missing - hq: a line that permits in access list VPN",
    ),
    "an access list of which no line is left": Case(
        config_tunnel(hq_config(access_lists={})),
        "fail critical: hq-branch / outside_map 10 - missing - hq: access list VPN",
    ),
    "an access list that was not read": Case(
        config_tunnel(hq_config(access_lists={}, unread=frozenset({"access-list"}))),
        "unknown: hq-branch / outside_map 10 - missing - hq's access list VPN was not read",
    ),
    "an access list of IPv6 at a release that prints it elsewhere": Case(
        entries(mapped(10, "SIX", "2001:db8::2"), tunnel().ends[1].map_entry),
        "unknown: hq-branch / outside_map 10 - missing - hq's access list SIX was not read",
    ),
    "a template without a transform": Case(
        dynamic_hub(template(transform_sets=())),
        "fail critical: hq-branch / outside_map 65535 - missing - hq: transform",
    ),
    "a tunnel interface without a destination and a profile": Case(
        route_based(peers=(), profile=None, transform_sets=()),
        "fail critical: hq-branch / Tunnel1 - missing - hq: tunnel destination, tunnel protection",
    ),
    "a profile that proposes nothing": Case(
        route_based(transform_sets=()),
        "fail critical: hq-branch / Tunnel1 - missing - hq: transform",
    ),
    "no entry at either end": Case(
        entries(None, None),
        "not_applicable: hq-branch - missing - no end has a static crypto map entry",
    ),
    "an end was not read": Case(
        half_read(),
        "unknown: hq-branch - missing - the configuration of branch was not read (connection timed out)",
    ),
}
