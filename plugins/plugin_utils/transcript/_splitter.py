# SPDX-License-Identifier: GPL-3.0-or-later
"""From marks to parts."""

from __future__ import annotations

import bisect
import enum
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._commands import (
    completed,
    is_crash_info,
    is_read,
    is_tech_support,
    known,
    words_of,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._lines import Cleaned, Paged
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._model import Part, Transcript
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._names import Names, Who
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript._signs import (
    LEAVING,
    Mark,
    Sign,
    Signs,
    context_of,
    is_log,
    is_threat_defense,
)

# The columns of a terminal. A command that is longer is wrapped, or scrolled with a `$`.
WIDTH = 80
_SHORTEST_WRAPPED = 40
_IDLE = re.compile(r"\s*+(?:[^#>]{0,200}+[#>]\s*+)?$")
_REFUSED = ("ERROR:", "^", "% ", "Command authorization failed")


class Kind(enum.Enum):
    """What a part is under."""

    OTHER = "nothing"
    IDLE = "a prompt at which nothing was typed"
    TYPED = "a prompt with a command"
    RESULT = "a result of ASDM"
    SECTION = "a heading of show tech-support"


@dataclass
class Open:
    """The part that is being read. ``echo`` is the number of lines before its text."""

    kind: Kind
    start: int
    command: str = ""
    echo: int = 0
    name: str = ""
    who: Who = field(default_factory=Who)
    plausible: bool = True
    doubtful: str = ""
    prompts: list[int] = field(default_factory=list)
    release: int | None = None
    release_context: str = ""

    @property
    def is_tech_support(self) -> bool:
        return bool(self.command) and is_tech_support(self.command)


class Splitter:
    """One pass over the marks of a text."""

    def __init__(self, cleaned: Cleaned, signs: Signs) -> None:
        self.lines = cleaned.lines
        self.paged = cleaned.paged
        self.paged_lines = sorted(cleaned.paged)
        self.marks = signs.marks
        self.marked = {mark.index for mark in signs.marks}
        self.crash_ends = [mark.index for mark in signs.marks if mark.sign is Sign.CRASH_ENDS]
        self.names = Names(signs)
        self.parts: list[Part] = []
        self.open = Open(Kind.OTHER, 0)
        # Whoever comes next may be somebody else: nothing was read yet, or the session ended.
        self.left = True
        self.crash_until = -1
        self.crash_open = ""
        self.dashes: set[tuple[int, int]] = set()
        # The run of show tech-support that is being read, and the sections of each by context and command.
        self.run = 0
        self.context = ""
        self.sections: defaultdict[tuple[int, str, str], list[int]] = defaultdict(list)

    def transcript(self) -> Transcript:
        actions = {
            Sign.PROMPT: self._prompt,
            Sign.HEADING: self._heading,
            Sign.RESULT: self._result,
            Sign.RELEASE: self._release,
            Sign.CRASH_BEGINS: self._crash,
            Sign.SESSION: self._session,
        }
        for mark in self.marks:
            # The lines of an echo are none of these.
            if mark.index >= self.open.start + self.open.echo and mark.sign in actions:
                actions[mark.sign](mark)
        what = "further section" if self.open.kind is Kind.SECTION else "prompt"
        self._close(len(self.lines), f"the text ends here, and no {what} behind it shows that the output is whole")
        self._doubt_repeated_sections()
        return Transcript(len(self.lines), tuple(self.parts))

    # --- what begins a part ------------------------------------------------------------------------------------

    def _prompt(self, mark: Mark) -> None:
        doubt = ""
        if not self.names.admit(mark):
            if not mark.plausible or (not mark.name and not is_read(mark.command)):
                return
            if self.left:
                self.names.trust(mark.name)
            else:
                doubt = f"whether line {mark.index + 1} is a prompt cannot be told: no other has its name"
        self.crash_until, self.crash_open = -1, ""
        if not mark.command:
            self._idle(mark)
            return
        following = mark.command if mark.name == self.open.name else ""
        self._close(mark.index, self._why_cut(mark.index, following), doubt)
        command, echo, unsure = self._echo(mark)
        self.open = Open(
            Kind.TYPED,
            mark.index,
            command,
            echo,
            mark.name,
            self.names.who(mark.name),
            mark.plausible,
            "; ".join(filter(None, (doubt, unsure))),
        )
        self.context = self.open.who.context
        self.run += 1
        self.dashes.clear()
        self.left = command.lower().split()[0] in LEAVING

    def _idle(self, mark: Mark) -> None:
        if self.open.kind is not Kind.IDLE or any(map(str.strip, self.lines[self.open.prompts[-1] + 1 : mark.index])):
            self._close(mark.index, self._why_cut(mark.index))
            self.open = Open(Kind.IDLE, mark.index, name=mark.name, who=self.names.who(mark.name))
        self.open.prompts.append(mark.index)

    def _result(self, mark: Mark) -> None:
        if self.open.kind is not Kind.TYPED and mark.index > self.crash_until:
            self._close(mark.index, "")
            self.open = Open(Kind.RESULT, mark.index, mark.rest, 1)
            self.context = ""
            self.run += 1

    def _heading(self, mark: Mark) -> None:
        if mark.index <= self.crash_until:
            return
        inside = self.open.kind is Kind.SECTION or self.open.is_tech_support
        if mark.rest.lower().startswith("show "):
            if not inside and self.open.kind not in (Kind.OTHER, Kind.IDLE):
                return
            if not inside:
                self.run += 1
                self.context = ""
                self._split_off_release(mark.index)
            self.dashes.add(mark.dashes)
        elif not (inside and mark.dashes in self.dashes and min(mark.dashes) > WIDTH // 8):
            return
        self._close(mark.index, "")
        self.context = context_of(mark.rest) or self.context
        self._section(mark.index, "" if context_of(mark.rest) else mark.rest, 1)

    def _section(self, start: int, command: str, echo: int) -> None:
        who = self.open.who._replace(context=self.context)
        self.open = Open(Kind.SECTION, start, command, echo, self.open.name, who, doubtful=self.crash_open)

    # --- what show tech-support has beside headings ------------------------------------------------------------

    def _release(self, mark: Mark) -> None:
        """The release stands first, before any heading, and again where another context begins."""
        if mark.index <= self.crash_until:
            return
        reading = self.open.kind is Kind.SECTION or self.open.is_tech_support
        if reading:
            again = self.open.kind is Kind.SECTION and mark.rest and known(self.open.command) != "show version"
            if self.open.is_tech_support or (again and mark.rest != self.context):
                self._close(self._above(mark.index), "")
                self.context = mark.rest
                self._section(self._above(mark.index), "show version", 0)
            elif mark.rest and known(self.open.command) == "show version":
                self.context = mark.rest
                self.open.who = self.open.who._replace(context=mark.rest)
        elif self.open.kind in (Kind.OTHER, Kind.IDLE) and self.open.release is None:
            self.open.release, self.open.release_context = mark.index, mark.rest

    def _above(self, index: int) -> int:
        """Where the release begins: Threat Defense prints its model above it."""
        first = max(index - 8, self.open.start + self.open.echo)
        return next((at for at in range(index, first - 1, -1) if is_threat_defense(self.lines[at])), index)

    def _split_off_release(self, end: int) -> None:
        """The release before the first heading of a file that begins with show tech-support."""
        if self.open.release is None:
            return
        start, self.context = self._above(self.open.release), self.open.release_context
        self._close(start, "")
        self._section(start, "show version", 0)

    def _crash(self, mark: Mark) -> None:
        if not is_crash_info(self.open.command):
            return
        at = bisect.bisect(self.crash_ends, mark.index)
        if at < len(self.crash_ends):
            self.crash_until = self.crash_ends[at]
        else:
            self.crash_open = (
                f"the crash information in line {mark.index + 1} has no end, and may have printed this section"
            )

    def _session(self, mark: Mark) -> None:
        self.left = True
        if self.open.kind in (Kind.OTHER, Kind.IDLE) or mark.index <= self.crash_until:
            return
        if self.open.kind is Kind.TYPED and self.open.command.lower().split()[0] in LEAVING:
            return
        self._close(mark.index, f"the session ended in line {mark.index + 1}")
        self.open = Open(Kind.OTHER, mark.index)

    # --- echoes ------------------------------------------------------------------------------------------------

    def _echo(self, mark: Mark) -> tuple[str, int, str]:
        """The command, the lines that its echo takes, and what is not certain about it."""
        command = mark.command
        if command.startswith("$"):
            return command, 1, "the beginning of the command was scrolled off the screen"
        if mark.interrupted:
            return command, 1, "a log message ran into the command"
        typed, index, doubt = mark.rest.lstrip(), mark.index, ""
        while (following := self._continues(index)) is not None:
            # Blanks that somebody typed up to the margin are no command that goes on.
            full = len(self.lines[index]) == WIDTH and len(self.lines[index].rstrip()) >= WIDTH - 1
            joined = [typed + following, f"{typed.rstrip()} {following}"]
            chosen = next((each for each in joined if known(each.strip())), None)
            if chosen is None and (not full or known(typed.strip()) or following.startswith(" ")):
                break
            if chosen is not None and not full and known(typed.strip()) and not _finishes_word(typed, following):
                break
            if chosen is None:
                doubt = f"line {index + 1} is full, and whether the next one is the end of the command cannot be told"
            typed = chosen or joined[0]
            index += 1
        return typed.strip(), index - mark.index + 1, doubt

    def _continues(self, index: int) -> str | None:
        """The next line, if it may be the rest of an echo that was longer than the terminal is wide."""
        if len(self.lines[index]) < _SHORTEST_WRAPPED or index + 1 >= len(self.lines) or index + 1 in self.marked:
            return None
        following = self.lines[index + 1]
        return following.rstrip() if following.strip() and len(following) <= WIDTH else None

    # --- what ends a part --------------------------------------------------------------------------------------

    def _why_cut(self, end: int, following: str = "") -> str:
        """Why the output before the prompt in this line is not whole, or nothing."""
        part = self.open
        if part.kind in (Kind.OTHER, Kind.IDLE):
            return ""
        last = next((at for at in range(end - 1, part.start, -1) if self.lines[at].strip() or at in self.paged), None)
        for at in (end, last):
            if at is not None and at in self.paged and (at == end or not self.lines[at].strip()):
                return f"the pager was left in line {at + 1}"
        if last is not None and self.lines[last].rstrip().endswith("^C"):
            return f"it was interrupted in line {last + 1}"
        if part.start + part.echo == end:
            if following and completed(part.command, following):
                return f"the command was completed in line {end + 1}"
            if self.parts and self.parts[-1].command.rstrip("? ") == part.command != self.parts[-1].command:
                return "the help before it left the command at the prompt, and nothing shows that it was sent"
        return ""

    def _close(self, end: int, cut: str, doubt: str = "") -> None:
        """End the part that is open before this line."""
        part = self.open
        if end <= part.start:
            return
        if part.kind in (Kind.OTHER, Kind.IDLE):
            self._close_other(end, doubt)
            return
        text = self._text(part.start + part.echo, end)
        doubts = [part.doubtful, doubt, self._typed_at_pager(part.start, end)]
        if not part.plausible and not _refused(text):
            doubts.append(f"whether line {part.start + 1} is a prompt cannot be told: no command is typed in it")
            self._doubt_last(doubts[-1])
        if part.kind is Kind.SECTION and (command := known(part.command)):
            self.sections[self.run, part.who.context, command].append(len(self.parts))
        self._add(part, part.start, end, part.command, text, cut, "; ".join(filter(None, doubts)))

    def _close_other(self, end: int, doubt: str) -> None:
        part = self.open
        echoes = list(self._bare_echoes(part, end))
        own_end = echoes[0][0] if echoes else end
        strange = part.kind is Kind.IDLE and any(
            not is_log(self.lines[at]) for at in range(part.prompts[-1] + 1, own_end)
        )
        if strange:
            doubt = (
                f"whether line {part.start + 1} is a prompt cannot be told: nothing is typed in it, and text follows"
            )
            self._doubt_last(doubt)
        if own_end > part.start:
            self._add(part, part.start, own_end, "", self._text(part.start, own_end), "", doubt)
        unprompted = "" if part.kind is Kind.IDLE and not strange else "no prompt stands before the command"
        ends = [start for start, _ in echoes[1:]] + [end]
        for (start, command), following in zip(echoes, ends, strict=False):
            whole = "" if following < len(self.lines) else "the text ends here, and nothing shows that it is whole"
            self._add(part, start, following, command, self._text(start + 1, following), whole, unprompted)

    def _bare_echoes(self, part: Open, end: int) -> Iterator[tuple[int, str]]:
        """Commands that stand without a prompt, which a log message took away or somebody cut off."""
        for at in range(part.start, end):
            line = self.lines[at]
            if line[:2].lower() == "sh" and known(line.strip()):
                yield at, line.strip()

    def _add(self, part: Open, start: int, end: int, command: str, text: str, cut: str, doubt: str) -> None:
        self.parts.append(
            Part(
                line=start + 1,
                lines=end - start,
                text=text,
                command=command,
                hostname=part.who.hostname,
                context=part.who.context,
                unit=part.who.unit,
                section=part.kind is Kind.SECTION,
                idle=not command and self._is_idle(part, start, end),
                incomplete=cut if command else "",
                doubtful=doubt,
            )
        )

    def _is_idle(self, part: Open, start: int, end: int) -> bool:
        """Whether there are only prompts and blank lines; what follows the last prompt may be a message."""
        first = part.prompts[-1] if part.prompts else start
        return all(_IDLE.match(line) for line in self.lines[first:end])

    def _text(self, start: int, end: int) -> str:
        if not self._pages(start, end):
            return "\n".join([*self.lines[start:end], ""])
        printed = [self.lines[at] for at in range(start, end) if self.paged.get(at, Paged.TURNED) is Paged.TURNED]
        return "\n".join([*printed, ""])

    def _pages(self, start: int, end: int) -> list[int]:
        left, right = (bisect.bisect_left(self.paged_lines, at) for at in (start, end))
        return self.paged_lines[left:right]

    def _typed_at_pager(self, start: int, end: int) -> str:
        typed = [at for at in self._pages(start, end) if self.paged[at] is Paged.TYPED]
        return f"something was typed at the pager in line {typed[0] + 1}" if typed else ""

    # --- doubts ------------------------------------------------------------------------------------------------

    def _doubt_last(self, why: str) -> None:
        """What was read last may not have ended where it seemed to."""
        if self.parts and self.parts[-1].command and why not in self.parts[-1].doubtful:
            self._doubt(-1, why)

    def _doubt(self, at: int, why: str) -> None:
        last = self.parts[at]
        self.parts[at] = replace(last, doubtful="; ".join(filter(None, (last.doubtful, why))))

    def _doubt_repeated_sections(self) -> None:
        for (_, context, command), places in self.sections.items():
            if len(places) > 1:
                where = f"of context {context}" if context else "of one show tech-support"
                for at in places:
                    self._doubt(at, f"'{command}' stands {len(places)} times among the sections {where}")


def _finishes_word(typed: str, following: str) -> bool:
    """Whether a line goes on in the middle of a word of a command: no output begins with the rest of one."""
    word = typed.split()[-1] + following.split()[0]
    return typed[-1] != " " != following[0] and word.lower() in words_of(typed + following)


def _refused(text: str) -> bool:
    """Whether the device answered that this was no command."""
    return any(line.lstrip().startswith(_REFUSED) for line in text.split("\n", 4)[:4])
