# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins that an action opens itself: on its own host, or on the devices it mends from the controller."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any, cast

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.errors import AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils import jump_hosts
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.arming import Identity
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address

PLUGIN = "tunnelmend.asa.cli"
PRIVILEGE = 15
#: The inventory's variable for an address that does not depend on any tunnel.
OUT_OF_BAND = "asa_oob_host"


class PrivilegeError(AnsibleError):
    """The login may not see or do enough. ``seen`` is what shows it, and the message adds what to do."""

    def __init__(self, seen: str, advice: str) -> None:
        self.seen = seen
        super().__init__(f"{seen}{advice}")


def own(connection: Any, host: str, out_of_band: object = "") -> Connection:
    """The connection of a task that runs on a device; nothing is sent yet.

    ``out_of_band`` is an address to take instead of that of the host's tasks, where there is one.

    :raises AnsibleError: the host is reached by another connection plugin.
    """
    if not isinstance(connection, Connection) and getattr(connection, "transport", "") != PLUGIN:
        raise AnsibleError(
            f"{host}: this host is reached through {getattr(connection, 'transport', 'another connection')!r}; "
            f"set ansible_connection: {PLUGIN} for it"
        )
    if out_of_band:
        connection.set_option("host", str(out_of_band))
    return cast(Connection, connection)


def open_to(host: str, task_vars: Mapping[str, Any], play_context: PlayContext) -> Connection:
    """A connection to another host of the inventory, configured as its own tasks would be; nothing is sent yet.

    Whoever opens it is about to act: an address out of band (``asa_oob_host``) comes before that of the host's tasks.
    """
    variables = task_vars["hostvars"][host]
    if str(variables.get("ansible_connection", "")) != PLUGIN:
        raise AnsibleError(
            f"{host}: set ansible_connection: {PLUGIN} for it; it is {variables.get('ansible_connection')!r}"
        )
    context = play_context.copy()
    context.remote_addr = _target(host, task_vars)
    # Ansible knows a plugin's variables only once the plugin is loaded.
    connection = cast(Connection, connection_loader.get(PLUGIN, context, None))
    names = C.config.get_plugin_vars("connection", connection._load_name)
    connection.set_options(var_options={name: variables[name] for name in names if name in variables})
    if variables.get(OUT_OF_BAND):
        connection.set_option("host", context.remote_addr)
    # --ask-become-pass gives the password to Ansible and not to the inventory.
    if play_context.become_pass and not connection.get_option("enable_password"):
        connection.set_option("enable_password", play_context.become_pass)
    return connection


@contextlib.contextmanager
def open_to_each(
    hosts: Iterable[str], task_vars: Mapping[str, Any], play_context: PlayContext
) -> Iterator[dict[str, Connection]]:
    """Connections to several hosts at once, as :func:`open_to`; all of them are closed at the end."""
    with contextlib.ExitStack() as stack:
        connections: dict[str, Connection] = {}
        for host in hosts:
            connections[host] = open_to(host, task_vars, play_context)
            stack.callback(connections[host].close)
        yield connections


def addresses(task_vars: Mapping[str, Any], hosts: Iterable[str] | None = None) -> dict[str, tuple[Address, ...]]:
    """Where the controller reaches each device to act on it, and the jump hosts on the way there.

    ``hosts`` are those asked for, of which a large inventory has few; all hosts of the play unless given.
    Each is the address in the inventory, or all that a name resolves to. An empty tuple says that a name on the way
    does not resolve here (an alias of ssh_config, or known to a jump host alone).
    """
    found = {}
    for host in task_vars["ansible_play_hosts_all"] if hosts is None else hosts:
        ways = [_resolved(name) for name in (_target(host, task_vars), *_jumps(host, task_vars))]
        found[host] = tuple(dict.fromkeys(each for way in ways for each in way)) if all(ways) else ()
    return found


def identities(hosts: Iterable[str], task_vars: Mapping[str, Any]) -> dict[str, Identity]:
    """Who each device is by the inventory: ``asa_hostname``, and ``asa_serial``, of which a failover pair has two."""
    found = {}
    for host in hosts:
        variables = task_vars["hostvars"][host]
        serials = variables.get("asa_serial") or ()
        every = [serials] if isinstance(serials, str | int) else serials
        found[host] = Identity(str(variables.get("asa_hostname") or ""), tuple(str(each) for each in every))
    return found


def sources(task_vars: Mapping[str, Any], hosts: Iterable[str] | None = None) -> dict[str, Address]:
    """The controller's own address on the way to each device, or to its first jump host, by its own routes.

    ``hosts`` is as for :func:`addresses`. Nothing is sent. A device without a route is left out.
    """
    found = {}
    for host in task_vars["ansible_play_hosts_all"] if hosts is None else hosts:
        first = next(iter(_jumps(host, task_vars)), _target(host, task_vars))
        for address in _resolved(first)[:1]:
            # Connecting a datagram socket sends nothing and chooses the address to send from.
            family = socket.AF_INET if address.version == 4 else socket.AF_INET6
            with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((str(address), 9))
                found[host] = ip_address(str(probe.getsockname()[0]).partition("%")[0])
    return found


def _target(host: str, task_vars: Mapping[str, Any]) -> str:
    """The address or name by which a device is reached to act on it: out of band where it can be."""
    variables = task_vars["hostvars"][host]
    names = (variables.get(name) for name in (OUT_OF_BAND, "ansible_asa_host", "ansible_host"))
    return str(next(filter(None, names), host))


def _jumps(host: str, task_vars: Mapping[str, Any]) -> tuple[str, ...]:
    """The hosts that the connection to a device is carried through, the first to be reached first."""
    variables = task_vars["hostvars"][host]
    names = ("ansible_libssh_proxy_command", "ansible_paramiko_proxy_command")
    commands = (*(variables.get(name) for name in names), os.environ.get("ANSIBLE_LIBSSH_PROXY_COMMAND"))
    found = jump_hosts.of_command(str(next(filter(None, commands), "")))
    # Our connection does not read these: they tell of a jump host, and a name that means nothing here is no obstacle.
    told = jump_hosts.of_arguments(str(variables.get("ansible_ssh_common_args") or ""))
    return (*found, *(name for name in told if name not in found and _resolved(name)))


def _resolved(name: str) -> tuple[Address, ...]:
    try:
        return (ip_address(name),)
    except ValueError:
        pass
    try:
        answers = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    return tuple(dict.fromkeys(ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers))


def require_privilege(connection: Connection, host: str) -> None:
    """Refuse a login below level 15, whose outputs may be cut without a word.

    :raises PrivilegeError: with the level and what to do. A ``#`` in the prompt does not prove level 15.
    """
    level = connection.dialogue.privilege
    if not connection.dialogue.privileged:
        raise PrivilegeError(
            f"{host}: the login ends in user mode", "; set ansible_become_password to the enable password"
        )
    if level is not None and level < PRIVILEGE:
        raise PrivilegeError(
            f"{host}: the prompt ends in '#', but 'show curpriv' says privilege level {level} where {PRIVILEGE} is "
            "needed: what this user may not see would look like something that is not there",
            ". Use a user of level 15",
        )
