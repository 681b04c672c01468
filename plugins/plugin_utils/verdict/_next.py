# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do next: wait, clear, fix the configuration, ask whom."""

from __future__ import annotations

import math

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.hardening_settings import NAMES, WHOLE_DEVICE, of_step
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group, Severity, Tunnel, Verdict
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._cause import CLEARABLE, Cause
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict._facts import Facts

FOR_TAC = ("asp-context-stale", "sa-duplicate-stale")
"""What a clear may not mend, and what Cisco's support should see before a reload takes the evidence away."""


def next_action(facts: Facts, verdict: Verdict, of: Cause) -> str:
    tunnel = facts.tunnel
    failing = facts.failing(Group.LIVE, Group.MATCH)
    config = facts.failing(Group.MATCH, least=Severity.ERROR)
    critical = [each.rule for each in config if each.severity is Severity.CRITICAL]
    if verdict is Verdict.UNKNOWN:
        return _of_unknown(tunnel)
    if critical:
        # A clear would take away SAs that this configuration cannot make again.
        rules = list(dict.fromkeys([*_among(of, critical), *critical]))
        return f"fix the configuration first: {', '.join(rules)}{_by_hardening(facts, rules)}"
    if verdict is Verdict.BROKEN and any(facts.failure(rule) for rule in CLEARABLE):
        return f"clear on both ends: ansible-playbook playbooks/remediate.yml -e tunnel={tunnel.name}"
    if config:
        failed = [each.rule for each in config]
        rules = list(dict.fromkeys([*_among(of, failed), *failed]))
        return f"fix the configuration: {', '.join(rules)}{_by_hardening(facts, rules)}"
    if of.rule in FOR_TAC:
        return f"keep the evidence of {of.rule}, and ask Cisco TAC: a clear may not mend it"
    if failing and verdict is not Verdict.HEALTHY:
        return f"look at {of.rule}: {facts.rules[of.rule].title}{_by_hardening(facts, [of.rule])}"
    return _for_tomorrow(facts)


def _for_tomorrow(facts: Facts) -> str:
    """What may take a working tunnel down: what the toolkit mends by itself comes first."""
    tomorrow = facts.failing(Group.DPD, least=Severity.WARNING)
    mended = [setting for each in tomorrow if (setting := of_step(facts.rules[each.rule].fixed_by))]
    # What is this tunnel's alone comes before a line of the whole device.
    if own := [setting for setting in mended if setting not in WHOLE_DEVICE] or mended:
        return f"remove what would break it: {_harden(facts.tunnel, own)}"
    if unsaved := next((each for each in tomorrow if each.rule == "config-unsaved"), None):
        where = " and ".join(fix.device for fix in unsaved.fix)
        return f"save it: write memory at {where} (it saves all else that is unsaved there, too)"
    if tomorrow:
        return f"in daylight, look at {', '.join(each.rule for each in tomorrow)}"
    return "nothing"


def _by_hardening(facts: Facts, rules: list[str]) -> str:
    """The command that mends the rules which a hardening mends, if there is one."""
    mended = {rule: setting for rule in rules if (setting := of_step(facts.rules[rule].fixed_by))}
    if not mended or not facts.tunnel.both:
        return ""
    some = "" if len(mended) == len(rules) else f"; {', '.join(mended)}"
    return f"{some or ','} by {_harden(facts.tunnel, list(mended.values()))}"


def _harden(tunnel: Tunnel, wanted: list[str]) -> str:
    """The command for these settings; ``dpd`` is what it makes when none is named."""
    chosen = [name for name in NAMES if name in wanted]
    words = "" if chosen == ["dpd"] else f" -e harden_settings={','.join(chosen)}"
    words += " -e harden_shared=true" if WHOLE_DEVICE.intersection(chosen) else ""
    return f"ansible-playbook playbooks/harden.yml -e tunnel={tunnel.name}{words}"


def _among(of: Cause, rules: list[str]) -> list[str]:
    return [of.rule] if of.rule in rules else []


def _of_unknown(tunnel: Tunnel) -> str:
    if tunnel.foreign:
        return f"ask who runs {tunnel.ends[0].peer_address}"
    if not tunnel.both:
        if tunnel.unread:
            return f"look at what was not read: {tunnel.unread}"
        return (
            f"no device that was read has {tunnel.ends[0].peer_address}: is it left out by --limit, missing in the "
            "inventory, or somebody else's (audit_foreign_peers)?"
        )
    readings = [reading for end in tunnel.ends for reading in end.device.readings]
    if any(math.isinf(reading.started) for reading in readings):
        return "saved outputs of unknown moments prove no more than this: audit the devices themselves"
    unread = [end for end in tunnel.ends if end.first is None or end.second is None]
    if unread:
        return f"look at {names(unread)}, and audit again"
    return "wait a minute, and audit again"
