# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of a Cisco ASA over SSH, one login for all that a task needs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, TypeVar

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.connection import ConnectionBase
from ansible.utils.display import Display

from ansible_collections.tunnelmend.asa.plugins.plugin_utils import contexts
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.answers import Answer, ConfigAnswer
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.dialogue import (
    Conversation,
    Dialogue,
    DialogueError,
    Receive,
    Send,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.screen import printable
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.secrets import mask
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.shell_commands import refusal_of_raw
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.ssh import ChannelClosedError, Ssh, SshError, SshOptions

DOCUMENTATION = r"""
name: cli
author: The tunnelmend developers
short_description: Talk to the command line of a Cisco ASA over SSH
version_added: 0.1.0
description:
  - Opens one interactive login on an ASA with libssh, learns its exact prompt, enables, turns the pager off and
    proves it, and then types one command at a time.
  - An output ends only at the exact prompt learnt at login. An output that was cut, or that the pager stopped, is
    reported as incomplete and never returned as whole.
  - An ASA runs no Python. What Ansible would ship to a device (modules, file transfers, V(setup)) is refused before
    anything is sent. Use the modules of this collection, or M(ansible.builtin.raw) with show commands.
notes:
  - libssh offers no SHA-1 key exchange, C(ssh-rsa) host keys or CBC ciphers unless asked to. Devices with software
    before 9.4 need O(key_exchange_algorithms), O(hostkeys), O(ciphers) and O(macs).
options:
  device:
    description: Name of the device in messages.
    type: str
    vars:
      - name: inventory_hostname
  device_short:
    description: The same up to the first dot. With C(delegate_to) this alone is the name of the other device.
    type: str
    vars:
      - name: inventory_hostname_short
  host:
    description: Address or name of the device.
    type: str
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
      - name: ansible_asa_host
  port:
    description: TCP port of the device's SSH server.
    type: int
    default: 22
    ini:
      - section: defaults
        key: remote_port
    env:
      - name: ANSIBLE_REMOTE_PORT
    vars:
      - name: ansible_port
      - name: ansible_asa_port
  remote_user:
    description: User to log in as.
    type: str
    ini:
      - section: defaults
        key: remote_user
    env:
      - name: ANSIBLE_REMOTE_USER
    vars:
      - name: ansible_user
      - name: ansible_asa_user
    keyword:
      - name: remote_user
    cli:
      - name: user
        option: --user
  password:
    description: Password of O(remote_user), for password and keyboard-interactive logins.
    type: str
    vars:
      - name: ansible_password
      - name: ansible_ssh_pass
      - name: ansible_ssh_password
      - name: ansible_asa_password
  enable_password:
    description:
      - Enable password. Without one an empty line answers the C(Password:) question, which is a new ASA's default.
      - What was answered to C(--ask-become-pass), or stands in C(--become-password-file), is used for a device that has
        none in the inventory, with and without C(--become).
    type: str
    vars:
      - name: ansible_become_password
      - name: ansible_become_pass
      - name: ansible_asa_enable_password
  enable:
    description: Whether to go to privileged mode when the login ends in user mode.
    type: bool
    default: true
    vars:
      - name: ansible_asa_enable
  private_key_file:
    description: Private key to log in with. Without one, the SSH agent and the usual keys are tried.
    type: path
    ini:
      - section: defaults
        key: private_key_file
    env:
      - name: ANSIBLE_PRIVATE_KEY_FILE
    vars:
      - name: ansible_ssh_private_key_file
      - name: ansible_private_key_file
    cli:
      - name: private_key_file
        option: --private-key
  private_key_passphrase:
    description: Passphrase of O(private_key_file).
    type: str
    vars:
      - name: ansible_private_key_password
      - name: ansible_private_key_passphrase
  look_for_keys:
    description: Whether to try the SSH agent and the keys in C(~/.ssh).
    type: bool
    default: true
    env:
      - name: ANSIBLE_LIBSSH_LOOK_FOR_KEYS
    vars:
      - name: ansible_libssh_look_for_keys
  password_prompt:
    description: Text that the keyboard-interactive question for the password ends with.
    type: str
    vars:
      - name: ansible_libssh_password_prompt
  host_key_checking:
    description: Whether the device's host key must be known. Turning it off lets anybody pose as the device.
    type: bool
    default: true
    ini:
      - section: defaults
        key: host_key_checking
    env:
      - name: ANSIBLE_HOST_KEY_CHECKING
      - name: ANSIBLE_LIBSSH_HOST_KEY_CHECKING
    vars:
      - name: ansible_host_key_checking
      - name: ansible_ssh_host_key_checking
      - name: ansible_libssh_host_key_checking
  host_key_auto_add:
    description: Whether an unknown host key is added to O(known_hosts) without asking. A changed key never is.
    type: bool
    default: false
    env:
      - name: ANSIBLE_LIBSSH_HOST_KEY_AUTO_ADD
    vars:
      - name: ansible_libssh_host_key_auto_add
  known_hosts:
    description: File with the host keys that are trusted.
    type: path
    default: ~/.ssh/known_hosts
    vars:
      - name: ansible_asa_known_hosts
  key_exchange_algorithms:
    description: Key exchanges to offer; a leading C(+) adds to libssh's own list.
    type: str
    env:
      - name: ANSIBLE_LIBSSH_KEY_EXCHANGE_ALGORITHMS
    vars:
      - name: ansible_libssh_key_exchange_algorithms
  hostkeys:
    description: Host key algorithms to accept; a leading C(+) adds to libssh's own list.
    type: str
    env:
      - name: ANSIBLE_LIBSSH_HOSTKEYS
    vars:
      - name: ansible_libssh_hostkeys
  publickey_algorithms:
    description: Signature algorithms for a login by key; a leading C(+) adds to libssh's own list.
    type: str
    env:
      - name: ANSIBLE_LIBSSH_PUBLICKEY_ALGORITHMS
    vars:
      - name: ansible_libssh_publickey_algorithms
  ciphers:
    description: Ciphers to offer, as C(Ciphers) of ssh_config; a leading C(+) adds to libssh's own list.
    type: str
    vars:
      - name: ansible_libssh_ciphers
  macs:
    description: Message authentication codes to offer, as C(MACs) of ssh_config; a leading C(+) adds.
    type: str
    vars:
      - name: ansible_libssh_macs
  config_file:
    description: An ssh_config file to read instead of C(~/.ssh/config).
    type: path
    ini:
      - section: libssh_connection
        key: config_file
    env:
      - name: ANSIBLE_LIBSSH_CONFIG_FILE
    vars:
      - name: ansible_libssh_config_file
  proxy_command:
    description: Command that carries the connection through a jump host; C(%h) and C(%p) are replaced.
    type: str
    env:
      - name: ANSIBLE_LIBSSH_PROXY_COMMAND
    vars:
      - name: ansible_libssh_proxy_command
      - name: ansible_paramiko_proxy_command
  connect_timeout:
    description: Seconds for the connection and for the login, each.
    type: float
    default: 30
    env:
      - name: ANSIBLE_PERSISTENT_CONNECT_TIMEOUT
    vars:
      - name: ansible_connect_timeout
      - name: ansible_asa_connect_timeout
  command_timeout:
    description: Seconds of silence after which a command that has not come back to the prompt is given up.
    type: float
    default: 30
    env:
      - name: ANSIBLE_PERSISTENT_COMMAND_TIMEOUT
    vars:
      - name: ansible_command_timeout
      - name: ansible_asa_command_timeout
  context:
    description:
      - The security context to work in, on a device in multiple mode whose login lands in the admin context. V(system)
        is the space around the contexts, which has no tunnels.
      - Every login changes to it with C(changeto), proves it by its prompt or by C(show context), and ends in it.
    type: str
    vars:
      - name: ansible_asa_context
  raw_commands:
    description:
      - What M(ansible.builtin.raw) may send. V(show) is show commands without C(| redirect), C(| tee) or C(| append).
      - V(all) sends anything, in check mode too where Ansible lets it. It is meant for one task at a time.
    type: str
    choices: [show, all]
    default: show
    vars:
      - name: ansible_asa_raw_commands
"""

display = Display()
T = TypeVar("T")

# Python notices Ctrl-C only between two calls into libssh.
_POLL_SECONDS = 0.5


class Connection(ConnectionBase):
    """One login on one ASA; opened at the first command and closed with the task."""

    transport = "tunnelmend.asa.cli"
    has_pipelining = False
    # raw must reach us as typed, not wrapped in '/bin/sh -c'.
    allow_executable = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connected: bool = False
        self._ssh: Ssh | None = None
        self._dialogue: Dialogue | None = None
        self.device = ""

    # --- for this collection's actions -------------------------------------------------------------------------

    @property
    def dialogue(self) -> Dialogue:
        """The state of the login: prompt, privilege, pager. The first use logs in."""
        self._connect()
        assert self._dialogue is not None
        return self._dialogue

    def run(self, command: str, timeout: float | None = None) -> Answer:
        """Type one command and read it to the prompt.

        :raises AnsibleConnectionFailure: the device closed, went silent or answered out of step.
        """
        dialogue = self.dialogue
        display.vvv(f"<{self.device}> {mask(command)}")
        return self._converse(dialogue.command(command, timeout))

    def fire(self, command: str) -> None:
        """Type one command and read nothing; see :meth:`Dialogue.fire`. Close this connection before its next use."""
        dialogue = self.dialogue
        display.vvv(f"<{self.device}> {mask(command)} (its answer is not waited for)")
        self._converse(dialogue.fire(command))

    def settle(self) -> None:
        """Prove that the last output of a login was whole; see :meth:`Dialogue.settle`.

        :raises AnsibleConnectionFailure: it was cut.
        """
        self._converse(self.dialogue.settle())

    def configure(self, lines: tuple[str, ...]) -> ConfigAnswer:
        """Type configuration lines; see :meth:`Dialogue.configure`."""
        dialogue = self.dialogue
        display.vvv(f"<{self.device}> configure: {len(lines)} lines")
        return self._converse(dialogue.configure(lines))

    # --- Ansible's contract ------------------------------------------------------------------------------------

    def _connect(self) -> Connection:
        if self._connected:
            return self
        self.device = self._name()
        self._refuse_other_become(self.device)
        # Ansible prints the causes of an error after it: `from None` keeps the one sentence that was written for it.
        try:
            self._ssh = Ssh.connect(self._ssh_options())
            self._dialogue = Dialogue(
                device=self.device,
                connect_timeout=self.get_option("connect_timeout"),
                command_timeout=self.get_option("command_timeout"),
            )
            login = self._dialogue.login(self._enable_password(), enable=self.get_option("enable"))
            self._converse(login)
            if context := self.get_option("context"):
                self._converse(contexts.enter(self._dialogue, context))
        except SshError as error:
            raise AnsibleConnectionFailure(str(error)) from None
        except BaseException:
            self.close()
            raise
        display.vvv(f"<{self.device}> logged in at {printable(self._dialogue.prompt)!r}")
        self._connected = True
        return self

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:
        """Run what ``raw`` asks for, or refuse it before a login. Return code 1: the device refused it."""
        device = self._name()
        self._refuse_other_become(device)
        if in_data:
            raise AnsibleError(_NO_PYTHON.format(device=device, what="input for a command"))
        line = cmd.strip()
        refusal = refusal_of_raw(line, anything=self.get_option("raw_commands") == "all")
        if refusal:
            raise AnsibleError(f"{device}: {refusal}")
        answer = self.run(line)
        if answer.incomplete:
            raise AnsibleConnectionFailure(
                f"{self.device}: {line!r}: {answer.incomplete}. Log in by hand and see what 'show pager' answers"
            )
        self.settle()
        return (1 if answer.refusal else 0), answer.text.encode(), answer.refusal.encode()

    def put_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleError(_NO_PYTHON.format(device=self._name(), what=f"a file transfer ({in_path})"))

    def fetch_file(self, in_path: str, out_path: str) -> None:
        raise AnsibleError(_NO_PYTHON.format(device=self._name(), what=f"a file transfer ({in_path})"))

    def close(self) -> None:
        if self._ssh is not None:
            # The ASA frees one of its five logins at once, instead of after its own time-out.
            self._ssh.close(farewell=b"exit\n" if self._connected else b"")
        self._ssh = None
        self._dialogue = None
        self._connected = False

    def reset(self) -> None:
        """Close, so that the next command logs in anew (C(meta: reset_connection))."""
        self.close()

    # --- the wire ----------------------------------------------------------------------------------------------

    def _converse(self, conversation: Conversation[T]) -> T:
        assert self._ssh is not None
        assert self._dialogue is not None
        try:
            step = next(conversation)
            while True:
                if isinstance(step, Send):
                    shown = "********" if step.secret else mask(printable(step.data))
                    display.vvvvv(f"<{self.device}> > {shown!r}")
                    self._ssh.write(step.data)
                    step = conversation.send(b"")
                else:
                    step = conversation.send(self._receive(step))
        except StopIteration as done:
            result: T = done.value
            return result
        except ChannelClosedError:
            self._abandon()
            raise AnsibleConnectionFailure(str(self._dialogue.closed())) from None
        except DialogueError as error:
            self._abandon()
            raise AnsibleConnectionFailure(str(error)) from None

    def _abandon(self) -> None:
        """Close the wire after a failure, so that nothing that is still on its way is taken for a later answer."""
        if self._ssh is not None:
            self._ssh.close()
        self._connected = False

    def _receive(self, step: Receive) -> bytes:
        assert self._ssh is not None
        deadline = time.monotonic() + step.within
        while (left := deadline - time.monotonic()) > 0:
            if data := self._ssh.read(min(left, _POLL_SECONDS)):
                return data
        return b""

    # --- options -----------------------------------------------------------------------------------------------

    def _option(self, name: str) -> Any:
        value = self.get_option(name)
        if name == "host" and value == "inventory_hostname":
            return self._play_context.remote_addr
        return value

    def _name(self) -> str:
        """The device's name in the inventory. Ansible keeps C(inventory_hostname) from before a delegation."""
        name, short = self.get_option("device") or "", self.get_option("device_short") or ""
        return short if short and short != name.split(".")[0] else name or str(self._option("host"))

    def _enable_password(self) -> str | None:
        from_become = self.become.get_option("become_pass") if self.become is not None else None
        # Without --become there is no become plugin, but what --ask-become-pass was answered is still for this.
        password: str | None = from_become or self.get_option("enable_password") or self._play_context.become_pass
        return password

    def _refuse_other_become(self, device: str) -> None:
        name = "" if self.become is None else str(getattr(self.become, "name", ""))
        if name and not name.endswith("enable"):
            raise AnsibleError(
                f"{device}: the become method {name!r} means nothing on an ASA. "
                "Set ansible_become_method: tunnelmend.asa.enable, or ansible_become: false"
            )

    def _ssh_options(self) -> SshOptions:
        key_file = self.get_option("private_key_file")
        return SshOptions(
            device=self.device,
            host=str(self._option("host")),
            port=self.get_option("port"),
            user=self._option("remote_user") or self._play_context.remote_user,
            password=self.get_option("password") or self._play_context.password,
            private_key_file=Path(key_file) if key_file else None,
            private_key_passphrase=self.get_option("private_key_passphrase"),
            look_for_keys=self.get_option("look_for_keys"),
            password_prompt=self.get_option("password_prompt"),
            host_key_checking=self.get_option("host_key_checking"),
            host_key_auto_add=self.get_option("host_key_auto_add"),
            known_hosts=Path(self.get_option("known_hosts")),
            key_exchange_algorithms=self.get_option("key_exchange_algorithms"),
            hostkeys=self.get_option("hostkeys"),
            publickey_algorithms=self.get_option("publickey_algorithms"),
            ciphers=self.get_option("ciphers"),
            macs=self.get_option("macs"),
            config_file=Path(self.get_option("config_file")) if self.get_option("config_file") else None,
            proxy_command=self.get_option("proxy_command"),
            timeout=self.get_option("connect_timeout"),
        )


_NO_PYTHON = (
    "{device}: {what} was not sent: an ASA runs no Python and takes no files from Ansible. Use the modules of "
    "tunnelmend.asa or ansible.builtin.raw with a show command, and set gather_facts: false in the play"
)
