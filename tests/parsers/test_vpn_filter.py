# SPDX-License-Identifier: GPL-3.0-or-later
"""The access list of a vpn-filter is kept, as those of crypto maps are."""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config import parse

TEXT = """hostname hq
access-list FILTER extended permit ip 10.2.0.0 255.255.0.0 10.1.0.0 255.255.0.0
access-list OTHER extended permit ip any any
group-policy L2L internal
group-policy L2L attributes
 vpn-filter value FILTER
tunnel-group 198.51.100.2 type ipsec-l2l
tunnel-group 198.51.100.2 general-attributes
 default-group-policy L2L
: end
"""


def test_the_list_of_a_vpn_filter_is_kept_and_others_are_not() -> None:
    config = parse(TEXT).value
    assert config is not None
    assert list(config.access_lists) == ["FILTER"]
    (rule,) = config.access_lists["FILTER"].rules
    assert (str(rule.source), str(rule.destination)) == ("10.2.0.0/16", "10.1.0.0/16")
