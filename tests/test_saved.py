# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody saved becomes snapshots, and what was not written down stays unknown."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.assemble import device
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.correlate import pair
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.judge import judge_all
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import (
    EARLIEST,
    LATEST,
    Output,
    OutputStatus,
    Snapshot,
    Verdict,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.reporters.document import _read
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.run_folder import RunFolder
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.saved import (
    SavedOutputsError,
    collected,
    command_of,
    devices,
    files,
    from_text,
)

EVIDENCE = Path(__file__).parent / "examples" / "evidence"
FIRST = (
    "show running-config interface",
    "show running-config access-list",
    "show running-config crypto",
    "show running-config all tunnel-group",
)
STATE = ("show crypto ipsec sa", "show crypto isakmp sa detail")
DROPS = "\nFrame drop:\n\nFlow drop:\n\n"
CLOCK = "08:15:00.123 UTC Fri Nov 20 2009"


def saved(name: str, reading: int, command: str) -> str:
    file = command.replace(" ", "_").replace("-", "_")
    return (EVIDENCE / name / str(reading) / f"{file}.txt").read_text(encoding="utf-8")


def log(name: str, second: bool = True) -> str:
    """What a person pastes who types everything, waits, and reads the SAs again."""
    typed = [(1, command) for command in (*FIRST, *STATE)] + [(2, command) for command in STATE if second]
    return "".join(f"{name}# {command}\n{saved(name, number, command)}" for number, command in typed) + f"{name}# "


def statuses(snapshot: Snapshot) -> dict[str, OutputStatus]:
    return {output.command: output.status for output in snapshot.outputs}


@pytest.mark.parametrize(
    ("stem", "command"),
    [
        ("show_running_config_all_tunnel_group", "show running-config all tunnel-group"),
        ("show_crypto_ipsec_sa", "show crypto ipsec sa"),
        ("show running-config access-list", "show running-config access-list"),
        ("show-startup-config", "show startup-config"),
        ("show_crypto_ipsec_sa_peer_192_0_2_1", "show crypto ipsec sa peer 192.0.2.1"),
        ("sh_run", "sh run"),
        ("Show Tech Support", "show tech-support"),
        ("notes", "notes"),
    ],
)
def test_a_file_is_named_after_its_command(stem: str, command: str) -> None:
    assert command_of(stem) == command


def test_evidence_comes_back_with_its_times(tmp_path: Path) -> None:
    folder = RunFolder.start(tmp_path, "audit", 0)
    there = Snapshot("hq", 1, 4, (Output("show clock", CLOCK, 2, 3, OutputStatus.INCOMPLETE, "cut"),))
    for reading in (1, 2):
        folder.save_snapshot(there, reading)
    assert collected(folder.path) == collected(folder.path / "evidence") == {"hq": (there, there)}


def test_folders_without_an_index_are_readings_at_unknown_moments() -> None:
    found = collected(EVIDENCE)
    assert list(found) == ["branch", "hq"]
    first, second = found["hq"]
    assert {output.command for output in first.outputs} == {*FIRST, *STATE}
    assert {output.command for output in second.outputs} == set(STATE)
    assert {(output.started, output.finished) for output in first.outputs} == {(EARLIEST, LATEST)}


def test_a_folder_of_files_is_one_reading(tmp_path: Path) -> None:
    shutil.copytree(EVIDENCE / "hq" / "1", tmp_path / "hq")
    (only,) = collected(tmp_path)["hq"]
    assert device("hq", [only]).problems == (
        "hq: 'show running-config names' is unknown, because it was not read",
        "hq: 'show running-config object-group' is unknown, because it was not read",
        "hq: 'show running-config group-policy' is unknown, because it was not read",
    )


def test_a_log_with_the_sas_twice_is_two_readings(tmp_path: Path) -> None:
    (tmp_path / "hq.log").write_text(log("hq"), encoding="utf-8")
    first, second = collected(tmp_path)["hq"]
    assert [output.command for output in first.outputs] == [*FIRST, *STATE]
    assert [output.command for output in second.outputs] == [*STATE]
    assert [output.text for output in second.outputs] == [saved("hq", 2, command) for command in STATE]
    assert {output.status for each in (first, second) for output in each.outputs} == {OutputStatus.READ}


def test_unknown_moments_prove_nothing(tmp_path: Path) -> None:
    """Both ends were read twice and are broken: without moments they are not compared, and not healthy either."""
    for name in ("hq", "branch"):
        (tmp_path / f"{name}.log").write_text(log(name), encoding="utf-8")
    devices = [device(name, snapshots) for name, snapshots in collected(tmp_path).items()]
    (tunnel,) = pair(devices)
    assert (tunnel.both, tunnel.overlap, tunnel.interval, _read(tunnel)) == (True, False, None, None)
    (judgement,) = judge_all(devices)
    assert judgement.verdict is Verdict.UNKNOWN
    assert "no instant is proven to lie between both readings of both ends" in " ".join(
        finding.message for finding in judgement.findings
    )


def test_a_known_moment_at_one_end_proves_nothing_either(tmp_path: Path) -> None:
    folder = RunFolder.start(tmp_path / "runs", "audit", 0)
    for number, moment in ((1, 10.0), (2, 20.0)):
        outputs = tuple(
            Output(command, saved("hq", number, command), moment, moment + 1)
            for command in ((*FIRST, *STATE) if number == 1 else STATE)
        )
        folder.save_snapshot(Snapshot("hq", moment, moment + 1, outputs), number)
    hq = device("hq", collected(folder.path)["hq"])
    branch = device("branch", from_text("branch", log("branch")))
    (tunnel,) = pair([hq, branch])
    assert (tunnel.overlap, tunnel.interval) == (False, None)


def test_unknown_moments_are_kept_as_such(tmp_path: Path) -> None:
    folder = RunFolder.start(tmp_path, "audit", 0)
    there = Snapshot("hq", EARLIEST, LATEST, (Output("show clock", CLOCK, EARLIEST, LATEST),))
    folder.save_snapshot(there, 1)
    assert "Infinity" not in (folder.path / "evidence" / "hq" / "1.json").read_text(encoding="utf-8")
    assert folder.snapshots("hq") == (there,)


def test_what_was_cut_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "hq.txt").write_text(log("hq", second=False).removesuffix("hq# "), encoding="utf-8")
    (only,) = collected(tmp_path)["hq"]
    assert statuses(only)[STATE[1]] is OutputStatus.INCOMPLETE
    assert only.outputs[-1].detail.startswith("the text ends here")
    assert device("hq", [only]).readings[0].ike is None


def test_a_reading_that_was_cut_gives_way_to_a_whole_one() -> None:
    sas = saved("hq", 1, STATE[0])
    head = "\n".join(sas.split("\n")[:5])
    cut = f"hq# {STATE[0]}\n{head}\n<--- More --->\nhq# {STATE[0]}\n{sas}hq# {STATE[0]}\n{head}"
    (only,) = from_text("hq", cut)
    assert [(output.text, output.status) for output in only.outputs] == [(sas, OutputStatus.READ)]


def test_what_is_no_state_is_taken_where_it_was_last_read_whole() -> None:
    text = (
        "hq# show run crypto\ncrypto isakmp enable outside\nhq# show crypto ipsec sa\n\nThere are no ipsec sas\n"
        "hq# show running-config crypto\ncrypto isakmp enable inside\nhq# show run crypto\ncrypto isa"
    )
    (only,) = from_text("hq", text)
    assert [output.text for output in only.outputs] == ["\nThere are no ipsec sas\n", "crypto isakmp enable inside\n"]


def test_a_refusal_is_no_output() -> None:
    refused = "hq# show crypto ikev1 sa\n       ^\nERROR: % Invalid input detected at '^' marker.\nhq# "
    (only,) = from_text("hq", refused)
    assert statuses(only) == {"show crypto ikev1 sa": OutputStatus.REFUSED}


def test_help_is_no_output() -> None:
    (only,) = from_text(
        "hq", f"hq# show clock\n{CLOCK}\nhq# show clock ?\n  detail  more\n  <cr>\nhq# show clock \nhq# "
    )
    assert [output.text for output in only.outputs] == [f"{CLOCK}\n"]


def test_a_share_of_the_sas_is_no_reading() -> None:
    text = (
        "hq# show crypto ipsec sa peer 192.0.2.1\n\nThere are no ipsec sas\nhq# show foo\nbar\nhq# show clock\nx\nhq# "
    )
    (only,) = from_text("hq", text)
    assert list(statuses(only)) == ["show crypto ipsec sa peer 192.0.2.1", "show foo", "show clock"]
    assert device("hq", [only]).readings[0].ipsec is None


def test_a_show_tech_in_a_folder_is_split(tmp_path: Path) -> None:
    (tmp_path / "hq").mkdir()
    heading = "-" * 18
    text = "".join(f"{heading} {command} {heading}\n\n{saved('hq', 1, command)}\n" for command in STATE)
    (tmp_path / "hq" / "show_tech-support.txt").write_text(text, encoding="utf-8")
    (only,) = collected(tmp_path)["hq"]
    assert [*statuses(only).values()] == [OutputStatus.READ, OutputStatus.INCOMPLETE]


def test_two_files_of_one_command_are_none(tmp_path: Path) -> None:
    (tmp_path / "hq").mkdir()
    for file in ("sh_clock.txt", "show_clock.txt"):
        (tmp_path / "hq" / file).write_text(CLOCK, encoding="utf-8")
    (only,) = collected(tmp_path)["hq"]
    assert {(output.status, output.detail) for output in only.outputs} == {
        (OutputStatus.INCOMPLETE, "'show clock' was saved more than once")
    }


def test_secrets_are_masked_where_they_enter(tmp_path: Path) -> None:
    secret = "tunnel-group 192.0.2.1 ipsec-attributes\n pre-shared-key s3cr3t\n"
    (tmp_path / "hq").mkdir()
    (tmp_path / "hq" / "show_running_config_tunnel_group.txt").write_text(secret, encoding="utf-8")
    (tmp_path / "branch.log").write_text(
        f"branch# show run tunnel-group\n{secret}branch(config)# username admin password s3cr3t\n", encoding="utf-8"
    )
    assert "s3cr3t" not in str(collected(tmp_path))


def test_windows_writes_utf_16(tmp_path: Path) -> None:
    (tmp_path / "hq.txt").write_bytes(f"hq# show clock\r\n{CLOCK}\r\nhq# ".encode("utf-16"))
    (only,) = collected(tmp_path)["hq"]
    assert [output.text for output in only.outputs] == [f"{CLOCK}\n"]


def several(*prompts: str) -> str:
    return "".join(f"{prompt}# show clock\n{CLOCK} from {prompt}\n{prompt}#\n" for prompt in prompts)


@pytest.mark.parametrize(
    ("device_name", "prompts", "taken"),
    [
        ("hq", ["hq", "branch"], "hq"),
        ("HQ", ["branch", "hq"], "hq"),
        ("hq-vpn", ["hq", "hq/vpn", "hq/admin"], "hq/vpn"),
        ("vpn", ["hq", "hq/vpn"], "hq/vpn"),
        ("hq", ["hq", "hq/vpn"], "hq"),
        ("anything", ["hq"], "hq"),
        ("hq.example.com", ["hq/pri/act", "hq/pri/stby"], "hq/pri/stby"),
    ],
)
def test_a_log_of_several_devices_is_that_of_its_name(device_name: str, prompts: list[str], taken: str) -> None:
    (only,) = from_text(device_name, several(*prompts))
    assert [output.text for output in only.outputs] == [f"{CLOCK} from {taken}\n"]


@pytest.mark.parametrize(
    ("prompts", "words"),
    [
        (["hq", "branch"], "the text has outputs of hq, branch, and which of them is site cannot be told"),
        (
            ["hq/pri/act", "hq/sec/act"],
            "the text has outputs of hq/pri, hq/sec, and which of them is site cannot be told",
        ),
    ],
)
def test_a_log_of_nobody_knows_whom_is_unread(prompts: list[str], words: str) -> None:
    (only,) = from_text("site", several(*prompts))
    assert only.outputs == ()
    assert words in only.error
    assert words in device("site", [only]).problems[0]


def test_a_text_without_outputs_is_unread() -> None:
    (only,) = from_text("hq", "Dear all,\n")
    assert only.error.startswith("no command that tunnelmend reads is in the text")


def touch(*names: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        for name in names:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("", encoding="utf-8")

    return make


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (touch(), "is empty: put one folder or one file a device into it"),
        (touch(".hidden"), "is empty"),
        (touch("hq.log", "hq.txt"), "has hq twice, as hq.log and hq.txt: keep one folder or one file a device"),
        (touch("20091120T081500Z-audit/evidence/hq/1.json"), "is a folder of runs: give one of them, such as .*-audit"),
        (touch("hq/1/show_clock.txt", "hq/show_clock.txt"), r"has both show_clock.txt and 1/"),
        (touch("hq/old/show_clock.txt"), "old is neither a file of one command nor a numbered reading"),
    ],
)
def test_a_folder_that_is_none_is_refused(make: Callable[[Path], None], words: str, tmp_path: Path) -> None:
    make(tmp_path)
    with pytest.raises(SavedOutputsError, match=words):
        collected(tmp_path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("router#show version\nCisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M)\nrouter#\n", "IOS"),
        ("router#sh run\nBuilding configuration...\n\nCurrent configuration : 1523 bytes\n!\nrouter#\n", "IOS"),
        ("switch# show version\nCisco Nexus Operating System (NX-OS) Software\nswitch# \n", "NX-OS"),
    ],
)
def test_a_router_is_no_asa(text: str, kind: str, tmp_path: Path) -> None:
    words = (
        f"it is the output of {kind}, and tunnelmend reads ASAs: take it out of the folder, "
        "and name the peer in audit_foreign_peers if tunnels end there"
    )
    (tmp_path / "router.log").write_text(text, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "show_version.txt").write_text(text, encoding="utf-8")
    found = collected(tmp_path)
    assert found["router"][0].error == f"{tmp_path}/router.log: {words}"
    assert found["folder"][0].error == f"{tmp_path}/folder/show_version.txt: {words}"
    assert not found["router"][0].outputs + found["folder"][0].outputs


def test_an_asa_that_speaks_of_a_router_is_one() -> None:
    text = "hq# show version\nCisco Adaptive Security Appliance Software Version 8.2(5)\nCisco IOS Software\nhq# \n"
    assert from_text("hq", text)[0].error == ""


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "hq.log").symlink_to(tmp_path / "gone")
    (only,) = collected(tmp_path)["hq"]
    assert only.error == f"{tmp_path}/hq.log cannot be read: No such file or directory. Save it again"


def test_a_damaged_index_is_a_device_that_was_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "evidence" / "hq"
    folder.mkdir(parents=True)
    (folder / "1.json").write_text("{", encoding="utf-8")
    (only,) = collected(tmp_path)["hq"]
    assert only.error.startswith(f"{folder} cannot be read: {folder}/1.json cannot be read as a reading of a device: ")


def test_the_files_of_a_device_are_told(tmp_path: Path) -> None:
    touch("hq.log", "branch/2/show_clock.txt", "branch/1/show_clock.txt", "branch/.hidden")(tmp_path)
    found = {name: files(path) for name, path in devices(tmp_path).items()}
    assert found == {"hq": ("hq.log",), "branch": ("branch/1/show_clock.txt", "branch/2/show_clock.txt")}


OLD_NAT = {
    "show running-config nat": "nat (inside) 0 access-list NONAT\n",
    "show running-config static": "static (inside,outside) 192.0.2.9 10.1.0.9 netmask 255.255.255.255\n",
    "show running-config global": "global (outside) 1 interface\n",
    "show running-config nat-control": "no nat-control\n",
}


def test_translation_before_8_3_stands_in_four_files(tmp_path: Path) -> None:
    for command, text in OLD_NAT.items():
        path = tmp_path / "hq" / f"{command.replace(' ', '_').replace('-', '_')}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (only,) = collected(tmp_path)["hq"]
    assert statuses(only) == dict.fromkeys(sorted(OLD_NAT), OutputStatus.READ)


def test_counters_alone_are_no_reading_of_sas() -> None:
    text = log("hq", second=False) + "".join(f"show asp drop\n{DROPS}hq# " for _ in range(3)) + "\n"
    (only,) = from_text("hq", text)
    assert statuses(only)["show asp drop"] is OutputStatus.READ
    readings = device("hq", [only]).readings
    assert [reading.drops is not None for reading in readings] == [True]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        SavedOutputsError, match=r"gone cannot be read as a folder of saved outputs: No such file.* Give the"
    ):
        collected(tmp_path / "gone")


def test_a_device_without_files_is_unread(tmp_path: Path) -> None:
    (tmp_path / "hq").mkdir()
    (only,) = collected(tmp_path)["hq"]
    assert only.error.endswith("is empty")
