# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that do something: log in and out, clear, ping, trace, write, change the terminal."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from lab.cli import help
from lab.cli.failover import NOT_FROM_STANDBY
from lab.cli.show_config import checksum
from lab.cli.tree import INVALID, Ask, Failure, Match, registry
from lab.engine.ipsec import Counters
from lab.engine.messages import Packet
from lab.engine.policy import ANY
from lab.engine.traffic import echo

if TYPE_CHECKING:
    from lab.cli.shell import Session

ANY_LEVEL = 0


# -- coming and going ----------------------------------------------------------------------------------------


@registry.exec("enable [<number>]", level=ANY_LEVEL)
def enable(session: Session, match: Match) -> list[str] | Ask:
    if session.enabled:
        return Failure(INVALID, 0).lines(session.prompt)
    quirks = session.box.quirks
    tries = 3

    def check(reply: str) -> list[str] | Ask:
        nonlocal tries
        if reply == session.box.enable_password:
            return enter()
        tries -= 1
        if tries:
            session._write(b"Invalid password\r\n")
            return Ask(question, check, secret=True)
        return ["Invalid password", "Access denied."]

    def enter() -> list[str]:
        level = quirks.get("level") or match.args.get("number") or "15"
        session.enabled, session.privilege = True, min(15, int(level))
        session.shown_user = f"enable_{session.privilege}"
        return []

    if "enable-no-password" in quirks:
        return enter()
    question = "Password:" if "password-prompt-no-blank" in quirks else "Password: "
    return Ask(question, check, secret=True)


@registry.exec("disable")
def disable(session: Session, match: Match) -> None:
    session.enabled, session.privilege, session.mode = False, 1, ""
    session.shown_user = session.user


@registry.exec("exit", "quit", level=ANY_LEVEL)
def leave(session: Session, match: Match) -> None:
    if session.mode not in ("", "config"):
        session.mode, session.submode_of = "config", ""
    elif session.mode:
        session.mode = ""
    else:
        logout(session, match)


@registry.exec("logout", level=ANY_LEVEL)
def logout(session: Session, match: Match) -> None:
    session._lines(["", "Logoff", ""])
    session.close()


@registry.exec("end")
def end(session: Session, match: Match) -> None:
    session.mode, session.submode_of = "", ""


@registry.exec("help", level=ANY_LEVEL)
def help_(session: Session, match: Match) -> list[str]:
    return help.listed(session, "")


@registry.exec("configure terminal")
def configure_terminal(session: Session, match: Match) -> list[str]:
    session.mode = "config"
    return NOT_FROM_STANDBY if session.device.standby else []


@registry.exec("terminal pager <number>", "terminal pager lines <number>")
def terminal_pager(session: Session, match: Match) -> None:
    session.page = int(match.args["number"])


@registry.exec("no terminal pager")
def no_terminal_pager(session: Session, match: Match) -> None:
    session.page = 0


@registry.exec("write memory", "write", "copy running-config startup-config")
def write_memory(session: Session, match: Match) -> list[str]:
    device = session.device
    digest = checksum(device.config)
    size = sum(len(b.line) + 1 + sum(len(c) + 2 for c in b.children) for b in device.config.blocks)
    device.startup = device.config.copy()
    parts = " ".join(digest[i : i + 8] for i in range(0, 32, 8))
    return [
        "Building configuration...", f"Cryptochecksum: {parts} ", "",
        f"{size} bytes copied in 3.310 secs ({size // 3} bytes/sec)", "[OK]",
    ]  # fmt: skip


# -- clearing ------------------------------------------------------------------------------------------------


@registry.exec(
    "clear crypto ipsec sa", "clear crypto ipsec sa peer <ip>", "clear crypto ipsec sa map <word>",
    "clear crypto ipsec sa entry <ip> esp <spi>", "clear ipsec sa", "clear ipsec sa peer <ip>",
)  # fmt: skip
def clear_ipsec_sa(session: Session, match: Match) -> None:
    device = session.device
    pairs = list(device.datapath.pairs())
    if "peer" in match.words:
        pairs = [pair for pair in pairs if pair.peer == match.args["ip"]]
    elif "map" in match.words:
        pairs = [pair for pair in pairs if pair.entry.name == match.args["word"]]
    elif "entry" in match.words:
        # The destination names the direction; the sibling SA of the pair goes with it.
        text = match.args["spi"]
        spi = int(text, 16) if text.lower().startswith("0x") or not text.isdigit() else int(text)
        ip = match.args["ip"]
        pairs = [p for p in pairs if (ip, spi) in ((p.local, p.spi_in), (p.peer, p.spi_out))]
    device.ike.phase2.clear(pairs)


@registry.exec("clear crypto ipsec sa counters", "clear ipsec sa counters")
def clear_counters(session: Session, match: Match) -> None:
    for context in session.device.datapath.contexts.values():
        context.counters = Counters()


@registry.exec("clear crypto isakmp sa", "clear isakmp sa")
def clear_isakmp_sa(session: Session, match: Match) -> None:
    for sa in list(session.device.ike.sas):
        session.device.ike.teardown(sa, "Administrator Reset")


@registry.exec("clear crypto ikev1 sa [<ip>]", "clear crypto ikev2 sa [<ip>]", trains=("modern",))
def clear_sas_of_one_version(session: Session, match: Match) -> None:
    version = 2 if "ikev2" in match else 1
    for sa in list(session.device.ike.sas):
        if match.args.get("ip", sa.peer) == sa.peer and sa.version == version:
            session.device.ike.teardown(sa, "Administrator Reset")


@registry.exec("vpn-sessiondb logoff ipaddress <ip> [noconfirm]")
@registry.exec("vpn-sessiondb logoff tunnel-group <ip> [noconfirm]", trains=("modern",))
def logoff(session: Session, match: Match) -> list[str] | Ask:
    ike = session.device.ike
    peer = match.args["ip"]

    def do(reply: str) -> list[str]:
        if reply not in ("", "y", "Y", "\r", "\n"):
            return []
        count = int(peer in ike.sessions)
        ike.phase2.clear([pair for pair in session.device.datapath.pairs() if pair.peer == peer])
        for sa in ike.sas.of(peer):
            ike.teardown(sa, "Administrator Reset")
        if not count:
            return [f"INFO: There are presently no sessions with IP address {peer}"]
        return [f'INFO: Number of sessions with IP address "{peer}" logged off : {count}']

    if "noconfirm" in match:
        return do("y")
    return Ask("Do you want to logoff the VPN session(s)? [confirm] ", do, single=True)


@registry.exec("clear logging buffer")
def clear_logging(session: Session, match: Match) -> None:
    session.device.syslog.clear()


# -- traffic -------------------------------------------------------------------------------------------------


@registry.exec("ping <ip>", "ping <if:word> <ip>")
def ping(session: Session, match: Match) -> list[str]:
    """Five echoes; with an interface named, they carry that interface's address."""
    device = session.device
    target = IPv4Address(match.args["ip"])
    interface = device.policy.interface(match.args.get("if:word", "")) or device.egress(target)
    if interface is None:
        return ["ERROR: % Invalid interface"] if "if:word" in match.args else ["No route to host"]
    marks = ""
    for _ in range(5):
        answered = echo(device, interface.address.ip, target)
        marks += "!" if answered else "?"
        device.network.elapse(0.02 if answered else 2.0)
    good = marks.count("!")
    timing = ", round-trip min/avg/max = 10/10/20 ms" if good else ""
    return [
        "Type escape sequence to abort.",
        f"Sending 5, 100-byte ICMP Echos to {target}, timeout is 2 seconds:",
        marks,
        f"Success rate is {good * 20} percent ({good}/5){timing}",
    ]


@registry.exec("packet-tracer input <if:word> icmp <source:ip> 8 0 <target:ip> [detailed]")
def packet_tracer(session: Session, match: Match) -> list[str]:
    """A packet without an SA ends in a drop but starts IKE; with an SA it is really sent."""
    device = session.device
    entry = device.policy.interface(match.args["if:word"])
    if entry is None:
        return Failure(INVALID, session_column(match)).lines(session.prompt)
    packet = Packet(IPv4Address(match.args["source:ip"]), IPv4Address(match.args["target:ip"]))
    way = device.way(packet, entry.nameif)
    egress = way.egress
    device.forward(packet, entry.nameif)
    phases = [(step.kind, step.subtype, step.allowed, step.lines) for step in way.steps]
    lines: list[str] = []
    for number, (kind, subtype, good, config) in enumerate(phases, 1):
        result = "ALLOW" if good else "DROP"
        lines += [
            "", f"Phase: {number}", f"Type: {kind}", f"Subtype: {subtype}", f"Result: {result}", "Config:", *config,
            "Additional Information:",
        ]  # fmt: skip
        if kind == "ROUTE-LOOKUP" and egress:
            connected = way.packet.destination in egress.address.network
            net = egress.address.network if connected else ANY
            lines.append(f"in   {net.network_address!s:<15} {net.netmask!s:<15} {egress.nameif}")
    allowed = not way.drop
    if allowed:
        created = "New flow created with id 1742, packet dispatched to next module"
        lines += ["", f"Phase: {len(phases) + 1}", "Type: FLOW-CREATION", "Subtype: ", "Result: ALLOW"]
        lines += ["Config:", "Additional Information:", created]
    lines += [
        "", "Result:", f"input-interface: {entry.nameif}", "input-status: up", "input-line-status: up",
        f"output-interface: {egress.nameif if egress else 'NP Identity Ifc'}", "output-status: up",
        "output-line-status: up", f"Action: {'allow' if allowed else 'drop'}",
    ]  # fmt: skip
    if not allowed:
        lines.append(f"Drop-reason: {way.drop}")
    return [*lines, ""]


def session_column(match: Match) -> int:
    return len("packet-tracer input ")
