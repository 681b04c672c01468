# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins that go wrong, or another way: who answers, what they ask, how one proves who one is, through whom."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from ansible.errors import AnsibleConnectionFailure

from tests.integration.faults.script import SHOWN

WHOLE = SHOWN["show version"].replace("\r\n", "\n")


def failure(connection: Any) -> str:
    with pytest.raises(AnsibleConnectionFailure) as error:
        connection.run("show version")
    return str(error.value)


# --- who answers -------------------------------------------------------------------------------------------------


def test_a_unix_shell(login: Any) -> None:
    message = failure(login(kind="shell"))
    assert message.startswith("hq: this is the prompt of a Unix shell, not of an ASA; last bytes seen: ")
    assert message.endswith("user@host:~$ '. Check ansible_host")


@pytest.mark.parametrize("enable", [True, False])
def test_a_router(login: Any, enable: bool) -> None:
    message = failure(login(kind="ios", ansible_asa_enable=enable))
    assert message.startswith("hq: 'show curpriv' does not answer like an ASA: ")
    assert message.endswith("(command: 'show curpriv'). Check ansible_host")


def test_a_changed_host_key(server: Any, login: Any, tmp_path: Path) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    path = tmp_path / "known_hosts"
    path.write_text(f"[127.0.0.1]:{server.port} {other}")
    message = failure(login(ansible_asa_known_hosts=str(path)))
    fingerprint = asyncssh.import_public_key(server.key).get_fingerprint()
    assert message.startswith(
        f"hq (127.0.0.1 port {server.port}): THE HOST KEY HAS CHANGED, it is now ssh-ed25519 {fingerprint}. Some"
    )
    assert message.endswith(f"remove the old line for this device from {path} and connect again")


def test_five_logins_are_open(login: Any) -> None:
    assert failure(login(shell="full")) == (
        "hq: the device closed the connection; last bytes seen: 'Maximum number of SSH sessions reached. Try again "
        "later.\\r\\n'. Look at its log and at 'show ssh sessions', then run it again"
    )


# --- what they ask -----------------------------------------------------------------------------------------------


def test_a_wrong_enable_password_is_typed_once(login: Any) -> None:
    """The device would ask three times; a wrong one typed again and again can lock the user."""
    message = failure(login(ansible_become_password="gu3ss"))
    assert message == (
        "hq: the enable password was refused (command: 'enable'); last bytes seen: '\\r\\nInvalid password\\r\\n"
        "Password: '. Set ansible_become_password to this device's enable password"
    )


def test_enable_is_not_permitted(login: Any) -> None:
    message = failure(login(answers={"enable": "Command authorization failed\r\n"}))
    assert message.startswith(
        "hq: enable was refused (command: 'enable'); last bytes seen: 'Command authorization fail"
    )
    assert message.endswith("Set ansible_become_password to this device's enable password")


def test_an_expired_password_is_not_changed(login: Any) -> None:
    message = failure(login(kind="expired", ansible_connect_timeout=1))
    assert message.startswith("hq: the device asks for a password after the login; last bytes seen: 'Your password")
    assert "TYPED" not in message
    assert message.endswith(
        "Nothing was typed. Log in by hand and answer it (an expired password?), then set ansible_password"
    )


def test_an_expired_password_by_way_of_ssh_is_not_changed(login: Any) -> None:
    """RFC 4252 lets a server ask for a new password instead of an answer; libssh waits on."""
    message = failure(login(shell="password change", ansible_connect_timeout=1))
    assert "no answer within 1 s (amid the login: has the password expired?)" in message


def test_an_expired_password_by_way_of_keyboard_interactive_ends_the_login(login: Any) -> None:
    message = failure(login(shell="kbdint change"))
    assert "was refused (it takes keyboard-interactive). Check ansible_user, and ansible_password or" in message


@pytest.mark.parametrize("refused", ["show pager", "show curpriv", "terminal pager 0"])
def test_a_command_of_the_login_is_not_permitted(login: Any, refused: str) -> None:
    connection = login(answers={refused: "Command authorization failed\r\n"})
    assert connection.exec_command("show version")[1].decode() == WHOLE
    dialogue = connection.dialogue
    assert (dialogue.privilege is None, dialogue.pager_off) == (refused == "show curpriv", refused != "show pager")


# --- how one proves who one is -----------------------------------------------------------------------------------


def test_keyboard_interactive_only(login: Any) -> None:
    assert login(shell="kbdint only").run("show version").text == WHOLE
    message = failure(login(shell="kbdint only", ansible_password="gu3ss"))
    assert "was refused (it takes keyboard-interactive). Check ansible_user, and ansible_password or" in message
    assert "gu3ss" not in message


def test_a_key_of_the_agent(server: Any, login: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    by_agent = {"shell": "key only", "ansible_password": None, "ansible_libssh_look_for_keys": True}
    monkeypatch.setenv("SSH_AUTH_SOCK", str(server.folder / "agent"))
    assert login(**by_agent).run("show version").text == WHOLE
    assert "was refused" in failure(login(**by_agent | {"ansible_libssh_look_for_keys": False}))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(server.folder / "none"))
    assert f"{server.folder / 'none'}): No such file or directory). Check ansible_user" in failure(login(**by_agent))


def test_a_key_only(login: Any, key: Path, tmp_path: Path) -> None:
    by_key = {"shell": "key only", "ansible_password": None}
    assert login(**by_key, ansible_ssh_private_key_file=str(key)).run("show version").text == WHOLE
    other = tmp_path / "other"
    other.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    message = failure(login(**by_key, ansible_ssh_private_key_file=str(other)))
    assert "was refused" in message
    assert message.endswith("Check ansible_user, and ansible_password or ansible_ssh_private_key_file")


# --- through whom one goes ---------------------------------------------------------------------------------------

JUMP = """\
import asyncio, os, sys
import asyncssh

async def main(known_hosts, key, host, port):
    async with asyncssh.connect(host, port, username="jumper", known_hosts=known_hosts, client_keys=[key]) as jump:
        reader, writer = await jump.open_connection(host, port)
        loop = asyncio.get_running_loop()
        loop.add_reader(0, lambda: writer.write(os.read(0, 65536)))
        while data := await reader.read(65536):
            os.write(1, data)

asyncio.run(main(*sys.argv[1:4], int(sys.argv[4])))
"""


def test_through_an_ssh_jump_host(server: Any, login: Any, key: Path, tmp_path: Path) -> None:
    """SSH in SSH, as `ssh -W` does it; the device's own host key is checked through the jump host."""
    script = tmp_path / "jump.py"
    script.write_text(JUMP)
    program = [sys.executable, str(script), server.known_hosts, str(key)]
    through = {"ansible_libssh_proxy_command": f"{shlex.join(program)} %h %p"}
    connection = login(**through)
    assert connection.exec_command("show version")[1].decode() == WHOLE
    (tmp_path / "empty").touch()
    assert "the host key is not known" in failure(login(**through, ansible_asa_known_hosts=str(tmp_path / "empty")))


def test_a_jump_host_that_says_nothing(login: Any) -> None:
    message = failure(login(ansible_libssh_proxy_command="sleep 5", ansible_connect_timeout=1))
    assert "no answer within 1 s" in message


def test_a_jump_host_of_an_ssh_config_file(server: Any, login: Any, key: Path, tmp_path: Path) -> None:
    path = tmp_path / "ssh_config"
    program = [sys.executable, str(tmp_path / "jump.py"), server.known_hosts, str(key)]
    (tmp_path / "jump.py").write_text(JUMP)
    path.write_text(f"Host 127.0.0.1\n  ProxyCommand {shlex.join(program)} %h %p\n")
    assert login(ansible_libssh_config_file=str(path)).run("show version").text == WHOLE
    path.write_text("Host 127.0.0.1\n  ProxyCommand exit 1\n")
    assert failure(login(ansible_libssh_config_file=str(path))).startswith("hq (127.0.0.1 port ")
