# SPDX-License-Identifier: GPL-3.0-or-later
"""What `?` says of a word, in the lab's own words: of one that begins a line, and of one that stands further on."""

from __future__ import annotations

_FIRST = {
    "access-group": "bind an access list to an interface", "access-list": "add a line to an access list",
    "changeto": "go to another context, or to the system space", "clear": "reset, or take down, what is live",
    "configure": "go to configuration mode", "copy": "copy one file to another",
    "crypto": "IKE, IPsec and certificates", "debug": "show here what happens, as it happens",
    "disable": "leave privileged mode", "domain-name": "domain that names without one belong to",
    "enable": "go to privileged mode", "end": "leave configuration mode altogether", "exit": "leave this mode",
    "failover": "the pair that this unit belongs to", "global": "addresses to translate to",
    "group-policy": "policy that a tunnel-group names", "help": "the commands there are",
    "hostname": "name of this device", "interface": "configure an interface", "logging": "the system log",
    "logout": "end this session", "management-access": "interface to be reached through a tunnel",
    "more": "show a file", "name": "give an address a name", "names": "let addresses have names",
    "nat": "translation of addresses", "no": "take away what a line says", "object": "an address, or a network",
    "object-group": "several addresses, networks or services", "packet-tracer": "follow a packet through this device",
    "pager": "lines of a page", "ping": "send five echoes and count the answers", "prompt": "what the prompt shows",
    "quit": "leave this mode", "route": "a static route", "show": "show what is configured, or live",
    "static": "a translation of one address", "sysopt": "options of the whole device",
    "terminal": "settings of this session", "tunnel-group": "a peer, and how it proves who it is",
    "undebug": "end debugs", "vpn-sessiondb": "end VPN sessions", "write": "save the running configuration",
}  # fmt: skip
_LATER = {
    "access-list": "access lists, with hit counts", "active": "make this unit the active one",
    "address": "access list of what is protected, or the address as identity", "all": "defaults, too",
    "am-disable": "refuse aggressive mode", "answer-only": "never begin", "asp": "the accelerated path",
    "bidirectional": "begin and answer", "brief": "one line each", "buffer": "the log in memory",
    "buffered": "the log in memory", "ca": "certificates and who issues them", "clock": "the time here",
    "connection-type": "who may begin", "context": "security contexts", "counters": "numbers alone, no SA goes",
    "crypto": "IKE, IPsec and certificates", "curpriv": "who is logged in, and how privileged",
    "debug": "debugs that are on",
    "detail": "everything there is", "detailed": "everything there is", "disconnect-notify": "tell peers of an end",
    "drop": "packets dropped, by reason", "dynamic": "a dynamic map",
    "dynamic-map": "entries for peers not known before",
    "enable": "switch on at an interface", "engine": "the part that encrypts",
    "entry": "one SA, by peer and SPI", "failover": "the failover pair",
    "filter": "some sessions only", "fqdn": "with the domain", "group-policy": "policies that tunnel-groups name",
    "history": "what has happened", "hostname": "name of this device", "icmp": "an ICMP packet",
    "identity": "what this end calls itself",
    "ikev1": "IKE version 1", "ikev2": "IKE version 2",
    "input": "interface where the packet comes in", "interface": "interfaces", "ip": "addresses of the interfaces",
    "ipaddress": "by the address of the peer", "ipsec": "IPsec: what carries the packets",
    "ipsec-isakmp": "an entry that IKE makes SAs for", "ipsec-proposal": "algorithms for IKEv2",
    "isakmp": "IKE: what negotiates", "kilobytes": "by volume", "l2l": "LAN-to-LAN sessions",
    "lifetime": "how long an SA may live", "lines": "how many", "logging": "the log, and how it is set",
    "logoff": "end a session", "map": "crypto maps, by name", "match": "what the entry is for",
    "memory": "to be read at the next start", "mode": "single or multiple", "nat-t-disable": "no NAT traversal",
    "nat-traversal": "get through a NAT by UDP 4500", "noconfirm": "do not ask", "ntp": "time from a server",
    "originate-only": "never answer", "pager": "lines of a page", "peer": "by the address of the peer",
    "pfs": "a key exchange for each SA", "phase1-mode": "main or aggressive mode", "platform": "the machinery below",
    "policy": "what to offer for the IKE SA", "profile": "IPsec of a tunnel interface",
    "protocol": "what both ends say",
    "reload-wait": "let sessions end before a reload", "reverse-route": "routes to what the entry protects",
    "route": "routes in use", "running-config": "the configuration in use", "sa": "security associations",
    "seconds": "by time", "security-association": "SAs of IPsec", "set": "how the entry protects",
    "standby": "to the standby unit", "startup-config": "the configuration that was saved",
    "state": "which unit is what",
    "stats": "totals since the start", "status": "how it is", "sysopt": "options of the whole device",
    "system": "the system space", "system:running-config": "the configuration in use, keys and all",
    "terminal": "from here", "transform-set": "algorithms for IPsec", "trustpoint": "certificate to show",
    "tunnel-group": "peers, and how they prove who they are", "version": "release, hardware and time since the start",
    "vpn-sessiondb": "VPN sessions",
}  # fmt: skip
_ARGUMENTS = {
    "<cr>": "", "<ip>": "an address, 192.0.2.1", "<number>": "a number",
    "<rest>": "the rest of the line", "<seconds>": "seconds", "<kilobytes>": "kilobytes", "<spi>": "SPI, 0xA1B2C3D4",
    "<word>": "a name",
}  # fmt: skip


def described(words: list[str], first: bool) -> list[str]:
    """The lines of a list; `first` when its words begin a line."""
    width = max(map(len, words), default=0)
    texts = {**(_FIRST if first else _LATER), **_ARGUMENTS}
    return [f"  {word:<{width}}  {texts.get(word, '')}".rstrip() for word in words]
