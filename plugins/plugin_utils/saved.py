# SPDX-License-Identifier: GPL-3.0-or-later
"""Snapshots of devices from what somebody saved, with no device at hand.

::

    DIR/hq/show_crypto_ipsec_sa.txt     a folder a device, a file a command, named like our evidence
    DIR/hq/1/... DIR/hq/2/...           the same, read twice or more; 1.json beside it has the times, if it is evidence
    DIR/branch.log                      a file a device: a terminal log or a show tech-support, named after the device

DIR may also be the folder of a run (``reports/latest``).

When was it read? Evidence knows: the times stand in its index, by the controller's clock. Nothing else does. A log has
the moments of its ``show clock`` by that device's own clock, a file those of whoever copied it, and no clocks of two
sites are known to agree to the second that a rekey takes. So every other moment is bounded by EARLIEST and LATEST. That
is true, and it proves nothing: two ends that were read at unknown moments are never shown to have held their SAs at one
instant, so each is judged alone, and what needs both at once is ``unknown`` ("no instant is proven to lie between both
readings of both ends"). The readings of one device are in order all the same: a log shows which came first, folders are
numbered.

A log with ``show crypto ipsec sa`` twice is two readings. What is no state (release, configuration, log) is taken where
it was last read whole: it stands for the device at the end of the log. A reading of SAs that was cut or is doubtful
counts only if that command was never read whole.

One file is one device. A log that shows outputs of several host names, contexts or failover units is taken for the one
that it is named after; when it is named after none, the device counts as unread and the error names them.
"""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import whole
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.collecting import output
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    EARLIEST,
    LATEST,
    Output,
    OutputStatus,
    Snapshot,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import Parser, Stage, find, load, spelling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolderError, readings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript import Part, split

# What others print and an ASA does not.
_STRANGERS = {
    "NX-OS": re.compile(r"^(?:Cisco Nexus Operating System|!Command: show running-config)", re.MULTILINE),
    "IOS": re.compile(
        r"^(?:Cisco IOS |Cisco Internetwork Operating System|Current configuration ?: \d+ bytes|IOS \(tm\))",
        re.MULTILINE,
    ),
    "JunOS": re.compile(r"^(?:JUNOS |Junos: )", re.MULTILINE),
    "FortiOS": re.compile(r"^(?:Version: Forti|#config-version=)", re.MULTILINE),
}
_ASA = re.compile(r"^(?:Cisco (?:Adaptive|PIX) Security Appliance Software|:? ?(?:ASA|PIX) Version )", re.MULTILINE)
_NOT_ASA = (
    "it is the output of {}, and tunnelmend reads ASAs: take it out of the folder, "
    "and name the peer in audit_foreign_peers if tunnels end there"
)
_ADDRESS = re.compile(r"\b(\d{1,3}) (\d{1,3}) (\d{1,3}) (\d{1,3})\b")


class SavedOutputsError(Exception):
    """The folder is not what it should be; the message names what and where."""


def collected(folder: Path) -> dict[str, tuple[Snapshot, ...]]:
    """The readings of every device in a folder, oldest first, by the device's name.

    :raises SavedOutputsError: there is no device in it, or one twice.
    """
    return {name: of_device(name, path) for name, path in devices(folder).items()}


def devices(folder: Path) -> dict[str, Path]:
    """The folder or file of every device, by the device's name. Nothing in them is looked at.

    :raises SavedOutputsError: there is no device in it, or one twice.
    """
    advice = "Give the folder of a run, or one with a folder or a file a device"
    if any((folder / "evidence").glob("*/*.json")):
        folder = folder / "evidence"
    try:
        entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        reason = error.strerror or error
        raise SavedOutputsError(f"{folder} cannot be read as a folder of saved outputs: {reason}. {advice}") from error
    found: dict[str, Path] = {}
    for path in entries:
        if (path / "evidence").is_dir():
            raise SavedOutputsError(f"{folder} is a folder of runs: give one of them, such as {path}")
        name = path.name if path.is_dir() else path.stem
        if name in found:
            both = f"{found[name].name} and {path.name}"
            raise SavedOutputsError(f"{folder} has {name} twice, as {both}: keep one folder or one file a device")
        found[name] = path
    if not found:
        raise SavedOutputsError(f"{folder} is empty: put one folder or one file a device into it")
    return found


def of_device(name: str, path: Path) -> tuple[Snapshot, ...]:
    """The readings in a device's folder or file, oldest first. What cannot be read is a device that was not read.

    :raises SavedOutputsError: the folder is no device's.
    """
    try:
        if path.is_dir():
            return _of_folder(name, path)
        return tuple(
            replace(each, error=f"{path}: {each.error}" if each.error else "") for each in from_text(name, _read(path))
        )
    except (OSError, RunFolderError) as error:
        why = error.strerror or error if isinstance(error, OSError) else error
        return (_unread(name, f"{path} cannot be read: {why}. Save it again"),)


def files(path: Path) -> tuple[str, ...]:
    """The files that a device's readings are made of, as they lie beside its folder."""
    if not path.is_dir():
        return (path.name,)
    every = sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
    return tuple(str(each.relative_to(path.parent)) for each in every)


def from_text(device: str, text: str) -> tuple[Snapshot, ...]:
    """The readings in a terminal log or a ``show tech-support``. Secrets are masked here, where the text enters."""
    if kind := _stranger(text):
        return (_unread(device, _NOT_ASA.format(kind)),)
    parts = split(mask(text)).outputs
    # Help is no output, whatever command it is about.
    parts = tuple(part for part in parts if "?" not in part.command)
    owner = _owner(device, parts)
    if isinstance(owner, str):
        return (_unread(device, owner),)
    return _readings(device, [part for part in parts if _Owner.of(part) in owner])


# --- folders ---------------------------------------------------------------------------------------------------


def _of_folder(device: str, folder: Path) -> tuple[Snapshot, ...]:
    if evidence := readings(folder):
        return tuple(replace(snapshot, device=device) for snapshot in evidence)
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    files = [path for path in entries if path.is_file()]
    numbered = sorted(
        (path for path in entries if path.is_dir() and path.name.isdecimal()), key=lambda path: int(path.name)
    )
    strange = [path for path in entries if path.is_dir() and path not in numbered]
    if strange:
        raise SavedOutputsError(f"{strange[0]} is neither a file of one command nor a numbered reading")
    if files and numbered:
        raise SavedOutputsError(
            f"{folder} has both {files[0].name} and {numbered[0].name}/: which reading is the file of?"
        )
    if numbered:
        return tuple(_of_files(device, sorted(path for path in each.iterdir() if path.is_file())) for each in numbered)
    if not files:
        return (_unread(device, f"{folder} is empty"),)
    return (_of_files(device, files),)


def _of_files(device: str, files: Iterable[Path]) -> Snapshot:
    outputs: list[Output] = []
    for path in files:
        command, text = command_of(path.stem), mask(_read(path))
        if kind := _stranger(text):
            return _unread(device, f"{path}: {_NOT_ASA.format(kind)}")
        if command == "show tech-support":
            outputs += [_output(part.command, part.text, part.trouble) for part in split(text).outputs]
        else:
            outputs.append(_output(command, text))
    names = Counter(_value(parser, each.command) for each in outputs if (parser := whole(each.command)))
    return _snapshot(device, [_alone(each, names) for each in outputs])


def _value(parser: Parser[Any], command: str) -> str:
    """Which outputs are of the same thing; some parsers read what several commands print a share of."""
    return spelling(command) if parser.also else parser.command


def _alone(found: Output, names: Counter[str]) -> Output:
    parser = whole(found.command)
    if parser is None or names[_value(parser, found.command)] == 1:
        return found
    return replace(found, status=OutputStatus.INCOMPLETE, detail=f"'{parser.command}' was saved more than once")


def _stranger(text: str) -> str:
    """Whose output this is when it is surely no ASA's, else nothing."""
    if _ASA.search(text):
        return ""
    return next((name for name, sign in _STRANGERS.items() if sign.search(text)), "")


def command_of(stem: str) -> str:
    """The command that a file is named after: ``show_running_config_all_tunnel_group``, ``sh run``.

    A file's name has no hyphens and dots; they come back where a command that we read, or an address, has them.
    """
    command = " ".join(re.findall(r"[a-z0-9]+", stem.lower()))
    for word in _hyphenated():
        command = re.sub(rf"\b{word.replace('-', ' ')}\b", word, command)
    return _ADDRESS.sub(r"\1.\2.\3.\4", command)


@functools.cache
def _hyphenated() -> tuple[str, ...]:
    spellings = (spelling for parser in load().values() for spelling in (parser.command, *parser.aliases))
    words = {word for spelling in spellings for word in spelling.split() if "-" in word}
    return (*sorted(words), "tech-support")


def _read(path: Path) -> str:
    data = path.read_bytes()
    # Windows writes logs in this, too.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return data.decode(encoding, "backslashreplace")


# --- logs ------------------------------------------------------------------------------------------------------


class _Owner(NamedTuple):
    """Whose output a part is, as its prompt says."""

    hostname: str
    context: str
    unit: str

    @classmethod
    def of(cls, part: Part) -> _Owner:
        return cls(part.hostname, part.context, part.unit)

    def __str__(self) -> str:
        return "/".join(filter(None, self)) or "a prompt without a name"


def _owner(device: str, parts: Sequence[Part]) -> frozenset[_Owner] | str:
    """The owners that are this device, or why it cannot be told."""
    owners = list(dict.fromkeys(_Owner.of(part) for part in parts if whole(part.command)))
    if not owners:
        return (
            "no command that tunnelmend reads is in the text: "
            "save a terminal log or a show tech-support, or take the file out of the folder. "
            f"A configuration alone goes into {device}/show_running-config.txt"
        )
    # A prompt may show the failover unit from some moment on.
    units = {owner._replace(unit="") for owner in owners}
    if len(units) == 1 and len({owner.unit for owner in owners} - {""}) < 2:
        return frozenset(owners)
    wanted = _slug(device)
    for names in (
        lambda owner: [str(owner)],
        lambda owner: [f"{owner.hostname}/{owner.context}", owner.context],
        lambda owner: [owner.hostname],
    ):
        named = [owner for owner in owners if wanted in map(_slug, names(owner))]
        if len(named) == 1:
            return frozenset(named)
        if named:
            break
    return (
        f"the text has outputs of {', '.join(map(str, owners))}, and which of them is {device} cannot be told: "
        "one file a device, named after it"
    )


def _slug(text: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", text.lower()))


def _readings(device: str, parts: Sequence[Part]) -> tuple[Snapshot, ...]:
    once: dict[str, Part] = {}
    states: defaultdict[str, list[Part]] = defaultdict(list)
    others: list[Part] = []
    for part in parts:
        parser = whole(part.command)
        if parser is None:
            others.append(part)
        elif parser.stage in (Stage.STATE, Stage.COUNTERS):
            states[parser.command].append(part)
        elif not part.trouble or once.get(_value(parser, part.command), part).trouble:
            once[_value(parser, part.command)] = part
    for command, found in states.items():
        states[command] = [part for part in found if not part.trouble] or found[-1:]
    # Counters alone are no reading of SAs.
    count = max((len(found) for command, found in states.items() if find(command).stage is Stage.STATE), default=1)
    return tuple(
        _snapshot(
            device,
            [
                _output(part.command, part.text, part.trouble)
                for part in sorted(
                    [
                        *([*once.values(), *others] if number == 0 else ()),
                        *(found[number] for found in states.values() if number < len(found)),
                    ],
                    key=lambda part: part.line,
                )
            ],
        )
        for number in range(count)
    )


# --- snapshots -------------------------------------------------------------------------------------------------


def _output(command: str, text: str, trouble: str = "") -> Output:
    # What is cut here cannot be asked again.
    return output(Answer(command, text, f"{trouble}; save it again" if trouble else ""), EARLIEST, LATEST)


def _snapshot(device: str, outputs: Sequence[Output]) -> Snapshot:
    return Snapshot(device, EARLIEST, LATEST, tuple(outputs))


def _unread(device: str, why: str) -> Snapshot:
    return Snapshot(device, EARLIEST, LATEST, error=why)
