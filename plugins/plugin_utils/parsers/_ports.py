# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocols and ports by the words an ASA prints (Cisco CLI configuration guide, "TCP and UDP Ports")."""

PROTOCOLS = {
    "ip": 0,
    "icmp": 1,
    "igmp": 2,
    "ipinip": 4,
    "tcp": 6,
    "igrp": 9,
    "udp": 17,
    "gre": 47,
    "pptp": 47,
    "esp": 50,
    "ipsec": 50,
    "ah": 51,
    "icmp6": 58,
    "eigrp": 88,
    "ospf": 89,
    "nos": 94,
    "pim": 103,
    "pcp": 108,
    "snp": 109,
    "sctp": 132,
}

PORTS = {
    "aol": 5190,
    "bgp": 179,
    "biff": 512,
    "bootpc": 68,
    "bootps": 67,
    "chargen": 19,
    "cifs": 3020,
    "citrix-ica": 1494,
    "cmd": 514,
    "ctiqbe": 2748,
    "daytime": 13,
    "discard": 9,
    "dnsix": 195,
    "domain": 53,
    "echo": 7,
    "exec": 512,
    "finger": 79,
    "ftp": 21,
    "ftp-data": 20,
    "gopher": 70,
    "h323": 1720,
    "hostname": 101,
    "http": 80,
    "https": 443,
    "ident": 113,
    "imap4": 143,
    "irc": 194,
    "isakmp": 500,
    "kerberos": 750,
    "klogin": 543,
    "kshell": 544,
    "ldap": 389,
    "ldaps": 636,
    "login": 513,
    "lotusnotes": 1352,
    "lpd": 515,
    "mobile-ip": 434,
    "nameserver": 42,
    "netbios-dgm": 138,
    "netbios-ns": 137,
    "netbios-ssn": 139,
    "nfs": 2049,
    "nntp": 119,
    "ntp": 123,
    "pcanywhere-data": 5631,
    "pcanywhere-status": 5632,
    "pim-auto-rp": 496,
    "pop2": 109,
    "pop3": 110,
    "pptp": 1723,
    "radius": 1645,
    "radius-acct": 1646,
    "rip": 520,
    "rsh": 514,
    "rtsp": 554,
    "secureid-udp": 5510,
    "sip": 5060,
    "smtp": 25,
    "snmp": 161,
    "snmptrap": 162,
    "sqlnet": 1521,
    "ssh": 22,
    "sunrpc": 111,
    "syslog": 514,
    "tacacs": 49,
    "talk": 517,
    "telnet": 23,
    "tftp": 69,
    "time": 37,
    "uucp": 540,
    "vxlan": 4789,
    "who": 513,
    "whois": 43,
    "www": 80,
    "xdmcp": 177,
}


def protocol(word: str) -> int | None:
    number = PROTOCOLS.get(word)
    if number is None and word.isdigit() and int(word) < 256:
        return int(word)
    return number


def port(word: str) -> int | None:
    if word.isdigit():
        return int(word) if int(word) < 65536 else None
    return PORTS.get(word)


def ports(operator: str, words: list[str]) -> tuple[tuple[int, int], ...] | None:
    """``eq P``, ``range P Q``, ``lt P``, ``gt P`` and ``neq P`` as ranges; ``None`` for a word that is no port."""
    numbers = [number for word in words if (number := port(word)) is not None]
    if len(numbers) != len(words) or not numbers:
        return None
    low, high = numbers[0], numbers[-1]
    if operator == "neq":
        return tuple(each for each in ((0, low - 1), (low + 1, 65535)) if each[0] <= each[1])
    known = {"eq": (low, low), "range": (low, high), "lt": (0, low - 1), "gt": (low + 1, 65535)}
    return (known[operator],) if operator in known else None
