# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible hands to a connection, and what of it may reach an ASA."""

from __future__ import annotations

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.shell_commands import refusal_of_raw

GUARD = "The guard: ansible.builtin.raw sends show commands alone, unless ansible_asa_raw_commands is 'all'"


@pytest.mark.parametrize(
    "line",
    [
        "show version",
        "sh ver",
        "sho run",
        "SHOW VERSION",
        "show running-config all tunnel-group",
        "show crypto ipsec sa peer 198.51.100.2",
        "show running-config | include tunnel-group",
        "show running-config | inc tunnel-group|access-list",
        "show running-config | include a|tee|redirect",
        "show logging | exclude 302013",
        "show logging | grep -v Teardown",
        "show run | begin crypto map",
        "show tech-support",
        "show tech-support | begin show version",
        "show file information disk0:/asa.bin",
    ],
)
def test_show_commands_are_sent(line: str) -> None:
    assert refusal_of_raw(line, anything=False) == ""


@pytest.mark.parametrize(
    "line",
    [
        "configure terminal",
        "write memory",
        "reload noconfirm",
        "ping 192.0.2.1",
        "show",
        "showversion",
        "/bin/sh -c 'echo ~ && sleep 0'",
        "sh -c 'id'",
        "sh /tmp/script",
        "sh ~/script",
        "sudo -H -S -n -u root /bin/sh -c id",
        "echo show version",
        "no show version",
        "more system:running-config",
    ],
)
def test_other_commands_are_not(line: str) -> None:
    refusal = refusal_of_raw(line, anything=False)
    assert refusal.startswith("not sent: ")
    assert "is no show command. An ASA runs no Python and no shell" in refusal
    assert "set gather_facts: false in the play" in refusal
    assert refusal.endswith(GUARD)
    assert refusal_of_raw(line, anything=True) == ""


@pytest.mark.parametrize("line", ["clear crypto ipsec sa peer 198.51.100.2", "cle cry isa sa", "CLEAR configure all"])
def test_a_clear_is_refused_with_the_way_that_is_safe(line: str) -> None:
    refusal = refusal_of_raw(line, anything=False)
    assert refusal.startswith(f"not sent: {line!r} is no show command. To get a tunnel back use 'ansible-playbook ")
    assert "tunnelmend.asa.remediate -e tunnel=NAME' (in a checkout playbooks/remediate.yml)" in refusal
    assert refusal.endswith(f"clears one tunnel's SAs in the right order and proves the result. {GUARD}")
    assert "=all" not in refusal, "the guard is named; how to get round it is no advice"
    assert refusal_of_raw(line, anything=True) == ""


@pytest.mark.parametrize(
    "line",
    [
        "show running-config | redirect disk0:/x",
        "show running-config | r disk0:/x",
        "show running-config |red tftp://192.0.2.1/x",
        "show running-config | tee disk0:/x",
        "show running-config | t disk0:/x",
        "show running-config | append disk0:/x",
        "show running-config | APP disk0:/x",
        "show running-config | include x | redirect disk0:/x",
        "show tech-support file disk0:/x",
        "sh tech detail file disk0:/x",
    ],
)
def test_show_commands_that_write_are_not(line: str) -> None:
    refusal = refusal_of_raw(line, anything=False)
    assert refusal.endswith("writes to the device's flash; set ansible_asa_raw_commands=all if that is meant")
    assert refusal_of_raw(line, anything=True) == ""


@pytest.mark.parametrize("anything", [False, True])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "nothing to send: the command is empty"),
        ("show version\nclear crypto ipsec sa", "not sent: a command is one line, and this one has a line break: "),
        ("show version\rclear crypto ipsec sa", "not sent: a command is one line, and this one has a line break: "),
        ("show ?", "not sent: a question mark or a control character makes the device complete the line: 'show ?'"),
        ("show ver\t", "not sent: a question mark or a control character makes the device complete the line: "),
        ("show \x1b[A", "not sent: a question mark or a control character makes the device complete the line: "),
    ],
)
def test_what_is_no_single_line_is_never_sent(line: str, words: str, anything: bool) -> None:
    assert refusal_of_raw(line, anything=anything).startswith(words)
