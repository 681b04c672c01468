# SPDX-License-Identifier: GPL-3.0-or-later
"""The configurations of one side of a change, from a folder or a revision of a repository: whole, or told why."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from lab.spelling import spelled_text

SUFFIX = ".cfg"
# The releases whose behaviour the lab was written from; what lies between behaves as the nearest lower one.
PERSONALITIES = ((7, 2), (8, 2), (8, 4), (9, 1), (9, 8), (9, 16), (9, 20))

_VERSION = re.compile(r"^:? ?(?:ASA|PIX) Version (\d+\.\d+(?:\(\d+\)\d*)?\S*)", re.MULTILINE)
# Where a configuration has secrets: Cisco ASA Command References. No other line of a device is touched. Whoever types
# may shorten or misspell words, and a line that is refused is shown: what stands behind such a word counts as secret.
NAME = re.compile(r"\w[\w.-]*")
# Which line stands under which is said by its indentation alone: no line of the first level begins like these, and none
# below it like those.
_BELOW = re.compile(
    r"(?:authentication|encryption|hash|integrity|prf|lifetime|protocol esp|(?:ikev1 )?pre-shared-key|nameif"
    r"|ikev2 (?:local|remote)-authentication|security-level|default-group-policy|vpn-tunnel-protocol|network-object"
    r"|tunnel (?:source|destination|mode|protection)) "
)
_ABOVE = re.compile(
    r"\s+(?:crypto (?:map|dynamic-map|ipsec|isakmp|ikev1|ikev2) |access-list \S+ extended "
    r"|tunnel-group \S+ (?:type|general-attributes|ipsec-attributes)\b)"
)
NAMED = "a device's name is made of letters, digits, '-', '_' and '.': rename the file"
_HIDDEN = r"(?!\*+(?:\s|$))"
_SECRET_REST = re.compile(
    r"(?P<before>(?:^\s*(?:no )?(?:ikev\d (?:\S+ )?)?pre(?:-\S*|s\S*)?|\bpre-?share\S*)(?: (?:0|8|hex))?"
    r"|^\s*(?:no )?(?:failover key|key(?! chain\b)(?: config-key \S+)?|radius-common-pw)|\bisakmp key|\bset session-key"
    r"|\bsnmp-server community|\bsnmp-server user .*? auth|\bldap-login-password|\bpkcs12|\bospf authentication-key"
    r"|\b(?:message-digest-key|authentication-key) \d+ md5|\bspi \d+ (?:md5|sha)(?: 8)?) " + _HIDDEN + r"\S.*"
)
_SECRET_WORD = re.compile(
    r"(?P<before>^\s*(?:no )?(?:enable |(?:vpdn )?username \S+ |neighbor \S+ )?password(?! encryption\b)"
    r"(?: [078](?= \S))?|^\s*(?:no )?passwd|\bsnmp-server host .* community) " + _HIDDEN + r"\S+"
)


@dataclass(frozen=True)
class Problem:
    """Why something cannot be tried; `line` counts from 1 in the file."""

    side: str
    device: str
    text: str
    line: int | None = None


# A run is a function of the texts. Only certificates need to know what day it is.
START = datetime(2024, 1, 15, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Text:
    """One device's configuration: `where` is what a person calls the file, `day` when it is booted."""

    device: str
    where: str
    text: str
    release: str
    day: datetime = START

    @property
    def version(self) -> tuple[int, int]:
        return version_of(self.release)

    @property
    def legacy(self) -> bool:
        return self.version < (8, 4)


class SourceError(Exception):
    """A folder or repository cannot be read; the message names it and says what to do."""


def version_of(release: str) -> tuple[int, int]:
    major, _, rest = release.partition(".")
    return int(major), int(re.match(r"\d+", rest)[0])  # type: ignore[index]


def behaves_as(release: str) -> str:
    """The nearest lower release that the lab knows, or nothing when there is none."""
    known = [each for each in PERSONALITIES if each <= version_of(release)]
    return "{}.{}".format(*known[-1]) if known else ""


def mask(line: str) -> str:
    """The line without what it keeps secret."""
    return _SECRET_WORD.sub(r"\g<before> *****", _SECRET_REST.sub(r"\g<before> *****", line))


def from_folder(folder: Path) -> dict[str, tuple[str, str]]:
    """What is said where, by device: the file's name is the device's."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX and path.is_file())
        found = {
            path.stem: (f"{folder.name}/{path.name}", path.read_text("utf-8", "backslashreplace")) for path in paths
        }
    except OSError as error:
        raise SourceError(
            f"{error.filename} cannot be read: {error.strerror}. Give a folder with DEVICE{SUFFIX} files"
        ) from None
    if not paths:
        raise SourceError(f"{folder} has no {SUFFIX} file: one file a device, named after it, such as hq{SUFFIX}")
    return found


def from_repository(repository: Path, revision: str, under: str = "") -> dict[str, tuple[str, str]]:
    """The same out of a revision, without a checkout."""
    if not revision or revision.startswith("-"):
        raise SourceError(f"{revision!r} is no revision: give a branch, a tag or a commit")
    try:
        _git(repository, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    except SourceError:
        # Which of both is wrong is git's to say.
        _git(repository, "rev-parse", "--git-dir")
        raise SourceError(
            f"{repository} has no revision {revision!r}: give a branch, a tag or a commit, and fetch it first"
        ) from None
    # --full-name: the repository may be named by a folder in it, and `git show` counts from the top.
    listed = ("ls-tree", "-r", "-z", "--name-only", "--full-name", f"{revision}^{{tree}}", "--", under or ".")
    names = _git(repository, *listed).split("\0")
    found: dict[str, tuple[str, str]] = {}
    for name in sorted(each for each in names if each.endswith(SUFFIX)):
        device = PurePosixPath(name).stem
        if device in found:
            raise SourceError(
                f"{repository} has {device} twice at {revision}, as {found[device][0]} and {name}: "
                "keep one, or name the folder that counts"
            )
        found[device] = name, _git(repository, "show", f"{revision}:{name}")
    if not found:
        raise SourceError(f"{repository} has no {SUFFIX} file at {revision}{f' under {under}' if under else ''}")
    return found


def uncommitted(repository: Path, under: str = "") -> list[str]:
    """The configurations of the working tree that are not as in HEAD."""
    said = _git(repository, "status", "--porcelain", "-z", "--untracked-files=all", "--", under or ".")
    return sorted(each[3:] for each in said.split("\0") if each.endswith(SUFFIX))


def _git(repository: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(repository), *words], capture_output=True, timeout=60, check=False)
    except OSError as error:
        raise SourceError(f"git cannot be started: {error.strerror}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SourceError(f"git {words[0]} in {repository}: {said[-1] if said else 'it failed'}")
    return done.stdout.decode("utf-8", "backslashreplace")


def checked(
    side: str, found: Mapping[str, tuple[str, str]], releases: Mapping[str, str], problems: list[Problem]
) -> dict[str, Text]:
    """The configurations that are whole; `problems` gets the others."""
    texts = {}
    for device, (where, text) in found.items():
        if not NAME.fullmatch(device):
            problems.append(Problem(side, device, f"{where}: {NAMED}"))
            continue
        told = [*_faults(device, where, text, releases.get(device, ""), frozenset(found))]
        problems += [Problem(side, device, each) for each in told]
        if not told:
            release = releases.get(device) or _VERSION.search(text)[1]  # type: ignore[index]
            texts[device] = Text(device, where, spelled_text(text), release)
    hostnames: dict[str, str] = {}
    for device, whole in texts.items():
        name = hostname(whole.text)
        if name and hostnames.setdefault(name, device) != device:
            other = texts[hostnames[name]].where
            told = [f"{other} and {whole.where} both have the hostname {name}: one of them is the other device's"]
            problems += [Problem(side, device, each) for each in told]
    return texts


def hostname(text: str) -> str:
    found = re.search(r"^hostname (\S+)", text, re.MULTILINE)
    return found[1] if found else ""


def _faults(device: str, where: str, text: str, release: str, names: Iterable[str]) -> Iterator[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    filled = [(number, line) for number, line in enumerate(lines, 1) if line]
    if not filled:
        yield f"{where} is empty: save 'show running-config' of {device} into it"
        return
    for number, line in filled:
        if "<--- More --->" in line:
            yield f"{where} line {number} is the pager's: save it again after 'terminal pager 0'"
            return
    version = release or (found[1] if (found := _VERSION.search(text)) else "")
    if not version:
        yield (
            f"{where} has no line 'ASA Version': put one such as 'ASA Version 9.16(4)' on top, "
            f"or give the release of {device}"
        )
        # What is no configuration is not quoted: it may be any file of the machine.
        return
    elif not re.match(r"\d+\.\d+", version):
        yield f"{version!r} is no release of {device}: write it as 'show version' does, such as 9.16(4)"
    elif not behaves_as(version):
        yield f"{where} is of release {version}, and the lab knows none before 7.2"
    for number, line in filled:
        if _BELOW.match(line) or _ABOVE.match(line):
            how = "is indented and may not be" if line[0] in " \t" else "is not indented and stands under no line"
            yield f"{where} line {number}: {mask(line.strip())!r} {how}: save it again as the device shows it"
            break
    number, last = filled[-1]
    if last not in (": end", ":end", "end"):
        yield (
            f"{where} has no ': end' behind its last line {number}, {mask(last.strip())!r}: it was cut. "
            "Save it again whole; to a file that was written by hand, add ': end'"
        )
    name = hostname(text)
    if name and name != device and name in names:
        yield f"{where} has the hostname {name}, which is another file: were the two mixed up?"
