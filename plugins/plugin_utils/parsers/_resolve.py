# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists as selectors: names, objects, nested groups, interfaces and ports followed to their ends.

What names a thing the device did not print stays in ``unresolved``: half a list is not a smaller list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_network, summarize_address_range
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    AccessList,
    AccessRule,
    Interface,
    Network,
    Selector,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import Names, address, host, network
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._ports import ports, protocol
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_access_list import AccessLine
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_object import Objects
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers.show_running_config_object_group import (
    Groups,
    ObjectGroup,
)

ANY4, ANY6 = ip_network("0.0.0.0/0"), ip_network("::/0")
# A line is the product of its groups; beyond this no tunnel is meant, and a report could not show it.
MOST_RULES = 20_000
# So it is with a list, however many lines it has: a hub's longest are a tenth of this.
MOST_OF_A_LIST = 200_000

Range = tuple[int, int]
# A protocol with its source and destination ports.
Service = tuple[int, Range, Range]
ALL_PORTS: Range = (0, 0)


class UnresolvedError(Exception):
    """Something the configuration names and does not define."""


class TooManyError(UnresolvedError):
    """More than a list can be meant to hold."""


def _same_family(words: tuple[str, ...], networks: list[Network], others: list[Network]) -> list[Network]:
    """``any`` means both families from 9.0 on, so beside IPv6 alone it is IPv6's."""
    return [ANY6] if words == ("any",) and others and all(each.version == 6 for each in others) else networks


@dataclass(frozen=True)
class Resolver:
    """What a configuration defines, to look words up in."""

    names: Names
    objects: Objects
    groups: Groups
    interfaces: tuple[Interface, ...]

    def access_list(self, name: str, lines: Iterable[AccessLine], most: int = MOST_OF_A_LIST) -> AccessList:
        rules: list[AccessRule] = []
        unresolved: list[str] = []
        for line in lines:
            try:
                if len(rules) >= most:
                    raise TooManyError(f"more than {most} rules in one list")
                rules += self.rules(line)
            except TooManyError as error:
                unresolved.append(f"{line.text} ({error})")
            except UnresolvedError:
                unresolved.append(line.text)
            except RecursionError:
                unresolved.append(f"{line.text} (groups in groups without end)")
        return AccessList(name, tuple(rules), tuple(unresolved))

    def rules(self, line: AccessLine) -> list[AccessRule]:
        sources, destinations = self.known_networks(line.source), self.known_networks(line.destination)
        sources = _same_family(line.source, sources, destinations)
        destinations = _same_family(line.destination, destinations, sources)
        services = self.known_services(line)
        if len(sources) * len(destinations) * len(services) > MOST_RULES:
            raise TooManyError(f"more than {MOST_RULES} rules in one line")
        rules = [
            AccessRule(
                permit=line.permit,
                source=Selector(source, number, *source_ports),
                destination=Selector(destination, number, *destination_ports),
                line=line.text,
                inactive=line.inactive,
                time_range=line.time_range,
            )
            for number, source_ports, destination_ports in services
            for source in sources
            for destination in destinations
            if source.version == destination.version
        ]
        if not rules:
            raise UnresolvedError("nothing that this line could match")
        return rules

    # A group of thousands may stand in every line of a list: it is followed once.

    @cached_property
    def _followed(self) -> dict[object, list[Any]]:
        return {}

    def known_networks(self, words: tuple[str, ...]) -> list[Network]:
        if words not in self._followed:
            self._followed[words] = self.networks(words)
        return self._followed[words]

    def known_services(self, line: AccessLine) -> list[Service]:
        key = (line.protocol, line.source_ports, line.destination_ports)
        if key not in self._followed:
            self._followed[key] = self.services(line)
        return self._followed[key]

    # Networks.

    def networks(self, words: tuple[str, ...], seen: set[str] | None = None) -> list[Network]:
        """``seen`` are the groups on the way here: each is followed once, in a loop as in a tree that meets again."""
        seen = set() if seen is None else seen
        match words:
            case ("any" | "any4",):
                return [ANY4]
            case ("any6",):
                return [ANY6]
            case ("host", where) if at := address(where, self.names):
                return [host(at)]
            case ("interface", nameif):
                found = next((each.address for each in self.interfaces if each.nameif == nameif), None)
                if found:
                    return [host(found)]
            case ("object", name) if name in self.objects:
                return self.networks(self.objects[name], seen)
            case ("object-group" | "group-object", name) if name in self.groups:
                if name in seen:
                    return []
                seen.add(name)
                members = self.groups[name].members
                return [each for member in members for each in self.member(member, seen)]
            case ("subnet", *rest):
                return self.networks(tuple(rest), seen)
            case ("range", low, high):
                first, last = address(low, self.names), address(high, self.names)
                if first and last and first.version == last.version and int(first) <= int(last):
                    return list(summarize_address_range(first, last))
            case (where,) if "/" in where:
                base, _, length = where.partition("/")
                if found_6 := network(base, length, self.names):
                    return [found_6]
            case (base, mask):
                if found_4 := network(base, mask, self.names):
                    return [found_4]
        raise UnresolvedError(" ".join(words))

    def translated(self, words: tuple[str, ...]) -> tuple[Network, ...] | None:
        """The networks of a NAT rule's words, in which an object stands by its name alone; ``None`` for unknown."""
        match words:
            case (name,) if name in self.objects:
                words = ("object", name)
            case (name,) if name in self.groups:
                words = ("object-group", name)
            case (where,) if found := address(where, self.names):
                return (host(found),)
        try:
            return tuple(self.networks(words))
        except UnresolvedError:
            return None

    def member(self, words: tuple[str, ...], seen: set[str]) -> list[Network]:
        return self.networks(words[1:] if words[0] == "network-object" else words, seen)

    # Services: protocols with their ports.

    def services(self, line: AccessLine) -> list[Service]:
        match line.protocol:
            case ("object", name) if name in self.objects:
                return list(self.service(self.objects[name][1:]))
            case ("object-group", name) if name in self.groups:
                group = self.groups[name]
                if group.kind == "service":
                    return list(self.group_services(group, {name}))
                numbers = [self.protocol(word) for word in self.protocols(group, {name})]
            case (word,):
                numbers = [self.protocol(word)]
            case _:
                raise UnresolvedError(" ".join(line.protocol))
        sources = self.port_ranges(line.source_ports)
        # After ICMP stands a type, not a port; `destination_ports` cannot hold one.
        targets = self.port_ranges(line.destination_ports) if set(numbers) & {6, 17, 132} else [ALL_PORTS]
        return [(number, source, target) for number in numbers for source in sources for target in targets]

    def protocol(self, word: str) -> int:
        number = protocol(word)
        if number is None:
            raise UnresolvedError(word)
        return number

    def protocols(self, group: ObjectGroup, seen: set[str]) -> Iterator[str]:
        for kind, word, *_ in group.members:
            if kind == "protocol-object":
                yield word
            elif kind == "group-object" and word in self.groups and word not in seen:
                seen.add(word)
                yield from self.protocols(self.groups[word], seen)

    def port_ranges(self, words: tuple[str, ...], seen: set[str] | None = None) -> list[Range]:
        seen = set() if seen is None else seen
        match words:
            case ():
                return [ALL_PORTS]
            case ("object-group" | "group-object", name) if name in self.groups:
                if name in seen:
                    return []
                seen.add(name)
                members = self.groups[name].members
                return [
                    each
                    for member in members
                    for each in self.port_ranges(member[1:] if member[0] == "port-object" else member, seen)
                ]
            case (operator, *rest) if found := ports(operator, list(rest)):
                return list(found)
        raise UnresolvedError(" ".join(words))

    def group_services(self, group: ObjectGroup, seen: set[str]) -> Iterator[Service]:
        for kind, *rest in group.members:
            if kind == "service-object" and rest[:1] == ["object"]:
                definition = self.objects.get(rest[1] if len(rest) > 1 else "")
                if not definition:
                    raise UnresolvedError(" ".join(rest))
                yield from self.service(definition[1:])
            elif kind == "service-object":
                yield from self.service(tuple(rest))
            elif kind == "group-object" and rest[0] in self.groups:
                if rest[0] not in seen:
                    seen.add(rest[0])
                    yield from self.group_services(self.groups[rest[0]], seen)
            else:
                raise UnresolvedError(f"{kind} {' '.join(rest)}")

    def service(self, words: tuple[str, ...]) -> Iterator[Service]:
        """``tcp [source eq P] [destination eq P]``; releases before 8.4 leave the word destination out."""
        if not words:
            raise UnresolvedError("an empty service")
        sides: dict[str, tuple[str, ...]] = {"source": (), "destination": ()}
        side = "destination"
        for word in words[1:]:
            if word in sides:
                side = word
            else:
                sides[side] += (word,)
        numbers = [6, 17] if words[0] == "tcp-udp" else [self.protocol(words[0])]
        for number in numbers:
            targets = self.port_ranges(sides["destination"]) if number in (6, 17, 132) else [ALL_PORTS]
            for source in self.port_ranges(sides["source"]):
                for target in targets:
                    yield number, source, target
