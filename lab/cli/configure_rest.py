# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode, continued: VPN lines that a release has, and that change nothing of what the lab does.

They are kept, shown and taken away like any other; a mistake in one is refused. What fragments are made of, how many
negotiations go on at once and what clients may do has no bearing on a tunnel between two sites.
Source: Cisco ASA Command Reference 7.2, 8.2, 9.1 and 9.16; release notes 9.0(1) (per-entry DF bit, traffic flow
confidentiality, ICMP errors), 9.7(1) (`reverse-route dynamic`), 9.8(1) (IKEv2 fragmentation).
"""

from __future__ import annotations

from functools import partial

from lab.cli.configure import LEGACY, MODERN, apply_child, apply_top, since, sub, top
from lab.cli.tree import registry

_IPSEC = "crypto ipsec"
_ENTRIES = ("crypto map <word> <seq:number>", "crypto dynamic-map <word> <seq:number>")
_DF_BIT = "clear-df|copy-df|set-df"

# -- once per device -----------------------------------------------------------------------------------------

for _word in _DF_BIT.split("|"):
    top(f"{_IPSEC} df-bit {_word} <if:word>")
top(f"{_IPSEC} fragmentation before-encryption|after-encryption <if:word>")
top(f"{_IPSEC} security-association replay disable", key=5)
top(f"{_IPSEC} security-association pmtu-aging infinite|<number>", key=4, trains=MODERN)
top(f"{_IPSEC} ikev2 sa-strength-enforcement", f"{_IPSEC} inner-routing-lookup", trains=MODERN)
top("crypto isakmp ipsec-over-tcp", "crypto isakmp ipsec-over-tcp port <rest>", key=3, trains=LEGACY)
top("crypto ikev1 ipsec-over-tcp", "crypto ikev1 ipsec-over-tcp port <rest>", key=3, trains=MODERN)
top("crypto ikev1 limit max-in-negotiation-sa <number>", "crypto ikev2 limit max-sa <number>", key=4, trains=MODERN)
top("crypto ikev2 limit max-in-negotiation-sa <number>", key=4, trains=MODERN)
top("crypto ikev2 limit queue sa_init <number>", key=5, trains=MODERN)
top("crypto ikev2 cookie-challenge <number>|always|never", key=3, trains=MODERN)
top("crypto ikev2 enable <word> client-services [port <number>]", key=4, trains=MODERN)
top("crypto ikev2 remote-access trustpoint <name:word> [line-number <number>]", trains=MODERN)
for _pattern in ("", " mtu <number>", " preferred-method ietf|cisco", " mtu <number> preferred-method ietf|cisco"):
    registry.config("config", f"crypto ikev2 fragmentation{_pattern}", since((9, 8), apply_top), 3, "", MODERN)
top("crypto engine large-mod-accel")
top("crypto engine accelerator-bias balanced|ipsec|ssl", key=3, trains=MODERN)
top("sysopt connection tcpmss minimum <number>", key=4)
top("sysopt connection timewait")

# -- of a map ------------------------------------------------------------------------------------------------

for _entry in _ENTRIES:
    for _pattern in (f"df-bit {_DF_BIT}", "tfc-packets", "tfc-packets burst|payload-size|timeout <rest>"):
        registry.config("config", f"{_entry} set {_pattern}", since((9, 0), apply_top), 6, "", MODERN)
    registry.config("config", f"{_entry} set validate-icmp-errors", since((9, 0), apply_top), 6, "", MODERN)
    registry.config("config", f"{_entry} set reverse-route dynamic", since((9, 7), apply_top), 6, "", MODERN)
    top(f"{_entry} set inheritance rule", key=6)

# -- of a group-policy, for clients --------------------------------------------------------------------------

_FOR_CLIENTS = (
    "address-pools", "auth-prompt", "backup-servers", "client-access-rule", "client-firewall", "default-domain",
    "dhcp-network-scope", "dns-server", "group-lock", "intercept-dhcp", "ip-comp", "ip-phone-bypass", "ipsec-udp",
    "ipsec-udp-port", "leap-bypass", "nem", "password-storage", "re-xauth", "secure-unit-authentication",
    "smartcard-removal-disconnect", "split-dns", "split-tunnel-network-list", "split-tunnel-policy",
    "user-authentication", "user-authentication-idle-timeout", "vpn-access-hours", "vpn-simultaneous-logins",
    "wins-server", "nac", "nac-sq-period", "nac-reval-period", "nac-default-acl", "nac-settings", "scep-forwarding-url",
)  # fmt: skip
_SINCE_8_4 = (
    "client-bypass-protocol", "gateway-fqdn", "ipv6-address-pools", "ipv6-split-tunnel-policy", "ipv6-vpn-filter",
    "periodic-authentication", "security-group-tag", "split-tunnel-all-dns",
)  # fmt: skip
for _word in _FOR_CLIENTS:
    sub("config-group-policy", f"{_word} <rest>")
for _word in _SINCE_8_4:
    sub("config-group-policy", f"{_word} <rest>", trains=MODERN)
sub("config-group-policy", "msie-proxy server|method|except-list|local-bypass|pac-url|lockdown <rest>", key=2)
sub("config-group-policy", "banner none", "vlan none|<number>")
sub("config-group-policy", "banner value <rest>", key=None)
sub("config-group-policy", "anyconnect-custom <rest>", key=None, trains=MODERN)

sub("config-group-policy", "webvpn")
# What stands under its `webvpn`, one level deeper.
for _word in (
    "activex-relay", "always-on-vpn", "anyconnect", "auto-signon", "customization", "deny-message",
    "download-max-size", "file-browsing", "file-entry", "filter", "functions", "hidden-shares", "homepage",
    "html-content-filter", "http-comp", "http-proxy", "keep-alive-ignore", "port-forward", "post-max-size",
    "smart-tunnel", "sso-server", "storage-key", "storage-objects", "svc", "unix-auth-gid", "unix-auth-uid",
    "upload-max-size", "url-entry", "url-list", "user-storage",
):  # fmt: skip
    registry.config("config-group-policy", f"{_word} <rest>", partial(apply_child, indent=" "), 2)

# -- of a tunnel-group ---------------------------------------------------------------------------------------

sub("config-tunnel-ipsec", "isakmp ikev1-user-authentication <rest>", key=2, trains=LEGACY)
sub("config-tunnel-ipsec", "ikev1 user-authentication <rest>", key=2, trains=MODERN)
sub("config-tunnel-ipsec", "radius-sdi-xauth")
registry.config("config-tunnel-ipsec", "ikev2 rsa-sig-hash sha1", since((9, 12), apply_child), 2, "", MODERN)
sub("config-tunnel-general", "strip-realm", "strip-group", "annotation <rest>")
