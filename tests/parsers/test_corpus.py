# SPDX-License-Identifier: GPL-3.0-or-later
"""Every line of every text is known, over our own samples and over a folder of captured texts.

``CORPUS=DIR pytest tests/parsers/test_corpus.py -s`` adds the texts of ``DIR/INDEX.tsv`` (``path`` and ``command`` in
its first columns) whose command we parse, and prints a table. A captured text may be damaged by its way through the
web; ``DAMAGED`` names the lines that are, with the reason.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import ParseError, find
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.plain import plain
from tests.parsers.test_cases import differences

HERE = Path(__file__).parent

# What the author of a page wrote between or into the device's lines, and addresses that were masked.
DAMAGED = {
    "azure_samples/show_running-config__198.18.0.73.txt": {"ip address 206.X.X.X "},
    "cisco_community/config_l2l__8.0-8.3_syntax.txt": {"ip address 101.53.X.X "},
    "blog_ncp_rekeyed/show_crypto_ikev1_sa__and__ipsec_sa__rekeyed_two_spi.txt": {"KEv1 SAs:"},
    "cisco_community/show_crypto_isakmp_sa__mm_wait_msg2__8.x.txt": {
        "124.29.X.X 101.53.X.X MM_NO_STATE 0 ACTIVE (deleted)"
    },
    "pastebin/BefeBcLx__sh_crypto_isa_sa_am_active.txt": {"There are no IKEv2 SAs#recv errors: 0"},
    "azure_vti_yinghli/config_vti_ikev2__9.8.txt": {"```", "## "},
    "misc_debug/debug_crypto_ikev2_no_match.txt": {"KEv2-PROTO-5: "},
    "simone_oneliners/show_running-config_crypto_tunnel-group__keepalive_disable.txt": {
        *("```", "- `", "In detail:", "Show ", "The tunnel group name ", "When negotiating ", "By default, "),
        # The anonymiser replaced "vpn-tunnel".
        "my-vpn-acl-protocol ",
    },
    "tunnelsup/syslog_l2l_fail_mm_wait_msg4.txt": {"! --- "},
    "tunnelsup/syslog_l2l_success_debug.txt": {"! Begin state: ", "!^^^^ PHASE 2 BEGINS"},
}
# Not a device's output: documents with placeholders in angle brackets or markup.
TEMPLATES = {
    "azure_samples/config_template__8.3_xslt.cfg",
    "gcp_ha_vpn/config_vti_two_tunnels.txt",
    "vpn_py_tool/show_run_all_tunnel-group__9.x.txt",
    "zscaler_doc/config_two_peers_ikev2__9.x.txt",
}
# What an index calls a text, where that is no command.
COMMANDS = {
    "show running-config crypto / tunnel-group": "show running-config",
    "running-config": "show running-config",
    "show running-config excerpt": "show running-config",
    "config": "show running-config",
    "show tech-support / show version": "show version",
    "show tech-support detail": "show version",
    "show crypto isakmp sa (IKEv2 part)": "show crypto isakmp sa",
    "show run crypto map / tunnel-group": "show running-config; debug crypto isakmp",
    "show ipsec sa peer": "show ipsec sa peer 192.0.2.1",
    "syslog": "show logging",
    "debug crypto ikev2 protocol/platform": "debug crypto ikev2",
}


def own() -> Iterator[tuple[str, Path, list[str]]]:
    for raw in sorted(HERE.glob("*/*.raw")):
        case = yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))
        if not case.get("unparsed"):
            yield f"{raw.parent.name}/{raw.name}", raw, [case["command"]]


def captured() -> Iterator[tuple[str, Path, list[str]]]:
    root = Path(os.environ["CORPUS"])
    with (root / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE):
            path, named = root / row["path"], row["command"]
            if row["path"] in TEMPLATES or "| i" in named:
                continue
            if not path.is_file():
                # An index made anonymous may have lost the end of a name.
                path = next(path.parent.glob(f"{path.name.partition('__')[0]}__*"), path)
            named = next((COMMANDS[key] for key in COMMANDS if named.startswith(key)), named)
            known = [each for part in named.replace(" + ", ";").split(";") if (each := parsed_command(part.strip()))]
            if known:
                yield row["path"], path, known


def parsed_command(text: str) -> str:
    try:
        return find(text).command
    except ParseError:
        return ""


TEXTS = [*own(), *(captured() if "CORPUS" in os.environ else ())]


@pytest.mark.parametrize(("name", "path", "commands"), TEXTS, ids=[name for name, _, _ in TEXTS])
def test_every_line_is_known(name: str, path: Path, commands: list[str]) -> None:
    text = path.read_bytes().decode("utf-8")
    accounts = [find(command).parse(text) for command in commands]
    # A page that shows two commands: each line is known to one of them.
    left = set.intersection(*({(each.number, each.text) for each in account.unparsed} for account in accounts))
    damaged = tuple(DAMAGED.get(name, ()))
    unknown = sorted(each for each in left if not (damaged and each[1].startswith(damaged)))
    print(f"{name:90} {'; '.join(commands):50} {accounts[0].lines:5} {len(left):3} {len(unknown):3}")
    assert not unknown


def test_there_are_texts() -> None:
    assert len(TEXTS) > 50


# What a person read in the captured texts. A text may show more than one command; ``count`` and ``holds`` say of a long
# list how many members it has and some of them in their order; ``incomplete`` is whether the text is.
VALUES: dict[str, Any] = yaml.safe_load((HERE / "corpus_values.yml").read_text(encoding="utf-8"))
CASES = [(name, case) for name, read in VALUES.items() for case in (read if isinstance(read, list) else [read])]
# Texts that we parse and of which nobody has said what they must give, with the reason.
WITHOUT_VALUES: dict[str, str] = {}
needs_texts = pytest.mark.skipif("CORPUS" not in os.environ, reason="CORPUS names no folder of captured texts")


def missing(holds: list[Any], members: list[Any]) -> list[str]:
    """Those of ``holds`` that are not among the members, in this order."""
    rest = iter(members)
    return [f"no member is {each!r}" for each in holds if not any(not differences(each, member) for member in rest)]


@needs_texts
@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}: {case['command']}" for name, case in CASES])
def test_what_a_person_read(name: str, case: dict[str, Any]) -> None:
    path = next(path for each, path, _ in captured() if each == name)
    parsed = plain(find(case["command"]).parse(path.read_bytes().decode("utf-8")))
    found = differences(case["value"], parsed["value"]) if "value" in case else []
    if "count" in case:
        found += differences(case["count"], len(parsed["value"]), "the number of members")
        found += missing(case["holds"], parsed["value"])
    found += differences(case.get("incomplete", False), bool(parsed["incomplete"]), "incomplete")
    assert not found, "\n".join(found)
    assert case.keys() <= {"command", "value", "count", "holds", "incomplete"}
    assert "value" in case or case.keys() >= {"count", "holds"}


@needs_texts
def test_each_text_has_values() -> None:
    read = {(name, find(case["command"]).command) for name, case in CASES}
    parsed = {(name, command) for name, _, commands in captured() for command in commands}
    assert sorted({name for name, _ in parsed - read}) == sorted(WITHOUT_VALUES)
    assert not read - parsed
