# SPDX-License-Identifier: GPL-3.0-or-later
"""One reader on one text, in a process of its own: ``python -m tests.bench.readers READER FILE`` prints JSON.

Only what a user waits for is timed: from the text to the finished values, imports and templates loaded before. Peak
memory is that of the whole process, the text included.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.memory import peak_megabytes

Read = Callable[[str], tuple[int, int]]
"""From a text to how many blocks (or entries) and how many SPIs were found."""


def ours() -> Read:
    from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find

    parser = find("show crypto ipsec sa")

    def read(text: str) -> tuple[int, int]:
        parsed = parser.parse(text)
        assert not parsed.unparsed, parsed.unparsed[:3]
        assert not parsed.incomplete, parsed.incomplete
        return len(parsed.value), sum(len(entry.sas) for entry in parsed.value)

    return read


def ntc_templates(command: str = "show crypto ipsec sa") -> Read:
    from ntc_templates.parse import parse_output

    def read(text: str) -> tuple[int, int]:
        return _records(parse_output(platform="cisco_asa", command=command, data=text))

    return read


def textfsm() -> Read:
    import ntc_templates
    import textfsm as fsm

    (template,) = Path(ntc_templates.__file__).parent.glob("templates/cisco_asa_show_crypto_ipsec_sa.textfsm")

    def read(text: str) -> tuple[int, int]:
        with template.open(encoding="utf-8") as file:
            return _records(fsm.TextFSM(file).ParseTextToDicts(text))

    return read


def _records(records: list[dict[str, Any]]) -> tuple[int, int]:
    spis = sum(
        len(value) if isinstance(value, list) else bool(value)
        for record in records
        for name, value in record.items()
        if name.lower().endswith("spi_hex")
    )
    return len(records), spis


TTP = """
<group name="entries*">
    Crypto map tag: {{ map | _start_ }}, seq num: {{ sequence }}, local addr: {{ local }}
      local ident (addr/mask/prot/port): ({{ local_ident }})
      remote ident (addr/mask/prot/port): ({{ remote_ident }})
      current_peer: {{ peer }}
      #pkts encaps: {{ encaps }}, #pkts encrypt: {{ encrypt }}, #pkts digest: {{ digest }}
      #pkts decaps: {{ decaps }}, #pkts decrypt: {{ decrypt }}, #pkts verify: {{ verify }}
      #send errors: {{ send_errors }}, #recv errors: {{ recv_errors }}
      local crypto endpt.: {{ local_endpoint }}, remote crypto endpt.: {{ remote_endpoint }}
      current outbound spi: {{ outbound_spi }}
      current inbound spi : {{ inbound_spi }}
<group name="sas*">
      spi: {{ spi | _start_ }} ({{ decimal }})
         SA State: {{ state }}
         transform: {{ transform | ORPHRASE }}
         slot: {{ slot }}, conn_id: {{ conn_id }}, crypto-map: {{ map }}
         sa timing: remaining key lifetime (kB/sec): ({{ kilobytes }}/{{ seconds }})
</group>
</group>
"""


def ttp() -> Read:
    from ttp import ttp as Ttp  # noqa: N812 - its class has a module's name

    def read(text: str) -> tuple[int, int]:
        parser = Ttp(data=text, template=TTP)
        parser.parse()
        entries = parser.result()[0][0]["entries"]
        return len(entries), sum(len(entry.get("sas", ())) for entry in entries)

    return read


def floor() -> Read:
    """What Python cannot be much faster than: one expression over the whole text, a few fields, nothing checked."""
    block = re.compile(
        r"Crypto map tag: ([^,\n]+).*?local ident [^(]*\([^)]*\): \(([^)]*)\)"
        r".*?remote ident [^(]*\([^)]*\): \(([^)]*)\)"
        r".*?current_peer: (\S+).*?#pkts encaps: (\d+).*?#pkts decaps: (\d+)",
        re.DOTALL,
    )
    spi = re.compile(r"^ +spi: 0x([0-9A-F]+)", re.MULTILINE)

    def read(text: str) -> tuple[int, int]:
        return len(block.findall(text)), len(spi.findall(text))

    return read


def our_config() -> Read:
    from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers import find

    parser = find("show running-config")

    def read(text: str) -> tuple[int, int]:
        parsed = parser.parse(text)
        assert not parsed.unparsed, parsed.unparsed[:3]
        assert not parsed.incomplete, parsed.incomplete
        return len(parsed.value.crypto_maps), 0

    return read


def ciscoconfparse2() -> Read:
    from ciscoconfparse2 import CiscoConfParse

    def read(text: str) -> tuple[int, int]:
        parsed = CiscoConfParse(text.splitlines(), syntax="asa")
        return len(parsed.find_objects(r"^crypto map \S+ \d+ set peer")), 0

    return read


def hier_config() -> Read:
    from hier_config import Host

    def read(text: str) -> tuple[int, int]:
        host = Host("hub", "ios")
        host.load_running_config(text)
        return sum(" set peer " in child.text for child in host.running_config.children), 0

    return read


READERS = {
    reader.__name__: reader
    for reader in (ours, ntc_templates, textfsm, ttp, floor, our_config, ciscoconfparse2, hier_config)
}


def main(name: str, path: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    read = READERS[name]()
    before = time.process_time()
    blocks, spis = read(text)
    seconds = time.process_time() - before
    print(json.dumps({"seconds": seconds, "megabytes": peak_megabytes(), "blocks": blocks, "spis": spis}))


if __name__ == "__main__":
    main(*sys.argv[1:])
