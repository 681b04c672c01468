# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole way from devices to judgements. An audit of nothing is an error, never a pass."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
from collections.abc import Collection, Iterator, Mapping, Sequence

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules as shipped
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import AS_SHIPPED, Catalogue, NoRuleError
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import find, pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address, Device, Judgement, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.verdict import judge


class NothingToJudgeError(ValueError):
    """There are no devices, no rules or no tunnels."""


def judge_all(
    devices: Sequence[Device],
    *,
    foreign_peers: Collection[Address] = (),
    stimulated: bool = False,
    rules: Sequence[shipped.Check] | None = None,
    catalogue: Catalogue = AS_SHIPPED,
    keys: Mapping[str, str] | None = None,
) -> tuple[Judgement, ...]:
    """Judge every tunnel of these devices, in the order of the devices. ``rules`` defaults to all that are shipped.

    ``catalogue`` is for an audit alone. Who is about to act judges by the rules as shipped, or a site's opinion of a
    rule would become a reason to clear. ``keys`` is what a comparison of keys said of a tunnel, by its name.
    """
    if not devices:
        raise NothingToJudgeError("no device to judge: is the inventory group empty, or does --limit match nothing?")
    checks = (*(shipped.load() if rules is None else rules), *catalogue.own)
    if not checks:
        raise NothingToJudgeError("no rule to judge by: an audit without rules would pass everything")
    with _uncollected():
        tunnels = pair(devices, foreign_peers=foreign_peers, stimulated=stimulated)
        if not tunnels:
            raise NothingToJudgeError(_no_tunnels(devices))
        try:
            return tuple(judge(_compared(tunnel, keys or {}), checks, catalogue) for tunnel in tunnels)
        except NoRuleError as error:
            raise NothingToJudgeError(str(error)) from None


def _compared(tunnel: Tunnel, keys: Mapping[str, str]) -> Tunnel:
    return dataclasses.replace(tunnel, keys=keys[tunnel.name]) if tunnel.name in keys else tunnel


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Leave the garbage collector off: it would look at every finding of thousands of tunnels again and again.

    Nothing that is made here is garbage before the report is written; the collector took four tenths of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def named(judgements: Sequence[Judgement], name: str) -> Judgement:
    """The judgement on the tunnel of that name, its two devices in either order.

    :raises UnknownTunnelError: no tunnel, or more than one, goes by that name.
    """
    tunnel = find([judgement.tunnel for judgement in judgements], name)
    return next(judgement for judgement in judgements if judgement.tunnel is tunnel)


def _no_tunnels(devices: Sequence[Device]) -> str:
    words = [_what_was_read(device) for device in devices]
    return (
        f"no tunnel was found: {'; '.join(words)}. A tunnel is a peer in a crypto map that is applied to an interface."
    )


def _what_was_read(device: Device) -> str:
    if not device.readable:
        why = device.problems[0] if device.problems else "no output"
        return f"{device.name} could not be read ({why.removeprefix(f'{device.name} could not be read: ')})"
    if device.config is None:
        return f"{device.name} showed no SAs and its configuration was not read"
    if not device.config.crypto_maps:
        return f"{device.name} has no crypto map"
    if not any(device.config.crypto_map_interfaces.values()):
        return f"{device.name}'s crypto maps are applied to no interface"
    return f"{device.name}'s crypto maps name no peer"
