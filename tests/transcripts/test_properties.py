# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs composed of our own samples split into exactly them, and no damage loses or invents a line."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.transcript import Part, Transcript, split

TESTS = Path(__file__).parents[1]
LOGS = sorted(Path(__file__).parent.glob("*.raw"))


class Sample(NamedTuple):
    """A command and the lines it printed."""

    command: str
    lines: tuple[str, ...]


def samples() -> list[Sample]:
    """Our own outputs, without those that have a prompt, a heading or a pager's marker of their own."""
    found = []
    for raw in sorted(TESTS.glob("parsers/*/*.raw")):
        text = re.sub(r"\r+\n", "\n", raw.read_bytes().decode("utf-8")).removeprefix("\ufeff")
        foreign = re.search(r"^\s*\S+[#>]|^ *sh|^-{4}.*-{4}$|More|\r|^ *\^|Logoff|\x1b", text, re.MULTILINE)
        command = yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))["command"]
        if not foreign and command.startswith("show "):
            found.append(Sample(command, tuple(text.removesuffix("\n").split("\n"))))
    return found


SAMPLES = samples()
HOSTS = ["hq", "hq/pri/act", "hq/vpn", "asa-1.example.com", "act/vpn/hq", "FW_1"]
MODES = ["#", ">", "(config)#", "(config-tunnel-ipsec)#"]
picked = st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=6)


def with_prompts(chosen: Sequence[Sample], prompt: str) -> list[str]:
    return [line for sample in chosen for line in (f"{prompt} {sample.command}", *sample.lines)] + [f"{prompt} "]


def with_pager(chosen: Sequence[Sample], prompt: str) -> list[str]:
    """A page of three lines, its marker erased with carriage returns; a marker before the last line may be the end."""
    marker = "<--- More --->\r              \r"
    return [
        line
        for sample in chosen
        for line in (
            f"{prompt} {sample.command}",
            *(marker + each if at % 3 == 2 else each for at, each in enumerate(sample.lines[:-1])),
            sample.lines[-1],
        )
    ] + [f"{prompt} "]


def with_stamps(chosen: Sequence[Sample], prompt: str) -> list[str]:
    return [f"[2009-11-20 08:15:{at % 60:02}.123] {line}" for at, line in enumerate(with_prompts(chosen, prompt))]


def with_idle_prompts(chosen: Sequence[Sample], prompt: str) -> list[str]:
    return [
        line
        for sample in chosen
        for line in (f"{prompt}   {sample.command}  ", *sample.lines, f"{prompt} ", prompt, "")
    ]


def as_show_tech(chosen: Sequence[Sample], prompt: str) -> list[str]:
    heading = "-" * 18
    sections = [line for each in chosen for line in (f"{heading} {each.command} {heading}", *each.lines)]
    return [f"{prompt} show tech-support", *sections, f"{prompt} "]


def from_asdm(chosen: Sequence[Sample], _: str) -> list[str]:
    return [line for each in chosen for line in (f'Result of the command: "{each.command}"', *each.lines)]


STYLES: list[Callable[[Sequence[Sample], str], list[str]]] = [
    with_prompts,
    with_pager,
    with_stamps,
    with_idle_prompts,
    as_show_tech,
    from_asdm,
]


def whole(transcript: Transcript) -> None:
    """Parts follow each other and take every line once."""
    number = 1
    for part in transcript.parts:
        assert part.line == number
        assert part.lines > 0
        number += part.lines
    assert number == transcript.lines + 1


def shown(part: Part) -> Sample:
    return Sample(part.command, tuple(part.text.removesuffix("\n").split("\n")))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
@settings(max_examples=25, deadline=None)
@given(chosen=picked, host=st.sampled_from(HOSTS), mode=st.sampled_from(MODES))
def test_what_was_put_together_comes_apart(
    style: Callable[[Sequence[Sample], str], list[str]], end: str, chosen: list[Sample], host: str, mode: str
) -> None:
    lines = style(chosen, host + mode)
    transcript = split(end.join([*lines, ""]))
    whole(transcript)
    assert transcript.lines == len(lines)
    outputs = [part for part in transcript.outputs if part.command != "show tech-support"]
    assert [shown(part) for part in outputs] == [Sample(each.command, each.lines) for each in chosen]
    last = outputs.pop() if style is from_asdm else None
    assert last is None or last.incomplete
    # The same section twice in one show tech-support is doubtful.
    if style is not as_show_tech or len({find(part.command) for part in outputs}) == len(outputs):
        assert [part.trouble for part in outputs] == [""] * len(outputs)


@settings(max_examples=25, deadline=None)
@given(mine=picked, theirs=picked)
def test_two_devices_in_one_log(mine: list[Sample], theirs: list[Sample]) -> None:
    lines = [*with_prompts(mine, "hq#"), "hq# exit", "", "Logoff", *with_prompts(theirs, "branch#")]
    outputs = [part for part in split("\n".join(lines)).outputs if part.command != "exit"]
    assert [(part.hostname, *shown(part)) for part in outputs] == [
        *(("hq", *sample) for sample in mine),
        *(("branch", *sample) for sample in theirs),
    ]


@pytest.mark.parametrize("raw", LOGS, ids=lambda path: path.stem)
def test_a_log_that_is_cut_invents_nothing(raw: Path) -> None:
    """Whatever line it ends with, the outputs are those of the whole log, the last one shorter and not called whole."""
    lines = re.sub(r"\r*\n\r?", "\n", raw.read_bytes().decode("utf-8")).removesuffix("\n").split("\n")
    commands = {(part.line, part.command) for part in split("\n".join(lines)).outputs}
    for count in range(len(lines)):
        transcript = split("\n".join(lines[:count]))
        whole(transcript)
        for part in transcript.outputs:
            # An echo that is wrapped may lack its end.
            assert any(at == part.line and name.startswith(part.command) for at, name in commands) or part.trouble
        if transcript.parts and transcript.parts[-1].command:
            assert transcript.parts[-1].incomplete


@pytest.mark.parametrize("style", [with_prompts, as_show_tech, from_asdm])
def test_a_long_log_that_is_cut_invents_nothing(style: Callable[[Sequence[Sample], str], list[str]]) -> None:
    chosen = random.Random(7).sample(SAMPLES, 12)
    lines = style(chosen, "hq#")
    full = split("\n".join(lines)).outputs
    for count in range(1, len(lines)):
        cut = split("\n".join(lines[:count]))
        whole(cut)
        outputs = cut.outputs
        assert [(part.line, part.command) for part in outputs] == [
            (part.line, part.command) for part in full[: len(outputs)]
        ]
        assert [part.text for part in outputs[:-1]] == [part.text for part in full[: len(outputs) - 1]]
        assert outputs[-1].incomplete or not cut.parts[-1].command


def test_damage_loses_no_line() -> None:
    for raw in LOGS:
        text = raw.read_bytes().decode("utf-8")
        choose = random.Random(raw.name)
        for _ in range(100):
            at = choose.randrange(len(text) + 1)
            broken = text[:at] + choose.choice("\x00\r\n\t#>(){}:,/é9\x08\x1b[-") + text[at + choose.randrange(0, 30) :]
            whole(split(broken))


def test_a_long_log_takes_no_time() -> None:
    """Splitting is linear: ten times the lines take about ten times as long."""
    block = "\n".join(with_prompts(SAMPLES, "hq#")) + "\n"

    def seconds(count: int) -> float:
        text = block * count
        started = time.perf_counter()
        assert len(split(text).outputs) == count * len(SAMPLES)
        return time.perf_counter() - started

    seconds(2)
    small, large = seconds(4), seconds(40)
    assert large < 40 * small + 0.5


@pytest.mark.parametrize(
    "text",
    [
        "-" * 20000,
        "a" * 20000 + "#",
        "#" * 20000,
        "\r" * 20000,
        "\x08" * 20000,
        "\x1b[" * 9000,
        " " * 20000 + "x",
        "h" + "(a)" * 9000 + "#",
        "1:00:00 " * 3000,
        "<--- More --->" * 2000,
        "<--- More --->\n" * 5000,
        "hq# show ver\n" * 5000,
        "hq#\nx\n" * 5000,
        "".join(f"a{at}/b{at}# show ver\n" * 2 for at in range(3000)),
        "---- show a ----\n" * 5000,
        "hq# show x\nLogoff\n" * 5000,
        "show clock\n" * 5000,
    ],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    whole(split(text))
    whole(split(f"{text}\n" * 3))
    assert time.perf_counter() - started < 5
