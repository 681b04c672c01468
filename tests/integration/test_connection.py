# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection plugin over real SSH: logins, host keys, old algorithms, misbehaving devices, Ansible's own ways."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError

from lab.testing import RunningLab

ROOT = Path(__file__).resolve().parents[2]
Connect = Callable[..., Any]

OLD = {
    "ansible_libssh_key_exchange_algorithms": "+diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
    "ansible_libssh_hostkeys": "+ssh-rsa",
    "ansible_libssh_publickey_algorithms": "+ssh-rsa",
    "ansible_libssh_ciphers": "+aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc",
    "ansible_libssh_macs": "+hmac-sha1",
}


@pytest.fixture(autouse=True)
def no_quirks(lab: RunningLab) -> None:
    lab.quirk("hq", clear=True)


def failure(connection: Any, command: str = "show version", kind: type[Exception] = AnsibleConnectionFailure) -> str:
    """What a command fails with; it always begins with the device's name in the inventory."""
    with pytest.raises(kind) as error:
        connection.exec_command(command)
    message = str(error.value)
    assert re.match(r"hq\b", message)
    return message


# --- commands ----------------------------------------------------------------------------------------------------


def test_raw_show_version(lab: RunningLab, connect: Connect) -> None:
    connection = connect(lab)
    code, text, refusal = connection.exec_command("show version")
    assert (code, refusal) == (0, b"")
    assert text.startswith(b"\nCisco Adaptive Security Appliance Software Version 7.2(5)")
    assert b"\r" not in text
    assert not text.rstrip().endswith(b"#")
    assert connection.dialogue.privilege == 15
    assert connection.dialogue.pager_off


def test_a_command_that_the_device_refuses(lab: RunningLab, connect: Connect) -> None:
    code, text, refusal = connect(lab).exec_command("show nonsense")
    assert (code, refusal) == (1, b"ERROR: % Invalid input detected at '^' marker.")
    assert b"^" in text


def test_a_long_output_is_whole(lab: RunningLab, connect: Connect) -> None:
    connection = connect(lab)
    texts = {connection.exec_command("show running-config")[1] for _ in range(3)}
    assert len(texts) == 1
    assert texts.pop().rstrip().endswith(b": end")


def test_a_line_that_is_fired_arrives_although_the_login_is_closed_without_reading(
    lab: RunningLab, connect: Connect
) -> None:
    connection = connect(lab)
    connection.fire("show crypto ipsec sa peer 203.0.113.77")
    connection.close()
    deadline = time.monotonic() + 10
    while "show crypto ipsec sa peer 203.0.113.77" not in lab.lines("hq"):
        assert time.monotonic() < deadline, "it never arrived"
        time.sleep(0.05)
    assert connection.run("show version").text


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("clear crypto ipsec sa peer 203.0.113.2", "is no show command. To get a tunnel back use"),
        ("/bin/sh -c 'echo ~'", "set gather_facts: false in the play"),
        ("show running-config | redirect flash:x", "writes to the device's flash; set ansible_asa_raw_commands=all"),
        ("show version\nclear crypto ipsec sa", "a command is one line, and this one has a line break"),
        ("show ?", "a question mark or a control character makes the device complete the line"),
        ("", "nothing to send: the command is empty"),
    ],
)
def test_what_may_not_be_sent_does_not_even_log_in(lab: RunningLab, connect: Connect, command: str, words: str) -> None:
    before = lab.record()
    assert words in failure(connect(lab), command, AnsibleError)
    assert lab.record() == before


def test_the_limit_to_show_commands_can_be_lifted(lab: RunningLab, connect: Connect) -> None:
    connection = connect(lab, ansible_asa_raw_commands="all")
    assert connection.exec_command("clear crypto ipsec sa peer 203.0.113.99")[0] == 0
    assert "clear crypto ipsec sa peer 203.0.113.99" in lab.lines("hq")
    assert "line break" in failure(connect(lab, ansible_asa_raw_commands="all"), "a\nb", AnsibleError)


def test_files_and_input_are_refused(lab: RunningLab, connect: Connect) -> None:
    before = lab.record()
    connection = connect(lab)
    words = r"^hq: a file transfer \(/etc/hosts\) was not sent: an ASA runs no Python .* set gather_facts: false"
    with pytest.raises(AnsibleError, match=words):
        connection.put_file("/etc/hosts", "flash:/hosts")
    with pytest.raises(AnsibleError, match=words):
        connection.fetch_file("/etc/hosts", "hosts")
    with pytest.raises(AnsibleError, match=r"^hq: input for a command was not sent: "):
        connection.exec_command("show version", in_data=b"import os")
    assert lab.record() == before


def test_configures(lab: RunningLab, connect: Connect) -> None:
    connection = connect(lab)
    answer = connection.configure(("tunnel-group 203.0.113.1 ipsec-attributes", "nonsense"))
    assert (answer.refused, answer.reason) == ("nonsense", "ERROR: % Invalid input detected at '^' marker.")
    assert lab.lines("hq")[-1] == "end"
    assert connection.exec_command("show curpriv")[0] == 0


# --- logins ------------------------------------------------------------------------------------------------------


def test_become_gives_the_enable_password(lab: RunningLab, connect: Connect) -> None:
    from_inventory = connect(lab, become="tunnelmend.asa.enable")
    assert from_inventory.exec_command("show curpriv")[0] == 0
    asked = connect(lab, become="tunnelmend.asa.enable", become_pass="lab-enable", ansible_become_password=None)
    assert asked.dialogue.privilege == 15
    assert asked.become.build_become_command("show version", None) == "show version"


def test_sudo_is_refused(lab: RunningLab, connect: Connect) -> None:
    before = lab.record()
    assert failure(connect(lab, become="sudo"), kind=AnsibleError) == (
        "hq: the become method 'sudo' means nothing on an ASA. Set ansible_become_method: tunnelmend.asa.enable, or "
        "ansible_become: false"
    )
    assert lab.record() == before


def test_a_password_that_ansible_asked_for_opens_privileged_mode(lab: RunningLab, connect: Connect) -> None:
    """``--ask-become-pass`` and ``--become-password-file`` without ``--become``: there is no become plugin then."""
    asked = connect(lab, asked={"become_pass": "lab-enable"}, ansible_become_password=None)
    assert "show version" in asked.run("show version").command
    assert asked.dialogue.privilege == 15


def test_wrong_enable_password(lab: RunningLab, connect: Connect) -> None:
    message = failure(connect(lab, ansible_become_password="gu3ss"))
    assert message.startswith("hq: the enable password was refused (command: 'enable')")
    assert message.endswith("Set ansible_become_password to this device's enable password")
    assert "gu3ss" not in message


def test_without_enable(lab: RunningLab, connect: Connect) -> None:
    connection = connect(lab, ansible_asa_enable=False, ansible_become_password=None)
    assert not connection.dialogue.privileged
    assert "password" not in {entry["mode"] for entry in lab.record("hq") if entry["session"] == last_session(lab)}


def last_session(lab: RunningLab) -> int:
    return int(lab.record("hq")[-1]["session"])


def test_a_hash_is_not_level_15(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "level=3")
    dialogue = connect(lab).dialogue
    assert (dialogue.privileged, dialogue.privilege) == (True, 3)


@pytest.mark.parametrize("quirk", ["password-prompt-no-blank", "enable-no-password", "slow=0.3"])
def test_logins_that_differ(lab: RunningLab, connect: Connect, quirk: str) -> None:
    lab.quirk("hq", quirk)
    assert connect(lab).dialogue.privilege == 15


@pytest.mark.parametrize("prompt", ["ctx/pri/act", "hq.example.com", "hq/admin"])
def test_prompts_that_differ(lab: RunningLab, connect: Connect, prompt: str) -> None:
    lab.quirk("hq", f"prompt={prompt}")
    connection = connect(lab)
    assert connection.exec_command("show version")[0] == 0
    assert connection.dialogue.prompt == prompt.encode()


def test_a_refused_login(lab: RunningLab, connect: Connect) -> None:
    where = f"hq (127.0.0.1 port {lab.devices['hq']['port']})"
    wanted = (
        f"{where}: the login of user 'operator' was refused (it takes publickey,keyboard-interactive,password). "
        "Check ansible_user, and ansible_password or ansible_ssh_private_key_file"
    )
    assert failure(connect(lab, ansible_password="gu3ss")) == wanted
    lab.quirk("hq", "refuse-login")
    assert failure(connect(lab)) == wanted


def test_login_by_key(lab: RunningLab, connect: Connect, key: Path) -> None:
    by_key = connect(lab, ansible_password=None, ansible_ssh_private_key_file=str(key))
    assert by_key.exec_command("show version")[0] == 0
    locked = {"ansible_password": None, "ansible_ssh_private_key_file": str(key.with_suffix(".locked"))}
    assert connect(lab, **locked, ansible_private_key_passphrase="opensesame").exec_command("show version")[0] == 0


def test_private_keys_that_cannot_be_used(lab: RunningLab, connect: Connect, key: Path, tmp_path: Path) -> None:
    unreadable = "is no private key that libssh can read. Check ansible_ssh_private_key_file, and"
    locked = str(key.with_suffix(".locked"))
    assert unreadable in failure(connect(lab, ansible_ssh_private_key_file=locked))
    assert unreadable in failure(
        connect(lab, ansible_ssh_private_key_file=locked, ansible_private_key_passphrase="gu3ss")
    )
    (tmp_path / "garbage").write_text("garbage\n")
    assert unreadable in failure(connect(lab, ansible_ssh_private_key_file=str(tmp_path / "garbage")))
    message = failure(connect(lab, ansible_ssh_private_key_file=str(tmp_path / "missing")))
    assert "the private key cannot be read: [Errno 2] No such file or directory" in message
    assert message.endswith("Check ansible_ssh_private_key_file")


def test_the_sixth_login(lab: RunningLab, connect: Connect) -> None:
    five = [connect(lab) for _ in range(5)]
    for connection in five:
        assert connection.dialogue.privilege == 15
    message = failure(connect(lab))
    assert "logged in, but no shell was given" in message
    assert "An ASA allows five logins at a time: see 'show ssh sessions', and end one with 'ssh disconnect'" in message
    five[0].close()
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            assert connect(lab).exec_command("show version")[0] == 0
            break
        except AnsibleConnectionFailure:
            time.sleep(0.1)
    else:
        pytest.fail("a login that was closed did not free its place")


def test_reset_logs_in_anew(lab: RunningLab, connect: Connect) -> None:
    connection = connect(lab)
    connection.exec_command("show version")
    first = last_session(lab)
    connection.reset()
    assert lab.lines("hq")[-1] == "exit"
    connection.exec_command("show version")
    assert last_session(lab) == first + 1


# --- host keys ---------------------------------------------------------------------------------------------------


def line_of_another_key(lab: RunningLab) -> str:
    key = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    return f"[127.0.0.1]:{lab.devices['hq']['port']} {key}"


@pytest.mark.parametrize("place", ["known_hosts", "new folder/known hosts"])
def test_an_unknown_host_key_is_told_with_the_command_that_enrols_it(
    lab: RunningLab, connect: Connect, tmp_path: Path, place: str
) -> None:
    path = tmp_path / place
    message = failure(connect(lab, ansible_asa_known_hosts=str(path)))
    found = re.search(r"the host key is not known: ssh-ed25519 (SHA256:\S+)\. .* enrol it with: (.*)$", message)
    assert found
    public = Path(lab.known_hosts).read_text().splitlines()[0].split(" ", 1)[1]
    assert found[1] == asyncssh.import_public_key(public).get_fingerprint()
    assert not path.exists()
    subprocess.run(["/bin/sh", "-c", found[2]], check=True)
    assert connect(lab, ansible_asa_known_hosts=str(path)).exec_command("show version")[0] == 0


@pytest.mark.parametrize("auto_add", [False, True])
def test_a_changed_host_key_is_never_taken(lab: RunningLab, connect: Connect, tmp_path: Path, auto_add: bool) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(line_of_another_key(lab))
    message = failure(connect(lab, ansible_asa_known_hosts=str(path), ansible_libssh_host_key_auto_add=auto_add))
    assert "THE HOST KEY HAS CHANGED, it is now ssh-ed25519 SHA256:" in message
    assert f"remove the old line for this device from {path} and connect again" in message
    assert len(path.read_text().splitlines()) == 1


def test_auto_add(lab: RunningLab, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    variables = {"ansible_asa_known_hosts": str(path), "ansible_libssh_host_key_auto_add": True}
    assert connect(lab, **variables).exec_command("show version")[0] == 0
    assert f":{lab.devices['hq']['port']} ssh-ed25519 " in path.read_text()
    assert connect(lab, ansible_asa_known_hosts=str(path)).exec_command("show version")[0] == 0


def test_host_key_checking_can_be_turned_off(lab: RunningLab, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_text(line_of_another_key(lab))
    connection = connect(lab, ansible_asa_known_hosts=str(path), ansible_host_key_checking=False)
    assert connection.exec_command("show version")[0] == 0


# --- algorithms and ways -----------------------------------------------------------------------------------------


def test_an_old_device_is_refused_with_the_words_that_help(legacy_lab: RunningLab, connect: Connect) -> None:
    message = failure(connect(legacy_lab))
    assert "no common SSH algorithm" in message
    for name in OLD:
        assert name in message or name == "ansible_libssh_publickey_algorithms"
    assert "inventory/example/group_vars/asa_legacy.yml" in message


def test_an_old_device_with_its_algorithms_named(legacy_lab: RunningLab, connect: Connect) -> None:
    assert connect(legacy_lab, **OLD).exec_command("show version")[0] == 0


@pytest.mark.parametrize("missing", ["key_exchange_algorithms", "ciphers", "macs"])
def test_each_list_is_needed(legacy_lab: RunningLab, connect: Connect, missing: str) -> None:
    lists = {name: value for name, value in OLD.items() if not name.endswith(missing)}
    assert "no common SSH algorithm" in failure(connect(legacy_lab, **lists))


SSH_CONFIG = """\
Host 127.0.0.*
  KexAlgorithms +diffie-hellman-group14-sha1,diffie-hellman-group1-sha1
  HostKeyAlgorithms +ssh-rsa
  Ciphers {ciphers}
  MACs +hmac-sha1
"""


def test_an_old_device_by_an_ssh_config_file(legacy_lab: RunningLab, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "ssh_config"
    path.write_text(SSH_CONFIG.format(ciphers="+aes256-cbc"))
    connection = connect(legacy_lab, ansible_libssh_config_file=str(path))
    assert connection.exec_command("show version")[0] == 0
    path.write_text(SSH_CONFIG.format(ciphers="aes256-ctr"))
    assert "no common SSH algorithm" in failure(connect(legacy_lab, ansible_libssh_config_file=str(path)))
    # What is set for the device itself wins over the file.
    connection = connect(legacy_lab, ansible_libssh_config_file=str(path), ansible_libssh_ciphers="+aes256-cbc")
    assert connection.exec_command("show version")[0] == 0


def test_settings_that_cannot_be_used(lab: RunningLab, connect: Connect, tmp_path: Path) -> None:
    assert f"the ssh_config file {tmp_path / 'none'} does not exist. Check ansible_libssh_config_file" in failure(
        connect(lab, ansible_libssh_config_file=str(tmp_path / "none"))
    )
    for name in OLD:
        assert f"libssh knows nothing of {name}: 'rot13'. Correct the list" in failure(connect(lab, **{name: "rot13"}))


JUMP = """\
import os, socket, sys, threading
far = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def up():
    while data := os.read(0, 65536):
        far.sendall(data)
    far.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while data := far.recv(65536):
    os.write(1, data)
"""


def test_through_a_jump_host(lab: RunningLab, connect: Connect, tmp_path: Path) -> None:
    script = tmp_path / "jump.py"
    script.write_text(f"open({str(tmp_path / 'used')!r}, 'w').close()\n{JUMP}")
    command = f"{shlex.quote(sys.executable)} {script} %h %p"
    assert connect(lab, ansible_libssh_proxy_command=command).exec_command("show version")[0] == 0
    assert (tmp_path / "used").exists()
    assert "Check ansible_libssh_proxy_command: 'exit 1'" in failure(
        connect(lab, ansible_libssh_proxy_command="exit 1")
    )


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_answers(lab: RunningLab, connect: Connect) -> None:
    port = closed_port()
    assert failure(connect(lab, ansible_port=port)) == (
        f"hq (127.0.0.1 port {port}): ssh connect failed: Connection refused. Check ansible_host and ansible_port, and "
        "that SSH is allowed from here"
    )
    message = failure(connect(lab, ansible_host="no-such-host.invalid"))
    assert "Failed to resolve hostname no-such-host.invalid" in message


def test_somebody_answers_who_speaks_no_ssh(lab: RunningLab, connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        started = time.monotonic()
        message = failure(connect(lab, ansible_port=listening.getsockname()[1], ansible_connect_timeout=1))
    assert "no answer within 1 s" in message
    assert "Raise ansible_connect_timeout if it is only slow" in message
    assert time.monotonic() - started < 4


# --- devices that misbehave --------------------------------------------------------------------------------------


def test_dropped_amid_an_output(lab: RunningLab, connect: Connect) -> None:
    connection = connect(lab)
    assert connection.dialogue.privilege == 15
    lab.quirk("hq", "drop-after=700")
    message = failure(connection, "show running-config")
    assert message.startswith(
        "hq: the device closed the connection (command: 'show running-config'); last bytes seen: "
    )
    assert message.endswith("Look at its log and at 'show ssh sessions', then run it again")


def test_dropped_at_login(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "drop-after=60")
    assert failure(connect(lab)).startswith("hq: the device closed the connection (command: 'show ")


def test_a_pager_that_stays_on(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "pager-stuck")
    connection = connect(lab)
    assert connection.dialogue.pager_off
    assert failure(connection, "show running-config") == (
        "hq: 'show running-config': the pager stopped the output although it was turned off. Log in by hand and see "
        "what 'show pager' answers"
    )
    assert connection.run("show running-config").incomplete
    assert connection.exec_command("show curpriv")[0] == 0


def test_authorization_failed(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "authorization-failed=show crypto")
    connection = connect(lab)
    assert connection.exec_command("show crypto ipsec sa") == (
        1,
        b"Command authorization failed\n",
        b"Command authorization failed",
    )
    lab.quirk("hq", "authorization-failed=terminal pager 0")
    assert connect(lab).dialogue.pager_off


def test_the_pager_refused(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "authorization-failed=t", "authorization-failed=terminal")
    connection = connect(lab)
    assert connection.dialogue.pager_off
    assert "no terminal pager" in lab.lines("hq")


def test_a_device_that_hangs(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "hang=show crypto")
    connection = connect(lab, ansible_command_timeout=1)
    started = time.monotonic()
    message = failure(connection, "show crypto ipsec sa")
    assert message.startswith("hq: nothing came for 1 s and the prompt is missing (command: 'show crypto ipsec sa')")
    assert "raise ansible_command_timeout" in message
    assert time.monotonic() - started < 4


def test_an_empty_answer_is_empty(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "empty=show crypto")
    assert connect(lab).exec_command("show crypto ipsec sa") == (0, b"", b"")


def test_a_curpriv_that_is_garbled(lab: RunningLab, connect: Connect) -> None:
    lab.quirk("hq", "garble=show curpriv")
    assert failure(connect(lab)).startswith("hq: 'show curpriv' does not answer like an ASA: ")


# --- Ansible's own ways ------------------------------------------------------------------------------------------

INVENTORY = """\
all:
  hosts:
    hq: {{ansible_port: {port}}}
    localhost: {{ansible_connection: local}}
  vars:
    ansible_connection: tunnelmend.asa.cli
    ansible_host: 127.0.0.1
    ansible_user: operator
    ansible_password: lab-operator
    ansible_asa_known_hosts: {known_hosts}
"""

PLAY = """\
- hosts: hq
  gather_facts: false
  tasks:
    - {ansible.builtin.raw: clear crypto ipsec sa peer 203.0.113.2, ignore_errors: true}
    - {ansible.builtin.setup: , ignore_errors: true}
    - {ansible.builtin.copy: {content: x, dest: /tmp/x}, ignore_errors: true}
    - {ansible.builtin.shell: id, ignore_errors: true}
    - {ansible.builtin.raw: show version, become: true, ignore_errors: true}
"""


def ansible(
    program: str, *arguments: str | Path, lab: RunningLab, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ansible", program, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "LAB_DIR": str(lab.dir), **environment},
        text=True,
        capture_output=True,
        timeout=60,
    )


@pytest.fixture
def inventory(lab: RunningLab, tmp_path: Path) -> Path:
    """Without an enable password, as for those who type it."""
    path = tmp_path / "hosts.yml"
    path.write_text(INVENTORY.format(port=lab.devices["hq"]["port"], known_hosts=lab.known_hosts))
    return path


def test_ad_hoc_raw_with_the_lab_inventory(lab: RunningLab) -> None:
    done = ansible("adhoc", "-m", "raw", "-a", "show version", "hq", lab=lab)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Cisco Adaptive Security Appliance Software Version 7.2(5)" in done.stdout


def test_ad_hoc_with_a_typed_enable_password_keeps_secrets(lab: RunningLab, inventory: Path, tmp_path: Path) -> None:
    (tmp_path / "enable").write_text("lab-enable\n")
    become = ("-b", "--become-method", "tunnelmend.asa.enable", "--become-password-file", tmp_path / "enable")
    done = ansible("adhoc", "-vvvvv", "-i", inventory, "-m", "raw", "-a", "show curpriv", *become, "hq", lab=lab)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Current privilege level\s*: 15", done.stdout)
    assert "<hq> > 'terminal pager 0\\n'" in done.stdout
    assert "<hq> > '********'" in done.stdout
    for secret in ("lab-operator", "lab-enable"):
        assert secret not in done.stdout + done.stderr


def test_what_ansible_would_ship_is_refused(lab: RunningLab, inventory: Path, tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text(PLAY)
    before = lab.record()
    done = ansible("playbook", "-i", inventory, tmp_path / "play.yml", lab=lab)
    assert done.returncode == 0, done.stdout + done.stderr
    tasks = done.stdout.split("\nTASK [")[1:]
    assert len(tasks) == 5
    assert "hq: not sent: 'clear crypto ipsec sa peer 203.0.113.2' is no show command" in plain(tasks[0])
    for task in tasks[1:4]:
        assert "hq: not sent: " in plain(task)
        assert "set gather_facts: false in the play" in plain(task)
    assert "hq: the become method 'sudo' means nothing on an ASA. Set ansible_become_method: " in plain(tasks[4])
    assert lab.record() == before


def plain(text: str) -> str:
    """Without the line breaks and quotes that YAML adds."""
    return " ".join(text.replace("''", "'").split())


def test_a_delegated_task_names_the_device_that_it_talks_to(connect: Connect, lab: RunningLab) -> None:
    """Ansible keeps the name of the host that the task was meant for, and gives the other's address and short name."""
    delegated = connect(lab, inventory_hostname="branch", inventory_hostname_short="hq", ansible_port=closed_port())
    assert failure(delegated).startswith("hq (127.0.0.1 port ")
    named = connect(lab, inventory_hostname="hq.example.com", inventory_hostname_short="hq")
    assert named.dialogue.device == "hq.example.com"


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("connection", "tunnelmend.asa.cli", ["ansible_libssh_ciphers", "ansible_asa_raw_commands", "raw_commands"]),
        ("become", "tunnelmend.asa.enable", ["ansible_become_password", "The enable password"]),
    ],
)
def test_documented(lab: RunningLab, kind: str, name: str, words: list[str]) -> None:
    done = ansible("doc", "-t", kind, name, lab=lab)
    assert done.returncode == 0, done.stderr
    assert "[WARNING]" not in done.stderr
    for word in words:
        assert word in done.stdout
