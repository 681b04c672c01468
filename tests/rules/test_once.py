# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made once of an object: kept for it alone, and gone with it."""

from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._sequences import sequences
from tests.build import hq_config
from tests.rules.maps import mapped


@dataclass(eq=False)
class Thing:
    name: str


def test_what_is_made_of_an_object_is_made_once_and_never_of_another() -> None:
    built: list[str] = []

    @once
    def loud(thing: Thing) -> str:
        built.append(thing.name)
        return thing.name.upper()

    one, two = Thing("one"), Thing("two")
    assert [loud(one), loud(two), loud(one)] == ["ONE", "TWO", "ONE"]
    assert built == ["one", "two"]
    del one
    gc.collect()
    # Python likes to give the next object of a size the same id.
    others = [Thing(f"other {at}") for at in range(50)]
    assert [loud(each) for each in others] == [each.name.upper() for each in others]


def test_each_further_argument_has_its_own() -> None:
    built: list[str] = []

    @once
    def joined(thing: Thing, word: str) -> str:
        built.append(word)
        return f"{thing.name} {word}"

    one = Thing("one")
    assert [joined(one, "a"), joined(one, "b"), joined(one, "a")] == ["one a", "one b", "one a"]
    assert built == ["a", "b"]


def test_what_was_made_goes_with_its_object() -> None:
    config = hq_config(crypto_maps=(mapped(10),))
    known = sequences(config, "outside_map")
    assert sequences(config, "outside_map") is known
    gone = weakref.ref(known)
    del config, known
    gc.collect()
    assert gone() is None


def test_two_equal_configurations_have_their_own() -> None:
    left, right = hq_config(), hq_config()
    assert left == right
    assert sequences(left, "outside_map") is not sequences(right, "outside_map")
