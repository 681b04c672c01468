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

import pytest
import yaml

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import ParseError, find

HERE = Path(__file__).parent

# What the author of a page wrote between or into the device's lines.
DAMAGED = {
    "blog_ncp_rekeyed/show_crypto_ikev1_sa__and__ipsec_sa__rekeyed_two_spi.txt": {"KEv1 SAs:"},
    "cisco_community/show_crypto_isakmp_sa__mm_wait_msg2__8.x.txt": {
        "124.29.X.X 101.53.X.X MM_NO_STATE 0 ACTIVE (deleted)"
    },
    "pastebin/BefeBcLx__sh_crypto_isa_sa_am_active.txt": {"There are no IKEv2 SAs#recv errors: 0"},
    "azure_vti_yinghli/config_vti_ikev2__9.8.txt": {"```", "## "},
}
# Not a device's output: documents with placeholders in angle brackets or markup.
TEMPLATES = {
    "azure_samples/config_template__8.3_xslt.cfg",
    "gcp_ha_vpn/config_vti_two_tunnels.txt",
    "simone_oneliners/show_running-config_crypto_tunnel-group__keepalive_disable.txt",
    "vpn_py_tool/show_run_all_tunnel-group__9.x.txt",
    "zscaler_doc/config_two_peers_ikev2__9.x.txt",
}
# What an index calls a text, where that is no command.
COMMANDS = {
    "running-config": "show running-config",
    "show running-config excerpt": "show running-config",
    "config": "show running-config",
    "show tech-support / show version": "show version",
    "show tech-support detail": "show version",
    "show crypto isakmp sa (IKEv2 part)": "show crypto isakmp sa",
    "show run crypto map / tunnel-group": "show running-config",
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


# Values that a person read in the captured texts: the file, its command, and SPIs or peers that must be found.
READ = [
    (
        "blog_ncp_rekeyed/show_crypto_ikev1_sa__and__ipsec_sa__rekeyed_two_spi.txt",
        "show crypto ipsec sa",
        {0xE2B83FD5: False, 0xEED2584F: True, 0xC7CCEEBF: False, 0xC47BC9E1: True},
    ),
    (
        "azure_vti_yinghli/show_crypto_ipsec_sa_detail__9.8_vti_natt.txt",
        "show crypto ipsec sa detail",
        {0x8D2C8231: False, 0xEA8A498E: False},
    ),
    ("cisco_press/show_crypto_ipsec_sa__7.0.txt", "show crypto ipsec sa", {0x4FEDC46D: False}),
    ("lab_juriasa_2016/debug_and_empty__9.x.txt", "show crypto ipsec sa", {}),
]
OWN = [("show_crypto_ipsec_sa/rekeyed.raw", "show crypto ipsec sa", {0x527873A4: False, 0x0A0B0C0D: True})]


def test_what_a_person_read() -> None:
    places = [(HERE, OWN), *([(Path(os.environ["CORPUS"]), READ)] if "CORPUS" in os.environ else [])]
    for root, texts in places:
        for name, command, spis in texts:
            account = find(command).parse((root / name).read_text(encoding="utf-8"))
            found = {sa.spi: sa.rekeyed for entry in account.value for sa in entry.sas}
            assert {spi: found.get(spi) for spi in spis} == spis, name
            assert bool(found) == bool(spis), name
