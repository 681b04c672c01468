# SPDX-License-Identifier: GPL-3.0-or-later
"""A device of its snapshots: what was read is there, what was not is unknown and says why."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Device,
    Origin,
    Output,
    OutputStatus,
    Snapshot,
)

CASES = Path(__file__).parent / "parsers"


def sample(name: str) -> str:
    return (CASES / f"{name}.raw").read_text(encoding="utf-8")


GROUPS = """tunnel-group DefaultL2LGroup type ipsec-l2l
tunnel-group DefaultL2LGroup ipsec-attributes
 isakmp keepalive threshold 30 retry 5
tunnel-group 198.51.100.1 type ipsec-l2l
tunnel-group 198.51.100.1 ipsec-attributes
 pre-shared-key *
tunnel-group 203.0.113.1 type ipsec-l2l
tunnel-group 203.0.113.1 ipsec-attributes
 isakmp keepalive disable
tunnel-group users type remote-access
"""

OUTPUTS = {
    "show version": sample("show_version/release_8_2"),
    "show curpriv": sample("show_curpriv/enabled"),
    "show clock": sample("show_clock/plain"),
    "show mode": sample("show_mode/single"),
    "show failover": sample("show_failover/active"),
    "show running-config names": "names\nname 198.51.100.1 branch.example\nname 10.2.0.0 branch-lan\n",
    "show running-config interface": sample("show_running_config_interface/four"),
    "show running-config object-group": (
        "object-group network LOCAL\n network-object 10.1.0.0 255.255.0.0\n group-object MORE\n"
        "object-group network MORE\n network-object host 10.3.0.9\n group-object LOCAL\n"
    ),
    "show running-config access-list": (
        "access-list vpn extended permit ip object-group LOCAL branch-lan 255.255.0.0\n"
        "access-list vpn extended permit tcp any host 10.2.0.9 range www https\n"
        "access-list vpn extended permit ip object-group GONE any\n"
        "access-list inside_in extended permit ip any any\n"
    ),
    "show running-config crypto": sample("show_running_config_crypto/release_8_2").replace(
        "198.51.100.1", "branch.example"
    ),
    "show running-config all tunnel-group": GROUPS,
    "show running-config group-policy": sample("show_running_config_group_policy/two"),
    "show running-config management-access": "management-access inside\n",
    "show crypto ipsec sa": sample("show_crypto_ipsec_sa/named_identity").replace("branch_lan", "branch-lan"),
    "show crypto isakmp sa detail": sample("show_crypto_isakmp_sa/release_7_2"),
    "show logging": sample("show_logging/tunnel_messages"),
}


def snapshot(at: float = 100.0, only: str = "", **changes: Output | str | None) -> Snapshot:
    """A login in which every command took a second. ``changes`` are by command, with underscores for blanks."""
    texts: dict[str, Output | str | None] = {**OUTPUTS}
    texts |= {
        command.replace("_", " ").replace("running config", "running-config"): text for command, text in changes.items()
    }
    outputs = []
    for index, (command, text) in enumerate(texts.items()):
        if text is None or not command.startswith(only):
            continue
        outputs.append(text if isinstance(text, Output) else Output(command, text, at + index, at + index + 1))
    return Snapshot("hq", at, at + 20, tuple(outputs))


def state(at: float = 200.0, **changes: Output | str | None) -> Snapshot:
    return snapshot(at, "show crypto", **changes)


def problems(found: Device) -> str:
    return "\n".join(found.problems)


def test_a_whole_device() -> None:
    found = device("hq", [snapshot(), state()], public_addresses=[IPv4Address("203.0.113.50")], groups=["hubs"])
    assert found.problems == ()
    assert (found.name, found.hostname, str(found.version)) == ("hq", "hq", "8.2(5)59")
    assert (found.serial, found.uptime, found.failover) == ("JMX0000A0AA", 32140800, "active")
    assert found.public_addresses == (IPv4Address("203.0.113.50"),)
    assert found.groups == ("hubs",)
    assert found.config is not None
    assert found.config.all_read == {"tunnel-group"}
    assert found.config.unread == frozenset()
    assert found.config.management_access == "inside"
    assert [line.message_id for line in found.log][:2] == [713049, 602303]


def test_the_start_up_configuration_is_kept_apart() -> None:
    text = sample("show_startup_config/saved")
    saved = device("hq", [snapshot(**{"show startup-config": text})]).saved
    assert saved is not None
    assert (saved.hostname, saved.unread) == ("branch", frozenset())
    odd = device("hq", [snapshot(**{"show startup-config": text.replace("names\n", "names\nflux-capacitor on\n")})])
    assert odd.saved is not None
    assert odd.saved.unread == {"a line of the start-up configuration"}
    cut = device("hq", [snapshot(**{"show startup-config": text[:300]})])
    assert cut.saved is None
    assert problems(cut) == (
        "hq: 'show startup-config' is unknown, because the configuration does not end with 'Cryptochecksum:' or ': end'"
    )


def test_the_times_of_a_reading_are_those_of_its_state() -> None:
    found = device("hq", [snapshot(100.0), state(200.0)])
    first, second = found.readings
    assert (first.started, first.finished) == (113.0, 115.0)
    assert (second.started, second.finished) == (213.0, 215.0)
    assert first.ipsec == second.ipsec
    assert first.ipsec is not None


def test_names_become_addresses() -> None:
    found = device("hq", [snapshot(), state()])
    peer = IPv4Address("198.51.100.1")
    assert found.config is not None
    assert found.config.crypto_maps[0].peers == (peer,)
    for reading in found.readings:
        assert reading.ipsec is not None
        assert str(reading.ipsec[0].identities) == "10.1.0.0/16 <-> 10.2.0.0/16"
        assert reading.ike is not None
        assert [sa.peer for sa in reading.ike] == [peer, "branch-2"]


def test_an_access_list_is_followed_to_its_ends() -> None:
    config = device("hq", [snapshot()]).config
    assert config is not None
    assert list(config.access_lists) == ["vpn"]
    found = config.access_lists["vpn"]
    assert [(str(rule.source), str(rule.destination)) for rule in found.rules] == [
        ("10.1.0.0/16", "10.2.0.0/16"),
        ("10.3.0.9/32", "10.2.0.0/16"),
        ("0.0.0.0/0/6/0", "10.2.0.9/32/6/80-443"),
    ]
    assert found.unresolved == ("access-list vpn extended permit ip object-group GONE any",)


def test_the_keepalive_that_holds() -> None:
    config = device("hq", [snapshot()]).config
    assert config is not None
    found = {name: str(group.keepalive) for name, group in config.tunnel_groups.items()}
    assert found == {
        "DefaultL2LGroup": "threshold 30 retry 5",
        "198.51.100.1": "threshold 30 retry 5",
        "203.0.113.1": "disabled",
        "users": "threshold 300 retry 2 (default)",
    }
    config = device(
        "hq", [snapshot(**{"show_running-config_all_tunnel-group": GROUPS[GROUPS.index("tunnel-group 198") :]})]
    ).config
    assert config is not None
    keepalive = config.tunnel_groups["198.51.100.1"].keepalive
    assert keepalive is not None
    assert (keepalive.threshold, keepalive.retry, keepalive.origin) == (10, 2, Origin.ASSUMED)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "the output is empty"),
        (sample("show_crypto_ipsec_sa/refused"), "the device refused the command: ERROR: % Invalid input detected at"),
        (sample("show_crypto_ipsec_sa/pager"), r"the pager (<--- More --->) was on, and lines may be missing"),
        (sample("show_crypto_ipsec_sa/cut_inside_an_sa"), "the block of SPI 0x01020304 is cut"),
        (sample("show_crypto_ipsec_sa/unknown_line"), "line 35 is not understood: quantum state: cat"),
        ("Username: ", "neither a heading (interface:, peer address:) nor 'There are no ipsec sas'"),
        (
            Output("show crypto ipsec sa", "", 1, 2, OutputStatus.REFUSED, "Command authorization failed"),
            "the device refused it: Command authorization failed",
        ),
        (
            Output(
                "show crypto ipsec sa", "There are no ipsec sas", 1, 2, OutputStatus.INCOMPLETE, "no prompt in 30 s"
            ),
            "the answer is incomplete: no prompt in 30 s",
        ),
        (Output("show crypto ipsec sa", "", 1, 2, OutputStatus.NOT_SENT), "it was not sent"),
        (None, "it was not read"),
    ],
)
def test_what_was_not_read_is_unknown(answer: Output | str | None, reason: str) -> None:
    found = device("hq", [snapshot(), state(show_crypto_ipsec_sa=answer)])
    first, second = found.readings
    assert first.ipsec
    assert second.ipsec is None
    assert second.ike is not None
    assert "hq: 'show crypto ipsec sa' is unknown, because " in problems(found)
    assert reason in problems(found)
    assert second.problems == found.problems


def test_no_sa_is_an_answer() -> None:
    found = device("hq", [snapshot(show_crypto_ipsec_sa="\nThere are no ipsec sas\n")])
    assert found.readings[0].ipsec == ()
    assert found.problems == ()


def test_one_peer_is_not_all_of_them() -> None:
    peer = Output("show crypto ipsec sa peer 198.51.100.1", "There are no ipsec sas", 1, 2)
    found = device("hq", [Snapshot("hq", 0, 3, (peer,))])
    assert found.readings[0].ipsec is None


def test_both_versions_of_ike_are_needed() -> None:
    new = {"show_crypto_isakmp_sa_detail": None, "show_crypto_ikev1_sa_detail": "There are no IKEv1 SAs"}
    found = device("hq", [snapshot(**new)])
    assert found.readings[0].ike is None
    assert "hq: 'show crypto ikev2 sa' is unknown, because it was not read" in found.problems
    found = device("hq", [snapshot(**new, show_crypto_ikev2_sa_detail=sample("show_crypto_ikev2_sa/detail"))])
    assert found.readings[0].ike is not None
    assert [sa.version for sa in found.readings[0].ike] == [2]


@pytest.mark.parametrize("part", ["access-list", "crypto", "all tunnel-group"])
def test_a_configuration_without_a_needed_part_is_unknown(part: str) -> None:
    refused = Output(f"show running-config {part}", "", 1, 2, OutputStatus.REFUSED, "Command authorization failed")
    found = device("hq", [snapshot(**{f"show_running-config_{part.replace(' ', '_')}": refused})])
    assert found.config is None
    assert found.problems == (
        f"hq: 'show running-config {part}' is unknown, because the device refused it: Command authorization failed",
        f"hq: the configuration is unknown without its parts {part.split()[-1]!r}",
    )


def test_a_part_that_can_be_missed_is_named() -> None:
    found = device("hq", [snapshot(**{"show_running-config_group-policy": None})])
    assert found.config is not None
    assert found.config.unread == {"group-policy"}
    assert found.problems == ("hq: 'show running-config group-policy' is unknown, because it was not read",)


def test_all_tunnel_group_is_never_empty() -> None:
    found = device("hq", [snapshot(**{"show_running-config_all_tunnel-group": "\n"})])
    assert found.config is None
    assert "'show running-config all tunnel-group' is unknown, because the output is empty" in problems(found)


def test_a_whole_configuration_will_do() -> None:
    outputs = (
        Output("show running-config", sample("show_running_config/whole"), 1, 2),
        Output("show crypto ipsec sa", sample("show_crypto_ipsec_sa/names").replace("branch.example", "branch"), 2, 3),
    )
    found = device("hq", [Snapshot("hq", 0, 3, outputs)])
    assert found.config is not None
    assert found.config.hostname == "hq"
    assert found.readings[0].ipsec is not None
    assert found.readings[0].ipsec[0].peer == IPv4Address("198.51.100.1")


def test_a_device_that_cannot_be_read_is_data() -> None:
    found = device("hq", [Snapshot("hq", 1, 2, error="no answer within 30 s")])
    assert not found.readable
    assert found.problems == ("hq could not be read: no answer within 30 s",)
    found = device("hq", [snapshot(), Snapshot("hq", 1, 2, error="no answer within 30 s")])
    assert len(found.readings) == 1
    assert found.problems == ("hq could not be read: no answer within 30 s",)
    assert device("hq", []).problems == ("hq: nothing was read from it",)


def test_too_low_a_privilege_is_said() -> None:
    low = sample("show_curpriv/enabled").replace("15", "3")
    assert "privilege level 3 where 15 is needed" in problems(device("hq", [snapshot(show_curpriv=low)]))


def test_lines_left_over_in_the_configuration_are_said() -> None:
    text = OUTPUTS["show running-config crypto"] + "crypto quantum enable\n"
    found = device("hq", [snapshot(**{"show_running-config_crypto": text})])
    assert found.config is not None
    assert found.problems == (
        "hq: 'show running-config crypto' has lines that are not understood: 1, "
        "the first is line 18: crypto quantum enable",
    )


def test_a_list_that_is_gone_is_told_from_one_that_was_not_read_whole() -> None:
    command = "show_running-config_access-list"
    gone = device("hq", [snapshot(**{command: "access-list OTHER extended permit ip any any\n"})]).config
    assert gone is not None
    named = {entry.access_list for entry in gone.crypto_maps if entry.access_list}
    assert (gone.access_lists, gone.absent_lists) == ({}, named)
    wanted = min(named)
    for line in ("remark nothing yet", "quantum permit"):
        there = device("hq", [snapshot(**{command: f"access-list {wanted} {line}\n"})]).config
        assert there is not None
        assert ([*there.access_lists], there.absent_lists) == ([wanted], named - {wanted})
    assert there.access_lists[wanted].unresolved == (f"access-list {wanted} quantum permit",)
    cut = Output(
        "show running-config access-list", "access-list OTHER extended permit ip any any\n", 1.0, 2.0,
        OutputStatus.INCOMPLETE, "the session ended",
    )  # fmt: skip
    assert device("hq", [snapshot(**{command: cut})]).config is None


def test_the_pair_s_other_unit() -> None:
    standby = sample("show_failover/standby_and_stateless")
    other = device("hq", [snapshot(show_failover=standby)])
    assert (other.failover, other.standby, other.failover_stateful) == ("standby ready", True, False)
    assert device("hq", [snapshot(show_failover=sample("show_failover/off"))]).failover == "off"


MORE: dict[str, Output | str | None] = {
    "show_running-config_nat": "nat (inside) 0 access-list NONAT\n",
    "show_running-config_static": "static (inside,outside) 192.0.2.9 10.1.0.9 netmask 255.255.255.255\n",
    "show_running-config_global": "global (outside) 1 interface\n",
    "show_running-config_nat-control": "nat-control\n",
    "show_running-config_access-list": "access-list NONAT extended permit ip 10.1.0.0 255.255.0.0 any\n",
    "show_running-config_route": "route outside branch-lan 255.255.0.0 branch.example 1\n",
    "show_running-config_all_sysopt": "sysopt connection permit-vpn\n",
    "show_running-config_logging": "logging enable\nlogging host inside branch.example\n",
    "show_running-config_event_manager": "",
}


def test_parts_around_the_tunnels() -> None:
    config = device("hq", [snapshot()]).config
    assert config is not None
    assert (config.nat, config.routes, config.sysopt, config.logging, config.applets) == (None,) * 5
    found = device("hq", [snapshot(**MORE)])
    assert (found.problems, found.gaps) == ((), ())
    config = found.config
    assert config is not None
    assert config.nat is not None
    assert [rule.line.split()[0] for rule in config.nat.rules] == ["nat", "static"]
    assert config.nat.rules[0].exempts
    assert (len(config.nat.pools), config.nat.control) == (1, True)
    assert list(config.access_lists) == ["NONAT"]
    assert config.routes is not None
    assert (str(config.routes[0].network), config.routes[0].gateway) == ("10.2.0.0/16", IPv4Address("198.51.100.1"))
    assert config.sysopt is not None
    assert config.sysopt.permit_vpn
    assert config.logging is not None
    assert config.logging.hosts[0].address == IPv4Address("198.51.100.1")
    assert config.applets == ()
    assert config.all_read == {"tunnel-group", "sysopt"}
    assert config.unread == frozenset()


def test_the_lists_of_interfaces_that_a_tunnel_may_meet_are_kept_and_no_others() -> None:
    lists = "".join(f"access-list {name} extended permit ip any any\n" for name in ("IN", "OUT", "ALL", "INSIDE"))
    groups = (
        "access-group IN in interface outside\naccess-group OUT out interface outside\n"
        "access-group INSIDE in interface inside\naccess-group ALL global\n"
    )
    parts = {"show_running-config_access-list": lists, "show_running-config_access-group": groups}
    for sysopt, kept in (("sysopt connection permit-vpn\n", ["OUT"]), ("", ["ALL", "IN", "OUT"])):
        found = device("hq", [snapshot(**{**parts, "show_running-config_all_sysopt": sysopt})])
        assert found.config is not None
        assert sorted(found.config.access_lists) == kept
        assert len(found.config.access_groups or ()) == 4


def test_access_groups_that_are_refused_are_a_gap_and_no_problem() -> None:
    refused = Output("show running-config access-group", "", 1, 2, OutputStatus.REFUSED, "Invalid input detected")
    found = device("hq", [snapshot(**{"show_running-config_access-group": refused})])
    assert found.config is not None
    assert (found.config.access_groups, found.problems) == (None, ())
    assert found.gaps == (
        "hq: 'show running-config access-group' is unknown, because the device refused it: Invalid input detected",
    )


REFUSAL = "ERROR: % Invalid input detected at '^' marker."


@pytest.mark.parametrize(
    ("part", "answer", "gap"),
    [
        (
            "show_running-config_static",
            None,
            "hq: 'show running-config static' is unknown, because it was not read",
        ),
        (
            "show_running-config_static",
            Output("show running-config static", "", 1, 2, OutputStatus.REFUSED, REFUSAL),
            f"hq: 'show running-config static' is unknown, because the device refused it: {REFUSAL}",
        ),
        (
            "show_running-config_nat",
            "nat (inside) 7 quantum\nnat flux\n",
            "hq: 'show running-config nat' has lines that are not understood: 1, the first is line 2: nat flux",
        ),
    ],
)
def test_translation_is_known_whole_or_not_at_all(part: str, answer: Output | str | None, gap: str) -> None:
    found = device("hq", [snapshot(**{**MORE, part: answer})])
    assert found.config is not None
    assert found.config.nat is None
    assert (found.problems, found.gaps) == ((), (gap,))


AROUND: dict[str, Output | str | None] = {
    "show_crypto_ipsec_stats": sample("show_crypto_ipsec_stats/release_9"),
    "show_asp_drop": sample("show_asp_drop/release_9"),
    "show_ntp_status": sample("show_ntp_status/synchronized"),
    "show_route": sample("show_route/release_8_2"),
    "show_vpn-sessiondb_detail_l2l": sample("show_vpn_sessiondb_l2l/detail_8_2_nac"),
}


def test_what_is_around_the_tunnels() -> None:
    first, second = snapshot(**AROUND), state(show_crypto_ipsec_stats=AROUND["show_crypto_ipsec_stats"])
    found = device("hq", [first, second])
    assert (found.problems, found.gaps) == ((), ())
    assert found.clock is not None
    assert found.clock.local == datetime(2018, 7, 19, 10, 58, 15, 123000)
    assert (found.clock.zone, found.clock.synchronized) == ("PDT", None)
    assert (found.clock.started, found.clock.finished) == (102.0, 103.0)
    assert found.config_changed == datetime(2012, 3, 5, 9, 12, 4)
    assert found.context is None
    assert found.ntp is not None
    assert found.routing
    assert found.sessions
    before, after = found.readings
    assert before.statistics is not None
    assert before.statistics == after.statistics
    assert before.drops is not None
    assert after.drops is None
    # The moment of a reading is that of its SAs.
    assert (before.started, before.finished) == (113.0, 115.0)


def test_what_a_device_refuses_of_it_is_a_gap_and_no_problem() -> None:
    refused = {
        name: Output(name.replace("_", " "), "", 1, 2, OutputStatus.REFUSED, REFUSAL)
        for name in [*AROUND, "show_clock"]
    }
    found = device("hq", [snapshot(**refused)])
    assert found.problems == ()
    assert found.readings[0].problems == ()
    assert (found.ntp, found.routing, found.sessions, found.clock) == (None,) * 4
    assert (found.readings[0].statistics, found.readings[0].drops) == (None, None)
    assert len(found.gaps) == 6
    assert found.gaps[-1] == f"hq: 'show vpn-sessiondb detail l2l' is unknown, because the device refused it: {REFUSAL}"


def test_the_context_that_was_logged_in_to() -> None:
    version = sample("show_version/context")
    assert device("hq", [snapshot(show_version=version)]).context == "context"
    system = device("hq", [snapshot(show_version=version.replace("<context>", "<system>"))])
    assert system.context == "system"
    assert "hq is the system context, which has no tunnels: log in to a context" in system.problems


def test_the_group_policy_that_holds() -> None:
    policies = (
        "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout 60\n vpn-tunnel-protocol ikev1\n"
        "group-policy NAMED internal\ngroup-policy NAMED attributes\n vpn-idle-timeout none\n vpn-filter value F\n"
        "group-policy FAR external server-group ACS password *****\n"
    )
    groups = (
        "tunnel-group DefaultL2LGroup general-attributes\n default-group-policy NAMED\n"
        "tunnel-group inherits type ipsec-l2l\n"
        + "".join(
            f"tunnel-group {name} type ipsec-l2l\n"
            f"tunnel-group {name} general-attributes\n default-group-policy {name}\n"
            for name in ("NAMED", "FAR", "GONE", "DfltGrpPolicy")
        )
        + "tunnel-group users type remote-access\n"
    )
    config = device(
        "hq",
        [
            snapshot(
                **{"show_running-config_group-policy": policies, "show_running-config_all_tunnel-group": groups},
            )
        ],
    ).config
    assert config is not None
    found = {}
    for name, group in config.tunnel_groups.items():
        policy = config.policy_of(group)
        found[name] = policy and (policy.name, policy.idle_timeout, policy.session_timeout, policy.filter, policy.pfs)
    default = ("DfltGrpPolicy", 60, 0, "", False)
    named = ("NAMED", 0, 0, "F", False)
    assert found == {
        "DefaultL2LGroup": named,
        "inherits": named,
        "NAMED": named,
        "FAR": None,
        "GONE": None,
        "DfltGrpPolicy": default,
        "users": default,
    }
    policy = config.policy_of(config.tunnel_groups["NAMED"])
    assert policy is not None
    assert policy.protocols == ("ikev1",)
