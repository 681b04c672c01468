# SPDX-License-Identifier: GPL-3.0-or-later
"""SSH in front of the CLI: logins, host keys, old and new algorithms. All behaviour lives in `lab.cli.shell`.

`legacy` offers only what ASA 7.x/8.x offered: SHA-1 key exchanges, ssh-rsa, CBC ciphers, hmac-sha1.
"""

from __future__ import annotations

import asyncio
import hmac
from pathlib import Path
from typing import Any

import asyncssh

from lab.cli.box import MAX_SESSIONS, Box
from lab.cli.shell import Session
from lab.cli.transport import Action, Close, Die, Hang, Pause, Write
from lab.site import Lab

LEGACY: dict[str, Any] = {
    "kex_algs": ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
    "encryption_algs": ["aes256-cbc", "aes128-cbc", "3des-cbc"],
    "mac_algs": ["hmac-sha1"],
    "signature_algs": ["ssh-rsa"],
}
_LEGACY_KEYS: dict[str, dict[str, Any]] = {"ssh-rsa": {"key_size": 2048}}
_MODERN_KEYS: dict[str, dict[str, Any]] = {"ssh-ed25519": {}, **_LEGACY_KEYS}


def host_keys(folder: Path, device: str, legacy: bool) -> list[asyncssh.SSHKey]:
    """The device's host keys, made once and kept."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = []
    for kind, options in (_LEGACY_KEYS if legacy else _MODERN_KEYS).items():
        path = folder / f"{device}.{kind}"
        if not path.exists():
            key = asyncssh.generate_private_key(kind, **options)
            temporary = path.with_suffix(".new")
            temporary.touch(mode=0o600)
            temporary.write_bytes(key.export_private_key())
            temporary.replace(path)
        keys.append(asyncssh.read_private_key(str(path)))
    return keys


class Login(asyncssh.SSHServer):
    """Password, keyboard-interactive and public key logins of one connection."""

    def __init__(self, lab: Lab, box: Box, keys: dict[str, bytes], context: str) -> None:
        self._lab = lab
        self._box = box
        self._context = context
        self._keys = keys
        self._user = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._lab.catch_up()
        if not self._box.device.up:
            conn.abort()

    def begin_auth(self, username: str) -> bool:
        self._user = username
        device = self._box.contexts[self._context] if self._context else self._box.device
        banner = "\n".join(" ".join(b.words[2:]) for b in device.config.starting("banner", "login"))
        if banner:
            self._connection.send_auth_banner(banner + "\n")
        return True

    def password_auth_supported(self) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return bool(self._keys)

    def validate_password(self, username: str, password: str) -> bool:
        account = self._box.accounts.get(username)
        if account is None or "refuse-login" in self._box.quirks or not self._box.device.up:
            return False
        return hmac.compare_digest(account.password.encode(), password.encode())

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", lang, [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return len(responses) == 1 and self.validate_password(username, responses[0])

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return "refuse-login" not in self._box.quirks and self._keys.get(username) == key.public_data

    def session_requested(self) -> Any:
        # The sixth session is refused, as on an ASA.
        if self._box.open_sessions >= MAX_SESSIONS:
            return False
        return Terminal(self._lab, self._box, self._user, self._context)


class Terminal(asyncssh.SSHServerSession[bytes]):
    """Feeds one channel's bytes to a CLI session and carries its actions out in order."""

    def __init__(self, lab: Lab, box: Box, user: str, context: str) -> None:
        self._lab = lab
        self._box = box
        self._user = user
        self._context = context
        self._session: Session | None = None
        self._todo: asyncio.Queue[Action] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None
        box.open_sessions += 1

    def connection_made(self, chan: Any) -> None:
        self._channel = chan

    def pty_requested(self, term_type: str, term_size: Any, term_modes: Any) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self._lab.catch_up()
        self._session = Session(self._box, self._user, self._context)
        self._session.on_death = self._break
        self._session.on_output = self._do
        self._worker = asyncio.get_running_loop().create_task(self._work())
        self._do(self._session.start())

    def data_received(self, data: bytes, datatype: Any) -> None:
        if self._session:
            self._lab.catch_up()
            self._do(self._session.feed(data))

    def eof_received(self) -> bool:
        # What was typed before the end is still answered; then the login ends.
        self._do([Close()])
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._box.open_sessions -= 1
        if self._session:
            self._session.hung_up()
        if self._worker:
            self._worker.cancel()

    def _do(self, actions: list[Action]) -> None:
        for action in actions:
            self._todo.put_nowait(action)

    def _break(self) -> None:
        self._channel.get_connection().abort()

    async def _work(self) -> None:
        while True:
            match await self._todo.get():
                case Write(data):
                    self._channel.write(data)
                case Pause(seconds):
                    await asyncio.sleep(seconds)
                case Hang():
                    await asyncio.Event().wait()
                case Die():
                    self._break()
                    return
                case Close():
                    self._channel.exit(0)
                    return


async def serve_device(
    lab: Lab, box: Box, keys: list[asyncssh.SSHKey], authorized: dict[str, bytes], context: str = ""
) -> asyncssh.SSHAcceptor:
    """Listen on a free loopback port; with a context, logins land there."""
    options: dict[str, Any] = dict(LEGACY) if box.ssh == "legacy" else {}
    return await asyncssh.create_server(
        lambda: Login(lab, box, authorized, context), "127.0.0.1", 0, server_host_keys=keys, encoding=None,
        line_editor=False, server_version="Cisco-1.25", login_timeout=60, **options,
    )  # fmt: skip
