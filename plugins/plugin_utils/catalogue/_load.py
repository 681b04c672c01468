# SPDX-License-Identifier: GPL-3.0-or-later
"""``catalog.yml`` read and checked: every mistake at once, each with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import rules as shipped
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue import _own as own
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._model import (
    BASELINE,
    GROUPS,
    Catalogue,
    Setting,
    Settings,
    Waiver,
    utc_today,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.catalogue._nodes import CatalogueError, Reader, near
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Group, Severity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules import Check, Rule
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.rules._rule import Limit

PROFILES = Path(__file__).with_name("profiles")
SEVERITIES = tuple(str(each) for each in Severity)
# Each word means several rules; none of them can be the id of one.
_SEVERAL = (*GROUPS, "stig", "all")
_PARTS = ("profile", "profiles", "rules", "groups", "devices", "tunnels", "waivers", "own_rules")
_OWN_NEEDS = ("id", "title", "severity", "message")
_OWN_MAY = ("when", "fails_if", "holds", "reads", "fix", "rationale")


def load(
    source: str | Path,
    *,
    name: str = "catalog.yml",
    profile: str = "",
    today: date | None = None,
) -> Catalogue:
    """The catalogue in a text, or in the file at a path. ``profile`` replaces the one that it names.

    :raises CatalogueError: something in it is wrong; has every mistake, each with its line.
    :raises OSError: the file cannot be read.
    """
    if isinstance(source, Path):
        name = str(source)
        try:
            source = source.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise CatalogueError([f"{name}: this is no text in UTF-8"]) from None
    reader = Reader(name)
    root = reader.root(source)
    found = _File(reader, {} if root is None else reader.mapping(root, "", _PARTS)).catalogue(profile, today)
    reader.finish()
    return found


@cache
def profiles() -> Mapping[str, tuple[str, Settings]]:
    """The profiles that are shipped: what each is for, and its settings."""
    found = {}
    for path in sorted(PROFILES.glob("*.yml")):
        reader = Reader(path.name)
        root = reader.root(path.read_text(encoding="utf-8"))
        found[path.stem] = _File(reader, {}).profile(root, path.stem) if root is not None else ("", {})
        reader.finish()
    return found


class _File:
    """One catalogue while it is read. Own rules come first: settings and waivers may name them."""

    def __init__(self, reader: Reader, parts: Mapping[str, yaml.Node]) -> None:
        self._reader = reader
        self._parts = parts
        self._rules: dict[str, Rule] = {check.rule.id: check.rule for check in shipped.load()}
        self._missing = {rule.id: rule for rule in shipped.missing()}
        self._own = self._own_rules()
        self._rules |= {check.rule.id: check.rule for check in self._own}

    def catalogue(self, profile: str, today: date | None) -> Catalogue:
        reader, parts = self._reader, self._parts
        known = dict(profiles())
        if "profiles" in parts:
            for name, node in reader.mapping(parts["profiles"], "profiles").items():
                known[name] = self.profile(node, f"profiles.{name}", own=True)
        chosen = BASELINE
        if profile:
            chosen = profile
            if profile not in known:
                raise CatalogueError([f"there is no profile {profile!r}{near(profile, known)}"])
        elif "profile" in parts:
            chosen = reader.choice(parts["profile"], "profile", tuple(known)) or BASELINE
        return Catalogue(
            source=reader.name if parts else "",
            profile=chosen,
            profile_rules=known[chosen][1],
            rules=self._settings(parts["rules"], "rules") if "rules" in parts else {},
            groups=self._scoped("groups"),
            devices=self._scoped("devices"),
            tunnels=self._scoped("tunnels"),
            waivers=self._waivers(),
            own=self._own,
            today=today or utc_today(),
        )

    def profile(self, node: yaml.Node, path: str, *, own: bool = False) -> tuple[str, Settings]:
        parts = self._reader.mapping(node, path, ("title", "rules"))
        title = self._reader.text(parts["title"], f"{path}.title") if "title" in parts else ""
        rules = self._settings(parts["rules"], f"{path}.rules" if own else "rules") if "rules" in parts else {}
        return title, rules

    def _scoped(self, part: str) -> dict[str, Settings]:
        if part not in self._parts:
            return {}
        found: dict[str, Settings] = {}
        for name, node in self._reader.mapping(self._parts[part], part).items():
            inner = self._reader.mapping(node, f"{part}.{name}", ("rules",))
            if "rules" in inner:
                found[name] = self._settings(inner["rules"], f"{part}.{name}.rules")
        return found

    # --- settings ----------------------------------------------------------------------------------------------------

    def _settings(self, node: yaml.Node, path: str) -> dict[str, Setting]:
        found = {}
        for name, each in self._reader.mapping(node, path).items():
            if name in self._rules or name in _SEVERAL:
                found[name] = self._setting(each, f"{path}.{name}", self._rules.get(name))
            else:
                self._reader.wrong(each, f"{path}.{name}: {self._no_rule(name)}")
        return found

    def _setting(self, node: yaml.Node, path: str, rule: Rule | None) -> Setting:
        reader = self._reader
        parts = reader.mapping(node, path, ("enabled", "severity", "at_least", "limits"))
        enabled = reader.truth(parts["enabled"], f"{path}.enabled") if "enabled" in parts else None
        if "severity" in parts and "at_least" in parts:
            reader.wrong(parts["at_least"], f"{path} has severity and at_least: one of them")
        return Setting(
            enabled,
            self._severity(parts, path, "severity"),
            self._severity(parts, path, "at_least"),
            self._limits(parts["limits"], f"{path}.limits", rule) if "limits" in parts else {},
            node.start_mark.line + 1,
        )

    def _severity(self, parts: Mapping[str, yaml.Node], path: str, key: str) -> Severity | None:
        if key not in parts:
            return None
        word = self._reader.choice(parts[key], f"{path}.{key}", SEVERITIES)
        return Severity[word.upper()] if word else None

    def _limits(self, node: yaml.Node, path: str, rule: Rule | None) -> dict[str, Limit]:
        if rule is None:
            self._reader.wrong(node, f"{path}: limits are those of one rule")
            return {}
        if not rule.limits:
            self._reader.wrong(node, f"{path}: the rule {rule.id} has no limits")
            return {}
        found: dict[str, Limit] = {}
        for name, each in self._reader.mapping(node, path, tuple(rule.limits)).items():
            read = self._reader.truth if isinstance(rule.limits[name], bool) else self._reader.number
            value = read(each, f"{path}.{name}")
            if value is not None:
                found[name] = value
        return found

    def _no_rule(self, name: str) -> str:
        if name in self._missing:
            return f"this rule cannot be done: {self._missing[name].missing}"
        return f"there is no such rule{near(name, (*self._rules, *_SEVERAL))}"

    # --- waivers -----------------------------------------------------------------------------------------------------

    def _waivers(self) -> tuple[Waiver, ...]:
        if "waivers" not in self._parts:
            return ()
        nodes = self._reader.sequence(self._parts["waivers"], "waivers")
        found = [self._waiver(node, f"waivers[{index}]") for index, node in enumerate(nodes)]
        return tuple(waiver for waiver in found if waiver is not None)

    def _waiver(self, node: yaml.Node, path: str) -> Waiver | None:
        reader = self._reader
        needs = ("rule", "reason", "owner", "expires")
        parts = reader.mapping(node, path, (*needs, "tunnel", "device", "all"))
        for key in needs:
            if key not in parts:
                reader.wrong(node, f"{path} has no {key}: a waiver says what, why, who and until when")
        scopes = [key for key in ("tunnel", "device", "all") if key in parts]
        if len(scopes) != 1:
            reader.wrong(node, f"{path} must have one of tunnel, device and all")
        if "all" in parts and reader.truth(parts["all"], f"{path}.all") is False:
            reader.wrong(parts["all"], f"{path}.all must be true, or a tunnel or a device in its place")
        texts = {key: reader.text(parts[key], f"{path}.{key}") for key in parts if key not in ("expires", "all")}
        if texts.get("rule") and texts["rule"] not in self._rules:
            reader.wrong(parts["rule"], f"{path}.rule: {texts['rule']}: {self._no_rule(texts['rule'])}")
        expires = reader.day(parts["expires"], f"{path}.expires") if "expires" in parts else None
        if expires is None or any(key not in texts for key in ("rule", "reason", "owner")):
            return None
        return Waiver(expires=expires, line=node.start_mark.line + 1, **texts)

    # --- own rules ---------------------------------------------------------------------------------------------------

    def _own_rules(self) -> tuple[Check, ...]:
        if "own_rules" not in self._parts:
            return ()
        found: dict[str, Check] = {}
        for index, node in enumerate(self._reader.sequence(self._parts["own_rules"], "own_rules")):
            check = self._own_rule(node, f"own_rules[{index}]", found)
            if check is not None:
                found[check.rule.id] = check
        return tuple(found.values())

    def _own_rule(self, node: yaml.Node, path: str, others: Mapping[str, Check]) -> Check | None:
        reader = self._reader
        parts = reader.mapping(node, path, (*_OWN_NEEDS, *_OWN_MAY))
        for key in _OWN_NEEDS:
            if key not in parts:
                reader.wrong(node, f"{path} has no {key}")
        tests = [key for key in ("fails_if", "holds") if key in parts]
        if len(tests) != 1:
            reader.wrong(node, f"{path} must have one of fails_if and holds")
        name = self._own_id(parts["id"], path, others) if "id" in parts else ""
        path = f"own_rules.{name}" if name else path
        written = [key for key in parts if key not in ("id", "severity", "reads")]
        texts = {key: reader.text(parts[key], f"{path}.{key}") for key in written}
        severity = self._severity(parts, path, "severity")
        reads = reader.texts(parts["reads"], f"{path}.reads") if "reads" in parts else ()
        expressions = {}
        for key in ("when", "fails_if", "holds"):
            if texts.get(key):
                try:
                    expressions[key] = own.expression(texts[key])
                except own.ExpressionError as error:
                    reader.wrong(parts[key], f"{path}.{key} is no expression: {error}")
        words = None
        try:
            words = own.message(texts.get("message", ""))
        except own.ExpressionError as error:
            reader.wrong(parts["message"], f"{path}.message: {error}")
        if not name or severity is None or words is None or not texts.get("title") or len(tests) != 1:
            return None
        if tests[0] not in expressions:
            return None
        rule = Rule(
            name,
            texts["title"],
            severity,
            Group.SITE,
            texts.get("rationale", "A rule of this site."),
            reads,
            sources=(reader.name,),
            fixed_by=texts.get("fix", ""),
        )
        return own.check(
            rule, words, expressions[tests[0]], failing=tests[0] == "fails_if", when=expressions.get("when")
        )

    def _own_id(self, node: yaml.Node, path: str, others: Mapping[str, Check]) -> str:
        name = self._reader.text(node, f"{path}.id")
        if not name:
            return ""
        if name in others or name in self._rules or name in self._missing or name in _SEVERAL:
            self._reader.wrong(node, f"{path}.id: {name!r} is taken")
            return ""
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            self._reader.wrong(node, f"{path}.id must be small letters, figures and hyphens, not {name!r}")
            return ""
        return name
