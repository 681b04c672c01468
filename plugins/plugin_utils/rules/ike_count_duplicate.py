# SPDX-License-Identifier: GPL-3.0-or-later
"""Each end has one IKE SA for the peer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Group, IkeSa, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import in_step
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="ike-count-duplicate",
    title="Each end has one IKE SA for the peer",
    severity=Severity.WARNING,
    group=Group.LIVE,
    rationale="Both ends began at once, or one began anew while the other kept the old. Deletes and DPD of one IKE SA "
    "say nothing of the children of the other. A rekey has two for a moment, and marks them.",
    reads=("show crypto isakmp sa", "show crypto ikev1 sa", "show crypto ikev2 sa"),
    sources=("ASA command reference, show crypto isakmp sa",),
    fixed_by="nothing while the SPIs mirror; else clear the IKE SAs of both ends: a human decides",
)
SUBJECT = "IKE SAs to one peer"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    unread = [end for end in tunnel.ends if end.ike is None]
    for end in unread:
        yield RULE.unknown(tunnel, SUBJECT, f"the IKE SAs of {end.name} were not read")
    read = [end for end in tunnel.ends if end not in unread]
    words = values(tunnel, _word)
    several = [end for end in read if _most(end.ike) > 1]
    if any(end.second_ike is None or end.first_ike is None for end in several):
        yield RULE.unknown(tunnel, SUBJECT, f"{words}: read once, and a rekey has two")
    elif any(_most(end.first_ike) < 2 for end in several):
        yield RULE.transient(tunnel, SUBJECT, f"{words}: they were fewer in the first reading")
    elif several and in_step(tunnel):
        yield RULE.fails(tunnel, SUBJECT, f"{words}, and the SPIs mirror", severity=Severity.INFO)
    elif several:
        yield RULE.fails(tunnel, SUBJECT, words)
    elif unread:
        return
    elif any(_most(end.ike) for end in read):
        yield RULE.passes(tunnel, SUBJECT, words)
    else:
        yield RULE.not_applicable(tunnel, SUBJECT, "no IKE SA is up")


def _most(sas: tuple[IkeSa, ...] | None) -> int:
    """The most IKE SAs that are up to one address, those of a rekey left out. A peer may have a second address."""
    return max(Counter(str(sa.peer) for sa in sas or () if sa.up and not _of_a_rekey(sa)).values(), default=0)


def _of_a_rekey(sa: IkeSa) -> bool:
    return bool(sa.rekey) or "REKEY" in sa.state.upper()


def _word(end: End) -> str:
    return "not read" if end.ike is None else str(_most(end.ike))
