# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that a device would refuse: each VPN line is typed at one of the same release, in the order of the file.

An ASA carries its start-up configuration out line by line in the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface

from lab.cli.tree import INCOMPLETE, INVALID
from lab.engine.policy.release import Release
from lab.engine.policy.vocabulary import releases_of
from lab.trial.keys import in_line
from lab.trial.reading import Line, Reading, meant, vpn_lines
from lab.trial.texts import Text, mask
from lab.trial.world import World


@dataclass(frozen=True)
class Refused:
    """A line that the device did not take and what is wrong with it; `passed_over` when it does not matter."""

    line: Line
    why: str
    passed_over: bool = False


def refused(text: Text, reading: Reading, ignore: Collection[str] = ()) -> Iterator[Refused]:
    """Every VPN line that the device refuses. `ignore` are beginnings of lines that somebody takes upon himself."""
    yield from (Refused(line, f"'{line.text}' is no address with its mask") for line in reading.lines if _is_none(line))
    alike = set()
    for line in reading.lines:
        if word := meant(line):
            alike.add(line.number)
            why = f"'{mask(line.text)}' is not understood: is '{word}' meant?"
            yield Refused(line, why, line.text.startswith(tuple(ignore)))
    wanted = vpn_lines(reading)
    heads = {line.head for line in wanted}
    about = {line.number for line in reading.lines if line.head in heads}
    kept = [raw for number, raw in enumerate(text.text.splitlines(), 1) if number not in about]
    world = World({text.device: replace(text, text="\n".join(kept) + "\n")})
    typist = world.typist(text.device)
    typist("configure terminal")
    lost = ""
    # `nameif` is not case-sensitive (command reference). An excerpt without interfaces has none that could be missing.
    nameifs = {
        line.words[1].lower() for line in reading.lines
        if line.words[0] == "nameif" and len(line.words) == 2 and not line.head.startswith("interface Tunnel")
    }  # fmt: skip
    for line in wanted:
        if line.number in alike:
            lost = line.head
        if line.number in alike or (lost == line.head and not line.top):
            continue
        column = len(typist.session.prompt)
        answer = typist(in_line(line.text)).splitlines()
        said = next((each for each in answer if each.startswith("ERROR:")), "")
        interface = _interface(line)
        if not said and nameifs and interface and interface.lower() not in nameifs:
            said = f"ERROR: no interface is called {interface}"
        if not said:
            continue
        lost = line.head if line.top else lost
        passed = line.text.startswith(tuple(ignore)) or passed_over(line.head, ignore)
        yield Refused(line, _why(line, said, answer, column, text.version), passed)


def passed_over(head: str, ignore: Collection[str]) -> bool:
    """Does somebody take a line of the first level upon himself, or that it is taken away?"""
    return head.removeprefix("no ").startswith(tuple(ignore))


def _interface(line: Line) -> str:
    """The interface that a line about VPN names."""
    match line.words:
        case ["crypto", "map", _, "interface", name] | ["crypto", "isakmp" | "ikev1" | "ikev2", "enable", name, *_]:
            return name
        case ["tunnel", "source", "interface", name, *_] | ["isakmp", "enable", name]:
            return name
    return ""


def _is_none(line: Line) -> bool:
    """An address that no interface can have; by DHCP or PPPoE it is not known, which is another thing."""
    match line.words:
        case ["ip", "address", address, mask_, *_] if line.head.startswith("interface ") and address[0].isdigit():
            try:
                IPv4Interface(f"{address}/{mask_}")
            except ValueError:
                return True
    return False


def _why(line: Line, said: str, answer: list[str], column: int, release: Release) -> str:
    masked = mask(line.text)
    if said == INCOMPLETE:
        return f"'{masked}' stops too early"
    if said != INVALID:
        return f"'{masked}' is refused: {said.removeprefix('ERROR: ').strip().rstrip('.')}"
    at = answer[0].find("^") - column
    shown = answer[0].strip() == "^" and 0 <= at < len(line.text) and masked[: at + 1] == line.text[: at + 1]
    word = masked[at:].split()[0] if shown else ""
    return f"'{masked}' is not understood" + (f" at '{word}'{_of_release(line, word, release)}" if word else "")


def _of_release(line: Line, word: str, release: Release) -> str:
    """Which release took an algorithm away, or brings it."""
    span = releases_of(_algorithms(line), word.removeprefix("group"))
    if span is None or span[0] <= release < span[1]:
        return ""
    number, told = (span[0], "it came with") if release < span[0] else (span[1], "it is gone since")
    return f": {told} {number[0]}.{number[1]}"


def _algorithms(line: Line) -> str:
    """The vocabulary of a line's last words."""
    match [*line.head.split(), "|", *([] if line.top else line.words)]:
        case ["crypto", "isakmp" | "ikev1", "policy", _, "|", what, *_]:
            return f"ikev1 {what}"
        case ["crypto", "ikev2", "policy", _, "|", what, *_]:
            return f"ikev2 {what}"
        case ["crypto", "ipsec", "ikev2", "ipsec-proposal", _, "|", "protocol", "esp", what, *_]:
            return f"ikev2 esp {what}"
        case ["crypto", "ipsec", "transform-set", *_] | ["crypto", "ipsec", "ikev1", "transform-set", *_]:
            return "esp"
    return "pfs" if line.words[-2:-1] == ["pfs"] else ""
