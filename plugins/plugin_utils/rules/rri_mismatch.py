# SPDX-License-Identifier: GPL-3.0-or-later
"""Where routes to the far networks are needed, both ends make them."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import End, Finding, Fix, Group, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import both_entries, map_lines, place
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._entries import crypto_interfaces
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._protected import protected
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._routes import Leaves, leaves, of_device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Rule, values

RULE = Rule(
    id="rri-mismatch",
    title="Where routes to the far networks are needed, both ends make them",
    severity=Severity.WARNING,
    group=Group.MATCH,
    rationale="A reverse route tells this end, and the routers it talks to, where the far networks are. An end without "
    "one depends on routes that somebody typed, and its answers go astray when those are missing.",
    reads=("show running-config crypto", "show route"),
    sources=("ASA command reference, crypto map set reverse-route",),
    fixed_by="set reverse-route, or a route: a human decides",
    practice=True,
)
SUBJECT = "reverse route"


def check(tunnel: Tunnel) -> Iterator[Finding]:
    compared = both_entries(RULE, tunnel, SUBJECT)
    if isinstance(compared, list):
        yield from compared
        return
    tunnels = [entry.tunnel_interface for _, _, entry in compared if entry.tunnel_interface is not None]
    if tunnels:
        yield RULE.not_applicable(tunnel, SUBJECT, f"{tunnels[0]} is a tunnel interface, which is routed to")
        return
    without = [end for end, _, entry in compared if not entry.reverse_route]
    if len(without) != 1:
        words = values(tunnel, lambda end: "off" if end in without else "on")
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    routed = _routed(tunnel, without[0])
    note = {True: ", and its routes lead there", False: ", and no route leads there", None: ""}[routed]
    words = values(tunnel, lambda end: f"off{note}" if end in without else "on")
    if routed:
        yield RULE.passes(tunnel, SUBJECT, words, where=place(tunnel))
        return
    severity = Severity.INFO if routed is None else Severity.WARNING
    fix = [Fix(without[0].name, map_lines(without[0], "set reverse-route"))]
    yield RULE.fails(tunnel, SUBJECT, words, where=place(tunnel), severity=severity, fix=fix)


def _routed(tunnel: Tunnel, end: End) -> bool | None:
    """Whether this end's routes lead into the tunnel without a reverse route; ``None`` when that is not known."""
    routes, allowed, wanted = of_device(end.device), crypto_interfaces(end), protected(tunnel, end)
    if routes is None or not allowed or not wanted.pairs or wanted.doubt:
        return None
    states = {leaves(routes, pair.remote.network, pair.local.network, allowed)[0] for pair in wanted.pairs}
    if states == {Leaves.THERE}:
        return True
    return False if routes.live and states & {Leaves.ELSEWHERE, Leaves.NOWHERE} else None
