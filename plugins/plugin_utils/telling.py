# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screen says while one tunnel is changed: NOW, PLAN, DOING, PROOF, NEXT.

Pure: what a sequence asks for goes in, lines come out. Whoever drives the sequence shows them.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rails
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.report import Condition
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.sequence import Ask, Configure, Note
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps import is_clear

#: Seconds between two lines of one wait: somebody watches a terminal, and a log of CI is read later.
WATCHED, LOGGED = 5.0, 15.0
# A wait of minutes fills a screen otherwise.
LONG, SELDOM = 60.0, 30.0

# The end of a sentence, and not a point within an address or a file's name.
_SENTENCE = re.compile(r"(?<=\.) (?=[A-Z])")

# The label of a line: its words begin after the blanks behind it.
_BEGUN = re.compile(r"(?:\d+\. \S+ +|(?:On failure|To stop|Left alone|In-band) +|[A-Z]\w+ +)")

_UNANSWERED = re.compile(r"Success rate is 0 percent \((\d+)/(\d+)\)")

_MARKS = {True: "yes", False: "NO", None: "?"}


@dataclass(frozen=True)
class Line:
    """One line; ``tone`` is ``bad``, ``warn``, ``good``, ``part`` (a heading) or nothing."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Tick:
    """Say this, then wait so long."""

    line: Line
    seconds: float


def _shows(request: Ask | Configure) -> bool:
    return isinstance(request, Ask) and request.command.startswith("show ")


def part(name: str, said: Iterable[str] = ()) -> Iterator[Line]:
    """A heading with its lines."""
    yield Line(name, "part")
    yield from (Line(f"  {each}") for each in said)


def folded(lines: Iterable[str], width: int) -> Iterator[str]:
    """Lines no wider than this, each going on under where its words began."""
    for line in lines:
        begun = _BEGUN.match(line)
        yield from textwrap.wrap(
            line,
            width,
            subsequent_indent=" " * (len(begun[0]) if begun else 2),
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )


def waiting(seconds: float, why: str, every: float = WATCHED, ahead: float = 0.0) -> Iterator[Tick]:
    """A wait in pieces: each line says what is waited for, and how long that remains.

    What `why` announces may lie ``ahead``, beyond this wait: then that time is told.
    """
    every = max(every, SELDOM) if max(seconds, ahead) > LONG else every
    left = seconds
    while left > 0:
        piece = min(every, left)
        verb = "waiting" if left == seconds else "still waiting"
        told = f"{why} {duration(ahead - seconds + left)}" if ahead else f"{verb} {left:g} s: {why}"
        yield Tick(Line(f"  {told}"), piece)
        left = round(left - piece, 3)


@dataclass
class Telling:
    """The parts DOING and PROOF of one sequence.

    ``width`` is that of the longest device name. Seconds count from the first command that changes something.
    """

    width: int = 0
    every: float = WATCHED
    _first: float | None = None
    _sent: dict[str, float] = field(default_factory=dict)
    _shown: set[str] = field(default_factory=set)
    _made: set[tuple[str, str]] = field(default_factory=set)
    _missing: str = ""

    def noted(self, note: Note, now: float) -> Iterator[Line]:
        """What a note of the sequence tells; ``now`` is in seconds.

        The clears are told by their notes, because an end that is cleared through its own tunnel never answers.
        """
        if note.event == "watching":
            # The wait that follows says so.
            return
        if note.event in ("clear", "configure", "take_back"):
            self._begin(note.device, now)
            yield from self._doing()
            # Said before the answer, which a device that hangs keeps for as long as a command may take.
            yield Line(f"  {self._clock(now)}  {note.device:<{self.width}}  {note.command} ...")
        elif note.event in ("cleared", "clear_failed"):
            failed = note.event == "clear_failed"
            yield from self._doing()
            said = note.text if failed else "done"
            yield self._did(note.device, note.command, said, self._sent.get(note.device, now), "bad" if failed else "")
        elif note.event == "sent":
            yield from self._doing()
            yield self._did(note.device, note.command, f"sent; {note.text}", self._sent.get(note.device, now), "")
        elif note.event in ("proven", "not_yet", "configured", "saved"):
            # What one end says of its own line stands beside that line: the other end's is still to come.
            yield from self._proof() if note.event in ("proven", "not_yet") else self._doing()
            proven = note.event != "not_yet"
            text = note.text or note.event
            said = f"{note.device}: {text}" if note.device else text
            said, self._missing = ("as before" if said == self._missing else said), said
            yield Line(f"  {self._clock(now)}  {'yes' if proven else 'not yet'}: {said}", "good" if proven else "")
        else:
            yield from self._doing()
            said = " ".join(filter(None, (note.event.replace("_", " "), note.device, note.command)))
            yield Line(f"  {self._clock(now)}  {said}{': ' if note.text else ''}{note.text}")

    def asked(self, request: Ask | Configure, now: float) -> None:
        """A command is about to be typed. Traffic that is made before the first clear changes nothing."""
        if not _shows(request):
            self._sent[request.device] = now
        if isinstance(request, Configure) or is_clear(request.command):
            self._begin(request.device, now)

    def answered(self, request: Ask | Configure, reply: Answer | ConfigAnswer | None, lost: str = "") -> Iterator[Line]:
        """What became of a command; ``lost`` says why there is no answer. Show commands and clears are left out.

        What was told to have worked is not told to have worked again.
        """
        if _shows(request) or (isinstance(request, Ask) and is_clear(request.command)):
            return
        words = request.command if isinstance(request, Ask) else " / ".join(line.strip() for line in request.lines)
        wrong = lost
        if isinstance(reply, Answer):
            silent = _UNANSWERED.search(reply.text)
            wrong = reply.refusal or reply.incomplete or (f"{silent[1]} of {silent[2]} answered" if silent else "")
        elif isinstance(reply, ConfigAnswer):
            wrong = reply.reason
        if not wrong and (request.device, words) in self._made:
            # Traffic is made anew before each reading: told once, unless it stops working.
            return
        self._made.add((request.device, words))
        yield from self._doing()
        yield self._did(request.device, words, wrong or "done", self._sent[request.device], "bad" if wrong else "")

    def pause(self, seconds: float, why: str, ahead: float = 0.0) -> Iterator[Tick]:
        """A wait of the sequence. After the first clear every wait is one for the proof."""
        heading = list(self._proof()) if self._first is not None else []
        yield from (Tick(line, 0.0) for line in heading)
        yield from waiting(seconds, why, self.every, ahead)

    def _begin(self, device: str, now: float) -> None:
        self._first = now if self._first is None else self._first
        self._sent[device] = now

    def _did(self, device: str, command: str, said: str, at: float, tone: str) -> Line:
        return Line(f"  {self._clock(at)}  {device:<{self.width}}  {command}  {said}", tone)

    def _clock(self, now: float) -> str:
        return f"{'' if self._first is None else f'+{now - self._first:.1f} s':>8}"

    def _doing(self) -> Iterator[Line]:
        # Traffic that is made while the proof is waited for belongs to the proof.
        if not self._shown:
            yield from self._heading("DOING", "DOING    seconds since the first command that changes something")

    def _proof(self) -> Iterator[Line]:
        yield from self._heading("PROOF", "PROOF")

    def _heading(self, name: str, text: str) -> Iterator[Line]:
        if name not in self._shown:
            self._shown.add(name)
            yield Line(text, "part")


def proof(found: Sequence[Condition]) -> Iterator[Line]:
    """Each condition with its value, as the last readings show it."""
    width = max((len(each.name) for each in found), default=0)
    for each in found:
        tone = {True: "good", False: "bad", None: "warn"}[each.held]
        yield Line(f"  {_MARKS[each.held]:<4} {each.name:<{width}}  {each.value}", tone)


def ending(found: Sequence[Condition], steps: Sequence[str]) -> Iterator[Line]:
    """The end of the screen: the whole proof, and what to do next."""
    if found:
        yield Line("PROOF    what the last two readings show", "part")
        yield from proof(found)
    if steps:
        yield from part("NEXT", steps)


# --- what to do now --------------------------------------------------------------------------------------------------

_AUDIT = "audit before anything else: ansible-playbook playbooks/audit.yml"
_SUPPORT = (
    "do not reload a device yet: a reload destroys what Cisco's support needs, and so does every further clear",
    "send them the whole of {folder}: tar -czf case.tgz -C {parent} {run}",
    "its evidence/manifest.json lists what was read from each device, when, and the sha256 of each file",
)


#: Said of clears that were sent and met devices that show the SAs of before, with a clear whose answer was lost.
NO_EFFECT = "no clear had an effect"


def next_steps(outcome: str, text: str, tunnel: str, folder: str, cleared: bool = False) -> tuple[str, ...]:
    """What to do after a run that ended so; nothing where the tunnel's own advice is all there is to say.

    ``text`` is what was said of the outcome; a refusal says there how to lift it. ``folder`` is the run's folder,
    ``cleared`` whether something may have been cleared.
    """
    kind, _, gate = outcome.partition(":")
    parent, _, run = folder.rstrip("/").rpartition("/")
    support = tuple(each.format(folder=folder, parent=parent or ".", run=run) for each in _SUPPORT)
    act = f"ansible-playbook playbooks/remediate.yml -e tunnel={tunnel}"
    if kind == "planned":
        return (f"nothing was sent; to carry it out, with every other -e of this run: {act} -e confirm={tunnel}",)
    if kind == "healed_partial":
        return (
            "make traffic from a host of each network that waits, then audit: ansible-playbook playbooks/audit.yml",
        )
    if kind == "half_cleared" or (kind == "no_change" and cleared and NO_EFFECT in text):
        return (
            _AUDIT,
            f"only if it is still broken then, plan again: {act} --check",
            f"what was read and sent is kept in {folder}",
        )
    if kind in ("not_healed", "worse") or (kind == "no_change" and cleared):
        return (*support, "a second clear will not do what this one did not: read the findings of report.html first")
    if kind == "unfinished":
        return (_AUDIT,)
    if kind == "aborted_gate" and gate == "confirmation":
        return (f"{act} -e confirm={tunnel}",)
    if kind == "aborted_gate" and gate in ("transient", "changed"):
        return (f"wait two minutes, then plan again: {act} --check",)
    if kind == "aborted_gate":
        return (lift(text) or f"{rails.find(gate).lift} Then plan again: {act} --check",)
    return ()


def unread_steps(kind: str, tunnel: str) -> tuple[str, ...]:
    """What to do when an end was not read at all."""
    return (
        f"reach what was not read, then run it again: ansible-playbook playbooks/{kind}.yml -e tunnel={tunnel} --check",
    )


def lift(refusal: str) -> str:
    """What a refusal says to do: what stands behind the sentence about what was seen."""
    seen = refusal.removeprefix("Nothing was cleared. ")
    return " ".join(sentence for sentence in _SENTENCE.split(seen)[1:] if not sentence.startswith("Nothing "))


# --- several tunnels -------------------------------------------------------------------------------------------------

# In the order in which they are told.
_COUNTED = ("healed", "healed_partial", "left alone", "refused", "not healed", "half cleared", "unfinished")


def _counted_as(outcome: str) -> tuple[str, str]:
    """An outcome as a tally counts it, and the gate of a refusal."""
    kind, _, gate = outcome.partition(":")
    words = {"aborted_gate": "refused", "no_change": "left alone", "not_healed": "not healed"}
    return words.get(kind, kind.replace("_", " ") if kind != "healed_partial" else kind), gate


def tally(ended: Mapping[str, str], total: int, following: str = "") -> str:
    """``3 of 7: healed 2, refused 1 (cool-down), next hq-branch4``. ``ended`` has the outcome of each tunnel so far."""
    return ", ".join([f"{len(ended)} of {total}: {_counts(ended)}", *([f"next {following}"] if following else [])])


def _counts(ended: Mapping[str, str]) -> str:
    counts: dict[str, list[str]] = {}
    for outcome in ended.values():
        word, gate = _counted_as(outcome)
        counts.setdefault(word, []).append(gate)
    order = {word: place for place, word in enumerate(_COUNTED)}
    parts = []
    for word in sorted(counts, key=lambda word: (order.get(word, len(order)), word)):
        gates = list(dict.fromkeys(filter(None, counts[word])))
        parts.append(f"{word.replace('_', ' ')} {len(counts[word])}" + (f" ({', '.join(gates)})" if gates else ""))
    return ", ".join(parts) or "nothing yet"


def tally_table(ended: Mapping[str, tuple[str, str]]) -> tuple[str, ...]:
    """The end of an incident: a line for each tunnel with its outcome and its text, those that need a person first."""
    names = max(map(len, ended), default=0)
    words = {name: " ".join(filter(None, _counted_as(outcome))) for name, (outcome, _) in ended.items()}
    wide = max(map(len, words.values()), default=0)
    good = ("healed", "left alone")
    ordered = sorted(ended, key=lambda name: (words[name] in good, words[name] == "left alone"))
    lines = [f"{name:<{names}}  {words[name]:<{wide}}  {ended[name][1]}".rstrip() for name in ordered]
    total = {name: outcome for name, (outcome, _) in ended.items()}
    return (*lines, tally(total, len(ended)))
