# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tests.bench [PART] [--quick] [--write]``: the benchmarks as Markdown (``make bench``)."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import connection, emulating, gating, judging, parsing

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
MEASURED = (
    "ansible-core", "ansible-pylibssh", "ansible", "asyncssh", "ntc-templates", "textfsm", "ttp", "ciscoconfparse2",
    "hier-config",
)  # fmt: skip
HEAD = """\
# Benchmarks

<!-- Written by `python -m tests.bench --write`. To change a number, run it; to change a word, change tests/bench/. -->

Our parsers and our connection beside their peers, on the same texts and the same server, in one run. The numbers belong
to one machine and to what else ran on it; the ratios hold better. Nothing here is asserted by a test.

```console
make bench                              # prints all of this
.venv-bench/bin/python -m tests.bench connection --quick
.venv-bench/bin/python -m tests.bench --write    # writes this page
```
"""
PARTS = ("parsing", "judging", "lab", "gate", "connection")
PARSING = """\
## Parsing

From the text to the finished values, in a process of its own, imports and templates loaded before; the median of three.
`exponent` is the slope of the last tenfold step, and 1.00 is linear. `*` marks a reader that found another number of
blocks or SPIs than the text holds. The texts are made (`tests/bench/texts.py`): two identity blocks a tunnel, IKEv1 and
IKEv2, NAT, VTIs, rekeys with two SAs a direction.

| reader | what it is |
| --- | --- |
| ours, our_config | `tunnelmend.asa.parse`: every line is accounted for |
| floor | one regular expression over the whole text, six fields, nothing checked |
| textfsm | the template of ntc-templates run by TextFSM itself |
| ttp | a TTP template of the same fields |
| ntc_templates | `parse_output` as most people call it |
| hier_config, ciscoconfparse2 | the tree of a configuration, and the peers of its crypto maps looked up in it |

hier_config is the release that ciscoconfparse2 asks for.
"""
JUDGING = """\
## Judging

From devices that are read and parsed to judgements on healthy tunnels, by every rule, from a thousand tunnels on by all
cores (two here); `exponent` and `ms a tunnel` are of the CPU, what children used included. Each tunnel has both ends,
two readings and a start-up configuration; a hub has a line of log for each of its spokes. It has no peers here: nothing
else was found that compares the two ends of a tunnel.
"""
EMULATING = """\
## Emulating

The lab's own devices in memory, from their configurations to tunnels that carry packets: what a test or the gate waits
for. It has no peers here.
"""
GATING = """\
## Gating

What the gate's trial takes from configurations to its document: two worlds a pair that come up from either end, carry
traffic for days, rekey, reboot and lose their state, and one in which the lines between are typed. The two audits that
follow take a second. It has no peers: nothing else was found that lets a change negotiate before it is made.
"""
CONNECTION = """\
## Connection

A static SSH server on the same machine answers from memory, so that what is measured is the client. Wall times hold the
server's own work too; CPU times do not. They are of the whole tree of processes, counted by the kernel when each ends,
among them the process a host that `network_cli` leaves behind. The run with the median CPU time of three is shown; one
that takes half a minute is made once.

| way | what it does |
| --- | --- |
| an empty task | `ansible.builtin.debug` for every host: what Ansible itself costs |
| `tunnelmend.asa.cli` | one task, an action that reads the commands in one login and writes the texts to a file |
| pylibssh alone | the same in 20 processes without Ansible: prompt known, nothing proven, libssh's log turned off |
| `network_cli` | with libssh; one task, an action that asks its persistent process for all commands, and the file |
| `cli_command` | `network_cli` as its documentation shows it: the module in a loop over the commands |
| prompt anywhere | `network_cli` with a prompt expression that may begin within a line, as cisco.asa's does |
| `tunnelmend.asa.collect` | what an audit does: these and a dozen more, empty here; masked and kept as evidence |

`network_cli` is given what is cheapest for it: no module is started, no host key is checked, and its prompt expression
begins at the begin of a line, which shortens a search that it makes over all that has come, at every piece that comes.
What was read is compared with what was sent.
"""


def machine() -> Iterator[str]:
    """Where and with what it was measured."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    release = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in MEASURED)
    yield "| | |"
    yield "| --- | --- |"
    yield f"| Date | {time.strftime('%Y-%m-%d')} |"
    yield f"| CPU | {models[0] if models else platform.machine()}, {os.cpu_count()} cores |"
    yield f"| System | {release}, Linux {platform.release().partition('-')[0]} |"
    yield f"| Python | {platform.python_version()} |"
    yield f"| Versions | {versions} |"
    yield ""


def page(parts: set[str], quick: bool) -> Iterator[str]:
    chapters: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
        "parsing": (PARSING, lambda: parsing.report(parsing.QUICK if quick else parsing.SIZES)),
        "judging": (JUDGING, lambda: judging.report(judging.QUICK if quick else judging.SIZES)),
        "lab": (EMULATING, lambda: emulating.report(emulating.QUICK if quick else emulating.SIZES)),
        "gate": (GATING, lambda: gating.report(gating.QUICK if quick else gating.SIZES)),
        "connection": (CONNECTION, lambda: connection.report(connection.QUICK if quick else connection.Sizes())),
    }
    yield from HEAD.splitlines()
    yield ""
    yield from machine()
    for name, (introduction, report) in chapters.items():
        if name in parts:
            yield from introduction.splitlines()
            yield ""
            yield from report()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS, help="only this part")
    parser.add_argument("--quick", action="store_true", help="small sizes, once: whether it works, not how fast")
    parser.add_argument("--write", action="store_true", help=f"write the whole into docs/{PAGE.name}")
    asked = parser.parse_args()
    if asked.write and (asked.part or asked.quick):
        parser.error("--write writes the whole page, measured in full")
    lines = []
    for line in page({asked.part} if asked.part else {*PARTS}, asked.quick):
        print(line, flush=True)
        lines.append(line)
    if asked.write:
        PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
