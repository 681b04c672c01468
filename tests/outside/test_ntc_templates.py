# SPDX-License-Identifier: GPL-3.0-or-later
"""ntc-templates' patterns for the ASA, written from other people's devices, read from the lab what is true in it.

It proves that the lab prints the layout that the world knows, and that our parser reads the same values from the same
text. The template of `show crypto ipsec sa` passes over lines it does not know, so that there it proves the values
only; that of `show version` refuses them, so that there it proves every line.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

import pytest
from ntc_templates.parse import parse_output

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Direction, IpsecEntry, IpsecSa, Selector
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from lab.site import Lab
from lab.testing import Typist, change

COMMAND = "show crypto ipsec sa"
# The template's name of a counter, and the device's.
COUNTERS = {
    "packets_encapsulated": "pkts encaps",
    "packets_encrypted": "pkts encrypt",
    "packets_digested": "pkts digest",
    "packets_decapsulated": "pkts decaps",
    "packets_decrypted": "pkts decrypt",
    "packets_verified": "pkts verify",
    "packets_compressed": "pkts compressed",
    "packets_decompressed": "pkts decompressed",
    "packets_not_compressed": "pkts not compressed",
    "packets_compress_failed": "pkts comp failed",
    "packets_decompress_failed": "pkts decomp failed",
    "pre_fragment_success": "pre-frag successes",
    "pre_fragment_failures": "pre-frag failures",
    "fragments_created": "fragments created",
    "pmtus_sent": "PMTUs sent",
    "pmtus_received": "PMTUs rcvd",
    "decap_frags_needing_reassembly": "decapsulated frgs needing reassembly",
    "send_errors": "send errors",
    "receive_errors": "recv errors",
}


@pytest.fixture(params=["incident-2009", "modern-9x"])
def lab(request: pytest.FixtureRequest) -> Lab:
    return change(request.param)


def outputs(lab: Lab, command: str) -> Iterator[tuple[dict[str, Any], str]]:
    """The truth about each device, and what it prints."""
    for name, status in lab.status()["devices"].items():
        yield status, Typist(lab, name).enable()(command)


def rows(text: str, command: str = COMMAND) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parse_output("cisco_asa", command, text)
    return found


def selector(side: str, given: Selector) -> dict[str, str]:
    assert isinstance(given.network, IPv4Network)
    return {
        f"{side}_identity_addr": str(given.network.network_address),
        f"{side}_identity_mask": str(given.network.netmask),
        f"{side}_identity_protocol": str(given.protocol),
        f"{side}_identity_port": str(given.port_low),
    }


def association(side: str, sa: IpsecSa) -> dict[str, str]:
    encryption, authentication = (sa.transform or "").split()[:2]
    return {
        f"{side}_spi_hex": f"0x{sa.spi:08X}",
        f"{side}_spi_integer": str(sa.spi),
        f"{side}_encryption": encryption,
        f"{side}_authentication": authentication,
        f"{side}_settings_in_use": ", ".join(sa.settings),
        f"{side}_slot": str(sa.slot),
        f"{side}_connection_id": str(sa.conn_id),
        f"{side}_crypto_map": str(sa.crypto_map),
        f"{side}_remaining_lifetime": str(sa.lifetime_seconds),
        f"{side}_remaining_lifetime_kilobytes": str(sa.lifetime_kilobytes),
    }


def in_its_words(entry: IpsecEntry) -> dict[str, str]:
    """What our parser found, by the template's names. It knows one SA a direction, and that is the first."""
    words = {
        "interface": entry.interface,
        "crypto_map_tag": entry.crypto_map,
        "sequence_number": entry.sequence,
        "local_address": entry.local_address,
        "current_peer": entry.peer,
        "local_crypto_endpoint": entry.local_endpoint,
        "remote_crypto_endpoint": entry.remote_endpoint,
        "path_mtu": entry.path_mtu,
        "ipsec_overhead": entry.overhead,
        **{its: entry.counters[ours] for its, ours in COUNTERS.items()},
    }
    first = {way: next(sa for sa in entry.sas if sa.direction is way) for way in Direction}
    return {
        **{name: str(value) for name, value in words.items()},
        "current_outbound_spi": "" if entry.current_outbound_spi is None else f"{entry.current_outbound_spi:08X}",
        "current_inbound_spi": "" if entry.current_inbound_spi is None else f"{entry.current_inbound_spi:08X}",
        **selector("local", entry.identities.local),
        **selector("remote", entry.identities.remote),
        **association("inbound", first[Direction.INBOUND]),
        **association("outbound", first[Direction.OUTBOUND]),
    }


# What our model does not keep, and what a device with addresses instead of names does not print.
REST_OF_AN_SA = {"iv_size": "16 bytes", "replay_detection": "Y"}
NOT_OURS = {
    "media_mtu": "1500",
    **{f"{side}_{name}": value for side in ("inbound", "outbound") for name, value in REST_OF_AN_SA.items()},
    **dict.fromkeys(["dynamic_peer", "dynamic_peer_name", "current_peer_name", "local_address_name"], ""),
    **dict.fromkeys(["local_crypto_endpoint_name", "remote_crypto_endpoint_name"], ""),
}


def test_the_truth_of_the_lab(lab: Lab) -> None:
    for status, text in outputs(lab, COMMAND):
        truth = status["ipsec"]
        assert truth
        assert len(rows(text)) == len(truth)
        for row, sa in zip(rows(text), truth, strict=True):
            assert row["current_peer"] == sa["peer"]
            for side in ("local", "remote"):
                assert f"{row[f'{side}_identity_addr']}/24" == sa[side]
                assert row[f"{side}_identity_mask"] == "255.255.255.0"
            assert [row["inbound_spi_hex"]] == sa["spi_in"]
            assert [row["outbound_spi_hex"]] == sa["spi_out"]
            assert f"0x{row['current_outbound_spi']}" == row["outbound_spi_hex"]
            assert int(row["inbound_spi_integer"]) == int(sa["spi_in"][0], 16)
            assert (int(row["packets_encapsulated"]), int(row["packets_decapsulated"])) == (sa["encaps"], sa["decaps"])
            assert sa["encaps"] > 100


def test_the_same_as_our_parser(lab: Lab) -> None:
    for _, text in outputs(lab, COMMAND):
        ours = find(COMMAND).parse(text)
        assert (ours.unparsed, ours.incomplete) == ((), "")
        assert rows(text) == [{**in_its_words(entry), **NOT_OURS} for entry in ours.value]


def test_the_incident_is_seen_from_outside(lab: Lab) -> None:
    """After the fault one end sends what the other no longer accepts, and by nothing but the text."""
    ends = [rows(text)[0] for _, text in outputs(lab, COMMAND)]
    assert {row["outbound_spi_hex"] for row in ends} == {row["inbound_spi_hex"] for row in ends}
    lab.fault("deletion-retry")
    assert not lab.mirrors()
    ends = [rows(text)[0] for _, text in outputs(lab, COMMAND)]
    assert {row["outbound_spi_hex"] for row in ends}.isdisjoint(row["inbound_spi_hex"] for row in ends)


def test_a_rekey_is_more_than_the_template_knows(lab: Lab) -> None:
    """Two SAs a direction: it keeps the first of each, which is the new one, and our parser both."""
    lab.advance(24480 - lab.scheduler.now + 10)
    for status, text in outputs(lab, COMMAND):
        [sa], [row], [entry] = status["ipsec"], rows(text), find(COMMAND).parse(text).value
        assert len(sa["spi_in"]) == len(sa["spi_out"]) == 2
        assert entry.spis(Direction.INBOUND) == {int(spi, 16) for spi in sa["spi_in"]}
        assert entry.spis(Direction.OUTBOUND) == {int(spi, 16) for spi in sa["spi_out"]}
        assert (row["inbound_spi_hex"], row["outbound_spi_hex"]) == (sa["spi_in"][0], sa["spi_out"][0])
        assert row["outbound_spi_hex"] == f"0x{entry.outbound_spi:08X}"


def test_every_line_of_show_version_is_known(lab: Lab) -> None:
    for status, text in outputs(lab, "show version"):
        [row] = rows(text, "show version")
        ours = find("show version").parse(text).value
        assert (row["version"], row["hostname"]) == (status["release"], status["hostname"])
        assert (row["version"], row["hostname"], row["serial"]) == (str(ours.version), ours.hostname, [ours.serial])
