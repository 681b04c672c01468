# SPDX-License-Identifier: GPL-3.0-or-later
"""What a setting of both ends is: how it is read, what each end should have, and the steps that bring it there."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Config, CryptoMapEntry, End, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model.config import TunnelGroup
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._config import addresses
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.steps._step import Phase, Step

GROUPS = "show running-config all tunnel-group"
POLICIES = "show running-config group-policy"
CRYPTO = "show running-config crypto"


class CannotError(Exception):
    """A setting cannot be made safely here. ``gate`` is the rail that refuses, the message what was seen."""

    def __init__(self, gate: str, seen: str) -> None:
        self.gate = gate
        super().__init__(seen)


class Counts(enum.Enum):
    """From when a setting does what it is for."""

    IKE = "the next IKE SA"
    IPSEC = "the next IPsec SAs"
    NOW = "at once"


@dataclass(frozen=True)
class Change:
    """What one end has of a setting, and the step that gives it what it should have; ``None`` when it has it.

    ``before`` and ``after`` are the values in words, ``lines_before`` and ``lines_after`` the configuration in effect;
    a line that begins with ``!`` tells a default. ``look`` is the command that shows them. ``shared`` says what else
    the step changes, beside this tunnel. ``saved`` is whether the start-up configuration holds the lines that are
    wanted, ``None`` when it could not be read.
    """

    setting: Setting
    device: str
    before: str
    after: str
    lines_before: tuple[str, ...]
    lines_after: tuple[str, ...]
    look: str
    step: Step | None = None
    shared: str = ""
    saved: bool | None = None

    @property
    def diff(self) -> dict[str, str]:
        """For Ansible's ``--diff``: the lines in effect before and after."""
        return {
            "before_header": self.device,
            "after_header": self.device,
            "before": "".join(f"{line}\n" for line in self.lines_before),
            "after": "".join(f"{line}\n" for line in self.lines_after),
        }

    def __str__(self) -> str:
        return f"{self.device} ({self.before} -> {self.after})"

    @property
    def removes(self) -> bool:
        """Whether it takes away what both ends had in common before."""
        return self.step is not None and self.step.phase is Phase.REMOVE


@dataclass(frozen=True)
class Setting:
    """One setting of both ends.

    ``name`` is what people ask for it by, ``title`` what messages call it. ``reads`` are the commands by which it is
    seen. ``words`` and ``lines`` say what an end has in effect; the lines of an end that lacks what they are about (of
    a start-up configuration, say) are none. ``changes`` has one member an end, in the order in which they are made, or
    one an end and phase, the second of which begins where the first ended.

    :raises CannotError: by ``changes``.
    """

    name: str
    title: str
    counts: Counts
    reads: tuple[str, ...]
    words: Callable[[End], str]
    lines: Callable[[End], tuple[str, ...]]
    changes: Callable[[Tunnel], tuple[Change, ...]]

    def __str__(self) -> str:
        return self.title


def change(setting: Setting, end: End, then: End, look: str, step: Step | None, shared: str = "") -> Change:
    """The change at ``end``, of which ``then`` is what the step makes of it."""
    return Change(
        setting,
        end.name,
        setting.words(end),
        setting.words(then),
        setting.lines(end),
        setting.lines(then),
        look,
        step,
        shared if step else "",
    )


def overall(changes: Iterable[Change]) -> tuple[Change, ...]:
    """One change an end and setting, from before its first phase to after its last."""
    found: dict[tuple[str, str], Change] = {}
    for each in changes:
        key = each.setting.name, each.device
        first = found.get(key, each)
        found[key] = dataclasses.replace(
            each,
            before=first.before,
            lines_before=first.lines_before,
            step=first.step or each.step,
            shared=first.shared or each.shared,
        )
    return tuple(found.values())


def with_config(end: End, **changes: object) -> End:
    """The end with these fields of its configuration changed."""
    assert end.device.config is not None
    config = dataclasses.replace(end.device.config, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(end, device=dataclasses.replace(end.device, config=config))


def both_groups(tunnel: Tunnel, title: str) -> tuple[tuple[End, TunnelGroup], ...]:
    """Both ends with the tunnel-groups that are theirs alone.

    :raises CannotError: ``tunnel-group``.
    """
    without = [end.name for end in tunnel.ends if end.tunnel_group is None]
    if without:
        raise CannotError(
            "tunnel-group",
            f"{tunnel.name}: {' and '.join(without)} showed no tunnel-group for the other end",
        )
    groups = tuple((end, end.tunnel_group) for end in tunnel.ends if end.tunnel_group is not None)
    shared = [end.name for end, group in groups if group.name.startswith("Default")]
    if shared:
        raise CannotError(
            "tunnel-group",
            f"{tunnel.name}: at {' and '.join(shared)} the other end has no tunnel-group of its own and falls into the "
            f"default one, whose {title} is that of every such peer",
        )
    return groups


def both_entries(tunnel: Tunnel, title: str) -> tuple[tuple[End, Config, CryptoMapEntry], ...]:
    """Both ends with the one crypto map entry that each has for the other.

    :raises CannotError: ``crypto-map``.
    """
    found = []
    for end in tunnel.ends:
        config, entry = end.device.config, end.map_entry
        if config is None or entry is None or (entry.dynamic_map and not entry.dynamic_sequence):
            raise CannotError(
                "crypto-map",
                f"{tunnel.name}: {end.name} showed no crypto map entry for the other end, so its {title} cannot be set",
            )
        if end.more_entries:
            every = ", ".join(str(each) for each in (entry, *end.more_entries))
            raise CannotError(
                "crypto-map",
                f"{tunnel.name}: {end.name} has more than one crypto map entry for the other end ({every}), and which "
                f"of them belong together is for a person to say: their {title} is not set from here",
            )
        found.append((end, config, entry))
    return tuple(found)


def entry_shared(tunnel: Tunnel, end: End, entry: CryptoMapEntry) -> str:
    """Whom a crypto map entry, template or profile serves beside the other end of this tunnel; or nothing."""
    config, other = end.device.config, tunnel.other(end)
    assert config is not None
    if entry.profile is not None:
        users = [each.name for each in config.interfaces if each.tunnel_profile == entry.profile]
        others = [name for name in users if name.split(" ")[0] != entry.tunnel_interface]
        if others:
            return f"crypto ipsec profile {entry.profile} of {end.name} is that of {', '.join(others)} too"
    if entry.dynamic_map is not None:
        name = entry.tunnel_interface or f"crypto dynamic-map {entry.dynamic_map} {entry.dynamic_sequence}"
        return f"{name} of {end.name} serves every peer that calls"
    theirs = {*(addresses(other) if other is not None else ()), end.peer_address}
    peers = [config.names.get(peer, peer) if isinstance(peer, str) else peer for peer in entry.peers]
    strangers = [str(peer) for peer in peers if peer not in theirs]
    return f"crypto map {entry} of {end.name} serves {', '.join(strangers)} too" if strangers else ""


def entry_look(entry: CryptoMapEntry) -> str:
    """The command that shows a crypto map entry."""
    if entry.profile is not None:
        return f"show running-config crypto | begin profile {entry.profile}"
    if entry.dynamic_map is not None:
        return "show running-config crypto dynamic-map"
    return f"show running-config crypto map | include {entry.map} {entry.sequence}"
