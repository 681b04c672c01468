# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of IKE SAs, which three commands print: ``isakmp`` both of them, ``ikev1`` and ``ikev2`` one each.

IKEv1 (before 8.4 without its heading)::

    IKEv1 SAs:
       Active SA: 1
        Rekey SA: 0 (A tunnel will report 1 Active and 1 Rekey SA during rekey)
    Total IKE SA: 1                       as many entries must follow, else the text is cut
    1   IKE Peer: 203.0.113.1             an address, or a name of ``names``
        Type    : L2L             Role    : initiator
        Rekey   : no              State   : MM_ACTIVE
        Encrypt : aes-256         Hash    : SHA          (detail, as the next two)
        Auth    : preshared       Lifetime: 86400
        Lifetime Remaining: 36536

The command reference also shows ``detail`` as a table, headed ``IKE Peer Type Dir Rky State Encrypt Hash Auth
Lifetime``, with a row a peer.

IKEv2::

    IKEv2 SAs:
    Session-id:138, Status:UP-ACTIVE, IKE count:1, CHILD count:1       as many rows and children must follow
    Tunnel-id Local Remote Status Role
    45926289 172.16.1.2/500 172.16.1.1/500 READY INITIATOR
          Encr: AES-CBC, keysize: 256, Hash: SHA96, DH Grp:14, Auth sign: RSA,
          Auth verify: RSA                                             (pastes wrap this line)
          Life/Active Time: 86400/4 sec
          ...                                                          (detail: ids, windows, DPD, NAT-T)
    Child sa: local selector 192.168.0.0/0 - 192.168.0.255/65535
              remote selector 172.16.2.0/0 - 172.16.2.255/65535
              ESP spi in/out: 0xa84caabb/0xf18dce57

Sources: Cisco ASA command reference, ``show crypto isakmp sa`` and ``show crypto ikev2 sa detail``; texts captured on
7.0, 8.x, 9.x, 9.8 and 9.2x.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IkeSa, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._addresses import (
    Names,
    address_or_name,
    endpoint,
)
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account

_FIELD = re.compile(r"(Type|Role|Rekey|State|Encrypt|Hash|Auth|Lifetime Remaining|Lifetime) {0,12}: {0,12}([^\s:]+)")
_FIELDS_1 = {
    "Type": "kind",
    "Role": "role",
    "Rekey": "rekey",
    "State": "state",
    "Encrypt": "encryption",
    "Hash": "hash",
    "Auth": "authentication",
    "Lifetime": "lifetime",
    "Lifetime Remaining": "lifetime_remaining",
}
_SESSION = re.compile(r"Session-id:\d+, Status:[\w-]+, IKE count:(\d+), CHILD count:(\d+)")
_LIFE = re.compile(r"Life/Active Time: (\d+)/(\d+) sec")
_SPIS = re.compile(r"ESP spi in/out: (0x[0-9a-fA-F]{1,8})/(0x[0-9a-fA-F]{1,8})")
# What `show crypto ikev2 sa detail` adds and no rule needs.
_DETAILS = (
    "Session-id: ",
    "Status Description: ",
    "Local spi: ",
    "Local id: ",
    "Remote id: ",
    "Local req ",
    "Local next ",
    "Local window: ",
    "DPD configured for ",
    "DPD is not configured",
    "NAT-T is ",
    "IKEv2 Fragmentation ",
    "Parent SA Extended Status:",
    "Delete in progress: ",
    "Marked for delete: ",
    "Protected vrf",
    "AH spi in/out: ",
    "CPI in/out: ",
    "ah_hmac: ",
)


class _Reader:
    """The entries found so far, each a dictionary until its last line is read."""

    def __init__(self, names: Names | None) -> None:
        self.names = names
        self.entries: list[dict[str, Any]] = []
        self.children: list[tuple[int, int]] = []
        self.none: set[int] = set()
        self.named = False
        self.headings: set[int] = set()
        self.totals: list[int] = []
        self.sessions: list[tuple[int, int]] = []
        self.selectors = 0
        self.wrapped = ""
        self.table = False

    def read(self, account: Account) -> None:
        for number, line in account.lines:
            if self.wrapped:
                line, self.wrapped = f"{self.wrapped} {line}", ""
            if not (self.version_1(line) or self.version_2(line)):
                account.unknown(number, line)

    def version_1(self, line: str) -> bool:
        words = line.split()
        self.named |= line.startswith(("IKEv1 SAs", "There are no IKEv1 SAs"))
        if line == "IKEv1 SAs:":
            self.headings.add(1)
        elif line.startswith(("Active SA: ", "Standby SA: ", "Rekey SA: ")):
            pass
        elif words[:3] == ["Total", "IKE", "SA:"] and words[3:] and words[3].isdigit():
            self.totals.append(int(words[3]))
        elif line.startswith(("There are no IKEv1 SAs", "There are no isakmp sas")):
            self.none.add(1)
        elif words == ["IKE", "Peer", "Type", "Dir", "Rky", "State", "Encrypt", "Hash", "Auth", "Lifetime"]:
            self.table = True
        elif self.table and len(words) == 10 and words[0].isdigit():
            self.row_1(words)
        elif words[-4:-1] == ["IKE", "Peer:"] or words[-3:-1] == ["IKE", "Peer:"]:
            self.entries.append({"version": 1, "peer": address_or_name(words[-1], self.names)})
        elif words[0] in ("Type", "Rekey", "Encrypt", "Auth", "Lifetime") and self.entries:
            return self.fields_1(line)
        else:
            return False
        return True

    def fields_1(self, line: str) -> bool:
        found = _FIELD.findall(line)
        entry = self.entries[-1]
        if not found or entry["version"] != 1 or _FIELD.sub("", line).strip():
            return False
        for label, value in found:
            entry[_FIELDS_1[label]] = _typed(_FIELDS_1[label], value)
        return True

    def row_1(self, words: list[str]) -> None:
        order = ("kind", "role", "rekey", "state", "encryption", "hash", "authentication", "lifetime")
        fields = {name: _typed(name, value) for name, value in zip(order, words[2:], strict=True)}
        self.entries.append({"version": 1, "peer": address_or_name(words[1], self.names), **fields})

    def version_2(self, line: str) -> bool:
        words = line.split()
        if line == "IKEv2 SAs:":
            self.headings.add(2)
        elif line.startswith("There are no IKEv2 SAs"):
            self.none.add(2)
            return line.rstrip(".") == "There are no IKEv2 SAs"
        elif session := _SESSION.fullmatch(line):
            self.sessions.append((int(session[1]), int(session[2])))
        elif words == ["Tunnel-id", "Local", "Remote", "Status", "Role"]:
            pass
        elif len(words) == 5 and words[0].isdigit() and "/" in words[1] and "/" in words[2]:
            self.row_2(words)
        elif line.startswith("Encr: "):
            return self.encryption(line)
        elif self.entries and (life := _LIFE.fullmatch(line)):
            lifetime, active = int(life[1]), int(life[2])
            self.entries[-1] |= {"lifetime": lifetime, "lifetime_remaining": max(0, lifetime - active)}
        elif line.startswith("Child sa: local selector "):
            self.selectors += 1
        elif self.entries and (spis := _SPIS.fullmatch(line)):
            self.entries[-1].setdefault("child_spis", []).append((int(spis[1], 16), int(spis[2], 16)))
        elif line.startswith("remote selector "):
            return self.selectors > 0
        else:
            return line.startswith(_DETAILS)
        return True

    def row_2(self, words: list[str]) -> None:
        children = self.sessions[-1][1] if self.sessions else None
        self.entries.append(
            {
                "version": 2,
                "local": endpoint(words[1], self.names)[0],
                "peer": endpoint(words[2], self.names)[0],
                # A web page may have made bold what the device printed plain.
                "state": words[3].strip("*"),
                "role": words[4].lower(),
                "child_count": children,
            }
        )

    def encryption(self, line: str) -> bool:
        if line.endswith(","):
            self.wrapped = line
            return True
        if "esp_hmac: " in line:
            return self.selectors > 0
        fields = dict(part.strip().partition(":")[::2] for part in line.split(","))
        if not self.entries or not {"Hash", "Auth sign"} <= fields.keys():
            return False
        size = fields.get("keysize", "").strip()
        self.entries[-1] |= {
            "encryption": fields["Encr"].strip() + (f"-{size}" if size else ""),
            "hash": fields["Hash"].strip(),
            "authentication": fields["Auth sign"].strip(),
        }
        return True


def _typed(name: str, value: str) -> Any:
    if name == "rekey":
        return value.lower() != "no"
    if name in ("lifetime", "lifetime_remaining"):
        return int(value) if value.isdigit() else None
    return value


def _incomplete(reader: _Reader, versions: tuple[int, ...]) -> str:
    """Why the tables are not whole. Both count what they list, so that a cut shows."""
    ones = [entry for entry in reader.entries if entry["version"] == 1]
    twos = [entry for entry in reader.entries if entry["version"] == 2]
    seen = reader.none | reader.headings | ({1} if reader.totals or reader.table else set())
    for version in versions:
        # Before 8.4 there is no IKEv2, and IKEv1 is not called so.
        if version not in seen and (version == 1 or reader.named or 1 not in versions):
            return f"neither a table of IKEv{version} SAs nor 'There are no IKEv{version} SAs'"
    if reader.wrapped:
        return f"the output ends within a line: {reader.wrapped}"
    if 1 in reader.headings and not reader.totals:
        return "the IKEv1 table ends before 'Total IKE SA'"
    if reader.totals and sum(reader.totals) != len(ones):
        return f"{len(ones)} IKEv1 SAs are listed where the device counts {sum(reader.totals)}"
    if 2 in reader.headings and not twos:
        return "the IKEv2 table ends after its heading"
    if sum(count for count, _ in reader.sessions) != len(twos):
        return f"{len(twos)} IKEv2 SAs are listed where the device counts {sum(c for c, _ in reader.sessions)}"
    children = sum(len(entry.get("child_spis", ())) for entry in twos)
    if sum(count for _, count in reader.sessions) != children:
        return f"{children} child SAs are listed where the device counts {sum(c for _, c in reader.sessions)}"
    if cut := next((entry for entry in ones if "state" not in entry), None):
        return f"the entry of {cut['peer']} has no state"
    if cut := next((entry for entry in twos if "lifetime" not in entry), None):
        return f"the entry of {cut['peer']} has no Life/Active Time"
    return ""


def parse(command: str, versions: tuple[int, ...], text: str, names: Names | None = None) -> Parsed[tuple[IkeSa, ...]]:
    """The IKE SAs of a text that must show these versions of IKE."""
    account = Account(command, text)
    reader = _Reader(names)
    reader.read(account)
    sas = tuple(
        IkeSa(**{"state": "", **entry, "child_spis": tuple(entry.get("child_spis", ()))}) for entry in reader.entries
    )
    return account.parsed(sas, _incomplete(reader, versions))
