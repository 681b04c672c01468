# SPDX-License-Identifier: GPL-3.0-or-later
"""Which hosts a connection is carried through."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.jump_hosts import of_arguments, of_command


@pytest.mark.parametrize(
    ("command", "hosts"),
    [
        ("ssh -q -o BatchMode=yes -W %h:%p jump.example.net", ("jump.example.net",)),
        ("ssh -W %h:%p -p 2222 -l ops 192.0.2.9", ("192.0.2.9",)),
        ("/usr/bin/ssh -qW '[%h]:%p' ops@192.0.2.9", ("192.0.2.9",)),
        ("ssh -J a.example.net,ops@b.example.net:2222 -W %h:%p c.example.net",
         ("a.example.net", "b.example.net", "c.example.net")),
        ("ssh -o ProxyJump=192.0.2.1 -W %h:%p 192.0.2.2", ("192.0.2.1", "192.0.2.2")),
        ("ssh -oProxyCommand='ssh -W %h:%p 192.0.2.1' 192.0.2.2 nc %h %p", ("192.0.2.1", "192.0.2.2")),
        ("ssh -W %h:%p ssh://ops@[2001:db8::9]:22", ("2001:db8::9",)),
        ("exec env LANG=C ssh jump nc %h %p", ("jump",)),
        ("nc -X connect -x 192.0.2.80:3128 %h %p", ("192.0.2.80",)),
        ("ncat --proxy=192.0.2.80:1080 --proxy-type socks5 %h %p", ("192.0.2.80",)),
        ("connect-proxy -H proxy.example.net:8080 %h %p", ("proxy.example.net",)),
        ("nc %h %p", ()),
        ("python3 relay.py", ()),
        ("ssh -W %h:%p %h", ()),
        ("ssh 'unbalanced", ("'unbalanced",)),
        ("", ()),
        ("none", ()),
    ],
)  # fmt: skip
def test_a_proxy_command_names_the_hosts_on_its_way(command: str, hosts: tuple[str, ...]) -> None:
    assert of_command(command) == hosts


@pytest.mark.parametrize(
    ("arguments", "hosts"),
    [
        ("-J ops@jump.example.net:2222", ("jump.example.net",)),
        ("-o StrictHostKeyChecking=yes -o ProxyJump=192.0.2.1", ("192.0.2.1",)),
        ('-o ProxyCommand="ssh -W %h:%p -q ops@192.0.2.1"', ("192.0.2.1",)),
        ("-o 'ProxyCommand ssh -W %h:%p 192.0.2.1'", ("192.0.2.1",)),
        ("-o ProxyJump=none -C", ()),
        ("-C somebody.example.net", ()),
    ],
)
def test_arguments_of_ssh_name_them_too(arguments: str, hosts: tuple[str, ...]) -> None:
    assert of_arguments(arguments) == hosts
