# SPDX-License-Identifier: GPL-3.0-or-later
"""A ping of the device itself is packets like any other: they go where the engine takes them, and so do the answers."""

from __future__ import annotations

import re
from ipaddress import IPv4Address

import pytest

from lab.site import Lab
from lab.testing import Typist, change

ALL = "!!!!!\nSuccess rate is 100 percent (5/5)"
NONE = "?????\nSuccess rate is 0 percent (0/5)"
FAR = "ping inside 192.168.2.1"


def quiet(lab: Lab) -> Lab:
    for flow in lab.traffic:
        flow.stop()
    lab.advance(2)
    return lab


def grown(lab: Lab, line: str, at: str = "hq") -> tuple[str, dict[str, tuple[int, int]]]:
    """What a line answers, and by how much encaps and decaps grew at both ends meanwhile."""
    before = counters(lab)
    answer = Typist(lab, at).enable()(line)
    after = counters(lab)
    return answer, {name: (after[name][0] - old[0], after[name][1] - old[1]) for name, old in before.items()}


def counters(lab: Lab) -> dict[str, tuple[int, int]]:
    found = {}
    for name in ("hq", "branch"):
        shown = Typist(lab, name).enable()("show crypto ipsec sa")
        numbers = [re.findall(rf"#pkts {what}: (\d+)", shown) for what in ("encaps", "decaps")]
        found[name] = sum(map(int, numbers[0])), sum(map(int, numbers[1]))
    return found


@pytest.mark.parametrize("target", ["192.168.2.1", "192.168.2.10"])
def test_the_echo_and_its_answer_count_at_both_ends(incident: Lab, target: str) -> None:
    answer, moved = grown(quiet(incident), f"ping inside {target}")
    assert ALL in answer
    assert moved == {"hq": (5, 5), "branch": (5, 5)}


@pytest.mark.parametrize("target", ["192.168.2.1", "192.168.2.10"])
def test_nothing_answers_through_a_tunnel_that_carries_nothing(incident: Lab, target: str) -> None:
    incident.fault("deletion-retry")
    answer, moved = grown(quiet(incident), f"ping inside {target}")
    assert NONE in answer
    assert moved["hq"] == (5, 0)


def test_nothing_answers_over_a_dead_underlay(incident: Lab) -> None:
    incident.fault("underlay-dead")
    answer, moved = grown(quiet(incident), FAR)
    assert NONE in answer
    assert moved == {"hq": (5, 0), "branch": (0, 0)}


def test_without_an_interface_the_source_is_the_outside_address_which_no_access_list_has(incident: Lab) -> None:
    answer, moved = grown(quiet(incident), "ping 192.168.2.1")
    assert NONE in answer
    assert moved == {"hq": (0, 0), "branch": (0, 0)}
    assert ALL in Typist(incident, "hq").enable()("ping 203.0.113.1")
    # From inside it leaves with an address to which nobody on the internet has a way back.
    assert NONE in Typist(incident, "hq").enable()("ping inside 203.0.113.1")


def test_the_far_inside_address_answers_only_with_management_access_there() -> None:
    """Cisco ASA Command Reference, `management-access`; the echoes are encrypted and decrypted all the same."""
    lab = change("incident-2009", branch=lambda text: text.replace("management-access inside\n", ""))
    answer, moved = grown(quiet(lab), FAR)
    assert NONE in answer
    assert moved == {"hq": (5, 0), "branch": (0, 5)}
    assert ALL in Typist(lab, "hq").enable()("ping inside 192.168.2.10").replace("?!!!!", "!!!!!")


def test_the_own_inside_address_takes_the_answer_only_with_management_access_here() -> None:
    lab = change("incident-2009", hq=lambda text: text.replace("management-access inside\n", ""))
    answer, moved = grown(quiet(lab), "ping inside 192.168.2.10")
    assert NONE in answer
    assert moved == {"hq": (5, 5), "branch": (5, 5)}


def test_a_ping_of_the_far_inside_address_brings_the_tunnel_up(incident: Lab) -> None:
    for name in ("hq", "branch"):
        quiet(incident).network.devices[name].power_cut()
    assert re.search(r"^\?!!!!$", Typist(incident, "hq").enable()(FAR), re.MULTILINE)
    assert incident.mirrors()


def test_own_addresses_and_hosts_behind_the_device_answer(incident: Lab) -> None:
    hq = Typist(incident, "hq").enable()
    for target in ("192.168.1.1", "198.51.100.1", "192.168.1.10"):
        assert ALL in hq(f"ping {target}")


def test_the_units_of_a_pair_reach_each_other() -> None:
    lab = change("failover")
    inside = [str(lab.network.devices[name].policy.interface("inside").address.ip) for name in ("hq-a", "hq-b")]  # type: ignore[union-attr]
    assert ALL in Typist(lab, "hq-a").enable()(f"ping inside {inside[1]}")
    assert ALL in Typist(lab, "hq-b").enable()(f"ping inside {inside[0]}")
    # A standby unit sends nothing through a tunnel, and the mate's inside address is nobody's on the internet.
    assert NONE in Typist(lab, "hq-b").enable()(FAR)
    assert NONE in Typist(lab, "branch").enable()(f"ping {inside[1]}")


def test_the_ends_of_a_tunnel_interface_reach_each_other() -> None:
    lab = change("vti")
    far = next(each for each in lab.network.devices["branch"].policy.tunnels)
    assert far.address is not None
    assert ALL in Typist(lab, "hq").enable()(f"ping {far.address.ip}")
    assert IPv4Address("192.168.2.1") in {each.address.ip for each in lab.network.devices["branch"].policy.interfaces}
    assert ALL in Typist(lab, "hq").enable()(FAR)
