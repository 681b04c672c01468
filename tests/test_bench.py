# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark measures what it says; how fast anything is stands in no test."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.ssh import Ssh, SshOptions
from tests.bench import connection, emulating, gating, texts
from tests.bench.serving import PASSWORD, USER, Served, serving


@pytest.mark.parametrize("detail", [False, True])
@pytest.mark.parametrize("tunnels", [1, 50])
def test_a_text_holds_what_it_says(tunnels: int, detail: bool) -> None:
    text = texts.ipsec_sa(tunnels, detail=detail)
    parsed = find("show crypto ipsec sa").parse(text.text)
    assert (parsed.unparsed, parsed.incomplete) == ((), "")
    assert len(parsed.value) == text.blocks
    assert sum(len(entry.sas) for entry in parsed.value) == text.spis


def test_a_configuration_holds_what_it_says() -> None:
    text = texts.running_config(50)
    parsed = find("show running-config").parse(text.text)
    assert (parsed.unparsed, parsed.incomplete) == ((), "")
    assert len(parsed.value.crypto_maps) == text.blocks


def test_the_lab_that_is_measured_carries_packets() -> None:
    lab = emulating.emulate(4)
    assert lab.mirrors()
    assert min(traffic.answers for traffic in lab.traffic) >= 6


def test_the_change_that_is_measured_is_tried() -> None:
    document = gating.tried(2)
    assert document["problems"] == []
    assert [tunnel["ends"] for tunnel in document["tunnels"]] == [["branch1", "hq1"], ["branch2", "hq2"]]
    assert all(tunnel["after"]["traffic"] == dict.fromkeys(tunnel["ends"], True) for tunnel in document["tunnels"])
    assert len(document["changes"]) == 4


def test_our_connection_reads_all_that_the_server_sends() -> None:
    wanted = connection.eight()
    with connection.bench() as bench, serving(wanted, bench.folder / "server") as served:
        way = connection.ways(served, bench.folder, list(wanted))["ours"]
        cost = bench.play(way, ["asa001"])
        assert cost.status == 0
        assert connection.right(bench.folder, ["asa001"], wanted)


def test_one_output_is_read_twice_in_one_login() -> None:
    text = texts.ipsec_sa(20, detail=False).text
    with connection.bench() as bench, serving({connection.SA: text}, bench.folder / "server") as served:
        assert bench.large("ours", served, connection.SA, 2)["lengths"] == [len(text.rstrip()) + 1]


def options(served: Served) -> SshOptions:
    return SshOptions(
        device="hub", host="127.0.0.1", port=served.port, user=USER, password=PASSWORD, private_key_file=None,
        private_key_passphrase=None, look_for_keys=False, password_prompt=None, host_key_checking=True,
        host_key_auto_add=False, known_hosts=served.known_hosts, key_exchange_algorithms=None, hostkeys=None,
        publickey_algorithms=None, ciphers=None, macs=None, config_file=None, proxy_command=None, timeout=10,
    )  # fmt: skip


def test_libssh_hands_no_trace_of_packets_to_python(tmp_path: Path) -> None:
    class Records(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    said: list[str] = []
    log, handler = logging.getLogger("ansible-pylibssh"), Records()
    log.addHandler(handler)
    try:
        with serving({}, tmp_path) as served:
            channel = Ssh.connect(options(served))
            assert channel.read(10)
            channel.close()
    finally:
        log.removeHandler(handler)
    assert not said
