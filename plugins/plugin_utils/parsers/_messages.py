# SPDX-License-Identifier: GPL-3.0-or-later
"""A line that a device logs or prints while debugging, as a ``LogLine``: header, then what its text names.

Headers::

    [<166>][time] [host] [:] %ASA-5-713049: text         (also %PIX and %FTD; EMBLEM's %ASA-vpn-5-713049:; no colon)
    [time] [IKEv1]: text                                 (debug, to 8.3; later without the colon; also [IKEv1 DEBUG])
    IKEv2-PROTO-5: (211): text | IKEv2-PLAT-3: text      (debug crypto ikev2)
    IPSEC: text | IPSEC WARNING: text | IPSEC(crypto_map_check)-3: text                      (debug crypto ipsec)

    time   Nov 10 02:14:09 | Nov 10 2009 02:14:09 | Nov 10 02:14:09.340 UTC: | 2009-11-10T02:14:09Z   (RFC 3164, 5424)

A prompt may stand before a debug line, since the terminal prints both.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Direction, LogLine
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import literal

# Quantifiers over the same characters never follow one another unbounded: no line makes these backtrack far.
_TIMES = (
    r"(?:[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [A-Z]{2,5}(?=:))?"
    r"|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)"
)
_TIME = re.compile(_TIMES)
_SYSLOG = re.compile(
    r"(?P<head>[^%]{0,200})%(?:ASA|PIX|FTD)(?:-[a-z][a-z0-9]{0,20}){0,3}-(?P<severity>\d)-(?P<id>\d{6}):? ?(?P<text>.*)"
)
_PROMPT = r"(?:[\w.:/+@~-]{1,80}(?:\([\w. /-]{1,64}\)){0,3}[#>] ?)?"
_BEFORE = rf"(?P<head>{_PROMPT}(?:{_TIMES}:? )?)"
_DEBUGS = (
    re.compile(_BEFORE + r"\[?(?P<protocol>IKEv[12]|IKE)(?: COMMON)?(?: [A-Z]{2,12})?\]:? ?(?P<text>.*)"),
    re.compile(_BEFORE + r"(?P<protocol>IKEv2)-[A-Z]{3,10}(?:-\d{1,3})?:(?: ?\(\d{1,10}\):?)? ?(?P<text>.*)"),
    re.compile(_BEFORE + r"(?P<text>(?P<protocol>IPSEC)(?:\(\w{1,40}\)(?:-\d{1,3})?)?: .*)"),
    # A collector may put its own words before these.
    re.compile(r"(?P<head>.{0,80}?)(?P<text>(?P<protocol>IPSEC) (?:WARNING|ERROR|INFO|DEBUG): .*)"),
    # A page that lost the header.
    re.compile(r"(?P<head>)(?P<text>(?:Group|Username|IP) = [^,]{0,128}, .*)"),
)
_HOST = re.compile(r"[^\s:][^\s]{0,253}")
_NOT_HOSTS = frozenset({"-", "1"})
_PRIORITY = re.compile(r"<\d{1,3}>")

# What the texts name. `Group = , Username = , IP = A, text` leaves fields empty that it does not have.
_IKE = re.compile(
    r"(?:Group = (?P<group>[^,]{0,128}), )?(?:Username = (?P<user>[^,]{0,128}), )?"
    r"(?:IP = (?P<peer>[^,\s]{0,45}),? ?)?(?P<message>.*)"
)
_SESSION = re.compile(
    r"\[?Local: ?(?P<local>\S{1,255}) Remote: ?(?P<peer>\S{1,255}) Username: ?(?P<user>[^\s\]]{0,255})\]? ?"
    r"(?P<message>.*)"
)
_BETWEEN = re.compile(
    r"IPSEC: An? (?P<direction>inbound|outbound) [^(]{0,60}\(SPI ?= ?0x[0-9a-fA-F]{1,8}\) between (?P<local>\S{1,255})"
    r" and (?P<peer>\S{1,255}) \((?:user ?= ?)?(?P<user>[^)]{0,255})\)"
)
_RECEIVED = re.compile(
    r"IPSEC: Received an? [^(]{0,40}?(?:\([^)]{0,120}\) )?from (?P<peer>\S{1,255})"
    r"(?: \((?:user ?= ?)?(?P<user>[^)]{0,255})\))? to (?P<local>\S{1,255})"
)
_SPI = re.compile(r"\bspi {0,2}[=:]? {0,2}0x([0-9a-f]{1,8})(?![0-9a-f])", re.IGNORECASE)
_SPI_DECIMAL = re.compile(r"(?:\(SPI |\bspi= ?)(\d{1,10})(?![\dx])")
_OUTBOUND_SPI = re.compile(r"Outbound SPI ?= ?0x([0-9a-fA-F]{1,8})(?![0-9a-fA-F])")
_PEERS = (
    re.compile(r"(?:IKE Peer |with peer |[Ff]or peer \(?|\bpeer: ?|/R )(?P<peer>[0-9a-fA-F:.]{2,60})"),
    re.compile(r"SENT PKT .{0,80}?->\[(?P<peer>[0-9a-fA-F:.]{2,45})\]"),
    re.compile(r"RECV PKT .{0,40}?\[(?P<peer>[0-9a-fA-F:.]{2,45})\]:\d{1,5}->"),
)
_USER = re.compile(r"(?:\buser:|\btunnel name) ?(?P<user>[^,\s]{1,255}[^,\s.])")
_GROUP = re.compile(r"\bGroup:(?P<group>\S{1,128})")
_WAY = re.compile(r"\b(inbound|outbound)\b", re.IGNORECASE)
# Some messages have more than one line.
FURTHER = "further line of a message"
FURTHER_LINE = re.compile(r"(?:Local|Remote) (?:subnet|host|range):.*")
# The words before a reason, and those after it.
_REASONS = ("Reason: ", "reason: ", ", reason ", "due to ERROR: ", "is rekeying due to ", "dropped by IPSec (")
_AFTER_REASON = ("  ", ", Remote Proxy", " Remote Proxy", ")")

IKEV1, IKEV2, IPSEC = "IKEv1", "IKEv2", "IPsec"
_PROTOCOLS = {
    402: IPSEC,
    602: IPSEC,
    702: IPSEC,
    713: IKEV1,
    714: IKEV1,
    715: IKEV1,
    750: IKEV2,
    751: IKEV2,
    752: "IKE",
    753: IKEV2,
}
# The end of a session, and any debug output that was turned into a message.
SESSION_END, DEBUG_MESSAGE = 113019, 711001
# Received in clear text to be sent through a tunnel: its addresses are hosts', not peers'.
_TO_BE_SENT = 402122


def log_line(text: str) -> LogLine | None:
    """A line of the log, whether or not it is about tunnels; ``None`` when it is not one."""
    match = _SYSLOG.fullmatch(text)
    if match is None:
        return debug_line(text)
    number = int(match["id"])
    time, host = _head(match["head"])
    entry = LogLine(text, number, time, severity=int(match["severity"]), host=host, message=match["text"])
    if number == DEBUG_MESSAGE:
        inner = debug_line(match["text"])
        if inner:
            return dataclasses.replace(
                inner, text=text, message_id=number, time=time or inner.time, severity=entry.severity, host=host
            )
        return entry
    return dataclasses.replace(entry, protocol=_PROTOCOLS.get(number // 1000), **_named(number, match["text"]))


def debug_line(text: str) -> LogLine | None:
    """A line of ``debug crypto``, or ``None`` when it is not one."""
    for pattern in _DEBUGS:
        if match := pattern.fullmatch(text):
            time = _TIME.search(match["head"])
            printed = match.groupdict().get("protocol") or IKEV1
            protocol = IPSEC if printed == "IPSEC" else printed
            return LogLine(text, None, time[0] if time else None, protocol=protocol, **_named(0, match["text"]))
    return None


def about_tunnels(entry: LogLine) -> bool:
    """Whether a line is IKE's or IPsec's, or says how a session ended."""
    return entry.protocol is not None or entry.message_id == SESSION_END


def unfinished(entry: LogLine) -> bool:
    """Whether a page wrapped the line after its header: it names two ends and says nothing of them."""
    return entry.message_id is not None and entry.protocol == IKEV2 and not entry.message


def _head(head: str) -> tuple[str | None, str | None]:
    """The time and the host before a message. Of two times the device's own is the last, a relay's the first."""
    times = list(_TIME.finditer(head))
    rest = _PRIORITY.sub(" ", _TIME.sub(" ", head))
    hosts = [each for word in _HOST.findall(rest) if (each := word.rstrip(":")) and each not in _NOT_HOSTS]
    return (times[-1][0] if times else None), (hosts[0] if hosts else None)


def _named(number: int, text: str) -> dict[str, Any]:
    """What a text names, by field."""
    found: dict[str, Any] = {"message": text}
    for pattern in (_SESSION, _IKE):
        if match := pattern.fullmatch(text):
            found |= {name: value for name, value in match.groupdict().items() if value}
            found["message"] = match["message"]
            break
    rest = found["message"]
    if number == _TO_BE_SENT:
        found["direction"] = Direction.OUTBOUND
    elif match := _BETWEEN.match(rest):
        found |= match.groupdict()
        found["direction"] = Direction(match["direction"])
    elif match := _RECEIVED.match(rest):
        found |= match.groupdict()
        found["direction"] = Direction.INBOUND
    elif rest.startswith("IPSEC") and (match := _WAY.search(rest)):
        found["direction"] = Direction(match[1].lower())
    if "peer" not in found and number != _TO_BE_SENT:
        found |= next((match.groupdict() for each in _PEERS if (match := each.search(rest))), {})
    for name, pattern in (("user", _USER), ("group", _GROUP)):
        if name not in found and (match := pattern.search(rest)):
            found[name] = match[name]
    found["user"] = None if found.get("user") in ("", "Unknown") else found.get("user")
    for name in ("peer", "local"):
        where = found.get(name)
        # `Local:2001:db8::1:4500` always has a port, which an IPv6 address may swallow.
        found[name] = _address(where.rpartition(":")[0] if where and text.startswith(("Local:", "[Local:")) else where)
    found["spi"], found["outbound_spi"] = _spis(rest)
    found["reason"] = _reason(rest)
    return found


def _spis(text: str) -> tuple[int | None, int | None]:
    outbound = _OUTBOUND_SPI.search(text)
    if match := _SPI.search(text):
        return int(match[1], 16), int(outbound[1], 16) if outbound else None
    match = _SPI_DECIMAL.search(text)
    return (int(match[1]) if match else None), None


def _address(text: str | None) -> Address | None:
    if text is None:
        return None
    # There may be a port; the end of a sentence has a full stop.
    return literal(text.rstrip(".:,").strip("[]")) or literal(text.rpartition(":")[0].strip("[]"))


def _reason(text: str) -> str | None:
    for words in _REASONS:
        _, mark, rest = text.partition(words)
        if mark:
            for end in _AFTER_REASON:
                rest = rest.partition(end)[0]
            return rest.strip(" .!") or None
    return None
