# SPDX-License-Identifier: GPL-3.0-or-later
"""An interactive SSH channel on libssh (ansible-pylibssh), with errors that say what to do.

The binding knows no ciphers, MACs or ssh_config file, drops libssh's word that a list of algorithms is unusable, and
crashes on a private key that libssh cannot read. :class:`_Libssh` calls libssh itself for these.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import hashlib
import logging
import re
import shlex
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    from pylibsshext import session as pylibssh
    from pylibsshext.errors import LibsshException
    from pylibsshext.logging import ANSIBLE_PYLIBSSH_NOLOG

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

    @property
    def seconds(self) -> int:
        """The time-out for libssh, which knows whole seconds and takes 0 for ever."""
        return max(int(self.timeout), 1)


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


class _Libssh:
    """The calls that the binding leaves out, on the binding's own session and its own libssh.

    Cython exports the function that gives the session behind a Python object, for other extension modules to use.
    """

    # enum ssh_options_e of libssh.h; a part of its stable interface.
    KEY_EXCHANGE, HOSTKEYS, PUBLICKEYS = 24, 25, 37
    CIPHERS = (15, 16)
    MACS = (29, 30)

    def __init__(self, session: Any) -> None:
        # PyDLL keeps the interpreter's lock, which libssh's log needs: the binding writes it with Python's logging.
        self._library = ctypes.PyDLL(pylibssh.__file__)
        api = ctypes.pythonapi
        api.PyCapsule_GetName.restype = ctypes.c_char_p
        api.PyCapsule_GetPointer.restype = ctypes.c_void_p
        capsule = ctypes.py_object(pylibssh.__pyx_capi__["get_libssh_session"])
        address = api.PyCapsule_GetPointer(capsule, ctypes.c_char_p(api.PyCapsule_GetName(capsule)))
        self._session = ctypes.c_void_p(ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object)(address)(session))

    def set_list(self, option: int, value: str) -> bool:
        """Whether libssh knows any of the algorithms in a list."""
        return bool(self._library.ssh_options_set(self._session, option, ctypes.c_char_p(value.encode())) == 0)

    def read_config(self, path: Path | None) -> bool:
        """Read an ssh_config file, or the user's and the system's; the host must be set before."""
        name = ctypes.c_char_p(str(path).encode() if path else None)
        return bool(self._library.ssh_options_parse_config(self._session, name) == 0)

    def can_read_key(self, key: bytes, passphrase: str) -> bool:
        found = ctypes.c_void_p()
        self._library.ssh_pki_import_privkey_base64(
            ctypes.c_char_p(key), ctypes.c_char_p(passphrase.encode()), None, None, ctypes.byref(found)
        )
        readable = bool(found)
        if readable:
            self._library.ssh_key_free(found)
        return readable


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
        session = pylibssh.Session()
        started = time.monotonic()
        # It would hand a trace of every packet to Python's logging: four tenths of the CPU that a large output takes.
        session.set_log_level(ANSIBLE_PYLIBSSH_NOLOG)
        session.set_missing_host_key_policy(_AddPolicy() if options.host_key_auto_add else _TellPolicy())
        try:
            _configure(session, options)
            session.connect(**_arguments(options))
        except _UnknownKeyError as unknown:
            raise SshError(_key_message(options, unknown)) from None
        except LibsshException as error:
            raise SshError(_explain(options, str(error), time.monotonic() - started)) from None
        channel = None
        try:
            channel = session.new_channel()
            # Wide enough that no echo is wrapped where the device follows the terminal's size.
            channel.request_pty_size(b"vt100", 511, 24)
        except (LibsshException, MemoryError) as error:
            # Before the session, which frees its channels without telling the binding: it would free them again.
            if channel is not None:
                channel.close()
            session.close()
            raise SshError(_no_shell(options, error, time.monotonic() - started)) from None
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


def _configure(session: Any, options: SshOptions) -> None:
    """Read the ssh_config file first, so that what was set for the device itself wins over it."""
    native = _Libssh(session)
    path = options.config_file.expanduser() if options.config_file else None
    session.set_ssh_options("host", options.host)
    # libssh takes a missing file for an empty one.
    if path and not path.is_file():
        raise SshError(f"{options.where}: the ssh_config file {path} does not exist. Check ansible_libssh_config_file")
    if not native.read_config(path):
        raise SshError(f"{options.where}: the ssh_config file {path or '~/.ssh/config'} cannot be read by libssh")
    for name, value, numbers in (
        ("key_exchange_algorithms", options.key_exchange_algorithms, (native.KEY_EXCHANGE,)),
        ("hostkeys", options.hostkeys, (native.HOSTKEYS,)),
        ("publickey_algorithms", options.publickey_algorithms, (native.PUBLICKEYS,)),
        ("ciphers", options.ciphers, native.CIPHERS),
        ("macs", options.macs, native.MACS),
    ):
        if value and not all(native.set_list(number, value) for number in numbers):
            raise SshError(
                f"{options.where}: libssh knows nothing of ansible_libssh_{name}: {value!r}. Correct the list"
            )
    if options.private_key_file:
        key, passphrase = _private_key(options)
        if not native.can_read_key(key, passphrase):
            raise SshError(
                f"{options.where}: {options.private_key_file} is no private key that libssh can read. Check "
                "ansible_ssh_private_key_file, and ansible_private_key_passphrase if it has a passphrase"
            )


def _private_key(options: SshOptions) -> tuple[bytes, str]:
    assert options.private_key_file is not None
    try:
        # Without any passphrase libssh would ask for one on the terminal.
        return options.private_key_file.expanduser().read_bytes(), options.private_key_passphrase or ""
    except OSError as error:
        raise SshError(
            f"{options.where}: the private key cannot be read: {error}. Check ansible_ssh_private_key_file"
        ) from None


def _arguments(options: SshOptions) -> dict[str, Any]:
    # libssh tells a missing file from an unknown key; for a person both are an unknown key.
    known_hosts = options.known_hosts.expanduser()
    if not known_hosts.exists() and not options.host_key_auto_add:
        known_hosts = Path("/dev/null")
    arguments: dict[str, Any] = {
        # 22 is also what nobody chose: a Port of the ssh_config file stays.
        "port": options.port if options.port != 22 else None,
        "user": options.user,
        "password": options.password,
        "password_prompt": options.password_prompt,
        "look_for_keys": options.look_for_keys,
        "host_key_checking": options.host_key_checking,
        "knownhosts": str(known_hosts),
        "timeout": options.seconds,
        "proxycommand": options.proxy_command,
    }
    if options.private_key_file:
        arguments["private_key"], arguments["private_key_password"] = _private_key(options)
    return {name: value for name, value in arguments.items() if value is not None}


def _key_message(options: SshOptions, unknown: _UnknownKeyError) -> str:
    path = options.known_hosts.expanduser()
    key = f"{unknown.key_type} {unknown.fingerprint}"
    if unknown.changed:
        return (
            f"{options.where}: THE HOST KEY HAS CHANGED, it is now {key}. Somebody may pose as the device, or its keys "
            f"were made anew. {_compare(options)}; only when it is right, "
            f"remove the old line for this device from {path} and connect again"
        )
    folder = "" if path.parent.exists() else f"mkdir -p {shlex.quote(str(path.parent))} && "
    return (
        f"{options.where}: the host key is not known: {key}. {_compare(options)}, and when it is right, enrol it with: "
        f"{folder}echo {shlex.quote(unknown.line)} >> {shlex.quote(str(path))}"
    )


def _compare(options: SshOptions) -> str:
    """An ASA prints its keys, but not their fingerprints."""
    port = "" if options.port == 22 else f"-p {options.port} "
    return f"Compare it with 'ssh-keyscan {port}{options.host} | ssh-keygen -lf -' from a place that you trust"


def _explain(options: SshOptions, error: str, waited: float) -> str:
    where = options.where
    lowered = error.lower()
    if "kex error" in lowered or "no match for method" in lowered:
        return f"{where}: no common SSH algorithm ({error}). {_NAME_ALGORITHMS}"
    # The binding takes an answer that did not come in time for one that brought nothing.
    silent = waited >= options.seconds and "authenticat" in lowered and "denied" not in lowered
    if silent or "timeout" in lowered:
        return _no_answer(options, error)
    if "authentication methods" in lowered or ("authenticat" in lowered and "socket error" in lowered):
        return f"{where}: it ended the connection during the login ({error}). {_FIVE_LOGINS}"
    if "authenticat" in lowered or "denied" in lowered:
        offered = re.search(r"can continue: (\S+)", error)
        reason = f"it takes {offered[1]}" if offered else error
        return (
            f"{where}: the login of user {options.user!r} was refused ({reason}). "
            "Check ansible_user, and ansible_password or ansible_ssh_private_key_file"
        )
    if options.proxy_command:
        return f"{where}: {error}. Check ansible_libssh_proxy_command: {options.proxy_command!r}"
    if "socket error" in lowered:
        # Which of the two ends hangs up first when they have no algorithm in common is a race.
        return (
            f"{where}: it ended the connection before a login ({error}). Either it allows no SSH from here, or there "
            f"is no common SSH algorithm. {_NAME_ALGORITHMS}"
        )
    return f"{where}: {error}. Check ansible_host and ansible_port, and that SSH is allowed from here"


def _no_shell(options: SshOptions, error: Exception, waited: float) -> str:
    # The binding takes a login that is not over for a success, and has this for the channel that it then cannot get.
    if isinstance(error, MemoryError) and waited < options.seconds:
        return (
            f"{options.where}: the login of user {options.user!r} needs more than one step (a key and a password, a "
            "code), which libssh's binding does not take. Use a user who logs in with a key or a password alone"
        )
    if isinstance(error, MemoryError) or "[-2]" in str(error):
        return _no_answer(options, str(error) or "amid the login: has the password expired?")
    return f"{options.where}: logged in, but no shell was given ({error}). {_FIVE_LOGINS}"


def _no_answer(options: SshOptions, error: str) -> str:
    return (
        f"{options.where}: no answer within {options.seconds} s ({error}). Is ansible_host right, and is SSH allowed "
        "from here ('ssh' in its configuration)? Raise ansible_connect_timeout if it is only slow"
    )


_FIVE_LOGINS = "An ASA allows five logins at a time: see 'show ssh sessions', and end one with 'ssh disconnect'"
_NAME_ALGORITHMS = (
    "Old software needs them named: ansible_libssh_key_exchange_algorithms, ansible_libssh_hostkeys, "
    "ansible_libssh_ciphers, ansible_libssh_macs (inventory/example/group_vars/asa_legacy.yml has the set for 7.x and "
    "8.x)"
)
