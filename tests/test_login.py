# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the controller reaches the devices that it acts on, and from where."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import Any

import pytest
from ansible.playbook.play_context import PlayContext

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.controller import login

NAMES = {"hq.example.net": "203.0.113.1", "jump.example.net": "192.0.2.9", "oob.example.net": "192.0.2.200"}


@pytest.fixture(autouse=True)
def resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    def getaddrinfo(name: str, *_: Any, **__: Any) -> list[Any]:
        if name not in NAMES:
            raise socket.gaierror(f"{name} is not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (NAMES[name], 0))] * 2

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.delenv("ANSIBLE_LIBSSH_PROXY_COMMAND", raising=False)


def inventory(**variables: str) -> dict[str, Any]:
    return {"ansible_play_hosts_all": ["hq"], "hostvars": {"hq": variables}}


def reached(**variables: str) -> list[str]:
    return [str(each) for each in login.addresses(inventory(**variables))["hq"]]


@pytest.mark.parametrize(
    ("variables", "addresses"),
    [
        ({}, []),
        ({"ansible_host": "203.0.113.1"}, ["203.0.113.1"]),
        ({"ansible_host": "hq.example.net"}, ["203.0.113.1"]),
        ({"ansible_host": "10.1.0.1", "ansible_asa_host": "203.0.113.1"}, ["203.0.113.1"]),
        ({"ansible_host": "10.1.0.1", "asa_oob_host": "192.0.2.200"}, ["192.0.2.200"]),
        ({"ansible_asa_host": "10.1.0.1", "asa_oob_host": "oob.example.net"}, ["192.0.2.200"]),
        ({"ansible_host": "10.1.0.1", "asa_oob_host": ""}, ["10.1.0.1"]),
        (
            {"ansible_host": "203.0.113.1", "ansible_libssh_proxy_command": "ssh -W %h:%p jump.example.net"},
            ["203.0.113.1", "192.0.2.9"],
        ),
        (
            {"ansible_host": "203.0.113.1", "ansible_paramiko_proxy_command": "ssh -W %h:%p 10.2.0.9"},
            ["203.0.113.1", "10.2.0.9"],
        ),
        ({"ansible_host": "203.0.113.1", "ansible_libssh_proxy_command": "ssh -W %h:%p an_alias"}, []),
        ({"ansible_host": "203.0.113.1", "ansible_ssh_common_args": "-J ops@10.2.0.9"}, ["203.0.113.1", "10.2.0.9"]),
        ({"ansible_host": "203.0.113.1", "ansible_ssh_common_args": "-J an_alias"}, ["203.0.113.1"]),
    ],
)
def test_a_device_is_reached_at_its_address_and_through_its_jump_hosts(
    variables: dict[str, str], addresses: list[str]
) -> None:
    assert reached(**variables) == addresses


def test_the_environment_names_a_jump_host_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_LIBSSH_PROXY_COMMAND", "ssh -W %h:%p 10.2.0.9")
    assert reached(ansible_host="203.0.113.1") == ["203.0.113.1", "10.2.0.9"]


def test_the_controllers_own_address_is_that_of_its_route() -> None:
    assert login.sources(inventory(ansible_host="127.0.0.1")) == {"hq": ip_address("127.0.0.1")}
    far = inventory(ansible_host="203.0.113.1", ansible_libssh_proxy_command="ssh -W %h:%p 127.0.0.1")
    assert login.sources(far) == {"hq": ip_address("127.0.0.1")}
    assert login.sources(inventory(ansible_host="no.example.net")) == {}


def test_a_device_without_a_route_has_no_source(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: Any) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert login.sources(inventory(ansible_host="203.0.113.1")) == {}


def test_few_hosts_of_many_may_be_asked_for() -> None:
    given = {"ansible_play_hosts_all": ["hq", "unwanted"], "hostvars": {"hq": {"ansible_host": "127.0.0.1"}}}
    assert login.addresses(given, ["hq"]).keys() == login.sources(given, ["hq"]).keys() == {"hq"}


class Plugin:
    """A connection as far as a login configures it."""

    _load_name = login.PLUGIN

    def __init__(self) -> None:
        self.options: dict[str, Any] = {}

    def set_options(self, var_options: dict[str, Any]) -> None:
        self.options |= {"host": var_options.get("ansible_host")}

    def set_option(self, name: str, value: Any) -> None:
        self.options[name] = value


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({"ansible_host": "10.1.0.1"}, "10.1.0.1"),
        ({"ansible_host": "10.1.0.1", "asa_oob_host": "192.0.2.200"}, "192.0.2.200"),
    ],
)
def test_who_acts_logs_in_out_of_band_where_that_is_possible(
    variables: dict[str, str], host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugin, contexts = Plugin(), []
    monkeypatch.setattr(login.connection_loader, "get", lambda _, context, __: contexts.append(context) or plugin)
    monkeypatch.setattr(login.C.config, "get_plugin_vars", lambda *_: ["ansible_host"])
    given = inventory(ansible_connection=login.PLUGIN, **variables)
    assert login.open_to("hq", given, PlayContext()) is plugin
    assert plugin.options["host"] == host
    assert [context.remote_addr for context in contexts] == [host]
