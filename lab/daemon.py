# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, finding and stopping the lab. run.json appears only once every port listens, and ends the lab by going."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from lab.control import ControlError, ask, serve_control
from lab.gate import serve_gate
from lab.server import host_keys, serve_device
from lab.site import Lab, load_site

START_SECONDS = 60.0
MOST_KEYS = 50


class DaemonError(Exception):
    """The lab could not be started or reached."""


@dataclass(frozen=True)
class Options:
    site: str = "incident-2009"
    folder: Path = Path(".lab")
    rate: float = 1.0
    fault: str | None = None
    ssh: str | None = None
    authorized_key: Path | None = None


def read_run(folder: Path) -> dict[str, Any] | None:
    """What run.json says, if a lab answers behind it."""
    try:
        run: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        os.kill(run["pid"], 0)
        ask(run, {"do": "status"})
    except (OSError, ValueError, KeyError, ControlError):
        return None
    return run


def start(options: Options) -> dict[str, Any]:
    """Start a detached lab and wait until it is ready; an equal one that already runs is used."""
    load_site(options.site)
    folder = options.folder.resolve()
    running = read_run(folder)
    if running:
        if running["site"] != load_site(options.site).name:
            raise DaemonError(f"{folder} already runs site {running['site']}; stop it first: python -m lab down")
        return running
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").unlink(missing_ok=True)
    log = folder / "lab.log"
    command = [sys.executable, "-m", "lab", "up", options.site, "--dir", str(folder), "--foreground",
               "--rate", str(options.rate)]  # fmt: skip
    for flag, value in (
        ("--fault", options.fault), ("--ssh", options.ssh), ("--authorized-key", options.authorized_key)
    ):  # fmt: skip
        command += [flag, str(value)] if value else []
    root = str(Path(__file__).resolve().parent.parent)
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, ValueError):
            run: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            return run
        if process.poll() is not None:
            break
        time.sleep(0.02)
    process.kill()
    raise DaemonError(f"the lab did not start; its log says:\n{log.read_text(encoding='utf-8', errors='replace')}")


def stop(folder: Path) -> bool:
    """Stop the lab of a folder; False when none ran."""
    run = read_run(folder)
    if run:
        ask(run, {"do": "stop"})
        deadline = time.monotonic() + 5
        while (folder / "run.json").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
    (folder / "run.json").unlink(missing_ok=True)
    return run is not None


def _authorized(path: Path | None, site_value: str | None, folder: Path) -> dict[str, bytes]:
    source = path or (folder / site_value if site_value else None)
    return {"operator": asyncssh.read_public_key(str(source)).public_data} if source else {}


async def serve(options: Options) -> None:
    """Run the lab in this process until it is told to stop or its run.json goes away."""
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    site = load_site(options.site)
    lab = Lab(site, options.rate, ssh=options.ssh)
    if options.fault:
        lab.fault(options.fault)
    authorized = _authorized(options.authorized_key, site.data.get("authorized_key"), site.folder)
    run_file = folder / "run.json"
    servers, devices, known = await _listen(lab, folder, run_file, authorized)
    stopping = asyncio.Event()
    token = secrets.token_hex(16)
    control = await serve_control(lab, token, stopping.set)
    _write(folder / "known_hosts", "\n".join(known) + "\n")
    run = {
        "site": site.name, "pid": os.getpid(), "started": time.time(), "devices": devices,
        "addresses": {d["address"]: [d["host"], d["port"]] for d in devices.values() if d["address"]},
        "control": {"host": "127.0.0.1", "port": control.sockets[0].getsockname()[1], "token": token},
        "known_hosts": str(folder / "known_hosts"), "dir": str(folder),
    }  # fmt: skip
    _write(run_file, json.dumps(run, indent=2) + "\n")
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), 0.25)
        lab.catch_up()
        if not _is_ours(run_file, token):
            break
    for server in servers:
        server.close()
    control.close()
    if _is_ours(run_file, token):
        run_file.unlink(missing_ok=True)


async def _listen(
    lab: Lab, folder: Path, run_file: Path, authorized: dict[str, bytes]
) -> tuple[list[Any], dict[str, Any], list[str]]:
    """Open every port; the servers, what run.json says of each login, and the lines of known_hosts."""
    servers: list[Any] = []
    ports: dict[str, int] = {}
    keys: dict[str, list[asyncssh.SSHKey]] = {}
    devices: dict[str, Any] = {}
    known: list[str] = []
    for name, box in lab.boxes.items():
        # The units of a pair have their keys in common, as they have their configuration.
        owner = box.device.unit.pair.name if box.device.unit else name
        # Making an RSA key takes a while: in a lab of hundreds all devices have the first one's.
        if len(lab.boxes) > MOST_KEYS:
            owner = next(iter(lab.boxes))
        keys[name] = keys.get(owner) or host_keys(folder / "keys", owner, box.ssh == "legacy")
        servers.append(await serve_device(lab, box, keys[name], authorized))
        ports[name] = servers[-1].get_port()
    for name, login in lab.logins.items():
        first = login.boxes[0]
        box, port = lab.boxes[first], ports[first]
        if login.context:
            servers.append(await serve_device(lab, box, keys[first], authorized, login.context))
            port = servers[-1].get_port()
        elif not login.direct:
            servers.append(await serve_gate(lab, login, ports))
            port = servers[-1].sockets[0].getsockname()[1]
        hostvars: dict[str, Any] = dict(login.hostvars)
        if login.address:
            proxy = f"{sys.executable} {Path(__file__).with_name('carry.py')} {run_file} %h"
            hostvars = {"ansible_host": login.address, "ansible_port": 22, "ansible_libssh_proxy_command": proxy,
                        **hostvars}  # fmt: skip
        devices[name] = {
            "host": "127.0.0.1", "port": port, "hostname": box.device.hostname, "group": login.group,
            "address": login.address, "through": login.through, "hostvars": hostvars,
        }  # fmt: skip
        for where in (f"[127.0.0.1]:{port}", *([login.address] if login.address else [])):
            known += [f"{where} {key.export_public_key().decode().strip()}" for key in keys[first]]
    return servers, devices, known


def _is_ours(path: Path, token: str) -> bool:
    try:
        return token in path.read_text(encoding="utf-8")
    except OSError:
        return False


def _write(path: Path, text: str) -> None:
    """Whole or not at all; readable by the owner only, because run.json holds the token."""
    temporary = path.with_name(path.name + ".new")
    temporary.touch(mode=0o600)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
