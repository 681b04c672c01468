# SPDX-License-Identifier: GPL-3.0-or-later
"""The crypto access lists of both ends mirror each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.identities import (
    Index,
    overlap,
    traffic,
    within,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Config,
    End,
    Finding,
    Fix,
    Group,
    Outcome,
    ProxyIdentities,
    Severity,
    Tunnel,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.once import once
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import listed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._access import (
    doubt,
    exceptions,
    list_names,
    permitted,
    rules_of,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import (
    any_traffic,
    both_entries,
    permit_line,
    place,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._ends import Said
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._joined import joined
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="acl-not-mirrored",
    title="The crypto access lists of both ends mirror each other",
    severity=Severity.CRITICAL,
    group=Group.MATCH,
    rationale="The responder refuses proxy identities that no single line of its own list holds (713061). A list that "
    "is a part of the other works when the narrow end starts, and fails when the wide one does; two lines that "
    "together are one of the other end's are not that one, because IKE negotiates line by line.",
    reads=("show running-config access-list", "show running-config crypto"),
    sources=("ASA syslog messages, 713061",),
    fixed_by="access-list lines: a human decides which end is right",
)
SUBJECT = "crypto access list"
# Lines in a fix: lists may differ in thousands.
TYPED = 100


@dataclass(frozen=True)
class _List:
    """What one end permits and denies, as that end says it, and what the other end would make of it.

    A dynamic map serves many peers, and takes what is narrower than its lines too: what it holds for the others is no
    fault of this tunnel, and a line of the other end that it accepts is as good as one that it names.
    """

    end: End
    lines: tuple[ProxyIdentities, ...]
    only: tuple[ProxyIdentities, ...]
    refused: frozenset[ProxyIdentities]
    denied: tuple[ProxyIdentities, ...]


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    if whole := [reason for end, _, _ in compared if (reason := any_traffic(end))]:
        yield RULE.not_applicable(tunnel, SUBJECT, "; ".join(whole), where=place(tunnel))
        return
    doubts = [said for end, config, _ in compared if (said := doubt(end, config))]
    if doubts:
        yield _doubtful(tunnel, doubts)
        return
    (left, mine, _), (right, theirs, _) = compared
    lists = {left.name: _compared(left, mine, right, theirs), right.name: _compared(right, theirs, left, mine)}
    same = _same_addresses([*lists.values()])
    words = values(tunnel, lambda end: _words(tunnel, lists[end.name], [*lists.values()], same=same))
    severity = _severity([*lists.values()])
    if severity is None:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    hours = sorted({rule.time_range for e, config, _ in compared for rule in rules_of(e, config) if rule.time_range})
    if hours:
        reason = f"it depends on whether time-range {', '.join(hours)} is in force: {words}"
        yield RULE.unknown(tunnel, SUBJECT, reason, where=place(tunnel))
    else:
        swaps = _swaps(*lists.values())
        own = [(end, [swap for swap in swaps if swap.end is end]) for end in tunnel.ends]
        fix = [_swapped(tunnel, end, mine) for end, mine in own if mine]
        settled = {pair for swap in swaps for pair in swap.settles}
        fix += [more for each in lists.values() if (more := _fix(tunnel, each, settled))]
        yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), severity=severity, fix=fix)


def _doubtful(tunnel: Tunnel, doubts: Sequence[Said]) -> Finding:
    """What there is not cannot be compared, whether the other end's list was read or not."""
    lacking = [said for said in doubts if said.outcome is Outcome.NOT_APPLICABLE] or doubts
    return RULE.finding(
        lacking[0].outcome, tunnel, SUBJECT, "; ".join(said.words for said in lacking), where=place(tunnel)
    )


@dataclass(frozen=True)
class _Whole:
    """What the lists of an end come to. A hub's is asked once a spoke, and made once."""

    lines: tuple[ProxyIdentities, ...]
    permits: frozenset[ProxyIdentities]
    denies: frozenset[ProxyIdentities]
    accepting: Index


@once
def _whole(config: Config, names: tuple[str, ...]) -> _Whole:
    lines = _unique(line for name in names for line in permitted(config, name))
    denied = frozenset(line for name in names for line in exceptions(config, name))
    return _Whole(lines, frozenset(lines), denied, Index(lines))


def _compared(end: End, config: Config, other: End, theirs: Config) -> _List:
    here, there = _whole(config, list_names(end)), _whole(theirs, list_names(other))
    if _dynamic(end):
        return _List(end, here.lines, (), frozenset(), ())
    only = tuple(line for line in here.lines if line.mirrored() not in there.permits)
    refused = frozenset(line for line in only if not there.accepting.holds(line.mirrored()))
    if _dynamic(other):
        only = tuple(line for line in only if line in refused)
    denied = _unique(line for name in list_names(end) for line in exceptions(config, name))
    return _List(end, here.lines, only, refused, tuple(each for each in denied if each.mirrored() not in there.denies))


def _dynamic(end: End) -> bool:
    return end.map_entry is not None and end.map_entry.dynamic_map is not None


def _severity(lists: Sequence[_List]) -> Severity | None:
    if any(each.refused for each in lists):
        works = any(len(each.refused) < len(each.lines) for each in lists if not _dynamic(each.end))
        return Severity.ERROR if works else Severity.CRITICAL
    # Not the same lines, and yet each end takes what the other proposes; or one end sends in clear what it denies.
    return Severity.WARNING if any(each.only or each.denied for each in lists) else None


def _words(tunnel: Tunnel, mine: _List, every: Sequence[_List], *, same: bool) -> str:
    parts = []
    other = tunnel.other(mine.end)
    accepted = [line for line in mine.only if line not in mine.refused]
    if refused := [line for line in mine.only if line in mine.refused]:
        parts.append(f"only here {_sorted(refused)}, which {other.name if other else 'nobody'} refuses")
    if accepted:
        parts.append(f"only here {_sorted(accepted)}, which {other.name if other else 'nobody'} accepts")
    if mine.denied:
        parts.append(f"only here denied {_sorted(mine.denied)}")
    if same:
        parts.append("the same addresses in other lines")
    if parts:
        return "; ".join(parts)
    if any(each.only or each.denied for each in every):
        return "nothing more"
    return f"{len(mine.lines)} {'entry' if len(mine.lines) == 1 else 'entries'}"


def _same_addresses(lists: Sequence[_List]) -> bool:
    """Whether both lists are of the same packets, cut into other lines."""
    left, right = lists
    if any(_dynamic(each.end) for each in lists) or not any(each.only for each in lists):
        return False
    return joined(left.lines) == joined(line.mirrored() for line in right.lines)


def _sorted(lines: Iterable[ProxyIdentities]) -> str:
    return listed(sorted(map(str, lines)))


def _unique(lines: Iterable[ProxyIdentities]) -> tuple[ProxyIdentities, ...]:
    return tuple(dict.fromkeys(lines))


@dataclass(frozen=True)
class _Swap:
    """A line of one end that gives way, as it was typed, and the counterparts of the other end's lines in its place.

    ``settles`` are lines, each with its end's name, that need nothing else.
    """

    end: End
    typed: str
    new: tuple[ProxyIdentities, ...]
    settles: frozenset[tuple[str, ProxyIdentities]]


def _swaps(left: _List, right: _List) -> list[_Swap]:
    """Of lines that overlap the wider one gives way, so that nothing is encrypted that was not before.

    Where neither holds the other it is the second end's.
    """
    # All in the words of the left end.
    going: tuple[dict[ProxyIdentities, list[ProxyIdentities]], ...] = ({}, {})
    theirs = Index(line.mirrored() for line in right.only)
    for mine in left.only:
        for other in (theirs.pairs[position] for position in theirs.near(mine)):
            if overlap(mine, other):
                wide, narrow, side = (mine, other, 0) if within(other, mine) else (other, mine, 1)
                going[side].setdefault(wide, []).append(narrow)
    coming = {line for side in going for lines in side.values() for line in lines}
    if any(line in coming for side in going for line in side):
        # Too wide for one and too narrow for another: no line is the counterpart of any.
        return []
    found = []
    for here, there, swaps in ((left, right, going[0]), (right, left, going[1])):
        typed = _typed(here) if swaps else {}
        for old, new in swaps.items():
            own = [line if here is left else line.mirrored() for line in (old, *new)]
            if own[0] not in typed:
                return []
            settles = {(here.end.name, own[0]), *((there.end.name, line.mirrored()) for line in own[1:])}
            found.append(_Swap(here.end, typed[own[0]], tuple(own[1:]), frozenset(settles)))
    return found


def _typed(mine: _List) -> dict[ProxyIdentities, str]:
    """The lines of the entry's list as they were typed, where one of them is these networks and nothing else."""
    entry, config = mine.end.map_entry, mine.end.device.config
    known = config.access_lists.get(entry.access_list or "") if config is not None and entry is not None else None
    rules = known.rules if known is not None else ()
    lines, pairs = Counter(rule.line for rule in rules), Counter(traffic(rule) for rule in rules)
    return {
        pair: rule.line
        for rule in rules
        if rule.permit and lines[rule.line] == pairs[pair := traffic(rule)] == 1 and not _ported(pair)
    }


def _ported(line: ProxyIdentities) -> bool:
    return bool(line.local.protocol or line.remote.protocol)


def _swapped(tunnel: Tunnel, end: End, swaps: Sequence[_Swap]) -> Fix:
    other = tunnel.other(end)
    name = (end.map_entry.access_list if end.map_entry is not None else None) or ""
    lines: list[str] = []
    for swap in swaps[:TYPED]:
        # First what is new: a list without any line is gone.
        lines += [permit_line(name, each.local, each.remote) for each in sorted(swap.new, key=str)]
        lines.append(f"no {swap.typed}")
    note = f"{end.name} changes to what {other.name if other else 'nobody'} has; or the other way round"
    return Fix(end.name, tuple(lines), note=note)


def _fix(tunnel: Tunnel, mine: _List, settled: Collection[tuple[str, ProxyIdentities]]) -> Fix | None:
    """The lines that the other end lacks, for it to type."""
    other = tunnel.other(mine.end)
    entry = other.map_entry if other is not None else None
    plain = [
        line for line in mine.only
        if not _ported(line) and (mine.end.name, line) not in settled
    ]  # fmt: skip
    if other is None or entry is None or entry.access_list is None or not plain:
        return None
    first = sorted(plain, key=str)[:TYPED]
    lines = tuple(permit_line(entry.access_list, line.remote, line.local) for line in first)
    more = f"; {len(plain) - TYPED} more are missing" if len(plain) > TYPED else ""
    return Fix(other.name, lines, note=f"or take the counterpart away at {mine.end.name}{more}")
