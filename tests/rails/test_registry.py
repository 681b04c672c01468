# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of rails is whole, every gate in the code is a rail, and what breaks refuses."""

from __future__ import annotations

import ast
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rails import Check, Rail, Stage
from tests.rails.lifts import LIFTS
from tests.rails.situations import situation
from tests.test_variables import OPTIONS

PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
RAILS = [check.rail for check in rails.load()]
IDS = {rail.id for rail in RAILS}
# What takes the id of a rail first, wherever it is called.
TAKERS = {"AbortError", "CannotError", "RefusedError", "rails.refused", "rails.message", "rails.find"}


def test_every_file_is_a_rail_and_no_two_are_alike() -> None:
    files = [module.name for module in pkgutil.iter_modules(rails.__path__) if not module.name.startswith("_")]
    assert len(files) == len(RAILS) == len(IDS)
    assert len({(rail.stage, rail.order) for rail in RAILS}) == len(RAILS)
    # A file named as something of the package would hide it.
    assert set(files).isdisjoint(rails.__all__)


def test_a_file_has_the_name_of_its_rail() -> None:
    files = {module.name for module in pkgutil.iter_modules(rails.__path__) if not module.name.startswith("_")}
    named = {"clear_refused" if each == "refused" else each.replace("-", "_") for each in IDS}
    assert files == named


def test_rails_are_asked_in_order() -> None:
    assert [rail.id for rail in RAILS if rail.stage is not Stage.SESSION] == [
        "one-sided",
        "both-ends",
        "transient",
        "unknown",
        "keys",
        "cause",
        "peer-address",
        "in-band",
        "other-healer",
        "kill-switch",
        "confirmation",
        "ticket",
        "window",
        "blast-radius",
        "three-strikes",
        "cool-down",
        "plan-changed",
        "locked",
        "tunnel-group",
        "foreign-end",
        "crypto-map",
        "group-policy",
        "pfs",
        "transforms",
    ]
    assert [rail.order for rail in RAILS if rail.stage is Stage.SESSION] == list(range(10, 130, 10))


@pytest.mark.parametrize("rail", RAILS, ids=lambda rail: rail.id)
def test_a_rail_says_why_it_is_there_and_how_to_get_past_it(rail: Rail) -> None:
    assert not rail.holds.endswith(".")
    assert rail.holds[0].isupper()
    assert rail.rationale.endswith(".")
    assert rail.lift.endswith(".")
    assert rail.default
    told = {*re.findall(r"remediate_\w+", " ".join((rail.variable, rail.lift))), *re.findall(r"-e (\w+)=", rail.lift)}
    assert told <= OPTIONS.keys()


def gates() -> Iterator[tuple[str, str]]:
    """Each literal gate in the code, and where it stands."""
    for path in sorted(PLUGINS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                # A whole outcome; a sentence of documentation about gates is none.
                for found in re.findall(r"\Aaborted_gate:([a-z-]+)\Z", node.value):
                    yield found, str(path)
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in TAKERS:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, str(path)


def test_every_gate_in_the_code_is_a_rail() -> None:
    found = {(gate, where) for gate, where in gates() if gate not in IDS}
    assert found == set()
    assert {"wrong-device", "changed", "journal", "tunnel-group"} <= {gate for gate, _ in gates()}


def test_a_refusal_says_what_was_seen_and_then_how_to_lift_it() -> None:
    assert rails.message("locked", "run 7 is at work on hq-branch.") == (
        "run 7 is at work on hq-branch. Wait for it to end."
    )
    assert rails.message("confirmation", "nobody confirmed", "hq-branch") == (
        "nobody confirmed. Run it again with -e confirm=hq-branch."
    )
    refused = rails.refused("changed", "hq shows no SA")
    assert (refused.gate, str(refused)) == ("changed", "hq shows no SA. Audit again.")


def test_a_gate_that_is_no_rail_is_an_error() -> None:
    with pytest.raises(LookupError, match="there is no rail 'mistyped'"):
        rails.refused("mistyped", "something was seen")


def test_a_rail_that_breaks_refuses() -> None:
    def broken(_: object) -> str:
        raise ZeroDivisionError("no luck")

    check = Check(rails.find("cause"), broken)
    assert check.refuses(situation()) == "the rail cause broke (ZeroDivisionError: no luck), so nobody has looked"


def test_a_tunnel_that_a_clear_would_mend_is_stopped_by_nothing_but_its_confirmation() -> None:
    assert [each.gate for each in rails.refusals(situation())] == ["confirmation"]
    assert rails.refusals(situation(confirm="branch-hq")) == ()


def test_a_stage_may_be_asked_alone_and_every_refusal_is_told() -> None:
    where = situation(enabled=False, one_sided="paris")
    assert [each.gate for each in rails.refusals(where, Stage.TUNNEL)] == ["one-sided"]
    assert [each.gate for each in rails.refusals(where, (Stage.MOMENT,))] == ["kill-switch", "confirmation"]
    assert [each.gate for each in rails.refusals(where)] == ["one-sided", "kill-switch", "confirmation"]


def test_a_rail_without_a_test_of_its_own_has_its_words() -> None:
    """They are asked in the sessions, or by who holds what they look at."""
    assert {check.rail.id for check in rails.load() if check.seen is None} == LIFTS.keys()
    assert {gate: rails.message(gate, "SEEN") for gate in LIFTS} == {
        gate: f"SEEN. {lift}" for gate, lift in LIFTS.items()
    }
