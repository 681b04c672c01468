# SPDX-License-Identifier: GPL-3.0-or-later
"""A device of its snapshots: identity, configuration and log of the first login, SAs of every one.

What was refused, cut, empty or not understood becomes ``None`` and a sentence in ``problems``. It never becomes an
empty list: no SA read is not the same as no SA.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    Address,
    AspDrops,
    ClockReading,
    Config,
    Device,
    IkeSa,
    IpsecEntry,
    IpsecStatistics,
    Output,
    OutputStatus,
    Parsed,
    SaReading,
    Snapshot,
    Version,
    VpnContext,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import ParseError, Parser, Stage, find, spelling
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_crypto_ikev1_sa as ikev1_sa,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_crypto_ikev2_sa as ikev2_sa,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_crypto_ipsec_sa as ipsec_sa,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import (
    show_crypto_isakmp_sa as isakmp_sa,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._failover import Failover
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._whole import Parts
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_clock import Clock
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_version import Release

RUNNING = "show running-config"
STARTUP = "show startup-config"
# The field of ``Parts`` for each part, and whether a tunnel can be judged without it.
_FIELDS = {
    "names": ("names", False),
    "interface": ("interfaces", False),
    "object": ("objects", False),
    "object-group": ("object_groups", False),
    "access-list": ("access_lists", True),
    "crypto": ("crypto", True),
    "tunnel-group": ("tunnel_groups", True),
    "group-policy": ("group_policies", False),
    "management-access": ("management_access", False),
    "nat": ("nat", False),
    "route": ("routes", False),
    "sysopt": ("sysopt", False),
    "logging": ("logging", False),
    "event manager": ("applets", False),
    "access-group": ("access_groups", False),
}
# Parts that a device without the feature leaves out.
_OPTIONAL = frozenset({"object", "management-access"})
# Parts that are ``None`` when they were not read, so that the rules which ask for them say so themselves.
_SURROUNDING = frozenset({"nat", "route", "sysopt", "logging", "event manager", "access-group"})
_NEEDS_NAMES = frozenset({"interface", "crypto", "route", "logging"})
# These never print nothing, so that nothing is not an answer: `all tunnel-group` has DefaultL2LGroup at least.
_NEVER_EMPTY = frozenset({"show running-config all tunnel-group"})


def device(
    name: str,
    snapshots: Sequence[Snapshot],
    *,
    public_addresses: Iterable[Address] = (),
    groups: Iterable[str] = (),
) -> Device:
    """The device as its snapshots, oldest first, show it."""
    logins = [_Login(name, snapshot) for snapshot in snapshots]
    read = [login for login in logins if login.snapshot.outputs]
    found = Device(name, public_addresses=tuple(public_addresses), groups=tuple(groups))
    if read:
        found = read[0].identity(found)
        config = read[0].config(found.hostname)
        names = config.names if config else read[0].names()
        found = dataclasses.replace(found, config=config, saved=read[0].saved())
        found = dataclasses.replace(found, log=read[0].value("show logging") or ())
        found = dataclasses.replace(found, readings=tuple(login.reading(names) for login in read))
        found = read[0].surroundings(found, names)
    if not snapshots:
        return dataclasses.replace(found, problems=(f"{name}: nothing was read from it",))
    problems = dict.fromkeys(problem for login in logins for problem in login.problems)
    gaps = dict.fromkeys(gap for login in logins for gap in login.gaps)
    return dataclasses.replace(found, problems=tuple(problems), gaps=tuple(gaps))


class _Login:
    """One snapshot, its outputs by the parser that reads them, and what was wrong with them."""

    def __init__(self, name: str, snapshot: Snapshot) -> None:
        self.name = name
        self.snapshot = snapshot
        self.problems: list[str] = []
        self.gaps: list[str] = []
        self.outputs: dict[str, Output] = {}
        self.version: Version | None = None
        self.shares: dict[str, dict[str, Output]] = {}
        if snapshot.error:
            self.problems.append(f"{name} could not be read: {snapshot.error}")
        for output in snapshot.outputs:
            if parser := whole(output.command):
                self.outputs[parser.command] = output
                self.shares.setdefault(parser.command, {})[spelling(output.command)] = output
        for command in (each for each in self.shares if find(each).also):
            self.outputs[command] = _joined(command, self.shares[command].values())

    def problem(self, command: str, reason: str) -> None:
        self.problems.append(f"{self.name}: '{command}' is unknown, because {reason}")

    def usable(self, command: str) -> Output | None:
        """The output of this parser's command, if the device gave one."""
        output = self.outputs.get(command)
        if output and output.status is not OutputStatus.READ:
            reason = {
                OutputStatus.REFUSED: "the device refused it",
                OutputStatus.INCOMPLETE: "the answer is incomplete",
                OutputStatus.NOT_SENT: "it was not sent",
            }[output.status]
            self.problem(output.command, f"{reason}: {output.detail}" if output.detail else reason)
            return None
        if output and output.command in _NEVER_EMPTY and not output.text.strip():
            self.problem(output.command, "the output is empty")
            return None
        return output

    def parsed(self, command: str, names: Names | None = None) -> Parsed[Any] | None:
        """The account of a usable output, or ``None`` when it is missing or not whole."""
        output = self.usable(command)
        if output is None:
            return None
        parse: Any = find(command).parse
        account: Parsed[Any] = parse(output.text, names) if names is not None else parse(output.text)
        if account.incomplete:
            self.problem(output.command, account.incomplete)
            return None
        if account.unparsed:
            first = account.unparsed[0]
            self.problems.append(
                f"{self.name}: '{output.command}' has lines that are not understood: {len(account.unparsed)}, "
                f"the first is line {first.number}: {first.text}"
            )
        return account

    def value(self, command: str) -> Any:
        account = self.parsed(command)
        return account.value if account else None

    def optional(self, command: str, names: Names | None = None) -> Any:
        """The value of an output that may be missing and was understood to the last line, else a gap and ``None``."""
        before = len(self.problems)
        account = self.parsed(command, names)
        if account and self.version:
            shares = self.shares[command]
            for missing in (each for each in find(command).commands(self.version)[1:] if each not in shares):
                self.problem(missing, "it was not read")
        found = self.problems[before:]
        del self.problems[before:]
        self.gaps += found
        return account.value if account and not found else None

    def names(self) -> Mapping[str, Address]:
        return self.value(f"{RUNNING} names") or {}

    # Identity.

    def identity(self, found: Device) -> Device:
        release: Release = self.value("show version") or Release()
        self.version = release.version
        failover: Failover = self.value("show failover") or self.value("show failover state") or Failover()
        if release.threat_defense:
            self.problems.append(f"{self.name} is a Threat Defense device, which is configured by its manager")
        if release.context == "system":
            self.problems.append(f"{self.name} is the system context, which has no tunnels: log in to a context")
        privilege = self.value("show curpriv")
        if privilege and privilege.level < 15:
            self.problems.append(
                f"{self.name}: the session has privilege level {privilege.level} where 15 is needed, "
                "so that outputs may be cut without a word"
            )
        return dataclasses.replace(
            found,
            hostname=release.hostname,
            version=release.version,
            serial=release.serial,
            uptime=release.uptime,
            failover=failover.summary,
            failover_stateful=failover.stateful,
            context=release.context,
            config_changed=_moment(release.config_changed),
        )

    # Configuration.

    def config(self, hostname: str | None) -> Config | None:
        """The configuration, whole or of its parts; ``None`` when a part is missing that every tunnel needs."""
        if RUNNING in self.outputs:
            whole: Config | None = self.value(RUNNING)
            if whole and " all" in self.outputs[RUNNING].command:
                whole = dataclasses.replace(whole, all_read=frozenset(_FIELDS))
            return whole
        if not any(f"{RUNNING} {part}" in self.outputs for part in _FIELDS):
            return None
        values: dict[str, Any] = {"hostname": hostname}
        unread = set()
        for part, (field, _) in _FIELDS.items():
            command = f"{RUNNING} {part}"
            if part in _SURROUNDING:
                values[field] = self.optional(command, values.get("names") if part in _NEEDS_NAMES else None)
                continue
            account = self.parsed(command, values.get("names") if part in _NEEDS_NAMES else None)
            if account:
                values[field] = account.value
            elif command in self.outputs or part not in _OPTIONAL:
                unread.add(part)
                if command not in self.outputs:
                    self.problem(command, "it was not read")
        missing = [part for part, (_, needed) in _FIELDS.items() if needed and part in unread]
        if missing:
            self.problems.append(
                f"{self.name}: the configuration is unknown without its parts {', '.join(map(repr, missing))}"
            )
            return None
        every = frozenset(part for part in _FIELDS if " all " in self._command(part))
        return dataclasses.replace(Parts(**values, all_read=every).config(), unread=frozenset(unread))

    def saved(self) -> Config | None:
        """The start-up configuration; a line of it that is not understood may be of any part."""
        account = self.parsed(STARTUP)
        if account is None:
            return None
        saved: Config = account.value
        return (
            dataclasses.replace(saved, unread=frozenset({"a line of the start-up configuration"}))
            if account.unparsed
            else saved
        )

    def _command(self, part: str) -> str:
        output = self.outputs.get(f"{RUNNING} {part}")
        return output.command if output else ""

    # State.

    def reading(self, names: Names) -> SaReading:
        before = len(self.problems)
        ipsec = self.ipsec(names)
        ike = self.ike(names)
        statistics: IpsecStatistics | None = self.optional("show crypto ipsec stats")
        drops: AspDrops | None = self.optional("show asp drop")
        # Not asked by a collection: it is long, and stands among saved outputs.
        contexts: tuple[VpnContext, ...] | None = self.optional("show asp table vpn-context")
        asked = [output for command, output in self.outputs.items() if find(command).stage is Stage.STATE]
        return SaReading(
            started=min((output.started for output in asked), default=self.snapshot.started),
            finished=max((output.finished for output in asked), default=self.snapshot.finished),
            ipsec=ipsec,
            ike=ike,
            problems=tuple(self.problems[before:]),
            statistics=statistics,
            drops=drops,
            contexts=contexts,
        )

    def ipsec(self, names: Names) -> tuple[IpsecEntry, ...] | None:
        command = ipsec_sa.COMMAND
        if command not in self.outputs:
            self.problem(command, "it was not read")
            return None
        account = self.parsed(command, names)
        return account.value if account and self.trusted(command, account) else None

    def ike(self, names: Names) -> tuple[IkeSa, ...] | None:
        """Both versions' SAs: of the one command that prints both, else of the two."""
        together = isakmp_sa.COMMAND in self.outputs
        if not together and ikev1_sa.COMMAND not in self.outputs and ikev2_sa.COMMAND not in self.outputs:
            self.problem(isakmp_sa.COMMAND, "it was not read, nor were the commands that replace it")
            return None
        found: list[IkeSa] = []
        for command in [isakmp_sa.COMMAND] if together else [ikev1_sa.COMMAND, ikev2_sa.COMMAND]:
            if command not in self.outputs:
                self.problem(command, "it was not read")
                return None
            account = self.parsed(command, names)
            if account is None or not self.trusted(command, account):
                return None
            found += account.value
        return tuple(found)

    def trusted(self, command: str, account: Parsed[Any]) -> bool:
        """Whether no line within the SAs was left over: it may have been one of them."""
        if account.unparsed:
            self.problem(self.outputs[command].command, "a line among its SAs is not understood")
            return False
        return True

    # What is around the tunnels.

    def surroundings(self, found: Device, names: Names) -> Device:
        clock: Clock | None = self.optional("show clock")
        local = _moment(clock.local) if clock else None
        read = self.outputs.get("show clock")
        return dataclasses.replace(
            found,
            clock=ClockReading(local, clock.zone, read.started, read.finished, clock.source, clock.synchronized)
            if clock and local and read
            else None,
            ntp=self.optional("show ntp status"),
            routing=self.optional("show route", names),
            sessions=self.optional("show vpn-sessiondb l2l", names),
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _joined(command: str, shares: Collection[Output]) -> Output:
    """The outputs of several commands as if one had printed them; as bad as the worst of them."""
    worst = next((each for each in shares if each.status is not OutputStatus.READ), None)
    return worst or Output(
        command,
        "\n".join(each.text for each in shares),
        min(each.started for each in shares),
        max(each.finished for each in shares),
    )


def whole(command: str) -> Parser[Any] | None:
    """The parser of a command that prints all there is, not one peer's or one map's share."""
    try:
        parser = find(command)
    except ParseError:
        return None
    # `all` and `detail` print more of the same.
    more = [word for word in command.lower().split() if word not in ("all", "detail")]
    longest = max(len(spelling.split()) for spelling in (parser.command, *parser.aliases))
    return parser if len(more) <= max(longest, len(parser.command.split())) else None
