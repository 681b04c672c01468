# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tunnel does now, why, and what to do next.

Only rules of the live state and of the configuration match move the verdict. Dead peer detection, crypto hygiene and
data quality tell of tomorrow: they are findings, and a finding on a tunnel that carries traffic is no outage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    End,
    Finding,
    Group,
    Judgement,
    Outcome,
    Severity,
    Tunnel,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._mirror import (
    alive,
    lanes,
    spis,
    unreadable,
    why_not,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.staleness import deletion_retries, stale_end

CLEARABLE = ("spi-mirror-mismatch", "spi-half-match", "sa-one-sided", "kb-lifetime-zero", "child-without-ike")
"""Rules whose failure is mended by clearing the SAs of both ends, the surest sign first."""


def judge(tunnel: Tunnel, rules: Sequence[Check]) -> Judgement:
    """Every rule's findings on this tunnel, and the verdict over them."""
    findings = tuple(finding for check in rules for finding in check.findings(tunnel))
    known = {check.rule.id: check.rule for check in rules}
    verdict = _verdict(tunnel, findings, known)
    return Judgement(
        tunnel, verdict, findings, _cause(tunnel, verdict, findings, known), _next(tunnel, verdict, findings, known)
    )


def _verdict(tunnel: Tunnel, findings: Sequence[Finding], rules: dict[str, Rule]) -> Verdict:
    live = _failing(findings, rules, Group.LIVE)
    match = _failing(findings, rules, Group.MATCH)
    if any(finding.severity is Severity.CRITICAL for finding in live):
        return Verdict.BROKEN
    if any(finding.severity is Severity.CRITICAL for finding in match) and _down(tunnel):
        return Verdict.BROKEN
    if _why_unknown(tunnel, findings):
        return Verdict.UNKNOWN
    if any(finding.severity >= Severity.WARNING for finding in live):
        return Verdict.DEGRADED
    if any(finding.severity >= Severity.ERROR for finding in match):
        return Verdict.DEGRADED
    return Verdict.HEALTHY


def _failing(findings: Iterable[Finding], rules: dict[str, Rule], *groups: Group) -> list[Finding]:
    """What fails in these groups, the worst first."""
    failing = [each for each in findings if each.outcome is Outcome.FAIL and rules[each.rule].group in groups]
    return sorted(failing, key=lambda finding: -finding.severity)


def _down(tunnel: Tunnel) -> bool:
    """No SA is up, as far as the ends of ours were read; an end that was not read proves nothing."""
    if any(end.ipsec is None for end in tunnel.ends) or (not tunnel.both and not tunnel.foreign):
        return False
    return not any(lane.up for lane in lanes(tunnel))


def _why_unknown(tunnel: Tunnel, findings: Sequence[Finding]) -> str:
    """Why the mirror could not be judged, or nothing.

    An SA that is about to be replaced makes a *mismatch* doubtful, never a match: two SPIs of 32 bits do not agree by
    accident. So a rekey in progress is no reason to doubt a tunnel whose SPIs mirror.
    """
    if tunnel.foreign:
        return "" if _carries_both_ways(tunnel) else f"{tunnel.missing}, and no traffic was seen to pass both ways"
    reason = why_not(tunnel)
    if reason:
        return reason
    for lane in lanes(tunnel):
        if lane.up and lane.unsettled and not lane.mirrored:
            return lane.unsettled
        if reason := unreadable(lane):
            return reason
    unproven = [each for each in findings if each.rule == CLEARABLE[0] and each.outcome is Outcome.UNKNOWN]
    return unproven[0].message if unproven else ""


def _carries_both_ways(tunnel: Tunnel) -> bool:
    sides = [side for lane in lanes(tunnel) for side in lane.sides if side.up]
    return any((side.grown("pkts encaps") or 0) > 0 and (side.grown("pkts decaps") or 0) > 0 for side in sides)


def _cause(tunnel: Tunnel, verdict: Verdict, findings: Sequence[Finding], rules: dict[str, Rule]) -> str:
    if verdict is Verdict.UNKNOWN:
        return _why_unknown(tunnel, findings)
    if verdict is Verdict.HEALTHY:
        return _healthy_words(tunnel)
    failing = _failing(findings, rules, Group.LIVE, Group.MATCH)
    config = [each for each in failing if rules[each.rule].group is Group.MATCH and each.severity is Severity.CRITICAL]
    failed = {finding.rule for finding in failing}
    if config and (verdict is Verdict.DEGRADED or _down(tunnel)):
        works = "works now, but the next negotiation will fail: " if not _down(tunnel) else ""
        return works + _without_name(config[0])
    if failed & {"spi-mirror-mismatch", "spi-half-match"}:
        return _mismatch_words(tunnel)
    if "sa-one-sided" in failed:
        return _one_sided_words(tunnel)
    return f"{_without_name(failing[0])}: {rules[failing[0].rule].rationale}"


def _healthy_words(tunnel: Tunnel) -> str:
    if tunnel.foreign:
        return f"traffic passes both ways; {tunnel.missing}"
    every = lanes(tunnel)
    if not any(lane.up for lane in every):
        return "idle: neither end has SAs, and traffic will make them"
    if any(lane.unsettled for lane in every):
        return "each end accepts what the other sends; a rekey is in progress or near"
    return "each end accepts what the other sends"


def _mismatch_words(tunnel: Tunnel) -> str:
    stale, proof = stale_end(tunnel)
    other = tunnel.other(stale) if stale is not None else None
    if stale is None or other is None:
        words = f"{names(tunnel.ends)} use SAs of different negotiations ({proof})"
    else:
        refused = [side for lane in lanes(tunnel) if len(lane.up) == 2 for side in lane.refused]
        used = {number for side in refused if side.end is stale for number in side.outbound}
        what = f"the SA (SPI {spis(used)})" if used else "SAs"
        words = f"{stale.name} still uses {what} that {other.name} has replaced"
        if deletion_retries(stale):
            words += f": the deletion of that SA failed in {stale.name}'s data path"
        else:
            words += f" ({proof})"
    if all(alive(end) for end in tunnel.ends):
        words += "; DPD cannot see it because the IKE SA is alive"
    return words


def _one_sided_words(tunnel: Tunnel) -> str:
    stale, proof = stale_end(tunnel)
    other = tunnel.other(stale) if stale is not None else None
    if stale is None or other is None:
        return proof
    words = f"{stale.name} keeps SAs that {other.name} no longer has"
    mute = [end for end in tunnel.ends if _mute(end)]
    if mute:
        return f"{words}, and cannot notice because DPD is disabled on {names(mute)}"
    if all(alive(end) for end in tunnel.ends):
        return f"{words}; DPD cannot see it because the IKE SA is alive"
    if not any(alive(end) for end in tunnel.ends) and all(end.ike is not None for end in tunnel.ends):
        return f"{words}, and cannot notice because there is no IKE SA for DPD to ride on"
    return words


def _mute(end: End) -> bool:
    keepalive = end.tunnel_group.keepalive if end.tunnel_group is not None else None
    return keepalive is not None and keepalive.disabled


def _without_name(finding: Finding) -> str:
    return finding.message.removeprefix(finding.tunnel).removeprefix(" / ").removeprefix(" - ")


def _next(tunnel: Tunnel, verdict: Verdict, findings: Sequence[Finding], rules: dict[str, Rule]) -> str:
    failing = _failing(findings, rules, Group.LIVE, Group.MATCH)
    failed = {finding.rule for finding in failing}
    config = [each for each in failing if rules[each.rule].group is Group.MATCH and each.severity >= Severity.ERROR]
    critical = [each.rule for each in config if each.severity is Severity.CRITICAL]
    if verdict is Verdict.UNKNOWN:
        return _next_of_unknown(tunnel)
    if critical:
        # A clear would take away SAs that this configuration cannot make again.
        return f"fix the configuration first: {', '.join(dict.fromkeys(critical))}"
    if verdict is Verdict.BROKEN and failed & set(CLEARABLE):
        return f"clear on both ends: ansible-playbook playbooks/remediate.yml -e tunnel={tunnel.name}"
    if config:
        return f"fix the configuration: {', '.join(dict.fromkeys(each.rule for each in config))}"
    if failing and verdict is not Verdict.HEALTHY:
        return f"look at {failing[0].rule}: {rules[failing[0].rule].title}"
    tomorrow = [each for each in _failing(findings, rules, Group.DPD) if each.severity >= Severity.WARNING]
    if tomorrow and {each.rule for each in tomorrow} == {"config-unsaved"}:
        where = " and ".join(fix.device for each in tomorrow for fix in each.fix)
        return f"save it: write memory at {where} (it saves all else that is unsaved there, too)"
    if tomorrow:
        return f"remove what would break it: ansible-playbook playbooks/harden.yml -e tunnel={tunnel.name}"
    return "nothing"


def _next_of_unknown(tunnel: Tunnel) -> str:
    if tunnel.foreign:
        return f"ask who runs {tunnel.ends[0].peer_address}"
    if not tunnel.both:
        if tunnel.unread:
            return f"look at what was not read: {tunnel.unread}"
        return (
            f"no device that was read has {tunnel.ends[0].peer_address}: is it left out by --limit, missing in the "
            "inventory, or somebody else's (audit_foreign_peers)?"
        )
    unread = [end for end in tunnel.ends if end.first is None or end.second is None]
    if unread:
        return f"look at {names(unread)}, and audit again"
    return "wait a minute, and audit again"
