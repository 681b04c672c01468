# SPDX-License-Identifier: GPL-3.0-or-later
"""`show running-config [all] [PART]` and `show startup-config`: keys masked, defaults hidden unless asked for.

Which defaults exist and are hidden: Cisco ASA Command Reference; the DPD default 10/2 of an L2L tunnel-group is the
one that this project cares about.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lab.cli.tree import Match, registry
from lab.config import Block, Config

if TYPE_CHECKING:
    from lab.cli.shell import Session
    from lab.engine.network import Device

PARTS = (
    "names", "name", "interface [<word>]", "access-list [<word>]", "object [network]", "object-group [network]",
    "crypto [map [<word>]]", "crypto isakmp [policy]", "crypto ipsec", "crypto dynamic-map", "crypto ikev1 [policy]",
    "crypto ikev2 [policy]", "tunnel-group [<word>]", "group-policy [<word>]", "nat", "route", "ntp",
    "sysopt", "logging", "hostname", "aaa", "pager", "ssh", "telnet", "timeout", "failover", "access-group",
    "management-access", "prompt", "banner", "mtu", "domain-name", "username", "service-policy", "policy-map",
)  # fmt: skip

# What one generation has and the other refuses: 8.3 took the old words of translation away, 9.2 brought applets.
LEGACY_PARTS = ("global", "static", "nat-control")
MODERN_PARTS = ("event manager",)

_SPACED = ("interface", "class-map", "policy-map", "service-policy")


def masked(line: str, legacy: bool) -> str:
    stars = "*" if legacy else "*****"
    return re.sub(r"(pre-shared-key )(?!\*).+$", rf"\g<1>{stars}", line)


def is_default(child: str, block: Block) -> bool:
    """Lines that plain `show running-config` leaves out."""
    l2l = block.line.startswith("tunnel-group ") and block.line.endswith(" ipsec-attributes")
    return l2l and child in ("isakmp keepalive threshold 10 retry 2", "peer-id-validate req")


def render(blocks: Iterable[Block], legacy: bool, all_lines: bool, clear: bool = False) -> list[str]:
    def shown(line: str) -> str:
        return line if clear else masked(line, legacy)

    lines: list[str] = []
    for block in blocks:
        children = [child for child in block.children if all_lines or not is_default(child, block)]
        if block.line.endswith("-attributes") and not children and not all_lines:
            # Attributes that are all at their defaults are not printed, nor is what would stand above them.
            continue
        trail = " " if " set peer " in block.line else ""  # every captured release prints this blank
        lines.append(shown(block.line) + trail)
        lines += [" " + shown(child) for child in children]
    return lines


def whole(device: Device, config: Config, serial: str, all_lines: bool, clear: bool = False) -> list[str]:
    legacy = device.legacy
    shown = with_defaults(config, device.version) if all_lines else config
    lines = [": Saved", ":"]
    if not legacy:
        lines = [": Saved", "", ":", f": Serial Number: {serial}", ":"]
    lines += [f"ASA Version {device.release}{device.space}", "!"]
    previous = ""
    for block in shown.blocks:
        kind = block.words[0]
        if lines[-1] != "!" and (kind in _SPACED or previous in _SPACED):
            lines.append("!")
        lines += render([block], legacy, all_lines, clear)
        previous = kind
    return [*lines, f"Cryptochecksum:{checksum(config)}", ": end"]


def checksum(config: Config) -> str:
    text = "\n".join(line for block in config.blocks for line in (block.line, *block.children))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _show(session: Session, match: Match, all_lines: bool) -> list[str]:
    device = session.device
    start = 3 if all_lines else 2
    part = match.words[start:]
    if not part:
        return whole(device, device.config, session.box.serial, all_lines)
    config = with_defaults(device.config, device.version) if all_lines else device.config
    if part == ("nat",):
        return _translation(config, device.legacy, all_lines)
    blocks = [b for b in config.blocks if _belongs(b.words, part)]
    if part[0] == "object":
        blocks = [b for b in (_without_rules(block) for block in blocks) if b.children]
    return render(blocks, device.legacy, all_lines)


def _translation(config: Config, legacy: bool, all_lines: bool) -> list[str]:
    """Rules stand in their order, those of objects under their object, each section behind a `!`.

    Command reference, `show running-config nat`.
    """
    manual = list(config.starting("nat"))
    last = [block for block in manual if "after-auto" in block.words]
    of_objects = [
        Block(block.line, rules) for block in config.starting("object", "network")
        if (rules := [child for child in block.children if child.startswith("nat ")])
    ]  # fmt: skip
    sections = [[block for block in manual if block not in last], of_objects, last]
    shown = [render(section, legacy, all_lines) for section in sections if section]
    return [line for number, lines in enumerate(shown) for line in (*(["!"] if number else []), *lines)]


def _without_rules(block: Block) -> Block:
    """An object as `show running-config object` has it; its rule of translation stands elsewhere."""
    return Block(block.line, [child for child in block.children if not child.startswith("nat ")])


def _belongs(words: list[str], part: tuple[str, ...]) -> bool:
    """Does a line belong to the part asked for? `names` also shows the single `name` lines."""
    if part == ("names",):
        return words[0] in ("names", "name")
    plain = words[1:] if words[0] == "no" else words
    return tuple(plain[: len(part)]) == part


@registry.exec("show running-config", *(f"show running-config {part}" for part in PARTS))
def show_running_config(session: Session, match: Match) -> list[str]:
    return _show(session, match, False)


registry.exec(*(f"show running-config {part}" for part in LEGACY_PARTS), trains=("legacy",))(show_running_config)
registry.exec(*(f"show running-config {part}" for part in MODERN_PARTS), trains=("modern",))(show_running_config)


@registry.exec("show running-config all", *(f"show running-config all {part}" for part in PARTS))
def show_running_config_all(session: Session, match: Match) -> list[str]:
    return _show(session, match, True)


@registry.exec("more system:running-config")
def more_running_config(session: Session, match: Match) -> list[str]:
    """The only command that prints the keys. In a failover pair and single mode alike; a context has no `system:`."""
    return whole(session.device, session.device.config, session.box.serial, False, clear=True)


@registry.exec("show startup-config")
def show_startup_config(session: Session, match: Match) -> list[str]:
    lines = whole(session.device, session.device.startup, session.box.serial, False)
    stamp = session.box.modified_at or session.device.now.strftime("%H:%M:%S.000 UTC %a %b %-d %Y")
    return [lines[0], f": Written by {session.box.modified_by} at {stamp}", *lines[1:]]


# -- hidden defaults -----------------------------------------------------------------------------------------


def with_defaults(config: Config, release: tuple[int, int]) -> Config:
    """A copy of the configuration with the defaults of its release spelled out."""
    full = config.copy()
    legacy = release < (8, 4)
    ike = "isakmp" if legacy else "ikev1"

    def default(prefix: str, line: str) -> None:
        if next(full.starting(*prefix.split()), None) is None:
            full.add(line)

    for line in _SYSOPT:
        default(line.removeprefix("no "), line) if full.find(line.removeprefix("no ")) is None else None
    lifetime = "crypto ipsec security-association lifetime"
    default(f"{lifetime} seconds", f"{lifetime} seconds 28800")
    default(f"{lifetime} kilobytes", f"{lifetime} kilobytes 4608000")
    default("crypto isakmp identity", "crypto isakmp identity auto")
    traversal = "crypto isakmp nat-traversal"
    if full.find(f"no {traversal}") is None:
        default(traversal, f"no {traversal}" if release < (8, 0) else f"{traversal} 20")
    default("crypto isakmp disconnect-notify", "no crypto isakmp disconnect-notify")
    for name, sequence in sorted({(b.words[2], b.words[3]) for b in full.starting("crypto", "map")}):
        if sequence.isdigit():
            entry = f"crypto map {name} {sequence} set"
            mode = f"{entry} phase1-mode" if legacy else f"{entry} ikev1 phase1-mode"
            default(f"{entry} connection-type", f"{entry} connection-type bi{'-' if legacy else ''}directional")
            default(mode, f"{mode} main")
            default(
                f"{entry} security-association lifetime seconds",
                f"{entry} security-association lifetime seconds 28800",
            )
            kilobytes = f"{entry} security-association lifetime kilobytes"
            default(kilobytes, f"{kilobytes} 4608000")
    default("group-policy DfltGrpPolicy internal", "group-policy DfltGrpPolicy internal")
    policy = full.add("group-policy DfltGrpPolicy attributes")
    protocol = "IPSec" if legacy else "ikev1 ikev2 l2tp-ipsec ssl-clientless"
    _fill(policy, ("vpn-idle-timeout 30", "vpn-session-timeout none", "vpn-filter none",
                   f"vpn-tunnel-protocol {protocol}", "pfs disable"))  # fmt: skip
    default("tunnel-group DefaultL2LGroup type", "tunnel-group DefaultL2LGroup type ipsec-l2l")
    groups = [b.words[1] for b in full.starting("tunnel-group") if b.words[2] == "type" and "l2l" in b.words[3].lower()]
    key = "pre-shared-key" if legacy else f"{ike} pre-shared-key"
    point = "trust-point" if legacy else f"{ike} trust-point"
    inherited = full.find("tunnel-group DefaultL2LGroup ipsec-attributes")
    keepalive = next((c for c in (inherited.children if inherited else []) if "keepalive" in c), None)
    for group in groups:
        kind = next(full.starting("tunnel-group", group, "type"))
        general = full.add_after(kind, f"tunnel-group {group} general-attributes")
        _fill(general, ("no accounting-server-group", "default-group-policy DfltGrpPolicy"))
        block = full.add_after(general, f"tunnel-group {group} ipsec-attributes")
        tail = () if legacy else ("no ikev2 remote-authentication", "no ikev2 local-authentication")
        _fill(block, (f"no {key}", "peer-id-validate req", "no chain", f"no {point}",
                      keepalive or "isakmp keepalive threshold 10 retry 2", *tail))  # fmt: skip
    return full


_SYSOPT = (
    "no sysopt connection timewait", "sysopt connection tcpmss 1380", "sysopt connection permit-vpn",
    "no sysopt connection reclassify-vpn", "no sysopt connection preserve-vpn-flows",
)  # fmt: skip


def _fill(block: Block, defaults: tuple[str, ...]) -> None:
    """Add each default whose subject no line of the block speaks of, in the order of `defaults`."""
    given = list(block.children)
    result: list[str] = []
    for line in defaults:
        subject = _subject(line)
        said = [child for child in given if _subject(child) == subject]
        result += said or [line]
    block.children[:] = [child for child in given if child not in result] + result


def _subject(line: str) -> str:
    words = line.removeprefix("no ").split()
    return " ".join(words[:2]) if words[0] in ("ikev1", "ikev2", "isakmp") else words[0]
