# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters say what went wrong, where, and what to do; and their documentation is what Ansible expects."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.tunnelmend.asa.plugins.filter.mask import mask
from ansible_collections.tunnelmend.asa.plugins.filter.parse import FilterModule, parse
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import load

FILTERS = Path(__file__).parents[2] / "plugins" / "filter"
ENTRY = Path(__file__).parent / "show_crypto_ipsec_sa" / "rekeyed.raw"


def test_parse_gives_plain_data() -> None:
    found = parse(ENTRY.read_text(encoding="utf-8"), "sh cry ips sa")
    assert json.loads(json.dumps(found)) == found
    assert found["command"] == "show crypto ipsec sa"
    assert [sa["spi"] for sa in found["value"][0]["sas"]] == [1383625636, 168496141, 3862392297, 16909060]
    assert FilterModule().filters() == {"parse": parse}


def test_every_value_is_plain() -> None:
    for raw in sorted(Path(__file__).parent.glob("*/*.raw")):
        case = yaml.safe_load(raw.with_suffix(".yml").read_text(encoding="utf-8"))
        json.dumps(parse(raw.read_bytes().decode("utf-8"), case["command"]))


@pytest.mark.parametrize(
    ("text", "command", "message"),
    [
        (["a"], "show version", "reads the text of one command, and was given a list: pass the text itself"),
        ("a", "", "needs the command that printed the text: text | tunnelmend.asa.parse('show crypto ipsec sa')"),
        ("a", "show crypto ipsec", "no parser reads 'show crypto ipsec'; the nearest are 'show crypto ipsec sa'"),
        ("a", "show version | include up", "is filtered, and what was left out cannot be told from what is not there"),
    ],
)
def test_parse_refuses(text: object, command: str, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=re.escape(message)):
        parse(text, command)


def test_mask_refuses_what_is_no_text() -> None:
    assert mask(" pre-shared-key S3cret") == " pre-shared-key *****"
    with pytest.raises(AnsibleFilterError, match="reads a text, and was given a dict: pass the text itself"):
        mask({})


def test_the_documentation_names_every_command() -> None:
    text = " ".join((FILTERS / "parse.yml").read_text(encoding="utf-8").split())
    missing = [command for command in load() if f"C({command})" not in text and f"C({command.split()[-1]})" not in text]
    assert not missing, f"plugins/filter/parse.yml does not name {', '.join(missing)}"
