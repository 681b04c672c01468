# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in any spelling stays, and nothing else changes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask

SECRET = "V3ry$ecret!"

LINES = [
    " pre-shared-key {}",
    " ikev1 pre-shared-key {}",
    " ikev2 local-authentication pre-shared-key {}",
    " ikev2 remote-authentication pre-shared-key {}",
    " ikev2 remote-authentication pre-shared-key hex {}",
    " ikev2 remote-authentication pre-shared-key 8 {}",
    "crypto isakmp key {} address 198.51.100.1",
    "isakmp key {} address 198.51.100.1 netmask 255.255.255.255",
    "enable password {} encrypted",
    "enable password {} level 5 pbkdf2",
    "passwd {} encrypted",
    "username admin password {} encrypted privilege 15",
    "username admin password {}",
    "snmp-server community {}",
    "snmp-server community 8 {}",
    "snmp-server host inside 10.1.0.9 community {} version 2c",
    "snmp-server host inside 10.1.0.9 poll community {}",
    "snmp-server user nms group v3 auth sha {}",
    "aaa-server TAC (inside) host 10.1.0.8 {} timeout 5",
    " key {}",
    " key 8 {}",
    "failover key {}",
    "failover key hex {}",
    "failover ipsec pre-shared-key {}",
    " ospf authentication-key {}",
    " ospf message-digest-key 1 md5 {}",
    " authentication key eigrp 100 {} key-id 1",
    " neighbor 192.0.2.9 password {}",
    " ldap-login-password {}",
    "vpdn username me@example.com password {} store-local",
    "ntp authentication-key 1 md5 {}",
    "group-policy P external server-group S password {}",
    "hq(config-tunnel-ipsec)# ikev1 pre-shared-key {}",
]


@pytest.mark.parametrize("line", LINES)
def test_a_secret_is_masked(line: str) -> None:
    assert mask(line.format(SECRET)) == line.format("*****")


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("masked", ["*", "*****"])
def test_what_the_device_masked_stays(line: str, masked: str) -> None:
    assert mask(line.format(masked)) == line.format(masked)


def test_both_keys_of_an_snmp_user() -> None:
    line = "snmp-server user nms group v3 engineID 80000009 encrypted auth sha 01:23:45 priv aes 128 67:89:ab"
    assert mask(line).endswith("auth sha ***** priv aes 128 *****")


@pytest.mark.parametrize(
    "line",
    [
        "crypto key generate rsa modulus 2048",
        "no ikev1 pre-shared-key",
        "password encryption aes",
        "password-policy minimum-length 8",
        "aaa-server TAC protocol tacacs+",
        "aaa-server TAC (inside) host 10.1.0.8",
        "aaa-server TAC (inside) host 10.1.0.8 timeout 5",
        "ssh key-exchange group dh-group14-sha1",
        "crypto isakmp policy 10",
        "      spi: 0x527873A4 (1383625636)",
        "      #pkts encaps: 100, #pkts encrypt: 100, #pkts digest: 100",
        "          0xFFFFFFFF 0xFFFFFFFF",
        "no snmp-server community",
        " authentication pre-share",
        "no ntp authentication-key 1",
        "copy running-config tftp://192.0.2.9/hub.cfg",
        "license smart",
        "%ASA-5-713049: Group = 198.51.100.1, Inbound SPI = 0x527873a4, Outbound SPI = 0xe6376de9",
    ],
)
def test_nothing_else_changes(line: str) -> None:
    assert mask(line) == line


def test_a_private_key_is_masked_line_by_line() -> None:
    text = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKC\n-----END RSA PRIVATE KEY-----\nhostname hq\n"
    assert mask(text) == "-----BEGIN RSA PRIVATE KEY-----\n*****\n*****\n-----END RSA PRIVATE KEY-----\nhostname hq\n"


def test_a_certificate_is_masked_line_by_line() -> None:
    text = "crypto ca certificate chain CA\n certificate 01\n    30820201 3082016a 02\n    a0030201\n  quit\n"
    assert mask(text) == "crypto ca certificate chain CA\n certificate 01\n    *****\n    *****\n  quit\n"


def test_carriage_returns_stay() -> None:
    assert mask(" pre-shared-key S3cret\r\n key S3cret\r\nend\r\n") == " pre-shared-key *****\r\n key *****\r\nend\r\n"


words = st.sampled_from([*(line.replace("{}", "S3cret") for line in LINES), "certificate 01", "    30820201", "", "\r"])


@given(st.lists(st.one_of(words, st.text(max_size=40)), max_size=12))
def test_masking_twice_is_masking_once(lines: list[str]) -> None:
    text = "\n".join(lines)
    once = mask(text)
    assert mask(once) == once
    assert once.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text", ["key " * 50000, " " * 200000, "password " * 30000, "aaa-server " * 20000, "a" * 200000]
)
def test_masking_is_linear(text: str) -> None:
    started = time.perf_counter()
    mask(text)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    "line",
    [
        " rip authentication key {} key_id 1",
        " pre-shared-key  {}",
        "username joe password 8 {}",
        " key-string {}",
        " area 1 virtual-link 192.0.2.9 authentication-key {}",
        " area 1 virtual-link 192.0.2.9 authentication-key 8 {}",
        " area-password {}",
        " domain-password {} authenticate snp validate",
        " isis authentication key {} level-1",
        " authentication key {} level-2",
        "snmp-server host-group inside NMS community {} version 2c",
        "snmp-server host-group inside NMS trap community {}",
        "auto-update server https://hub:{}@192.0.2.9/autoupdate",
        "boot config ftp://hub:{}@192.0.2.9/hub.cfg",
        "logging ftp-server 192.0.2.9 /logs hub {}",
        "license-server address 192.0.2.9 secret {} port 50554",
        " policy-server-secret {}",
        "key config-key password-encryption {}",
        "aaa-server TAC host 10.1.0.8 {}",
    ],
)
def test_spellings_found_by_review_are_masked(line: str) -> None:
    assert "s3cretW0rd" not in mask(line.format("s3cretW0rd"))


@pytest.mark.parametrize(
    "line",
    [
        " license {}",
        "crypto map M 10 set session-key outbound esp 1000 cipher {} authenticator 0123456789abcdef0123",
        "crypto map M 10 set session-key outbound esp 1000 cipher 0123456789abcdef0123 authenticator {}",
    ],
)
def test_keys_that_are_hexadecimal_are_masked(line: str) -> None:
    assert "feedface" not in mask(line.format("feedface" * 5))
