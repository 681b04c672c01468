# SPDX-License-Identifier: GPL-3.0-or-later
"""The running lab, made from a site."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import yaml

from lab import generate
from lab.cli.box import Account, Box
from lab.cli.prompts import SYSTEM
from lab.clock import Scheduler, WallClock, parse_duration
from lab.config import Config
from lab.engine.failover import Pair
from lab.engine.nat import MAPPING_SECONDS, Nat
from lab.engine.network import Device, Network
from lab.engine.traffic import Flow, Traffic
from lab.management import read_logins
from lab.script import Script
from lab.spelling import spelled_text
from lab.stored import SITES, Site, site_names
from lab.truth import truth

SETTLE_SECONDS = 45.0  # what a fault sets off (a rekey and its 30 s overlap) is over by then


def load_site(name: str) -> Site:
    """A site by name, by the path of a folder with a `site.yml`, or one that `lab.generate` makes."""
    folder = SITES / name if (SITES / name).is_dir() else Path(name)
    path = folder / "site.yml"
    if path.is_file():
        return Site(folder.name, yaml.safe_load(path.read_text(encoding="utf-8")), folder)
    site = generate.named(name)
    if site is None:
        raise ValueError(f"no site {name!r}; there are: {', '.join([*site_names(), *generate.NAMES])}")
    return site


class Lab:
    """All of it: network, devices, traffic, clock. Whoever drives it calls `catch_up` before looking."""

    def __init__(
        self,
        site: Site,
        rate: float = 1.0,
        wall: Callable[[], float] = time.monotonic,
        ssh: str | None = None,
    ) -> None:
        self.site = site
        data = site.data
        self.scheduler = Scheduler()
        start = data.get("clock") or datetime(2009, 11, 20, 8, 0, tzinfo=UTC)
        self.network = Network(self.scheduler, start if start.tzinfo else start.replace(tzinfo=UTC))
        users = data.get("users", {})
        accounts = {name: Account(name, str(u["password"]), int(u["privilege"])) for name, u in users.items()}
        self.boxes: dict[str, Box] = {}
        self.logins = read_logins(data)
        for name, entry in data["devices"].items():
            contexts = {each: self._device(name, entry, each) for each in entry.get("contexts", ())}
            device = contexts[entry["admin"]] if contexts else self._device(name, entry)
            for each in contexts.values():
                each.chassis = list(contexts.values())
            self.boxes[name] = Box(
                device, accounts, str(data.get("enable_password", "")), entry.get("model", "ASA5510"),
                entry.get("serial", "JMX1000K0AB"), parse_duration(str(entry.get("uptime", "0s"))),
                ssh or entry.get("ssh", "modern"), contexts=contexts, admin=entry.get("admin", ""),
            )  # fmt: skip
        for name, pair in data.get("pairs", {}).items():
            units = [self.boxes[pair[place]] for place in ("primary", "secondary")]
            self.network.pairs[name] = Pair(name, units[0].device, units[1].device)
            for box in units:
                if box.device.unit:
                    box.device.unit.serial = box.serial
        for name, entry in data.get("nat", {}).items():
            self._stand_behind(name, entry if isinstance(entry, dict) else {"public": entry})
        self.traffic = [self._flow(number, entry) for number, entry in enumerate(data.get("flows", []))]
        self.scheduler.run_until(parse_duration(str(data.get("settle", "0s"))))
        self.clock = WallClock(self.scheduler, wall, rate)
        self.network.elapse = self.clock.advance
        self.script = Script(self)

    def _device(self, name: str, entry: dict[str, Any], context: str = "") -> Device:
        """A device of the network, or the system space, which is in no network."""
        full = f"{name}/{context}" if context else name
        config, seed = Config.parse(spelled_text(self.site.text(full))), int(self.site.data.get("seed", 1))
        device = Device(full, config, str(entry["release"]), self.network, seed, context)
        if context != SYSTEM:
            self.network.devices[full] = device
        return device

    def _stand_behind(self, name: str, entry: dict[str, Any]) -> None:
        """`nat` of a site: the device `name`, or its interface of the address `private`, is behind a NAT."""
        device = self.network.device(name)
        if device is None:
            raise ValueError(f"nat: no device {name!r}")
        mapped = [each for each in device.policy.interfaces if each.nameif in device.policy.map_on]
        private = entry.get("private") or next((str(each.address.ip) for each in mapped), "")
        lives = parse_duration(str(entry.get("mapping", MAPPING_SECONDS)))
        self.network.stand_behind(Nat(str(private), str(entry["public"]), bool(entry.get("forwards", True)), lives))

    def _flow(self, number: int, entry: dict[str, Any]) -> Traffic:
        flow = Flow(
            IPv4Address(entry["from"]), IPv4Address(entry["to"]), parse_duration(str(entry.get("every", "1s"))),
            bool(entry.get("answered", True)),
        )  # fmt: skip
        return Traffic(self.network, flow, 0.5 + 0.13 * number % 60)

    def catch_up(self) -> None:
        self.clock.catch_up()

    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def fault(self, name: str, at: str | None = None) -> str:
        """Inject a fault and let what it sets off come to rest; returns where it happened."""
        self.catch_up()
        where, settles = self.script.fault(name, at)
        if settles:
            self.advance(SETTLE_SECONDS)
        return where

    def when(self, text: str) -> None:
        """Add a trigger, such as `after the first clear at hq: reboot branch`; see `lab.script`."""
        self.script.when(text)

    def act(self, text: str) -> None:
        """Do now what may stand behind a trigger."""
        self.catch_up()
        self.script.act(text)

    def failover(self, name: str | None = None) -> str:
        """Let the other unit of a pair take over (named by itself or by a unit); returns who is active then."""
        self.catch_up()
        pairs = self.network.pairs
        names = [pair for pair, found in pairs.items() if name in (None, pair, *(u.device.name for u in found.units))]
        if len(names) != 1:
            raise ValueError(f"no failover pair {name or ''!r}; there are: {', '.join(pairs) or 'none'}")
        return pairs[names[0]].switch().device.name

    def status(self) -> dict[str, Any]:
        self.catch_up()
        devices = {name: _device_status(device, self.box_of(name)) for name, device in self.network.devices.items()}
        flows = [
            {
                "from": str(t.flow.source), "to": str(t.flow.destination), "sent": t.sent, "arrived": t.arrived,
                "answered": t.answers,
                "seconds_since_answer": None if t.last_answer is None else self.scheduler.now - t.last_answer,
            }
            for t in self.traffic
        ]  # fmt: skip
        return {
            "site": self.site.name, "virtual_time": self._now(), "virtual_seconds": self.scheduler.now,
            "devices": devices, "flows": flows, "mirrors": self.mirrors(),
            "truth": truth(self),
        }  # fmt: skip

    def box_of(self, name: str) -> Box:
        """The box of a device of the network, which may be a context of it."""
        return self.boxes[name.partition("/")[0]]

    def _now(self) -> str:
        return self.network.now.isoformat(timespec="seconds")

    def mirrors(self) -> bool:
        """Does every outbound SPI in use stand among the inbound ones of the device it is sent to?"""
        devices = [device for device in self.network.devices.values() if not device.standby]
        pairs = [context.pairs[0] for device in devices for context in device.datapath.contexts.values()]
        for pair in pairs:
            peer = self.network.owner(pair.peer)
            if peer is None or pair.spi_out not in {p.spi_in for p in peer.datapath.pairs()}:
                return False
        return bool(pairs)


def device_status(lab: Lab, name: str) -> dict[str, Any]:
    """What `status` says of one device."""
    return _device_status(lab.network.devices[name], lab.box_of(name))


def _device_status(device: Device, box: Box) -> dict[str, Any]:
    sas = [
        {
            "peer": peer, "local": str(ident.local), "remote": str(ident.remote), "encaps": context.counters.encaps,
            "decaps": context.counters.decaps, "spi_in": [f"0x{p.spi_in:08X}" for p in context.pairs],
            "spi_out": [f"0x{p.spi_out:08X}" for p in context.pairs],
            "waiting": [f"0x{p.spi_in:08X}" for p in context.waiting],
        }
        for (peer, ident), context in device.datapath.contexts.items()
    ]  # fmt: skip
    ike = [{"peer": sa.peer, "role": sa.role, "state": sa.state, "dpd": sa.dpd} for sa in device.ike.sas]
    failover = {"failover": "standby" if device.standby else "active"} if device.unit else {}
    return {
        **failover, "hostname": device.hostname, "up": device.up, "release": device.release, "ike": ike, "ipsec": sas,
        "quirks": dict(box.quirks), "sessions": box.open_sessions,
    }  # fmt: skip
