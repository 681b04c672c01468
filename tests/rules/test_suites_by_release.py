# SPDX-License-Identifier: GPL-3.0-or-later
"""The suite that a remedy adds is one that the releases of both ends take."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Tunnel, Version
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._remedies import suite_fix, transform_lines
from tests.build import tunnel

NOTE = "add it at both ends, verify, then remove the old suite at both"
SPLIT, ELLIPTIC, SHA2, NEWEST = Version(8, 4), Version(9, 0), Version(9, 3), Version(9, 16)
OLD = (
    "crypto isakmp policy 5",
    " authentication pre-share",
    " encryption aes-256",
    " hash sha",
    " group 5",
    "crypto ipsec transform-set AES256-SHA esp-aes-256 esp-sha-hmac",
    "crypto map outside_map 10 set transform-set AES256-SHA",
)


def of(left: Version | None, right: Version | None) -> Tunnel:
    """A tunnel of these releases, neither of whose ends offers anything."""
    one = tunnel()
    ends = []
    for end, version in zip(one.ends, (left, right), strict=True):
        config = dataclasses.replace(end.device.config, ike_policies=(), transform_sets={}, ipsec_proposals={})
        entry = dataclasses.replace(end.map_entry, transform_sets=(), ikev2_proposals=())
        device = dataclasses.replace(end.device, version=version, config=config)
        ends.append(dataclasses.replace(end, device=device, map_entry=entry))
    return dataclasses.replace(one, ends=tuple(ends))


def second(integrity: str, group: str, name: str, protocol: str) -> tuple[str, ...]:
    return (
        "crypto ikev2 policy 1",
        " encryption aes-256",
        f" integrity {integrity}",
        f" group {group}",
        f" prf {integrity}",
        " lifetime seconds 86400",
        f"crypto ipsec ikev2 ipsec-proposal {name}",
        " protocol esp encryption aes-256",
        f" protocol esp integrity {protocol}",
        f"crypto map outside_map 10 set ikev2 ipsec-proposal {name}",
    )


@pytest.mark.parametrize(
    ("left", "right", "lines", "more"),
    [
        (Version(8, 2), NEWEST, OLD, "; a release before 8.4 has nothing better"),
        (SPLIT, SPLIT, second("sha", "5", "AES256-SHA1", "sha-1"), "; a release before 9.3 is given nothing better"),
        (
            ELLIPTIC,
            NEWEST,
            second("sha", "20 19", "AES256-SHA1", "sha-1"),
            "; a release before 9.3 is given nothing better",
        ),
        (SHA2, NEWEST, second("sha384", "20 19", "AES256-SHA256", "sha-256"), ""),
    ],
)
def test_it_is_the_best_that_both_take(left: Version, right: Version, lines: tuple[str, ...], more: str) -> None:
    fix = suite_fix(of(left, right), of(left, right).ends[0])
    assert fix is not None
    assert (fix.device, fix.lines, fix.note) == ("hq", lines, NOTE + more)


@pytest.mark.parametrize(("left", "right"), [(None, NEWEST), (NEWEST, None), (SPLIT, NEWEST)])
def test_where_a_release_is_not_known_or_they_have_no_group_in_common_there_is_none(
    left: Version | None, right: Version | None
) -> None:
    one = of(left, right)
    assert [suite_fix(one, end) for end in one.ends] == [None, None]


@pytest.mark.parametrize("ike2", [False, True])
def test_no_transform_is_typed_on_a_release_that_was_not_read(ike2: bool) -> None:
    one = of(None, NEWEST)
    assert [transform_lines(one, end, ike2) for end in one.ends] == [(), ()]


@pytest.mark.parametrize("weak", ["5", "sha"])
def test_what_a_rule_does_not_want_is_not_added(weak: str) -> None:
    one = of(SPLIT, SPLIT)
    assert suite_fix(one, one.ends[0], {weak}) is None
