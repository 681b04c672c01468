# SPDX-License-Identifier: GPL-3.0-or-later
"""Our connection and its peers on the same server, side by side in one run."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.bench import texts
from tests.bench.clients import FORKS
from tests.bench.serving import PASSWORD, USER, Served, serving
from tests.bench.tree import Cost, cost

ROOT = Path(__file__).resolve().parents[2]
SA = "show crypto ipsec sa"
# A way that needs longer than this is asked once, and one that needs longer than the limit is ended.
PATIENCE, LIMIT = 30.0, 180.0


@dataclass(frozen=True)
class Sizes:
    hosts: Sequence[int] = (1, 20, 100)
    tunnels: Sequence[int] = (100, 500, 1_000)
    # Some 4.3 kB a tunnel: 5, 17 and 50 MB.
    large: Sequence[int] = (1_200, 4_000, 12_000)
    repetitions: int = 3


QUICK = Sizes(hosts=(1, 5), tunnels=(20, 100), large=(300, 1_000), repetitions=1)


@dataclass(frozen=True)
class Way:
    """A task that reads; ``variables`` are those of its hosts."""

    name: str
    task: Mapping[str, Any]
    variables: Mapping[str, Any]


def ways(served: Served, folder: Path, commands: Sequence[str]) -> dict[str, Way]:
    login = {
        "ansible_host": "127.0.0.1", "ansible_port": served.port, "ansible_user": USER, "ansible_password": PASSWORD,
        "ansible_become_password": PASSWORD,
    }  # fmt: skip
    ours = {**login, "ansible_connection": "tunnelmend.asa.cli", "ansible_asa_known_hosts": str(served.known_hosts)}
    peer = {
        **login,
        "ansible_connection": "ansible.netcommon.network_cli",
        "ansible_network_cli_ssh_type": "libssh",
        "ansible_network_os": "bench.ways.asa",
        "ansible_become": True,
        "ansible_become_method": "ansible.netcommon.enable",
        # It has no option for the file, and one key more or less to compare is nothing beside the rest.
        "ansible_host_key_checking": False,
        # With its default of 30 seconds it fails from 500 tunnels on.
        "ansible_command_timeout": int(LIMIT),
    }
    arguments = {"commands": list(commands), "folder": str(folder)}
    return {
        "empty": Way("an empty task (`debug`)", {"ansible.builtin.debug": {"msg": "nothing"}}, ours),
        "ours": Way("`tunnelmend.asa.cli`", {"bench.ways.ours": arguments}, ours),
        "collect": Way("`tunnelmend.asa.collect`", {"tunnelmend.asa.collect": {"run": str(folder)}}, ours),
        "peer": Way("`network_cli`", {"bench.ways.network_cli": arguments}, peer),
        "anywhere": Way(
            "`network_cli`, prompt anywhere",
            {"bench.ways.network_cli": arguments},
            {**peer, "ansible_terminal_stdout_re": [{"pattern": r"[\r\n]?[\w.:/-]+(?:\([^)]+\))?[>#] ?$"}]},
        ),
        "loop": Way(
            "`network_cli`, `cli_command`",
            {"ansible.netcommon.cli_command": {"command": "{{ item }}"}, "loop": list(commands)},
            peer,
        ),
    }


def eight() -> dict[str, str]:
    """Eight of the commands that an audit sends to a hub, with what a small one answers."""
    config = texts.running_config(100).text
    lists = "".join(line for line in config.splitlines(keepends=True) if line.startswith("access-list "))
    return {
        "show version": "Cisco Adaptive Security Appliance Software Version 9.16(4) \n\nhub up 41 days 3 hours\n",
        "show clock": "12:00:00.000 UTC Mon Nov 23 2009\n",
        "show failover": "Failover Off \nFailover unit Primary\n",
        "show startup-config": config,
        "show running-config access-list": lists,
        "show crypto ikev1 sa detail": "\nThere are no IKEv1 SAs\n",
        "show crypto ikev2 sa detail": "\nThere are no IKEv2 SAs\n",
        SA: texts.ipsec_sa(20, detail=False).text,
    }


class Bench:
    """A folder with all that the ways need: settings, inventory, the throw-away collection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (collections := folder / "collections" / "ansible_collections" / "bench").mkdir(parents=True)
        (collections / "ways").symlink_to(ROOT / "tests" / "bench" / "ways")
        (folder / "ansible.cfg").write_text(
            f"[defaults]\ncollections_path = {folder / 'collections'}:{ROOT / '.collections'}\nforks = {FORKS}\n"
            "interpreter_python = auto_silent\nlocalhost_warning = False\n"
        )
        # A home of its own: no keys, no ssh_config, and the sockets of network_cli under a short path.
        self.env = {
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "HOME": str(folder), "LC_ALL": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip

    def play(self, way: Way, hosts: Sequence[str]) -> Cost:
        inventory, play, log = (self.folder / name for name in ("hosts.yml", "play.yml", "log.txt"))
        inventory.write_text(yaml.safe_dump({"all": {"hosts": dict.fromkeys(hosts), "vars": dict(way.variables)}}))
        task = {"name": "Read", **way.task}
        play.write_text(yaml.safe_dump([{"name": "Bench", "hosts": "all", "gather_facts": False, "tasks": [task]}]))
        command = [sys.executable, "-m", "ansible", "playbook", "-i", str(inventory), str(play)]
        return _checked(cost(command, self.env, LIMIT, log), log)

    def fleet(self, served: Served, folder: Path, hosts: Sequence[str], commands: Sequence[str]) -> Cost:
        job = {
            "port": served.port, "known_hosts": str(served.known_hosts), "folder": str(folder), "hosts": list(hosts),
            "commands": list(commands),
        }  # fmt: skip
        log = self.folder / "log.txt"
        command = [sys.executable, "-m", "tests.bench.clients", "fleet", json.dumps(job)]
        return _checked(cost(command, self.env, LIMIT, log), log)

    def large(self, client: str, served: Served, command: str, times: int) -> dict[str, Any]:
        """What reading one output in one login costs without Ansible around it."""
        job = {
            "port": served.port, "known_hosts": str(served.known_hosts), "client": client, "command": command,
            "times": times,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.clients", "large", json.dumps(job)],
            cwd=ROOT,
            env={**self.env, "PYTHONPATH": f"{ROOT}/.collections:{ROOT}"},
            stdout=subprocess.PIPE,
            check=True,
        )
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def _checked(found: Cost, log: Path) -> Cost:
    if found.status:
        raise RuntimeError(f"a way failed, so there is nothing to compare:\n{log.read_text()[-2000:]}")
    return found


def right(folder: Path, hosts: Sequence[str], wanted: Mapping[str, str]) -> bool:
    """Whether every host's file has every line that the server sent; blank ones are not everybody's."""
    lines = sum(bool(line.strip()) for text in wanted.values() for line in text.splitlines())
    return all(
        sum(bool(line.strip()) for line in (folder / f"{host}.txt").read_text().splitlines()) == lines for host in hosts
    )


@contextmanager
def bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        yield Bench(Path(temporary))


def names(hosts: int) -> list[str]:
    return [f"asa{number:03}" for number in range(1, hosts + 1)]


def report(sizes: Sizes) -> Iterator[str]:
    """The tables as Markdown, line by line."""
    with bench() as here:
        yield from _many_hosts(here, sizes)
        yield from _large_outputs(here, sizes)
        yield from _without_ansible(here, sizes)


def _say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def _many_hosts(here: Bench, sizes: Sizes) -> Iterator[str]:
    wanted = eight()
    sent = sum(map(len, wanted.values()))
    yield f"### Eight show commands, {sent / 1000:.0f} kB a host, {FORKS} at a time"
    yield ""
    yield "| way | hosts | wall s | CPU s a host | controller MB | all processes MB | CPU, times ours |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    last: dict[str, float] = {}
    with serving(wanted, here.folder / "server") as served:
        for count in sizes.hosts:
            found = {}
            for key in ("empty", "ours", "bare", "peer", "collect", "loop"):
                # It takes minutes for what can be told from fewer hosts.
                if key == "loop" and count > FORKS:
                    continue
                _say(f"{count} hosts: {key}")
                found[key] = _median(here, served, key, names(count), wanted, sizes.repetitions)
            last = {key: each.cpu / count for key, each in found.items()}
            for key, each in found.items():
                name = "pylibssh alone" if key == "bare" else ways(served, here.folder, [])[key].name
                yield (
                    f"| {name} | {count} | {_seconds(each, each.wall)} | {last[key]:.3f} | {each.own_mb:.0f} "
                    f"| {each.all_mb:.0f} | {last[key] / last['ours']:.2f} |"
                )
    yield ""
    floor = last["empty"] + last["bare"]
    yield f"Of {sizes.hosts[-1]} hosts: ours takes {last['ours'] / floor:.2f} times the CPU of the empty task"
    yield "and pylibssh together (goal: at most 1.5), and `network_cli` takes"
    yield f"{last['peer'] / last['ours']:.1f} times ours (goal: at least 15)."
    yield ""


def _median(
    here: Bench, served: Served, key: str, hosts: Sequence[str], wanted: Mapping[str, str], repetitions: int
) -> Cost:
    """The cost whose CPU time is the median of the repetitions."""
    costs: list[Cost] = []
    while len(costs) < repetitions:
        with tempfile.TemporaryDirectory(dir=here.folder) as temporary:
            folder = Path(temporary)
            if key == "bare":
                found = here.fleet(served, folder, hosts, list(wanted))
            else:
                found = here.play(ways(served, folder, list(wanted))[key], hosts)
            if key in ("ours", "bare", "peer", "anywhere") and found.status == 0 and not right(folder, hosts, wanted):
                raise RuntimeError(f"{key} did not read what was sent")
        costs.append(found)
        if found.wall > PATIENCE or found.status is None:
            break
    return sorted(costs, key=lambda each: each.cpu)[len(costs) // 2]


def _seconds(found: Cost, seconds: float) -> str:
    return f"over {LIMIT:.0f}, ended" if found.status is None else f"{seconds:.1f}"


def _large_outputs(here: Bench, sizes: Sizes) -> Iterator[str]:
    yield f"### One host, one `{SA}`, in seconds of wall (CPU)"
    yield ""
    made = {tunnels: texts.ipsec_sa(tunnels, detail=False).text for tunnels in sizes.tunnels}
    yield "| way | " + " | ".join(f"{tunnels:,} tunnels, {len(made[tunnels]) / 1e6:.1f} MB" for tunnels in made) + " |"
    yield "| --- |" + " ---: |" * len(made)
    rows: dict[str, list[str]] = {}
    given_up: set[str] = set()
    for tunnels, text in made.items():
        with serving({SA: text}, here.folder / "server") as served:
            for key in ("empty", "ours", "bare", "peer", "anywhere"):
                if key in given_up:
                    rows[key].append("not tried")
                    continue
                _say(f"{tunnels} tunnels: {key}")
                found = _median(here, served, key, names(1), {SA: text}, sizes.repetitions)
                if found.status is None:
                    given_up.add(key)
                cell = _seconds(found, found.wall) + ("" if found.status is None else f" ({found.cpu:.1f})")
                name = "pylibssh alone" if key == "bare" else ways(served, here.folder, [])[key].name
                rows.setdefault(key, [name]).append(cell)
    for row in rows.values():
        yield f"| {' | '.join(row)} |"
    yield ""


def _without_ansible(here: Bench, sizes: Sizes) -> Iterator[str]:
    yield f"### One `{SA}` without a playbook around it"
    yield ""
    yield "The login is not timed. `exponent` is the slope of the last step: 1.00 is linear."
    yield ""
    yield "| MB | ours, CPU s | pylibssh alone, CPU s | times | ours, peak MB | pylibssh, peak MB | exponent of ours |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    before: tuple[float, float] | None = None
    for tunnels in sizes.large:
        text = texts.ipsec_sa(tunnels, detail=False).text
        megabytes = len(text) / 1e6
        with serving({SA: text}, here.folder / "server") as served:
            _say(f"{megabytes:.0f} MB")
            ours, bare = (
                min((here.large(client, served, SA, 1) for _ in range(sizes.repetitions)), key=lambda each: each["cpu"])
                for client in ("ours", "bare")
            )
        slope = f"{math.log(ours['cpu'] / before[1]) / math.log(megabytes / before[0]):.2f}" if before else ""
        before = megabytes, ours["cpu"]
        yield (
            f"| {megabytes:.1f} | {ours['cpu']:.2f} | {bare['cpu']:.2f} | {ours['cpu'] / bare['cpu']:.2f} "
            f"| {ours['megabytes']:.0f} | {bare['megabytes']:.0f} | {slope} |"
        )
    yield ""
    tunnels = sizes.large[0] * 2
    text = texts.ipsec_sa(tunnels, detail=False).text
    with serving({SA: text}, here.folder / "server") as served:
        once, often = (here.large("ours", served, SA, times) for times in (1, 8))
    yield f"An output of {len(text) / 1e6:.0f} MB read once in a login: {once['megabytes']:.0f} MB at the peak;"
    yield f"read eight times in one login: {often['megabytes']:.0f} MB."
    yield ""
