# SPDX-License-Identifier: GPL-3.0-or-later
"""A static SSH server that types like an ASA: ``python -m tests.bench.server FOLDER`` answers from FOLDER's texts.

It costs as little as a server in Python can: an answer is bytes made before. It knows no state but user or privileged
mode. The lab's ASAs would be measured rather than the clients.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import asyncssh

from tests.bench.serving import HOSTNAME, PASSWORD, USER


class Login(asyncssh.SSHServer):
    def __init__(self, answers: Mapping[bytes, bytes]) -> None:
        self._answers = answers

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def session_requested(self) -> tuple[asyncssh.SSHServerChannel[bytes], asyncssh.SSHServerSession[bytes]]:
        return self._connection.create_server_channel(encoding=None), Terminal(self._answers)


class Terminal(asyncssh.SSHServerSession[bytes]):
    """Echoes every line, answers it, prompts."""

    def __init__(self, answers: Mapping[bytes, bytes]) -> None:
        self._answers = answers
        self._typed = b""
        self._prompt = f"{HOSTNAME}> ".encode()
        self._asked_password = False

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def pty_requested(self, *_: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self._channel.write(b"\r\n" + self._prompt)

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:
        # One client ends its lines with CR, the other with LF.
        *lines, self._typed = (self._typed + data.replace(b"\r", b"\n")).split(b"\n")
        for line in lines:
            self._line(line)

    def _line(self, line: bytes) -> None:
        if self._asked_password:
            self._asked_password = False
            if line == PASSWORD.encode():
                self._prompt = f"{HOSTNAME}# ".encode()
            self._channel.write(b"\r\n" + self._prompt)
        elif line == b"enable":
            self._asked_password = True
            self._channel.write(b"enable\r\nPassword: ")
        elif line in (b"exit", b"quit"):
            self._channel.exit(0)
        else:
            self._channel.write(b"".join((line, b"\r\n", self._answers.get(line, b""), self._prompt)))


async def serve(folder: Path) -> None:
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    answers = {command.encode(): text.replace("\n", "\r\n").encode() for command, text in texts.items()}
    key = asyncssh.generate_private_key("ssh-ed25519")
    listener = await asyncssh.create_server(
        lambda: Login(answers),
        "127.0.0.1",
        0,
        server_host_keys=[key],
        line_editor=False,
        # A hundred hosts at once are one address here.
        backlog=500,
    )
    port = listener.get_port()
    public = key.export_public_key("openssh").decode()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}", encoding="utf-8")
    print(port, flush=True)
    await listener.wait_closed()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
