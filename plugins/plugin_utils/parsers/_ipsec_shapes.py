# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``show crypto ipsec sa`` prints thousands of times, each as one expression over whole lines.

A hub prints 40 MB of it, and reading that line by line takes more than twice as long. What is not printed exactly so, a
cut block or an SA of 7.x without a replay bitmap, fits no shape and is read line by line to the same values; a test
holds both ways to that.

Every repetition is possessive or ends before a character that it cannot contain, so that no text makes these backtrack.
No line may hold ``%`` or ``<``: it may be a log message or the pager that the terminal mixed in.
"""

from __future__ import annotations

import re

_BLANK = r"(?:[ ]*\n)*+"
_REST = r"[^%<\n]*+\n"
_COUNTER = r"#[^#:,%<\n]++(?<! ): \d{1,20}"

HEAD = re.compile(
    rf"(?P<blank>{_BLANK})"
    r"[ ]*Crypto map tag: (?P<crypto_map>[^,%<\n]++)(?:, seq num: (?P<sequence>\d{1,10}))?"
    r", local addr: (?P<local_address>[^ ,%<\n]++)[ ]*\n"
    rf"(?P<blank_access>{_BLANK})"
    rf"(?:[ ]*access-list (?P<access_list>[^ %<\n]++){_REST})?"
    rf"(?:[ ]*Protected vrf{_REST})?"
    r"[ ]*local ident \(addr/mask/prot/port\): \((?P<local>[^()%<\n]++)\)[ ]*\n"
    r"[ ]*remote ident \(addr/mask/prot/port\): \((?P<remote>[^()%<\n]++)\)[ ]*\n"
    r"[ ]*current_peer: (?P<peer>[^ ,%<\n]++)[ ]*\n"
    rf"(?P<blank_counters>{_BLANK})"
    rf"(?P<counters>(?:[ ]*{_COUNTER}(?:,[ ]*{_COUNTER})*+,?[ ]*\n)++)"
    rf"(?P<blank_endpoints>{_BLANK})"
    r"[ ]*local crypto endpt\.: (?P<local_endpoint>[^ ,%<\n]++)"
    r", remote crypto endpt\.: (?P<remote_endpoint>[^ ,%<\n]++)[ ]*\n"
    r"[ ]*path mtu (?P<path_mtu>\d{1,5}), ipsec overhead (?P<overhead>\d{1,5})(?:\(\d{1,5}\))?, media mtu \d{1,5}[ ]*\n"
    rf"(?:[ ]*PMTU time remaining{_REST})?"
    rf"(?:[ ]*ICMP error validation: {_REST})?"
    r"[ ]*current outbound spi: (?P<current_outbound_spi>[0-9A-Fa-f]{1,8})[ ]*\n"
    r"(?:[ ]*current inbound spi : (?P<current_inbound_spi>[0-9A-Fa-f]{1,8})[ ]*\n)?"
)
SECTION = re.compile(rf"(?P<blank>{_BLANK})[ ]*(?P<way>inbound|outbound) (?P<kind>esp|ah|pcp) sas:[ ]*\n")
SA = re.compile(
    r"[ ]*spi: 0x(?P<spi>[0-9A-Fa-f]{1,8}) \((?P<decimal>\d{1,10})\)[ ]*\n"
    rf"(?:[ ]*SA State: (?P<state>{_REST}))?"
    rf"[ ]*transform: (?P<transform>{_REST})"
    r"[ ]*in use settings =\{(?P<settings>[^}%<\n]*+)\}[ ]*\n"
    r"[ ]*slot: (?P<slot>\d{1,10}), conn_id: (?P<conn_id>\d{1,20}), crypto-map: (?P<crypto_map>[^,%<\n]*+)\n"
    r"[ ]*sa timing: remaining key lifetime "
    r"\((?:kB/sec\): \((?P<kilobytes>\d{1,20})/(?P<seconds>\d{1,20})\)|sec\): (?P<only_seconds>\d{1,20}))[ ]*\n"
    rf"[ ]*IV size: {_REST}"
    rf"[ ]*replay detection support: {_REST}"
    r"[ ]*Anti replay bitmap:[ ]*\n(?:[ ]*0x[0-9A-Fa-f]{8}(?:[ ]0x[0-9A-Fa-f]{8})*+[ ]*\n)++"
)
COUNTER = re.compile(r"#([^#:,\n]++): (\d++)")
SHAPES = (SECTION, SA, HEAD)

_BLANKS = [name for name in HEAD.groupindex if name.startswith("blank")]


def blank_lines(match: re.Match[str]) -> int:
    """How many of the lines that a shape took are blank."""
    if match.re is SA:
        return 0
    if match.re is SECTION:
        return match["blank"].count("\n")
    return sum(text.count("\n") for text in match.group(*_BLANKS))
