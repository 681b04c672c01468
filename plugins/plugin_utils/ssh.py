# SPDX-License-Identifier: GPL-3.0-or-later
"""An interactive SSH channel on libssh (ansible-pylibssh), with errors that say what to do.

libssh reads ``Ciphers`` and ``MACs`` only from an ssh_config file, and finds that file only in its own directory;
hence the small directory that is made for a connection which sets them.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    from pylibsshext.errors import LibsshException
    from pylibsshext.session import Session

    # What matters comes back as an exception; libssh's own log would be printed in the middle of Ansible's screen.
    logging.getLogger("ansible-pylibssh").addHandler(logging.NullHandler())
    logging.getLogger("ansible-pylibssh").propagate = False

    MISSING = ""
except ImportError as import_error:  # pragma: no cover - exercised only where the package is absent
    MISSING = str(import_error)

_EOF = -127


class SshError(Exception):
    """No channel could be opened. The message says to whom, why, and what to do."""


class ChannelClosedError(Exception):
    """The other side closed the channel."""


@dataclass(frozen=True)
class SshOptions:
    """What a connection needs; algorithm lists are comma separated, a leading ``+`` adds to libssh's own."""

    device: str
    host: str
    port: int
    user: str | None
    password: str | None
    private_key_file: Path | None
    private_key_passphrase: str | None
    look_for_keys: bool
    password_prompt: str | None
    host_key_checking: bool
    host_key_auto_add: bool
    known_hosts: Path
    key_exchange_algorithms: str | None
    hostkeys: str | None
    publickey_algorithms: str | None
    ciphers: str | None
    macs: str | None
    config_file: Path | None
    proxy_command: str | None
    timeout: float

    @property
    def where(self) -> str:
        """The device by its name in the inventory, and where it was looked for."""
        address = self.host if self.port == 22 else f"{self.host} port {self.port}"
        return address if self.device == self.host else f"{self.device} ({address})"


class _UnknownKeyError(Exception):
    """A host key that is not in the known_hosts file; ``line`` is the one that would enrol it."""

    def __init__(self, changed: bool, line: str) -> None:
        self.changed = changed
        self.line = line.strip()
        super().__init__(self.line)

    @property
    def key_type(self) -> str:
        return self.line.split()[1]

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -l`` prints it."""
        digest = hashlib.sha256(base64.b64decode(self.line.split()[2])).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


class _TellPolicy:
    """Refuse an unknown or changed key, and tell the whole key so that a person can compare and enrol it."""

    def missing_host_key(
        self, session: Any, hostname: str, username: str, key_type: str, fingerprint: str, message: str
    ) -> None:
        # libssh's binding shows only a SHA-1 hash; written to a file of its own, the key itself can be read.
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "known_hosts"
            session.set_ssh_options("knownhosts", str(path))
            session.hostkey_auto_add(username)
            raise _UnknownKeyError("changed" in message, path.read_text())


class _AddPolicy(_TellPolicy):
    """Add an unknown key, refuse a changed one."""

    def missing_host_key(
        self, session: Any, hostname: str, username: str, key_type: str, fingerprint: str, message: str
    ) -> None:
        if "changed" in message:
            super().missing_host_key(session, hostname, username, key_type, fingerprint, message)
        session.hostkey_auto_add(username)


class Ssh:
    """An open shell channel."""

    def __init__(self, session: Any, channel: Any) -> None:
        self._session = session
        self._channel = channel

    @classmethod
    def connect(cls, options: SshOptions) -> Ssh:
        """Connect, verify the host key, log in and open a shell.

        :raises SshError: each failure with its own words.
        """
        if MISSING:
            raise SshError(f"the Python package ansible-pylibssh is missing on the controller ({MISSING})")
        session = Session()
        session.set_missing_host_key_policy(_AddPolicy() if options.host_key_auto_add else _TellPolicy())
        with contextlib.ExitStack() as stack:
            if options.config_file or options.ciphers or options.macs:
                folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tunnelmend-ssh-"))
                _fill_ssh_dir(Path(folder), options)
                session.set_ssh_options("ssh_dir", folder)
            try:
                session.connect(**_arguments(options))
            except _UnknownKeyError as unknown:
                raise SshError(_key_message(options, unknown)) from None
            except LibsshException as error:
                raise SshError(_explain(options, str(error))) from None
        try:
            channel = session.new_channel()
            # Wide enough that no echo is wrapped where the device follows the terminal's size.
            channel.request_pty_size(b"vt100", 511, 24)
        except LibsshException as error:
            session.close()
            raise SshError(
                f"{options.where}: logged in, but no shell was given ({error}). "
                "An ASA allows five logins at a time: see 'show ssh sessions'"
            ) from error
        return cls(session, channel)

    def write(self, data: bytes) -> None:
        try:
            self._channel.write(data)
        except LibsshException as error:
            raise ChannelClosedError(str(error)) from error

    def read(self, within: float) -> bytes:
        """The bytes that have come, or ``b""`` when none came within so many seconds.

        :raises ChannelClosedError: the other side closed.
        """
        try:
            ready = self._channel.poll(timeout=max(int(within * 1000), 1))
            if ready == 0:
                return b""
            chunks: list[bytes] = []
            while data := self._channel.read_nonblocking(1024):
                chunks.append(data)
        except LibsshException as error:
            raise ChannelClosedError(str(error)) from error
        if not chunks and (ready == _EOF or data is None or self._channel.is_eof):
            raise ChannelClosedError("end of file")
        return b"".join(chunks)

    def close(self, farewell: bytes = b"") -> None:
        """Close; ``farewell`` is typed first when the channel still takes it."""
        with contextlib.suppress(LibsshException):
            if farewell:
                self._channel.write(farewell)
        with contextlib.suppress(LibsshException):
            self._channel.close()
            self._session.close()


def _arguments(options: SshOptions) -> dict[str, Any]:
    # libssh tells a missing file from an unknown key; for a person both are an unknown key.
    known_hosts = options.known_hosts.expanduser()
    if not known_hosts.exists() and not options.host_key_auto_add:
        known_hosts = Path("/dev/null")
    arguments: dict[str, Any] = {
        "host": options.host,
        "port": options.port,
        "user": options.user,
        "password": options.password,
        "password_prompt": options.password_prompt,
        "look_for_keys": options.look_for_keys,
        "host_key_checking": options.host_key_checking,
        "knownhosts": str(known_hosts),
        "timeout": max(int(options.timeout), 1),
        "key_exchange_algorithms": options.key_exchange_algorithms,
        "hostkeys": options.hostkeys,
        "publickey_accepted_algorithms": options.publickey_algorithms,
        "proxycommand": options.proxy_command,
    }
    if options.private_key_file:
        try:
            arguments["private_key"] = options.private_key_file.expanduser().read_bytes()
        except OSError as error:
            raise SshError(f"{options.where}: the private key cannot be read: {error}") from error
        arguments["private_key_password"] = options.private_key_passphrase
    return {name: value for name, value in arguments.items() if value is not None}


def _fill_ssh_dir(folder: Path, options: SshOptions) -> None:
    lines = ["Host *"]
    lines += [f"  Ciphers {options.ciphers}"] if options.ciphers else []
    lines += [f"  MACs {options.macs}"] if options.macs else []
    config = options.config_file or Path("~/.ssh/config")
    if options.config_file and not config.expanduser().exists():
        raise SshError(f"{options.where}: the ssh_config file {config} does not exist")
    if config.expanduser().exists():
        lines.insert(0, config.expanduser().read_text())
    (folder / "config").write_text("\n".join(lines) + "\n")
    for key in Path("~/.ssh").expanduser().glob("id_*"):
        (folder / key.name).symlink_to(key)


def _key_message(options: SshOptions, unknown: _UnknownKeyError) -> str:
    path = options.known_hosts
    key = f"{unknown.key_type} {unknown.fingerprint}"
    if unknown.changed:
        return (
            f"{options.where}: THE HOST KEY HAS CHANGED, it is now {key}. Somebody may pose as the device, or its keys "
            f"were made anew. Compare with 'show crypto key mypubkey rsa' on its console; only when it is right, remove "
            f"the old line for this device from {path} and connect again"
        )
    return (
        f"{options.where}: the host key is not known: {key}. Compare it with the device's own ('show crypto key "
        f"mypubkey rsa' on its console), and when it is right, enrol it with: "
        f"echo {shlex.quote(unknown.line)} >> {path}"
    )


def _explain(options: SshOptions, error: str) -> str:
    where = options.where
    lowered = error.lower()
    if "kex error" in lowered or "no match for method" in lowered:
        return (
            f"{where}: no common SSH algorithm ({error}). Old software needs them named: "
            "ansible_libssh_key_exchange_algorithms, ansible_libssh_hostkeys, ansible_libssh_ciphers, "
            "ansible_libssh_macs (inventory/example/group_vars/asa_legacy has the set for 7.x and 8.x)"
        )
    if "authenticate" in lowered or "access denied" in lowered or "acceptable way" in lowered:
        return (
            f"{where}: the login of user {options.user!r} was refused ({error}). Check ansible_user, ansible_password"
        )
    if "timeout" in lowered:
        return f"{where}: no answer within {options.timeout:g} s ({error}). Is the address right and SSH allowed from here?"
    return f"{where}: {error}"
