# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold in every run, checked on what the lab recorded and holds, and on what a run said at its end.

An invariant also counts how often it was really put to the test: one that never was proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.state import Attempt, Phase
from tests.chaos import topologies, truths
from tests.chaos.lines import CLEARS, GAP, HARMLESS, LATE, SCOPED
from tests.chaos.product import Outcome
from tests.chaos.trace import Entry
from tests.chaos.truths import carried_out
from tests.chaos.world import World

#: How many clears a device may have got, by what the state says of a run that was killed; with one end it is one.
SENT = {
    Phase.ARMED: (0, 0),
    Phase.FIRST_SENT: (0, 1),
    Phase.FIRST_FAILED: (0, 1),
    Phase.FIRST_DONE: (1, 1),
    Phase.SECOND_SENT: (1, 2),
    Phase.SECOND_FAILED: (1, 2),
    Phase.SECOND_DONE: (2, 2),
    Phase.PROVING: (1, 2),
}
#: The faults that two clears mend for sure.
MENDABLE = ("deletion-retry", "lost-peer")


@dataclass
class Verdict:
    """``violations`` by their invariant; ``exercised`` counts how often each was put to the test."""

    violations: list[tuple[str, str]] = field(default_factory=list)
    exercised: Counter[str] = field(default_factory=Counter)

    def check(self, invariant: str, holds: bool, words: str) -> None:
        self.exercised[invariant] += 1
        if not holds:
            self.violations.append((invariant, words))


#: Their names with what they say, in the order of the report.
ALL = {
    "harmless": "every line is one that changes nothing, or the planned clear of that very device",
    "armed": "no clear without both ends logged in, identified and read again in the logins that are used",
    "scoped": "no clear without one literal address, and no other tunnel loses an SA to one",
    "no-write": "no configuration is changed or saved",
    "check-mode": "a check sends no clear and makes no note",
    "alone": "one run at a time acts on a tunnel",
    "gap": "the second clear follows within 5 s, or the run says what kept it",
    "once": "no clear is repeated",
    "recorded": "a clear is in the journal and in the state before a device gets it",
    "interrupted": "the run after one that was killed is told how far that came, and closes it before it acts",
    "outcome": "what a run says at its end is what the lab says",
    "confirmed": "a clear that is told as done was carried out, and one that was carried out is told",
    "healthy": "a tunnel that carries packets both ways is not cleared",
    "calm": "a run that nothing disturbs mends what a clear can mend",
}


def judge(world: World, outcomes: Mapping[str, Outcome]) -> Verdict:
    """All invariants over one scenario that was played to its end."""
    verdict = Verdict()
    for name, outcome in outcomes.items():
        run = Told(world, name, outcome)
        _lines(run, verdict)
        _clears(run, verdict)
        _check_mode(run, verdict)
        outcome_of(run, verdict)
    _alone(world, outcomes, verdict)
    _interrupted(world, outcomes, verdict)
    changed = world.rewritten()
    verdict.check("no-write", not changed, f"the configuration of {', '.join(changed)} is not what it was")
    first = outcomes["first"].outcome
    if world.scenario.calm and world.scenario.fault in MENDABLE:
        verdict.check("calm", _mended(world, first), f"nothing disturbed the run, and it ended in {first}")
    if world.healthy():
        # The witness itself: what it deduces from the data paths must be what two packets meet.
        assert world.passes(), "the data paths agree, and a packet does not pass"
    return verdict


def _mended(world: World, outcome: str) -> bool:
    # SAs of minutes are near their end most of the time, and then nobody may clear.
    if outcome == "aborted_gate:transient" and world.scenario.topology == topologies.SHORT:
        return True
    # One end alone may not be enough, and what is allowed to stay broken must say so.
    if world.scenario.one_sided and outcome == "not_healed":
        return not world.healthy()
    return outcome == "healed" or (outcome == "no_change" and world.healthy())


class Told:
    """One run's part of the trace, with what it said."""

    def __init__(self, world: World, name: str, outcome: Outcome) -> None:
        self.world, self.name, self.outcome = world, name, outcome
        self.entries = world.trace.of(name)
        self.received = [e for e in self.entries if e.kind == "received" and e.text != "(secret)"]
        self.clears = [e for e in self.received if CLEARS.match(e.text)]
        self.carried = [e for e in self.entries if e.kind == "carried"]
        self.end = self.entries[-1]
        self.climbed = any(rung(e) == 2 for e in self.clears)
        only = world.scenario.one_sided
        self.touched = (only,) if only else world.kind.ends

    @property
    def word(self) -> str:
        return self.outcome.outcome

    def since(self, order: int, *kinds: str) -> list[Entry]:
        return [e for e in self.world.trace.between(order, self.end.order) if e.kind in kinds]

    def disturbed(self, order: int) -> bool:
        """Whether chaos did anything since, or spoiled an answer of this run, or another run cleared."""
        for entry in self.since(order, "event", "spoiled", "closed", "carried"):
            if entry.kind == "event" or (entry.kind in ("spoiled", "closed") and entry.actor == self.name):
                return True
            if entry.kind == "carried" and entry.actor != self.name:
                return True
        return False

    def healthy(self, order: int) -> list[bool]:
        """What the lab said of the tunnel at each moment since."""
        return [e.healthy for e in self.world.trace.between(order, self.end.order)]


# --- the lines ------------------------------------------------------------------------------------------------------


def allowed(world: World, device: str) -> set[str]:
    """The clears that a plan for this tunnel may name at this device: from the lab's configurations, not the plan."""
    if device not in world.kind.ends:
        return set()
    scenario = world.scenario
    if scenario.one_sided not in ("", device):
        return set()
    peer = world.kind.peers[device]
    lines = {f"clear crypto ipsec sa peer {peer}"}
    if scenario.ike:
        legacy = world.box(device).device.legacy
        lines.add(f"vpn-sessiondb logoff ipaddress {peer} noconfirm" if legacy else f"clear crypto ikev1 sa {peer}")
    return lines


def rung(clear: Entry) -> int:
    return 1 if clear.text.startswith("clear crypto ipsec") else 2


def _lines(run: Told, verdict: Verdict) -> None:
    for entry in run.received:
        fine = bool(HARMLESS.match(entry.text)) or entry.text in allowed(run.world, entry.device)
        verdict.check("harmless", fine, f"{run.name} typed {entry.text!r} at {entry.device}")
    for entry in run.clears:
        scoped = SCOPED.fullmatch(entry.text)
        verdict.check("scoped", bool(scoped), f"{run.name} typed {entry.text!r} at {entry.device}")
    for entry in run.carried:
        kind, _, peers = entry.text.partition(" ")
        peer = run.world.kind.peers.get(entry.device)
        verdict.check(
            "scoped", peers in ("nothing", peer), f"{run.name} took the {kind} SAs of {peers} away at {entry.device}"
        )


def _clears(run: Told, verdict: Verdict) -> None:
    once = Counter((e.device, e.text) for e in run.clears)
    for (device, text), count in once.items():
        verdict.check("once", count == 1, f"{run.name} typed {text!r} at {device} {count} times")
    for entry in run.clears:
        verdict.check("recorded", _recorded(run, entry), f"{run.name} cleared {entry.device} before it was noted")
        if run.name in run.world.ledgers:
            verdict.check(
                "recorded", _in_the_state(run, entry),
                f"the state did not have that {run.name} was about to clear {entry.device}",
            )  # fmt: skip
        missing = list(_not_armed(run, entry))
        verdict.check("armed", not missing, f"{run.name} cleared {entry.device} with {'; '.join(missing)}")
    for number in (1, 2):
        of_rung = [e for e in run.clears if rung(e) == number]
        if not of_rung:
            continue
        first, *later = of_rung
        verdict.check("healthy", not _was_healthy(run, first), f"{run.name} cleared a tunnel that carried packets")
        for second in later[:1]:
            gap = second.time - first.time
            # Only the last rung's gap is told at the end; one that was ended by force tells none.
            said = LATE in run.outcome.text or run.word in ("killed", "unfinished") or (run.climbed and number == 1)
            verdict.check("gap", gap <= GAP or said, f"{run.name} cleared {gap:.1f} s apart and said nothing")
    if run.climbed:
        below = {e.asked for e in run.clears if rung(e) == 1}
        verdict.check("armed", below == set(run.touched), f"{run.name} took the second rung without all of the first")


def _recorded(run: Told, clear: Entry) -> bool:
    """In the journal; or a disk that was full refused just that note, behind a first clear that was noted.

    An end that is cleared alone is worse than a note that is missing: the second clear then follows all the same.
    """
    words = f"clear {clear.asked} {clear.text}"
    if any(e.kind == "note" and e.text == words and e.order < clear.order for e in run.entries):
        return True
    refused = any(e.kind == "note-refused" and e.text == words and e.order < clear.order for e in run.entries)
    return refused and clear is not _first_of(run, clear)


def _in_the_state(run: Told, clear: Entry) -> bool:
    """As in the journal; and between the clears of a rung the state may be lost, too."""
    first = clear is _first_of(run, clear)
    told = run.world.trace.entries[clear.order - 1]
    if told.kind == "state" and told.text == ("first_sent" if first else "second_sent"):
        return True
    return not first and any(e.kind == "note-refused" and e.order < clear.order for e in run.entries)


def _first_of(run: Told, clear: Entry) -> Entry:
    """The first clear of the same rung."""
    return next(e for e in run.clears if rung(e) == rung(clear))


def _below(run: Told, clear: Entry) -> int:
    """Where the rung below this clear's ended; everything must be looked at again since."""
    return max((e.order for e in run.clears if rung(e) < rung(clear)), default=-1)


def _not_armed(run: Told, clear: Entry) -> Iterator[str]:
    """What the ends lacked at the moment of a clear: its own login, and before the first clear both."""
    ends = run.touched if clear is _first_of(run, clear) else (clear.device,)
    below = _below(run, clear)
    for end in ends:
        sessions = [clear.session] if end == clear.device else _open(run, end, clear.order)
        # The SAs are compared with the plan by the one peer, with a sample of a moment ago by all of them.
        sas = {f"show crypto ipsec sa peer {run.world.kind.peers[end]}"}
        sas |= {"show crypto ipsec sa"} if rung(clear) == 2 else set()
        lacks = []
        for session in sessions:
            asked = {e.text for e in _in(run, end, session, "answered") if below < e.order < clear.order}
            lacks.append({"show version", "show failover"} - asked | (set() if asked & sas else {min(sas)}))
        if not lacks:
            yield f"no login at {end}"
        elif all(lacks):
            yield f"{end} not asked {' and '.join(sorted(min(lacks, key=len)))}"


def _in(run: Told, device: str, session: int, kind: str) -> list[Entry]:
    return [e for e in run.entries if (e.device, e.session, e.kind) == (device, session, kind)]


def _open(run: Told, device: str, order: int) -> list[int]:
    """The login that stands at a device at this moment. One that broke unseen is not the run's fault."""
    logins = [e for e in run.entries if e.kind == "login" and e.device == device and e.order < order]
    last = logins[-1].session if logins else 0
    left = [e for e in _in(run, device, last, "left") if e.order < order]
    return [last] if logins and not left else []


def _was_healthy(run: Told, clear: Entry) -> bool:
    """All the time since this run last began to compare, so that it could have seen it."""
    armed = [
        max((e.order for e in _typed(run, end, "show version", clear)), default=clear.order) for end in run.touched
    ]
    begin = min(armed)
    return all(e.healthy for e in run.world.trace.between(begin, clear.order))


def _typed(run: Told, device: str, line: str, before: Entry) -> list[Entry]:
    return [e for e in run.received if (e.device, e.text) == (device, line) and e.order < before.order]


def _check_mode(run: Told, verdict: Verdict) -> None:
    if run.world.scenario.check:
        notes = [e for e in run.entries if e.kind == "note"]
        verdict.check("check-mode", not (run.clears or notes), f"{run.name} only checks, and cleared or noted")


def _alone(world: World, outcomes: Mapping[str, Outcome], verdict: Verdict) -> None:
    """From a run's first clear to its end nobody else clears or is armed to."""
    for name in outcomes:
        entries = world.trace.of(name)
        clears = [e for e in entries if e.kind == "received" and CLEARS.match(e.text)]
        side_by_side = any(e.actor not in ("", name) for e in world.trace.between(entries[0].order, entries[-1].order))
        if not clears or not side_by_side:
            continue
        others = [
            e
            for e in world.trace.between(clears[0].order, entries[-1].order)
            if e.kind == "received" and CLEARS.match(e.text) and e.actor not in ("", name)
        ]
        verdict.check("alone", not others, f"{', '.join({e.actor for e in others})} cleared while {name} was at work")


def _interrupted(world: World, outcomes: Mapping[str, Outcome], verdict: Verdict) -> None:
    """What the state says of a run that was killed; nothing when the state itself was lost."""
    kept = world.attempts.get("first", ())
    if outcomes["first"].outcome != "killed" or not kept:
        return
    attempt = kept[0]
    clears = [e for e in world.trace.of("first", "received") if CLEARS.match(e.text) and rung(e) == _rung_of(attempt)]
    least, most = SENT[attempt.phase]
    blind = world.scenario.full_at or world.scenario.lost_at
    verdict.check(
        "interrupted", bool(blind) or least <= len(clears) <= most,
        f"the state says {attempt.phase}, and {len(clears)} clears were received",
    )  # fmt: skip
    ended = world.trace.of("first")[-1].order
    for name, outcome in outcomes.items():
        began = world.trace.of(name)[0].order
        if name == "first" or outcome.outcome in ("killed", "failed") or attempt.resolved_by not in (None, name):
            continue
        found = any(e.asked == "first" for e in world.trace.of(name, "found"))
        verdict.check("interrupted", found or began < ended, f"{name} was not told of what first did")
        acts = bool(world.trace.of(name, "taken")) or (found and outcome.outcome == "no_change")
        closed = (attempt.outcome, attempt.resolved_by) == (attempt.phase.left, name)
        verdict.check("interrupted", closed or not acts, f"{name} left open what first did: {attempt.outcome}")


def _rung_of(attempt: Attempt) -> int:
    return 2 if attempt.rung == "clear_ike_sa" else 1


# --- the outcome ------------------------------------------------------------------------------------------------------


def outcome_of(run: Told, verdict: Verdict) -> None:
    """Whether the word that a run ends with is true; see :data:`truths.TRUTHS`."""
    if run.word == "killed":
        return
    kind = run.word.partition(":")[0]
    truth = truths.TRUTHS.get(kind)
    words = truth(run) if truth else f"the word {run.word!r} is not known"
    verdict.check("outcome", not words, f"{run.name} says {run.word}: {words}")
    _confirmed(run, verdict)


def _confirmed(run: Told, verdict: Verdict) -> None:
    actions = [a for a in run.outcome.actions if CLEARS.match(a.command)]
    carried = {(e.asked, SCOPED.fullmatch(e.text) and e.text) for e in run.clears if carried_out(run, e)}
    for action in actions:
        if action.result == "done":
            verdict.check(
                "confirmed", action.device in {asked for asked, _ in carried},
                f"{run.name} says that {action.device} was cleared, and it was not",
            )  # fmt: skip
    for asked, text in carried:
        told = any((a.device, a.command) == (asked, text) for a in actions)
        verdict.check("confirmed", told, f"{run.name} does not tell that {asked} got {text!r}")
