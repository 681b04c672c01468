# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of one tunnel: what was seen before and after, whether that will do, and why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.facts import Attempt, Facts, Lost, Tried
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.gate.model import Check, Result, Settings
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.phrases import duration

_NONE = "-"
_NOT_TRIED = "not tried"
# What an initiator waits for, by the state that it hangs in: tunnelsup.com, "ISAKMP (IKE phase 1) status messages".
_WAITS = {
    "MM_WAIT_MSG2": "the peer does not answer, or accepts none of the IKE policies",
    "MM_WAIT_MSG4": "the peer accepted a policy and then said no more",
    "MM_WAIT_MSG5": "the keys differ, or the peer's last message got lost",
    "MM_WAIT_MSG6": "the keys differ",
    "AM_WAIT_MSG2": "the peer does not answer, or accepts none of the IKE policies",
}
# What ends a packet on a device, whatever is negotiated: host and detail are of the packet that was lost.
_ENDS = {
    "route": "dropped at {device}: no route to {host}",
    "back": "dropped at {device}: no route to {host} but by {detail}, where they come from",
    "access list": "dropped at {device}: its access list refuses them ({detail})",
    "vpn-filter": "dropped at {device}: its vpn-filter refuses them",
    "translation": "lost at {device}: its address translation takes them ({detail})",
    "clear": "lost at {device}: they leave by {detail} in clear, and no crypto map there is for them",
}
# The same at the end that they have reached: there, a route is missing or wrong.
_OUT_AGAIN = "lost at {device}: its route to {host} leads out by {detail}, in clear"
_UP = ("MM_ACTIVE", "AM_ACTIVE", "READY")
_NOTICED = {
    "incident": "; keepalives at both ends are what notices the loss",
    "backup": "; its second address needs a route, a crypto map and IKE there, and a tunnel-group at the other end",
    "takeover": "; an end that asks several peers needs keepalives to leave one, and a tunnel-group for each",
}
_FAILS = {
    "there": "gone",
    "up": "does not come up from {}",
    "traffic": "does not carry both ways",
    "rekey": "lost at a rekey",
    "reboot": "stays down when {} was rebooted",
    "incident": "stays down when {} lost its SAs",
    "backup": "stays down when {} lost its first interface",
    "takeover": "stays down when {} is gone",
    "outage": "cut while it is changed",
    "key": "keys not compared",
}


def checks(
    tried: Tried, name: str, settings: Settings, declared: Collection[str] = frozenset()
) -> tuple[Check, ...]:  # fmt: skip
    """Every check of a tunnel; one that is gone, or that was down and is, has one.

    ``declared`` are the ends that are somebody else's: what they promised must have given a tunnel before.
    """
    before, after = tried.before, tried.after
    if after is None:
        return (_gone(tried, name, settings),)
    if not after.comes_up and before is not None and not before.comes_up:
        down = _up_words(after, tried.ends)
        why = "it did not come up before, either"
        promised = next((end for end in tried.ends if end in declared), "")
        if promised and not settings.accept_as_before:
            why += f", with what {promised} is declared to be: one of both is wrong, and then nothing is tried"
            return (Check("up", "comes up", down, down, Result.FAIL, why, after.log, promised),)
        return (Check("up", "comes up", down, down, Result.AS_BEFORE, why),)
    return tuple(_every(tried, before, after, settings))


def was(tried: Tried) -> str:
    """What the tunnel did before the change, in a word."""
    if tried.before is None:
        return "not there"
    return "up" if tried.before.comes_up else "down"


def now(tried: Tried, found: Sequence[Check]) -> str:
    """What the tunnel does after the change: what fails, in a few words, or that it works."""
    bad = [check for check in found if check.result in (Result.FAIL, Result.AS_BEFORE)]
    if not bad:
        return found[0].after if found[0].id == "there" else "up"
    if tried.after is not None and not tried.after.comes_up:
        return "does not come up"
    return "; ".join(dict.fromkeys(map(fails, bad)))


def fails(check: Check) -> str:
    """What it means that this check fails, in a few words."""
    return _FAILS[check.id].format(check.subject)


def _every(tried: Tried, before: Facts | None, after: Facts, settings: Settings) -> Iterator[Check]:
    for end in tried.ends:
        yield _up(tried, end, before, after)
    if not after.comes_up:
        return
    yield _judged(
        Check("traffic", "carries traffic both ways", _traffic(before, tried.ends), _traffic(after, tried.ends),
              Result.PASS),
        fails=not all(after.traffic.values()), as_before=before is not None and not all(before.traffic.values()),
        why=_traffic(after, tried.ends), settings=settings,
    )  # fmt: skip
    yield _rekeys(before, after, settings)
    for kind, title in (("reboot", "survives a reboot of {}"), ("incident", "recovers when {} loses its SAs")):
        for end in tried.ends:
            yield _recovery(kind, title.format(end), end, before, after, settings)
    for end in after.backup:
        yield _recovery("backup", f"recovers when {end} loses its first interface", end, before, after, settings)
    for other in after.takeover:
        yield _recovery("takeover", f"takes over when {other} is gone", other, before, after, settings)
    if tried.outage is not None:
        seconds, up = tried.outage.seconds, tried.outage.up_at_end
        said = duration(seconds) if up else f"down at the end, for {duration(seconds)}"
        fails = seconds > settings.max_outage or not up
        where = f", after '{tried.outage.after}'" if tried.outage.after else ""
        yield Check(
            "outage", "stays up while it is changed", _NONE, said, Result.FAIL if fails else Result.PASS,
            f"{said}{where}; at most {duration(settings.max_outage)} is allowed" if fails else "",
        )  # fmt: skip
    yield _key(before, after, settings)


def _gone(tried: Tried, name: str, settings: Settings) -> Check:
    was = _up_words(tried.before, tried.ends)
    wanted = {name, "-".join(tried.ends), "-".join(tried.ends[::-1]), *tried.ends} & {*settings.removed}
    if wanted:
        return Check("there", "is still there", was, "removed on purpose", Result.PASS)
    why = f"no end protects {tried.protects} any more"
    return Check("there", "is still there", was, "gone", Result.FAIL, f"{why}; if that is meant, name it as removed")


def _up(tried: Tried, end: str, before: Facts | None, after: Facts) -> Check:
    then, now = (facts.up.get(end) if facts else None for facts in (before, after))
    title = f"comes up from {end}"
    words = (_attempt(then), _attempt(now))
    if now is None or now.came_up:
        return Check("up", title, *words, Result.PASS if now else Result.NOT_TRIED, subject=end)
    # What never began from this end need not begin there now: the other end begins, or is the one that fails.
    if not (then and then.came_up) and (after.comes_up or (before and before.comes_up)):
        return Check("up", title, *words, Result.PASS, subject=end)
    return Check("up", title, *words, Result.FAIL, _hung(now), () if now.phase2 or _told(now) else now.log, end)


def _hung(attempt: Attempt) -> str:
    if lost := _told(attempt):
        return _lost(attempt, lost)
    if attempt.phase2 and attempt.lost and attempt.lost.step == "sa":
        where = f"packets from {attempt.lost.sender} wait at {attempt.lost.device} for another SA"
        return f"both phases come up, and {where}: an earlier entry or another line of its crypto map takes them"
    if attempt.phase2:
        return "both phases come up, and packets are lost: access lists, address translation or routes are in their way"
    if attempt.phase1:
        return "phase 1 comes up, phase 2 does not"
    if attempt.state in _UP:
        return "phase 1 is up, and this end begins no phase 2: no line of its access list is for these hosts"
    waits = f": {_WAITS[attempt.state]}" if attempt.state in _WAITS else ""
    return f"phase 1 hangs in {attempt.state}{waits}" if attempt.state else "nothing was negotiated"


def _told(attempt: Attempt) -> Lost | None:
    """Where packets end, unless they only wait for an SA."""
    return attempt.lost if attempt.lost and attempt.lost.step in _ENDS else None


def _lost(attempt: Attempt, lost: Lost) -> str:
    words = _OUT_AGAIN if lost.step == "clear" and lost.device != lost.sender else _ENDS[lost.step]
    where = words.format(device=lost.device, host=lost.host, detail=lost.detail)
    both = "both phases come up, and " if attempt.phase2 else ""
    return f"{both}packets from {lost.sender} are {where}"


def _attempt(attempt: Attempt | None) -> str:
    if attempt is None:
        return _NONE
    return f"in {duration(attempt.seconds)}" if attempt.came_up else "no"


def _up_words(facts: Facts | None, ends: tuple[str, str]) -> str:
    if facts is None:
        return _NONE
    ups = [end for end in ends if end in facts.up and facts.up[end].came_up]
    return f"up from {' and '.join(ups)}" if ups else "down"


def _traffic(facts: Facts | None, ends: tuple[str, str]) -> str:
    if facts is None:
        return _NONE
    lost = [end for end in ends if not facts.traffic.get(end)]
    return f"nothing that {' and '.join(lost)} {'send' if len(lost) > 1 else 'sends'} arrives" if lost else "both ways"


def _rekeys(before: Facts | None, after: Facts, settings: Settings) -> Check:
    rekeys = after.rekeys
    check = Check("rekey", "survives two rekeys", _rekey_words(before), _rekey_words(after), Result.NOT_TRIED)
    if rekeys is None:
        return check
    then = before.rekeys if before else None
    lost = rekeys.longest_loss > settings.max_outage
    if not lost and (rekeys.phase1 < 2 or rekeys.phase2 < 2):
        seen = f"{rekeys.phase1} of phase 1 and {rekeys.phase2} of phase 2 were seen in {rekeys.hours:.0f} h"
        return replace(check, result=Result.UNVERIFIABLE, why=seen)
    return _judged(
        check, fails=lost, as_before=then is not None and then.longest_loss > settings.max_outage,
        why=f"{duration(rekeys.longest_loss)} without an answer within {rekeys.hours:.0f} h of steady traffic",
        settings=settings,
    )  # fmt: skip


def _rekey_words(facts: Facts | None) -> str:
    if facts is None:
        return _NONE
    if facts.rekeys is None:
        return _NOT_TRIED
    lost = facts.rekeys.longest_loss
    return f"{facts.rekeys.phase1} of phase 1, {facts.rekeys.phase2} of phase 2" + (
        f", {duration(lost)} lost" if lost else ""
    )


def _recovery(kind: str, title: str, end: str, before: Facts | None, after: Facts, settings: Settings) -> Check:
    def seen(facts: Facts | None) -> tuple[str, bool | None]:
        found = getattr(facts, kind) if facts else {}
        if end not in found:
            return (_NOT_TRIED if facts else _NONE), None
        seconds, watched = found[end], facts.watched if facts else 0.0
        late = seconds is None or seconds > settings.max_recovery
        return (f"not within {duration(watched)}" if seconds is None else f"in {duration(seconds)}"), late

    (was, late_then), (is_, late) = seen(before), seen(after)
    check = Check(kind, title, was, is_, Result.NOT_TRIED, subject=end)
    if late is None:
        return check
    allowed = f"; at most {duration(settings.max_recovery)} is allowed" if "not within" not in is_ else ""
    why = (
        f"packets pass again {is_}{allowed}"
        if allowed
        else f"no packet passes within {is_.removeprefix('not within ')}"
    )
    why += _NOTICED.get(kind, "")
    return _judged(check, fails=late, as_before=bool(late_then), why=why, settings=settings)


def _key(before: Facts | None, after: Facts, settings: Settings) -> Check:
    def words(facts: Facts | None) -> str:
        return _NONE if facts is None else "stand-in" if facts.hidden_key else "read"

    check = Check("key", "both ends hold one key", words(before), words(after), Result.PASS)
    if not after.hidden_key:
        return check
    why = "an end shows its key masked or encrypted, so a stand-in was used at both"
    result = Result.FAIL if settings.require_keys else Result.UNVERIFIABLE
    return replace(check, result=result, why=why)


def _judged(check: Check, *, fails: bool, as_before: bool, why: str, settings: Settings) -> Check:
    if not fails:
        return replace(check, result=Result.PASS)
    result = Result.AS_BEFORE if as_before and settings.accept_as_before else Result.FAIL
    return replace(check, result=result, why=f"{why}{' (as before)' if as_before else ''}", as_before=as_before)
