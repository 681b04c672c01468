# SPDX-License-Identifier: GPL-3.0-or-later
"""What a site says of the rules: how it wants them, what it lives with, and what it asks for beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import aliases
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Finding, Group, Outcome, Severity, Tunnel
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check, Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit

GROUPS = {group.name.lower(): group for group in Group}
"""The word by which a catalogue names a group of rules."""
BASELINE = "baseline"


@dataclass(frozen=True)
class Setting:
    """What one place of a catalogue says of a rule or of several; ``None`` where it says nothing.

    ``severity`` is that of every failure of the rule, ``at_least`` raises those that are milder. ``line`` is where it
    stands, and 0 in a profile.
    """

    enabled: bool | None = None
    severity: Severity | None = None
    at_least: Severity | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    line: int = 0


Settings = Mapping[str, Setting]
"""By a rule's id, the word of a group, ``stig`` (the rules with STIG ids) or ``all``."""
Layers = Sequence[Sequence[Settings]]
"""For each end that differs, its settings from the most general to the most specific."""


@dataclass(frozen=True)
class Effective:
    """What holds of one rule at one end. ``line`` is that of the last setting that spoke of ``enabled``."""

    enabled: bool = True
    severity: Severity | None = None
    at_least: Severity | None = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    line: int = 0

    def over(self, setting: Setting) -> Effective:
        """What holds once a more specific setting has spoken."""
        found = replace(self, limits={**self.limits, **setting.limits})
        if setting.enabled is not None:
            found = replace(found, enabled=setting.enabled, line=setting.line)
        if setting.severity is not None or setting.at_least is not None:
            found = replace(found, severity=setting.severity, at_least=setting.at_least)
        return found

    def weighed(self, finding: Finding) -> Finding:
        """A failure at the severity that is wanted; what is no failure stays."""
        if finding.outcome is not Outcome.FAIL or (self.severity is None and self.at_least is None):
            return finding
        severity = finding.severity if self.severity is None else self.severity
        return replace(finding, severity=severity if self.at_least is None else max(severity, self.at_least))


@dataclass(frozen=True)
class Waiver:
    """A failure that the site lives with until the end of the day ``expires`` (UTC).

    It is for one ``tunnel``, for the tunnels of one ``device``, or with neither for all.
    """

    rule: str
    reason: str
    owner: str
    expires: date
    tunnel: str = ""
    device: str = ""
    line: int = 0

    @property
    def scope(self) -> str:
        return self.tunnel or self.device or "all tunnels"

    def concerns(self, tunnel: Tunnel) -> bool:
        if self.tunnel:
            return self.tunnel in aliases(tunnel)
        return not self.device or self.device in (end.name for end in tunnel.ends)

    def expired(self, today: date) -> bool:
        return today > self.expires

    def __str__(self) -> str:
        return f"waiver of {self.rule} for {self.scope} by {self.owner}"


def utc_today() -> date:
    return datetime.now(UTC).date()


@dataclass(frozen=True)
class Catalogue:
    """The rules as a site wants them; without arguments they are as shipped.

    ``source`` names the file, and is empty without one. ``profile`` is the name of the settings that come first,
    ``rules`` those for every tunnel, and the others those for an inventory group, a device or a tunnel by its name.
    ``own`` are the site's own rules. ``today`` is the day by which waivers expire.
    """

    source: str = ""
    profile: str = BASELINE
    profile_rules: Settings = field(default_factory=dict)
    rules: Settings = field(default_factory=dict)
    groups: Mapping[str, Settings] = field(default_factory=dict)
    devices: Mapping[str, Settings] = field(default_factory=dict)
    tunnels: Mapping[str, Settings] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    own: tuple[Check, ...] = ()
    today: date = field(default_factory=utc_today)

    def settings(self, rule: Rule, tunnel: Tunnel) -> tuple[Effective, ...]:
        """What holds of a rule on a tunnel: one setting, or one for each end where the ends differ."""
        return effective(rule, self.layers(tunnel))

    def layers(self, tunnel: Tunnel) -> Layers:
        """The settings that speak of a tunnel, the most general first: for both ends, or for each where they differ."""
        # A tunnel's name without the suffix that sets it apart may mean several, and is the more general one.
        named = [self.tunnels[name] for name in reversed([*aliases(tunnel)]) if name in self.tunnels]
        found: list[list[Settings]] = []
        for end in tunnel.ends:
            # A device may be in several groups: the order of the file decides, and what comes last wins.
            groups = [settings for name, settings in self.groups.items() if name in end.device.groups]
            own = [self.devices[end.name]] if end.name in self.devices else []
            layers = [each for each in (self.profile_rules, self.rules, *groups, *own, *named) if each]
            if layers not in found:
                found.append(layers)
        return found

    def anywhere(self, rule: Rule) -> Effective:
        """What holds of a rule where no group, device or tunnel says otherwise."""
        return _at(rule, [self.profile_rules, self.rules])

    def waiver(self, rule: str, tunnel: Tunnel) -> Waiver | None:
        """The waiver of a rule's failures on a tunnel: one that still holds, else one that has expired."""
        found = [each for each in self.waivers if each.rule == rule and each.concerns(tunnel)]
        return min(found, key=lambda each: each.expired(self.today), default=None)

    def place(self, line: int) -> str:
        """Where in the catalogue, for a reader of the report."""
        return f"{self.source} line {line}" if line else f"profile {self.profile}"

    def __str__(self) -> str:
        return f"{self.source or 'no catalog.yml'}, profile {self.profile}"


AS_SHIPPED = Catalogue()
"""Every rule as it is, and nothing waived."""


_AS_IT_IS = (Effective(),)


def effective(rule: Rule, layers: Layers) -> tuple[Effective, ...]:
    """What holds of a rule by these layers, each different one once."""
    # Asked for each rule of each tunnel, and mostly nothing is said.
    if not any(layers):
        return _AS_IT_IS
    return tuple({_key(found): found for found in (_at(rule, each) for each in layers)}.values())


def _key(found: Effective) -> tuple[object, ...]:
    return found.enabled, found.severity, found.at_least, tuple(sorted(found.limits.items()))


def _at(rule: Rule, layers: Iterable[Settings]) -> Effective:
    found = Effective()
    for settings in layers:
        for selector in _selectors(rule):
            if selector in settings:
                found = found.over(settings[selector])
    return found


def _selectors(rule: Rule) -> Iterator[str]:
    """The words that mean a rule, the most general first."""
    yield "all"
    yield rule.group.name.lower()
    if rule.stig:
        yield "stig"
    yield rule.id
