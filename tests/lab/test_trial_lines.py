# SPDX-License-Identifier: GPL-3.0-or-later
"""Which lines of a running-config stop a trial: none that its release has, and every one that it has not."""

from __future__ import annotations

import re

import pytest

from lab.trial.grammar import refused
from lab.trial.reading import read, vpn_lines
from lab.trial.texts import Text
from lab.trial.world import World

# What a device of the release may have beside the lines of a tunnel: Cisco ASA Command Reference of the release.
DEVICE = """\
hostname branch
interface Ethernet0
 nameif outside
 security-level 0
 ip address 203.0.113.1 255.255.255.0 standby 203.0.113.2
access-list vpn extended permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0
"""
OLD = """\
object-group service web tcp
 port-object eq https
access-list vpn extended permit tcp host 192.168.2.5 host 192.168.1.5 object-group web
crypto ipsec transform-set AES esp-aes-256 esp-sha-hmac
crypto ipsec security-association lifetime seconds 28800
crypto ipsec security-association replay window-size 128
crypto ipsec df-bit clear-df outside
crypto ipsec fragmentation before-encryption outside
crypto dynamic-map anyone 20 set pfs group1
crypto dynamic-map anyone 20 set transform-set AES
crypto dynamic-map anyone 20 set security-association lifetime seconds 28800 kilobytes 4608000
crypto map outside_map 10 match address vpn
crypto map outside_map 10 set pfs group5
crypto map outside_map 10 set peer 198.51.100.1
crypto map outside_map 10 set transform-set AES
crypto map outside_map 10 set phase1-mode aggressive group1
crypto map outside_map 10 set connection-type bi-directional
crypto map outside_map 65535 ipsec-isakmp dynamic anyone
crypto map outside_map interface outside
crypto ca trustpoint mine
 enrollment terminal
crypto isakmp identity hostname
crypto isakmp enable outside
crypto isakmp policy 10
 authentication pre-share
 encryption aes-256
 hash sha
 group 5
 lifetime none
crypto isakmp am-disable
crypto isakmp ipsec-over-tcp port 10000
pop3s
 default-group-policy DfltGrpPolicy
group-policy DfltGrpPolicy attributes
 banner value Nobody is at home.
 banner value Come back tomorrow.
 wins-server none
 dns-server value 192.168.1.53
 dhcp-network-scope none
 vpn-access-hours none
 vpn-simultaneous-logins 3
 vpn-idle-timeout none
 vpn-session-timeout none
 vpn-filter none
 vpn-tunnel-protocol IPSec
 password-storage disable
 ip-comp disable
 re-xauth disable
 group-lock none
 pfs disable
 ipsec-udp disable
 ipsec-udp-port 10000
 split-tunnel-policy tunnelall
 split-tunnel-network-list none
 default-domain none
 split-dns none
 intercept-dhcp 255.255.255.255 disable
 secure-unit-authentication disable
 user-authentication disable
 user-authentication-idle-timeout 30
 ip-phone-bypass disable
 leap-bypass disable
 nem disable
 backup-servers keep-client-config
 msie-proxy server none
 msie-proxy method no-modify
 nac disable
 nac-sq-period 300
 nac-reval-period 36000
 nac-default-acl none
 address-pools none
 client-firewall none
 client-access-rule none
 webvpn
  functions url-entry
  html-content-filter none
tunnel-group 198.51.100.1 type ipsec-l2l
tunnel-group 198.51.100.1 general-attributes
 no accounting-server-group
 default-group-policy DfltGrpPolicy
tunnel-group 198.51.100.1 ipsec-attributes
 pre-shared-key *
 peer-id-validate nocheck
 no chain
 no trust-point
 isakmp ikev1-user-authentication none
 isakmp keepalive threshold 30 retry 5
tunnel-group clients type ipsec-ra
tunnel-group clients general-attributes
 address-pool somewhere
sysopt connection tcpmss 1350
no sysopt connection permit-vpn
"""
NEW = """\
object network ours
 subnet 192.168.2.0 255.255.255.0
object network some
 range 192.168.3.1 192.168.3.9
object network theirs
 subnet 192.168.1.0 255.255.255.0
object service web
 service tcp destination eq https
object-group network both
 network-object object ours
 network-object object some
access-list vpn extended permit ip object-group both object theirs
access-list vpn extended permit object web object ours object theirs
access-list vpn extended permit ip any6 2001:db8::/64
crypto ipsec ikev1 transform-set AES esp-aes-256 esp-sha-hmac
crypto ipsec ikev1 transform-set AES mode transport
crypto ipsec ikev2 ipsec-proposal GCM
 protocol esp encryption aes-gcm-256
 protocol esp integrity null
crypto ipsec ikev2 sa-strength-enforcement
crypto ipsec profile tunnels
 set ikev2 ipsec-proposal GCM
 set pfs group21
 set trustpoint mine chain
 set security-association lifetime kilobytes unlimited
 set security-association lifetime seconds 3600
 responder-only
crypto ipsec security-association lifetime seconds 3600
crypto ipsec security-association lifetime kilobytes unlimited
crypto ipsec security-association replay disable
crypto ipsec security-association pmtu-aging infinite
crypto ipsec inner-routing-lookup
crypto ipsec df-bit copy-df outside
crypto ipsec fragmentation after-encryption outside
crypto dynamic-map anyone 20 set ikev2 ipsec-proposal GCM
crypto dynamic-map anyone 20 set pfs
crypto dynamic-map anyone 20 set df-bit clear-df
crypto dynamic-map anyone 20 set security-association lifetime kilobytes unlimited
crypto map outside_map 10 match address vpn
crypto map outside_map 10 set pfs {pfs}
crypto map outside_map 10 set peer 198.51.100.1
crypto map outside_map 10 set ikev1 transform-set AES
crypto map outside_map 10 set ikev2 ipsec-proposal GCM
crypto map outside_map 10 set ikev1 phase1-mode aggressive group5
crypto map outside_map 10 set df-bit copy-df
crypto map outside_map 10 set tfc-packets
crypto map outside_map 10 set tfc-packets burst random payload-size auto timeout auto
crypto map outside_map 10 set validate-icmp-errors
crypto map outside_map 10 set reverse-route{dynamic}
crypto map outside_map 65535 ipsec-isakmp dynamic anyone
crypto map outside_map interface outside
crypto ca trustpool policy
crypto isakmp identity address
no crypto isakmp nat-traversal
crypto isakmp disconnect-notify
crypto ikev2 policy 1
 encryption aes-256
 integrity sha256
 group 21 20 14
 prf sha256
 lifetime seconds none
crypto ikev2 enable outside client-services port 443
crypto ikev2 remote-access trustpoint mine
crypto ikev2 cookie-challenge 50
crypto ikev2 limit max-in-negotiation-sa 70
crypto ikev2 limit max-sa 500
crypto ikev2 notify invalid-selectors
{fragmentation}crypto ikev1 enable outside
crypto ikev1 am-disable
crypto ikev1 limit max-in-negotiation-sa 50
crypto ikev1 ipsec-over-tcp port 10000
crypto ikev1 policy 1
 authentication rsa-sig
 encryption aes-256
 hash sha
 group 14
 lifetime none
crypto engine large-mod-accel
group-policy tunnels internal
group-policy tunnels attributes
 banner value Nobody is at home.
 vpn-simultaneous-logins 3
 vpn-idle-timeout 30
 vpn-idle-timeout alert-interval 1
 vpn-session-timeout none
 vpn-session-timeout alert-interval 1
 vpn-tunnel-protocol ikev1 ikev2 l2tp-ipsec ssl-client
 ipv6-vpn-filter none
 vlan none
 periodic-authentication certificate none
 gateway-fqdn none
 smartcard-removal-disconnect enable
 split-tunnel-policy tunnelspecified
 split-tunnel-network-list value somewhere
 split-tunnel-all-dns disable
 ipv6-split-tunnel-policy tunnelall
 ipv6-address-pools none
 anyconnect-custom perapp value somebody
 webvpn
  anyconnect mtu 1200
  url-list none
tunnel-group 198.51.100.1 type ipsec-l2l
tunnel-group 198.51.100.1 general-attributes
 default-group-policy tunnels
tunnel-group 198.51.100.1 ipsec-attributes
 ikev1 pre-shared-key *****
 ikev1 trust-point mine
 ikev1 user-authentication none
 isakmp keepalive disable
 no ikev2 remote-authentication
 ikev2 local-authentication pre-shared-key *****
tunnel-group DefaultWEBVPNGroup webvpn-attributes
 group-alias somebody
sysopt connection tcpmss 1350
sysopt connection tcpmss minimum 500
sysopt connection preserve-vpn-flows
"""
TUNNEL = """\
interface Tunnel1
 nameif vti
 ip address 169.254.0.1 255.255.255.252 standby 169.254.0.2
 mtu 1400
 tunnel source interface outside
 tunnel destination 198.51.100.1
 tunnel mode ipsec ipv4
 tunnel protection ipsec profile tunnels
"""


def text_of(release: str) -> str:
    """Tunnel interfaces and routes that come and go with a tunnel are of 9.7, fragmentation for IKEv2 is of 9.8."""
    if release in ("7.2(5)", "8.2(5)"):
        return DEVICE + OLD
    old = release == "9.1(7)"
    modern = NEW.format(
        pfs="group31" if release == "9.16(4)" else "group24", dynamic="" if old else " dynamic",
        fragmentation="" if old else "crypto ikev2 fragmentation mtu 576 preferred-method ietf\n",
    )  # fmt: skip
    if old:
        return DEVICE + re.sub(r"crypto ipsec profile tunnels\n( .*\n)+", "", modern)
    return DEVICE + TUNNEL + modern


def told(text: str, release: str) -> list[str]:
    whole = Text("branch", "branch.cfg", f"ASA Version {release}\n{text}: end\n", release)
    return [found.why for found in refused(whole, read(whole)) if not found.passed_over]


@pytest.mark.parametrize("release", ["7.2(5)", "8.2(5)", "9.1(7)", "9.8(4)", "9.16(4)"])
def test_a_line_that_the_release_has_stops_nothing(release: str) -> None:
    assert told(text_of(release), release) == []


@pytest.mark.parametrize("release", ["7.2(5)", "8.2(5)", "9.1(7)", "9.8(4)", "9.16(4)"])
def test_a_device_gives_back_what_it_was_booted_with(release: str) -> None:
    text = text_of(release)
    device = World({"branch": Text("branch", "branch.cfg", f"ASA Version {release}\n{text}: end\n", release)})
    shown = {line.rstrip() for line in device.typist("branch")("show running-config").splitlines()}
    assert [line for line in text.splitlines() if line not in shown] == []


def test_what_is_typed_on_one_line_is_kept_as_an_asa_keeps_it() -> None:
    text = text_of("9.8(4)")
    device = World({"branch": Text("branch", "branch.cfg", f"ASA Version 9.8(4)\n{text}: end\n", "9.8(4)")})
    typist = device.typist("branch")
    typist("configure terminal")
    entry = "crypto map outside_map 10 set security-association lifetime"
    typist(f"{entry} seconds 7200 kilobytes unlimited")
    typist(f"{entry} seconds 3600")
    typist("group-policy tunnels attributes")
    typist("vpn-idle-timeout 45")
    typist("end")
    shown = typist("show running-config").splitlines()
    assert [line for line in shown if line.startswith(entry)] == [
        f"{entry} seconds 3600",
        f"{entry} kilobytes unlimited",
    ]
    assert [line for line in shown if line.startswith(" vpn-idle")] == [
        " vpn-idle-timeout 45", " vpn-idle-timeout alert-interval 1",
    ]  # fmt: skip


def test_an_object_of_8_3_stops_nothing() -> None:
    objects = "object network ours\n subnet 192.168.2.0 255.255.255.0\n"
    listed = "access-list vpn extended permit ip object ours 192.168.1.0 255.255.255.0\n"
    text = DEVICE + objects + listed + "crypto map outside_map 10 match address vpn\n"
    assert told(text, "8.3(1)") == []
    assert told(text, "8.2(5)")[:1] == ["'object network ours' is not understood at 'ours'"]


def test_what_clients_alone_have_under_a_policy_is_no_line_of_a_tunnel() -> None:
    text = Text("branch", "branch.cfg", text_of("9.8(4)"), "9.8(4)")
    assert [line.text for line in vpn_lines(read(text)) if "webvpn" in line.text or "url-list" in line.text] == []


MISTAKES = [
    ("9.8(4)", "crypto ipsec df-bit copy-df outside", "crypto ipsec df-bit kopy-df outside",
     "'crypto ipsec df-bit kopy-df outside' is not understood at 'kopy-df'"),
    ("9.8(4)", "pmtu-aging infinite", "pmtu-aging infinit!",
     "'crypto ipsec security-association pmtu-aging infinit!' is not understood at 'infinit!'"),
    ("9.8(4)", "crypto ikev2 limit max-sa 500", "crypto ikev2 limit max-sa",
     "'crypto ikev2 limit max-sa' stops too early"),
    ("9.8(4)", "crypto ikev2 cookie-challenge 50", "crypto ikev2 cookie-chalenge 50",
     "'crypto ikev2 cookie-chalenge 50' is not understood at 'cookie-chalenge'"),
    ("9.8(4)", "set ikev2 ipsec-proposal GCM\n set pfs group21", "set ikev2 ipsec-proposal GCM\n set pfs group22",
     "'set pfs group22' is not understood at 'group22'"),
    ("9.8(4)", "set pfs group24", "set pfs group31",
     "'crypto map outside_map 10 set pfs group31' is not understood at 'group31': it came with 9.16"),
    ("9.16(4)", "set pfs group31", "set pfs group24",
     "'crypto map outside_map 10 set pfs group24' is not understood at 'group24': it is gone since 9.15"),
    ("9.8(4)", " split-tunnel-policy tunnelspecified", " split-tunel-policy tunnelspecified",
     "'split-tunel-policy tunnelspecified' is not understood at 'split-tunel-policy'"),
    ("9.8(4)", "vpn-tunnel-protocol ikev1 ikev2", "vpn-tunnel-protocol ikev1 ikve2",
     "'vpn-tunnel-protocol ikev1 ikve2 l2tp-ipsec ssl-client' is not understood at 'ikve2'"),
    ("8.2(5)", "vpn-tunnel-protocol IPSec", "vpn-tunnel-protocol ikev1",
     "'vpn-tunnel-protocol ikev1' is not understood at 'ikev1'"),
    ("9.8(4)", " tunnel destination 198.51.100.1", " tunnel destiny 198.51.100.1",
     "'tunnel destiny 198.51.100.1' is not understood at 'destiny'"),
    ("9.8(4)", " tunnel protection ipsec profile tunnels", " tunnel protection ipsec profile",
     "'tunnel protection ipsec profile' stops too early"),
    ("9.8(4)", " tunnel mode ipsec ipv4", " tunel mode ipsec ipv4",
     "'tunel mode ipsec ipv4' is not understood at 'tunel'"),
    ("9.8(4)", "crypto engine large-mod-accel", "crypto quantum enable",
     "'crypto quantum enable' is not understood at 'quantum'"),
    ("9.8(4)", "crypto engine large-mod-accel", "crypto", "'crypto' stops too early"),
    ("9.8(4)", "no crypto isakmp nat-traversal", "no crypto isakmp nat-travesal",
     "'no crypto isakmp nat-travesal' is not understood at 'nat-travesal'"),
    ("9.8(4)", "no crypto isakmp nat-traversal", "no crytpo isakmp nat-traversal",
     "'no crytpo isakmp nat-traversal' is not understood: is 'crypto' meant?"),
    ("9.8(4)", "sysopt connection preserve-vpn-flows", "sysopt connection preserve-vpn-flow!",
     "'sysopt connection preserve-vpn-flow!' is not understood at 'preserve-vpn-flow!'"),
    ("8.2(5)", "no sysopt connection permit-vpn", "no sysopt connection permit-vnp",
     "'no sysopt connection permit-vnp' is not understood at 'permit-vnp'"),
    ("9.8(4)", "tunnel-group 198.51.100.1 type ipsec-l2l", "tunnel-group 198.51.100.1 type ipsec-121",
     "'tunnel-group 198.51.100.1 type ipsec-121' is not understood at 'ipsec-121'"),
    ("9.8(4)", "tunnel-group 198.51.100.1 ipsec-attributes", "tunnel-group 198.51.100.1 ipsec-atributes",
     "'tunnel-group 198.51.100.1 ipsec-atributes' is not understood at 'ipsec-atributes'"),
    ("9.8(4)", "tunnel-group 198.51.100.1 ipsec-attributes", "tunnel-group 198.51.100.7 ipsec-attributes",
     "'tunnel-group 198.51.100.7 ipsec-attributes' is refused: tunnel group 198.51.100.7 does not exist"),
    ("9.8(4)", "permit ip 192.168.2.0 255.255.255.0 192.168.1.0 255.255.255.0", "permit ip 192.168.2.0 255.255.255.0",
     "'access-list vpn extended permit ip 192.168.2.0 255.255.255.0' stops too early"),
    ("9.8(4)", "permit ip 192.168.2.0 255.255.255.0", "permit ip 192.168.2.1 255.255.255.0",
     "'access-list vpn extended permit ip 192.168.2.1 255.255.255.0 192.168.1.0 255.255.255.0' is refused: IP "
     "address,mask <192.168.2.1,255.255.255.0> doesn't pair"),
    ("9.8(4)", " nameif outside", " nmaeif outside", "'nmaeif outside' is not understood: is 'nameif' meant?"),
    ("9.8(4)", " ip address 203.0.113.1", " ip adress 203.0.113.1",
     "'ip adress 203.0.113.1 255.255.255.0 standby 203.0.113.2' is not understood: is 'address' meant?"),
    ("9.8(4)", "crypto map outside_map interface outside", "crypto map outside_map interface oustide",
     "'crypto map outside_map interface oustide' is refused: no interface is called oustide"),
    ("8.2(5)", "crypto isakmp enable outside", "crypto isakmp enable inside",
     "'crypto isakmp enable inside' is refused: no interface is called inside"),
    ("9.8(4)", " tunnel source interface outside", " tunnel source interface oustide",
     "'tunnel source interface oustide' is refused: no interface is called oustide"),
    ("9.8(4)", "sysopt connection preserve-vpn-flows", "sysopt conection preserve-vpn-flows",
     "'sysopt conection preserve-vpn-flows' is not understood at 'conection'"),
    ("9.8(4)", "permit ip object-group both object theirs", "permit ip object-group both object their",
     "'access-list vpn extended permit ip object-group both object their' is refused: specified object <their> does "
     "not exist"),
    ("9.8(4)", "permit ip object-group both object theirs", "permit ip object-group both objct theirs",
     "'access-list vpn extended permit ip object-group both objct theirs' is not understood"),
]  # fmt: skip


@pytest.mark.parametrize(("release", "right", "wrong", "message"), MISTAKES, ids=[each[2] for each in MISTAKES])
def test_a_line_with_a_mistake_is_found(release: str, right: str, wrong: str, message: str) -> None:
    text = text_of(release)
    assert right in text
    assert message in told(text.replace(right, wrong, 1), release)


@pytest.mark.parametrize(
    ("release", "text", "why"),
    [
        ("9.16(4)", "crypto ikev1 policy 1\n group 2\n", "'group 2' is not understood at '2': it is gone since 9.15"),
        ("8.4(7)", "crypto ikev1 policy 1\n group 14\n", "'group 14' is not understood at '14': it came with 9.0"),
        ("9.8(4)", "crypto ikev1 policy 1\n hash sha512\n", "'hash sha512' is not understood at 'sha512'"),
        ("9.16(4)", "crypto ikev1 policy 1\n group 14 5\n", "'group 14 5' is not understood at '5'"),
        ("9.16(4)", "crypto ikev2 policy 1\n group 14 5\n",
         "'group 14 5' is not understood at '5': it is gone since 9.15"),
        ("9.16(4)", "crypto ipsec ikev2 ipsec-proposal P\n protocol esp integrity sha-256 md5 sha-1\n",
         "'protocol esp integrity sha-256 md5 sha-1' is not understood at 'md5': it is gone since 9.15"),
        ("9.16(4)", "crypto ipsec ikev1 transform-set T esp-3des esp-sha-hmac\n",
         "'crypto ipsec ikev1 transform-set T esp-3des esp-sha-hmac' is not understood at 'esp-3des': it is gone since "
         "9.15"),
        ("9.8(4)", "crypto map outside_map 10 set pfs group31\n",
         "'crypto map outside_map 10 set pfs group31' is not understood at 'group31': it came with 9.16"),
    ],
)  # fmt: skip
def test_the_first_wrong_word_is_named_and_which_release_has_it(release: str, text: str, why: str) -> None:
    """The spans are those of the release notes, see `lab.engine.policy.vocabulary`."""
    assert told(DEVICE + text, release) == [why]
