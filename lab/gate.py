# SPDX-License-Identifier: GPL-3.0-or-later
"""In front of an SSH server: TCP that carries bytes only while the engine says that packets would arrive.

What cannot be delivered is lost, and the connection stays open and silent, as it does for a controller whose packets
go into a tunnel that is no more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from lab.management import Link, Login
from lab.site import Lab

RETRY_SECONDS = 0.5


async def serve_gate(lab: Lab, login: Login, ports: Mapping[str, int]) -> asyncio.Server:
    """Listen on a free loopback port; `ports` are those of the SSH servers by device."""
    running: set[asyncio.Task[None]] = set()

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A server that is closed does not wait for its connections, and a task that nobody holds may vanish.
        if task := asyncio.current_task():
            running.add(task)
            task.add_done_callback(running.discard)
        with contextlib.suppress(OSError):
            await _carry(lab, Link(lab, login), ports, reader, writer)
        writer.close()

    return await asyncio.start_server(client, "127.0.0.1", 0)


async def _carry(
    lab: Lab, link: Link, ports: Mapping[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    typed: asyncio.Queue[bytes] = asyncio.Queue()
    listening = asyncio.create_task(_listen(reader, typed))
    try:
        lab.catch_up()
        while not link.connect():
            await asyncio.sleep(RETRY_SECONDS)
            if listening.done():
                return
            lab.catch_up()
        assert link.box is not None
        there, back = await asyncio.open_connection("127.0.0.1", ports[link.box.name])
        answering = asyncio.create_task(_answer(lab, link, there, writer))
        try:
            while data := await typed.get():
                lab.catch_up()
                if link.carries():
                    back.write(data)
        finally:
            answering.cancel()
            back.close()
    finally:
        listening.cancel()


async def _listen(reader: asyncio.StreamReader, typed: asyncio.Queue[bytes]) -> None:
    """Read until the controller hangs up, which an empty chunk says."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            typed.put_nowait(data)
    typed.put_nowait(b"")


async def _answer(lab: Lab, link: Link, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await there.read(65536):
            lab.catch_up()
            if link.carries():
                writer.write(data)
        if link.carries():
            writer.close()
