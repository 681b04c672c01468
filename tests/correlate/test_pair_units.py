# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of a failover pair are one device where that is proven, and a claim where it is not."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import AddressClaimedTwiceError, pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Device, Interface
from tests.build import BRANCH, at_branch, at_hq, branch, branch_config, hq

STANDBY = "198.51.100.3"
REPLICATED = branch_config(
    interfaces=(Interface("Ethernet0/0", "outside", ip_address(BRANCH), standby=ip_address(STANDBY)),)
)


def unit(name: str, failover: str | None, **changes: Any) -> Device:
    return replace(branch(at_branch(), config=REPLICATED), **{"name": name, "failover": failover, **changes})


def names(*devices: Device) -> list[str]:
    return [tunnel.name for tunnel in pair([hq(at_hq()), *devices])]


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ("active", "standby ready", "hq-a"),
        ("standby ready", "active", "hq-b"),
        ("active", "failed", "hq-a"),
        ("cold standby", "just active", "hq-b"),
        ("group 1 active, group 2 active", "group 1 standby ready, group 2 standby ready", "hq-a"),
    ],
)
def test_the_active_unit_is_the_device(first: str, second: str, name: str) -> None:
    assert names(unit("a", first), unit("b", second)) == [name]


def test_one_unit_that_was_not_read_is_known_by_the_standby_address() -> None:
    silent = Device("b", public_addresses=(ip_address(STANDBY),), failover="standby ready")
    assert names(unit("a", "active"), silent) == ["hq-a"]


def test_the_unit_that_is_standby_may_be_alone() -> None:
    assert names(unit("b", "standby ready")) == ["hq-b"]


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        (
            unit("a", "active"),
            unit("b", "active"),
            "a and b both claim 198.51.100.2, and each says that it is the active unit of their failover pair. Mend "
            "the failover first: both of them carry traffic, or one was read before a switch-over.",
        ),
        (
            unit("a", "standby ready"),
            unit("b", "standby ready"),
            "a and b both claim 198.51.100.2, and no unit of their failover pair says that it is the active one "
            "(a: standby ready, b: standby ready). Look at the failover.",
        ),
        (
            unit("a", "group 1 active, group 2 standby ready"),
            unit("b", "group 1 standby ready, group 2 active"),
            "a and b both claim 198.51.100.2, and no unit of their failover pair says that it is the active one "
            "(a: group 1 active, group 2 standby ready, b: group 1 standby ready, group 2 active). "
            "Look at the failover.",
        ),
        (
            unit("a", "off"),
            unit("b", "off"),
            "a and b both claim 198.51.100.2, and neither is the other's failover standby. "
            "Take one of them out of the inventory, or correct its address or public addresses.",
        ),
        (
            unit("a", "active", hostname="a"),
            unit("b", "standby ready", hostname="b"),
            "a and b both claim 198.51.100.2, and neither is the other's failover standby. "
            "Take one of them out of the inventory, or correct its address or public addresses.",
        ),
        (
            unit("a", None, serial="JMX1"),
            unit("b", None, serial="JMX1"),
            "a and b both claim 198.51.100.2, and have one serial number, JMX1: "
            "one device stands twice. Take one of them out of the inventory.",
        ),
    ],
    ids=["split brain", "both standby", "a state for each group", "failover off", "other host names", "listed twice"],
)
def test_what_is_not_proven_is_said(first: Device, second: Device, why: str) -> None:
    with pytest.raises(AddressClaimedTwiceError) as error:
        pair([hq(at_hq()), first, second])
    assert str(error.value) == why
    assert error.value.devices == ("a", "b")


def test_two_contexts_of_one_device_may_have_one_host_name() -> None:
    other = branch_config(
        interfaces=(Interface("Ethernet0/0", "outside", ip_address("198.51.100.9")),),
        crypto_maps=(),
    )
    first = unit("one", "active", hostname="asa", context="one", serial="JMX1")
    second = replace(first, name="two", context="two", config=other, failover="standby ready")
    assert names(first, second) == ["hq-one"]


def test_contexts_that_claim_one_address_are_no_units_of_a_pair() -> None:
    first = unit("one", "active", context="one")
    with pytest.raises(AddressClaimedTwiceError, match="neither is the other's failover standby"):
        pair([hq(at_hq()), first, replace(first, name="two", context="two", failover="standby ready")])
