# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m lab`: run the emulated firewalls and play with them."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from lab.cli.box import QUIRKS
from lab.control import ControlError, ask
from lab.daemon import DaemonError, Options, read_run, serve, start, stop
from lab.engine.faults import FaultError
from lab.generate import NAMES
from lab.overview import overview
from lab.script import DEEDS, check_fault, fault_names
from lab.stored import site_names
from lab.trial import command as trial


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    commands = main.add_subparsers(dest="command")

    def add(name: str, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.add_argument("--dir", type=Path, default=Path(".lab"), help="where the lab keeps its files (.lab)")
        return command

    up = add("up", "start the lab and return when it is ready")
    up.add_argument(
        "site", nargs="?", default="incident-2009", help=f"one of: {', '.join([*site_names(), *NAMES])}; or a folder"
    )
    up.add_argument("--rate", type=float, default=1.0, help="virtual seconds per wall second")
    up.add_argument("--fault", type=_fault, metavar="NAME[=VALUE]", help="inject a fault once the tunnel is up")
    up.add_argument("--ssh", choices=("modern", "legacy"), help="override what SSH algorithms the devices offer")
    up.add_argument("--authorized-key", type=Path, metavar="FILE", help="public key that logs operator in")
    up.add_argument("--foreground", action="store_true", help="stay in this terminal instead of detaching")
    add("down", "stop the lab; fine when none runs")
    status = add("status", "show virtual time, SAs, counters and whether the ends mirror")
    status.add_argument("--json", action="store_true")
    fault = add("fault", f"inject a fault: {', '.join(fault_names())}")
    fault.add_argument("name", type=_fault, metavar="NAME[=VALUE]")
    fault.add_argument("device", nargs="?", help="the device where it happens")
    fault.add_argument("--at", dest="device", default=argparse.SUPPRESS, metavar="DEVICE", help="the same")
    failover = add("failover", "let the other unit of a failover pair take over")
    failover.add_argument("pair", nargs="?", help="the pair, or one of its units; not needed where there is one pair")
    deeds = "; ".join(DEEDS.values())
    when = add("when", f"let something happen when a device receives a line; without one, list what was asked. {deeds}")
    when.add_argument("text", nargs="*", help="before|after [first|Nth|every] PREFIX at DEVICE|any: DEED[; DEED]")
    when.add_argument("--clear", action="store_true", help="forget all that was asked before")
    act = add("act", f"do something now. {deeds}")
    act.add_argument("text", nargs="+", metavar="DEED")
    advance = add("advance", "let virtual time pass")
    advance.add_argument("by", help="15h, 90s, 10m, 2d")
    record = add("record", "show every line that the devices received")
    record.add_argument("device", nargs="?")
    record.add_argument("--json", action="store_true")
    names = ", ".join(f"{name}={value.upper()}" if value else name for name, value in QUIRKS.items())
    names = names.replace("=[N]", "[=N]")
    quirk = add("quirk", f"make a device misbehave: {names}")
    quirk.add_argument("device")
    quirk.add_argument("quirks", nargs="*", metavar="NAME[=VALUE]")
    quirk.add_argument("--clear", action="store_true", help="remove all quirks of the device first")
    trial.add(commands)
    return main


def _fault(text: str) -> str:
    try:
        return check_fault(text)
    except FaultError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def main(arguments: list[str] | None = None) -> int:
    args = parser().parse_args(arguments)
    if args.command is None:
        print(overview(), end="")
        return 0
    try:
        if args.command == "trial":
            return trial.main(args)
        if args.command == "up":
            return _up(args)
        if args.command == "down":
            print("the lab is down" if stop(args.dir) else "no lab was running")
            return 0
        run = read_run(args.dir)
        if run is None:
            print(f"no lab runs in {args.dir}; start one with: python -m lab up", file=sys.stderr)
            return 1
        return _talk(args, run)
    except (DaemonError, ControlError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _up(args: argparse.Namespace) -> int:
    options = Options(args.site, args.dir, args.rate, args.fault, args.ssh, args.authorized_key)
    if args.foreground:
        asyncio.run(serve(options))
        return 0
    already = read_run(args.dir) is not None
    run = start(options)
    print(f"{'already up' if already else 'up'}: site {run['site']}")
    print("log in as operator with lab-operator; the enable password is lab-enable")
    for name, device in run["devices"].items():
        known = f"-o UserKnownHostsFile={run['known_hosts']}"
        print(f"  {name:<10} ssh -p {device['port']} {known} operator@{device['host']}")
    return 0


def _talk(args: argparse.Namespace, run: dict[str, Any]) -> int:
    match args.command:
        case "status":
            status = ask(run, {"do": "status"})
            print(json.dumps(status, indent=2) if args.json else _status_text(status))
        case "fault":
            done = ask(run, {"do": "fault", "name": args.name, "at": args.device})
            print(f"{done['fault']} happened at {done['at']}")
        case "failover":
            print(f"{ask(run, {'do': 'failover', 'name': args.pair})['active']} is active")
        case "when":
            for trigger in ask(run, {"do": "when", "text": " ".join(args.text), "clear": args.clear}):
                failed = f", failed: {trigger['error']}" if trigger["error"] else ""
                print(f"{trigger['text']}  (seen {trigger['seen']}, went off {trigger['fired']}{failed})")
        case "act":
            seconds = ask(run, {"do": "act", "text": " ".join(args.text)})["virtual_seconds"]
            print(f"done at {seconds:.0f} virtual seconds")
        case "advance":
            seconds = ask(run, {"do": "advance", "by": args.by}, timeout=600)["virtual_seconds"]
            print(f"{seconds:.0f} virtual seconds since the lab began")
        case "record":
            lines = ask(run, {"do": "record", "device": args.device})
            if args.json:
                print(json.dumps(lines, indent=2))
            else:
                for r in lines:
                    where = f"{r['device']}/{r['context']}" if r["context"] else r["device"]
                    who = f"{where} #{r['session']} {r['user']}/{r['privilege']}"
                    print(f"{r['virtual']} {who} {r['mode']}: {r['line']}")
                    if r["effect"]:
                        print(f"{'':>8}cleared {_counts(r['effect']['pairs'])}; left {_counts(r['effect']['left'])}")
        case "quirk":
            request = {"do": "quirk", "device": args.device, "quirks": args.quirks, "clear": args.clear}
            quirks = ask(run, request)
            print(", ".join(f"{n}={v}" if v else n for n, v in quirks.items()) or "no quirks")
    return 0


def _counts(pairs: dict[str, int]) -> str:
    return ", ".join(f"{count} of {peer}" for peer, count in pairs.items()) or "nothing"


def _status_text(status: dict[str, Any]) -> str:
    lines = [f"{status['site']}  {status['virtual_time']}  ends mirror: {'yes' if status['mirrors'] else 'NO'}"]
    for name, device in status["devices"].items():
        ike = ", ".join(f"{sa['peer']} {sa['state']} ({sa['role']})" for sa in device["ike"]) or "no IKE SA"
        unit = f" ({device['failover']})" if "failover" in device else ""
        lines.append(f"{name}{unit}: {ike if device['up'] else 'down'}")
        for sa in device["ipsec"]:
            lines.append(f"  {sa['local']} - {sa['remote']}  in {' '.join(sa['spi_in'])}  out {' '.join(sa['spi_out'])}"
                         f"  encaps {sa['encaps']}  decaps {sa['decaps']}")  # fmt: skip
        if not device["ipsec"]:
            lines.append("  no IPsec SA")
    for pair in status["truth"]["pairs"]:
        for way in pair["ways"]:
            passes = "passes" if way["passes"] else f"does not pass: {way['why']}"
            lines.append(f"{way['from']} -> {way['to']}  {way['local']} - {way['remote']}: {passes}")
    for flow in status["flows"]:
        since = flow["seconds_since_answer"]
        last = "never answered" if since is None else f"last answer {since:.0f} s ago"
        lines.append(f"{flow['from']} -> {flow['to']}: {flow['answered']} of {flow['sent']} answered, {last}")
    return "\n".join(lines)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        # `record | head` has read enough; what is still in the buffer must not fail once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
