# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration mode, continued: certificates, which are typed in hexadecimal up to `quit`.

A trustpoint has one certificate of the device and one of its authority here; another one takes its place.
Source: Cisco ASA Command Reference, `crypto ca certificate chain`, `certificate`. What is said to one that cannot be
read is from practice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lab.cli.configure import REMOVED_BY, apply_top, touch
from lab.cli.tree import Ask, Match, registry
from lab.engine.policy.trust import read_certificate

if TYPE_CHECKING:
    from lab.cli.shell import Session

_CHAIN = "crypto ca certificate chain"


def _entered(session: Session, match: Match) -> list[str] | None:
    name = match.words[-1]
    if not any(True for _ in session.device.config.starting("crypto", "ca", "trustpoint", name)):
        return [f"ERROR: trustpoint {name} does not exist"]
    apply_top(session, match)
    return None


def _certificate(session: Session, match: Match) -> Ask:
    rows: list[str] = []

    def more(row: str) -> Ask | list[str]:
        if row.strip() != "quit":
            rows.append(row.strip())
            return Ask("", more)
        if read_certificate("".join(rows).replace(" ", "")) is None:
            return ["ERROR: the certificate could not be read"]
        _drop(session, match.words[:-1])
        block = session.device.config.find(session.submode_of)
        if block:
            block.children += [" ".join(match.words), *(f"   {row}" for row in rows), " quit"]
            touch(session)
        return []

    return Ask("", more)


def _drop(session: Session, heading: tuple[str, ...]) -> None:
    """The certificate under a heading of these words, and of one word more when that is its number."""
    block = session.device.config.find(session.submode_of)
    inside, kept = False, []
    for child in block.children if block else ():
        words = tuple(child.split())
        if words[:1] == ("certificate",):
            inside = words == heading or words[:-1] == heading
        if not inside:
            kept.append(child)
    if block:
        block.children[:] = kept
        touch(session)


def _removed(session: Session, match: Match) -> None:
    _drop(session, match.words)


REMOVED_BY["config-cert-chain"] = _removed
registry.config("config", f"{_CHAIN} <word>", _entered, None, "config-cert-chain")
for _pattern in ("certificate <serial:word>", "certificate ca <serial:word>"):
    registry.config("config-cert-chain", _pattern, _certificate, None)
