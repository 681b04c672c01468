# SPDX-License-Identifier: GPL-3.0-or-later
"""What is planned for a tunnel, in which order and why; and for which it is refused."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Judgement, TransformSet, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plan import Plan, RefusedError, plan
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge
from tests import build
from tests.build import BRANCH, HQ, at_branch, at_hq, branch, hq, hq_config, log, tunnel


def judged(given: Tunnel) -> Judgement:
    return judge(given, rules.load())


def planned(given: Tunnel) -> Plan:
    found = plan(judged(given), {})
    assert found is not None
    return found


def mismatch(left: dict[str, Any] | None = None, right: dict[str, Any] | None = None, **hq_changes: Any) -> Tunnel:
    """Hq sends on an SPI that branch does not hold, and branch on one that hq does not."""
    return tunnel(
        hq(at_hq(inbound=(0xA9,), outbound=(0xB9,), **(left or {})), **hq_changes),
        branch(at_branch(**(right or {}))),
    )


def order(found: Plan) -> list[str]:
    return [end.device for end in found.ends]


def refusal(given: Tunnel | Judgement, **addresses: str) -> RefusedError:
    judgement = given if isinstance(given, Judgement) else judged(given)
    with pytest.raises(RefusedError) as caught:
        plan(judgement, {name: (ip_address(address),) for name, address in addresses.items()})
    return caught.value


# --- what is planned -------------------------------------------------------------------------------------------------


def test_a_healthy_tunnel_has_no_plan() -> None:
    assert plan(judged(tunnel()), {}) is None


def test_each_end_is_told_to_clear_the_other() -> None:
    found = planned(mismatch())
    assert {end.device: end.clear.commands for end in found.ends} == {
        "hq": (f"clear crypto ipsec sa peer {BRANCH}",),
        "branch": (f"clear crypto ipsec sa peer {HQ}",),
    }
    assert found.failing == ("spi-mirror-mismatch",)
    assert {end.device: dict(end.spis) for end in found.ends} == {
        "hq": {"inbound": (0xA9,), "outbound": (0xB9,)},
        "branch": {"inbound": (0xB1,), "outbound": (0xA1,)},
    }


def test_the_older_end_comes_first() -> None:
    assert order(planned(mismatch({"seconds": 9000}, {"seconds": 28000}))) == ["hq", "branch"]
    assert order(planned(mismatch({"seconds": 28000}, {"seconds": 9000}))) == ["branch", "hq"]


def test_the_end_that_could_not_delete_an_sa_comes_first_with_that_reason() -> None:
    retry = log("IPSEC: inbound SA deletion retry, SPI: 0x000000A9", spi=0xA9)
    found = planned(mismatch({"seconds": 28000}, {"seconds": 9000}, log=(retry,)))
    assert order(found) == ["hq", "branch"]
    assert found.ends[0].reason == (
        "first: hq logged that it could not delete the SA with SPI 0x000000A9, and holds it still"
    )
    assert found.ends[1].reason == "second: at once, so that the ends do not drift apart again"


def test_the_end_that_still_holds_sas_comes_first() -> None:
    found = planned(tunnel(hq(), branch(at_branch())))
    assert found.failing == ("sa-one-sided",)
    assert order(found) == ["branch", "hq"]
    assert found.ends[0].reason == "first: branch holds SAs that hq no longer has"


def test_on_a_tie_the_end_that_answers_comes_first() -> None:
    found = planned(mismatch({"seconds": None}, {"seconds": None}))
    assert order(found) == ["branch", "hq"]
    assert found.ends[0].reason == (
        "first: neither end's SAs are proven to be the older ones; branch answers, and the end whose traffic rebuilds "
        "the tunnel comes last"
    )


def test_the_lines_say_what_will_be_sent_what_it_interrupts_and_what_proves_it() -> None:
    lines = planned(mismatch({"seconds": 9000}, {"seconds": 28000})).lines
    assert lines[0] == "Tunnel     hq-branch"
    assert lines[3].startswith(f"1. hq       clear crypto ipsec sa peer {BRANCH}   (first: ")
    assert lines[4].startswith(f"2. branch   clear crypto ipsec sa peer {HQ}   (second: ")
    assert [line.split()[0] for line in lines[-4:]] == ["Interrupts", "Proof", "On", "To"]


# --- what is refused -------------------------------------------------------------------------------------------------


def test_an_end_of_ours_that_was_not_read_is_not_cleared_on_a_guess() -> None:
    error = refusal(build.half_read())
    assert error.gate == "both-ends"
    assert str(error) == (
        "hq-branch: the SAs of branch were not read (connection timed out). Nothing is cleared on what was not read. "
        "Make both ends readable; where that is not in your hands, clear one alone with -e remediate_one_sided=END."
    )


def test_a_peer_in_no_inventory_is_refused() -> None:
    from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair

    (alone,) = pair([hq(at_hq())])
    error = refusal(alone)
    assert error.gate == "both-ends"
    assert str(error).startswith(f"hq-{BRANCH} has one end of ours: ")
    assert ". Nothing is cleared on what was not read. Make both ends readable; " in str(error)


def test_a_rekey_in_progress_is_waited_for() -> None:
    before = at_hq(inbound=(0xA7,), outbound=(0xB7,))
    error = refusal(tunnel(hq(at_hq(inbound=(0xA9,), outbound=(0xB9,)), then=[before]), branch(at_branch())))
    assert error.gate == "transient"
    assert str(error).endswith("Wait two minutes and run this again.")


def test_a_configuration_that_cannot_make_sas_again_is_fixed_first() -> None:
    config = hq_config(transform_sets={"AES": TransformSet("AES", ("esp-3des", "esp-md5-hmac"))})
    error = refusal(mismatch(config=config))
    assert error.gate == "cause"
    assert str(error).endswith(
        ": after a clear this configuration could not make SAs again. Fix that first: a clear would not reach it."
    )


def test_what_a_clear_would_not_mend_is_refused_with_the_next_step() -> None:
    """IKE is stuck and there is no SA: nothing to clear."""
    stuck = {"states": ("MM_WAIT_MSG3",)}
    error = refusal(tunnel(hq(**stuck), branch(**stuck), stimulated=True))
    assert error.gate == "cause"
    assert str(error).startswith("hq-branch is broken, but not by SAs that a clear would mend: ")
    assert " Next: " in str(error)


def test_an_end_reached_through_the_tunnel_is_refused() -> None:
    error = refusal(mismatch(), branch="10.2.0.1")
    assert error.gate == "in-band"
    assert str(error).startswith("branch is reached by way of 10.2.0.1, which lies in 10.2.0.0/16: ")


def test_an_end_whose_name_does_not_resolve_is_refused() -> None:
    with pytest.raises(
        RefusedError, match=r"the name by which branch is reached \(.*\) does not resolve here"
    ) as caught:
        plan(judged(mismatch()), {"hq": (ip_address("192.0.2.7"),), "branch": ()})
    assert caught.value.gate == "in-band"


def test_an_end_without_a_peer_address_is_never_told_to_clear() -> None:
    given = mismatch()
    nameless = replace(given, ends=(replace(given.ends[0], peer_address=None), given.ends[1]))
    error = refusal(replace(judged(given), tunnel=nameless))
    assert error.gate == "peer-address"
    assert "without it the command would clear every tunnel of the device. Nothing was sent" in str(error)


def test_a_standby_unit_is_refused_as_that_and_not_as_unknown() -> None:
    given = mismatch()
    end = given.ends[0]
    idle = replace(end, device=replace(end.device, failover="standby ready"))
    found = refusal(replace(given, ends=(idle, given.ends[1])))
    assert (found.gate, str(found)) == (
        "standby",
        "hq is the standby unit of its pair, and its SAs are copies. Look at 'show failover' on both units. Set "
        "ansible_host to the active address, or give the inventory the other unit, too; a pair that is not in step is "
        "left alone until it says Active and Standby Ready.",
    )
