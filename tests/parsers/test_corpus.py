# SPDX-License-Identifier: GPL-3.0-or-later
"""Every line of every text is known, over our own samples and over a folder of captured texts.

``CORPUS=DIR pytest tests/parsers/test_corpus.py -s`` adds the texts of ``DIR/INDEX.tsv`` (``path`` and ``command`` in
its first columns) whose command we parse, and prints a table. A captured text may be damaged by its way through the
web; ``DAMAGED`` names the lines that are, with the reason.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import ParseError, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from tests.parsers.test_cases import differences

HERE = Path(__file__).parent

# What the author of a page wrote between or into the device's lines.
DAMAGED = {
    "blog_ncp_rekeyed/show_crypto_ikev1_sa__and__ipsec_sa__rekeyed_two_spi.txt": {"KEv1 SAs:"},
    "cisco_community/show_crypto_isakmp_sa__mm_wait_msg2__8.x.txt": {
        "124.29.X.X 101.53.X.X MM_NO_STATE 0 ACTIVE (deleted)"
    },
    "pastebin/BefeBcLx__sh_crypto_isa_sa_am_active.txt": {"There are no IKEv2 SAs#recv errors: 0"},
    "azure_vti_yinghli/config_vti_ikev2__9.8.txt": {"```", "## "},
    "misc_debug/debug_crypto_ikev2_no_match.txt": {"KEv2-PROTO-5: "},
    "tunnelsup/syslog_l2l_fail_mm_wait_msg4.txt": {"! --- "},
    "tunnelsup/syslog_l2l_success_debug.txt": {"! Begin state: ", "!^^^^ PHASE 2 BEGINS"},
}
# Not a device's output: documents with placeholders in angle brackets or markup.
TEMPLATES = {
    "azure_samples/config_template__8.3_xslt.cfg",
    "gcp_ha_vpn/config_vti_two_tunnels.txt",
    "simone_oneliners/show_running-config_crypto_tunnel-group__keepalive_disable.txt",
    "vpn_py_tool/show_run_all_tunnel-group__9.x.txt",
    "zscaler_doc/config_two_peers_ikev2__9.x.txt",
}
# What an index calls a text, where that is no command.
COMMANDS = {
    "running-config": "show running-config",
    "show running-config excerpt": "show running-config",
    "config": "show running-config",
    "show tech-support / show version": "show version",
    "show tech-support detail": "show version",
    "show crypto isakmp sa (IKEv2 part)": "show crypto isakmp sa",
    "show run crypto map / tunnel-group": "show running-config; debug crypto isakmp",
    "syslog": "show logging",
    "debug crypto ikev2 protocol/platform": "debug crypto ikev2",
}


def own() -> Iterator[tuple[str, Path, list[str]]]:
    for raw in sorted(HERE.glob("*/*.raw")):
        case = yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))
        if not case.get("unparsed"):
            yield f"{raw.parent.name}/{raw.name}", raw, [case["command"]]


def captured() -> Iterator[tuple[str, Path, list[str]]]:
    root = Path(os.environ["CORPUS"])
    with (root / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
            path, named = root / row["path"], row["command"]
            if row["path"] in TEMPLATES or "| i" in named:
                continue
            if not path.is_file():
                # An index made anonymous may have lost the end of a name.
                path = next(path.parent.glob(f"{path.name.partition('__')[0]}__*"), path)
            named = next((COMMANDS[key] for key in COMMANDS if named.startswith(key)), named)
            known = [each for part in named.replace(" + ", ";").split(";") if (each := parsed_command(part.strip()))]
            if known:
                yield row["path"], path, known


def parsed_command(text: str) -> str:
    try:
        return find(text).command
    except ParseError:
        return ""


TEXTS = [*own(), *(captured() if "CORPUS" in os.environ else ())]


@pytest.mark.parametrize(("name", "path", "commands"), TEXTS, ids=[name for name, _, _ in TEXTS])
def test_every_line_is_known(name: str, path: Path, commands: list[str]) -> None:
    text = path.read_bytes().decode("utf-8")
    accounts = [find(command).parse(text) for command in commands]
    # A page that shows two commands: each line is known to one of them.
    left = set.intersection(*({(each.number, each.text) for each in account.unparsed} for account in accounts))
    damaged = tuple(DAMAGED.get(name, ()))
    unknown = sorted(each for each in left if not (damaged and each[1].startswith(damaged)))
    print(f"{name:90} {'; '.join(commands):50} {accounts[0].lines:5} {len(left):3} {len(unknown):3}")
    assert not unknown


def test_there_are_texts() -> None:
    assert len(TEXTS) > 50


# Values that a person read in the captured texts: the file, its command, and SPIs or peers that must be found.
READ = [
    (
        "blog_ncp_rekeyed/show_crypto_ikev1_sa__and__ipsec_sa__rekeyed_two_spi.txt",
        "show crypto ipsec sa",
        {0xE2B83FD5: False, 0xEED2584F: True, 0xC7CCEEBF: False, 0xC47BC9E1: True},
    ),
    (
        "azure_vti_yinghli/show_crypto_ipsec_sa_detail__9.8_vti_natt.txt",
        "show crypto ipsec sa detail",
        {0x8D2C8231: False, 0xEA8A498E: False},
    ),
    ("cisco_press/show_crypto_ipsec_sa__7.0.txt", "show crypto ipsec sa", {0x4FEDC46D: False}),
    ("lab_juriasa_2016/debug_and_empty__9.x.txt", "show crypto ipsec sa", {}),
]
# The same for the other commands: what a file's value must say, as a case file would.
NCAT, VPNMON = "ncat_showtech", "vpnmon_dump_2018_anonymised"
VALUES: dict[str, tuple[str, Any]] = {
    "ipsec_tunnel_report/show_vpn-sessiondb_l2l__9.x.txt": (
        "show vpn-sessiondb l2l",
        [
            {"index": 87570, "ip_addr": "196.X.X.X", "bytes_rx": 321043987, "duration": 1236333, "incomplete": ""},
            {"index": 94383, "login_time": "11:27:41 SAST Fri Aug 4 2023", "duration": None},
        ],
    ),
    "perl_asa_l2l/sh_vpn-sessiondb_l2l__8.4.txt": (
        "show vpn-sessiondb l2l",
        [
            {"connection": "198.18.0.62", "index": 178, "encryption": "AES256", "duration": 232709},
            {"connection": "198.18.0.63", "index": 216, "bytes_tx": 432599058, "bytes_rx": 168772729},
            {"connection": "198.18.0.64", "index": 6440, "duration": 159918, "incomplete": ""},
        ],
    ),
    "netmiko_reset_script/show_vpn-sessiondb_no_sessions.txt": ("show vpn-sessiondb l2l", []),
    "ntc_issue_1924/show_vpn-sessiondb_detail_l2l__ipsec_only.txt": (
        "show vpn-sessiondb detail l2l",
        [
            {
                "connection": None,
                "protocol": "IPsec",
                "encryption": "IPsec: (7)AES256",
                "hashing": "IPsec: (7)SHA1",
                "bytes_rx": 1834527839208,
                "duration": 6550222,
                "tunnel_counts": {"IPsec": 7},
                "incomplete": "2 tunnels are listed where the device counts 7",
                "tunnels": [
                    {"tunnel_id": "868418.1", "rekey_left_d": 0, "pkts_rx": 355730489},
                    {"remote_addr": {"network": "10.14.35.16/28"}, "rekey_left_t": 15942, "pkts_rx": None},
                ],
            }
        ],
    ),
    f"{VPNMON}/show_vpn-sessiondb_detail_l2l__s1_ike_8.2-8.3_nac.txt": (
        "show vpn-sessiondb detail l2l",
        [
            {
                "encryption": "3DES AES256",
                "duration": 17999,
                "tunnels": [
                    {"kind": "IKE", "encryption": "3DES", "filter_name": "acl_ORG1", "rekey_left_t": 68400},
                    {"kind": "IPsec", "encryption": "AES256", "idle_to_left": 1800, "bytes_tx": 42097723},
                ],
            }
        ],
    ),
    f"{VPNMON}/show_vpn-sessiondb_detail_l2l__s2_ikev1_natt.txt": (
        "show vpn-sessiondb detail l2l",
        [
            {
                "protocol": "IKEv1 IPsecOverNatT",
                "duration": 510669,
                "tunnels": [
                    {"kind": "IKEv1", "udp_dst_port": 4500, "d_h_group": "2", "filter_name": None},
                    {"kind": "IPsecOverNatT", "local_addr": {"network": "0.0.0.0/0"}, "pfs_group": "2"},
                ],
            }
        ],
    ),
    f"{VPNMON}/show_vpn-sessiondb_detail_l2l__s5_ikev2_sha512.txt": (
        "show vpn-sessiondb detail l2l",
        [
            {
                "hashing": "IKEv2: (1)SHA256 IPsec: (1)SHA512",
                "tunnels": [
                    {"kind": "IKEv2", "rem_auth_mode": "preSharedKeys", "prf": "SHA256", "rekey_int_t": 28800},
                    {"kind": "IPsec", "hashing": "SHA512", "rekey_int_t": 86400, "rekey_left_d": 4607584},
                ],
            }
        ],
    ),
    f"{VPNMON}/show_vpn-sessiondb_detail_l2l__s6_ike_old.txt": (
        "show vpn-sessiondb detail l2l",
        [{"ip_addr": "198.51.100.6", "tunnels": [{"tunnel_id": "16779.1"}, {"pkts_tx": 6400, "pkts_rx": 6861}]}],
    ),
    f"{NCAT}/show_vpn-sessiondb_summary__ctx-admin.txt": ("show vpn-sessiondb summary", {"sessions": []}),
    f"{NCAT}/show_ipsec_stats__ctx-admin.txt": (
        "show ipsec stats",
        {"totals": {"active_tunnels": 0, "outbound_sa_destroy_calls": 0}, "outbound": {"pmtus_rcvd": 0}},
    ),
    "zscaler_doc/show_crypto_ipsec_stats__9.x.txt": (
        "show crypto ipsec stats",
        {
            "totals": {"active_tunnels": 1, "previous_tunnels": 59, "system_capacity_failures": 0},
            "inbound": {"bytes": 50159106, "packets": 37595, "authentications": 37595},
            "outbound": {"bytes": 1110722, "dropped_packets": 1, "pre_fragmentation_failures": 1, "pmtus_sent": 1},
        },
    ),
    f"{NCAT}/show_crypto_ikev1_stats__ctx-inside2.txt": (
        "show crypto ikev1 stats",
        {"version": 1, "counters": {"standby_tunnels": 0, "in_p2_sa_delete_requests": 0, "no_sa_fails": 0}},
    ),
    f"{NCAT}/show_crypto_ikev2_stats__ctx-admin.txt": (
        "show crypto ikev2 stats",
        {"version": 2, "counters": {"active_tunnels": 0, "in_child_sa_sa_delete_requests": 0, "no_sa_fails": 0}},
    ),
    f"{NCAT}/show_asp_drop__ctx-admin.txt": (
        "show asp drop",
        {
            "frame": [
                {"name": "no-route", "count": 19164},
                {"name": "acl-drop", "count": 831},
                {"name": "tcp-not-syn", "count": 705},
                {"name": "l2_acl", "reason": "FP L2 rule drop", "count": 15005},
                {"name": "interface-down", "count": 26},
            ],
            "flow": [],
            "frame_last_clearing": None,
        },
    ),
    f"{NCAT}/show_asp_drop__ctx-inside2.txt": (
        "show asp drop",
        {"frame_last_clearing": "Never", "flow_last_clearing": "Never"},
    ),
    f"{NCAT}/show_failover_history__ctx-system.txt": (
        "show failover history",
        [
            {"group": 0, "from_state": "Active Applying Config", "to_state": "Active Config Applied"},
            *[{"to_state": state} for state in ("Active", "Just Active", "Negotiation", "Active Drain")],
            *[{"group": 1}] * 3,
            *[{"group": 2}] * 11,
            {"time": "15:27:30 UTC Aug 16 2017", "to_state": "Standby Ready", "reason": "Other unit wants me Standby"},
        ],
    ),
}
OWN = [("show_crypto_ipsec_sa/rekeyed.raw", "show crypto ipsec sa", {0x527873A4: False, 0x0A0B0C0D: True})]


def test_what_a_person_read() -> None:
    places = [(HERE, OWN), *([(Path(os.environ["CORPUS"]), READ)] if "CORPUS" in os.environ else [])]
    for root, texts in places:
        for name, command, spis in texts:
            account = find(command).parse((root / name).read_text(encoding="utf-8"))
            found = {sa.spi: sa.rekeyed for entry in account.value for sa in entry.sas}
            assert {spi: found.get(spi) for spi in spis} == spis, name
            assert bool(found) == bool(spis), name


@pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder of captured texts")
@pytest.mark.parametrize("name", VALUES)
def test_what_a_person_read_of_the_others(name: str) -> None:
    command, expected = VALUES[name]
    account = find(command).parse((Path(os.environ["CORPUS"]) / name).read_text(encoding="utf-8"))
    found = differences(expected, plain(account.value))
    assert not found, "\n".join(found)


@pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder of captured texts")
def test_the_contexts_a_person_read() -> None:
    text = Path(os.environ["CORPUS"]) / NCAT / "show_context_detail__ctx-system.txt"
    contexts = {context.name: context for context in find("show context detail").parse(text.read_text()).value}
    assert len(contexts) == 14
    assert len(contexts["system"].interfaces) == 43
    assert contexts["system"].interfaces[-1] == "Port-channel3.3365"
    assert contexts["inside2"].real_interfaces == ("Ethernet1/2.3346", "Ethernet1/3.3347")
    assert (contexts["inside2"].failover_group, contexts["inside1"].failover_group) == (2, None)
    assert (contexts["null"].id, contexts["null"].flags, contexts["null"].config_url) == (507, 0x809, "... null ...")
