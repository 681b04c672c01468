# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripted command line behind SSH, and in front of it a wire that breaks at any byte.

It runs in a process of its own: libssh keeps the interpreter's lock while it waits. The first line that it prints says
where it listens; then each line on its standard input asks for a wire, and is answered with the port of that wire.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import sys
from pathlib import Path
from typing import Any

import asyncssh

from tests.integration.faults.script import CLOSE, PAUSE, RESET, STALL, Fault, Script, encode

FOREVER = 3600.0


class Login(asyncssh.SSHServer):
    """What a login may do is what its user name asks for."""

    def __init__(self, authorized: bytes, inner: int) -> None:
        self._authorized = authorized
        self._inner = inner
        self._answers: list[list[str]] = []

    async def begin_auth(self, username: str) -> bool:
        self.fault = Fault.of(username)
        if self.fault.shell == "silent login":
            await asyncio.sleep(FOREVER)
        return True

    def _takes(self, method: str) -> bool:
        only = {"kbdint only": "kbdint", "kbdint change": "kbdint", "key only": "key"}.get(self.fault.shell)
        return only in (None, method)

    def password_auth_supported(self) -> bool:
        return self._takes("password")

    def kbdint_auth_supported(self) -> bool:
        return self._takes("kbdint")

    def public_key_auth_supported(self) -> bool:
        return self._takes("key")

    def validate_password(self, username: str, password: str) -> bool:
        if self.fault.shell == "password change":
            raise asyncssh.PasswordChangeRequired("Your password has expired. New password:")
        return password == self.fault.password

    def change_password(self, username: str, old_password: str, new_password: str) -> bool:
        raise AssertionError("a password was changed")

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", lang, [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> Any:
        if self.fault.shell == "kbdint change":
            self._answers.append(list(responses))
            # An old password that is given for the new one is refused, as servers do.
            return (
                ("", "Your password has expired", "", [("New password: ", False)]) if len(self._answers) == 1 else False
            )
        return list(responses) == [self.fault.password]

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return key.public_data == self._authorized

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        # What a jump host allows: this server, and nothing else.
        return dest_port == self._inner


async def session(process: asyncssh.SSHServerProcess[bytes]) -> None:
    fault = Fault.of(process.get_extra_info("username"))
    script = Script(fault)
    given = 0

    async def show(text: str) -> bool:
        """Whether the login goes on."""
        nonlocal given
        for data in encode(fault, text):
            if data == PAUSE.encode():
                await asyncio.sleep(fault.pause)
                continue
            if data in (order.encode() for order in (STALL, CLOSE, RESET)):
                return await end({STALL: "stall", CLOSE: "close", RESET: "reset"}[data.decode()])
            last = len(data) if fault.at < 0 else min(len(data), fault.at - given)
            size = fault.size or max(len(data), 1)
            for start in range(0, last, size):
                process.stdout.write(data[start : min(start + size, last)])
                await process.stdout.drain()
                await asyncio.sleep(fault.every)
            given += last
            if given == fault.at:
                return await end(fault.do)
        return True

    async def end(how: str) -> bool:
        if how == "stall":
            await asyncio.sleep(FOREVER)
        if how == "reset":
            reset(process.channel.get_connection().get_extra_info("socket"))
            process.channel.get_connection().abort()
        else:
            process.exit(0)
        return False

    if await show(script.start()):
        while keys := await process.stdin.read(4096):
            for text in script.keys(keys.decode()):
                if not await show(text):
                    return


def reset(sock: Any) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def agent(private: asyncssh.SSHKey, path: Path) -> None:
    """An SSH agent that holds one key (draft-ietf-sshm-ssh-agent: identities, sign)."""

    def text(data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + data

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while length := await reader.readexactly(4):
                asked = await reader.readexactly(int.from_bytes(length, "big"))
                if asked[0] == 11:
                    told = b"\x0c" + (1).to_bytes(4, "big") + text(private.public_data) + text(b"operator")
                else:
                    rest = asked[5 + len(private.public_data) :]
                    size = int.from_bytes(rest[:4], "big")
                    told = b"\x0e" + text(private.sign(rest[4 : 4 + size], private.sig_algorithms[0]))
                writer.write(text(told))
        except asyncio.IncompleteReadError:
            writer.close()

    await asyncio.start_unix_server(serve, path)


async def wire(order: dict[str, Any], inner: int) -> int:
    """Listen for one connection and break it: after ``at`` bytes of what the server says ``do`` the fault."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far, away = await asyncio.open_connection("127.0.0.1", inner)

        async def up() -> None:
            while data := await reader.read(65536):
                away.write(data)

        task = asyncio.create_task(up())
        left = int(order["at"])
        while left and (data := await far.read(min(left, 65536))):
            writer.write(data)
            await writer.drain()
            left -= len(data)
        if order["do"] == "stall":
            await asyncio.sleep(FOREVER)
        if order["do"] == "reset":
            reset(writer.get_extra_info("socket"))
        writer.transport.abort() if order["do"] == "reset" else writer.close()
        task.cancel()
        away.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    return int(server.sockets[0].getsockname()[1])


async def main(folder: Path) -> None:
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    private = asyncssh.read_private_key(str(folder / "key"))
    await agent(private, folder / "agent")
    inner = 0
    acceptor = await asyncssh.create_server(
        lambda: Login(private.public_data, inner), "127.0.0.1", 0, server_host_keys=[host_key], process_factory=session,
        encoding=None, line_editor=False, login_timeout=0,
    )  # fmt: skip
    inner = acceptor.get_port()
    loop = asyncio.get_running_loop()
    print(json.dumps({"port": inner, "key": host_key.export_public_key().decode().strip()}), flush=True)
    servers = []
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        servers.append(await wire(json.loads(line), inner))
        print(servers[-1], flush=True)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
