# SPDX-License-Identifier: GPL-3.0-or-later
"""The control channel: one JSON object a line, over loopback TCP, with a token that only run.json holds."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from lab.clock import parse_duration
from lab.engine.faults import FaultError
from lab.site import Lab


class ControlError(Exception):
    """The lab refused a request; the text says why."""


def answer(lab: Lab, request: dict[str, Any]) -> Any:
    """Carry one request out."""
    lab.catch_up()
    match request.get("do"):
        case "status":
            return lab.status()
        case "fault":
            return {"fault": request["name"], "at": lab.fault(request["name"], request.get("at"))}
        case "when":
            if request.get("clear"):
                lab.script.triggers.clear()
            if request.get("text"):
                lab.when(request["text"])
            return [asdict(trigger) for trigger in lab.script.triggers]
        case "act":
            lab.act(request["text"])
            return {"virtual_seconds": lab.scheduler.now}
        case "advance":
            lab.advance(parse_duration(str(request["by"])))
            return {"virtual_seconds": lab.scheduler.now}
        case "record":
            boxes = [_box(lab, request["device"])] if request.get("device") else list(lab.boxes.values())
            lines = [asdict(line) for box in boxes for line in box.record]
            return sorted(lines, key=lambda line: line["number"])
        case "quirk":
            box = _box(lab, request["device"])
            if request.get("clear"):
                box.quirks.clear()
            for text in request.get("quirks", []):
                box.set_quirk(text)
            return dict(box.quirks)
    raise ValueError(f"unknown request {request.get('do')!r}")


def _box(lab: Lab, name: str) -> Any:
    if name not in lab.boxes:
        raise ValueError(f"no device named {name!r}; there are: {', '.join(lab.boxes)}")
    return lab.boxes[name]


async def serve_control(lab: Lab, token: str, stop: Callable[[], None]) -> asyncio.Server:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = json.loads(await reader.readline())
            if request.pop("token", None) != token:
                raise ValueError("wrong token")
            if request.get("do") == "stop":
                reply: dict[str, Any] = {"ok": True}
                stop()
            else:
                reply = {"ok": answer(lab, request)}
        except (ValueError, KeyError, FaultError) as error:
            reply = {"error": str(error)}
        writer.write(json.dumps(reply).encode() + b"\n")
        await writer.drain()
        writer.close()

    return await asyncio.start_server(client, "127.0.0.1", 0)


def ask(run: dict[str, Any], request: dict[str, Any], timeout: float = 60.0) -> Any:
    """Send a request to the running lab that `run` (the content of run.json) describes."""
    control = run["control"]
    with socket.create_connection((control["host"], control["port"]), timeout=timeout) as connection:
        connection.sendall(json.dumps({**request, "token": control["token"]}).encode() + b"\n")
        with connection.makefile("rb") as file:
            line = file.readline()
    if not line:
        raise ControlError("the lab closed the control channel")
    reply = json.loads(line)
    if "error" in reply:
        raise ControlError(reply["error"])
    return reply["ok"]
