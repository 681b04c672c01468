# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins that an action opens itself: on its own host, or on the devices it mends from the controller."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any, cast

from ansible import constants as C  # noqa: N812 - Ansible's own name for it
from ansible.errors import AnsibleError
from ansible.playbook.play_context import PlayContext
from ansible.plugins.loader import connection_loader

from ansible_collections.tunnelmend.asa.plugins.connection.cli import Connection
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import Address

PLUGIN = "tunnelmend.asa.cli"
PRIVILEGE = 15


class PrivilegeError(AnsibleError):
    """The login may not see or do enough."""


def own(connection: Any, host: str) -> Connection:
    """The connection of a task that runs on a device.

    :raises AnsibleError: the host is reached by another connection plugin.
    """
    if not isinstance(connection, Connection) and getattr(connection, "transport", "") != PLUGIN:
        raise AnsibleError(
            f"{host}: this host is reached through {getattr(connection, 'transport', 'another connection')!r}; "
            f"set ansible_connection: {PLUGIN} for it"
        )
    return cast(Connection, connection)


def open_to(host: str, task_vars: Mapping[str, Any], play_context: PlayContext) -> Connection:
    """A connection to another host of the inventory, configured as its own tasks would be; nothing is sent yet."""
    variables = task_vars["hostvars"][host]
    if str(variables.get("ansible_connection", "")) != PLUGIN:
        raise AnsibleError(
            f"{host}: set ansible_connection: {PLUGIN} for it; it is {variables.get('ansible_connection')!r}"
        )
    context = play_context.copy()
    context.remote_addr = str(variables.get("ansible_host", host))
    # Ansible knows a plugin's variables only once the plugin is loaded.
    connection = cast(Connection, connection_loader.get(PLUGIN, context, None))
    names = C.config.get_plugin_vars("connection", connection._load_name)
    connection.set_options(var_options={name: variables[name] for name in names if name in variables})
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


def addresses(task_vars: Mapping[str, Any]) -> dict[str, tuple[Address, ...]]:
    """Where the controller reaches each device: the address in its inventory, or all that its name resolves to.

    An empty tuple says that the name does not resolve here (an alias of ssh_config, or known to a jump host alone).
    """
    found = {}
    for host in task_vars["ansible_play_hosts_all"]:
        variables = task_vars["hostvars"][host]
        found[host] = _resolved(str(variables.get("ansible_asa_host", variables.get("ansible_host", host))))
    return found


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
        raise PrivilegeError(f"{host}: the login ends in user mode; set ansible_become_password to the enable password")
    if level is not None and level < PRIVILEGE:
        raise PrivilegeError(
            f"{host}: the prompt ends in '#', but 'show curpriv' says privilege level {level} where {PRIVILEGE} is "
            "needed: what this user may not see would look like something that is not there. Use a user of level 15"
        )
