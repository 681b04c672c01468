# SPDX-License-Identifier: GPL-3.0-or-later
"""The settings of IKE and IPsec that belong to no map, policy or proposal, with or without ``no`` before them."""

from __future__ import annotations

from typing import Any

# What follows `crypto isakmp`, `ikev1` or `ikev2`, and `crypto ipsec`, of which no rule needs more than the line.
_OTHER_IKE = frozenset({"fragmentation", "keepalive", "limit", "notify", "redirect", "remote-access"})
_OTHER_IPSEC = frozenset({"security-association", "ikev2"})

_SWITCHES = {
    "disconnect-notify": "disconnect_notify",
    "reload-wait": "reload_wait",
    "am-disable": "aggressive_mode_disabled",
}


def ike_setting(words: list[str], on: bool, line: str, facts: dict[str, Any]) -> bool:
    """Take the words after ``crypto isakmp|ikev1|ikev2``; whether they are known."""
    match words:
        case [name] if name in _SWITCHES:
            facts[_SWITCHES[name]] = on
        case ["identity", kind, *rest] if not rest or kind == "key-id":
            if on:
                facts["identity"], facts["key_id"] = kind, " ".join(rest) or None
        case ["nat-traversal", *seconds] if not on or seconds == [] or (len(seconds) == 1 and seconds[0].isdigit()):
            facts["nat_traversal"] = int(seconds[0]) if on and seconds else 20 if on else 0
        case ["ipsec-over-tcp", *rest] if rest in ([], ["port"]) or _ports(rest):
            if on:
                facts["ipsec_over_tcp"] = tuple(int(port) for port in rest[1:]) or (10000,)
        case ["notify", "invalid-selectors"]:
            facts["notify_invalid_selectors"] = on
        case ["cookie-challenge", *rest]:
            facts["cookie_challenge"] = " ".join(rest) if on and rest else "on" if on else "off"
        case [name, *_] if name in _OTHER_IKE:
            pass
        case _:
            return False
    facts["lines"] = (*facts.get("lines", ()), line)
    return True


def _ports(words: list[str]) -> bool:
    return words[0] == "port" and all(port.isdigit() for port in words[1:])


def ipsec_setting(words: list[str], on: bool, line: str, facts: dict[str, Any]) -> bool:
    """Take the words after ``crypto ipsec``; whether they are known."""
    match words:
        case ["df-bit", policy, interface]:
            if on:
                facts["df_bit"] = {**facts.get("df_bit", {}), interface: policy}
        case ["fragmentation", policy, interface]:
            if on:
                facts["fragmentation"] = {**facts.get("fragmentation", {}), interface: policy}
        case ["security-association", "replay", "disable"]:
            facts["replay_window"] = 0 if on else None
        case ["security-association", "replay", "window-size", packets] if packets.isdigit():
            facts["replay_window"] = int(packets) if on else None
        case ["security-association", "pmtu-aging", *rest]:
            facts["pmtu_aging"] = " ".join(rest) if on else None
        case ["ikev2", "sa-strength-enforcement"]:
            facts["strength_enforced"] = on
        case ["inner-routing-lookup"]:
            facts["inner_routing_lookup"] = on
        case [name, *_] if name in _OTHER_IPSEC and words[:2] != ["security-association", "lifetime"]:
            pass
        case _:
            return False
    facts["lines"] = (*facts.get("lines", ()), line)
    return True
