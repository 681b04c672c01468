# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a transcript at which something may begin or end, found in one pass and judged by nobody yet."""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

# A name has no blanks; a user-mode prompt of Threat Defense has no name. The classes do not overlap and are possessive.
_PROMPT = re.compile(
    r"[ \t]{0,8}+(?:(?P<name>[A-Za-z0-9][\w.:/+\[\]@~-]{0,100}+)(?P<mode>(?:\([\w. /-]{1,64}+\)){0,3}+)[#>]|>)"
    r"(?P<rest>.*)"
)
_MODE = re.compile(r"\((?:config|cfg)")
_MESSAGE = re.compile(r"%(?:ASA|PIX|FTD)-\d")
_LOG = re.compile(r"[ ]{0,4}(?:<\d{1,3}>)?[^%]{0,80}%(?:ASA|PIX|FTD)-\d")
_DEBUG = re.compile(r"[ ]{0,4}(?:[A-Z][a-z]{2} \d\d [\d:]{8} )?(?:\[IKEv[12]|IKEv[12]-)")
_UP = re.compile(r"(\S{1,63}) up \d+ (?:year|week|day|hour|min|sec)")
_RELEASE = re.compile(
    r"Cisco (?:Adaptive Security Appliance|PIX (?:Security Appliance|Firewall)) (?:Software )?Version [^\s<]{1,40}"
    r"(?:[ ]<(?P<context>[\w-]{1,64})>)?"
)
_CONTEXT = re.compile(r"(?:security )?context:? \"?([\w-]{1,64})\"?$", re.IGNORECASE)
_RESULT = 'Result of the command: "'
_THREAT_DEFENSE = re.compile(r"-{4,}+\[ [^\]]{1,80} \]-{4,}+$")
_END_OF_SESSION = re.compile(
    r"Logoff$|Type help or '\?' for a list of available commands|Connection (?:to \S{1,255} )?(?:was )?"
    r"(?:closed|reset|timed out|lost)|client_loop: |packet_write_wait: |Remote side unexpectedly closed|"
    r"User \S{1,80} logged in to |=~=~=~=~"
)
# What a line begins with that is looked at more closely.
_SIGNS = (
    "----",
    _RESULT,
    "Cisco ",
    "hostname ",
    ": Saved_",
    ": End_",
    "Logoff",
    "Type help",
    "Connection ",
    "client_loop",
    "packet_write_wait",
    "Remote side",
    "User ",
    "=~=~=~=~",
)

# The first words of what is typed at an ASA's exec prompt. They may be abbreviated.
_EXEC = """
    aaa activation-key blocks ca call-home capture cd changeto clear client cluster compression configure copy coredump
    cpu crashinfo crypto debug delete dir disable dynamic-filter enable end erase event exec exit expert export failover
    file format fsck help history hw-module icmp import kill ldap license login logging logoff logout memory mkdir
    monitor more no packet-tracer perfmon ping privilege prompt pwd quit redundant-interface reload rename restore
    rmdir sample scp service session setup show shun ssh sw-module sysopt system tcpproxy telnet terminal test tracert
    traceroute undebug upgrade user-identity verify vpn vpn-sessiondb webvpn-cache who write
"""
_VERBS = frozenset(word[:length] for word in _EXEC.split() for length in range(2, len(word) + 1))
# What ends a session, or begins one on another device.
LEAVING = frozenset({"connect", "exit", "expert", "logout", "logoff", "quit", "reload", "session", "ssh", "system"})


class Sign(enum.Enum):
    """What a line may be."""

    PROMPT = "prompt"
    HEADING = "heading"
    RESULT = "result"
    RELEASE = "release"
    CRASH_BEGINS = "crash begins"
    CRASH_ENDS = "crash ends"
    SESSION = "end of a session"


@dataclass(frozen=True)
class Mark:
    """A line that may be something. ``rest`` is what follows a prompt, a heading's title, a release's context."""

    index: int
    sign: Sign
    name: str = ""
    mode: str = ""
    rest: str = ""
    dashes: tuple[int, int] = (0, 0)

    @property
    def command(self) -> str:
        """What was typed at a prompt, without a log message that came instead or ran into it."""
        if _DEBUG.match(self.rest):
            return ""
        message = _MESSAGE.search(self.rest)
        if message is None:
            return self.rest.strip()
        # A message may begin with its time; a command begins with a verb.
        before = self.rest[: message.start()].split()
        return " ".join(before) if before and before[0].lower() in _VERBS else ""

    @property
    def interrupted(self) -> bool:
        """A log message ran into the command."""
        return bool(self.command and _MESSAGE.search(self.rest))

    @property
    def plausible(self) -> bool:
        """What was typed begins as a command does."""
        command = self.command
        word = command.split()[0] if command else ""
        if not word:
            return False
        configures = _MODE.match(self.mode) is not None and word[0].islower()
        return configures or word[0] in "!$" or word.rstrip("?").lower() in _VERBS or word == "?"


@dataclass
class Signs:
    """All marks in the order of the lines, and the host names that the device itself printed or was given."""

    marks: list[Mark] = field(default_factory=list)
    hostnames: set[str] = field(default_factory=set)


def prompt(line: str, index: int = 0) -> Mark | None:
    """The line as a prompt, if it looks like one."""
    match = _PROMPT.match(line)
    if match is None:
        return None
    return Mark(index, Sign.PROMPT, match["name"] or "", match["mode"] or "", match["rest"])


def heading(line: str, index: int = 0) -> Mark | None:
    """The line as a heading between dashes, if it has a title."""
    stripped = line.strip()
    title = stripped.strip("-")
    left = len(stripped) - len(stripped.lstrip("-"))
    right = len(stripped) - left - len(title)
    if left < 4 or right < 4 or not title.strip() or title.startswith("["):
        return None
    return Mark(index, Sign.HEADING, rest=title.strip(), dashes=(left, right))


def is_anchor(text: str) -> bool:
    """Whether a line is sure to begin something: a prompt with a command, a section, a result of ASDM."""
    found = prompt(text)
    if found is not None and found.plausible:
        return True
    titled = heading(text)
    return text.startswith(_RESULT) or (titled is not None and titled.rest.lower().startswith("show "))


def is_log(line: str) -> bool:
    """A log or debug message, or nothing."""
    return not line.strip() or _LOG.match(line) is not None or _DEBUG.match(line) is not None


def is_threat_defense(line: str) -> bool:
    """The line above the release that Threat Defense prints: ``-----[ NAME ]-----``."""
    return _THREAT_DEFENSE.match(line.strip()) is not None


def context_of(title: str) -> str:
    """The context that a heading names, if it does."""
    match = _CONTEXT.match(title)
    return match[1] if match else ""


def scan(lines: Sequence[str]) -> Signs:
    """Every line that may be something."""
    found = Signs()
    for index, line in enumerate(lines):
        if ("#" in line or ">" in line) and (mark := prompt(line, index)):
            found.marks.append(mark)
            words = mark.command.split()
            if len(words) == 2 and words[0] == "hostname" and _MODE.match(mark.mode):
                found.hostnames.add(words[1].lower())
        start = line.lstrip()
        if start.startswith(_SIGNS):
            _look(start, index, found)
        elif " up " in line and (match := _UP.match(start)):
            found.hostnames.add(match[1].lower())
    return found


def _look(line: str, index: int, found: Signs) -> None:
    if line.startswith("----"):
        if mark := heading(line, index):
            found.marks.append(mark)
    elif line.startswith("hostname "):
        found.hostnames.add(line[9:].strip().lower())
    elif line.startswith(_RESULT):
        found.marks.append(Mark(index, Sign.RESULT, rest=line[len(_RESULT) :].strip().removesuffix('"').strip()))
    elif line.startswith((": Saved_Crash", ": Saved_Test_Crash")):
        found.marks.append(Mark(index, Sign.CRASH_BEGINS))
    elif line.startswith((": End_Crash", ": End_Test_Crash")):
        found.marks.append(Mark(index, Sign.CRASH_ENDS))
    elif match := _RELEASE.match(line):
        found.marks.append(Mark(index, Sign.RELEASE, rest=match["context"] or ""))
    elif _END_OF_SESSION.match(line):
        found.marks.append(Mark(index, Sign.SESSION))
