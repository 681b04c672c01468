# SPDX-License-Identifier: GPL-3.0-or-later
"""``show crypto ipsec stats``: what IPsec counted on the whole device.

::

    IPsec Global Statistics
    -----------------------
    Active tunnels: 2
    Previous tunnels: 9
    Inbound                                        then ``Outbound``, whose labels are mostly the same
        Bytes: 4933013
        Fragmentation successes: 3
            Pre-fragmentation successes:2          (a blank after the colon or none; newer: ``successses``)
        PMTUs rcvd: 0                              (``recvd`` in the command reference)
    Protocol failures: 0                           the whole device's again
    Missing SA failures: 0
    System capacity failures: 0                    (the last line up to 9.x)
    Inbound SA delete requests: 0                  (newer) and ``Outbound ...``, then ``destroy calls`` of both

A web page may have lost the indentation, so that the counters after ``Outbound`` are known by their names as well.

Sources: Cisco ASA command reference, ``show crypto ipsec stats``; captured on 9.x and on an FPR-2130.
"""

from __future__ import annotations

from ansible_collections.tunnelmend.asa.plugins.plugin_utils.model import IpsecStatistics, Parsed
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._base import Parser, Stage
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._lines import Account
from ansible_collections.tunnelmend.asa.plugins.plugin_utils.parsers._values import RULE, counter, is_rule

COMMAND = "show crypto ipsec stats"

_SPELLINGS = {
    "pre_fragmentation_successses": "pre_fragmentation_successes",
    "post_fragmentation_successses": "post_fragmentation_successes",
    "pmtus_recvd": "pmtus_rcvd",
}
_TAIL = {
    "protocol_failures",
    "missing_sa_failures",
    "system_capacity_failures",
    "inbound_sa_delete_requests",
    "outbound_sa_delete_requests",
    "inbound_sa_destroy_calls",
    "outbound_sa_destroy_calls",
}


def parse(text: str) -> Parsed[IpsecStatistics]:
    account = Account(COMMAND, text)
    groups: dict[str, dict[str, int]] = {"totals": {}, "inbound": {}, "outbound": {}}
    group = ""
    for number, line in account.lines:
        if line.lower() == "ipsec global statistics" and not group:
            group = "totals"
        elif line.rstrip(":") in ("Inbound", "Outbound") and group:
            group = line.rstrip(":").lower()
        elif is_rule(line):
            account.skip(RULE)
        elif group and (found := counter(line)):
            name = _SPELLINGS.get(found[0], found[0])
            if name in _TAIL:
                group = "totals"
            if name in groups[group]:
                account.unknown(number, line)
            groups[group].setdefault(name, found[1])
        else:
            account.unknown(number, line)
    missing = ""
    if not group:
        missing = "there is no heading 'IPsec Global Statistics'"
    elif "system_capacity_failures" not in groups["totals"] or not groups["outbound"]:
        missing = "the output ends before 'System capacity failures'"
    elif ("inbound_sa_delete_requests" in groups["totals"]) != ("outbound_sa_destroy_calls" in groups["totals"]):
        missing = "the output ends before 'Outbound SA destroy calls'"
    return account.parsed(IpsecStatistics(**groups), missing)


PARSER = Parser(
    command=COMMAND, parse=parse, grammar=__doc__, stage=Stage.COUNTERS, aliases=("show ipsec stats",), rank=40
)
